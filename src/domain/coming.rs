//! Whether a customer comes, and whether one who has something that ends was reached: what the desk looks at first in the
//! morning, from the item and what was said about it.

use super::closed_list::closed_list;
use super::item::{Booking, BookingStatus, Renewal, RenewalStatus};
use super::message::{Asks, Reason, State};

closed_list! {
    /// Where a visit that is on the calendar stands with its customer.
    Coming {
        Confirmed = "confirmed",
        /// The yes was to an earlier time than the one that holds.
        EarlierYes = "earlier_yes",
        /// The customer has asked for another time.
        WantsChange = "wants_change",
        /// Something was answered, and it was no yes.
        Answered = "answered",
        Asked = "asked",
        Unreachable = "unreachable",
        /// The customer does not want to be written to.
        Unwanted = "unwanted",
        NotAsked = "not_asked",
        Here = "here",
        Done = "done",
        NoShow = "no_show",
        Cancelled = "cancelled",
    }
}

closed_list! {
    /// Where something that ends soon stands with its customer.
    Ending {
        Renewed = "renewed",
        Declined = "declined",
        /// It is over, whatever the customer says.
        Over = "over",
        Answered = "answered",
        Asked = "asked",
        /// The customer knows that it ends; nothing was asked.
        Told = "told",
        Unreachable = "unreachable",
        Unwanted = "unwanted",
        NotTold = "not_told",
    }
}

/// A message about an item, as far as it tells whether the customer was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The item's, of which it speaks.
    pub revision: i64,
    pub asks: Asks,
    pub state: State,
    pub reason: Option<Reason>,
}

/// How far the customer was reached about a revision of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Asked,
    Told,
    Unreachable,
    Unwanted,
    Not,
}

/// Where a visit stands. `answered` are the revisions of it about which the customer has answered.
#[must_use]
pub fn coming(booking: &Booking, said: &[Said], answered: &[i64]) -> Coming {
    match booking.status {
        BookingStatus::InProgress => return Coming::Here,
        BookingStatus::Completed => return Coming::Done,
        BookingStatus::NoShow => return Coming::NoShow,
        BookingStatus::Cancelled => return Coming::Cancelled,
        BookingStatus::ChangeRequested => return Coming::WantsChange,
        BookingStatus::Booked | BookingStatus::Confirmed => {}
    }
    let now = answered.contains(&booking.revision);
    if booking.status == BookingStatus::Confirmed {
        // The business's own software may go on saying "confirmed" when it moves a visit.
        let only_earlier = !now && answered.iter().any(|revision| *revision < booking.revision);
        return if only_earlier {
            Coming::EarlierYes
        } else {
            Coming::Confirmed
        };
    }
    match reach(said, booking.revision, Asks::Confirm) {
        _ if now => Coming::Answered,
        Reach::Asked => Coming::Asked,
        Reach::Unreachable => Coming::Unreachable,
        Reach::Unwanted => Coming::Unwanted,
        Reach::Told | Reach::Not => Coming::NotAsked,
    }
}

/// Where something that ends stands, likewise.
#[must_use]
pub fn ending(renewal: &Renewal, said: &[Said], answered: &[i64]) -> Ending {
    match renewal.status {
        RenewalStatus::Renewed => return Ending::Renewed,
        RenewalStatus::Declined => return Ending::Declined,
        RenewalStatus::Lapsed | RenewalStatus::Ended => return Ending::Over,
        RenewalStatus::Active => {}
    }
    match reach(said, renewal.revision, Asks::Renewal) {
        _ if answered.contains(&renewal.revision) => Ending::Answered,
        Reach::Asked => Ending::Asked,
        Reach::Told => Ending::Told,
        Reach::Unreachable => Ending::Unreachable,
        Reach::Unwanted => Ending::Unwanted,
        Reach::Not => Ending::NotTold,
    }
}

fn reach(said: &[Said], revision: i64, asks: Asks) -> Reach {
    let mut furthest = Reach::Not;
    for one in said.iter().filter(|one| one.revision == revision) {
        let reach = match (one.state, one.reason) {
            (State::Accepted | State::Delivered, _) if one.asks == asks => Reach::Asked,
            (State::Accepted | State::Delivered, _) => Reach::Told,
            (State::Failed, _) | (_, Some(Reason::NoAddress | Reason::Undeliverable)) => Reach::Unreachable,
            (_, Some(Reason::OptedOut | Reason::NoConsent)) => Reach::Unwanted,
            _ => Reach::Not,
        };
        if rank(reach) < rank(furthest) {
            furthest = reach;
        }
    }
    furthest
}

