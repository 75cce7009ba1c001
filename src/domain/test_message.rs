//! A message that a user sends to themselves to see whether sending works.

use serde::Serialize;

use super::closed_list::closed_list;
use super::instant::Instant;
use super::message::Channel;

closed_list! {
    /// How far a test has come.
    TestState {
        Started = "started",
        Accepted = "accepted",
        Delivered = "delivered",
        Failed = "failed",
        Unknown = "unknown",
    }
}

/// A test and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestMessage {
    pub id: String,
    pub business_id: String,
    pub channel: Channel,
    pub carrier: String,
    pub sender: String,
    pub address: String,
    pub state: TestState,
    pub provider_id: Option<String>,
    /// The provider's own word.
    pub provider_status: Option<String>,
    pub code: Option<i64>,
    pub failure: Option<String>,
    /// The name of the user who has sent it.
    pub made_by: String,
    pub made_at: Instant,
    pub changed_at: Instant,
}
