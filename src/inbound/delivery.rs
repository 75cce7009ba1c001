//! The delivery step: receipts move messages on, in whatever order and however often they come.

use crate::carrier::{Outcome, Receipt, Stage, twilio_receipt};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::instant::Instant;
use crate::domain::message::{Event, State, next};
use crate::outbound::dispatch::{Answer, DispatchError, Dispatcher, InFlight, RECEIPT_AFTER, after_effects, conclude};
use crate::outbound::recipient::recipient;
use crate::outbound::test_message;
use crate::store::attempt::AttemptEnd;
use crate::store::outbox::Settlement;
use crate::store::receipt::StoredReceipt;
use crate::store::{self, StoreError, Tx};

/// How many receipts one transaction reads.
const BATCH: i64 = 200;

/// Reads the receipts that are stored and unread. Returns how many.
///
/// # Errors
/// When the database fails; what was not committed is read again.
pub async fn read_receipts(dispatcher: &Dispatcher, now: Instant) -> Result<u64, DispatchError> {
    let mut read = 0;
    loop {
        let mut tx = dispatcher.store.write().await?;
        let batch = store::receipt::unread(&mut tx, BATCH).await?;
        for stored in &batch {
            read_one(&mut tx, dispatcher, stored, now).await?;
            store::receipt::mark_read(&mut tx, &stored.id, now).await?;
        }
        tx.commit().await?;
        if !batch.is_empty() {
            dispatcher.changed.tell();
        }
        read += batch.len() as u64;
        // Whatever was stored since has woken the reader again.
        if (batch.len() as u64) < BATCH.unsigned_abs() {
            return Ok(read);
        }
    }
}

async fn read_one(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    stored: &StoredReceipt,
    now: Instant,
) -> Result<(), DispatchError> {
    let pairs: Vec<(String, String)> = serde_json::from_str(&stored.pairs).unwrap_or_else(|error| {
        tracing::error!(receipt = %stored.id, %error, "a stored receipt can't be read; the others are");
        Vec::new()
    });
    let Some((provider_id, receipt)) = twilio_receipt::receipt(&pairs, now) else {
        tracing::warn!(receipt = %stored.id, "a receipt that names no message or no status");
        return Ok(());
    };
    let Some(attempt) = attempt_of(tx, stored, &pairs, &provider_id).await? else {
        if let Some(id) = &stored.attempt_id
            && test_message::told(tx, id, &provider_id, &receipt, now).await?
        {
            return Ok(());
        }
        tracing::warn!(provider_id = %provider_id, "a receipt for a message that is not ours");
        return Ok(());
    };
    apply_to(tx, dispatcher, &attempt, &provider_id, &receipt, now).await
}

/// The attempt a receipt speaks of: by ours in the callback's URL, where the provider's id is the attempt's own or not
/// known yet; by the number and the provider's id where the URL does not tell. An id in a URL that belongs to another
/// message is not believed.
async fn attempt_of(
    tx: &mut Tx,
    stored: &StoredReceipt,
    pairs: &[(String, String)],
    provider_id: &str,
) -> Result<Option<Attempt>, StoreError> {
    let named = match &stored.attempt_id {
        Some(id) => store::attempt::find(tx, id).await?,
        None => None,
    };
    if let Some(attempt) = &named
        && attempt.provider_id.as_deref() == Some(provider_id)
    {
        return Ok(named);
    }
    let number = pairs.iter().find(|(name, _)| name == "To");
    if let Some((_, number)) = number
        && let Some(attempt) = store::attempt::at_number(tx, number, provider_id).await?
    {
        return Ok(Some(attempt));
    }
    Ok(named.filter(|attempt| attempt.provider_id.is_none()))
}

/// Applies what a provider says of an attempt, in a transaction of its own.
///
/// # Errors
/// When the database fails.
pub async fn apply(
    dispatcher: &Dispatcher,
    attempt_id: &str,
    provider_id: &str,
    receipt: &Receipt,
    now: Instant,
) -> Result<(), DispatchError> {
    let mut tx = dispatcher.store.write().await?;
    if let Some(attempt) = store::attempt::find(&mut tx, attempt_id).await? {
        apply_to(&mut tx, dispatcher, &attempt, provider_id, receipt, now).await?;
    }
    Ok(tx.commit().await?)
}

