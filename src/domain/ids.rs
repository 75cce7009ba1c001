//! Ids: UUIDv7 text, so that rows sort by the moment they were made, and of one moment by their order.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Builder;

use super::instant::Instant;

/// How many ids were made, from a start that differs from process to process.
static MADE: OnceLock<AtomicU64> = OnceLock::new();

/// A new id made at `now`. What one process makes at one moment sorts in the order in which it was made: a table that is
/// filled by an import then grows at its end, and not all over its index.
#[must_use]
pub fn new_id(now: Instant) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    let start = || AtomicU64::new(u64::from(rand::random::<u32>()));
    let made = MADE.get_or_init(start).fetch_add(1, Ordering::Relaxed);
    // 12 bits beside the version and 30 beside the variant count (RFC 9562, 6.2, method 1); 32 are left to chance.
    let count = [made >> 38, made >> 30, made >> 24, made >> 16, made >> 8, made].map(|bits| bits.to_le_bytes()[0]);
    let mut bytes = [0; 10];
    bytes[..6].copy_from_slice(&count);
    bytes[6..].copy_from_slice(&rand::random::<[u8; 4]>());
    Builder::from_unix_timestamp_millis(millis, &bytes)
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ids_sort_by_their_moment_and_then_by_their_order() {
        let ids: Vec<_> = [5, 5, 5, 6, 6, 7]
            .map(|millis| new_id(Instant::from_millis(1_796_000_000_000 + millis)))
            .into();
        assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
        for id in &ids {
            let id = Uuid::parse_str(id).unwrap();
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        }
        let (seconds, nanos) = Uuid::parse_str(&ids[5]).unwrap().get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_796_000_000, 7_000_000));
    }
}
