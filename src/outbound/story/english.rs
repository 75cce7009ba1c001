//! A story in English, as `daybefore why` prints it.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::told::{Fact, Happening, Standing, Story, Subject, What, Wish};
use crate::domain::consent::Verdict;
use crate::domain::instant::Instant;
use crate::domain::message::{Reason, State};
use crate::domain::rule::Anchor;
use crate::outbound::notice;
use crate::outbound::wording::{hold_in_words, message_in_words};

/// A story in words. What is serialized is the printed form for programs.
#[derive(Clone, Debug, Serialize)]
pub struct InEnglish {
    pub title: String,
    /// The same without our ids.
    pub headline: String,
    pub facts: Vec<(String, String)>,
    pub events: Vec<Line>,
}

/// One line of it.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub at: Instant,
    /// On the business's wall clock.
    pub local: String,
    pub what: String,
    /// The message that it is about, where the story is another's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The story in words.
#[must_use]
pub fn in_english(story: &Story) -> InEnglish {
    let (title, headline) = match &story.subject {
        Subject::Message { id, template, customer } => (
            format!("message {id}"),
            format!("{} for {customer}", capitalized(message_in_words(template))),
        ),
        Subject::Item { item_kind, name, .. } => {
            let title = format!("{item_kind} {name}");
            (title.clone(), capitalized(&title))
        }
        Subject::Customer { name, .. } => (format!("customer {name}"), name.clone()),
    };
    InEnglish {
        title,
        headline,
        facts: story.facts.iter().map(fact).collect(),
        events: story.events.iter().map(line).collect(),
    }
}

fn line(event: &Happening) -> Line {
    Line {
        at: event.at,
        local: local(event.local),
        what: what(&event.what),
        message: event.message.clone(),
    }
}

fn fact(fact: &Fact) -> (String, String) {
    let none = || "none".to_owned();
    let (name, value) = match fact {
        Fact::About {
            item_kind,
            name,
            customer,
            ..
        } => ("about", format!("{item_kind} {name} of {customer}")),
        Fact::Rule { id, rule, .. } => ("rule", rule_in_words(id, rule.as_ref())),
        Fact::Due {
            local: at,
            zone,
            at: utc,
        } => ("due", format!("{} in {zone} ({utc} UTC)", local(*at))),
        Fact::UsefulUntil { local: at } => ("useful until", local(*at)),
        Fact::Now { standing } => ("now", in_words(*standing)),
        Fact::Check {
            channel,
            address,
            verdict,
            bad,
        } => {
            return (format!("check {channel}"), checked(address.as_deref(), *verdict, *bad));
        }
        Fact::Words { text } => ("words", text.clone()),
        Fact::Customer { name, .. } => ("customer", name.clone()),
        Fact::Opened { local: at } => ("opened", local(*at)),
        Fact::Told { told } => ("local time or date", told.replace('T', " ")),
        Fact::Status { status, .. } => ("status", (*status).to_owned()),
        Fact::Revision { revision } => ("revision", revision.to_string()),
        Fact::CallBy { local: at } => ("call by", local(*at)),
        Fact::WrittenBy { name } => ("written by", name.clone()),
        Fact::Owner { name } => ("owner", name.clone().unwrap_or_else(|| "nobody yet".to_owned())),
        Fact::Score { score, scale, .. } => ("score", format!("{} ({scale})", scale.in_words(*score))),
        Fact::Note { text } => ("note", text.clone()),
        Fact::Cause { cause } => ("cause", cause.to_string()),
        Fact::Solved { solved: true } => ("solved", "yes, says the customer".to_owned()),
        Fact::Solved { solved: false } => ("solved", "no, said the customer".to_owned()),
        Fact::Id { id } => ("id", id.clone()),
        Fact::Phone { masked } => ("phone", masked.clone().unwrap_or_else(none)),
        Fact::Email { masked } => ("email", masked.clone().unwrap_or_else(none)),
    };
    (name.to_owned(), value)
}

