//! `daybefore calls`: whom to phone, what to say, and what came of it.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::NaiveDateTime;
use serde::Serialize;

use super::choice::one_of;
use super::context::{Context, known_business};
use super::output::Out;
use crate::domain::call::CallOutcome;
use crate::domain::instant::Instant;
use crate::domain::zone::{Zone, Zones};
use crate::inbound::call::{self, Called};
use crate::store::call::Call;
use crate::store::{self, Open, Tx};

/// How many calls that were made a list shows.
const MOST_MADE: i64 = 200;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the calls that are to be made, the most urgent first (so does `calls` alone).
    List(ListArgs),
    /// Notes what came of a call, and when to call again.
    Done(DoneArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only this business.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// The calls that were made, the last one first.
    #[arg(long)]
    made: bool,
    /// Prints one JSON object per call.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct DoneArgs {
    /// As `daybefore calls` shows it.
    id: String,
    /// What came of it. Renewed and declined settle the renewal; a wrong number is not used any more until somebody has
    /// looked.
    #[arg(long, value_parser = one_of(CallOutcome::ALL, CallOutcome::as_str))]
    outcome: CallOutcome,
    /// What was said.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Who called.
    #[arg(long, value_name = "NAME", default_value = "desk")]
    by: String,
    /// Puts it on the list again for that local time, like "2026-12-01 10:00".
    #[arg(long, value_name = "TIME", value_parser = local_time)]
    again: Option<NaiveDateTime>,
}

fn local_time(text: &str) -> Result<NaiveDateTime, String> {
    NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M")
        .map_err(|_| format!("`{text}` is no local time: write it like 2026-12-01 10:00"))
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    match args.command {
        None => list(args.list, context, out).await,
        Some(Command::List(args)) => list(args, context, out).await,
        Some(Command::Done(args)) => done(args, context, out).await,
    }
}

async fn list(args: ListArgs, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, args.business.as_deref()).await?;
    let mut tx = store.read().await?;
    let business = args.business.as_deref();
    let calls = if args.made {
        store::call::made(&mut tx, business, MOST_MADE).await?
    } else {
        store::call::open_calls(&mut tx, business).await?
    };
    if calls.is_empty() && !args.json {
        let nobody = if args.made {
            "nobody was phoned"
        } else {
            "nobody is to be phoned"
        };
        out.line(nobody)?;
    }
    let zones = of_businesses(&mut tx, &context.zones()?).await?;
    for call in calls {
        let zone = zones.get(&call.business_id);
        let customer = store::customer::find(&mut tx, &call.customer_id).await?;
        let line = Listed {
            customer_name: customer.map(|customer| customer.name).unwrap_or_default(),
            due_local: local(zone, call.due_at),
            call,
        };
        if args.json {
            out.json(&line)?;
        } else {
            print(&line, zone, out)?;
        }
    }
    Ok(())
}

/// A call as a list shows it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    call: Call,
    customer_name: String,
    /// On the business's wall clock.
    due_local: String,
}

/// The zone of each business.
pub(super) async fn of_businesses(tx: &mut Tx, zones: &Zones) -> anyhow::Result<HashMap<String, Zone>> {
    let mut by_business = HashMap::new();
    for business in store::business::all(tx).await? {
        by_business.insert(business.id, zones.zone(&business.zone)?);
    }
    Ok(by_business)
}

/// A moment on the business's wall clock.
pub(super) fn local(zone: Option<&Zone>, at: Instant) -> String {
    zone.map_or_else(
        || at.to_string(),
        |zone| zone.local(at).format("%Y-%m-%d %H:%M").to_string(),
    )
}

fn print(line: &Listed, zone: Option<&Zone>, out: &mut Out) -> anyhow::Result<()> {
    let call = &line.call;
    let from = call
        .call_at
        .map_or_else(String::new, |at| format!("not before {}, ", local(zone, at)));
    let end = match (call.done_at, call.outcome) {
        (Some(at), Some(outcome)) => {
            let by = call.done_by.as_deref().unwrap_or("desk");
            format!("{} by {by}, {}", outcome.in_words(), local(zone, at))
        }
        _ => format!("{from}before {}", line.due_local),
    };
    out.line(format_args!(
        "{}  {}  {end}  [{}]",
        call.phone, line.customer_name, call.id
    ))?;
    // What was to be said is of no interest any more once it was.
    let words = match call.outcome {
        Some(_) => call.note.as_deref().unwrap_or_default(),
        None => &call.script,
    };
    for line in words.lines() {
        out.line(format_args!("    {line}"))?;
    }
    Ok(())
}

async fn done(args: DoneArgs, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let zones = context.zones()?;
    let now = context.now();
    let mut tx = store.write().await?;
    let made = store::call::find(&mut tx, &args.id)
        .await?
        .with_context(|| format!("there is no call `{}`: `daybefore calls` shows them", args.id))?;
    let business = store::business::find(&mut tx, &made.business_id).await?;
    let business = business.with_context(|| format!("call {} has no business", made.id))?;
    let zone = zones.zone(&business.zone)?;
    let again = args.again.map(|at| zone.instant(at));
    anyhow::ensure!(
        again.is_none_or(|at| at > now),
        "--again {} is over: name a later time",
        args.again.unwrap_or_default().format("%Y-%m-%d %H:%M")
    );
    anyhow::ensure!(
        again.is_some() || args.outcome != CallOutcome::CallBack,
        "when does the customer want to be called? `--again \"2026-12-01 10:00\"` puts the call back on the list; \
         `--outcome reached` takes it off"
    );
    let called = Called {
        outcome: args.outcome,
        note: args.note.as_deref(),
        by: &args.by,
        again,
    };
    call::made(&mut tx, &zones, &made, &called, now).await?;
    tx.commit().await?;
    let next = match (again, args.outcome) {
        (Some(at), _) => format!("on the list again for {}", local(Some(&zone), at)),
        (None, CallOutcome::NoAnswer | CallOutcome::CallBack) => "nobody is to call again".to_owned(),
        (None, CallOutcome::Renewed) => "the renewal is renewed: nothing more is sent about its end".to_owned(),
        (None, CallOutcome::Declined) => "the renewal is declined: nothing more is sent about its end".to_owned(),
        (None, CallOutcome::WrongNumber) => "nothing goes to this number until somebody has looked".to_owned(),
        (None, CallOutcome::Reached) => "done".to_owned(),
    };
    Ok(out.line(format_args!("noted: {}; {next}", args.outcome.in_words()))?)
}
