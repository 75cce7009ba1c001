//! The only place that reads time. Steps take `now` as an argument; loops ask a `Clock`.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{TimeDelta, Utc};

use crate::domain::instant::Instant;

/// Where a loop learns what time it is.
pub trait Clock: Send + Sync {
    fn now(&self) -> Instant;
}

/// The machine's clock, or one that runs a fixed distance beside it (a demonstration that has lived through a
/// fortnight goes on from there).
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    ahead: TimeDelta,
}

impl SystemClock {
    /// The machine's own time.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            ahead: TimeDelta::zero(),
        }
    }

    /// A clock that says `then` now and runs on from there.
    #[must_use]
    pub fn starting_at(then: Instant) -> Self {
        Self {
            ahead: then.since(Self::new().now()),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's time"
    )]
    fn now(&self) -> Instant {
        Instant::from(Utc::now()) + self.ahead
    }
}

/// A clock that stands still until it is set: for rehearsals, the demonstration and tests.
#[derive(Debug)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    #[must_use]
    pub const fn starting_at(now: Instant) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    /// Moves on to `now`; a virtual clock never runs backwards.
    pub fn advance_to(&self, now: Instant) {
        self.0.fetch_max(now.millis(), Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::SeqCst))
    }
}
