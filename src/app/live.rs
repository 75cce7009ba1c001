//! The desk's open pages that are told when something changes: how many there are, and that they end with the program.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// How many pages of one user are told at a time; those beyond are as pages without a script.
const MOST_OF_A_USER: usize = 12;

/// All of them.
#[derive(Debug, Default)]
pub struct Live {
    closing: watch::Sender<bool>,
    seats: Mutex<HashMap<String, usize>>,
}

/// A page that is told, until this is dropped.
#[derive(Debug)]
pub struct Seat {
    live: Arc<Live>,
    user_id: String,
}

impl Live {
    /// One more page of a user. None: there are too many.
    #[must_use]
    pub fn sit(self: &Arc<Self>, user_id: &str) -> Option<Seat> {
        let mut seats = self.seats();
        let taken = seats.entry(user_id.to_owned()).or_default();
        if *taken >= MOST_OF_A_USER {
            return None;
        }
        *taken += 1;
        Some(Seat {
            live: Arc::clone(self),
            user_id: user_id.to_owned(),
        })
    }

    /// How many pages are told.
    #[must_use]
    pub fn count(&self) -> usize {
        self.seats().values().sum()
    }

    /// Ends all of them: the server does not stop while one is open.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Hears of that end.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.live.seats();
        if let Some(taken) = seats.get_mut(&self.user_id) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_so_many_and_no_more_and_gets_back_what_is_left() {
        let live: Arc<Live> = Arc::default();
        let mut seats: Vec<_> = (0..MOST_OF_A_USER).filter_map(|_| live.sit("eva")).collect();
        assert_eq!(seats.len(), MOST_OF_A_USER);
        assert!(live.sit("eva").is_none());
        assert!(live.sit("anna").is_some(), "another user has room of her own");
        seats.pop();
        assert!(live.sit("eva").is_some());
        drop(seats);
        assert_eq!(live.count(), 0);
    }
}
