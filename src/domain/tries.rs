//! How often somebody may try something: so many times in a span of time, each key for itself.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::instant::Instant;

/// Keys that are remembered at a time; whoever makes up more pushes the oldest out.
const MOST_KEYS: usize = 10_000;

/// Tries of the last span of time, by key.
#[derive(Clone, Debug)]
pub struct Tries {
    most: usize,
    within: TimeDelta,
    made: HashMap<String, Vec<Instant>>,
}

impl Tries {
    /// At most `most` tries within that time.
    #[must_use]
    pub fn new(most: usize, within: TimeDelta) -> Self {
        Self {
            most,
            within,
            made: HashMap::new(),
        }
    }

    /// How long a key has to wait before its next try; none: it may try now. Waiting in vain costs nothing more.
    #[must_use]
    pub fn wait(&self, key: &str, now: Instant) -> Option<TimeDelta> {
        let made = self.made.get(key)?;
        let counted = made.iter().filter(|at| self.counts(**at, now)).count();
        let oldest = made.get(made.len().checked_sub(self.most)?)?;
        (counted >= self.most).then(|| (*oldest + self.within).since(now))
    }

    /// Notes a try.
    pub fn note(&mut self, key: &str, now: Instant) {
        if self.made.len() >= MOST_KEYS && !self.made.contains_key(key) {
            self.make_room(now);
        }
        let within = self.within;
        let made = self.made.entry(key.to_owned()).or_default();
        made.retain(|at| now.since(*at) < within);
        made.push(now);
    }

    /// Forgets the tries of a key: it was right.
    pub fn forget(&mut self, key: &str) {
        self.made.remove(key);
    }

    /// Takes back the last try of a key.
    pub fn take_back(&mut self, key: &str) {
        if let Some(made) = self.made.get_mut(key) {
            made.pop();
        }
    }

    fn counts(&self, at: Instant, now: Instant) -> bool {
        now.since(at) < self.within
    }

    fn make_room(&mut self, now: Instant) {
        let within = self.within;
        self.made
            .retain(|_, made| made.last().is_some_and(|at| now.since(*at) < within));
        if self.made.len() < MOST_KEYS {
            return;
        }
        let oldest = self.made.iter().min_by_key(|(_, made)| made.last().copied());
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            self.made.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_millis(minutes * 60_000)
    }

    fn three_in_ten_minutes() -> Tries {
        Tries::new(3, TimeDelta::minutes(10))
    }

    #[test]
    fn whoever_has_tried_too_often_waits_until_the_first_try_is_long_ago() {
        let mut tries = three_in_ten_minutes();
        for minute in [0, 1, 2] {
            assert_eq!(tries.wait("a", at(minute)), None, "{minute}");
            tries.note("a", at(minute));
        }
        assert_eq!(tries.wait("a", at(4)), Some(TimeDelta::minutes(6)));
        assert_eq!(tries.wait("b", at(4)), None, "each key for itself");
        assert_eq!(tries.wait("a", at(10)), None);
        tries.note("a", at(10));
        assert_eq!(tries.wait("a", at(10)), Some(TimeDelta::minutes(1)));
    }

    #[test]
    fn whoever_was_right_starts_anew() {
        let mut tries = three_in_ten_minutes();
        for _ in 0..3 {
            tries.note("a", at(0));
            tries.note("b", at(0));
        }
        tries.forget("a");
        tries.take_back("b");
        assert_eq!(tries.wait("a", at(0)), None);
        assert_eq!(tries.wait("b", at(0)), None);
    }

    #[test]
    fn made_up_keys_do_not_fill_the_memory() {
        let mut tries = three_in_ten_minutes();
        tries.note("first", at(0));
        for key in 0..MOST_KEYS + 10 {
            tries.note(&key.to_string(), at(1));
        }
        assert_eq!(tries.made.len(), MOST_KEYS);
        assert!(!tries.made.contains_key("first"));
        tries.note("late", at(20));
        assert_eq!(tries.made.len(), 1);
    }
}
