//! A message as a row of the desk: in the business's local time and in words.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

use super::super::error::WebError;
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Channel, Reason, State};
use crate::domain::quiet_hours::Calendar;
use crate::outbound::listing::{self, Listed};
use crate::outbound::plan::Desk;
use crate::outbound::story::reason_in_words;
use crate::outbound::wording::{channel_in_words, hold_in_words, message_in_words, one_line, standing_in_words};
use crate::store::Tx;
use crate::store::report::Line;

/// How much of a text a row shows before it is opened.
const PREVIEW: usize = 56;

#[derive(Debug, Serialize)]
pub(super) struct Row {
    id: String,
    day: String,
    time: String,
    who: String,
    customer: String,
    what: String,
    about: String,
    item: String,
    item_name: String,
    by: &'static str,
    standing: String,
    /// `good`, `bad`, `wait` or `plain`: how the standing is coloured.
    tone: &'static str,
    preview: String,
    text: String,
    /// Whether it is a message that will not go or did not go, for a reason of the plan.
    pub(super) skipped: bool,
}

/// Rows of one business's lines.
pub(super) async fn rows(tx: &mut Tx, app: &App, desk: &Desk, lines: Vec<Line>) -> Result<Vec<Row>, WebError> {
    let texts = app.dispatcher.texts.texts(tx).await?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let (kind, told, due_at) = (line.item_kind, line.told.clone(), line.due_at);
        let listed = listing::listed(tx, &app.dispatcher, &texts, desk, line).await?;
        let standing = standing(&listed);
        let local = desk.calendar.zone.local(due_at);
        let text = if listed.reason.is_some() {
            String::new()
        } else {
            listed.text.unwrap_or_default()
        };
        rows.push(Row {
            day: short_day(local.date()),
            time: local.format("%H:%M").to_string(),
            who: listed.customer_name,
            customer: listed.customer,
            what: message_in_words(&listed.template).to_owned(),
            about: told_in_words(&told, &desk.calendar),
            item_name: match kind {
                ItemKind::Booking | ItemKind::Renewal => listed.item.external_id.clone(),
                ItemKind::Case => "case".to_owned(),
                ItemKind::Reply => "answer".to_owned(),
            },
            item: listed.item.external_id,
            by: listed
                .channel
                .filter(|channel| listed.reason.is_none() && *channel != Channel::Call)
                .map_or("", channel_in_words),
            standing,
            tone: tone(listed.state, listed.reason),
            preview: one_line(gist(&text, &desk.business.name), PREVIEW),
            text,
            skipped: listed.state == State::Skipped,
            id: listed.message_id,
        });
    }
    Ok(rows)
}

fn standing(listed: &Listed) -> String {
    let words = standing_in_words(listed.state, listed.channel);
    match (listed.reason, listed.hold) {
        (Some(reason), _) => format!("{words}: {}", reason_in_words(reason)),
        (None, Some(hold)) => hold_in_words(hold).to_owned(),
        (None, None) => words.to_owned(),
    }
}

/// A text without the business's name, which begins every SMS.
fn gist<'a>(text: &'a str, business: &str) -> &'a str {
    text.strip_prefix(business)
        .map_or(text, |rest| rest.trim_start_matches(':'))
}

const fn tone(state: State, reason: Option<Reason>) -> &'static str {
    match (state, reason) {
        (State::Failed | State::Unknown, _) | (_, Some(Reason::NoAddress | Reason::Undeliverable)) => "bad",
        (State::Accepted | State::Delivered, _) => "good",
        (State::Held | State::Skipped, _) => "wait",
        (State::Planned | State::Sending, _) => "plain",
    }
}

/// What a message tells, as a person writes a date: `Fri 4 Dec, 09:30`.
fn told_in_words(told: &str, calendar: &Calendar) -> String {
    let time = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(told, form).ok());
    // What has no local time of its own, a case, tells the moment it began.
    let moment = DateTime::parse_from_rfc3339(told).map(|at| calendar.zone.local(at.to_utc().into()));
    match (time.or(moment.ok()), NaiveDate::parse_from_str(told, "%Y-%m-%d")) {
        (Some(time), _) => short_time(time),
        (None, Ok(date)) => short_day(date),
        (None, Err(_)) => told.to_owned(),
    }
}

/// `Fri 4 Dec, 09:30`.
pub(super) fn short_time(time: NaiveDateTime) -> String {
    time.format("%a %-d %b, %H:%M").to_string()
}

/// `Fri 4 Dec`.
pub(super) fn short_day(date: NaiveDate) -> String {
    date.format("%a %-d %b").to_string()
}

/// `Friday 4 December`.
pub(super) fn long_day(date: NaiveDate) -> String {
    date.format("%A %-d %B").to_string()
}

/// When a local day begins, and when the next one does.
pub(super) fn bounds(calendar: &Calendar, date: NaiveDate) -> (Instant, Instant) {
    let midnight = |date: NaiveDate| calendar.zone.instant(date.and_time(NaiveTime::MIN));
    (midnight(date), midnight(shifted(date, 1)))
}

/// The date so many days later, or earlier.
pub(super) fn shifted(date: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        date.checked_sub_days(distance)
    } else {
        date.checked_add_days(distance)
    };
    moved.unwrap_or(date)
}
