//! Days in an answer, against the booked one.

use chrono::{Datelike, NaiveDate};

use super::lexicon::When;
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::{Kind, Token};

/// What an answer says about the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    /// The tokens that name the booked day.
    pub(super) booked: Vec<usize>,
    /// Another day is named.
    pub(super) other: bool,
}

/// Compares weekdays and dates in the answer with the booked day; without one there is nothing to compare.
pub(super) fn days(reading: &Reading, hits: &[&Hit], date: Option<NaiveDate>) -> Days {
    let mut days = Days::default();
    let Some(date) = date else { return days };
    let mut dated = false;
    // "See you Thursday" is heard as a whole; the day in it counts all the same. A short one may be another word.
    let inside = reading
        .all(Says::Weekday)
        .filter(|hit| reading.tokens[hit.start()].text.len() > 3);
    let heard = hits
        .iter()
        .copied()
        .filter(|hit| matches!(hit.says, Says::Weekday | Says::Month));
    for hit in heard.chain(inside) {
        let day = hit.numbers.first();
        let same = match hit.when {
            Some(When::Weekday(weekday)) => weekday == date.weekday().number_from_monday(),
            Some(When::Month(month)) => month == date.month() && day.is_none_or(|day| *day == date.day()),
            _ => true,
        };
        dated |= hit.says == Says::Month;
        days.take(same, &hit.at);
    }
    for (at, token) in reading.tokens.iter().enumerate() {
        match token.kind {
            Kind::Date(first, second) | Kind::Fraction(first, second) => {
                let booked = (date.day(), date.month());
                days.take((first, second) == booked || (second, first) == booked, &[at]);
            }
            Kind::Word => {
                if let Some(day) = ordinal(token) {
                    days.take(day == date.day(), &[at]);
                }
            }
            // "Tuesday 15": beside a weekday or a month a number is the day when it can be.
            Kind::Number(Some(day)) if day == date.day() && (dated || !days.booked.is_empty()) => {
                days.booked.push(at);
            }
            _ => {}
        }
    }
    days
}

impl Days {
    fn take(&mut self, same: bool, at: &[usize]) {
        if same {
            self.booked.extend(at);
        } else {
            self.other = true;
        }
    }
}

/// `15th`.
fn ordinal(token: &Token) -> Option<u32> {
    let digits = token.text.trim_end_matches(char::is_alphabetic);
    let suffix = &token.text[digits.len()..];
    let day = digits.parse().ok()?;
    (["st", "nd", "rd", "th", "er"].contains(&suffix) && (1..=31).contains(&day)).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::LEXICON;
    use super::*;
    use crate::domain::message::Asks;

    #[test]
    fn a_day_is_the_booked_one_or_another() {
        let language = LEXICON.language("en").expect("English");
        let tuesday = NaiveDate::from_ymd_opt(2026, 12, 15);
        for (text, other) in [
            ("see you tuesday", false),
            ("see you wednesday", true),
            ("the 15th is fine", false),
            ("the 16th is fine", true),
            ("15/12 ok", false),
            ("ok 16.12.2026", true),
            ("december 15 works", false),
            ("ok", false),
        ] {
            let reading = Reading::of(text);
            let hits = reading.heard(&[language], Asks::Confirm);
            assert_eq!(days(&reading, &hits, tuesday).other, other, "{text}");
        }
    }
}
