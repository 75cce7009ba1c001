//! Ids: UUIDv7 text, so that rows sort by the moment they were made, and those of one moment in the order of making.

use std::sync::{LazyLock, Mutex, PoisonError};

use uuid::{Builder, Uuid};

use super::instant::Instant;

/// How far the clock may be set back, in milliseconds, and later ids are still the greater ones: services that keep the
/// time take such steps. After a longer one the clock had been wrong, and ids say again when they were made.
const SMALL_STEP: u64 = 1_000;

/// The bits that count within a millisecond (RFC 9562, section 6.2, method 1), behind version and variant.
const COUNTED_BITS: u32 = 42;

static ORDER: LazyLock<Mutex<Order>> = LazyLock::new(|| {
    // Half of the numbers are left to count with.
    let begins_at = u64::from_be_bytes(random()) >> (u64::BITS - COUNTED_BITS + 1);
    Mutex::new(Order {
        last: 0,
        count: begins_at,
    })
});

/// What the next id must be greater than.
struct Order {
    /// Epoch milliseconds.
    last: u64,
    count: u64,
}

impl Order {
    fn next(&mut self, millis: u64) -> (u64, u64) {
        let set_back = self.last.saturating_sub(millis);
        self.last = if set_back <= SMALL_STEP {
            self.last.max(millis)
        } else {
            millis
        };
        self.count += 1;
        (self.last, self.count)
    }
}

/// A new id made at `now`, greater than every other that this process has made at this time.
#[must_use]
pub fn new_id(now: Instant) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    let next = ORDER.lock().unwrap_or_else(PoisonError::into_inner).next(millis);
    id_of(next)
}

fn id_of((millis, count): (u64, u64)) -> String {
    let [.., r0, r1, r2, r3] = random();
    // Twelve bits behind the version, thirty behind the variant; what the two stand on is written over.
    let [.., high0, high1] = (count >> 30).to_be_bytes();
    let [.., low0, low1, low2, low3] = count.to_be_bytes();
    Builder::from_unix_timestamp_millis(millis, &[high0, high1, low0, low1, low2, low3, r0, r1, r2, r3])
        .into_uuid()
        .to_string()
}

/// The least id that can have been made at `at`: what sorts before it was made before.
#[must_use]
pub fn first_id(at: Instant) -> String {
    let millis = u64::try_from(at.millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &[0; 10])
        .into_uuid()
        .to_string()
}

fn random() -> [u8; 8] {
    let [.., r0, r1, r2, r3, r4, r5, r6, r7] = Uuid::new_v4().into_bytes();
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An order of the test's own: others make ids at the same time.
    const FRESH: Order = Order { last: 0, count: 0 };

    #[test]
    fn ids_rise_within_a_moment_and_when_the_clock_is_set_back_a_little() {
        let mut order = FRESH;
        let ids: Vec<_> = (0..5_000)
            .map(|at| id_of(order.next(if at % 2 == 0 { 10_000 } else { 9_100 })))
            .collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn ids_rise_from_one_carry_of_the_count_to_the_next() {
        let mut order = Order {
            last: 5,
            count: (1 << 30) - 2,
        };
        let ids: Vec<_> = (0..4).map(|_| id_of(order.next(5))).collect();
        assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    }

    #[test]
    fn a_clock_that_was_far_ahead_leaves_no_trace_in_later_ids() {
        let mut order = FRESH;
        order.next(2_000_000);
        assert!(id_of(order.next(10_000)) < first_id(Instant::from_millis(10_001)));
    }

    #[test]
    fn ids_sort_behind_the_first_one_of_their_moment() {
        let at = Instant::from_millis(1_900_000_000_000);
        let id = new_id(at);
        assert!(first_id(at) <= id && id < first_id(Instant::from_millis(at.millis() + 1)));
        assert_eq!(Uuid::parse_str(&id).unwrap().get_version_num(), 7);
    }
}
