//! What an outcome means for a message: one place, whether the carrier answered, called back, or was asked.

use chrono::TimeDelta;

use super::Settings;
use crate::carrier::{Failure, Outcome};
use crate::domain::attempt::AttemptState;
use crate::domain::backoff;
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::message::{Asks, Channel, Event, Reason, State, next};
use crate::domain::recheck::remaining_channels;
use crate::outbound::plan::lane;
use crate::store::attempt::AttemptEnd;
use crate::store::claim::Claimed;
use crate::store::lane::PausedLane;
use crate::store::ledger::NewConsent;
use crate::store::outbox::{Again, Settlement};
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
    pub opted_out: Option<(Channel, String)>,
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
        Self {
            attempt,
            event,
            reason: None,
            again: None,
            uncount: false,
            look_at: None,
        }
    }
}

/// An outcome and the message it is about. `wait_until` is when the whole sender may go on, where it is the one that
/// failed.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    pub flight: InFlight<'a>,
    pub outcome: &'a Outcome,
    pub wait_until: Option<Instant>,
}

/// Writes outcomes: the attempts' ends, the messages' next states, and what follows for addresses and senders.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn conclude(
    tx: &mut Tx,
    answers: &[Answer<'_>],
    settings: &Settings,
    jitter: f64,
    now: Instant,
) -> Result<Vec<Concluded>, StoreError> {
    let mut concluded = Vec::with_capacity(answers.len());
    let mut ends = Vec::with_capacity(answers.len());
    let mut settlements = Vec::with_capacity(answers.len());
    for answer in answers {
        let step = step(answer, settings, jitter, now);
        concluded.push(follow_up(tx, &answer.flight, answer.outcome, now).await?);
        ends.push((end(answer, &step, now), answer.flight.attempt_state));
        settlements.extend(settlement(&answer.flight, step, now));
    }
    let in_vain: Vec<_> = answers
        .iter()
        .filter(|answer| asked_in_vain(answer))
        .map(|answer| answer.flight.message.id.as_str())
        .collect();
    if !in_vain.is_empty() {
        store::question::take_back(tx, &in_vain).await?;
    }
    let missed = store::attempt::settle_all(tx, &ends).await?;
    store::outbox::settle_all(tx, &settlements).await?;
    for answer in answers
        .iter()
        .filter(|answer| missed.contains(answer.flight.attempt_id))
    {
        late(tx, answer, settings, jitter, now).await?;
    }
    Ok(concluded)
}

/// Whether a message asked something that nobody has got to read.
fn asked_in_vain(answer: &Answer<'_>) -> bool {
    let may_have_arrived = matches!(answer.outcome, Outcome::Accepted { .. } | Outcome::Unknown { .. });
    answer.flight.message.asks != Asks::Nothing && !may_have_arrived
}

/// The attempt was settled before its answer came: by a callback, which may not have known the provider's id, or by
/// rescue, which put the message in doubt when the lease had run out; then the answer ends the doubt.
async fn late(
    tx: &mut Tx,
    answer: &Answer<'_>,
    settings: &Settings,
    jitter: f64,
    now: Instant,
) -> Result<(), StoreError> {
    if let Outcome::Accepted { provider_id } = answer.outcome {
        store::attempt::note_provider_id(tx, answer.flight.attempt_id, provider_id).await?;
    }
    if answer.flight.state != State::Sending || matches!(answer.outcome, Outcome::Unknown { .. }) {
        return Ok(());
    }
    let flight = InFlight {
        state: State::Unknown,
        owner: "",
        attempt_state: AttemptState::Unknown,
        ..answer.flight.clone()
    };
    let doubted = Answer {
        flight,
        ..answer.clone()
    };
    let step = step(&doubted, settings, jitter, now);
    // Where the attempt is not in doubt the message may be, for a later attempt than this one.
    if store::attempt::settle(tx, &end(&doubted, &step, now), AttemptState::Unknown).await?
        && let Some(settlement) = settlement(&doubted.flight, step, now)
    {
        store::outbox::settle(tx, &settlement).await?;
    }
    Ok(())
}

fn end<'a>(answer: &Answer<'a>, step: &Step, now: Instant) -> AttemptEnd<'a> {
    let failure = failure(answer.outcome);
    AttemptEnd {
        provider_id: match answer.outcome {
            Outcome::Accepted { provider_id } => Some(provider_id),
            _ => None,
        },
        code: failure.and_then(|failure| failure.code),
        failure: failure.map(|failure| failure.text.as_str()),
        look_at: step.look_at,
        ..AttemptEnd::new(answer.flight.attempt_id, step.attempt, now)
    }
}

