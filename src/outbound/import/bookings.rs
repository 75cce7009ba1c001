//! Rows of a bookings file.

use chrono::{Datelike, NaiveDateTime, TimeDelta};

use super::cells::{CellProblem, Row};
use super::customer_match::Person;
use super::items::{Before, take_in};
use super::known::Known;
use super::{RowResult, Taking};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Item, Standing};
use crate::domain::local::LocalDateTime;
use crate::outbound::plan::Desk;

/// The documented columns.
pub(super) const COLUMNS: &[&str] = &[
    "external_id",
    "customer_id",
    "name",
    "phone",
    "email",
    "locale",
    "service",
    "vehicle",
    "starts_at",
    "duration_minutes",
    "status",
    "consent_service",
    "consent_survey",
    "consent_marketing",
];

/// What a row says of a booking; empty cells say nothing.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub service: Option<String>,
    pub vehicle: Option<String>,
    pub starts: LocalDateTime,
    pub duration_minutes: Option<i64>,
    pub status: Option<BookingStatus>,
}

impl Cells {
    pub(super) fn read(row: &Row) -> Result<Self, CellProblem> {
        row.required("starts_at", "write when the visit starts, like 2026-12-15 09:00")?;
        let starts = row
            .parsed("starts_at", local_time)?
            .ok_or_else(|| row.problem("starts_at", "it is empty"))?;
        let known: Vec<_> = BookingStatus::ALL.iter().map(|status| status.as_str()).collect();
        Ok(Self {
            service: row.plain("service"),
            vehicle: row.plain("vehicle"),
            starts,
            duration_minutes: row.parsed("duration_minutes", minutes)?,
            status: row.one_of("status", &known)?,
        })
    }
}

impl Cells {
    /// A visit that the customer has cancelled stays so while nobody has taken note of it: a system that goes on
    /// exporting it does not know yet.
    fn keep_cancelled(&mut self, known: &Known, before: &Booking) {
        let says_nothing_new = self.starts == before.starts
            && before.status == BookingStatus::Cancelled
            && matches!(self.status, Some(BookingStatus::Booked | BookingStatus::Confirmed));
        if says_nothing_new && known.cancelled.contains(&before.id) {
            self.status = None;
        }
    }

    /// What somebody at the desk has changed since the file last `said` something stays, where the row still says the
    /// same. Returns what it says now.
    fn leave_to_desk(&mut self, said: &Booking, before: &Booking, desk: &Desk, now: Instant) -> Booking {
        let says = updated(said, self, &said.customer_id, desk, now);
        let news = |same: bool, cell: &mut Option<String>| {
            if same {
                *cell = None;
            }
        };
        news(says.service == said.service, &mut self.service);
        news(says.vehicle == said.vehicle, &mut self.vehicle);
        if says.duration_minutes == said.duration_minutes {
            self.duration_minutes = None;
        }
        if says.starts != said.starts {
            // A visit that its own system moves takes place, also if it was cancelled here before.
            if is_ahead(said) && !is_ahead(before) {
                self.status = self.status.or(Some(BookingStatus::Booked));
            }
            return says;
        }
        self.starts = before.starts;
        if says.status == said.status {
            self.status = None;
        }
        says
    }
}

fn is_ahead(booking: &Booking) -> bool {
    let standing = Item::Booking(booking.clone()).standing();
    matches!(standing, Standing::Live | Standing::Pending)
}

/// Takes in one row.
pub(super) fn take(
    known: &mut Known,
    taking: &Taking<'_>,
    mut cells: Cells,
    person: &Person,
    external_id: &str,
) -> RowResult {
    let (desk, now) = (taking.desk, taking.now);
    let before = match known.items.remove(external_id) {
        Some(Item::Booking(booking)) => Some(booking),
        _ => None,
    };
    let current = before.as_ref().and_then(|booking| known.customer(&booking.customer_id));
    let matched = person.find(known, taking, current.cloned());
    if let Some(before) = &before {
        cells.keep_cancelled(known, before);
        if let Some(Item::Booking(said)) = known.said.get(&before.id) {
            let says = cells.leave_to_desk(said, before, desk, now);
            known.changes.said.push(Item::Booking(says));
        }
    }
    let booking = match &before {
        Some(before) => updated(before, &cells, &matched.customer.id, desk, now),
        None => new(&cells, external_id, &matched.customer.id, desk, now),
    };
    let before = before.as_ref().map(|before| Before {
        customer_id: &before.customer_id,
        difference: describe(before, &booking),
    });
    take_in(known, taking, Item::Booking(booking), matched, before)
}