async fn apply_to(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    attempt: &Attempt,
    provider_id: &str,
    receipt: &Receipt,
    now: Instant,
) -> Result<(), DispatchError> {
    store::attempt::note_provider_id(tx, &attempt.id, provider_id).await?;
    let stage = rank(receipt.stage);
    let open = matches!(
        attempt.state,
        AttemptState::Started | AttemptState::Unknown | AttemptState::Accepted
    );
    // Given up for lost, and there after all.
    let open = open || (attempt.state == AttemptState::Failed && receipt.failure.is_none());
    // A lower stage never overwrites a higher one, and of two ends the first counts.
    if !open || attempt.stage.is_some_and(|known| known >= stage) {
        return Ok(());
    }
    match &receipt.failure {
        Some(outcome) => fail(tx, dispatcher, attempt, outcome, receipt, now).await,
        None => advance(tx, attempt, receipt, now).await,
    }
}

/// The carrier has it, or has delivered it.
async fn advance(tx: &mut Tx, attempt: &Attempt, receipt: &Receipt, now: Instant) -> Result<(), DispatchError> {
    let delivered = receipt.stage >= Stage::Final;
    let state = if delivered {
        AttemptState::Delivered
    } else {
        AttemptState::Accepted
    };
    // What is accepted by a callback or a lookup misses its receipt like what was accepted by an answer.
    let look_at = match attempt.state {
        _ if delivered => None,
        AttemptState::Accepted => attempt.look_at,
        _ => Some(now + RECEIPT_AFTER),
    };
    let end = AttemptEnd {
        stage: Some(rank(receipt.stage)),
        provider_status: Some(&receipt.status),
        look_at,
        ..AttemptEnd::new(&attempt.id, state, now)
    };
    store::attempt::settle(tx, &end, attempt.state).await?;
    let Some((message, from, owner)) = store::outbox::in_flight(tx, &attempt.message_id).await? else {
        return Ok(());
    };
    let event = if delivered { Event::Deliver } else { Event::Accept };
    if let Some(to) = next(from, event).filter(|_| carries(attempt, from)) {
        let settlement = Settlement {
            owner: &owner,
            ..Settlement::new(&message.id, from, to, now)
        };
        store::outbox::settle(tx, &settlement).await?;
    }
    Ok(())
}

/// The carrier could not deliver it: on to what its answer means, as if it had said so at once.
async fn fail(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    attempt: &Attempt,
    outcome: &Outcome,
    receipt: &Receipt,
    now: Instant,
) -> Result<(), DispatchError> {
    let Some((message, state, owner)) = store::outbox::in_flight(tx, &attempt.message_id).await? else {
        return Ok(());
    };
    let business = store::business::find(tx, &message.business_id).await?;
    let customer = store::customer::find(tx, &message.customer_id).await?;
    let (Some(business), Some(customer)) = (business, customer) else {
        return Ok(());
    };
    let flight = InFlight {
        message: &message,
        // A message that has gone on to another attempt is not moved by this one's end.
        state: if carries(attempt, state) {
            state
        } else {
            State::Delivered
        },
        owner: &owner,
        attempt_id: &attempt.id,
        attempt_state: attempt.state,
        channel: attempt.channel,
        address: &attempt.address,
        business: &business,
        customer: &recipient(&message.template, &business, &customer),
    };
    let answer = Answer {
        flight,
        outcome,
        wait_until: None,
    };
    let concluded = conclude(tx, &[answer], &dispatcher.settings, 0.5, now).await?;
    store::attempt::note_stage(tx, &attempt.id, rank(receipt.stage), &receipt.status).await?;
    for concluded in &concluded {
        after_effects(tx, dispatcher, &business.id, concluded, now).await?;
    }
    Ok(())
}

/// Whether the message's state is the doing of this attempt: an open attempt is always its message's latest.
const fn carries(attempt: &Attempt, state: State) -> bool {
    matches!(
        (attempt.state, state),
        (AttemptState::Started, State::Sending)
            | (AttemptState::Unknown, State::Unknown)
            | (AttemptState::Accepted, State::Accepted)
            | (AttemptState::Failed, State::Planned)
    )
}

/// The order of stages as it is stored.
const fn rank(stage: Stage) -> i64 {
    match stage {
        Stage::Scheduled => 0,
        Stage::Queued => 1,
        Stage::Sending => 2,
        Stage::Sent => 3,
        Stage::Final => 4,
        Stage::Read => 5,
    }
}
