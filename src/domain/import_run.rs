//! A file that was handed over at the desk or by a key, from its preview to its end.

use serde::Serialize;

use super::closed_list::closed_list;
use super::instant::Instant;

closed_list! {
    /// What a file holds.
    ImportKind { Bookings = "bookings", Renewals = "renewals", Customers = "customers" }
}

closed_list! {
    /// How far it has come: looked through, ready for its user to say yes, or refused whole; being imported, done, stopped by
    /// an error, interrupted by the program's end; or nobody has said yes in time.
    ImportState {
        Looking = "looking",
        Ready = "ready",
        Refused = "refused",
        Importing = "importing",
        Done = "done",
        Stopped = "stopped",
        Interrupted = "interrupted",
        Expired = "expired",
    }
}

impl ImportState {
    /// Whether the program works on it by itself.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Looking | Self::Importing)
    }
}

/// A file and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportRun {
    /// Can't be guessed.
    pub id: String,
    pub business_id: String,
    /// None: a key has handed it over.
    pub user_id: Option<String>,
    /// Their name.
    pub made_by: String,
    pub kind: ImportKind,
    pub file_name: String,
    /// In bytes.
    pub size: i64,
    /// The customers know of these bookings already: no confirmations.
    pub known: bool,
    pub state: ImportState,
    /// JSON: what it did or would do.
    pub summary: Option<String>,
    /// JSON: why it was refused or stopped.
    pub problem: Option<String>,
    pub made_at: Instant,
    pub changed_at: Instant,
}
