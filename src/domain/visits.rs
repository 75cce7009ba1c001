//! What a customer's visits and renewals add up to: how often they came, and each of their vehicles with what comes next.

use std::cmp::Reverse;

use serde::Serialize;

use super::instant::Instant;
use super::item::{Booking, BookingStatus, Renewal, RenewalKind, RenewalStatus};
use super::local::{LocalDate, LocalDateTime};
use super::search;

/// How often somebody came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Visits {
    pub made: usize,
    pub first: Option<LocalDateTime>,
    pub last: Option<LocalDateTime>,
    pub missed: usize,
    pub cancelled: usize,
}

/// A vehicle, as the latest of its rows names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vehicle {
    pub name: String,
    pub last: Option<Visit>,
    pub next: Option<Next>,
}

/// A visit that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visit {
    pub booking: String,
    pub starts: LocalDateTime,
    pub service: Option<String>,
}

/// What comes next: a visit, or something that falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Next {
    Booking {
        id: String,
        starts: LocalDateTime,
        service: Option<String>,
    },
    Renewal {
        id: String,
        ends_on: LocalDate,
        of: RenewalKind,
    },
}

/// Whether somebody of that standing is called a regular: by whoever keeps the records.
#[must_use]
pub fn is_regular(standing: Option<&str>) -> bool {
    let is = |name: &str| standing.is_some_and(|standing| standing.trim().eq_ignore_ascii_case(name));
    is("regular") || is("vip")
}

/// How often somebody came, of all their bookings.
#[must_use]
pub fn visits(bookings: &[Booking]) -> Visits {
    let of = |status: BookingStatus| bookings.iter().filter(move |booking| booking.status == status);
    let made = || of(BookingStatus::Completed).map(|booking| booking.starts);
    Visits {
        made: made().count(),
        first: made().min(),
        last: made().max(),
        missed: of(BookingStatus::NoShow).count(),
        cancelled: of(BookingStatus::Cancelled).count(),
    }
}

/// The vehicles of somebody's bookings, and of what falls due on a vehicle; what was there last comes first.
#[must_use]
pub fn vehicles(bookings: &[Booking], renewals: &[Renewal], now: Instant, today: LocalDate) -> Vec<Vehicle> {
    let mut vehicles: Vec<(String, Option<LocalDateTime>, Vehicle)> = Vec::new();
    let mut latest: Vec<&Booking> = bookings.iter().collect();
    latest.sort_by(|one, other| (other.starts, &other.id).cmp(&(one.starts, &one.id)));
    for booking in latest {
        let Some(name) = booking.vehicle.as_ref().filter(|name| !key(name).is_empty()) else {
            continue;
        };
        let key = key(name);
        let at = vehicles.iter().position(|(known, ..)| *known == key);
        let at = at.unwrap_or_else(|| {
            vehicles.push((key, Some(booking.starts), new(name)));
            vehicles.len() - 1
        });
        take_in(&mut vehicles[at].2, booking, now);
    }
    for renewal in renewals.iter().filter(|renewal| is_ahead(renewal, today)) {
        let Some(subject) = &renewal.subject else { continue };
        let subject_key = key(subject);
        let named = |known: &str| !known.is_empty() && (subject_key.contains(known) || known.contains(&subject_key));
        let at = vehicles.iter().position(|(known, ..)| named(known));
        let at = match at {
            Some(at) => at,
            // A policy may be about anything.
            None if subject_key.is_empty() || renewal.kind == RenewalKind::Policy => continue,
            None => {
                vehicles.push((subject_key, None, new(subject)));
                vehicles.len() - 1
            }
        };
        sooner(
            &mut vehicles[at].2,
            Next::Renewal {
                id: renewal.id.clone(),
                ends_on: renewal.ends_on,
                of: renewal.kind,
            },
        );
    }
    vehicles.sort_by_key(|(_, at, _)| Reverse(*at));
    vehicles.into_iter().map(|(_, _, vehicle)| vehicle).collect()
}

/// What a vehicle is told apart by: its letters and digits, in whatever spelling.
fn key(name: &str) -> String {
    search::sought(&name.split_whitespace().collect::<String>()).concat()
}

fn new(name: &str) -> Vehicle {
    Vehicle {
        name: name.to_owned(),
        last: None,
        next: None,
    }
}

fn take_in(vehicle: &mut Vehicle, booking: &Booking, now: Instant) {
    let ahead = matches!(
        booking.status,
        BookingStatus::Booked | BookingStatus::Confirmed | BookingStatus::ChangeRequested
    );
    if booking.status == BookingStatus::Completed && vehicle.last.is_none() {
        vehicle.last = Some(Visit {
            booking: booking.id.clone(),
            starts: booking.starts,
            service: booking.service.clone(),
        });
    }
    if ahead && booking.starts_at >= now {
        sooner(
            vehicle,
            Next::Booking {
                id: booking.id.clone(),
                starts: booking.starts,
                service: booking.service.clone(),
            },
        );
    }
}

