//! Notes: short texts of the staff about a customer. A note stays as it was written; a mistaken one is struck.

use serde::Serialize;

use super::instant::Instant;
use super::user::Role;

/// Longest note, in characters.
pub const LONGEST: usize = 2_000;

/// What somebody at the desk has noted about a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    /// Who wrote it, and their name as it was.
    pub user_id: String,
    pub author: String,
    /// None once the customer was erased.
    pub text: Option<String>,
    pub at: Instant,
    pub struck_at: Option<Instant>,
    /// The name of whoever struck it.
    pub struck_by: Option<String>,
}

impl Note {
    /// Whether that user may strike it: its author, or an owner of the business.
    #[must_use]
    pub fn may_strike(&self, user_id: &str, role: Option<Role>) -> bool {
        self.struck_at.is_none() && (self.user_id == user_id || role == Some(Role::Owner))
    }
}

/// Why a text can't be a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("a note must not be empty: write what the others should know")]
    Empty,
    #[error("a note has at most {LONGEST} characters: shorten it, or write two")]
    TooLong,
}

/// What somebody typed, as it is kept: with its lines, without what can't be seen.
///
/// # Errors
/// When nothing is left of it, or too much.
pub fn text(typed: &str) -> Result<String, NoteError> {
    let plain: String = typed
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    let plain = plain.trim();
    match plain.chars().count() {
        0 => Err(NoteError::Empty),
        count if count > LONGEST => Err(NoteError::TooLong),
        _ => Ok(plain.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_keeps_its_lines_and_nothing_that_cannot_be_seen() {
        assert_eq!(
            text(" Brake noise\r\nonly \u{0}when wet. \n").as_deref(),
            Ok("Brake noise\nonly when wet.")
        );
        assert_eq!(text(" \r\n\u{7} "), Err(NoteError::Empty));
        assert!(text(&"é".repeat(LONGEST)).is_ok());
        assert_eq!(text(&"é".repeat(LONGEST + 1)), Err(NoteError::TooLong));
    }

    #[test]
    fn its_author_and_owners_may_strike_a_note_once() {
        let note = Note {
            id: "n-1".to_owned(),
            business_id: "b-1".to_owned(),
            customer_id: "c-1".to_owned(),
            user_id: "u-1".to_owned(),
            author: "Anna".to_owned(),
            text: Some("text".to_owned()),
            at: Instant::from_millis(1),
            struck_at: None,
            struck_by: None,
        };
        assert!(note.may_strike("u-1", Some(Role::Staff)));
        assert!(note.may_strike("u-2", Some(Role::Owner)));
        assert!(!note.may_strike("u-2", Some(Role::Staff)));
        assert!(!note.may_strike("u-2", None));
        let struck = Note {
            struck_at: Some(Instant::from_millis(2)),
            struck_by: Some("Anna".to_owned()),
            ..note
        };
        assert!(!struck.may_strike("u-1", Some(Role::Owner)));
    }
}
