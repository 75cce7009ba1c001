//! A message as a row of the desk, in the business's local time.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

use super::super::error::WebError;
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Channel, Reason, State};
use crate::domain::quiet_hours::Calendar;
use crate::domain::replan::Hold;
use crate::outbound::listing;
use crate::outbound::plan::Desk;
use crate::outbound::wording::one_line;
use crate::store::Tx;
use crate::store::report::Line;

/// How much of a text a row shows before it is opened.
const PREVIEW: usize = 56;

/// What a message is and how it stands, by the names that phrases have for it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    id: String,
    business: String,
    /// On the business's wall clock.
    at: NaiveDateTime,
    who: String,
    customer: String,
    template: String,
    /// The local time or the date that it tells.
    told: String,
    item_id: String,
    item_kind: ItemKind,
    /// None: what it is about has no number of its own.
    item_name: Option<String>,
    /// How it goes or went; none: not at all, or a person phones.
    channel: Option<Channel>,
    /// The number or address it goes to.
    to: Option<String>,
    state: &'static str,
    reason: Option<Reason>,
    hold: Option<Hold>,
    /// `good`, `bad`, `wait` or `plain`: how the standing is coloured.
    tone: &'static str,
    preview: String,
    text: String,
}

/// Rows of one business's lines.
pub(super) async fn rows(tx: &mut Tx, app: &App, desk: &Desk, lines: Vec<Line>) -> Result<Vec<Row>, WebError> {
    let texts = app.dispatcher.texts.texts(tx).await?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let (kind, told, due_at) = (line.item_kind, line.told.clone(), line.due_at);
        let item_id = line.item_id.clone();
        let listed = listing::listed(tx, &app.dispatcher, &texts, desk, line).await?;
        let text = if listed.reason.is_some() {
            String::new()
        } else {
            listed.text.unwrap_or_default()
        };
        rows.push(Row {
            at: desk.calendar.zone.local(due_at),
            business: listed.business,
            who: listed.customer_name,
            customer: listed.customer,
            template: listed.template,
            told: told_locally(&told, &desk.calendar),
            item_kind: kind,
            item_name: match kind {
                ItemKind::Booking | ItemKind::Renewal => Some(listed.item.external_id),
                ItemKind::Case | ItemKind::Reply => None,
            },
            item_id,
            channel: listed
                .channel
                .filter(|channel| listed.reason.is_none() && *channel != Channel::Call),
            to: listed.to,
            state: state_name(listed.state, listed.channel),
            reason: listed.reason,
            hold: listed.hold,
            tone: tone(listed.state, listed.reason),
            preview: one_line(gist(&text, &desk.business.name), PREVIEW),
            text,
            id: listed.message_id,
        });
    }
    Ok(rows)
}

/// The name of a state; a call that was put on the list has one of its own.
pub(super) const fn state_name(state: State, channel: Option<Channel>) -> &'static str {
    match (state, channel) {
        (State::Accepted | State::Delivered, Some(Channel::Call)) => "listed",
        (state, _) => state.as_str(),
    }
}

/// A text without the business's name, which begins every SMS.
fn gist<'a>(text: &'a str, business: &str) -> &'a str {
    text.strip_prefix(business)
        .map_or(text, |rest| rest.trim_start_matches(':'))
}

pub(super) const fn tone(state: State, reason: Option<Reason>) -> &'static str {
    match (state, reason) {
        (State::Failed | State::Unknown, _) | (_, Some(Reason::NoAddress | Reason::Undeliverable)) => "bad",
        (State::Accepted | State::Delivered, _) => "good",
        (State::Held | State::Skipped, _) => "wait",
        (State::Planned | State::Sending, _) => "plain",
    }
}

/// What a message tells. What has no local time of its own, a case, tells the moment it began.
fn told_locally(told: &str, calendar: &Calendar) -> String {
    DateTime::parse_from_rfc3339(told).map_or_else(
        |_| told.to_owned(),
        |at| {
            calendar
                .zone
                .local(at.to_utc().into())
                .format("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
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
