//! What the holder of a link can do about the thing that the message spoke of, as it stands now.

use super::instant::Instant;
use super::item::{BookingStatus, Item, Standing};
use super::message::Asks;
use super::zone::Zone;

/// What has become of the thing since the message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    AsTold,
    /// It takes place, or ends, at another time.
    Moved,
    Cancelled,
    /// It has begun, has ended, or is settled.
    Over,
}

/// What the page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    pub news: News,
    /// Say yes: to a visit, or to a renewal.
    pub accept: bool,
    /// Ask for another time or a call, in the customer's own words.
    pub ask: bool,
    /// Cancel the visit, after a second look.
    pub cancel: bool,
}

/// The choices that a message which asked `asks`, and told `told`, still leaves at `now`. `answered`: the customer has
/// said yes to it already.
#[must_use]
pub fn choices(item: &Item, asks: Asks, told: &str, answered: bool, zone: &Zone, now: Instant) -> Choices {
    let news = news(item, told, zone, now);
    let ahead = matches!(news, News::AsTold | News::Moved);
    match item {
        Item::Booking(booking) => Choices {
            news,
            accept: ahead && asks == Asks::Confirm && booking.status == BookingStatus::Booked,
            // Also of a cancelled visit: its message invites to find a new date.
            ask: news != News::Over && booking.status != BookingStatus::ChangeRequested,
            cancel: ahead,
        },
        Item::Renewal(_) => Choices {
            news,
            accept: ahead && asks == Asks::Renewal && !answered,
            ask: ahead,
            cancel: false,
        },
        Item::Case(_) => Choices {
            news,
            accept: ahead && asks == Asks::Solved,
            ask: ahead && asks == Asks::Solved,
            cancel: false,
        },
        Item::Reply(_) => Choices {
            news,
            accept: false,
            ask: false,
            cancel: false,
        },
    }
}

fn news(item: &Item, told: &str, zone: &Zone, now: Instant) -> News {
    let is_over = match item {
        Item::Booking(booking) => booking.starts_at <= now,
        Item::Renewal(renewal) => renewal.ends_on.0 < zone.date(now),
        // Whether it is solved can be answered once it is closed, until the customer has.
        Item::Case(case) if case.is_open() || case.solved.is_some() => return News::Over,
        Item::Case(_) => return News::AsTold,
        Item::Reply(_) => return News::Over,
    };
    match item.standing() {
        Standing::Cancelled => News::Cancelled,
        Standing::Done => News::Over,
        Standing::Live | Standing::Pending if is_over => News::Over,
        Standing::Live | Standing::Pending if item.told() != told => News::Moved,
        Standing::Live | Standing::Pending => News::AsTold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::{Booking, Renewal, RenewalKind, RenewalStatus};
    use crate::domain::local::{LocalDate, LocalDateTime};
    use crate::domain::zone::Zones;

    const TOLD: &str = "2026-12-15T09:00";

    fn zone() -> Zone {
        Zones::bundled().zone("Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> Instant {
        zone().instant(text.parse::<LocalDateTime>().unwrap().0)
    }

    fn visit(status: BookingStatus, starts: &str) -> Item {
        Item::Booking(Booking {
            id: "b".to_owned(),
            business_id: "shop".to_owned(),
            customer_id: "c".to_owned(),
            external_id: "B-1".to_owned(),
            service: None,
            vehicle: None,
            starts: starts.parse().unwrap(),
            starts_at: at(starts),
            duration_minutes: None,
            status,
            revision: 1,
            booked_at: Instant::from_millis(0),
            changed_at: Instant::from_millis(0),
            completed_at: None,
        })
    }

    fn policy(status: RenewalStatus) -> Item {
        Item::Renewal(Renewal {
            id: "r".to_owned(),
            business_id: "shop".to_owned(),
            customer_id: "c".to_owned(),
            external_id: "R-1".to_owned(),
            kind: RenewalKind::Policy,
            subject: None,
            reference: None,
            ends_on: LocalDate("2026-12-15".parse().unwrap()),
            offer_amount: None,
            offer_currency: None,
            offer_url: None,
            status,
            revision: 1,
            booked_at: Instant::from_millis(0),
            changed_at: Instant::from_millis(0),
            completed_at: None,
        })
    }

    /// What can be done, in letters: a(ccept), w(ords), c(ancel).
    fn offered(item: &Item, asks: Asks, answered: bool, now: &str) -> (News, String) {
        let told = if matches!(item, Item::Booking(_)) {
            TOLD.to_owned()
        } else {
            "2026-12-15".to_owned()
        };
        let choices = choices(item, asks, &told, answered, &zone(), at(now));
        let letters = [(choices.accept, 'a'), (choices.ask, 'w'), (choices.cancel, 'c')];
        let shown = letters
            .into_iter()
            .filter(|(offered, _)| *offered)
            .map(|(_, letter)| letter);
        (choices.news, shown.collect())
    }

    #[test]
    fn a_visit_ahead_can_be_confirmed_changed_and_cancelled() {
        use BookingStatus as S;
        for (status, starts, now, news, can) in [
            (S::Booked, TOLD, "2026-12-14T17:00", News::AsTold, "awc"),
            (S::Confirmed, TOLD, "2026-12-14T17:00", News::AsTold, "wc"),
            (S::ChangeRequested, TOLD, "2026-12-14T17:00", News::AsTold, "c"),
            (S::Booked, "2026-12-16T10:00", "2026-12-14T17:00", News::Moved, "awc"),
            (S::Cancelled, TOLD, "2026-12-14T17:00", News::Cancelled, "w"),
            (S::Booked, TOLD, "2026-12-15T09:00", News::Over, ""),
            (S::Completed, TOLD, "2026-12-16T09:00", News::Over, ""),
            (S::NoShow, TOLD, "2026-12-14T09:00", News::Over, ""),
        ] {
            assert_eq!(
                offered(&visit(status, starts), Asks::Confirm, false, now),
                (news, can.to_owned()),
                "{status} {starts} {now}"
            );
        }
        let asked_nothing = offered(&visit(S::Booked, TOLD), Asks::Nothing, false, "2026-12-14T17:00");
        assert_eq!(asked_nothing, (News::AsTold, "wc".to_owned()));
    }

    #[test]
    fn a_policy_can_be_renewed_until_its_last_day_is_over() {
        use RenewalStatus as S;
        for (status, asks, answered, now, news, can) in [
            (S::Active, Asks::Renewal, false, "2026-12-15T23:00", News::AsTold, "aw"),
            (S::Active, Asks::Renewal, true, "2026-12-14T09:00", News::AsTold, "w"),
            (S::Active, Asks::Nothing, false, "2026-12-14T09:00", News::AsTold, "w"),
            (S::Active, Asks::Renewal, false, "2026-12-16T00:00", News::Over, ""),
            (S::Renewed, Asks::Renewal, false, "2026-12-14T09:00", News::Over, ""),
        ] {
            let item = policy(status);
            assert_eq!(
                offered(&item, asks, answered, now),
                (news, can.to_owned()),
                "{status} {now}"
            );
        }
    }
}
