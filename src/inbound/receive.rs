//! The receiving step: what customers sent is stored as it came, once each, before anything is done with it.

use chrono::TimeDelta;

use crate::carrier::{AskError, Received};
use crate::domain::instant::Instant;
use crate::domain::link::without_tokens;
use crate::domain::message::Channel;
use crate::outbound::dispatch::{DispatchError, Dispatcher};
use crate::store::inbound::NewInbound;
use crate::store::{self, StoreError, Tx};

/// How far back the provider's list is looked through for what no webhook brought.
pub const LOOK_BACK: TimeDelta = TimeDelta::days(2);

/// How far back a number counts as ours because something came in on it: behind a messaging service the provider
/// chooses numbers that no setting names.
const NUMBER_KNOWN_FOR: TimeDelta = TimeDelta::days(90);

/// Stores a message. False: it is stored already.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn receive(tx: &mut Tx, carrier: &str, received: &Received, now: Instant) -> Result<bool, StoreError> {
    let pairs = serde_json::to_string(&received.pairs).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    let row = NewInbound {
        carrier,
        provider_id: &received.provider_id,
        channel: Channel::Sms,
        sender: &received.sender,
        recipient: &received.recipient,
        // Phones quote what they answer: a link in it stays the customer's own.
        body: &without_tokens(&received.body),
        media: received.media,
        opt_out_type: &received.opt_out_type,
        pairs: &pairs,
        // The provider's clock may run ahead of ours; nothing comes from the future.
        received_at: received.at.map_or(now, |at| at.min(now)),
    };
    store::inbound::store(tx, &row, now).await
}

/// Asks the provider for what customers sent to our numbers lately, and stores what no webhook has brought. Returns how
/// much that was.
///
/// # Errors
/// When the database fails. A provider that can't be asked is asked again the next time.
pub async fn fetch_missed(dispatcher: &Dispatcher, now: Instant) -> Result<u64, DispatchError> {
    let mut missed = 0;
    for number in our_numbers(dispatcher, now).await? {
        let listed = match dispatcher.sms.received(&number, now - LOOK_BACK).await {
            Ok(listed) => listed,
            Err(AskError::Unsupported) => return Ok(0),
            Err(AskError::Failed(error)) => {
                tracing::warn!(%error, "the provider could not be asked for missed messages of customers");
                continue;
            }
        };
        let mut tx = dispatcher.store.write().await?;
        for received in &listed {
            missed += u64::from(receive(&mut tx, dispatcher.sms.name(), received, now).await?);
        }
        tx.commit().await?;
    }
    if missed > 0 {
        tracing::warn!(
            missed,
            "messages of customers that no webhook brought: does the number's webhook point here?"
        );
    }
    Ok(missed)
}

/// Every number and short code that customers may have written to; names and messaging services are none.
async fn our_numbers(dispatcher: &Dispatcher, now: Instant) -> Result<Vec<String>, StoreError> {
    let mut tx = dispatcher.store.read().await?;
    let mut numbers = store::inbound::recipients_since(&mut tx, now - NUMBER_KNOWN_FOR).await?;
    let businesses = store::business::all(&mut tx).await?;
    numbers.extend(businesses.into_iter().filter_map(|business| business.sms_from));
    numbers.push(dispatcher.settings.sms_from.clone());
    numbers.retain(|number| number.starts_with('+') || number.bytes().all(|byte| byte.is_ascii_digit()));
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}
