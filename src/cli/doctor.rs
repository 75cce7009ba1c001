//! `daybefore doctor`: is everything as it should be, and what to do where not.

use std::path::Path;
use std::process::ExitCode;

use chrono::TimeDelta;
use serde_json::json;

use super::context::Context;
use super::output::Out;
use crate::app::App;
use crate::carrier::AskError;
use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::outbound::dispatch::lanes;
use crate::store::{self, Open, Tx, disk};
use crate::texts::catalogue;

/// A clock before this build's year is certainly wrong: 2026-01-01.
const EARLIEST_NOW: Instant = Instant::from_millis(1_767_225_600_000);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints one JSON object per check.
    #[arg(long)]
    json: bool,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Well,
    Warning,
    Wrong,
}

struct Report<'a> {
    out: &'a mut Out,
    json: bool,
    wrong: bool,
}

impl Report<'_> {
    fn say(&mut self, verdict: Verdict, check: &str, text: impl std::fmt::Display) -> anyhow::Result<()> {
        self.wrong |= verdict == Verdict::Wrong;
        let word = match verdict {
            Verdict::Well => "ok",
            Verdict::Warning => "warning",
            Verdict::Wrong => "wrong",
        };
        if self.json {
            self.out
                .json(&json!({ "check": check, "verdict": word, "text": text.to_string() }))
        } else {
            Ok(self.out.line(format_args!("{word:<8} {check:<14} {text}"))?)
        }
    }
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<ExitCode> {
    let mut report = Report {
        out,
        json: args.json,
        wrong: false,
    };
    let now = context.now();
    let file = context
        .config
        .file
        .as_ref()
        .map_or_else(|| "defaults".to_owned(), |file| file.display().to_string());
    report.say(Verdict::Well, "configuration", format_args!("read from {file}"))?;
    for warning in context.config.warnings() {
        report.say(Verdict::Warning, "configuration", warning)?;
    }
    check_clock(&mut report, now)?;
    check_disk(&mut report, &context.config.database_path())?;
    match context.store(Open::Existing).await {
        Ok(store) => {
            report.say(
                Verdict::Well,
                "database",
                format_args!("{} is current", store.path().display()),
            )?;
            check_app(
                &mut report,
                &context.app_with(store, std::sync::Arc::new(crate::clock::SystemClock::new()))?,
                now,
            )
            .await?;
        }
        Err(error) => report.say(Verdict::Wrong, "database", format_args!("{error:#}"))?,
    }
    Ok(if report.wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn check_clock(report: &mut Report<'_>, now: Instant) -> anyhow::Result<()> {
    if now < EARLIEST_NOW {
        return report.say(
            Verdict::Wrong,
            "clock",
            format_args!("it says {now}: set this machine's time"),
        );
    }
    report.say(Verdict::Well, "clock", format_args!("{now} (is that right?)"))
}

fn check_disk(report: &mut Report<'_>, database: &Path) -> anyhow::Result<()> {
    let folder = disk::folder(database).display();
    match disk::free_space(database) {
        Ok(free) => {
            let verdict = if free < disk::LITTLE_SPACE {
                Verdict::Warning
            } else {
                Verdict::Well
            };
            let text = format_args!("{} MB free at {folder}", free / 1_000_000);
            report.say(verdict, "disk", text)
        }
        Err(error) => report.say(Verdict::Wrong, "disk", format_args!("{folder}: {error}")),
    }
}

async fn check_app(report: &mut Report<'_>, app: &App, now: Instant) -> anyhow::Result<()> {
    report.say(Verdict::Well, "zone data", app.dispatcher.zones.version())?;
    let mut tx = app.store().read().await?;
    check_users(report, &mut tx).await?;
    for business in store::business::all(&mut tx).await? {
        match business.calendar(&app.dispatcher.zones) {
            Ok(calendar) => {
                let local = calendar.zone.local(now).format("%Y-%m-%d %H:%M");
                report.say(
                    Verdict::Well,
                    "business",
                    format_args!("{}: {local} in {}", business.id, business.zone),
                )?;
            }
            Err(error) => report.say(Verdict::Wrong, "business", format_args!("{}: {error}", business.id))?,
        }
        check_rules(report, &mut tx, &business).await?;
    }
    for lane in store::lane::paused(&mut tx).await? {
        let code = lane.code.map_or_else(String::new, |code| format!(" (code {code})"));
        let text = format!(
            "{} is stopped: {}{code}; mend it, then `daybefore outbox resume`",
            lane.lane, lane.failure
        );
        report.say(Verdict::Wrong, "sender", text)?;
    }
    drop(tx);
    check_overdue(report, app, now).await?;
    check_texts(report, app).await?;
    for channel in [Channel::Sms, Channel::Email] {
        let Some(carrier) = app.dispatcher.carrier(channel) else {
            continue;
        };
        let check = format!("carrier {channel}");
        match carrier.probe().await {
            Ok(line) => report.say(Verdict::Well, &check, format_args!("{}: {line}", carrier.name()))?,
            Err(AskError::Unsupported) => report.say(Verdict::Well, &check, carrier.name())?,
            Err(AskError::Failed(error)) => {
                report.say(Verdict::Wrong, &check, format_args!("{}: {error}", carrier.name()))?;
            }
        }
    }
    Ok(())
}

async fn check_users(report: &mut Report<'_>, tx: &mut Tx) -> anyhow::Result<()> {
    let users = store::user::all(tx).await?;
    let can_sign_in = users
        .iter()
        .filter(|user| user.ended_at.is_none() && user.has_password)
        .count();
    if can_sign_in > 0 {
        return report.say(Verdict::Well, "users", format_args!("{can_sign_in} can sign in"));
    }
    let text = if users.is_empty() {
        "nobody can sign in at the desk: open the link that `daybefore serve` prints, or see `daybefore user add --help`"
    } else {
        "nobody can sign in at the desk: `daybefore user link` prints a link to choose a password"
    };
    report.say(Verdict::Warning, "users", text)
}

/// Rules are the business's own from its first day: what a preset has learned since is not among them.
async fn check_rules(report: &mut Report<'_>, tx: &mut Tx, business: &Business) -> anyhow::Result<()> {
    let rules = store::rule::of_business(tx, &business.id).await?;
    if rules
        .iter()
        .any(|rule| rule.enabled && rule.template == catalogue::CASE_ALERT)
    {
        return Ok(());
    }
    let (id, kind) = (&business.id, business.kind);
    let text = format!(
        "{id}: no rule tells you of an unhappy customer. `daybefore rules export --preset {kind} > rules.toml` has one \
         (case-alert), and whatever else is new: take what you want into yours (`daybefore rules export {id}`), then \
         `daybefore rules import rules.toml --business {id}`, which replaces them"
    );
    report.say(Verdict::Warning, "rules", text)
}

async fn check_overdue(report: &mut Report<'_>, app: &App, now: Instant) -> anyhow::Result<()> {
    let before = now - TimeDelta::minutes(5);
    let mut overdue = 0;
    for lane in lanes(app.store()).await? {
        overdue += store::report::overdue(&mut app.store().read().await?, &lane, before).await?;
    }
    if overdue == 0 {
        return report.say(Verdict::Well, "overdue", "no message waits that should have left");
    }
    let text =
        format!("{overdue} message(s) should have left more than five minutes ago: is `daybefore serve` running?");
    report.say(Verdict::Wrong, "overdue", text)
}

async fn check_texts(report: &mut Report<'_>, app: &App) -> anyhow::Result<()> {
    match app.dispatcher.texts.texts(&mut app.store().read().await?).await {
        Ok(_) => report.say(
            Verdict::Well,
            "texts",
            "all can be read; `daybefore texts check` looks closer",
        ),
        Err(error) => report.say(Verdict::Wrong, "texts", error),
    }
}
