//! A session: a browser that is signed in. Its token is in a cookie; we know its hash alone, as with links.

use std::fmt::Write as _;

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::instant::Instant;
use super::link::Token;

/// How long a session lasts after it was last used.
const LASTS: TimeDelta = TimeDelta::days(30);

/// How often it is noted that a session is used: a page that is read writes nothing.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub token_hash: String,
    pub user_id: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
}

impl Session {
    /// The session of this token, from `now` on.
    #[must_use]
    pub fn new(token: &Token, user_id: String, now: Instant) -> Self {
        Self {
            token_hash: token.hash(),
            user_id,
            created_at: now,
            seen_at: now,
            expires_at: now + LASTS,
        }
    }

    /// The same used again at `now`; none where that need not be written down.
    #[must_use]
    pub fn used(&self, now: Instant) -> Option<Self> {
        (now.since(self.seen_at) >= NOTED_EVERY).then(|| Self {
            seen_at: now,
            expires_at: now + LASTS,
            ..self.clone()
        })
    }
}

/// What a form must bring along to be this session's: made of the session's token, so that nobody has to keep it, and
/// telling nothing about it.
#[must_use]
pub fn csrf(token: &str) -> String {
    let mut text = String::with_capacity(64);
    // A key may have any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.as_bytes()) {
        mac.update(b"a form of the desk");
        for byte in mac.finalize().into_bytes() {
            // Writing into a String can't fail.
            let _infallible = write!(text, "{byte:02x}");
        }
    }
    text
}

/// Whether two secrets are the same. Compares digests, so that how long it takes tells nothing of how much was right.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    Sha256::digest(left) == Sha256::digest(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Instant {
        Instant::from_millis(hours * 3_600_000)
    }

    #[test]
    fn a_session_lasts_thirty_days_from_its_last_use() {
        let session = Session::new(&Token::new([1; 20]), "u".to_owned(), at(0));
        assert_eq!(session.expires_at, at(720));
        assert_eq!(session.used(Instant::from_millis(3_599_999)), None);
        let used = session.used(at(100)).unwrap();
        assert_eq!(
            (used.created_at, used.seen_at, used.expires_at),
            (at(0), at(100), at(820))
        );
        assert_eq!(used.token_hash, session.token_hash);
    }

    #[test]
    fn what_forms_bring_is_each_sessions_own_and_not_its_token() {
        let [one, other] = [[1; 20], [2; 20]].map(Token::new);
        assert_eq!(csrf(one.as_str()), csrf(one.as_str()));
        assert_ne!(csrf(one.as_str()), csrf(other.as_str()));
        assert_eq!(csrf(one.as_str()).len(), 64);
        assert_ne!(csrf(one.as_str()), one.hash());
        assert!(same("a", "a") && !same("a", "b") && !same("a", ""));
    }
}
