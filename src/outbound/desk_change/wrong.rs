//! What can be wrong with a form, and why a change can't be made.

use crate::outbound::import::CellProblem;
use crate::outbound::plan::PlanError;
use crate::store::StoreError;

/// Why a field can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It can't be read; or it is empty and must not be.
    Unreadable,
    /// Clocks go forward over it.
    Gap,
    /// It has passed: is that meant?
    Past,
    /// Something else has this number.
    Taken,
    /// The new term would not end later than the old one.
    NotLater,
}

/// A field, by its column in a file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: String,
    pub why: Why,
}

/// Why a change can't be made; nothing must be committed then.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    #[error("there is no such thing in this business")]
    NotThere,
    #[error("something in the form can't be taken")]
    Wrong(Vec<Wrong>),
    #[error("it is so already")]
    Unchanged,
    #[error("what it is does not allow that any more")]
    Impossible,
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl From<StoreError> for EntryError {
    fn from(error: StoreError) -> Self {
        Self::Plan(error.into())
    }
}

impl Wrong {
    pub(super) fn one(field: &str, why: Why) -> EntryError {
        let field = field.to_owned();
        EntryError::Wrong(vec![Self { field, why }])
    }

    pub(super) fn all(problems: Vec<CellProblem>) -> EntryError {
        let unreadable = |problem: CellProblem| Self {
            field: problem.column,
            why: Why::Unreadable,
        };
        EntryError::Wrong(problems.into_iter().map(unreadable).collect())
    }
}
