//! Times in an answer, against the booked one.

use chrono::{NaiveTime, Timelike};

use super::Booked;
use super::calendar::days;
use super::lexicon::When;
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::Kind;

/// What an answer says about the time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// The tokens that name days and times, all of them the booked one.
    pub(super) booked: Vec<usize>,
    /// A day or a time is named that is not the booked one.
    pub(super) other: bool,
    /// A time is named, and nobody knows the booked one.
    pub(super) unknown: bool,
    /// Nobody knows the booked day.
    pub(super) day_unknown: bool,
}

/// Half of the day, where it is said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
}

/// Compares all times in the answer with the booked one.
pub(super) fn times(reading: &Reading, hits: &[&Hit], booked: Booked) -> Times {
    let at = booked.time;
    let days = days(reading, hits, booked.date);
    let half = half(hits);
    let mut named: Vec<(i64, Vec<usize>)> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.says == Says::Clock) {
        named.extend(minute_of(hit).map(|minute| (minute, hit.at.clone())));
    }
    let in_hit = |token: usize| named.iter().any(|(_, at)| at.contains(&token));
    let mut shaped = Vec::new();
    for (position, token) in reading.tokens.iter().enumerate() {
        let minute = match token.kind {
            Kind::Clock(hour, minute) => i64::from(hour * 60 + minute),
            // 0900; other numbers of four digits are years and the like.
            Kind::Number(Some(value)) if token.text.len() == 4 && value / 100 < 24 && value % 100 < 60 => {
                let minute = i64::from(value / 100 * 60 + value % 100);
                if at.is_none_or(|at| !same(minute, None, at)) {
                    continue;
                }
                minute
            }
            _ => continue,
        };
        if !in_hit(position) {
            shaped.push((minute, vec![position]));
        }
    }
    named.extend(shaped);
    // "Yes, 9": a number alone beside a yes is a time when it is the booked one.
    let numbers =
        reading.tokens.iter().enumerate().filter(|(position, _)| {
            !days.booked.contains(position) && !named.iter().any(|(_, at)| at.contains(position))
        });
    let bare: Vec<(i64, Vec<usize>)> = numbers
        .filter_map(|(position, token)| match token.kind {
            Kind::Number(Some(hour)) if (1..=24).contains(&hour) && token.text.len() <= 2 => {
                Some((i64::from(hour * 60), vec![position]))
            }
            _ => None,
        })
        .collect();
    named.extend(bare);
    let mut times = Times {
        booked: days.booked,
        other: days.other,
        unknown: false,
        day_unknown: booked.date.is_none(),
    };
    let Some(at) = at else {
        times.unknown = !named.is_empty();
        return times;
    };
    if named.is_empty() && half.is_some_and(|half| (half == Half::Morning) != (at.hour() < 12)) {
        times.other = true;
    }
    for (minute, tokens) in named {
        if same(minute, half, at) {
            times.booked.extend(tokens);
        } else {
            times.other = true;
        }
    }
    times
}

pub(super) fn half(hits: &[&Hit]) -> Option<Half> {
    let says = |says| hits.iter().any(|hit| hit.says == says);
    match (says(Says::Morning), says(Says::Afternoon)) {
        (true, false) => Some(Half::Morning),
        (false, true) => Some(Half::Afternoon),
        _ => None,
    }
}

pub(super) fn minute_of(hit: &Hit) -> Option<i64> {
    match hit.when? {
        When::MinuteOfDay(minute) => Some(i64::from(minute)),
        When::MinutesAdded(added) => {
            let hour = hit.numbers.first().filter(|hour| **hour <= 24)?;
            let minute = hit.numbers.get(1).copied().unwrap_or_default();
            (minute < 60).then(|| i64::from(hour * 60 + minute) + i64::from(added))
        }
        When::Weekday(_) | When::Month(_) => None,
    }
}

/// Whether a named time is the booked one. Without a half of the day, nine is nine in the morning or in the evening.
fn same(minute: i64, half: Option<Half>, at: NaiveTime) -> bool {
    let booked = i64::from(at.hour() * 60 + at.minute());
    let minute = match half {
        Some(Half::Afternoon) if (60..720).contains(&minute) => minute + 720,
        Some(Half::Morning) if minute >= 720 => minute - 720,
        _ => minute,
    };
    if half.is_some() || !(30..780).contains(&minute) {
        return minute.rem_euclid(1440) == booked;
    }
    minute.rem_euclid(720) == booked % 720
}
