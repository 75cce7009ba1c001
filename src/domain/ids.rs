//! Ids: UUIDv7 text, so that rows sort by the moment they were made.

use uuid::{NoContext, Timestamp, Uuid};

use super::instant::Instant;

/// A new id made at `now`.
#[must_use]
pub fn new_id(now: Instant) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(NoContext, millis / 1000, nanos)).to_string()
}
