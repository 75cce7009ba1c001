//! An answer from a phone in the sandbox: it comes in as one from a provider does.

use super::{receive, reply};
use crate::carrier::Received;
use crate::domain::business::Business;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::outbound::dispatch::{DispatchError, Dispatcher};
use crate::outbound::sandbox_phone::{asked, written_there};

/// Somebody with that number texts these words to a business: they are stored, then read.
///
/// # Errors
/// When the database fails. What was stored by then is read later.
pub async fn answer(
    dispatcher: &Dispatcher,
    business: &Business,
    number: &str,
    words: &str,
    now: Instant,
) -> Result<(), DispatchError> {
    let mut tx = dispatcher.store.write().await?;
    let asked = asked(&mut tx, &business.id, &[number], now).await?;
    // Phones answer the number that has written; it may have been another one than today's.
    let recipient = asked.into_iter().next_back().map(|question| question.sender);
    let received = Received {
        provider_id: format!("{}{}", written_there(&business.id), new_id(now)),
        sender: number.to_owned(),
        recipient: recipient.unwrap_or_else(|| dispatcher.sender(Channel::Sms, business)),
        body: words.to_owned(),
        media: 0,
        opt_out_type: String::new(),
        at: None,
        pairs: Vec::new(),
    };
    receive::receive(&mut tx, dispatcher.sms.name(), &received, now).await?;
    tx.commit().await?;
    dispatcher.metrics.inbound();
    reply::read_inbound(dispatcher, now).await?;
    Ok(())
}
