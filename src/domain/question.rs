//! Questions: what a message asked, until when an answer counts, and whose turn it is at a number.

use chrono::{NaiveTime, TimeDelta};

use super::closed_list::closed_list;
use super::instant::Instant;
use super::item::{Item, ItemKind};
use super::message::{Asks, Channel};
use super::rating::Scale;
use super::zone::Zone;

closed_list! {
    /// Where a question stands. A closed one was overtaken by another, or never reached anybody.
    QuestionState { Open = "open", Answered = "answered", Closed = "closed" }
}

/// For so long a question has a number for itself before another item's may follow, without its own question.
pub const ALONE_FOR: TimeDelta = TimeDelta::minutes(60);

/// A second answer counts instead of the first for so long.
pub const COUNTS_AGAIN: TimeDelta = TimeDelta::hours(24);

/// An answer after the question's end is still known to be about its item for so long; a person reads it.
pub const STILL_MEANT: TimeDelta = TimeDelta::days(7);

/// How long a rating, or whether a case is solved, can be answered.
const DAYS_TO_RATE: TimeDelta = TimeDelta::days(7);

/// What a message asked of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub message_id: String,
    pub channel: Channel,
    /// Our number or mail address.
    pub sender: String,
    /// The customer's.
    pub address: String,
    pub asks: Asks,
    /// Of a rating.
    pub scale: Option<Scale>,
    pub item_kind: ItemKind,
    pub item_id: String,
    pub item_revision: i64,
    pub state: QuestionState,
    pub asked_at: Instant,
    /// Later answers go to a person.
    pub closes_at: Instant,
    pub answered_at: Option<Instant>,
}

impl Question {
    /// Whether an answer at `at` counts as its first one.
    #[must_use]
    pub fn is_open(&self, at: Instant) -> bool {
        self.state == QuestionState::Open && at < self.closes_at
    }

    /// Whether an answer at `at` counts: the first in time, or a second one within a day.
    #[must_use]
    pub fn takes_answer(&self, at: Instant) -> bool {
        match self.answered_at {
            Some(answered_at) => at.since(answered_at) < COUNTS_AGAIN && at < self.closes_at,
            // A rating that gave way to another question can still be given.
            None => at < self.closes_at && (self.state == QuestionState::Open || self.asks == Asks::Rating),
        }
    }
}

/// Until when an answer counts: the start of the visit, the end of a renewal's last day, a week for the others.
#[must_use]
pub fn closes_at(asks: Asks, item: &Item, zone: &Zone, asked_at: Instant) -> Instant {
    match (asks, item) {
        (Asks::Confirm, Item::Booking(booking)) => booking.starts_at,
        (Asks::Renewal, Item::Renewal(renewal)) => {
            let next_day = renewal.ends_on.0.succ_opt().unwrap_or(renewal.ends_on.0);
            zone.instant(next_day.and_time(NaiveTime::MIN))
        }
        _ => asked_at + DAYS_TO_RATE,
    }
}

/// Whether a question is answered with a digit; all others with a letter. The two alphabets never overlap.
#[must_use]
pub const fn asks_digits(asks: Asks) -> bool {
    matches!(asks, Asks::Rating)
}

/// What becomes of a message that asks something, at a number where something may be asked already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It asks; the questions of these ids are closed for it.
    Ask { closes: Vec<String> },
    /// It waits until then, or until the number is free.
    Wait(Instant),
    /// It goes without its question.
    Plain,
}

/// Whose turn it is: `open` are the questions at that number which are not answered. What asks about the same item
/// takes the earlier one's place, a letter makes a rating give way, and everything else waits.
#[must_use]
pub fn turn<'a>(asks: Asks, item_id: &str, open: impl Iterator<Item = &'a Question>, now: Instant) -> Turn {
    let mut closes = Vec::new();
    for other in open {
        let gives_way = asks_digits(other.asks) && !asks_digits(asks);
        if other.item_id == item_id || gives_way || !other.is_open(now) {
            closes.push(other.id.clone());
        } else if asks_digits(asks) && !asks_digits(other.asks) {
            return Turn::Wait(other.closes_at);
        } else if now < other.asked_at + ALONE_FOR {
            return Turn::Wait(other.asked_at + ALONE_FOR);
        } else {
            return Turn::Plain;
        }
    }
    Turn::Ask { closes }
}

#[cfg(test)]
mod tests;