/// What tells most comes first: an address that has become bad after a confirmation tells more than the confirmation.
const fn rank(reach: Reach) -> u8 {
    match reach {
        Reach::Asked => 0,
        Reach::Unreachable => 1,
        Reach::Unwanted => 2,
        Reach::Told => 3,
        Reach::Not => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instant::Instant;
    use crate::domain::item::RenewalKind;

    fn booking(status: BookingStatus, revision: i64) -> Booking {
        Booking {
            id: String::new(),
            business_id: String::new(),
            customer_id: String::new(),
            external_id: String::new(),
            service: None,
            vehicle: None,
            starts: "2026-12-15T09:00".parse().unwrap(),
            starts_at: Instant::from_millis(0),
            duration_minutes: None,
            status,
            revision,
            booked_at: Instant::from_millis(0),
            changed_at: Instant::from_millis(0),
            completed_at: None,
        }
    }

    const fn said(revision: i64, asks: Asks, state: State, reason: Option<Reason>) -> Said {
        Said {
            revision,
            asks,
            state,
            reason,
        }
    }

    #[test]
    fn a_visit_is_confirmed_only_by_a_yes_to_the_time_that_holds() {
        use BookingStatus::{Booked, Confirmed};
        let asked = said(1, Asks::Confirm, State::Delivered, None);
        for (status, revision, said, answered, expected) in [
            (Confirmed, 1, &[asked][..], &[1][..], Coming::Confirmed),
            // The business has noted the yes itself: somebody phoned.
            (Confirmed, 2, &[], &[], Coming::Confirmed),
            (Confirmed, 2, &[asked], &[1], Coming::EarlierYes),
            (Confirmed, 2, &[asked], &[1, 2], Coming::Confirmed),
            (Booked, 2, &[asked], &[1], Coming::NotAsked),
            (Booked, 1, &[asked], &[1], Coming::Answered),
            (Booked, 1, &[asked], &[], Coming::Asked),
        ] {
            let booking = booking(status, revision);
            assert_eq!(
                coming(&booking, said, answered),
                expected,
                "{status} {revision} {answered:?}"
            );
        }
    }

    #[test]
    fn whoever_is_not_reached_is_told_from_whoever_was_not_asked_yet() {
        let booking = booking(BookingStatus::Booked, 1);
        let confirmation = said(1, Asks::Nothing, State::Delivered, None);
        let skipped = |reason| said(1, Asks::Confirm, State::Skipped, Some(reason));
        for (said, expected) in [
            (vec![], Coming::NotAsked),
            (
                vec![confirmation, said(1, Asks::Confirm, State::Planned, None)],
                Coming::NotAsked,
            ),
            (vec![confirmation, skipped(Reason::TooLate)], Coming::NotAsked),
            (vec![skipped(Reason::NoAddress)], Coming::Unreachable),
            (
                vec![confirmation, said(1, Asks::Confirm, State::Failed, None)],
                Coming::Unreachable,
            ),
            (vec![confirmation, skipped(Reason::OptedOut)], Coming::Unwanted),
            (
                vec![
                    said(1, Asks::Confirm, State::Accepted, None),
                    skipped(Reason::NoAddress),
                ],
                Coming::Asked,
            ),
        ] {
            assert_eq!(coming(&booking, &said, &[]), expected, "{said:?}");
        }
    }

    #[test]
    fn what_is_over_is_over() {
        for (status, expected) in [
            (BookingStatus::Cancelled, Coming::Cancelled),
            (BookingStatus::InProgress, Coming::Here),
            (BookingStatus::Completed, Coming::Done),
            (BookingStatus::NoShow, Coming::NoShow),
            (BookingStatus::ChangeRequested, Coming::WantsChange),
        ] {
            assert_eq!(coming(&booking(status, 1), &[], &[1]), expected);
        }
    }

    #[test]
    fn what_ends_is_renewed_answered_asked_told_or_none_of_it() {
        let renewal = |status| Renewal {
            id: String::new(),
            business_id: String::new(),
            customer_id: String::new(),
            external_id: String::new(),
            kind: RenewalKind::Policy,
            subject: None,
            reference: None,
            ends_on: "2026-12-15".parse().unwrap(),
            offer_amount: None,
            offer_currency: None,
            offer_url: None,
            status,
            revision: 2,
            booked_at: Instant::from_millis(0),
            changed_at: Instant::from_millis(0),
            completed_at: None,
        };
        let active = renewal(RenewalStatus::Active);
        let told = said(2, Asks::Nothing, State::Delivered, None);
        let asked = said(2, Asks::Renewal, State::Accepted, None);
        assert_eq!(ending(&active, &[], &[1]), Ending::NotTold);
        assert_eq!(ending(&active, &[told], &[]), Ending::Told);
        assert_eq!(ending(&active, &[told, asked], &[]), Ending::Asked);
        assert_eq!(ending(&active, &[told, asked], &[2]), Ending::Answered);
        assert_eq!(ending(&renewal(RenewalStatus::Renewed), &[asked], &[]), Ending::Renewed);
        assert_eq!(
            ending(&renewal(RenewalStatus::Declined), &[asked], &[2]),
            Ending::Declined
        );
        assert_eq!(ending(&renewal(RenewalStatus::Lapsed), &[], &[]), Ending::Over);
    }
}
