//! Cases: an unhappy customer, owned by a person until closed.

use chrono::TimeDelta;
use serde::Serialize;

use super::closed_list::closed_list;
use super::instant::Instant;
use super::item::ItemKind;
use super::message::Purpose;
use super::quiet_hours::Calendar;
use super::rating::Scale;

closed_list! {
    /// What was at the bottom of it; asked for when a case is closed.
    Cause {
        WorkQuality = "work_quality",
        Delay = "delay",
        Price = "price",
        Communication = "communication",
        Staff = "staff",
        Damage = "damage",
        Misunderstanding = "misunderstanding",
        Other = "other",
    }
}

closed_list! {
    /// How we learnt that somebody is unhappy.
    CaseSource { Rating = "rating", Reply = "reply", Link = "link", Desk = "desk" }
}

/// An unhappy customer. A customer has one open case at most; a reopened one is the same case in its next revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    /// What the customer is unhappy with, where that is known.
    pub item_kind: Option<ItemKind>,
    pub item_id: Option<String>,
    /// The rating that opened it, or the last one that added to it.
    pub rating_id: Option<String>,
    /// That rating's scale and score.
    pub scale: Option<Scale>,
    pub score: Option<i64>,
    pub source: CaseSource,
    /// The customer's own words, a line each time they spoke.
    pub words: Option<String>,
    /// Who sees to it.
    pub owner: Option<String>,
    pub revision: i64,
    pub opened_at: Instant,
    /// When it was opened, or last reopened.
    pub changed_at: Instant,
    /// Until when somebody should have spoken with the customer.
    pub due_at: Instant,
    pub closed_at: Option<Instant>,
    pub cause: Option<Cause>,
    pub note: Option<String>,
    /// The customer's own answer after it was closed.
    pub solved: Option<bool>,
}

impl Case {
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Where it stands, in a word.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match (self.closed_at, self.solved) {
            (None, _) => "open",
            (Some(_), Some(true)) => "solved",
            (Some(_), _) => "closed",
        }
    }
}

/// How long a customer of that standing waits for a person, counted in the business's open hours.
#[must_use]
pub fn patience(standing: Option<&str>) -> TimeDelta {
    let is = |name: &str| standing.is_some_and(|standing| standing.trim().eq_ignore_ascii_case(name));
    if is("vip") {
        TimeDelta::hours(2)
    } else if is("regular") {
        TimeDelta::hours(4)
    } else {
        TimeDelta::hours(8)
    }
}

/// Until when somebody should have spoken with a customer of that standing who became unhappy at `opened`.
#[must_use]
pub fn due_at(standing: Option<&str>, opened: Instant, calendar: &Calendar) -> Instant {
    calendar.open_for(opened, patience(standing), Purpose::Service)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::quiet_hours::QuietHours;
    use crate::domain::zone::Zones;

    fn due(standing: Option<&str>, opened: &str) -> String {
        let calendar = Calendar {
            zone: Zones::bundled().zone("Europe/Berlin").unwrap(),
            hours: QuietHours::default(),
            holidays: BTreeSet::from(["2026-12-25".parse().unwrap()]),
        };
        let opened = chrono::NaiveDateTime::parse_from_str(opened, "%Y-%m-%d %H:%M").unwrap();
        let due = due_at(standing, calendar.zone.instant(opened), &calendar);
        calendar.zone.local(due).format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn who_has_come_often_is_called_sooner() {
        assert_eq!(due(Some("VIP"), "2026-12-01 09:00"), "2026-12-01 11:00");
        assert_eq!(due(Some("regular"), "2026-12-01 09:00"), "2026-12-01 13:00");
        assert_eq!(due(None, "2026-12-01 09:00"), "2026-12-01 17:00");
        assert_eq!(due(Some("new"), "2026-12-01 09:00"), "2026-12-01 17:00");
    }

    #[test]
    fn the_clock_stands_still_while_nobody_is_there() {
        assert_eq!(due(Some("vip"), "2026-12-01 19:00"), "2026-12-02 09:00");
        assert_eq!(due(Some("vip"), "2026-12-01 23:30"), "2026-12-02 10:00");
        assert_eq!(
            due(None, "2026-12-24 18:00"),
            "2026-12-26 14:00",
            "the 25th is a holiday"
        );
    }
}
