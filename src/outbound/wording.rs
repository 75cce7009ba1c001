//! What the program calls things when it speaks to people: short names of messages and of where they stand.

use crate::domain::message::{Channel, State};
use crate::domain::replan::Hold;

/// What a message is, by its template, in two or three words.
#[must_use]
pub fn message_in_words(template: &str) -> &str {
    match template {
        "booking_confirmation" => "confirmation",
        "booking_reminder" => "reminder",
        "booking_changed" => "change of time",
        "booking_cancelled" => "cancellation",
        "satisfaction_check" | "renewal_satisfaction" => "how was it?",
        "inspection_due" => "inspection due",
        "service_due" => "service due",
        "warranty_ends" => "warranty ends",
        "policy_offer" => "renewal offer",
        "policy_ends" => "policy ends",
        "policy_last_day" => "policy ends tomorrow",
        "policy_call" => "call: policy ends",
        "policy_lapsed_call" => "call: policy lapsed",
        "recommendation_check" => "would you recommend us?",
        "effort_check" => "was it easy?",
        "review_invitation" => "invitation to review",
        "case_apology" => "apology",
        "case_solved" => "is it solved?",
        "case_alert" => "alert: unhappy",
        "opt_out_confirmed" => "no more texts",
        "help" => "help",
        "cancel_by_mail" => "was the visit meant?",
        "answer" => "answer",
        other => other,
    }
}

/// A channel as somebody at the desk would call it.
#[must_use]
pub const fn channel_in_words(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "text",
        Channel::Email => "mail",
        Channel::Call => "call",
    }
}

/// Where a message stands, in words for the desk.
#[must_use]
pub const fn standing_in_words(state: State, channel: Option<Channel>) -> &'static str {
    match (state, channel) {
        (State::Planned, _) => "planned",
        (State::Held, _) => "on hold",
        (State::Sending, _) => "being sent",
        (State::Unknown, _) => "not known whether it went",
        (State::Accepted | State::Delivered, Some(Channel::Call)) => "on the call list",
        (State::Accepted, _) => "sent",
        (State::Delivered, _) => "delivered",
        (State::Skipped, _) => "not sent",
        (State::Failed, _) => "failed",
    }
}

/// Why a message waits.
#[must_use]
pub const fn hold_in_words(hold: Hold) -> &'static str {
    match hold {
        Hold::Person => "on hold: somebody stopped it",
        Hold::Change => "on hold: the customer has asked for a change",
        Hold::Case => "on hold: a complaint is open",
        Hold::Number => "on hold: somebody else seems to have this number",
    }
}

/// The beginning of a text as one line of at most `width` characters.
#[must_use]
pub fn one_line(text: &str, width: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= width {
        return line;
    }
    let cut: String = line.chars().take(width.saturating_sub(1)).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole_words.trim_end_matches([',', '.', ':', ' ']))
}
