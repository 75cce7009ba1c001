//! Dispatch: what is due leaves, exactly once.
//!
//! A lane (one sender on one channel) is worked in rounds. One transaction settles what the last round sent, claims
//! what is due, looks at it for the last time, renders it and commits the attempts; only then are carriers called,
//! outside of any transaction. `live` drives rounds by the clock, `drain` drives them until nothing is due.

mod asking;
mod attempt;
mod callers;
mod conclude;
mod limiter;
pub(super) mod links;
mod live;
mod mail;
mod outlook;
mod prepare;
mod round;
mod started;
mod surroundings;
mod withdrawn;

use std::sync::Arc;
use std::time::Duration;

use crate::carrier::{Carrier, sandbox};
use crate::clock::Clock;
use crate::domain::business::Business;
use crate::domain::message::Channel;
use crate::domain::zone::Zones;
use crate::outbound::Changed;
use crate::outbound::plan::PlanError;
use crate::outbound::text_shelf::TextShelf;
use crate::store::{self, Store, StoreError};
use crate::telemetry::Metrics;
use crate::texts::TextError;

pub use conclude::{Answer, Concluded, InFlight, RECEIPT_AFTER, conclude};
pub use live::{RoundsThread, Wake};
pub use outlook::{Fate, Outlook, foresee};
pub use round::{Round, after_effects, drain};
pub use started::Started;
pub use withdrawn::Withdrawn;

/// How dispatch works.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Calls under way at once on each lane.
    pub concurrency: usize,
    /// How long a claim is good for; longer than any carrier's time-out.
    pub lease: Duration,
    /// How often a message is tried in all, over all channels.
    pub max_attempts: i64,
    /// Sender of SMS where a business has none of its own.
    pub sms_from: String,
    /// Sender of mail where a business has none of its own.
    pub email_from: String,
    /// Segments a second that a lane may send; 0: no limit of ours.
    pub sms_per_second: f64,
    /// Mails a second that a lane may send; 0: no limit of ours.
    pub email_per_second: f64,
    /// How the world reaches us, without a slash at the end. None: messages carry no links.
    pub public_url: Option<String>,
}

/// Everything dispatch needs, shared by all lanes.
#[derive(Clone)]
pub struct Dispatcher {
    pub store: Store,
    pub zones: Arc<Zones>,
    pub texts: Arc<TextShelf>,
    pub metrics: Arc<Metrics>,
    pub sms: Arc<dyn Carrier>,
    pub email: Arc<dyn Carrier>,
    pub clock: Arc<dyn Clock>,
    pub settings: Settings,
    /// Who has opted out since messages on their way to the carrier were claimed.
    pub withdrawn: Arc<Withdrawn>,
    /// Which calls were begun, for the process after a crash.
    pub started: Started,
    /// Told whenever something was written that somebody at the desk may be looking at.
    pub changed: Changed,
}

/// Why a round could not be worked; nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Text(TextError),
    #[error("business {business}: {reason}")]
    Business { business: String, reason: String },
    #[error(transparent)]
    Plan(PlanError),
}

impl From<PlanError> for DispatchError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Store(error) => Self::Store(error),
            error => Self::Plan(error),
        }
    }
}

impl Dispatcher {
    /// The carrier of a channel; a call has none, a person makes it.
    #[must_use]
    pub fn carrier(&self, channel: Channel) -> Option<&Arc<dyn Carrier>> {
        match channel {
            Channel::Sms => Some(&self.sms),
            Channel::Email => Some(&self.email),
            Channel::Call => None,
        }
    }

    /// Whether what goes out on a channel reaches nobody but the sandbox.
    #[must_use]
    pub fn is_sandbox(&self, channel: Channel) -> bool {
        self.carrier(channel)
            .is_some_and(|carrier| carrier.name() == sandbox::NAME)
    }

    /// Who sends for a business on a channel; nobody for a call.
    #[must_use]
    pub fn sender(&self, channel: Channel, business: &Business) -> String {
        match channel {
            Channel::Sms => business.sms_from.as_ref().unwrap_or(&self.settings.sms_from).clone(),
            Channel::Email => business
                .email_from
                .as_ref()
                .unwrap_or(&self.settings.email_from)
                .clone(),
            Channel::Call => String::new(),
        }
    }
}

/// Every lane that messages can queue in.
///
/// # Errors
/// When the database can't be read.
pub async fn lanes(store: &Store) -> Result<Vec<String>, StoreError> {
    let businesses = store::business::all(&mut store.read().await?).await?;
    let mut lanes: Vec<String> = Channel::ALL.iter().map(ToString::to_string).collect();
    for business in &businesses {
        lanes.extend(
            Channel::ALL
                .iter()
                .map(|channel| super::plan::lane(Some(*channel), business)),
        );
    }
    lanes.sort();
    lanes.dedup();
    Ok(lanes)
}

/// The channel a lane sends on.
#[must_use]
pub fn channel_of(lane: &str) -> Channel {
    lane.split('/')
        .next()
        .and_then(|channel| channel.parse().ok())
        .unwrap_or(Channel::Sms)
}
