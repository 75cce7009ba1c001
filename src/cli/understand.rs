//! `daybefore understand`: what a customer's answer would be taken for.

use std::io::{self, BufRead};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::output::Out;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::domain::reply::{Booked, Understood, understand};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer's words.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    text: Option<String>,
    /// What was asked: nothing, confirm, renewal, rating or solved.
    #[arg(long, value_name = "QUESTION", default_value = "nothing")]
    asked: Asks,
    /// The customer's language: `de`, `fr-CH`. All are tried, this one first.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// The booked local time: `09:00`, or with its day `2026-12-15T09:00`.
    #[arg(long, value_name = "TIME", value_parser = booked)]
    at: Option<Booked>,
    /// Reads lines such as {"asked":"confirm","locale":"de","text":"Ja","at":"09:00"} from standard input.
    #[arg(long)]
    jsonl: bool,
}

/// One line of input. What else is in it, an id for example, is ignored.
#[derive(Debug, Deserialize)]
struct Line {
    asked: Asks,
    #[serde(default)]
    locale: Option<String>,
    text: String,
    #[serde(default)]
    at: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    intent: &'static str,
    score: Option<u8>,
    action: &'static str,
    certainty: f64,
}

impl From<Understood> for Answer {
    fn from(understood: Understood) -> Self {
        Self {
            intent: understood.intent.as_str(),
            score: understood.score,
            action: understood.action.as_str(),
            certainty: f64::from(understood.certainty) / 100.0,
        }
    }
}

pub(super) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitCode> {
    let Some(text) = args.text else {
        return lines(io::stdin().lock(), out);
    };
    let understood = understand(
        args.asked,
        locale(args.locale.as_deref()),
        &text,
        args.at.unwrap_or_default(),
    );
    out.json(&Answer::from(understood))?;
    Ok(ExitCode::SUCCESS)
}

/// Answers line by line. A line that can't be read is named, and the others are answered all the same.
fn lines(mut input: impl BufRead, out: &mut Out) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let mut number = 0usize;
    let mut raw = Vec::new();
    loop {
        raw.clear();
        if input.read_until(b'\n', &mut raw).context("reading standard input")? == 0 {
            return Ok(code);
        }
        number += 1;
        if raw.trim_ascii().is_empty() {
            continue;
        }
        match answer(&raw) {
            Ok(answer) => out.json(&answer)?,
            Err(problem) => {
                code = ExitCode::FAILURE;
                eprintln!("error: line {number}: {problem}");
            }
        }
    }
}

fn answer(raw: &[u8]) -> Result<Answer, String> {
    let raw = std::str::from_utf8(raw).map_err(|_| "not UTF-8: save the file as UTF-8".to_owned())?;
    let raw = raw.trim_start_matches('\u{feff}');
    let line: Line = serde_json::from_str(raw).map_err(|error| error.to_string())?;
    let at = line
        .at
        .as_deref()
        .filter(|at| !at.trim().is_empty())
        .map(booked)
        .transpose()?
        .unwrap_or_default();
    Ok(understand(line.asked, locale(line.locale.as_deref()), &line.text, at).into())
}

/// A language that has no data is no reason not to read an answer.
fn locale(tag: Option<&str>) -> Option<Locale> {
    tag.and_then(|tag| Locale::parse(tag).ok())
}

fn booked(text: &str) -> Result<Booked, String> {
    let text = text.trim();
    if let Ok(starts) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        return Ok(Booked::from(starts));
    }
    ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
        .map(|time| Booked::from(Some(time)))
        .ok_or_else(|| format!("`{text}` is no time of day: write it as 09:00"))
}
