//! Rescue: messages whose sender died, and attempts of which nobody knows whether they arrived (docs/message-lifecycle.md).
//!
//! A found message is adopted at once. One that is not found is sent again only after the provider was asked twice,
//! minutes apart, only once, and only while it is useful; then a person must look.

use chrono::TimeDelta;

use super::dispatch::{DispatchError, Dispatcher};
use crate::carrier::{AskError, Found, Lookup};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::instant::Instant;
use crate::domain::message::{Asks, Event, Reason, State, next};
use crate::inbound::delivery;
use crate::store::attempt::AttemptEnd;
use crate::store::outbox::{Again, Settlement};
use crate::store::{self, StoreError};

/// How many are looked at in one go.
const BATCH: i64 = 200;

/// A provider that does not list a message this long after the call certainly had the time to.
const FIRST_VERDICT: TimeDelta = TimeDelta::seconds(60);

/// Between two verdicts that a message is not there.
const BETWEEN_VERDICTS: TimeDelta = TimeDelta::seconds(120);

/// A carrier that can't be asked: the same message, under the same Message-ID, goes out once more after this time.
const UNASKABLE: TimeDelta = TimeDelta::minutes(10);

/// When a carrier that could not be reached is asked again.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(60);

/// The list holds what was made since the attempt, give or take what the clocks differ: whatever of it is another
/// attempt's was started this long before at the earliest.
const OTHERS_STARTED: TimeDelta = TimeDelta::hours(1);

/// How long a provider is asked for a receipt that does not come: an hour, then six, then a day after acceptance.
const RECEIPT_LOOKS: [i64; 2] = [5, 18];

/// Takes over messages whose lease has run out: what may have reached the carrier is of unknown outcome, what surely has
/// not is due again.
///
/// # Errors
/// When the database fails.
pub async fn rescue(dispatcher: &Dispatcher, now: Instant) -> Result<u64, StoreError> {
    let mut rescued = 0;
    loop {
        let batch = rescue_batch(dispatcher, now).await?;
        rescued += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(rescued);
        }
    }
}

async fn rescue_batch(dispatcher: &Dispatcher, now: Instant) -> Result<u64, StoreError> {
    let mut tx = dispatcher.store.write().await?;
    let stranded = store::outbox::stranded(&mut tx, now, BATCH).await?;
    let mut never_called = Vec::new();
    for message in &stranded {
        let (attempt, event) = match &message.attempt_id {
            // Without an attempt nothing was handed to any carrier.
            None => (None, Event::PutBack),
            Some(id) if dispatcher.started.was_never_called(&message.lease_owner, id) => {
                never_called.push(message.id.as_str());
                let end = AttemptEnd {
                    failure: Some("the program ended before the carrier was called"),
                    ..AttemptEnd::new(id, AttemptState::PutBack, now)
                };
                (Some(end), Event::PutBack)
            }
            Some(id) => {
                let end = AttemptEnd {
                    failure: Some("the program ended before the carrier's answer was written"),
                    look_at: Some(now),
                    ..AttemptEnd::new(id, AttemptState::Unknown, now)
                };
                (Some(end), Event::Doubt)
            }
        };
        if let Some(end) = attempt {
            store::attempt::settle(&mut tx, &end, AttemptState::Started).await?;
        }
        let to = next(State::Sending, event).unwrap_or(State::Unknown);
        let settlement = Settlement {
            owner: &message.lease_owner,
            ..Settlement::new(&message.id, State::Sending, to, now)
        };
        store::outbox::settle(&mut tx, &settlement).await?;
    }
    if !never_called.is_empty() {
        store::question::take_back(&mut tx, &never_called).await?;
    }
    tx.commit().await?;
    if !stranded.is_empty() {
        tracing::warn!(
            count = stranded.len(),
            never_called = never_called.len(),
            "messages of a sender that died; the carrier is asked about those that it may have"
        );
    }
    Ok(stranded.len() as u64)
}

