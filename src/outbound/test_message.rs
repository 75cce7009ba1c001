//! A user sends themselves a message, to see whether sending works: through the same carrier and from the same sender as
//! everything else, also while that sender is stopped. It is no message of the outbox: no figure counts it, and no consent
//! is asked for but one's own. Who has said STOP, or whom the provider calls unreachable, gets none here either.

use chrono::TimeDelta;

use super::dispatch::{Concluded, DispatchError, Dispatcher, after_effects};
use crate::carrier::{Content, Failure, Mail, Outcome, Outgoing, Receipt, Stage};
use crate::domain::business::Business;
use crate::domain::consent::{Verdict, verdict};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::domain::test_message::{TestMessage, TestState};
use crate::store::ledger::NewConsent;
use crate::store::{self, StoreError, Tx};

/// How many a business may send within `WITHIN`: enough to try things out, too few to write to people with.
pub const MOST: i64 = 5;
const WITHIN: TimeDelta = TimeDelta::hours(1);

/// What is to be sent, from whom to whom.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub business: &'a Business,
    pub channel: Channel,
    /// In the form that is stored: E.164, or a bare mail address.
    pub address: &'a str,
    /// The subject of a mail.
    pub subject: &'a str,
    pub text: &'a str,
    /// The user's name.
    pub by: &'a str,
}

/// Why no test is sent.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("too many tests within the hour")]
    TooMany,
    #[error("whoever has this address has said that nothing may be sent there")]
    OptedOut,
    #[error("the provider calls the address unreachable")]
    Unreachable,
    #[error("nothing is sent on this channel")]
    NoCarrier,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a test down, before anything is sent.
///
/// # Errors
/// When none may be sent, or the database fails.
pub async fn begin(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    wanted: &Wanted<'_>,
    now: Instant,
) -> Result<(TestMessage, Outgoing), Refused> {
    let Wanted {
        business,
        channel,
        address,
        ..
    } = *wanted;
    let carrier = dispatcher.carrier(channel).ok_or(Refused::NoCarrier)?;
    let lines = store::ledger::of_address(tx, &business.id, address).await?;
    if verdict(&lines, channel, Purpose::Service, false) == Verdict::OptedOut {
        return Err(Refused::OptedOut);
    }
    if store::test_message::called_bad(tx, channel, address).await?.is_some() {
        return Err(Refused::Unreachable);
    }
    if store::test_message::count_since(tx, &business.id, now - WITHIN).await? >= MOST {
        return Err(Refused::TooMany);
    }
    let test = TestMessage {
        id: new_id(now),
        business_id: business.id.clone(),
        channel,
        carrier: carrier.name().to_owned(),
        sender: dispatcher.sender(channel, business),
        address: address.to_owned(),
        state: TestState::Started,
        provider_id: None,
        provider_status: None,
        code: None,
        failure: None,
        made_by: wanted.by.to_owned(),
        made_at: now,
        changed_at: now,
    };
    store::test_message::add(tx, &test).await?;
    let outgoing = outgoing(&test, wanted);
    Ok((test, outgoing))
}

