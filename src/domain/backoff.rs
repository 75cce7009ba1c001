//! How long to wait before trying again.

use std::time::Duration;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(15);
/// No longer than this between tries: a reminder is soon worth nothing.
const LONGEST: Duration = Duration::from_mins(10);
/// How much of a provider's wish is followed; one that asks for more is asked again after this.
const LONGEST_WISH: Duration = Duration::from_hours(1);

/// The wait after the `attempt`-th try has failed; the first try is 1 (0 counts as 1).
///
/// `jitter` is a random number from 0 to 1 that spreads those who failed together: own waits by 20 % either way,
/// the provider's (`Retry-After`) only upwards, never beyond an hour. A provider's wait of zero says nothing.
#[must_use]
pub fn delay(attempt: u32, jitter: f64, provider_wait: Option<Duration>) -> Duration {
    let spread = if jitter.is_finite() {
        jitter.clamp(0.0, 1.0)
    } else {
        0.5
    };
    match provider_wait.filter(|wait| !wait.is_zero()) {
        Some(wait) => wait.min(LONGEST_WISH).mul_f64(1.0 + 0.2 * spread).min(LONGEST_WISH),
        None => doubled(attempt).mul_f64(0.8 + 0.4 * spread),
    }
}

fn doubled(attempt: u32) -> Duration {
    // 15 s doubled six times is past the cap; a larger shift would overflow.
    let doublings = attempt.saturating_sub(1).min(6);
    (FIRST * (1 << doublings)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn waits_double_from_15_seconds_up_to_ten_minutes() {
        let waits: Vec<_> = (0..9).map(|attempt| delay(attempt, 0.5, None).as_secs()).collect();
        assert_eq!(waits, [15, 15, 30, 60, 120, 240, 480, 600, 600]);
        assert_eq!(delay(u32::MAX, 0.5, None), LONGEST);
    }

    #[test]
    fn jitter_spreads_by_a_fifth_either_way() {
        assert_eq!(delay(1, 0.0, None), seconds(12));
        assert_eq!(delay(1, 1.0, None), seconds(18));
    }

    #[test]
    fn a_provider_is_never_asked_sooner_than_it_wished() {
        assert_eq!(delay(7, 0.0, Some(seconds(100))), seconds(100));
        assert_eq!(delay(7, 1.0, Some(seconds(100))), seconds(120));
    }

    #[test]
    fn a_provider_cannot_silence_us_for_more_than_an_hour() {
        assert_eq!(delay(1, 1.0, Some(seconds(3500))), seconds(3600));
        assert_eq!(delay(1, 0.0, Some(Duration::MAX)), seconds(3600));
    }

    #[test]
    fn a_wish_of_zero_and_a_broken_jitter_fall_back_to_the_usual() {
        assert_eq!(delay(2, 0.5, Some(Duration::ZERO)), seconds(30));
        assert_eq!(delay(2, f64::NAN, None), seconds(30));
        assert_eq!(delay(2, -7.0, None), seconds(24));
    }
}
