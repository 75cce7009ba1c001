//! `daybefore rehearse`: what would really go out in a stretch of time, lived through on a copy.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use super::context::Context;
use super::output::Out;
use super::plan::print;
use crate::clock::VirtualClock;
use crate::domain::instant::Instant;
use crate::domain::zone::{Zone, Zones};
use crate::outbound::rehearsal::live_through;
use crate::store::report::Filter;
use crate::store::{self, Open, Store};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// First moment: 2026-12-01, 2026-12-01T08:00 (local time), or with an offset (2026-12-01T08:00:00Z).
    #[arg(long, value_name = "MOMENT")]
    from: String,
    /// Last moment, in the same forms; a date means all of that day.
    #[arg(long, value_name = "MOMENT")]
    to: String,
    /// Only this business; local times are meant in its time zone.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// Prints one JSON object per message.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let live = context.store(Open::Existing).await?;
    let zone = zone(&live, &context.zones()?, args.business.as_deref()).await?;
    let from = moment(&args.from, &zone, NaiveTime::MIN).context("--from")?;
    let end_of_day = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    let to = moment(&args.to, &zone, end_of_day).context("--to")?;
    anyhow::ensure!(from <= to, "--from is after --to");
    let scratch = tempfile::tempdir()?;
    let path = scratch.path().join("rehearsal.db");
    live.copy_to(&path).await?;
    live.close().await;
    // What is due before `from` goes out before it, as it will.
    let clock = Arc::new(VirtualClock::starting_at(from.min(context.now())));
    let copy = Store::open(&path, Open::Existing).await?;
    let app = crate::app::App::with_store(context.config.clone().sandboxed(), copy, clock.clone())?;
    live_through(&app.dispatcher, &clock, to).await?;
    let filter = Filter {
        business_id: args.business,
        since: Some(from),
        until: Some(to),
        ..Filter::default()
    };
    print(&app.dispatcher, &filter, args.json, out).await
}

/// The zone local times are meant in: the business's, or the only business's; else UTC.
async fn zone(store: &Store, zones: &Zones, business: Option<&str>) -> anyhow::Result<Zone> {
    let businesses = store::business::all(&mut store.read().await?).await?;
    let meant = match business {
        Some(id) => Some(
            businesses
                .iter()
                .find(|business| business.id == id)
                .with_context(|| format!("there is no business `{id}`: `daybefore business list` shows them"))?,
        ),
        None => businesses.first().filter(|_| businesses.len() == 1),
    };
    Ok(match meant {
        Some(business) => zones.zone(&business.zone)?,
        None => Zone::utc(),
    })
}

fn moment(text: &str, zone: &Zone, time_of_a_date: NaiveTime) -> anyhow::Result<Instant> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_utc().into());
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .map(|date| date.and_time(time_of_a_date))
        });
    local
        .map(|local| zone.instant(local))
        .with_context(|| format!("`{text}` is no moment: write 2026-12-01, 2026-12-01T08:00 or 2026-12-01T08:00:00Z"))
}
