//! Pure rules: no async, no SQL, no HTTP, no clock. Every function is a function of its arguments.

pub mod ids;
pub mod instant;
pub mod invitation;
pub mod message;

/// A text that is not one of a closed list's values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a known {list}")]
pub struct NotInList {
    pub list: &'static str,
    pub text: String,
}
