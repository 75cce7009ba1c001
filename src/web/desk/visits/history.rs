//! What an item is and was, and what happened to it, for people.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::story::of_past;
use super::local;
use crate::domain::item::{Booking, Item, Renewal};
use crate::outbound::plan::Desk;
use crate::outbound::story::Past;
use crate::store::history::HistoryLine;
use crate::store::{self, Tx};

/// How many lines of an item's history are shown: the latest.
const MOST: usize = 60;

/// What happened to an item, the latest first.
pub(in super::super) async fn history(tx: &mut Tx, desk: &Desk, id: &str) -> Result<Vec<Value>, WebError> {
    let lines = store::history::of(tx, id).await?;
    let shown = |line: &HistoryLine| json!({ "at": local(desk, line.at), "past": of_past(&Past::read(line)) });
    Ok(lines.iter().rev().take(MOST).map(shown).collect())
}

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
