//! What an outcome means for a message: one place, whether the carrier answered, called back, or was asked.

use chrono::TimeDelta;

use super::Settings;
use crate::carrier::{Failure, Outcome};
use crate::domain::attempt::AttemptState;
use crate::domain::backoff;
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Event, Reason, State, next};
use crate::domain::recheck::remaining_channels;
use crate::outbound::plan::lane;
use crate::store::attempt::AttemptEnd;
use crate::store::lane::PausedLane;
use crate::store::ledger::NewConsent;
use crate::store::outbox::{Again, Claimed, Settlement};
use crate::store::{self, StoreError, Tx};

/// How long after acceptance a missing receipt is asked for.
pub const RECEIPT_AFTER: TimeDelta = TimeDelta::hours(1);

/// How soon an attempt of unknown outcome is looked up: most providers have it in their list at once.
const FIRST_LOOK: TimeDelta = TimeDelta::seconds(3);

/// A message on its way, and the attempt that carries it.
#[derive(Clone, Debug)]
pub struct InFlight<'a> {
    pub message: &'a Claimed,
    pub state: State,
    /// The lease, while it is being sent; empty otherwise.
    pub owner: &'a str,
    pub attempt_id: &'a str,
    pub attempt_state: AttemptState,
    pub channel: Channel,
    pub address: &'a str,
    pub business: &'a Business,
    pub customer: &'a Customer,
}

/// What an outcome did beyond the message itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concluded {
    /// The lane was paused by this outcome.
    pub paused: Option<PausedLane>,
    /// An address whose owner has opted out: other plans must show it.
    pub opted_out: Option<String>,
    /// The message had been moved by somebody else before.
    pub overtaken: bool,
}

/// Where the outcome leads.
struct Step {
    attempt: AttemptState,
    event: Event,
    reason: Option<Reason>,
    again: Option<Again>,
    uncount: bool,
    look_at: Option<Instant>,
}

impl Step {
    const fn end(attempt: AttemptState, event: Event) -> Self {
        Self { attempt, event, reason: None, again: None, uncount: false, look_at: None }
    }
}

/// Writes an outcome: the attempt's end, the message's next state, and what follows for the address and the sender.
/// `wait_until` is when the whole sender may go on, where it is the one that failed.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn conclude(
    tx: &mut Tx,
    flight: &InFlight<'_>,
    outcome: &Outcome,
    wait_until: Option<Instant>,
    settings: &Settings,
    jitter: f64,
    now: Instant,
) -> Result<Concluded, StoreError> {
    let mut concluded = Concluded::default();
    follow_up(tx, flight, outcome, &mut concluded, now).await?;
    let settled = settle(tx, flight, outcome, wait_until, settings, jitter, now).await?;
    // The answer came after the lease had run out, and rescue had put the message in doubt: now there is none.
    let late = !settled && flight.state == State::Sending && !matches!(outcome, Outcome::Unknown { .. });
    let doubted = InFlight { state: State::Unknown, owner: "", attempt_state: AttemptState::Unknown, ..flight.clone() };
    let settled = settled || (late && settle(tx, &doubted, outcome, wait_until, settings, jitter, now).await?);
    Ok(Concluded { overtaken: !settled, ..concluded })
}

/// Moves the attempt and its message from where `flight` says they are. False: the message was not there any more.
async fn settle(
    tx: &mut Tx,
    flight: &InFlight<'_>,
    outcome: &Outcome,
    wait_until: Option<Instant>,
    settings: &Settings,
    jitter: f64,
    now: Instant,
) -> Result<bool, StoreError> {
    let step = step(flight, outcome, wait_until, settings, jitter, now);
    let failure = failure(outcome);
    let provider_id = match outcome {
        Outcome::Accepted { provider_id } => Some(provider_id.as_str()),
        _ => None,
    };
    let end = AttemptEnd {
        id: flight.attempt_id,
        state: step.attempt,
        provider_id,
        stage: None,
        provider_status: None,
        code: failure.and_then(|failure| failure.code),
        failure: failure.map(|failure| failure.text.as_str()),
        look_at: step.look_at,
        at: now,
    };
    if !store::attempt::settle(tx, &end, flight.attempt_state).await? {
        if let Some(provider_id) = provider_id {
            store::attempt::note_provider_id(tx, flight.attempt_id, provider_id).await?;
        }
        // A message in doubt may be so for a later attempt than this one.
        if flight.state == State::Unknown {
            return Ok(false);
        }
    }
    let Some(to) = next(flight.state, step.event) else { return Ok(false) };
    let settlement = Settlement {
        message_id: &flight.message.id,
        from: flight.state,
        owner: flight.owner,
        to,
        reason: step.reason,
        hold: None,
        again: step.again,
        uncount: step.uncount,
        resend: false,
        at: now,
    };
    store::outbox::settle(tx, &settlement).await
}

