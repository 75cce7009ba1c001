//! What pages on which users act have in common: where an act leads, what is said of it there, and what things are about.

use axum::response::Redirect;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::outbound::plan::{Desk, begin_again};
use crate::store::{self, Tx};

/// What can be said of an act: each has a phrase `said_…`.
const NOTICES: &[&str] = &[
    "done",
    "already",
    "assigned",
    "closed",
    "opened",
    "opted_out",
    "confirmed",
    "cancelled",
    "impossible",
    "called",
    "call_made",
    "when_again",
    "saved",
    "unchanged",
    "undone",
    "undone_before",
    "undo_too_late",
    "undo_left",
    "undo_changed",
    "not_possible",
    "added",
    "noted",
    "note_empty",
    "note_too_long",
    "struck",
    "number_right",
    "consent_given",
    "consent_withdrawn",
    "erased",
    "answer_sent",
    "answer_later",
    "taken",
    "given",
    "left",
    "read",
    "recognised",
    "who_name",
    "phone_sent",
    "phone_empty",
    "phone_long",
    "phone_sample_goes",
    "phone_sample_waits",
    "phone_sample_nothing",
    "phone_sample_removed",
    "goes_on",
];

/// What a page is to say of the act that led to it.
#[derive(Debug, Default, serde::Deserialize)]
pub(in super::super) struct Said {
    said: Option<String>,
}

impl Said {
    /// The notice, where the address names one that there is.
    pub(super) fn notice(&self) -> Option<&'static str> {
        let said = self.said.as_deref()?;
        NOTICES.iter().copied().find(|notice| *notice == said)
    }
}

/// To a page of that business, which says what was done. A GET, so that loading it again does nothing again.
pub(super) fn back(path: &str, business: &Business, said: &str) -> Redirect {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("business", &business.id)
        .append_pair("said", said)
        .finish();
    Redirect::to(&format!("{path}?{query}"))
}

/// The business that the address names, with what its plans need.
pub(super) async fn desk_of(tx: &mut Tx, app: &App, staff: &Staff) -> Result<Desk, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    Ok(Desk::load(tx, &app.dispatcher.zones, &business.id).await?)
}

/// Makes the plans of a business again after its settings or rules were saved: at once where they are few, the rest beside.
pub(super) async fn plan_again(app: &App, business_id: &str, now: Instant) {
    let begun = begin_again(app.store(), &app.dispatcher.zones, business_id, now).await;
    match begun {
        Ok(true) => {}
        Ok(false) => app.again.asked(),
        Err(error) => {
            tracing::error!(%error, business = business_id, "plans could not be made again yet; they will be");
            app.again.asked();
        }
    }
    app.new_lanes.note();
    app.tell_senders();
}

/// A booking or renewal that something is about: its id, its name, and when it is.
pub(super) async fn about(tx: &mut Tx, desk: &Desk, item: Option<(ItemKind, &str)>) -> Result<Value, WebError> {
    let Some((kind, id)) = item else { return Ok(Value::Null) };
    Ok(match store::item::find(tx, kind, id).await? {
        Some(Item::Booking(booking)) => json!({
            "id": booking.id, "kind": "booking", "name": booking.external_id,
            "at": desk.calendar.zone.local(booking.starts_at),
        }),
        Some(Item::Renewal(renewal)) => json!({
            "id": renewal.id, "kind": "renewal", "name": renewal.external_id, "at": renewal.ends_on,
        }),
        _ => Value::Null,
    })
}

/// What a user has written, without the space around it; none: nothing.
pub(super) fn written(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;
    use crate::texts::phrases::Phrases;

    #[test]
    fn every_notice_has_its_phrase_and_nothing_else_is_said() {
        let phrases = Phrases::of_desk(&Locale::parse("en").unwrap());
        for notice in NOTICES {
            assert!(phrases.say(&format!("said_{notice}"), |_| None).is_some(), "{notice}");
        }
        let said = |said: &str| {
            Said {
                said: Some(said.to_owned()),
            }
            .notice()
        };
        assert_eq!(said("closed"), Some("closed"));
        assert_eq!(said("<b>"), None);
    }
}
