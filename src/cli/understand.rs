//! `daybefore understand`: what a customer's answer would be taken for.

use std::io::{self, BufRead, IsTerminal as _};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::choice::one_of;
use super::output::Out;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::domain::reply::{Action, Booked, Understood, understand};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer's words. What is made of them is told in a sentence on a terminal, as JSON to a program.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    text: Option<String>,
    /// What was asked.
    #[arg(long, value_name = "QUESTION", default_value = "nothing", value_parser = one_of(Asks::ALL, Asks::as_str))]
    asked: Asks,
    /// The customer's language, like de or fr-CH. All are tried, this one first.
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
    if io::stdout().is_terminal() {
        out.line(in_words(understood))?;
    } else {
        out.json(&Answer::from(understood))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The same for somebody who reads it on a screen.
fn in_words(understood: Understood) -> String {
    let (intent, score) = (understood.intent.as_str().replace('_', " "), understood.score);
    let done = match understood.action {
        Action::Accept => "a clear yes: a visit is confirmed by itself, a renewal is put before a person".to_owned(),
        Action::Rating => format!("the score {}: it is kept", score.unwrap_or_default()),
        Action::OptOut => "no more messages: that counts at once".to_owned(),
        Action::OptIn => "messages again: what stood before stands again".to_owned(),
        Action::Help => "a call for help: it is answered by itself".to_owned(),
        Action::Ignore => "nothing that needs an answer".to_owned(),
        Action::Desk => format!("nothing certain: a person reads it, with \"{intent}\" as the suggestion"),
    };
    format!("taken for {done} ({} % sure)", understood.certainty)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_told_what_would_be_done() {
        let told = |asked, text: &str| {
            let words = in_words(understand(asked, None, text, Booked::default()));
            words
                .rsplit_once(" (")
                .map(|(words, _)| words.to_owned())
                .expect("how sure it is")
        };
        assert_eq!(
            told(Asks::Confirm, "C"),
            "taken for a clear yes: a visit is confirmed by itself, a renewal is put before a person"
        );
        assert_eq!(told(Asks::Rating, "4"), "taken for the score 4: it is kept");
        assert_eq!(
            told(Asks::Confirm, "R"),
            "taken for nothing certain: a person reads it, with \"change\" as the suggestion"
        );
    }
}
