//! Dates and times of the day, alone and inside a sentence.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::Locale;
use super::data::Clock;

/// Days from today after which a date without its year could be mistaken for another: about ten months.
const YEAR_FROM: i64 = 300;

/// A day near enough to have a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    Today,
    Tomorrow,
}

impl Day {
    /// What `date` is, seen from `today`.
    #[must_use]
    pub fn of(date: NaiveDate, today: NaiveDate) -> Option<Self> {
        match (date - today).num_days() {
            0 => Some(Self::Today),
            1 => Some(Self::Tomorrow),
            _ => None,
        }
    }
}

impl Locale {
    /// A date that stands alone: `Tuesday, December 15`, with the year when it is more than about ten months away.
    #[must_use]
    pub fn date(&self, date: NaiveDate, today: NaiveDate) -> String {
        self.fill(self.data.date, self.data.weekdays, date, today)
    }

    /// A time of the day: `9:00 AM`, `09:00`, `09 h 00`.
    #[must_use]
    pub fn time(&self, time: NaiveTime) -> String {
        let minute = time.minute();
        match self.data.clock {
            Clock::Hours24 { separator } => format!("{:02}{separator}{minute:02}", time.hour()),
            Clock::Hours12 { am, pm } => {
                let (afternoon, hour) = time.hour12();
                format!("{hour}:{minute:02} {}", if afternoon { pm } else { am })
            }
        }
    }

    /// `today`, `tomorrow`, or nothing for any other day.
    #[must_use]
    pub fn day(&self, date: NaiveDate, today: NaiveDate) -> Option<&'static str> {
        Day::of(date, today).map(|day| match day {
            Day::Today => self.data.today,
            Day::Tomorrow => self.data.tomorrow,
        })
    }

    /// When something falls, as it stands after a verb: `on Tuesday, December 15`, `tomorrow, Tuesday, December 15`.
    #[must_use]
    pub fn on(&self, date: NaiveDate, today: NaiveDate) -> String {
        let Some(near) = self.day(date, today) else {
            return self.fill(self.data.on, self.data.weekdays_on, date, today);
        };
        self.fill(self.data.near, self.data.weekdays_on, date, today)
            .replace("{rel}", near)
    }

    /// The same with the time: `on Tuesday, December 15, at 9:00 AM`.
    #[must_use]
    pub fn on_at(&self, when: NaiveDateTime, today: NaiveDate) -> String {
        let near = self.day(when.date(), today).is_some();
        let mut text = self.on(when.date(), today);
        text.push_str(if near { self.data.join_near } else { self.data.join });
        let time = self.time(when.time());
        let one = time.starts_with("1:") || time.starts_with("01");
        let at = if one { self.data.at_one } else { self.data.at };
        text.push_str(&at.replace("{t}", &time));
        text
    }

    fn fill(&self, pattern: &str, weekdays: [&str; 7], date: NaiveDate, today: NaiveDate) -> String {
        let mut text = String::with_capacity(48);
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((slot, next)) = after.split_once('}') else {
                break;
            };
            text.push_str(before);
            match slot {
                "w" => text.push_str(weekdays[date.weekday().num_days_from_monday() as usize]),
                "m" => text.push_str(self.data.months[date.month0() as usize]),
                "d" if date.day() == 1 => text.push_str(self.data.first),
                "d" => text.push_str(&date.day().to_string()),
                "y" if (date - today).num_days().abs() > YEAR_FROM => {
                    text.push_str(&self.data.year.replace("{y}", &date.year().to_string()));
                }
                "y" => {}
                other => {
                    text.push('{');
                    text.push_str(other);
                    text.push('}');
                }
            }
            rest = next;
        }
        text.push_str(rest);
        text
    }
}
