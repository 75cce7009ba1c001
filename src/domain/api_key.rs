//! A key by which a business's own system hands over what it knows. We know its hash alone, as with sessions.

use serde::Serialize;

use super::instant::Instant;
use super::link::{self, Token};

/// Begins every key, so that whoever finds one somewhere sees what it is.
const PREFIX: &str = "daybefore_";

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    pub id: String,
    /// It opens this business and no other.
    pub business_id: String,
    pub name: String,
    /// The name of the user who has made it.
    pub made_by: String,
    pub made_at: Instant,
    pub used_at: Option<Instant>,
    /// From then on it opens nothing.
    pub revoked_at: Option<Instant>,
}

/// The key as it is handed over, once.
#[must_use]
pub fn shown(token: &Token) -> String {
    format!("{PREFIX}{}", token.as_str())
}

/// What is kept of a key; whatever a stranger sends is hashed alike.
#[must_use]
pub fn hash(key: &str) -> String {
    link::hash(key.strip_prefix(PREFIX).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_hash_and_only_whole() {
        let token = Token::new([5; 20]);
        assert_eq!(hash(&shown(&token)), token.hash());
        assert_ne!(hash(token.as_str()), token.hash(), "without its beginning it is no key");
        assert_ne!(hash(""), token.hash());
    }
}