fn outgoing(test: &TestMessage, wanted: &Wanted<'_>) -> Outgoing {
    let words = wanted.text.to_owned();
    let content = match wanted.channel {
        Channel::Email => Content::Email(Box::new(Mail {
            subject: wanted.subject.to_owned(),
            html: format!("<p>{}</p>", escaped(&words)),
            text: words,
            to_name: wanted.by.to_owned(),
            ..Mail::default()
        })),
        Channel::Sms | Channel::Call => Content::Sms { text: words },
    };
    Outgoing {
        attempt_id: test.id.clone(),
        message_id: test.id.clone(),
        from: test.sender.clone(),
        to: test.address.clone(),
        content,
        now: test.made_at,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Hands a test to the carrier and notes what it says.
///
/// # Errors
/// When the database fails; then the test stays as one that was begun.
pub async fn send(dispatcher: &Dispatcher, mut test: TestMessage, outgoing: &Outgoing) -> Result<(), DispatchError> {
    let Some(carrier) = dispatcher.carrier(test.channel) else {
        return Ok(());
    };
    let outcome = carrier.send(outgoing).await;
    let now = dispatcher.clock.now();
    match &outcome {
        Outcome::Accepted { provider_id } => {
            test.state = TestState::Accepted;
            test.provider_id = Some(provider_id.clone());
        }
        Outcome::Unknown { failure } => test.end(TestState::Unknown, failure),
        Outcome::Retry { failure, .. }
        | Outcome::Rejected { failure, .. }
        | Outcome::OptedOut { failure }
        | Outcome::Faulty { failure }
        | Outcome::Stop { failure, .. } => test.end(TestState::Failed, failure),
        Outcome::Withdrawn => test.state = TestState::Failed,
    }
    test.changed_at = now;
    let mut tx = dispatcher.store.write().await?;
    // A callback may have been faster.
    if !store::test_message::change(&mut tx, &test, TestState::Started).await? {
        tracing::debug!(test = %test.id, "what became of a test was known before the carrier had answered");
    }
    if let Outcome::OptedOut { failure } = &outcome {
        opt_out(&mut tx, dispatcher, &test, failure, now).await?;
    }
    Ok(tx.commit().await?)
}

/// The carrier knows that this address has opted out: then so does the ledger, as with any other message.
async fn opt_out(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    test: &TestMessage,
    failure: &Failure,
    now: Instant,
) -> Result<(), DispatchError> {
    let line = NewConsent {
        business_id: &test.business_id,
        customer_id: None,
        address: Some(&test.address),
        channel: Some(test.channel),
        purpose: None,
        given: false,
        source: "carrier, of a test",
        wording: Some(&failure.text),
    };
    store::ledger::add(tx, &line, now).await?;
    let concluded = Concluded {
        paused: None,
        opted_out: Some((test.channel, test.address.clone())),
    };
    after_effects(tx, dispatcher, &test.business_id, &concluded, now).await
}

impl TestMessage {
    fn end(&mut self, state: TestState, failure: &Failure) {
        self.state = state;
        self.code = failure.code;
        self.failure = Some(failure.text.clone());
    }
}

/// Notes what a provider says of a test, from a callback or from asking. False: it is about none.
///
/// # Errors
/// When the database fails.
pub async fn told(
    tx: &mut Tx,
    id: &str,
    provider_id: &str,
    receipt: &Receipt,
    now: Instant,
) -> Result<bool, StoreError> {
    let Some(mut test) = store::test_message::find(tx, id).await? else {
        return Ok(false);
    };
    let is_its_own = test.provider_id.as_deref().is_none_or(|known| known == provider_id);
    let from = test.state;
    if !is_its_own || matches!(from, TestState::Delivered | TestState::Failed) {
        return Ok(true);
    }
    test.provider_id = Some(provider_id.to_owned());
    test.provider_status = Some(receipt.status.clone());
    test.changed_at = now;
    match &receipt.failure {
        Some(
            Outcome::Retry { failure, .. }
            | Outcome::Rejected { failure, .. }
            | Outcome::OptedOut { failure }
            | Outcome::Faulty { failure }
            | Outcome::Stop { failure, .. }
            | Outcome::Unknown { failure },
        ) => test.end(TestState::Failed, failure),
        Some(Outcome::Accepted { .. } | Outcome::Withdrawn) => {}
        None if receipt.stage >= Stage::Final => test.state = TestState::Delivered,
        None => test.state = TestState::Accepted,
    }
    store::test_message::change(tx, &test, from).await?;
    Ok(true)
}

/// Asks the carrier what has become of a test that it took over.
///
/// # Errors
/// When the database fails; a carrier that can't be asked is none.
pub async fn ask(dispatcher: &Dispatcher, test: &TestMessage) -> Result<(), StoreError> {
    let (Some(carrier), Some(provider_id)) = (dispatcher.carrier(test.channel), &test.provider_id) else {
        return Ok(());
    };
    let receipt = match carrier.receipt(provider_id).await {
        Ok(Some(receipt)) => receipt,
        Ok(None) => return Ok(()),
        Err(error) => {
            tracing::warn!(test = %test.id, %error, "the carrier can't be asked what became of a test");
            return Ok(());
        }
    };
    let mut tx = dispatcher.store.write().await?;
    told(&mut tx, &test.id, provider_id, &receipt, dispatcher.clock.now()).await?;
    tx.commit().await
}
