//! A sender's pace: so many segments a second, and a pause after the whole sender failed.

use std::time::Duration;

use chrono::TimeDelta;

use crate::domain::backoff;
use crate::domain::instant::Instant;

/// The pace of one lane. Time is an argument, so that a test can drive it.
#[derive(Clone, Debug)]
pub struct Limiter {
    /// Segments a second; 0: no limit.
    per_second: f64,
    /// Segments that may go at once; negative after a long text.
    tokens: f64,
    filled_at: Instant,
    not_before: Instant,
    failures: u32,
}

impl Limiter {
    pub(super) fn new(per_second: f64, now: Instant) -> Self {
        Self {
            per_second,
            tokens: per_second.max(1.0),
            filled_at: now,
            not_before: now,
            failures: 0,
        }
    }

    /// How many messages may be claimed now.
    pub(super) fn room(&mut self, now: Instant) -> usize {
        if now < self.not_before {
            return 0;
        }
        if self.per_second <= 0.0 {
            return usize::MAX;
        }
        self.fill(now);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the rate, a u32"
        )]
        let whole = self.tokens.max(0.0) as usize;
        whole
    }

    /// Counts segments that go out now.
    pub(super) fn spend(&mut self, segments: i64) {
        if self.per_second > 0.0 {
            #[expect(clippy::cast_precision_loss, reason = "a batch's segments are far below 2^52")]
            let segments = segments as f64;
            self.tokens -= segments;
        }
    }

    /// When there is room again, where there is none now.
    pub(super) fn free_at(&self, now: Instant) -> Instant {
        let refill = if self.per_second <= 0.0 || self.tokens >= 1.0 {
            now
        } else {
            let seconds = (1.0 - self.tokens) / self.per_second;
            #[expect(clippy::cast_possible_truncation, reason = "a wait of some seconds")]
            let millis = (seconds * 1000.0).ceil() as i64;
            self.filled_at + TimeDelta::milliseconds(millis)
        };
        refill.max(self.not_before)
    }

    /// The whole sender failed: wait, longer each time. Returns until when.
    pub(super) fn back_off(&mut self, wait: Option<Duration>, jitter: f64, now: Instant) -> Instant {
        // One failing round brings many failures at once; they are one reason to wait.
        if now >= self.not_before {
            self.failures = self.failures.saturating_add(1);
            let delay = backoff::delay(self.failures, jitter, wait);
            self.not_before = now + TimeDelta::from_std(delay).unwrap_or(TimeDelta::minutes(10));
        }
        self.not_before
    }

    /// The sender works again.
    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
    }

    fn fill(&mut self, now: Instant) {
        let elapsed = now.since(self.filled_at).num_milliseconds().max(0);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds between two rounds")]
        let earned = elapsed as f64 / 1000.0 * self.per_second;
        self.tokens = (self.tokens + earned).min(self.per_second.max(1.0));
        self.filled_at = now;
    }
}
