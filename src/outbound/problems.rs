//! What keeps a business's messages from going, or will: for its desk, in place of the commands of whoever runs the program.

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use super::dispatch::{Dispatcher, channel_of};
use super::plan::{Desk, lane};
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::store::disk::{LITTLE_SPACE, free_space};
use crate::store::{self, StoreError, Tx};

/// A planned message that is due longer than this should have gone.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// More late messages than this are counted as "so many and more".
pub const MOST_COUNTED: i64 = 1_000;

/// How far back the last message that went is looked for.
const LOOK_BACK: TimeDelta = TimeDelta::days(7);

/// How many messages of all businesses are looked at for it: mostly the very last is one of this business.
const LOOKED_AT: [i64; 2] = [50, 5_000];

/// The month from which on rules of the year before are old: a new version has come by then each year so far.
const OLD_FROM_MONTH: u32 = 7;

/// Something that somebody has to see to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The carrier has refused in a way that only a person can mend: nothing goes on this channel.
    Stopped {
        channel: Channel,
        failure: String,
        code: Option<i64>,
        since: Instant,
    },
    /// Messages that should have gone by now.
    Late { count: i64, since: Instant },
    /// The rules of time zones are old: a message may go an hour early or late.
    OldZones { version: String },
    /// The disk that the database lies on is nearly full.
    LittleSpace { megabytes: u64 },
}

/// What stands in the way of a business's messages now.
///
/// # Errors
/// When the database fails.
pub async fn problems(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    desk: &Desk,
    now: Instant,
) -> Result<Vec<Problem>, StoreError> {
    let mut problems = Vec::new();
    let mut lanes: Vec<String> = Channel::ALL
        .iter()
        .map(|channel| lane(Some(*channel), &desk.business))
        .collect();
    for paused in store::lane::paused(tx).await? {
        // What waits in a lane that is stopped waits for that reason.
        let before = lanes.len();
        lanes.retain(|lane| *lane != paused.lane);
        if lanes.len() < before {
            problems.push(Problem::Stopped {
                channel: channel_of(&paused.lane),
                failure: paused.failure,
                code: paused.code,
                since: paused.at,
            });
        }
    }
    let lanes: Vec<&str> = lanes.iter().map(String::as_str).collect();
    let late = store::report::overdue_of(tx, &desk.business.id, &lanes, now - LATE, MOST_COUNTED).await?;
    if let (count, Some(since)) = late {
        problems.push(Problem::Late { count, since });
    }
    let version = dispatcher.zones.version();
    if is_old(version, desk.calendar.zone.date(now)) {
        problems.push(Problem::OldZones {
            version: version.to_owned(),
        });
    }
    let free = free_space(&dispatcher.store.path());
    match free {
        Ok(free) if free < LITTLE_SPACE => problems.push(Problem::LittleSpace {
            megabytes: free / 1_000_000,
        }),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the disk can't be asked for its free space"),
    }
    Ok(problems)
}

/// Whether rules of that version, like `2025b`, are old by then. Versions are named after their year; one that is not tells
/// nothing.
fn is_old(version: &str, today: NaiveDate) -> bool {
    let year = version.get(..4).and_then(|year| year.parse::<i32>().ok());
    year.is_some_and(|year| match today.year() - year {
        ..=0 => false,
        1 => today.month() >= OLD_FROM_MONTH,
        2.. => true,
    })
}

/// When a message of the business has last gone, within a week.
///
/// # Errors
/// When the database fails.
pub async fn last_gone(tx: &mut Tx, business_id: &str, now: Instant) -> Result<Option<Instant>, StoreError> {
    for most in LOOKED_AT {
        let last = store::report::last_gone(tx, business_id, now - LOOK_BACK, now, most).await?;
        if last.is_some() {
            return Ok(last);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_rules_grow_old_with_the_years_after_theirs() {
        for (version, today, old) in [
            ("2026a (bundled)", "2026-12-31", false),
            ("2026a (bundled)", "2027-06-30", false),
            ("2026a (bundled)", "2027-07-01", true),
            ("2025b", "2026-12-01", true),
            ("2024b", "2026-01-01", true),
            ("2027a", "2026-12-01", false),
            ("unknown version (/usr/share/zoneinfo)", "2040-01-01", false),
            ("", "2040-01-01", false),
        ] {
            assert_eq!(is_old(version, today.parse().unwrap()), old, "{version} {today}");
        }
    }
}