/// Asks carriers about attempts whose time to be asked about has come. Returns how many were asked about.
///
/// # Errors
/// When the database fails.
pub async fn reconcile(dispatcher: &Dispatcher, now: Instant) -> Result<u64, DispatchError> {
    let due = store::attempt::to_look_at(&mut dispatcher.store.read().await?, now, BATCH).await?;
    for attempt in &due {
        match attempt.state {
            AttemptState::Unknown => look_up(dispatcher, attempt, now).await?,
            AttemptState::Accepted => ask_for_receipt(dispatcher, attempt, now).await?,
            _ => {
                let mut tx = dispatcher.store.write().await?;
                store::attempt::look_later(&mut tx, &attempt.id, None, false).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(due.len() as u64)
}

async fn look_up(dispatcher: &Dispatcher, attempt: &Attempt, now: Instant) -> Result<(), DispatchError> {
    let answer = match dispatcher.carrier(attempt.channel) {
        Some(carrier) => carrier.find(&lookup(attempt)).await,
        None => Err(AskError::Unsupported),
    };
    match answer {
        Ok(found) => match adoptable(dispatcher, attempt, found).await? {
            Some(found) => delivery::apply(dispatcher, &attempt.id, &found.provider_id, &found.receipt, now).await,
            None => not_found(dispatcher, attempt, now).await,
        },
        Err(AskError::Unsupported) if now >= attempt.started_at + UNASKABLE => {
            give_up(
                dispatcher,
                attempt,
                "its carrier can't be asked whether it arrived",
                now,
            )
            .await
        }
        Err(AskError::Unsupported) => look_later(dispatcher, attempt, attempt.started_at + UNASKABLE, false).await,
        Err(AskError::Failed(error)) => {
            tracing::warn!(attempt = %attempt.id, %error, "the carrier could not be asked about a message of unknown outcome");
            look_later(dispatcher, attempt, now + ASK_AGAIN, false).await
        }
    }
}

fn lookup(attempt: &Attempt) -> Lookup {
    Lookup {
        from: attempt.sender.clone(),
        to: attempt.address.clone(),
        text: attempt.text.clone().unwrap_or_default(),
        started_at: attempt.started_at,
    }
}

/// The first of the found messages that no other attempt of ours is.
async fn adoptable(dispatcher: &Dispatcher, attempt: &Attempt, found: Vec<Found>) -> Result<Option<Found>, StoreError> {
    let ids: Vec<_> = found.iter().map(|candidate| candidate.provider_id.as_str()).collect();
    let since = attempt.started_at - OTHERS_STARTED;
    let mut tx = dispatcher.store.read().await?;
    let known = store::attempt::known_ids(&mut tx, &ids, since, &attempt.id).await?;
    Ok(found
        .into_iter()
        .find(|candidate| !known.contains(&candidate.provider_id)))
}

async fn not_found(dispatcher: &Dispatcher, attempt: &Attempt, now: Instant) -> Result<(), DispatchError> {
    let first_verdict = attempt.started_at + FIRST_VERDICT;
    if now < first_verdict {
        return look_later(dispatcher, attempt, first_verdict, false).await;
    }
    if attempt.looks == 0 {
        return look_later(dispatcher, attempt, now + BETWEEN_VERDICTS, true).await;
    }
    give_up(
        dispatcher,
        attempt,
        "the carrier was asked twice and does not have it",
        now,
    )
    .await
}

async fn look_later(
    dispatcher: &Dispatcher,
    attempt: &Attempt,
    at: Instant,
    in_vain: bool,
) -> Result<(), DispatchError> {
    let mut tx = dispatcher.store.write().await?;
    store::attempt::look_later(&mut tx, &attempt.id, Some(at), in_vain).await?;
    Ok(tx.commit().await?)
}

/// Sends the message once more where that was not done yet and is still of use; else it has failed.
async fn give_up(dispatcher: &Dispatcher, attempt: &Attempt, why: &str, now: Instant) -> Result<(), DispatchError> {
    let mut tx = dispatcher.store.write().await?;
    let end = AttemptEnd {
        failure: Some(why),
        ..AttemptEnd::new(&attempt.id, AttemptState::Failed, now)
    };
    if !store::attempt::settle(&mut tx, &end, AttemptState::Unknown).await? {
        return Ok(());
    }
    let Some(message) = store::report::message(&mut tx, &attempt.message_id).await? else {
        return Ok(());
    };
    let resends = store::outbox::resends(&mut tx, &message.id).await?;
    let again = Again {
        due_at: now,
        channel: Some(attempt.channel),
        lane: message.lane.clone(),
    };
    let base = Settlement::new(&message.id, State::Unknown, State::Failed, now);
    let settlement = if resends == 0 && now <= message.useful_until {
        Settlement {
            to: State::Planned,
            again: Some(again),
            resend: true,
            ..base
        }
    } else if resends == 0 {
        Settlement {
            to: State::Skipped,
            reason: Some(Reason::TooLate),
            ..base
        }
    } else {
        tracing::error!(message = %message.id, "sent twice without learning whether it arrived: a person must look");
        base
    };
    store::outbox::settle(&mut tx, &settlement).await?;
    if message.asks != Asks::Nothing {
        store::question::take_back(&mut tx, &[&message.id]).await?;
    }
    Ok(tx.commit().await?)
}

/// Asks for the receipt of an accepted message that no callback has told of.
async fn ask_for_receipt(dispatcher: &Dispatcher, attempt: &Attempt, now: Instant) -> Result<(), DispatchError> {
    let later = usize::try_from(attempt.looks)
        .ok()
        .and_then(|looks| RECEIPT_LOOKS.get(looks))
        .copied();
    let mut tx = dispatcher.store.write().await?;
    store::attempt::look_later(
        &mut tx,
        &attempt.id,
        later.map(|hours| now + TimeDelta::hours(hours)),
        true,
    )
    .await?;
    tx.commit().await?;
    let (Some(carrier), Some(provider_id)) = (dispatcher.carrier(attempt.channel), &attempt.provider_id) else {
        return Ok(());
    };
    match carrier.receipt(provider_id).await {
        Ok(Some(receipt)) => delivery::apply(dispatcher, &attempt.id, provider_id, &receipt, now).await,
        Ok(None) | Err(AskError::Unsupported) => Ok(()),
        Err(AskError::Failed(error)) => {
            tracing::warn!(attempt = %attempt.id, %error, "the carrier could not be asked for a missing receipt");
            Ok(())
        }
    }
}
