//! A conversation: all that waits of one customer, or of a number that nobody knows.

use chrono::TimeDelta;

use super::instant::Instant;
use super::message::Purpose;
use super::quiet_hours::{Calendar, Fit};

/// An answer to somebody who wrote this lately is welcome at any hour: they are awake, and wait for it.
const WROTE_JUST_NOW: TimeDelta = TimeDelta::minutes(30);

/// An answer that could not go for so long after it should have is not what its writer would say now.
const STILL_TRUE: TimeDelta = TimeDelta::hours(24);

/// One row of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// The customer's id; of an unknown sender that of the first row.
    pub id: String,
    pub business_id: String,
    pub customer_id: Option<String>,
    /// The number of somebody whom nobody knows.
    pub address: Option<String>,
    /// Other businesses may be meant as well: only owners see it.
    pub shared: bool,
    /// The user who sees to it.
    pub owner_id: Option<String>,
    /// When the first of what waits is due; none: nothing waits.
    pub due_at: Option<Instant>,
    /// Who comes first of those that are due at the same moment (`place`).
    pub place: i64,
    pub waits_since: Option<Instant>,
    pub last_at: Instant,
    pub seen_at: Option<Instant>,
    pub done_at: Option<Instant>,
}

impl Conversation {
    /// That of a customer with whom nothing was to do yet.
    #[must_use]
    pub fn with(customer_id: &str, business_id: &str, now: Instant) -> Self {
        Self {
            id: customer_id.to_owned(),
            business_id: business_id.to_owned(),
            customer_id: Some(customer_id.to_owned()),
            address: None,
            shared: false,
            owner_id: None,
            due_at: None,
            place: place(None),
            waits_since: None,
            last_at: now,
            seen_at: Some(now),
            done_at: None,
        }
    }

    /// Something came in since somebody last looked.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.due_at.is_some() && self.seen_at.is_none_or(|seen| seen < self.last_at)
    }
}

/// Of those who wait for the same moment, who comes first: by standing, and last whom nobody knows.
#[must_use]
pub fn place(standing: Option<&str>) -> i64 {
    match standing {
        Some("vip") => 0,
        Some("regular") => 1,
        _ => 2,
    }
}

/// The place of somebody whom nobody knows.
pub const UNKNOWN_PLACE: i64 = 3;

/// What somebody at the desk has written to a customer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Answer {
    /// Of a mail.
    pub subject: Option<String>,
    /// As they were typed; none once retention has blanked them.
    pub words: Option<String>,
    /// The Message-ID of the mail that it answers.
    pub in_reply_to: Option<String>,
    /// When the customer last wrote; none: never.
    pub asked_at: Option<Instant>,
    /// Who wrote it.
    pub written_by: String,
}

impl Answer {
    /// Whether the customer wrote so lately that no hour is the wrong one.
    #[must_use]
    pub fn is_at_once(&self, now: Instant) -> bool {
        wrote_just_now(self.asked_at, now)
    }
}

/// Whether somebody who last wrote then is still at their phone.
#[must_use]
pub fn wrote_just_now(asked_at: Option<Instant>, now: Instant) -> bool {
    asked_at.is_some_and(|asked| now.since(asked) < WROTE_JUST_NOW)
}

/// When an answer goes: now, where the hours allow it or the customer has just written, else when they open next.
#[must_use]
pub fn goes_at(asked_at: Option<Instant>, calendar: &Calendar, now: Instant) -> Instant {
    if wrote_just_now(asked_at, now) {
        return now;
    }
    match calendar.fit(now, Purpose::Service, now, Instant::FAR) {
        Fit::At(at) => at,
        // Hours that never open: dispatch says so when it is due.
        Fit::TooLate => now,
    }
}

/// Until when it may go, where something keeps it.
#[must_use]
pub fn useful_until(goes_at: Instant) -> Instant {
    goes_at + STILL_TRUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quiet_hours::QuietHours;
    use crate::domain::zone::Zones;

    fn calendar() -> Calendar {
        Calendar {
            zone: Zones::bundled().zone("Europe/Berlin").unwrap(),
            hours: QuietHours::default(),
            holidays: std::collections::BTreeSet::new(),
        }
    }

    fn at(text: &str) -> Instant {
        calendar().zone.instant(text.parse().unwrap())
    }

    #[test]
    fn an_answer_goes_at_once_in_hours_or_to_somebody_who_wrote_just_now() {
        let goes = |asked: Option<&str>, now: &str| goes_at(asked.map(at), &calendar(), at(now));
        let noon = "2026-12-01T12:00:00";
        let night = "2026-12-01T22:00:00";
        assert_eq!(goes(None, noon), at(noon));
        assert_eq!(goes(None, night), at("2026-12-02T08:00:00"));
        assert_eq!(goes(Some("2026-12-01T21:31:00"), night), at(night));
        assert_eq!(goes(Some("2026-12-01T21:30:00"), night), at("2026-12-02T08:00:00"));
    }

    #[test]
    fn it_is_unread_while_what_came_last_was_not_seen() {
        let mut talk = Conversation::with("c", "b", Instant::from_millis(5));
        assert!(!talk.is_unread(), "nothing waits");
        (talk.due_at, talk.seen_at) = (Some(Instant::from_millis(9)), None);
        assert!(talk.is_unread());
        talk.seen_at = Some(Instant::from_millis(5));
        assert!(!talk.is_unread());
        talk.last_at = Instant::from_millis(6);
        assert!(talk.is_unread());
    }
}
