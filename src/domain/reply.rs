//! What a customer's answer means: rules over normalised words, as data, one file a language (`docs/replies.md`).
//!
//! ```text
//! text -> clean (quotes, signatures) -> token (words, numbers, times, emoji) -> matching (the lexicon's patterns) -> decide
//! ```
//!
//! What the program does by itself follows only from a message that is understood to its last word: a yes with a word in
//! it that nobody listed goes to a person, with the yes as a suggestion.

mod calendar;
mod clean;
mod clock;
mod concept;
mod decide;
mod emoji;
mod fold;
mod lexicon;
mod matching;
mod named;
mod opt_out;
mod pattern;
mod rating;
mod says;
pub mod second_opinion;
mod token;
mod yes;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

pub(super) use fold::fold;
pub use named::named_time;
use second_opinion::SecondOpinion;

use super::closed_list::closed_list;
use super::locale::Locale;
use super::message::Asks;
use super::rating::Scale;

closed_list! {
    /// What the customer wants.
    Intent {
        Accept = "accept",
        Change = "change",
        Decline = "decline",
        Rating = "rating",
        OptOut = "opt_out",
        OptIn = "opt_in",
        Help = "help",
        Late = "late",
        Question = "question",
        Complaint = "complaint",
        Thanks = "thanks",
        WrongPerson = "wrong_person",
        AutoReply = "auto_reply",
        Unclear = "unclear",
    }
}

closed_list! {
    /// What the program does about it by itself; `desk` leaves it to a person.
    Action {
        Accept = "accept",
        Rating = "rating",
        OptOut = "opt_out",
        OptIn = "opt_in",
        Help = "help",
        Ignore = "ignore",
        Desk = "desk",
    }
}

/// The lowest and the highest score of a scale, as they are written in an answer.
const fn ends(scale: Scale) -> (u8, u8) {
    match scale {
        Scale::Csat => (1, 5),
        Scale::Nps => (0, 10),
        Scale::Ces => (1, 7),
    }
}

/// The question that is open while the answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub asks: Asks,
    /// Matters for a rating only.
    pub scale: Scale,
}

impl Asked {
    /// A rating question with another scale than 1 to 5.
    #[must_use]
    pub const fn rating(scale: Scale) -> Self {
        Self {
            asks: Asks::Rating,
            scale,
        }
    }
}

impl From<Asks> for Asked {
    fn from(asks: Asks) -> Self {
        Self {
            asks,
            scale: Scale::Csat,
        }
    }
}

/// When the visit is, in local time, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
}

impl From<NaiveDateTime> for Booked {
    fn from(starts: NaiveDateTime) -> Self {
        Self {
            date: Some(starts.date()),
            time: Some(starts.time()),
        }
    }
}

impl From<Option<NaiveTime>> for Booked {
    fn from(time: Option<NaiveTime>) -> Self {
        Self { date: None, time }
    }
}

/// How an answer is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Understood {
    pub intent: Intent,
    /// Only with the intent `rating`.
    pub score: Option<u8>,
    pub action: Action,
    /// In hundredths.
    pub certainty: u8,
    /// There are unhappy words in it, whatever the intent: a 4 that comes with a complaint, an angry opt-out.
    pub unhappy: bool,
}

/// Reads an answer. `locale` is the customer's; people mix languages, so all are tried, its own first. A day
/// or a time in the answer is a yes only when it is the booked one.
#[must_use]
pub fn understand(asked: impl Into<Asked>, locale: Option<Locale>, text: &str, booked: Booked) -> Understood {
    understand_with(&second_opinion::EMBEDDED, asked.into(), locale, text, booked)
}

/// The same with other weights than the embedded ones: to measure them.
#[must_use]
pub fn understand_with(
    opinion: &SecondOpinion,
    asked: Asked,
    locale: Option<Locale>,
    text: &str,
    booked: Booked,
) -> Understood {
    decide::decide(opinion, asked, locale.map(|locale| locale.language()), text, booked)
}

#[cfg(test)]
mod tests;
