//! Passwords: how long they must be, and how they are kept: argon2id, with OWASP's least costs (19 MiB, two passes).

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use unicode_normalization::UnicodeNormalization as _;

/// Least and most characters. Longer pass phrases bring nothing, and a megabyte would only cost time.
pub const SHORTEST: usize = 10;
pub const LONGEST: usize = 200;

/// Random bytes in a salt.
pub const SALT_BYTES: usize = 16;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Stands in where there is no hash: a try for nobody takes as long as one for somebody. No password is known for it.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0Li4uLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password of a fitting length, in one form of its letters: a keyboard may write `ü` as one sign or as two.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Says nothing of what is inside.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// Why a text can't be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
}

/// A password could not be hashed: none that passed `Password::parse` is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password can't be hashed: {0}")]
pub struct HashError(String);

impl Password {
    /// Checks the length; which characters there are does not matter.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        // A letter takes four bytes at most, and up to 18 once it is taken apart: more is not worth looking at.
        if text.len() > LONGEST * 32 {
            return Err(PasswordError::TooLong);
        }
        let text: String = text.nfkc().collect();
        match text.chars().count() {
            ..SHORTEST => Err(PasswordError::TooShort),
            SHORTEST..=LONGEST => Ok(Self(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// What is kept of it. Slow by intent: not for a thread that others wait for.
    ///
    /// # Errors
    /// None for any salt of that length.
    pub fn hash(&self, salt: [u8; SALT_BYTES]) -> Result<String, HashError> {
        let hash = hasher()?.hash_password_with_salt(self.0.as_bytes(), &salt);
        hash.map(|hash| hash.to_string())
            .map_err(|error| HashError(error.to_string()))
    }
}

/// Whether a text is the password of that hash; never where there is none. As slow in each case.
#[must_use]
pub fn verify(text: &str, hash: Option<&str>) -> bool {
    let password = Password::parse(text).ok();
    let kept = hash.and_then(|hash| PasswordHash::new(hash).ok());
    let known = kept.is_some() && password.is_some();
    let Some(kept) = kept.or_else(|| PasswordHash::new(NOBODYS).ok()) else {
        return false;
    };
    let bytes = password.as_ref().map_or(&b""[..], |password| password.0.as_bytes());
    let matches = hasher().is_ok_and(|hasher| hasher.verify_password(bytes, &kept).is_ok());
    matches && known
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; SALT_BYTES] = [7; SALT_BYTES];

    #[test]
    fn a_password_has_ten_to_two_hundred_characters_of_any_kind() {
        assert_eq!(Password::parse("ninechars"), Err(PasswordError::TooShort));
        assert!(Password::parse("ten chars!").is_ok());
        assert!(Password::parse(&"ä".repeat(200)).is_ok());
        assert_eq!(Password::parse(&"ä".repeat(201)), Err(PasswordError::TooLong));
        assert_eq!(Password::parse(&"x".repeat(1 << 20)), Err(PasswordError::TooLong));
        assert_eq!(format!("{:?}", Password::parse("ten chars!").unwrap()), "Password");
    }

    #[test]
    fn what_is_kept_says_how_it_was_made_and_fits_this_password_only() {
        let hash = Password::parse("correct horse").unwrap().hash(SALT).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse", Some(&hash)));
        assert!(!verify("correct horsE", Some(&hash)));
        assert!(!verify("", Some(&hash)));
        assert!(!verify("correct horse", None));
        assert!(!verify("correct horse", Some("no hash")));
    }

    #[test]
    fn a_letter_written_as_two_signs_is_the_same_letter() {
        let hash = Password::parse("gr\u{fc}ne wiese").unwrap().hash(SALT).unwrap();
        assert!(verify("gru\u{308}ne wiese", Some(&hash)));
    }

    #[test]
    fn a_try_for_nobody_costs_what_a_try_for_somebody_costs() {
        let nobody = PasswordHash::new(NOBODYS).unwrap();
        let hash = Password::parse("correct horse").unwrap().hash(SALT).unwrap();
        let somebody = PasswordHash::new(&hash).unwrap();
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.version, somebody.version);
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.map(|hash| hash.len()), somebody.hash.map(|hash| hash.len()));
        assert_eq!(nobody.salt.map(|salt| salt.len()), somebody.salt.map(|salt| salt.len()));
    }
}