fn what(what: &What) -> String {
    match what {
        What::Planned {
            rule,
            item_kind,
            told,
            revision,
        } => format!("planned by rule {rule} for {item_kind} {told} revision {revision}"),
        What::Past { past } => format!("{}: {}", past.event, past.detail),
        What::Tried {
            number,
            channel,
            to,
            from,
            carrier,
        } => {
            let from = after(" from ", Some(from).filter(|from| !from.is_empty()));
            format!("attempt {number}: {channel} to {to}{from} by {carrier}")
        }
        What::Receipt { carrier, status, code } => {
            let code = after(", code ", Some(code).filter(|code| !code.is_empty()));
            format!("receipt from {carrier}: {status}{code}")
        }
        What::Ended {
            number,
            state,
            code,
            failure,
            provider_id,
        } => {
            let code = code.map_or_else(String::new, |code| format!(" (code {code})"));
            let failure = after(": ", failure.as_ref());
            let id = after(", provider's id ", provider_id.as_ref());
            format!("attempt {number}: {state}{code}{failure}{id}")
        }
        What::OnCallList { not_before } => {
            format!(
                "on the call list{}",
                after(" not before ", not_before.map(local).as_ref())
            )
        }
        What::Called { by, outcome, note } => {
            let by = by.as_deref().unwrap_or("desk");
            format!("called by {by}: {}{}", outcome.in_words(), after(": ", note.as_ref()))
        }
        What::Stands { standing } => in_words(*standing),
        What::Rated {
            score,
            scale,
            comment,
            counts,
            ..
        } => {
            let comment = comment
                .as_ref()
                .map_or_else(String::new, |words| format!(": \"{words}\""));
            let counts = if *counts {
                ""
            } else {
                " (does not count: another answer does)"
            };
            format!("the customer gave {}{comment}{counts}", scale.in_words(*score))
        }
        What::Message {
            template,
            rule,
            standing,
        } => format!("{} (rule {rule}): {}", message_in_words(template), in_words(*standing)),
        What::MessageAbout {
            template,
            item_kind,
            name,
            standing,
        } => {
            let what = message_in_words(template);
            format!("{what} for {item_kind} {name}: {}", in_words(*standing))
        }
        What::Consent {
            given,
            purpose,
            channel,
            source,
        } => {
            let what = if *given { "consent given" } else { "consent withdrawn" };
            let purpose = purpose.map_or("everything", |purpose| purpose.as_str());
            let channel = channel.map_or("any channel", |channel| channel.as_str());
            format!("{what}: {purpose} by {channel} (source: {source})")
        }
    }
}

/// A text behind some words; nothing where there is none.
fn after(words: &str, text: Option<&String>) -> String {
    text.map_or_else(String::new, |text| format!("{words}{text}"))
}

fn local(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn rule_in_words(id: &str, rule: Option<&Wish>) -> String {
    let Some(rule) = rule else {
        return notice::in_words(id).map_or_else(|| format!("{id} (no longer among the rules)"), str::to_owned);
    };
    let channels: Vec<_> = rule.channels.iter().map(|channel| channel.as_str()).collect();
    let anchor = match rule.anchor {
        Anchor::Start => "the visit's start",
        Anchor::Completed => "completion",
        Anchor::EndsOn => "the end date",
        Anchor::Booked => "the booking becoming known",
        Anchor::Opened => "the case being opened",
        Anchor::Rated => "the first answer how it went",
        Anchor::Changed => "a change becoming known",
        Anchor::Cancelled => "the cancellation becoming known",
    };
    format!(
        "{id} (counts from {anchor}; on {}; {}; template {})",
        channels.join(", then "),
        rule.purpose,
        rule.template
    )
}

fn checked(address: Option<&str>, verdict: Verdict, bad: bool) -> String {
    let Some(address) = address else {
        return "no usable address".to_owned();
    };
    let verdict = match verdict {
        Verdict::Allowed => "may be written to",
        Verdict::OptedOut => "has opted out",
        Verdict::NoConsent => "has not consented to this purpose",
    };
    let bad = if bad {
        "; the carrier called this address bad"
    } else {
        ""
    };
    format!("{address} {verdict}{bad}")
}

/// Where a message stands, in a sentence.
#[must_use]
pub fn in_words(standing: Standing) -> String {
    match (standing.state, standing.reason) {
        (State::Skipped, Some(reason)) => format!("not sent: {} ({reason})", reason_in_words(reason)),
        (State::Held, _) => standing.hold.map_or("on hold", hold_in_words).to_owned(),
        (State::Planned, _) if standing.attempts > 0 => {
            format!("planned again after {} attempt(s)", standing.attempts)
        }
        (state, _) => state.to_string(),
    }
}

/// A reason for not sending, as somebody at the desk would say it.
#[must_use]
pub const fn reason_in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::TooLate => "its moment had passed",
        Reason::Superseded => "a newer message speaks for it",
        Reason::ItemCancelled => "the booking was cancelled",
        Reason::ItemDone => "what it is about is done already",
        Reason::Answered => "the customer has answered already",
        Reason::OptedOut => "the customer has opted out",
        Reason::NoConsent => "the customer has not consented to this kind of message",
        Reason::NoAddress => "no usable phone number or address",
        Reason::Undeliverable => "the carrier called the address bad",
        Reason::Duplicate => "the same words went to this customer already",
        Reason::ContactCap => "the customer was asked not long ago",
        Reason::CaseOpen => "a complaint is open",
        Reason::ByHand => "somebody decided so",
        Reason::Erased => "the customer's data were erased",
    }
}