pub(super) fn new(cells: &Cells, external_id: &str, customer_id: &str, desk: &Desk, now: Instant) -> Booking {
    let mut booking = Booking {
        id: new_id(now),
        business_id: desk.business.id.clone(),
        customer_id: customer_id.to_owned(),
        external_id: external_id.to_owned(),
        service: cells.service.clone(),
        vehicle: cells.vehicle.clone(),
        starts: cells.starts,
        starts_at: desk.calendar.zone.instant(cells.starts.0),
        duration_minutes: cells.duration_minutes,
        status: cells.status.unwrap_or(BookingStatus::Booked),
        revision: 1,
        booked_at: now,
        changed_at: now,
        completed_at: None,
    };
    note_completion(&mut booking, now);
    booking
}

pub(super) fn updated(before: &Booking, cells: &Cells, customer_id: &str, desk: &Desk, now: Instant) -> Booking {
    let mut booking = before.clone();
    customer_id.clone_into(&mut booking.customer_id);
    booking.service = cells.service.clone().or(booking.service);
    booking.vehicle = cells.vehicle.clone().or(booking.vehicle);
    booking.duration_minutes = cells.duration_minutes.or(booking.duration_minutes);
    booking.starts = cells.starts;
    booking.starts_at = desk.calendar.zone.instant(cells.starts.0);
    // The customer's own yes outlives a system that goes on exporting "booked".
    booking.status = match (before.status, cells.status) {
        (BookingStatus::Confirmed | BookingStatus::ChangeRequested, Some(BookingStatus::Booked))
            if booking.starts == before.starts =>
        {
            before.status
        }
        // A yes, or a wish for another time, was about the old time.
        (BookingStatus::Confirmed | BookingStatus::ChangeRequested, None) if booking.starts != before.starts => {
            BookingStatus::Booked
        }
        (_, status) => status.unwrap_or(before.status),
    };
    let cancelled = |status| status == BookingStatus::Cancelled;
    if booking.starts != before.starts || cancelled(booking.status) != cancelled(before.status) {
        booking.revision += 1;
        booking.changed_at = now;
    }
    note_completion(&mut booking, now);
    booking
}

/// A completed visit was over at its end, or now where we hear of it before that.
fn note_completion(booking: &mut Booking, now: Instant) {
    booking.completed_at = match (booking.status, booking.completed_at) {
        (BookingStatus::Completed, None) => {
            let end = booking.starts_at + TimeDelta::minutes(booking.duration_minutes.unwrap_or(0));
            Some(end.min(now))
        }
        (BookingStatus::Completed, known) => known,
        _ => None,
    };
}

/// What differs, as a person reads it; empty when nothing does.
pub(super) fn describe(before: &Booking, after: &Booking) -> String {
    let mut differences = Vec::new();
    let mut differ = |what: &str, before: String, after: String| {
        if before != after {
            differences.push(format!("{what} {before} -> {after}"));
        }
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    let number = |value: Option<i64>| value.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
    differ("starts_at", before.starts.to_string(), after.starts.to_string());
    differ("status", before.status.to_string(), after.status.to_string());
    differ("service", text(&before.service), text(&after.service));
    differ("vehicle", text(&before.vehicle), text(&after.vehicle));
    differ(
        "duration_minutes",
        number(before.duration_minutes),
        number(after.duration_minutes),
    );
    if before.customer_id != after.customer_id {
        differences.push("another customer".to_owned());
    }
    differences.join("; ")
}

/// `2026-12-15 09:00`, also with `T` or seconds of zero.
fn local_time(text: &str) -> Result<LocalDateTime, String> {
    let text = text.replacen('T', " ", 1);
    let parsed = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
    match parsed {
        Some(time) if (2000..=2100).contains(&time.year()) => Ok(LocalDateTime(time.with_second_zero())),
        Some(_) => Err("the year must be between 2000 and 2100".to_owned()),
        None => Err("no such date and time: write it like 2026-12-15 09:00 (year-month-day hour:minute)".to_owned()),
    }
}

/// Seconds mean nothing to a visit, and would make the same time look changed.
trait WholeMinute {
    fn with_second_zero(self) -> Self;
}

impl WholeMinute for NaiveDateTime {
    fn with_second_zero(self) -> Self {
        self.date().and_time(
            chrono::NaiveTime::from_hms_opt(chrono::Timelike::hour(&self), chrono::Timelike::minute(&self), 0)
                .unwrap_or_default(),
        )
    }
}

fn minutes(text: &str) -> Result<i64, String> {
    text.parse()
        .ok()
        .filter(|minutes| (0..=100_000).contains(minutes))
        .ok_or_else(|| "write whole minutes, like 90".to_owned())
}
