//! A message's life: the states, the events that move it, and the closed list of reasons for not sending.
//!
//! The picture is in `docs/message-lifecycle.md`; the CHECKs of the migration repeat the lists.

use super::closed_list::closed_list;

closed_list! {
    /// How a message reaches somebody. A call is a to-do for a person, planned like a text.
    Channel { Sms = "sms", Email = "email", Call = "call" }
}

closed_list! {
    /// Why we write: decides which consent and which quiet hours apply.
    Purpose { Service = "service", Survey = "survey", Marketing = "marketing" }
}

closed_list! {
    /// What a message asks, and so what an answer to it means.
    Asks { Nothing = "nothing", Confirm = "confirm", Renewal = "renewal", Rating = "rating", Solved = "solved" }
}

closed_list! {
    /// Where a message is in its life.
    State {
        Planned = "planned",
        Held = "held",
        Sending = "sending",
        Unknown = "unknown",
        Accepted = "accepted",
        Delivered = "delivered",
        Skipped = "skipped",
        Failed = "failed",
    }
}

closed_list! {
    /// Why a message was skipped. A skipped message has exactly one.
    Reason {
        TooLate = "too_late",
        Superseded = "superseded",
        ItemCancelled = "item_cancelled",
        ItemDone = "item_done",
        Answered = "answered",
        OptedOut = "opted_out",
        NoConsent = "no_consent",
        NoAddress = "no_address",
        Undeliverable = "undeliverable",
        Duplicate = "duplicate",
        ContactCap = "contact_cap",
        CaseOpen = "case_open",
        ByHand = "by_hand",
        Erased = "erased",
    }
}

/// What can happen to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A dispatcher took it.
    Claim,
    /// Put back: a retry, a later hour, or the next channel.
    PutBack,
    /// The carrier took it over.
    Accept,
    /// The carrier says it arrived.
    Deliver,
    /// Nobody knows whether the carrier has it.
    Doubt,
    /// It can't be sent, and no channel is left.
    Fail,
    /// A person, an open case or a pending change stops it for now.
    Hold,
    /// What held it is gone.
    Release,
    /// It is not wanted any more, for one `Reason`.
    Skip,
    /// The reason for skipping it is gone and it was never sent; or a person has a failed one sent again.
    Revive,
}

/// The state after `event`, or nothing when the event does not apply in this state.
#[must_use]
pub const fn next(state: State, event: Event) -> Option<State> {
    use Event as E;
    use State as S;
    Some(match (state, event) {
        (S::Planned, E::Claim) => S::Sending,
        (S::Planned | S::Sending, E::Hold) => S::Held,
        (S::Held, E::Release)
        | (S::Sending | S::Unknown | S::Accepted, E::PutBack)
        | (S::Skipped | S::Failed, E::Revive) => S::Planned,
        (S::Planned | S::Held | S::Sending | S::Unknown | S::Accepted, E::Skip) => S::Skipped,
        (S::Sending, E::Doubt) => S::Unknown,
        // Planned: it was given up for lost and waits to be sent again, when a late callback tells that it is not.
        (S::Planned | S::Sending | S::Unknown, E::Accept) => S::Accepted,
        (S::Planned | S::Sending | S::Unknown | S::Accepted, E::Deliver) => S::Delivered,
        (S::Sending | S::Unknown | S::Accepted, E::Fail) => S::Failed,
        _ => return None,
    })
}
