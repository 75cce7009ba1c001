//! What a business decides of its messages, and how that has changed.

use serde::{Deserialize, Serialize};

use super::closed_list::closed_list;
use super::instant::Instant;

closed_list! {
    /// What a change is about.
    PolicyKind { Rules = "rules", Texts = "texts" }
}

/// One change of a business's rules or own texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    pub id: String,
    pub business_id: String,
    pub what: PolicyKind,
    /// JSON of what was: `Rules`, or a list of `OwnText`.
    pub was: String,
    /// JSON of what it became.
    pub became: String,
    /// The user's name; none: a command.
    pub changed_by: Option<String>,
    pub at: Instant,
}

/// A business's own wording of one part of a template in one locale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnText {
    pub template: String,
    pub locale: String,
    pub part: String,
    /// None: the wording that comes with the program.
    pub body: Option<String>,
}
