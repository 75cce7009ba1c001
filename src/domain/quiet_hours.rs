//! When a message may go: hours of the day by purpose, Sundays, holidays.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use serde::{Deserialize, Serialize};

use super::instant::Instant;
use super::message::Purpose;
use super::zone::Zone;

/// A message that was due in hours may still leave this long after they end, so that the last due one is not lost.
const GRACE: TimeDelta = TimeDelta::minutes(15);

/// Longest run of closed days that is looked over in search of an open hour.
const HORIZON_DAYS: u64 = 60;

/// From when to when messages may go, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    pub from: NaiveTime,
    pub to: NaiveTime,
    /// On Sundays not before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sunday_from: Option<NaiveTime>,
}

/// A business's hours by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    pub service: Hours,
    pub survey: Hours,
    pub marketing: Hours,
}

impl Default for QuietHours {
    /// 8-20 for service; 9-20 and Sunday 12-20 for survey and marketing: inside the federal window of the US
    /// (47 CFR 64.1200(c)(1)) and that of every state.
    fn default() -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        let soft = Hours {
            from: hour(9),
            to: hour(20),
            sunday_from: Some(hour(12)),
        };
        Self {
            service: Hours {
                from: hour(8),
                to: hour(20),
                sunday_from: None,
            },
            survey: soft,
            marketing: soft,
        }
    }
}

impl QuietHours {
    const fn for_purpose(&self, purpose: Purpose) -> Hours {
        match purpose {
            Purpose::Service => self.service,
            Purpose::Survey => self.survey,
            Purpose::Marketing => self.marketing,
        }
    }
}

/// A business's calendar: its zone, its hours, its holidays.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub zone: Zone,
    pub hours: QuietHours,
    pub holidays: BTreeSet<NaiveDate>,
}

/// A moment within the hours, or none that is still useful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    At(Instant),
    TooLate,
}

impl Calendar {
    /// Whether a message of that purpose may go at `at`.
    #[must_use]
    pub fn is_open(&self, at: Instant, purpose: Purpose) -> bool {
        let local = self.zone.local(at);
        self.window(local.date(), purpose)
            .is_some_and(|(from, to)| from <= local.time() && local.time() <= to)
    }

    /// Whether a message that was due at `due`, in hours, may go at `now`: the hours are open, or ended moments ago.
    #[must_use]
    pub fn may_go(&self, due: Instant, now: Instant, purpose: Purpose) -> bool {
        self.is_open(now, purpose) || (now.since(due) < GRACE && self.is_open(due, purpose))
    }

    /// `due` itself when it is in hours; else the next opening, or the last closing before it where the next one is
    /// past `useful_until`, but never before `earliest`.
    #[must_use]
    pub fn fit(&self, due: Instant, purpose: Purpose, earliest: Instant, useful_until: Instant) -> Fit {
        let candidate = if self.is_open(due, purpose) {
            Some(due)
        } else {
            self.next_opening(due, purpose)
        };
        if let Some(at) = candidate.filter(|at| *at <= useful_until) {
            return Fit::At(at);
        }
        match self.last_closing(due, purpose) {
            Some(at) if earliest <= at && at <= useful_until && !self.is_open(due, purpose) => Fit::At(at),
            _ => Fit::TooLate,
        }
    }

    /// When the hours will have been open for `span` since `from`: how a clock runs that stands still at night.
    #[must_use]
    pub fn open_for(&self, from: Instant, span: TimeDelta, purpose: Purpose) -> Instant {
        let today = self.zone.date(from);
        let mut left = span;
        for date in (0..=HORIZON_DAYS).filter_map(|ahead| today.checked_add_days(Days::new(ahead))) {
            let Some((opens, closes)) = self.window(date, purpose) else {
                continue;
            };
            let opens = self.zone.instant(date.and_time(opens)).max(from);
            let open = self.zone.instant(date.and_time(closes)).since(opens);
            if left <= open {
                return opens + left;
            }
            left -= open.max(TimeDelta::zero());
        }
        from + span
    }

    /// The hours of one day; none on a holiday or when they never open.
    fn window(&self, date: NaiveDate, purpose: Purpose) -> Option<(NaiveTime, NaiveTime)> {
        if self.holidays.contains(&date) {
            return None;
        }
        let hours = self.hours.for_purpose(purpose);
        let from = match hours.sunday_from {
            Some(sunday) if date.weekday() == Weekday::Sun => hours.from.max(sunday),
            _ => hours.from,
        };
        (from <= hours.to).then_some((from, hours.to))
    }

    fn next_opening(&self, after: Instant, purpose: Purpose) -> Option<Instant> {
        let day = self.zone.date(after);
        (0..=HORIZON_DAYS)
            .filter_map(|ahead| day.checked_add_days(Days::new(ahead)))
            .filter_map(|date| {
                self.window(date, purpose)
                    .map(|(from, _)| self.zone.instant(date.and_time(from)))
            })
            .find(|opening| *opening >= after)
    }

    fn last_closing(&self, before: Instant, purpose: Purpose) -> Option<Instant> {
        let day = self.zone.date(before);
        (0..=HORIZON_DAYS)
            .filter_map(|back| day.checked_sub_days(Days::new(back)))
            .filter_map(|date| {
                self.window(date, purpose)
                    .map(|(_, to)| self.zone.instant(date.and_time(to)))
            })
            .find(|closing| *closing <= before)
    }
}