fn step(
    flight: &InFlight<'_>,
    outcome: &Outcome,
    wait_until: Option<Instant>,
    settings: &Settings,
    jitter: f64,
    now: Instant,
) -> Step {
    match outcome {
        Outcome::Accepted { .. } => Step {
            look_at: (flight.channel == Channel::Sms).then(|| now + RECEIPT_AFTER),
            ..Step::end(AttemptState::Accepted, Event::Accept)
        },
        Outcome::Unknown { .. } => {
            Step { look_at: Some(now + FIRST_LOOK), ..Step::end(AttemptState::Unknown, Event::Doubt) }
        }
        Outcome::Faulty { .. } => Step::end(AttemptState::Faulty, Event::Fail),
        Outcome::OptedOut { .. } => {
            Step { reason: Some(Reason::OptedOut), ..Step::end(AttemptState::OptedOut, Event::Skip) }
        }
        Outcome::Stop { spent: true, .. } => Step::end(AttemptState::Stopped, Event::Fail),
        // The sender is at fault: the message waits for it, without a tried attempt to its name.
        Outcome::Stop { spent: false, .. } => put_back(flight, AttemptState::Stopped, None, now, true),
        Outcome::Rejected { .. } => fall_on(flight, AttemptState::Rejected, now),
        Outcome::Retry { after, limit, whole_sender, .. } => {
            let tries = limit.map_or(settings.max_attempts, |limit| i64::from(limit) + 1).min(settings.max_attempts);
            let due_at = wait_until.unwrap_or_else(|| {
                let attempt = u32::try_from(flight.message.attempts).unwrap_or(u32::MAX);
                let delay = backoff::delay(attempt, jitter, *after);
                now + TimeDelta::from_std(delay).unwrap_or(TimeDelta::minutes(10))
            });
            if (!whole_sender && flight.message.attempts >= tries) || due_at > flight.message.useful_until {
                fall_on(flight, AttemptState::PutBack, now)
            } else {
                put_back(flight, AttemptState::PutBack, Some(due_at), now, *whole_sender)
            }
        }
    }
}

fn put_back(flight: &InFlight<'_>, attempt: AttemptState, due_at: Option<Instant>, now: Instant, uncount: bool) -> Step {
    let again = Again { due_at: due_at.unwrap_or(now), channel: Some(flight.channel), lane: flight.message.lane.clone() };
    Step { again: Some(again), uncount, ..Step::end(attempt, Event::PutBack) }
}

/// On to the next channel, at once; where none is left the message has failed.
fn fall_on(flight: &InFlight<'_>, attempt: AttemptState, now: Instant) -> Step {
    let channels: Vec<Channel> = flight.message.channels.split(',').filter_map(|text| text.parse().ok()).collect();
    let rest = remaining_channels(&channels, flight.customer.channel, Some(flight.channel));
    let next = rest.into_iter().skip(1).find(|channel| flight.customer.address(*channel).is_some());
    match next {
        Some(channel) => {
            let again = Again { due_at: now, channel: Some(channel), lane: lane(Some(channel), flight.business) };
            Step { again: Some(again), ..Step::end(attempt, Event::PutBack) }
        }
        None => Step::end(attempt, Event::Fail),
    }
}

async fn follow_up(
    tx: &mut Tx,
    flight: &InFlight<'_>,
    outcome: &Outcome,
    concluded: &mut Concluded,
    now: Instant,
) -> Result<(), StoreError> {
    match outcome {
        Outcome::Rejected { bad_address: true, failure } => {
            let Failure { code, text } = failure;
            store::ledger::add_bad_address(tx, flight.channel, flight.address, *code, text, now).await
        }
        Outcome::OptedOut { failure } => {
            let source = format!("carrier {}", failure.code.map_or_else(String::new, |code| code.to_string()));
            let line = NewConsent {
                business_id: &flight.business.id,
                customer_id: None,
                address: Some(flight.address),
                channel: Some(flight.channel),
                purpose: None,
                given: false,
                source: source.trim(),
                wording: Some(&failure.text),
            };
            store::ledger::add(tx, &line, now).await?;
            concluded.opted_out = Some(flight.address.to_owned());
            Ok(())
        }
        Outcome::Stop { failure, .. } => {
            let paused =
                PausedLane { lane: flight.message.lane.clone(), code: failure.code, failure: failure.text.clone(), at: now };
            if store::lane::pause(tx, &paused).await? {
                concluded.paused = Some(paused);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

const fn failure(outcome: &Outcome) -> Option<&Failure> {
    match outcome {
        Outcome::Accepted { .. } => None,
        Outcome::Retry { failure, .. }
        | Outcome::Rejected { failure, .. }
        | Outcome::OptedOut { failure }
        | Outcome::Faulty { failure }
        | Outcome::Stop { failure, .. }
        | Outcome::Unknown { failure } => Some(failure),
    }
}
