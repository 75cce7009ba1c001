//! The carriers: who takes a rendered message to the customer's phone or mailbox.
//!
//! A carrier only carries and classifies. It never touches the database and never decides whether to try again:
//! that is `outbound::dispatch`, which reads the `Outcome`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::instant::Instant;

pub mod keywords;
mod mask;
pub mod memory;
mod mime;
pub mod remedy;
pub mod sandbox;
pub mod smtp;
mod tls;
pub mod twilio;
mod twilio_errors;
pub mod twilio_inbound;
pub mod twilio_receipt;
pub mod twilio_signature;

/// A rendered, addressed message.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// This attempt's id; travels in the status callback's URL as `m`.
    pub attempt_id: String,
    /// The message's id, the same over all its attempts; a mail's Message-ID is made of it.
    pub message_id: String,
    /// Sender: a phone number or sender name for SMS, a mailbox (`Name <a@b>`) for email.
    pub from: String,
    /// Receiver: E.164 for SMS, an address for email.
    pub to: String,
    pub content: Content,
    /// When the attempt starts; `Retry-After` dates and mail dates count from it.
    pub now: Instant,
}

/// What the customer gets.
#[derive(Clone, Debug)]
pub enum Content {
    Sms { text: String },
    Email(Box<Mail>),
}

/// The parts of a mail.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Name for the To header; empty when unknown.
    pub to_name: String,
    pub calendar: Option<CalendarPart>,
    /// URL for `List-Unsubscribe` (RFC 8058); none while there is no public URL.
    pub unsubscribe_url: Option<String>,
    /// Where a mail can be sent instead, for programs that know no other way.
    pub unsubscribe_mailbox: Option<String>,
    /// A person wrote it: whoever is away may say so.
    pub by_hand: bool,
    /// The Message-ID of the mail that it answers.
    pub in_reply_to: Option<String>,
}

/// An iTIP object (RFC 5546) and its method, which the MIME part repeats (RFC 6047).
#[derive(Clone, Debug)]
pub struct CalendarPart {
    /// `REQUEST` or `CANCEL`.
    pub method: &'static str,
    pub body: String,
}

/// What the carrier said about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The provider's code (`21610`), or the HTTP or SMTP status when it gave none.
    pub code: Option<i64>,
    /// One line for a person.
    pub text: String,
}

/// How one attempt ended, as the carrier classifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken over; it may still prove undeliverable later.
    Accepted { provider_id: String },
    /// Certainly not taken over; try again after a while.
    Retry {
        /// How long the provider asked us to wait, or that its code demands.
        after: Option<Duration>,
        /// At most this many retries for this cause; none: the message's general limit.
        limit: Option<u32>,
        /// The whole sender is affected (network down, 429), not this message alone.
        whole_sender: bool,
        failure: Failure,
    },
    /// Certainly not delivered on this channel; fall on to the next one.
    Rejected {
        /// The address itself is bad: do not try it again for any message.
        bad_address: bool,
        failure: Failure,
    },
    /// The receiver has opted out at the carrier: goes into the consent ledger.
    OptedOut { failure: Failure },
    /// Our text is at fault (empty, too long): failing again is certain, on every channel.
    Faulty { failure: Failure },
    /// An operator must act (credentials, registration): pause this sender, burn no attempt.
    Stop {
        /// The carrier lost this very message for good (filtered as spam): never send the same text again.
        spent: bool,
        failure: Failure,
    },
    /// The carrier may or may not have it.
    Unknown { failure: Failure },
    /// No carrier was asked: the receiver opted out while the message waited for its turn.
    Withdrawn,
}

impl Outcome {
    /// It was not handed over since that could not be noted first (`Leaving`); nor can any other of this sender's be.
    #[must_use]
    pub fn kept_back() -> Self {
        Self::Retry {
            after: Some(Duration::from_secs(10)),
            limit: None,
            whole_sender: true,
            failure: Failure {
                code: None,
                text: "the record of calls can be neither written nor emptied".to_owned(),
            },
        }
    }

    /// One word for counters and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Retry { .. } => "retry",
            Self::Rejected { .. } => "rejected",
            Self::OptedOut { .. } => "opted_out",
            Self::Faulty { .. } => "faulty",
            Self::Stop { .. } => "stop",
            Self::Unknown { .. } => "unknown",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What we know of an attempt whose outcome is unknown.
#[derive(Clone, Debug)]
pub struct Lookup {
    pub from: String,
    pub to: String,
    pub text: String,
    pub started_at: Instant,
}

/// A message from a customer, as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub provider_id: String,
    /// The customer's number.
    pub sender: String,
    /// Ours.
    pub recipient: String,
    pub body: String,
    /// How many pictures and the like came with it.
    pub media: i64,
    /// What the provider says that the keyword did: STOP, START, HELP; empty where it does not say.
    pub opt_out_type: String,
    /// When the provider got it, where it says so.
    pub at: Option<Instant>,
    /// The raw pairs, without the body.
    pub pairs: Vec<(String, String)>,
}

/// A message that the provider has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub provider_id: String,
    pub receipt: Receipt,
}

/// What a provider says of a message that it has, from a status callback or from asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's own word (`sent`, `delivered`), kept for `why`.
    pub status: String,
    pub stage: Stage,
    pub failure: Option<Outcome>,
}

/// How far a message has come, in an order that a late callback can't turn back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Scheduled,
    Queued,
    Sending,
    Sent,
    /// Delivered, undelivered, failed or canceled: no way on but to `Read`.
    Final,
    Read,
}

/// Why a carrier could not be asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AskError {
    #[error("this carrier can't be asked about past messages")]
    Unsupported,
    #[error("{0}")]
    Failed(String),
}

/// Why a carrier could not be built from its settings; says which setting to change.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("{setting}: {problem}")]
    Setting { setting: &'static str, problem: String },
    #[error("the TLS or HTTP client could not be set up: {0}")]
    Client(String),
}

impl SetupError {
    /// A setting, by its name in the configuration file, and what is wrong with it.
    fn setting(setting: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Setting {
            setting,
            problem: problem.to_string(),
        }
    }
}

/// Whoever has to know of a message before it can reach anybody.
pub trait Leaving: Send + Sync {
    /// It leaves now. False: it must not.
    fn now(&self) -> bool;
}

/// One way to the customer. `outbound::dispatch` knows nothing else of it.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Short name for logs, rows and `doctor`: `twilio`, `smtp`, `sandbox`.
    fn name(&self) -> &'static str;

    /// Tries to hand over one message. Never panics, never waits longer than its own time-out.
    async fn send(&self, outgoing: &Outgoing) -> Outcome;

    /// The same, and says so before the message can reach anybody, as late as the carrier is able to.
    async fn send_telling(&self, outgoing: &Outgoing, leaving: Arc<dyn Leaving>) -> Outcome {
        if leaving.now() {
            self.send(outgoing).await
        } else {
            Outcome::kept_back()
        }
    }

    /// The provider's messages that could be the looked-up one, oldest first.
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Found>, AskError>;

    /// What the provider says now about a message that it took over.
    async fn receipt(&self, provider_id: &str) -> Result<Option<Receipt>, AskError>;

    /// What customers have sent to one of our numbers since `since`, oldest first; more may come, and some twice.
    async fn received(&self, _number: &str, _since: Instant) -> Result<Vec<Received>, AskError> {
        Err(AskError::Unsupported)
    }

    /// Whether the carrier can be reached with these credentials; one line for `doctor`.
    async fn probe(&self) -> Result<String, AskError>;
}
