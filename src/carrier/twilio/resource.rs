//! The provider's JSON, read leniently.
//!
//! Twilio sends numbers as strings, `SignalWire` as numbers, everything may be null, and fields come and go.

use chrono::DateTime;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::instant::Instant;
use crate::domain::link::without_tokens;

use super::{Lookup, Receipt, Received};
use crate::carrier::twilio_inbound::SERVICE_PAIR;
use crate::carrier::twilio_receipt::{is_inbound, of_status};

/// Put before every text by Twilio's trial accounts.
const TRIAL_PREFIX: &str = "Sent from your Twilio trial account - ";

/// A message, as created, listed or fetched.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    #[serde(deserialize_with = "text")]
    pub(super) sid: Option<String>,
    #[serde(deserialize_with = "text")]
    status: Option<String>,
    #[serde(deserialize_with = "text")]
    error_code: Option<String>,
    #[serde(rename = "error_message", deserialize_with = "text")]
    error_text: Option<String>,
    #[serde(deserialize_with = "text")]
    body: Option<String>,
    #[serde(deserialize_with = "text")]
    direction: Option<String>,
    #[serde(deserialize_with = "text")]
    to: Option<String>,
    #[serde(deserialize_with = "text")]
    from: Option<String>,
    #[serde(deserialize_with = "text")]
    num_media: Option<String>,
    #[serde(deserialize_with = "text")]
    messaging_service_sid: Option<String>,
    #[serde(deserialize_with = "text")]
    date_created: Option<String>,
    #[serde(deserialize_with = "text")]
    date_updated: Option<String>,
}

/// One page of a list. `messages` has to be there: an answer of another kind is no proof that there are none.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) messages: Vec<Message>,
    #[serde(default, deserialize_with = "text")]
    pub(super) next_page_uri: Option<String>,
}

/// What the probe needs of an account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    #[serde(deserialize_with = "text")]
    pub(super) status: Option<String>,
}

/// An error, in Twilio's old form (`code`, `message`) or as an RFC 9457 problem (`title`, `detail`, and a code too).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    #[serde(deserialize_with = "text")]
    code: Option<String>,
    #[serde(deserialize_with = "text")]
    message: Option<String>,
    #[serde(deserialize_with = "text")]
    title: Option<String>,
    #[serde(deserialize_with = "text")]
    detail: Option<String>,
}

impl Message {
    /// What the provider says of it. `met` is when an error on it counts as met.
    pub(super) fn receipt(&self, met: Instant) -> Receipt {
        let code = self.error_code.as_deref().and_then(|code| code.parse().ok());
        let status = self.status.as_deref().unwrap_or("unknown");
        of_status(status, code, self.error_text.as_deref().unwrap_or_default(), met)
    }

    /// The message as one from a customer; none where it is one of ours, or names no id or number.
    pub(super) fn into_received(self) -> Option<Received> {
        let inbound = self.direction.as_deref() == Some("inbound") || self.status.as_deref().is_some_and(is_inbound);
        let at = self.created();
        let (provider_id, sender, recipient) = (self.sid.filter(|_| inbound)?, self.from?, self.to?);
        let service = self.messaging_service_sid.map(|sid| (SERVICE_PAIR.to_owned(), sid));
        Some(Received {
            provider_id,
            sender,
            recipient,
            body: self.body.unwrap_or_default(),
            media: self.num_media.and_then(|count| count.parse().ok()).unwrap_or_default(),
            opt_out_type: String::new(),
            at,
            pairs: service.into_iter().collect(),
        })
    }

    pub(super) fn created(&self) -> Option<Instant> {
        self.date_created.as_deref().and_then(moment)
    }

    pub(super) fn updated(&self) -> Option<Instant> {
        self.date_updated.as_deref().and_then(moment).or_else(|| self.created())
    }

    /// Whether this could be the looked-up message: ours, to that number, with that text, made `since` or later.
    ///
    /// What the provider leaves out does not speak against it: a message that is overlooked is sent twice.
    pub(super) fn could_be(&self, lookup: &Lookup, since: Instant) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        // The provider has the link as it was sent, we keep it without its token.
        let same_text = |body: &str| without_tokens(body.trim_end()) == lookup.text.trim_end();
        let same_number = self.to.as_deref().is_none_or(|to| digits(to).eq(digits(&lookup.to)));
        let sent_by_us = match self.direction.as_deref() {
            None => true,
            Some(direction) => !matches!(direction, "inbound" | "outbound-call" | "outbound-reply"),
        };
        sent_by_us
            && !self.status.as_deref().is_some_and(is_inbound)
            && same_number
            && (same_text(body) || body.strip_prefix(TRIAL_PREFIX).is_some_and(same_text))
            && self.created().is_none_or(|created| created >= since)
    }
}

impl Problem {
    pub(super) fn code(&self) -> Option<i64> {
        self.code.as_deref().and_then(|code| code.parse().ok())
    }

    /// The provider's own words, if it has any.
    pub(super) fn words(&self) -> Option<&str> {
        [&self.message, &self.detail, &self.title]
            .into_iter()
            .find_map(|text| text.as_deref())
    }
}

/// RFC 2822, as documented; RFC 3339 is read too, because look-alikes may think it the better form.
fn moment(text: &str) -> Option<Instant> {
    let moment = DateTime::parse_from_rfc2822(text).or_else(|_| DateTime::parse_from_rfc3339(text));
    moment.ok().map(|moment| moment.to_utc().into())
}

fn digits(number: &str) -> impl Iterator<Item = char> + '_ {
    number.chars().filter(char::is_ascii_alphanumeric)
}

/// Any scalar as text; null, lists and objects as nothing.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    })
}
