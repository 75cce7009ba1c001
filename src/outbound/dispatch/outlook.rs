//! What would become of messages if they left at the moment they are due: the last look before it is the last one.
//!
//! What only the moment itself decides is left out: whether another question is open at the customer's phone then, and
//! what the carrier says.

use super::surroundings::Surroundings;
use super::{DispatchError, Dispatcher};
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Reason};
use crate::domain::recheck::Decision;
use crate::domain::replan::Hold;
use crate::domain::segments::{self, Segmented};
use crate::outbound::recipient::recipient;
use crate::outbound::ways::{Offered, can_reply};
use crate::store::Tx;
use crate::store::claim::Claimed;

/// A message, and what would become of it.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub message: Claimed,
    pub customer_name: String,
    pub fate: Fate,
}

/// What would become of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Goes {
        channel: Channel,
        text: String,
        /// Of a text message.
        segments: Option<Segmented>,
        /// Then, where the hours are closed when it is due.
        later: Option<Instant>,
    },
    Waits(Hold),
    Skipped(Reason),
    /// Its text can't be made.
    Faulty,
}

/// What would become of messages, each at the moment it is due, those that are overdue at `now`.
///
/// # Errors
/// When the database fails, or a business can't be read.
pub async fn foresee(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    messages: Vec<Claimed>,
    now: Instant,
) -> Result<Vec<Outlook>, DispatchError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let surroundings = Surroundings::load(tx, dispatcher, &messages, now).await?;
    Ok(messages
        .into_iter()
        .map(|message| surroundings.outlook(dispatcher, message, now))
        .collect())
}

impl Surroundings {
    fn outlook(&self, dispatcher: &Dispatcher, message: Claimed, now: Instant) -> Outlook {
        let customer = self.customers.get(&message.customer_id);
        Outlook {
            customer_name: customer.map_or_else(String::new, |customer| customer.name.clone()),
            fate: customer.map_or(Fate::Skipped(Reason::Superseded), |customer| {
                self.fate(dispatcher, &message, customer, now)
            }),
            message,
        }
    }

    fn fate(&self, dispatcher: &Dispatcher, message: &Claimed, customer: &Customer, now: Instant) -> Fate {
        let (Some(item), Some((business, calendar))) = (
            self.items.get(&message.item_id),
            self.businesses.get(&message.business_id),
        ) else {
            return Fate::Skipped(Reason::Superseded);
        };
        let at = message.due_at.max(now);
        let reader = recipient(&message.template, business, customer);
        let (channel, later) = match self.decide(message, item, &reader, business, calendar, at) {
            Decision::Go(channel) | Decision::Switch(channel) => (channel, None),
            Decision::Later(later) => (message.channel.unwrap_or(Channel::Sms), Some(later)),
            Decision::Hold(hold) => return Fate::Waits(hold),
            Decision::Skip(reason) => return Fate::Skipped(reason),
        };
        let by_reply = can_reply(channel, &dispatcher.sender(channel, business));
        let offered = Offered::new(&dispatcher.settings, &message.template, channel, by_reply);
        let leaves = later.unwrap_or(at);
        match self.render(
            message,
            channel,
            item,
            customer,
            business,
            calendar,
            offered.ways(),
            leaves,
        ) {
            Ok(written) if self.said_lately(message, &written.text) => Fate::Skipped(Reason::Duplicate),
            Ok(written) => Fate::Goes {
                channel,
                segments: (channel == Channel::Sms).then(|| segments::count(&written.text)),
                text: written.text,
                later,
            },
            Err(error) => {
                tracing::error!(message = %message.id, template = %message.template, %error, "the text can't be made");
                Fate::Faulty
            }
        }
    }
}
