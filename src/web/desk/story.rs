//! Why: the story of a message, booking, renewal or customer, in the user's language; and what can be done about a message.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::outbox::{Done, done_notice};
use super::render;
use super::rows::{state_name, tone};
use crate::app::App;
use crate::outbound::steering::Act;
use crate::outbound::story::{self, Fact, Happening, Past, Standing, Story, Subject, What};
use crate::store::{self, Tx};

/// `GET /messages/{id}`. What is told of another's business is not there.
pub(in super::super) async fn story(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Html<String>, WebError> {
    let mut stories = story::stories(&app.dispatcher, &id).await?;
    stories.retain(|story| staff.of(&story.business_id).is_some());
    let business = stories.first().and_then(|story| staff.of(&story.business_id));
    let mut page = staff.page();
    page["business"] = json!(business.ok_or(WebError::NotFound)?);
    page["done"] = done_notice(&done);
    let mut tx = app.store().read().await?;
    let mut told = Vec::with_capacity(stories.len());
    for story in &stories {
        told.push(shown(&mut tx, story).await?);
    }
    page["stories"] = json!(told);
    render("story.html", &staff.locale()?, &page)
}

async fn shown(tx: &mut Tx, story: &Story) -> Result<Value, WebError> {
    let acts = match &story.subject {
        Subject::Message { id, .. } => {
            let line = store::report::message(tx, id).await?;
            line.map_or(&[] as &[Act], |line| Act::of(&line))
        }
        Subject::Item { .. } | Subject::Customer { .. } => &[],
    };
    Ok(json!({
        "subject": story.subject, "acts": acts,
        "facts": story.facts.iter().map(fact).collect::<Vec<_>>(),
        "events": story.events.iter().map(event).collect::<Vec<_>>(),
    }))
}

fn fact(fact: &Fact) -> Value {
    let mut shown = json!(fact);
    if let Fact::Now { standing } = fact {
        shown["standing"] = of_standing(*standing);
    }
    shown
}

fn event(event: &Happening) -> Value {
    let mut shown = json!(event.what);
    match &event.what {
        What::Stands { standing } | What::Message { standing, .. } | What::MessageAbout { standing, .. } => {
            shown["standing"] = of_standing(*standing);
        }
        What::Past { past } => shown["past"] = of_past(past),
        What::Consent { source, .. } => shown["known_source"] = json!(SOURCES.contains(&source.as_str())),
        _ => {}
    }
    json!({ "local": event.local, "message": event.message, "told": shown })
}

/// How a message stands, by the names that phrases have for it.
fn of_standing(standing: Standing) -> Value {
    json!({
        "state": state_name(standing.state, standing.channel), "reason": standing.reason, "hold": standing.hold,
        "tone": tone(standing.state, standing.reason), "attempts": standing.attempts,
        "again": standing.attempts > 0 && standing.state.as_str() == "planned",
    })
}

/// A line of the history; what has no phrase is shown as it is stored.
pub(super) fn of_past(past: &Past) -> Value {
    let event = past.event.replace([' ', '-'], "_");
    let changes = past.changes.iter().map(|change| {
        json!({
            "field": change.field, "was": change.was, "is": change.is,
            "known": FIELDS.contains(&change.field.as_str()),
        })
    });
    let by = past.by.as_deref();
    json!({
        "event": past.event, "known": EVENTS.iter().find(|known| **known == event),
        "by": by.filter(|by| !WAYS.contains(by)), "way": by.filter(|by| WAYS.contains(by)), "to": past.to,
        "cause": past.cause, "changes": changes.collect::<Vec<_>>(), "words": past.words,
    })
}

/// What can happen; each has a phrase `past_…`.
pub(super) const EVENTS: &[&str] = &[
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
    "opened",
    "added_to",
    "assigned",
    "closed",
    "solved",
    "reopened",
    "wrong_person",
    "number_is_right",
    "erased",
    "held",
    "released",
    "put_back",
    "sent_again",
];

/// Which ways something can come; each has a phrase `way_…`.
pub(super) const WAYS: &[&str] = &["text", "link", "desk", "hand", "rating", "reply"];

/// Where a line of the ledger can come from; each has a phrase `source_…`.
pub(super) const SOURCES: &[&str] = &["desk", "reply", "link", "import", "carrier"];

/// What can change; each has a phrase `past_field_…`.
pub(super) const FIELDS: &[&str] = &[
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
