//! Ids: UUIDv7 text, so that rows sort by the moment they were made, and those of one moment in the order of making.

use std::sync::Mutex;

use uuid::{ContextV7, Timestamp, Uuid};

use super::instant::Instant;

/// Counts within a millisecond; also goes on counting where the clock is set back, so that a later id is the greater one.
static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new id made at `now`, greater than every other that this process has made.
#[must_use]
pub fn new_id(now: Instant) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(&ORDER, millis / 1000, nanos)).to_string()
}

/// The least id that can have been made at `at`: what sorts before it was made before.
#[must_use]
pub fn first_id(at: Instant) -> String {
    let millis = u64::try_from(at.millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10])
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_within_a_moment_and_when_the_clock_is_set_back() {
        let (now, before) = (
            Instant::from_millis(1_800_000_000_000),
            Instant::from_millis(1_700_000_000_000),
        );
        let ids: Vec<_> = (0..5_000)
            .map(|at| new_id(if at % 2 == 0 { now } else { before }))
            .collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn ids_sort_behind_the_first_one_of_their_moment() {
        let at = Instant::from_millis(1_900_000_000_000);
        let id = new_id(at);
        assert!(first_id(at) <= id && id < first_id(Instant::from_millis(at.millis() + 1)));
    }
}
