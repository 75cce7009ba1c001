//! Links to a customer's own pages: who holds one may answer for the customer, so that it can't be guessed, serves one
//! purpose, ends, and is known to us by its hash alone (docs/links.md).
//!
//! Texts are rendered and kept with a placeholder as long as a token. Tokens are put in at the very last, on the way to
//! the carrier, so that the database, lists and logs never hold one.

use std::borrow::Cow;
use std::fmt;

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::closed_list::closed_list;
use super::instant::Instant;

closed_list! {
    /// What a link is good for.
    LinkPurpose { Respond = "respond", Unsubscribe = "unsubscribe" }
}

/// Random bytes in a token: 160 bits, which nobody finds by trying.
pub const RANDOM_BYTES: usize = 20;

/// Characters in a token: five bits each.
const LENGTH: usize = RANDOM_BYTES * 8 / 5;

/// Stands for a token in texts that are shown and kept. Not a token itself: it has a dash.
pub const PLACEHOLDER: &str = "your-own-link-is-made-at-sending";

/// Lower case without 0, 1, 8 and 9: a link that is read aloud or typed stays right (RFC 4648).
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How long a page can still be opened after its message, or after what the message is about.
const RESPOND_FOR: TimeDelta = TimeDelta::days(30);

/// How long a mail's unsubscribe link works. The law asks for 30 days; people tidy their mailboxes once a year.
const UNSUBSCRIBE_FOR: TimeDelta = TimeDelta::days(365);

/// The secret part of a link.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Says nothing of what is inside.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// The token of these random bytes.
    #[must_use]
    pub fn new(random: [u8; RANDOM_BYTES]) -> Self {
        let mut text = String::with_capacity(LENGTH);
        for five in random.chunks_exact(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            text.extend((0..8).rev().map(|at| letter(bits >> (at * 5))));
        }
        Self(text)
    }

    /// As it stands in the link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> String {
        hash(&self.0)
    }
}

fn letter(bits: u64) -> char {
    char::from(ALPHABET[usize::try_from(bits & 31).unwrap_or_default()])
}

/// The hash by which a link is looked up. Whatever a stranger sends is hashed and looked up alike, so that nothing can be
/// learnt from how long it takes.
#[must_use]
pub fn hash(token: &str) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(token.as_bytes()) {
        // Writing into a String can't fail.
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

impl LinkPurpose {
    /// The path of its pages, before the token.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Respond => "/r/",
            Self::Unsubscribe => "/u/",
        }
    }

    /// The link below `public_url` with this token, or with the placeholder.
    #[must_use]
    pub fn url(self, public_url: &str, token: &str) -> String {
        format!("{public_url}{}{token}", self.path())
    }

    /// Until when a link sent at `sent_at` works. `about` is when the thing takes place or ends that the message speaks of.
    #[must_use]
    pub fn expires_at(self, sent_at: Instant, about: Option<Instant>) -> Instant {
        match self {
            Self::Respond => about.map_or(sent_at, |about| about.max(sent_at)) + RESPOND_FOR,
            Self::Unsubscribe => sent_at + UNSUBSCRIBE_FOR,
        }
    }
}

/// The text as it is kept: with the placeholder wherever it has a link with a token.
#[must_use]
pub fn without_tokens(text: &str) -> Cow<'_, str> {
    let mut clean = Cow::Borrowed(text);
    for path in LinkPurpose::ALL.iter().map(|purpose| purpose.path()) {
        let mut from = 0;
        while let Some(found) = clean[from..].find(path) {
            let start = from + found + path.len();
            if is_token(clean.as_bytes().get(start..start + LENGTH).unwrap_or_default())
                && !clean
                    .as_bytes()
                    .get(start + LENGTH)
                    .is_some_and(u8::is_ascii_alphanumeric)
            {
                clean.to_mut().replace_range(start..start + LENGTH, PLACEHOLDER);
            }
            from = start;
        }
    }
    clean
}

fn is_token(bytes: &[u8]) -> bool {
    bytes.len() == LENGTH && bytes.iter().all(|byte| ALPHABET.contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_all_of_its_random_bits() {
        // As RFC 4648 writes it, in lower case.
        let token = Token::new(*b"foobarfoobarfoobarfo");
        assert_eq!(token.as_str(), "mzxw6ytbojtg633cmfzgm33pmjqxeztp");
        assert_eq!(token.as_str().len(), LENGTH);
        assert_eq!(Token::new([0xff; 20]).as_str(), "7".repeat(32));
        assert_eq!(format!("{token:?}"), "Token");
    }

    #[test]
    fn the_placeholder_is_as_long_as_a_token_and_never_one() {
        assert_eq!(PLACEHOLDER.len(), LENGTH);
        assert!(!is_token(PLACEHOLDER.as_bytes()));
    }

    #[test]
    fn what_is_kept_is_the_hash() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let token = Token::new([7; 20]);
        assert_eq!(token.hash(), hash(token.as_str()));
    }

    #[test]
    fn a_page_outlives_its_visit_and_a_mail_can_be_unsubscribed_for_a_year() {
        let days = |days: i64| Instant::from_millis(days * 86_400_000);
        let cases = [
            (LinkPurpose::Respond, None, 130),
            (LinkPurpose::Respond, Some(days(140)), 170),
            (LinkPurpose::Respond, Some(days(90)), 130),
            (LinkPurpose::Unsubscribe, Some(days(900)), 465),
        ];
        for (purpose, about, until) in cases {
            assert_eq!(purpose.expires_at(days(100), about), days(until), "{purpose} {about:?}");
        }
    }

    #[test]
    fn no_token_stays_in_a_text_that_is_kept() {
        let token = Token::new([9; 20]);
        let [respond, unsubscribe] = [LinkPurpose::Respond, LinkPurpose::Unsubscribe]
            .map(|purpose| purpose.url("https://a.example/daybefore", token.as_str()));
        let kept = format!("Here: {respond}?score=4, or {unsubscribe}. {respond}");
        let clean = without_tokens(&kept);
        assert!(!clean.contains(token.as_str()), "{clean}");
        assert_eq!(clean.len(), kept.len());
        assert_eq!(clean.matches(PLACEHOLDER).count(), 3);
        for other in [
            "https://a.example/r/short",
            "https://a.example/r/",
            "Zwölf /r/äöü und /u/ mehr",
            "https://a.example/r/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(matches!(without_tokens(other), Cow::Borrowed(_)), "{other}");
        }
    }
}
