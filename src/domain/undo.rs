//! How long what a user does at the desk can be undone.

use chrono::TimeDelta;

/// So long after a user's change nothing that follows from it is sent, so that undoing it leaves no trace with the
/// customer. Long enough to see a slip, short enough that nobody waits for the message.
pub const UNDO_FOR: TimeDelta = TimeDelta::minutes(2);
