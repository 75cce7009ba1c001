//! The day and the time that an answer names: a proposal for the person who moves the visit, never an act.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::clean::clean;
use super::clock::{Half, half, minute_of};
use super::decide::spoken;
use super::lexicon::{LEXICON, When};
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::Kind;
use super::{Booked, Locale};
use crate::domain::message::Asks;

/// Nobody means three in the night.
const FIRST_HOUR: i64 = 7;

/// What an answer that was written on `written_on` names, where it names one day and one time; of two it is neither.
#[must_use]
pub fn named_time(text: &str, locale: Option<Locale>, written_on: NaiveDate) -> Booked {
    let own = locale.and_then(|locale| LEXICON.language(locale.language()));
    let reading = Reading::of(&clean(text));
    let languages = match own {
        Some(own) => vec![own],
        None => spoken(None),
    };
    let hits = reading.heard(&languages, Asks::Confirm);
    Booked {
        date: only(&dates(&reading, &hits, written_on)),
        time: only(&times(&reading, &hits)),
    }
}

fn only<T: PartialEq + Copy>(named: &[T]) -> Option<T> {
    let first = *named.first()?;
    named.iter().all(|other| *other == first).then_some(first)
}

fn dates(reading: &Reading, hits: &[&Hit], written_on: NaiveDate) -> Vec<NaiveDate> {
    let mut dates = Vec::new();
    for token in &reading.tokens {
        if let Kind::Date(day, month) | Kind::Fraction(day, month) = token.kind {
            dates.extend(next_date(written_on, day, month));
        }
    }
    let of_hits = |says| hits.iter().filter(move |hit| hit.says == says);
    for hit in of_hits(Says::Month) {
        if let (Some(When::Month(month)), Some(day)) = (hit.when, hit.numbers.first()) {
            dates.extend(next_date(written_on, *day, month));
        }
    }
    if !dates.is_empty() {
        return dates;
    }
    // A short one may be another word.
    let inside = reading.all(Says::Weekday);
    let inside = inside.filter(|hit| reading.tokens[hit.start()].text.len() > 3);
    for hit in of_hits(Says::Weekday).copied().chain(inside) {
        if let Some(When::Weekday(weekday)) = hit.when {
            dates.extend(next_weekday(written_on, weekday));
        }
    }
    dates
}

/// The first such day from `from` on.
fn next_date(from: NaiveDate, day: u32, month: u32) -> Option<NaiveDate> {
    let mut years = [from.year(), from.year() + 1].into_iter();
    years.find_map(|year| NaiveDate::from_ymd_opt(year, month, day).filter(|date| *date >= from))
}

/// The first such weekday after `from`: whoever means the same day says today.
fn next_weekday(from: NaiveDate, weekday: u32) -> Option<NaiveDate> {
    let mut days = (1..=7).filter_map(|ahead| from.checked_add_days(Days::new(ahead)));
    days.find(|date| date.weekday().number_from_monday() == weekday)
}

fn times(reading: &Reading, hits: &[&Hit]) -> Vec<NaiveTime> {
    let clocks = reading.tokens.iter().filter_map(|token| match token.kind {
        Kind::Clock(hour, minute) => Some(i64::from(hour * 60 + minute)),
        _ => None,
    });
    let said = hits
        .iter()
        .filter(|hit| hit.says == Says::Clock)
        .filter_map(|hit| minute_of(hit));
    let half = half(hits);
    let minutes = clocks.chain(said).map(|minute| match half {
        Some(Half::Afternoon) if minute < 720 => minute + 720,
        None if minute < FIRST_HOUR * 60 => minute + 720,
        _ => minute,
    });
    minutes
        .filter_map(|minute| {
            let (hour, minute) = (u32::try_from(minute / 60).ok()?, u32::try_from(minute % 60).ok()?);
            NaiveTime::from_hms_opt(hour, minute, 0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_time_are_proposed_where_one_is_named() {
        // A Tuesday.
        let written = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let named = |locale: &str, text: &str| {
            let named = named_time(text, Locale::parse(locale).ok(), written);
            let date = named.date.map(|date| date.to_string()).unwrap_or_default();
            let time = named
                .time
                .map(|time| time.format("%H:%M").to_string())
                .unwrap_or_default();
            format!("{date} {time}")
        };
        for (locale, text, expected) in [
            ("en", "Can we do Thursday instead?", "2026-12-03 "),
            ("en", "Could I come on Thursday at 3:30 pm", "2026-12-03 15:30"),
            ("en", "Tuesday at 10:00 would be better", "2026-12-08 10:00"),
            ("de", "Geht auch Donnerstag um 14:30 Uhr?", "2026-12-03 14:30"),
            ("de", "Lieber am 5.1. um 9:00", "2027-01-05 09:00"),
            ("fr", "plutôt jeudi à 14h30 ?", "2026-12-03 14:30"),
            ("es", "mejor el jueves a las 16:00", "2026-12-03 16:00"),
            ("pl", "czy może być czwartek 11:00?", "2026-12-03 11:00"),
            ("en", "Wednesday or Thursday, 9:30 or 10:30", " "),
            ("en", "please call me", " "),
            ("en", "", " "),
        ] {
            assert_eq!(named(locale, text), expected, "{text}");
        }
    }
}