/// How the message moves; not at all where the event does not apply to its state.
fn settlement<'a>(flight: &InFlight<'a>, step: Step, now: Instant) -> Option<Settlement<'a>> {
    let to = next(flight.state, step.event)?;
    Some(Settlement {
        owner: flight.owner,
        reason: step.reason,
        again: step.again,
        uncount: step.uncount,
        ..Settlement::new(&flight.message.id, flight.state, to, now)
    })
}

fn step(answer: &Answer<'_>, settings: &Settings, jitter: f64, now: Instant) -> Step {
    let flight = &answer.flight;
    match answer.outcome {
        Outcome::Accepted { .. } => Step {
            look_at: (flight.channel == Channel::Sms).then(|| now + RECEIPT_AFTER),
            ..Step::end(AttemptState::Accepted, Event::Accept)
        },
        Outcome::Unknown { .. } => Step {
            look_at: Some(now + FIRST_LOOK),
            ..Step::end(AttemptState::Unknown, Event::Doubt)
        },
        Outcome::Faulty { .. } => Step::end(AttemptState::Faulty, Event::Fail),
        Outcome::OptedOut { .. } | Outcome::Withdrawn => Step {
            reason: Some(Reason::OptedOut),
            ..Step::end(AttemptState::OptedOut, Event::Skip)
        },
        Outcome::Stop { spent: true, .. } => Step::end(AttemptState::Stopped, Event::Fail),
        // The sender is at fault: the message waits for it, without a tried attempt to its name.
        Outcome::Stop { spent: false, .. } => put_back(flight, AttemptState::Stopped, None, now, true),
        Outcome::Rejected { .. } => fall_on(flight, AttemptState::Rejected, now),
        Outcome::Retry {
            after,
            limit,
            whole_sender,
            ..
        } => {
            let tries = limit
                .map_or(settings.max_attempts, |limit| i64::from(limit) + 1)
                .min(settings.max_attempts);
            let due_at = answer.wait_until.unwrap_or_else(|| {
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

fn put_back(
    flight: &InFlight<'_>,
    attempt: AttemptState,
    due_at: Option<Instant>,
    now: Instant,
    uncount: bool,
) -> Step {
    let again = Again {
        due_at: due_at.unwrap_or(now),
        channel: Some(flight.channel),
        lane: flight.message.lane.clone(),
    };
    Step {
        again: Some(again),
        uncount,
        ..Step::end(attempt, Event::PutBack)
    }
}

/// On to the next channel, at once; where none is left the message has failed.
fn fall_on(flight: &InFlight<'_>, attempt: AttemptState, now: Instant) -> Step {
    let channels: Vec<Channel> = flight
        .message
        .channels
        .split(',')
        .filter_map(|text| text.parse().ok())
        .collect();
    let rest = remaining_channels(&channels, flight.customer.channel, Some(flight.channel));
    let next = rest
        .into_iter()
        .skip(1)
        .find(|channel| flight.customer.address(*channel).is_some());
    match next {
        Some(channel) => {
            let again = Again {
                due_at: now,
                channel: Some(channel),
                lane: lane(Some(channel), flight.business),
            };
            Step {
                again: Some(again),
                ..Step::end(attempt, Event::PutBack)
            }
        }
        None => Step::end(attempt, Event::Fail),
    }
}

async fn follow_up(
    tx: &mut Tx,
    flight: &InFlight<'_>,
    outcome: &Outcome,
    now: Instant,
) -> Result<Concluded, StoreError> {
    let mut concluded = Concluded::default();
    match outcome {
        Outcome::Rejected {
            bad_address: true,
            failure,
        } => {
            let Failure { code, text } = failure;
            store::ledger::add_bad_address(tx, flight.channel, flight.address, *code, text, now).await?;
        }
        Outcome::OptedOut { failure } => {
            let source = format!(
                "carrier {}",
                failure.code.map_or_else(String::new, |code| code.to_string())
            );
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
            concluded.opted_out = Some((flight.channel, flight.address.to_owned()));
        }
        Outcome::Stop { failure, .. } => {
            let paused = PausedLane {
                lane: flight.message.lane.clone(),
                code: failure.code,
                failure: failure.text.clone(),
                at: now,
            };
            if store::lane::pause(tx, &paused).await? {
                concluded.paused = Some(paused);
            }
        }
        _ => {}
    }
    Ok(concluded)
}

const fn failure(outcome: &Outcome) -> Option<&Failure> {
    match outcome {
        Outcome::Accepted { .. } | Outcome::Withdrawn => None,
        Outcome::Retry { failure, .. }
        | Outcome::Rejected { failure, .. }
        | Outcome::OptedOut { failure }
        | Outcome::Faulty { failure }
        | Outcome::Stop { failure, .. }
        | Outcome::Unknown { failure } => Some(failure),
    }
}
