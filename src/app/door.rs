//! What stands at the desk's door and is kept in memory alone: the first-run link, tries to sign in, and how many
//! passwords are hashed at a time.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use tokio::sync::Semaphore;

use crate::domain::instant::Instant;
use crate::domain::link::{self, Token};
use crate::domain::password::{self, HashError, Password};
use crate::domain::session;
use crate::domain::tries::Tries;

/// Tries to sign in within `TRIES_WITHIN`: as one user from anywhere, and from one address as anybody (a whole office may
/// share it).
const TRIES_OF_LOGIN: usize = 10;
const TRIES_OF_ADDRESS: usize = 50;
const TRIES_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// Passwords hashed at a time: each takes 19 MiB, and sending must not wait for them.
const HASHED_AT_A_TIME: usize = 2;

/// The door's memory. It is empty after a start: whoever waited may try again.
pub struct Door {
    set_up: Mutex<Option<String>>,
    logins: Mutex<Tries>,
    addresses: Mutex<Tries>,
    hashing: Semaphore,
    /// Stands for a session's token where nobody signs in: in the demonstration.
    nobodys: Token,
}

/// A password could not be hashed or looked at.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error("the thread that hashes passwords has ended: {0}")]
    Thread(#[from] tokio::task::JoinError),
    #[error("nothing is hashed any more")]
    Closed(#[from] tokio::sync::AcquireError),
}

impl Default for Door {
    fn default() -> Self {
        Self {
            set_up: Mutex::default(),
            logins: Mutex::new(Tries::new(TRIES_OF_LOGIN, TRIES_WITHIN)),
            addresses: Mutex::new(Tries::new(TRIES_OF_ADDRESS, TRIES_WITHIN)),
            hashing: Semaphore::new(HASHED_AT_A_TIME),
            nobodys: Token::new(rand::random()),
        }
    }
}

impl Door {
    /// Opens the first-run page to whoever holds this token, and to nobody else.
    #[must_use]
    pub fn open_set_up(&self) -> Token {
        let token = Token::new(rand::random());
        *locked(&self.set_up) = Some(token.hash());
        token
    }

    /// Whether that is the first-run page's token.
    #[must_use]
    pub fn is_set_up(&self, token: &str) -> bool {
        let kept = locked(&self.set_up);
        kept.as_ref()
            .is_some_and(|kept| session::same(kept, &link::hash(token)))
    }

    /// Closes the first-run page for good.
    pub fn close_set_up(&self) {
        *locked(&self.set_up) = None;
    }

    /// Notes a try to sign in, before it is known whether it is right.
    ///
    /// # Errors
    /// How long to wait, where there were too many; then nothing is noted.
    pub fn try_now(&self, login: &str, address: Option<IpAddr>, now: Instant) -> Result<(), TimeDelta> {
        let (mut logins, mut addresses) = (locked(&self.logins), locked(&self.addresses));
        // Whatever is typed may be long, or a password in the wrong field.
        let (login, address) = (link::hash(login), address_key(address));
        if let Some(wait) = logins.wait(&login, now).max(addresses.wait(&address, now)) {
            return Err(wait);
        }
        logins.note(&login, now);
        addresses.note(&address, now);
        Ok(())
    }

    /// The last try was right: it counts against nobody.
    pub fn was_right(&self, login: &str, address: Option<IpAddr>) {
        locked(&self.logins).forget(&link::hash(login));
        locked(&self.addresses).take_back(&address_key(address));
    }

    /// What is kept of a password.
    ///
    /// # Errors
    /// None while the program runs.
    pub async fn hash(&self, password: Password) -> Result<String, DoorError> {
        let _permit = self.hashing.acquire().await?;
        let salt = rand::random();
        Ok(tokio::task::spawn_blocking(move || password.hash(salt)).await??)
    }

    /// Whether a text is the password of that hash; as slow where there is none.
    ///
    /// # Errors
    /// None while the program runs.
    pub async fn verify(&self, text: String, hash: Option<String>) -> Result<bool, DoorError> {
        let _permit = self.hashing.acquire().await?;
        Ok(tokio::task::spawn_blocking(move || password::verify(&text, hash.as_deref())).await?)
    }

    /// What forms bring along where nobody signs in.
    #[must_use]
    pub fn nobodys_csrf(&self) -> String {
        session::csrf(self.nobodys.as_str())
    }
}

/// Nothing that is done under these locks can be half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A household has a whole /64 of IPv6.
fn address_key(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => format!("{:x?}", &address.segments()[..4]),
        Some(address) => address.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_count_as_one() {
        let key = |text: &str| address_key(text.parse().ok());
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2::ffff"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn whoever_makes_up_logins_is_stopped_by_the_address() {
        let (door, now) = (Door::default(), Instant::from_millis(0));
        let here = "192.0.2.1".parse().ok();
        for login in 0..TRIES_OF_ADDRESS {
            assert_eq!(door.try_now(&login.to_string(), here, now), Ok(()), "{login}");
        }
        assert_eq!(door.try_now("another", here, now), Err(TRIES_WITHIN));
        assert_eq!(door.try_now("another", "192.0.2.2".parse().ok(), now), Ok(()));
        assert_eq!(door.try_now("another", here, now + TRIES_WITHIN), Ok(()));
    }
}
