//! What has to change so that the messages that exist are the ones that are wanted.

use std::collections::HashSet;

use super::closed_list::closed_list;
use super::instant::Instant;
use super::item::{Item, Standing};
use super::message::{Channel, Reason, State};
use super::plan::{Intent, Told, Wanted};
use super::rule::Anchor;

/// An existing message of the item, as far as re-planning looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    pub id: String,
    pub item_id: String,
    pub item_revision: i64,
    pub rule_id: String,
    pub customer_id: String,
    pub anchor: Anchor,
    pub state: State,
    pub reason: Option<Reason>,
    /// Who holds it.
    pub hold: Option<Hold>,
    /// When the plan wants it to go; `due_at` in the row may be later, after a retry.
    pub wanted_at: Instant,
    pub useful_until: Instant,
    pub channel: Option<Channel>,
    /// What it tells the customer: the item's local time or date.
    pub told: String,
    /// How often it was handed to a carrier.
    pub attempts: i64,
    /// The rule's settings it was planned with, to notice an edited rule.
    pub settings: String,
}

closed_list! {
    /// Who or what holds a message.
    Hold { Person = "person", Change = "change", Case = "case", Number = "number" }
}

impl Hold {
    /// Whether the plan itself holds and releases for this; a person's hold is the person's.
    #[must_use]
    pub const fn is_the_plans(self) -> bool {
        !matches!(self, Self::Person)
    }
}

/// One step of a re-plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    Insert(Wanted<'a>),
    /// The message stays, its time, channel or settings change.
    Move {
        id: String,
        wanted: Wanted<'a>,
    },
    Hold {
        id: String,
        wanted: Wanted<'a>,
    },
    Release {
        id: String,
        wanted: Wanted<'a>,
    },
    Skip {
        id: String,
        reason: Reason,
    },
    /// It was skipped, the reason is gone, and it was never sent.
    Revive {
        id: String,
        wanted: Wanted<'a>,
    },
}

/// What this customer was last told of an item by the messages about it that left, or may have left, the house; or
/// knows without us, where a person said so by skipping the confirmation. What somebody else was told, who had the item
/// before, counts for nothing.
#[must_use]
pub fn told(existing: &[Existing], customer_id: &str) -> Option<Told> {
    let left = |state| {
        matches!(
            state,
            State::Sending | State::Unknown | State::Accepted | State::Delivered
        )
    };
    existing
        .iter()
        .filter(|message| message.customer_id == customer_id)
        .filter(|message| left(message.state) || known_without_us(message))
        .filter(|message| !matches!(message.anchor, Anchor::Completed | Anchor::Rated))
        .max_by_key(|message| message.item_revision)
        .map(|message| match message.anchor {
            Anchor::Cancelled => Told::Cancelled,
            _ => Told::At(message.told.clone()),
        })
}

fn known_without_us(message: &Existing) -> bool {
    message.anchor == Anchor::Booked && message.reason == Some(Reason::ByHand)
}

/// The settings of a rule that a planned message carries with it.
#[must_use]
pub fn settings(wanted: &Wanted<'_>) -> String {
    let rule = wanted.rule;
    let channels: Vec<_> = rule.channels.iter().map(|channel| channel.as_str()).collect();
    [
        rule.template.as_str(),
        rule.purpose.as_str(),
        rule.asks.as_str(),
        rule.only_if.as_str(),
        &channels.join(","),
    ]
    .join("|")
}

/// The steps that bring `existing` in line with `wanted`. What has left the house is never touched.
#[must_use]
pub fn changes<'a>(item: &Item, existing: &[Existing], wanted: Vec<Wanted<'a>>) -> Vec<Change<'a>> {
    let mut kept = HashSet::new();
    let mut changes = Vec::new();
    for want in wanted {
        let same = |message: &&Existing| {
            message.item_revision == item.revision()
                && message.rule_id == want.rule.id
                && message.customer_id == item.customer_id()
        };
        match existing.iter().find(same) {
            Some(message) => {
                kept.insert(message.id.as_str());
                changes.extend(adjust(message, want));
            }
            None if is_old_news(&want, existing) => {}
            None => changes.push(Change::Insert(want)),
        }
    }
    let unwanted = existing
        .iter()
        .filter(|message| is_open(message.state) && !kept.contains(message.id.as_str()));
    changes.extend(unwanted.map(|message| Change::Skip {
        id: message.id.clone(),
        reason: unwanted_because(item, message),
    }));
    changes
}

const fn is_open(state: State) -> bool {
    matches!(state, State::Planned | State::Held)
}

/// A skip because the item ended is said once, of the message that was planned, not again for each later revision.
fn is_old_news(want: &Wanted<'_>, existing: &[Existing]) -> bool {
    matches!(
        want.intent,
        Intent::Skip(Reason::ItemCancelled | Reason::ItemDone | Reason::Erased)
    ) && existing.iter().any(|message| message.rule_id == want.rule.id)
}

fn adjust<'a>(message: &Existing, want: Wanted<'a>) -> Option<Change<'a>> {
    let id = message.id.clone();
    match (message.state, want.intent) {
        (State::Planned | State::Held, Intent::Skip(reason)) => Some(Change::Skip { id, reason }),
        (State::Planned, Intent::Hold(..)) => Some(Change::Hold { id, wanted: want }),
        (State::Held, Intent::Go(_)) if message.hold.is_some_and(Hold::is_the_plans) => {
            Some(Change::Release { id, wanted: want })
        }
        (State::Held, Intent::Hold(_, hold)) if message.hold.is_some_and(|by| by.is_the_plans() && by != hold) => {
            Some(Change::Hold { id, wanted: want })
        }
        (State::Planned | State::Held, Intent::Go(_) | Intent::Hold(..)) => {
            moved(message, &want).then_some(Change::Move { id, wanted: want })
        }
        (State::Skipped, Intent::Go(_) | Intent::Hold(..)) => {
            can_revive(message).then_some(Change::Revive { id, wanted: want })
        }
        _ => None,
    }
}

fn moved(message: &Existing, want: &Wanted<'_>) -> bool {
    // After a first attempt the channel is dispatch's to choose: it may have fallen on to the next one.
    let channel = match want.intent {
        Intent::Go(channel) | Intent::Hold(channel, _) => Some(channel),
        Intent::Skip(_) => None,
    };
    message.wanted_at != want.due_at
        || message.useful_until != want.useful_until
        || message.settings != settings(want)
        || (message.attempts == 0 && message.channel != channel)
}

/// Skipped by the plan for a reason that can go away. What dispatch skipped has an attempt counted, and stays skipped.
const fn can_revive(message: &Existing) -> bool {
    message.attempts == 0
        && matches!(
            message.reason,
            Some(
                Reason::TooLate
                    | Reason::Superseded
                    | Reason::ItemDone
                    | Reason::ItemCancelled
                    | Reason::Answered
                    | Reason::OptedOut
                    | Reason::NoConsent
                    | Reason::NoAddress
                    | Reason::Undeliverable
            )
        )
}

fn unwanted_because(item: &Item, message: &Existing) -> Reason {
    match item.standing() {
        Standing::Cancelled => Reason::ItemCancelled,
        Standing::Done if !matches!(message.anchor, Anchor::Completed | Anchor::Rated) => Reason::ItemDone,
        _ => Reason::Superseded,
    }
}
