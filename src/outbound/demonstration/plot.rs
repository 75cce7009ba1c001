//! The plot: what happens when, chosen beforehand, so that every run is the same.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::answers::{ANSWERS, Answer};
use crate::domain::instant::Instant;
use crate::domain::zone::{ZoneError, Zones};

/// In the garage's zone. The fortnight ends two minutes before the reminders for the next day are due; the desk opens when
/// they have just gone, so that whoever looks at it can answer them.
const BEGIN: (&str, &str) = ("2026-12-01", "07:00");
const END: (&str, &str) = ("2026-12-15", "16:58");
const OPENS: (&str, &str) = ("2026-12-15", "17:01");

/// Something that somebody at the garage does, after which its software exports what changed.
pub(super) enum Deed {
    /// A line of the bookings file.
    Books(&'static str),
    Moves {
        id: &'static str,
        to: &'static str,
    },
    Cancels {
        id: &'static str,
    },
}

/// What the garage does, by its own clock.
const DEEDS: [(&str, Deed); 11] = [
    (
        "2026-12-02 10:20",
        Deed::Books(
            "A-26801,Jana Vogel,0171 3920003,,de,Ölwechsel,\"VW Golf, B-JV 2101\",2026-12-08 11:30,45,booked,K1201",
        ),
    ),
    // Made after the reminder's moment: the confirmation is all that the customer gets.
    (
        "2026-12-02 18:10",
        Deed::Books(
            "A-26802,Emre Aksoy,0176 04069012,,de,Lichttest,\"Ford Fiesta, B-EA 77\",2026-12-03 10:30,30,booked,K1202",
        ),
    ),
    // Both had their reminder at five o'clock.
    (
        "2026-12-03 17:40",
        Deed::Moves {
            id: "A-26598",
            to: "2026-12-07 09:30",
        },
    ),
    ("2026-12-03 18:05", Deed::Cancels { id: "A-26610" }),
    (
        "2026-12-07 09:30",
        Deed::Moves {
            id: "A-26801",
            to: "2026-12-10 08:30",
        },
    ),
    // Nobody has written to this customer yet, so there is nothing to take back.
    ("2026-12-07 14:30", Deed::Cancels { id: "A-26664" }),
    (
        "2026-12-09 12:15",
        Deed::Books(
            "A-26803,Lea Hartwig,0171 3920005,lea.hartwig@example.com,de,Inspektion,\"Seat Ibiza, B-LH 404\",2026-12-14 08:00,120,booked,K1203",
        ),
    ),
    (
        "2026-12-10 17:30",
        Deed::Moves {
            id: "A-26697",
            to: "2026-12-11 15:00",
        },
    ),
    // At night, for the next morning: by the time a text may go, it would say nothing new.
    (
        "2026-12-10 20:40",
        Deed::Books(
            "A-26804,Oskar Reinke,0176 04069013,,de,Batterie prüfen und tauschen,\"Opel Astra, B-OR 15\",2026-12-11 08:30,30,booked,K1204",
        ),
    ),
    ("2026-12-11 10:05", Deed::Cancels { id: "A-26803" }),
    (
        "2026-12-14 17:20",
        Deed::Moves {
            id: "A-26725",
            to: "2026-12-16 10:30",
        },
    ),
];

/// A thing that happens at a moment.
pub(super) enum Step {
    Deed(&'static Deed),
    Answer(&'static Answer),
    /// The garage closes: who was there is done, who was not did not come.
    GarageCloses(NaiveDate),
    /// The agency notes who has renewed.
    AgencyCloses(NaiveDate),
}

/// First and last moment of the fortnight.
///
/// # Errors
/// When the zone data does not know the garage's zone.
pub fn span(zones: &Zones) -> Result<(Instant, Instant), ZoneError> {
    let zone = zones.zone("Europe/Berlin")?;
    let moment = |(date, time): (&str, &str)| zone.instant(local(&format!("{date} {time}")));
    Ok((moment(BEGIN), moment(END)))
}

/// When the desk opens.
///
/// # Errors
/// When the zone data does not know the garage's zone.
pub fn opens(zones: &Zones) -> Result<Instant, ZoneError> {
    let (date, time) = OPENS;
    Ok(zones.zone("Europe/Berlin")?.instant(local(&format!("{date} {time}"))))
}

pub(super) fn local(text: &str) -> NaiveDateTime {
    // The texts above are right, or the fortnight's test fails.
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap_or_default()
}

/// Every step of the fortnight in order.
pub(super) fn steps(zones: &Zones) -> Result<Vec<(Instant, Step)>, ZoneError> {
    let (garage, agency) = (zones.zone("Europe/Berlin")?, zones.zone("America/Vancouver")?);
    let mut steps: Vec<_> = DEEDS
        .iter()
        .map(|(at, deed)| (garage.instant(local(at)), Step::Deed(deed)))
        .collect();
    let answers = ANSWERS
        .iter()
        .map(|(at, answer)| (garage.instant(local(at)), Step::Answer(answer)));
    steps.extend(answers);
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let (first, last) = (local("2026-12-01 00:00").date(), local("2026-12-15 00:00").date());
    let days = first.iter_days().take_while(|day| *day <= last);
    for day in days {
        steps.push((garage.instant(day.and_time(time(18, 30))), Step::GarageCloses(day)));
        steps.push((agency.instant(day.and_time(time(16, 30))), Step::AgencyCloses(day)));
    }
    steps.sort_by_key(|(at, _)| *at);
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::super::own_system::OwnSystem;
    use super::super::samples::BOOKINGS;
    use super::*;

    #[test]
    fn every_deed_is_about_a_booking_that_is_there() {
        let mut system = OwnSystem::read(BOOKINGS).unwrap();
        for (at, deed) in &DEEDS {
            assert_ne!(local(at), NaiveDateTime::default(), "{at}");
            let id = match deed {
                Deed::Books(line) => system.add(line).unwrap(),
                Deed::Moves { id, .. } | Deed::Cancels { id } => (*id).to_owned(),
            };
            assert_eq!(system.ids(|cell| cell("external_id") == id).len(), 1, "{id}");
        }
    }

    #[test]
    fn the_fortnight_is_a_fortnight() {
        let (begin, end) = span(&Zones::bundled()).unwrap();
        assert_eq!(end.since(begin).num_days(), 14);
        assert_eq!(opens(&Zones::bundled()).unwrap().since(end).num_minutes(), 3);
    }
}
