//! An attempt: one try to deliver a message on one channel.

use serde::Serialize;

use super::closed_list::closed_list;
use super::instant::Instant;
use super::message::Channel;

closed_list! {
    /// Where an attempt stands, or how it ended.
    AttemptState {
        /// Committed before the carrier was called; the call may or may not have been made.
        Started = "started",
        Accepted = "accepted",
        Delivered = "delivered",
        /// Certainly not taken over; the message was put back.
        PutBack = "put_back",
        Rejected = "rejected",
        OptedOut = "opted_out",
        Faulty = "faulty",
        /// An operator must act; the sender is paused.
        Stopped = "stopped",
        Unknown = "unknown",
        /// Nobody could tell whether the carrier had it, and it was given up for lost.
        Failed = "failed",
    }
}

/// One try, as it stands in its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    pub id: String,
    pub message_id: String,
    pub business_id: String,
    /// The how-manieth try of its message.
    pub number: i64,
    pub channel: Channel,
    pub carrier: String,
    pub sender: String,
    pub address: String,
    pub subject: Option<String>,
    pub text: Option<String>,
    pub segments: i64,
    pub state: AttemptState,
    pub provider_id: Option<String>,
    pub stage: Option<i64>,
    pub provider_status: Option<String>,
    pub code: Option<i64>,
    pub failure: Option<String>,
    pub started_at: Instant,
    pub settled_at: Option<Instant>,
    /// When the provider is asked about it next.
    pub look_at: Option<Instant>,
    /// How often it was asked in vain.
    pub looks: i64,
}