fn is_ahead(renewal: &Renewal, today: LocalDate) -> bool {
    renewal.status == RenewalStatus::Active && renewal.ends_on >= today
}

fn sooner(vehicle: &mut Vehicle, next: Next) {
    let date = |next: &Next| match next {
        Next::Booking { starts, .. } => starts.0.date(),
        Next::Renewal { ends_on, .. } => ends_on.0,
    };
    if vehicle.next.as_ref().is_none_or(|known| date(&next) < date(known)) {
        vehicle.next = Some(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booking(id: &str, vehicle: &str, starts: &str, status: BookingStatus) -> Booking {
        let starts: LocalDateTime = starts.parse().unwrap();
        Booking {
            id: id.to_owned(),
            business_id: "b-1".to_owned(),
            customer_id: "c-1".to_owned(),
            external_id: id.to_owned(),
            service: Some("Oil change".to_owned()),
            vehicle: Some(vehicle.to_owned()),
            starts,
            starts_at: Instant::from_millis(starts.and_utc().timestamp_millis()),
            duration_minutes: None,
            status,
            revision: 1,
            booked_at: Instant::from_millis(0),
            changed_at: Instant::from_millis(0),
            completed_at: None,
        }
    }

    fn renewal(id: &str, kind: RenewalKind, subject: &str, ends_on: &str) -> Renewal {
        Renewal {
            id: id.to_owned(),
            business_id: "b-1".to_owned(),
            customer_id: "c-1".to_owned(),
            external_id: id.to_owned(),
            kind,
            subject: Some(subject.to_owned()),
            reference: None,
            ends_on: ends_on.parse().unwrap(),
            offer_amount: None,
            offer_currency: None,
            offer_url: None,
            status: RenewalStatus::Active,
            revision: 1,
            booked_at: Instant::from_millis(0),
            changed_at: Instant::from_millis(0),
            completed_at: None,
        }
    }

    #[test]
    fn visits_are_those_that_were_made() {
        use BookingStatus::{Booked, Cancelled, Completed, NoShow};
        let bookings = [
            booking("1", "", "2026-03-01T09:00", Completed),
            booking("2", "", "2025-03-01T09:00", Completed),
            booking("3", "", "2026-04-01T09:00", NoShow),
            booking("4", "", "2026-05-01T09:00", Cancelled),
            booking("5", "", "2027-05-01T09:00", Booked),
        ];
        let counted = visits(&bookings);
        assert_eq!((counted.made, counted.missed, counted.cancelled), (2, 1, 1));
        assert_eq!(counted.first, "2025-03-01T09:00".parse().ok());
        assert_eq!(counted.last, "2026-03-01T09:00".parse().ok());
        assert_eq!(visits(&[]), Visits::default());
        assert!(is_regular(Some(" VIP ")) && is_regular(Some("regular")));
        assert!(!is_regular(Some("new")) && !is_regular(None));
    }

    #[test]
    fn each_vehicle_has_its_last_visit_and_what_comes_next() {
        use BookingStatus::{Booked, Cancelled, Completed};
        let today: LocalDate = "2026-12-01".parse().unwrap();
        let now = booking("now", "", "2026-12-01T09:00", Booked).starts_at;
        let bookings = [
            booking("1", "B-AK 4711", "2026-03-01T09:00", Completed),
            booking("2", "b ak 4711", "2025-03-01T09:00", Completed),
            booking("3", "B-AK 4711", "2026-12-15T09:00", Booked),
            booking("4", "Fiat", "2026-01-01T09:00", Cancelled),
        ];
        let renewals = [
            renewal("r-1", RenewalKind::Inspection, "Golf, B-AK 4711", "2026-12-10"),
            renewal("r-2", RenewalKind::Warranty, "Fiat", "2027-02-01"),
            renewal("r-3", RenewalKind::Service, "Trailer", "2027-03-01"),
            renewal("r-4", RenewalKind::Policy, "House", "2027-03-01"),
            renewal("r-5", RenewalKind::Service, "Boat", "2026-03-01"),
        ];
        let told: Vec<_> = vehicles(&bookings, &renewals, now, today)
            .into_iter()
            .map(|vehicle| {
                let next = match vehicle.next {
                    Some(Next::Booking { id, .. } | Next::Renewal { id, .. }) => id,
                    None => String::new(),
                };
                (
                    vehicle.name,
                    vehicle.last.map(|last| last.booking).unwrap_or_default(),
                    next,
                )
            })
            .collect();
        let expected = [("B-AK 4711", "1", "r-1"), ("Fiat", "", "r-2"), ("Trailer", "", "r-3")];
        let expected = expected.map(|(name, last, next)| (name.to_owned(), last.to_owned(), next.to_owned()));
        assert_eq!(told, expected);
    }
}
