//! What an item is and was, and what happened to it, for people.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::local;
use crate::domain::item::{Booking, Item, Renewal};
use crate::outbound::plan::Desk;
use crate::store::history::HistoryLine;
use crate::store::{self, Tx};

/// How many lines of an item's history are shown: the latest.
const MOST: usize = 60;

/// What happened to an item, the latest first.
pub(in super::super) async fn history(tx: &mut Tx, desk: &Desk, id: &str) -> Result<Vec<Value>, WebError> {
    let lines = store::history::of(tx, id).await?;
    Ok(lines.iter().rev().take(MOST).map(|line| shown(desk, line)).collect())
}

/// A line, with what it says of fields taken apart: `starts_at A -> B; service C -> D; by Eva`.
fn shown(desk: &Desk, line: &HistoryLine) -> Value {
    let (mut by, mut changes, mut words) = (None, Vec::new(), Vec::new());
    for part in line.detail.split("; ").filter(|part| !part.is_empty()) {
        if let Some(name) = part.strip_prefix("by ") {
            by = Some(name);
        } else if let Some((field, was, is)) = change(part) {
            changes.push(json!({ "field": field, "was": was, "is": is }));
        } else {
            words.push(part);
        }
    }
    let event = line.event.replace(' ', "_");
    let known = EVENTS.into_iter().find(|known| *known == event);
    let by_customer = matches!(by, Some("text" | "link"));
    json!({
        "at": local(desk, line.at), "event": line.event, "known": known,
        "by": by.filter(|_| !by_customer), "who": by_customer.then_some("customer"),
        "changes": changes, "words": words.join("; "),
    })
}

/// What can happen to an item; each has a phrase `visit_event_…`.
const EVENTS: [&str; 16] = [
    "booked",
    "added",
    "changed",
    "moved",
    "confirmed",
    "cancelled",
    "completed",
    "no_show",
    "active",
    "renewed",
    "declined",
    "lapsed",
    "undone",
    "stays",
    "wanted",
    "change_asked_for",
];

fn change(part: &str) -> Option<(&str, &str, &str)> {
    let (field, values) = part.split_once(' ')?;
    let (was, is) = values.split_once(" -> ")?;
    FIELDS.contains(&field).then_some((field, was, is))
}

/// The columns that a history line can speak of; each has a phrase `visit_field_…`.
const FIELDS: [&str; 12] = [
    "starts_at",
    "duration_minutes",
    "service",
    "vehicle",
    "status",
    "kind",
    "subject",
    "reference",
    "ends_on",
    "offer_amount",
    "offer_currency",
    "offer_url",
];

/// What an item is, and where that differs from what it was, that too.
pub(super) fn facts(before: Option<&Item>, after: &Item) -> Vec<Value> {
    let was: Vec<_> = before.map(values).unwrap_or_default();
    let mut facts = Vec::new();
    for (field, is) in values(after) {
        let was = was
            .iter()
            .find(|(known, _)| *known == field)
            .and_then(|(_, was)| was.clone());
        let differs = before.is_some() && was != is;
        if is.is_some() || differs {
            facts.push(json!({ "field": field, "is": is, "was": was, "differs": differs }));
        }
    }
    facts
}

fn values(item: &Item) -> Vec<(&'static str, Option<String>)> {
    match item {
        Item::Booking(Booking {
            starts,
            duration_minutes,
            service,
            vehicle,
            status,
            ..
        }) => vec![
            ("starts_at", Some(starts.to_string())),
            ("duration_minutes", duration_minutes.map(|minutes| minutes.to_string())),
            ("service", service.clone()),
            ("vehicle", vehicle.clone()),
            ("status", Some(status.to_string())),
        ],
        Item::Renewal(Renewal {
            kind,
            subject,
            reference,
            ends_on,
            offer_amount,
            offer_currency,
            offer_url,
            status,
            ..
        }) => vec![
            ("kind", Some(kind.to_string())),
            ("subject", subject.clone()),
            ("reference", reference.clone()),
            ("ends_on", Some(ends_on.to_string())),
            ("offer_amount", offer_amount.clone()),
            ("offer_currency", offer_currency.clone()),
            ("offer_url", offer_url.clone()),
            ("status", Some(status.to_string())),
        ],
        Item::Case(_) | Item::Reply(_) => Vec::new(),
    }
}
