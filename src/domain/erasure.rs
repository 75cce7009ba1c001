//! What stays of a person who was erased: that they said no, under a keyed hash of each address
//! (docs/customers.md).
//!
//! The key lies apart from the database, so that whoever has only that can't find out by trying all phone numbers whose
//! hash it is.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::consent::{ConsentLine, Verdict, verdict};
use super::instant::Instant;
use super::message::{Channel, Purpose};

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;

/// The key of the hashes.
#[derive(Clone)]
pub struct ErasureKey([u8; KEY_BYTES]);

/// Says nothing of what is inside.
impl fmt::Debug for ErasureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasureKey")
    }
}

impl ErasureKey {
    #[must_use]
    pub const fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads what `to_text` has written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = [0; KEY_BYTES];
        if text.len() != KEY_BYTES * 2 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// As it is kept in its file.
    #[must_use]
    pub fn to_text(&self) -> String {
        hex(&self.0)
    }

    /// What stands for an address: a phone in E.164 or a mail address.
    #[must_use]
    pub fn hash(&self, address: &str) -> String {
        // HMAC takes keys of every length.
        Hmac::<Sha256>::new_from_slice(&self.0).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(address.as_bytes());
                hex(&mac.finalize().into_bytes())
            },
        )
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String can't fail.
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// One thing that somebody said no to, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    pub channel: Channel,
    pub purpose: Purpose,
    pub at: Instant,
}

/// Every withdrawal that stands among the lines of one person, spelt out by channel and purpose.
#[must_use]
pub fn standing_withdrawals(lines: &[ConsentLine]) -> Vec<Withdrawal> {
    let scopes = Channel::ALL
        .iter()
        .flat_map(|channel| Purpose::ALL.iter().map(move |purpose| (*channel, *purpose)));
    scopes
        .filter(|(channel, purpose)| verdict(lines, *channel, *purpose, true) == Verdict::OptedOut)
        .filter_map(|(channel, purpose)| {
            let withdrawn = lines.iter().filter(|line| {
                !line.given
                    && line.channel.is_none_or(|scope| scope == channel)
                    && line.purpose.is_none_or(|scope| scope == purpose)
            });
            let at = withdrawn.map(|line| line.at).max()?;
            Some(Withdrawal { channel, purpose, at })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(channel: Option<Channel>, purpose: Option<Purpose>, given: bool, at: i64) -> ConsentLine {
        ConsentLine {
            channel,
            purpose,
            given,
            at: Instant::from_millis(at),
        }
    }

    #[test]
    fn the_hash_is_an_hmac() {
        // As Python's hmac computes it.
        let key = ErasureKey::new([7; KEY_BYTES]);
        assert_eq!(
            key.hash("+491713920012"),
            "d80b5f09103fc251542c9057a2489c3856f744b7843b4519ce7be06f1899bfb5"
        );
        assert_ne!(
            key.hash("+491713920012"),
            ErasureKey::new([8; KEY_BYTES]).hash("+491713920012")
        );
    }

    #[test]
    fn a_key_is_read_as_it_was_written_and_shown_to_nobody() {
        let key = ErasureKey::new(std::array::from_fn(|at| u8::try_from(at * 8).unwrap()));
        let read = ErasureKey::parse(&format!("{}\n", key.to_text())).unwrap();
        assert_eq!(read.hash("x"), key.hash("x"));
        assert_eq!(format!("{key:?}"), "ErasureKey");
        for wrong in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert!(ErasureKey::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_what_stands_is_kept() {
        use Channel::{Call, Email, Sms};
        use Purpose::{Marketing, Service, Survey};
        let at = Instant::from_millis;
        let kept = |lines: &[ConsentLine]| {
            standing_withdrawals(lines)
                .into_iter()
                .map(|kept| (kept.channel, kept.purpose, kept.at))
                .collect::<Vec<_>>()
        };
        assert_eq!(kept(&[]), []);
        let stop = line(Some(Sms), None, false, 5);
        assert_eq!(
            kept(std::slice::from_ref(&stop)),
            [(Sms, Service, at(5)), (Sms, Survey, at(5)), (Sms, Marketing, at(5))]
        );
        let service_again = line(Some(Sms), Some(Service), true, 6);
        assert_eq!(
            kept(&[stop, service_again]),
            [(Sms, Survey, at(5)), (Sms, Marketing, at(5))]
        );
        let no_offers = [
            line(None, Some(Marketing), false, 3),
            line(Some(Email), Some(Marketing), true, 4),
        ];
        assert_eq!(kept(&no_offers), [(Sms, Marketing, at(3)), (Call, Marketing, at(3))]);
    }
}
