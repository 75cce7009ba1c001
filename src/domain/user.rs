//! A user: somebody who works at the desk of one or several businesses.

use chrono::TimeDelta;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

use super::closed_list::closed_list;
use super::email_address;
use super::instant::Instant;
use super::link::Token;

/// Longest login and longest name, in characters; a mail address has no more.
const LONGEST: usize = 254;

/// How long a link to choose a password works: somebody who is invited on a Friday has the next week.
pub const LINK_FOR: TimeDelta = TimeDelta::days(7);

closed_list! {
    /// What a user may do in a business: an owner everything, staff all but its settings and its users.
    Role { Owner = "owner", Staff = "staff" }
}

/// Somebody who works at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: String,
    /// What they sign in with: a mail address or a name, as `login` folds it.
    pub login: String,
    pub name: String,
    /// Language tag of the desk's pages.
    pub locale: String,
    pub created_at: Instant,
    /// From then on nobody signs in as this user.
    pub ended_at: Option<Instant>,
    /// Whether a password is chosen yet.
    pub has_password: bool,
}

/// A business that a user belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    pub business_id: String,
    pub role: Role,
}

/// Why a text can't be a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    #[error("a login must not be empty: write a mail address, or a name without spaces")]
    Empty,
    #[error("a login has no spaces: write a mail address, or a name like anna.bell")]
    Space,
    #[error("that is no mail address: write it like anna@example.com, or a name without `@`")]
    Address,
    #[error("a login has at most {LONGEST} characters")]
    TooLong,
}

/// A login in the one form that is stored and compared: a mail address or a name, in lower case.
///
/// # Errors
/// Says what can't be in a login.
pub fn login(text: &str) -> Result<String, LoginError> {
    let login = folded(text);
    if login.is_empty() {
        return Err(LoginError::Empty);
    }
    if login.chars().count() > LONGEST {
        return Err(LoginError::TooLong);
    }
    if login.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(LoginError::Space);
    }
    if login.contains('@') && email_address::parse(&login).as_ref() != Ok(&login) {
        return Err(LoginError::Address);
    }
    Ok(login)
}

/// What somebody types to sign in, as a login would be stored; it need not be one.
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).nfc().collect()
}

/// A name as it is shown; none: it is empty or much too long.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty() && name.chars().count() <= LONGEST && !name.chars().any(char::is_control)).then_some(name)
}

/// The link below `base` by which a password is chosen.
#[must_use]
pub fn welcome_url(base: &str, token: &Token) -> String {
    format!("{base}/welcome/{}", token.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_one_however_it_is_typed() {
        for (typed, kept) in [
            (" Anna@Example.COM ", "anna@example.com"),
            ("Zoë", "zoë"),
            ("ZOE\u{308}", "zoë"),
            ("anna.bell", "anna.bell"),
        ] {
            assert_eq!(login(typed).as_deref(), Ok(kept), "{typed}");
            assert_eq!(folded(typed), kept);
        }
    }

    #[test]
    fn what_can_be_no_login_is_told() {
        for (typed, error) in [
            ("  ", LoginError::Empty),
            ("anna bell", LoginError::Space),
            ("anna\u{0}bell", LoginError::Space),
            ("anna@", LoginError::Address),
            ("anna@b@example.com", LoginError::Address),
        ] {
            assert_eq!(login(typed), Err(error), "{typed}");
        }
        assert_eq!(login(&"a".repeat(255)), Err(LoginError::TooLong));
        assert!(login(&"a".repeat(254)).is_ok());
    }

    #[test]
    fn a_name_is_shown_without_needless_spaces() {
        assert_eq!(name(" Anna   Bell ").as_deref(), Some("Anna Bell"));
        assert_eq!(name(" "), None);
        assert_eq!(name(&"a".repeat(255)), None);
    }
}
