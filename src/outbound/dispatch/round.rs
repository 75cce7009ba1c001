//! One round of a lane: settle what was sent, claim what is due, hand it to the carrier.

use futures::StreamExt;
use futures::stream;
use tokio::task::spawn_blocking;

use super::limiter::Limiter;
use super::prepare::{Claim, Job, Prepared};
use super::withdrawn::Seen;
use super::{Answer, Concluded, DispatchError, Dispatcher, InFlight, channel_of, conclude};
use crate::carrier::Outcome;
use crate::domain::attempt::AttemptState;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, State};
use crate::inbound::consent::{self, Wish};
use crate::outbound::plan::{Desk, replan_customer};
use crate::store::{self, Tx};

/// A job that its carrier has answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub job: Box<Job>,
    pub outcome: Outcome,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Handed to a carrier.
    pub sent: u64,
    /// Skipped, put off, or put on the call list.
    pub dealt_with: u64,
}

/// A lane as dispatch works it.
pub(super) struct Lane {
    pub name: String,
    pub limiter: Limiter,
}

impl Lane {
    pub(super) fn new(name: &str, dispatcher: &Dispatcher, now: Instant) -> Self {
        let per_second = match channel_of(name) {
            Channel::Sms => dispatcher.settings.sms_per_second,
            Channel::Email => dispatcher.settings.email_per_second,
            Channel::Call => 0.0,
        };
        Self {
            name: name.to_owned(),
            limiter: Limiter::new(per_second, now),
        }
    }

    /// One transaction: settles `answered`, then claims up to `room` due messages and makes them ready.
    pub(super) async fn turn(
        &mut self,
        dispatcher: &Dispatcher,
        answered: &[Answered],
        room: usize,
        now: Instant,
    ) -> Result<Turn, DispatchError> {
        let mut tx = dispatcher.store.write().await?;
        let jitter = rand::random::<f64>();
        let answers = self.read(dispatcher, answered, jitter, now);
        // Whatever is not plainly accepted may bear on what goes next: a stopped sender, an opt-out.
        let (plain, telling): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .partition(|answer| matches!(answer.outcome, Outcome::Accepted { .. }));
        settle(&mut tx, dispatcher, &telling, jitter, now).await?;
        let room = room.min(self.limiter.room(now));
        let claim = match room {
            0 => None,
            room => Claim::take(&mut tx, dispatcher, &self.name, room, now).await?,
        };
        let lease = claim.as_ref().map(|claim| claim.lease.clone());
        let looking = claim.map(|claim| {
            let dispatcher = dispatcher.clone();
            spawn_blocking(move || claim.look(&dispatcher, now))
        });
        if let Some(lease) = lease {
            store::claim::lease(&mut tx, &lease, now).await?;
        }
        settle(&mut tx, dispatcher, &plain, jitter, now).await?;
        let prepared = match looking {
            None => Prepared::default(),
            Some(looking) => match looking.await {
                Ok(looked) => looked?.write(&mut tx, dispatcher, now).await?,
                Err(broken) => std::panic::resume_unwind(broken.into_panic()),
            },
        };
        let ledger = match prepared.jobs.as_slice() {
            [] => None,
            _ => Some(dispatcher.withdrawn.seen(&mut tx).await?),
        };
        let taken = prepared.jobs.len() + usize::try_from(prepared.dealt_with).unwrap_or(usize::MAX);
        // Where the room was taken whole, more may be due already: nobody needs to ask.
        let next_due = match room {
            1.. if taken >= room => Some(now),
            _ => store::claim::next_due(&mut tx, &self.name).await?,
        };
        tx.commit().await?;
        if taken > 0 || !answered.is_empty() {
            dispatcher.changed.tell();
        }
        self.limiter
            .spend(prepared.jobs.iter().map(|job| job.segments.max(1)).sum());
        let next_at = next_due.map(|due| due.max(self.limiter.free_at(now)));
        Ok(Turn {
            prepared,
            ledger,
            next_at,
        })
    }

    /// What the answers mean for the lane itself, before anything is written.
    fn read<'a>(
        &mut self,
        dispatcher: &Dispatcher,
        answered: &'a [Answered],
        jitter: f64,
        now: Instant,
    ) -> Vec<Answer<'a>> {
        let read = answered.iter().map(|Answered { job, outcome }| {
            dispatcher.metrics.attempt(job.channel.as_str(), outcome.name());
            Answer {
                flight: job.in_flight(),
                outcome,
                wait_until: self.pace(outcome, jitter, now),
            }
        });
        read.collect()
    }

    /// Slows the lane down where the whole sender has failed; returns until when.
    fn pace(&mut self, outcome: &Outcome, jitter: f64, now: Instant) -> Option<Instant> {
        match outcome {
            Outcome::Retry {
                whole_sender: true,
                after,
                ..
            } => Some(self.limiter.back_off(*after, jitter, now)),
            Outcome::Accepted { .. } => {
                self.limiter.succeeded();
                None
            }
            _ => None,
        }
    }
}

async fn settle(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    answers: &[Answer<'_>],
    jitter: f64,
    now: Instant,
) -> Result<(), DispatchError> {
    let concluded = conclude(tx, answers, &dispatcher.settings, jitter, now).await?;
    for (answer, concluded) in answers.iter().zip(&concluded) {
        after_effects(tx, dispatcher, &answer.flight.business.id, concluded, now).await?;
    }
    Ok(())
}

impl Job {
    fn in_flight(&self) -> InFlight<'_> {
        InFlight {
            message: &self.message,
            state: State::Sending,
            owner: &self.lease_owner,
            attempt_id: &self.attempt_id,
            attempt_state: AttemptState::Started,
            channel: self.channel,
            address: &self.outgoing.to,
            business: &self.business,
            customer: &self.customer,
        }
    }
}

/// What a turn leaves to do.
#[derive(Debug)]
pub(super) struct Turn {
    pub prepared: Prepared,
    /// What the last look at its jobs could see of the ledger; none where there are no jobs.
    pub ledger: Option<Seen>,
    /// When the lane has something to do again; none: nothing is planned, or the lane waits for an operator.
    pub next_at: Option<Instant>,
}

/// Says loudly that a lane waits for an operator, and lets an opt-out show in the plans of everybody at that address.
///
/// # Errors
/// When the database fails.
pub async fn after_effects(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    business_id: &str,
    concluded: &Concluded,
    now: Instant,
) -> Result<(), DispatchError> {
    if let Some(paused) = &concluded.paused {
        tracing::error!(
            lane = %paused.lane,
            code = paused.code,
            failure = %paused.failure,
            "sending is stopped until somebody acts: mend the cause, then `daybefore outbox resume` (`daybefore doctor` tells more)"
        );
    }
    match &concluded.opted_out {
        Some((channel, address)) => tell_everybody(tx, dispatcher, business_id, *channel, address, now).await,
        None => Ok(()),
    }
}

/// A carrier's opt-out is from a sender, and so from every business that sends from it: also those that have yet to write
/// there.
async fn tell_everybody(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    business_id: &str,
    channel: Channel,
    address: &str,
    now: Instant,
) -> Result<(), DispatchError> {
    let unplannable = |error: crate::outbound::plan::PlanError| DispatchError::Business {
        business: business_id.to_owned(),
        reason: error.to_string(),
    };
    let businesses = store::business::all(tx).await?;
    let sender = businesses
        .iter()
        .find(|business| business.id == business_id)
        .map(|business| dispatcher.sender(channel, business));
    let sharing = businesses
        .iter()
        .filter(|business| business.id != business_id && Some(dispatcher.sender(channel, business)) == sender);
    let sharing: Vec<String> = sharing.map(|business| business.id.clone()).collect();
    let wish = Wish {
        business_ids: &sharing,
        address,
        channel: Some(channel),
        purpose: None,
        source: "carrier",
        wording: None,
    };
    consent::opt_out(tx, &dispatcher.zones, &wish, now)
        .await
        .map_err(unplannable)?;
    let desk = Desk::load(tx, &dispatcher.zones, business_id)
        .await
        .map_err(unplannable)?;
    for customer_id in store::ledger::customers_at(tx, business_id, address).await? {
        if let Some(customer) = store::customer::find(tx, &customer_id).await? {
            replan_customer(tx, &desk, &customer, now).await?;
        }
    }
    Ok(())
}

/// Hands a job to its carrier. A call never gets here: it has no carrier.
pub(super) async fn carry(dispatcher: &Dispatcher, job: Box<Job>, ledger: Option<Seen>) -> Answered {
    dispatcher
        .metrics
        .left(dispatcher.clock.now().since(job.message.due_at).num_milliseconds());
    let withdrawn = match ledger {
        Some(seen) => {
            let (store, lease) = (&dispatcher.store, dispatcher.settings.lease);
            dispatcher.withdrawn.stops(store, &job, seen, lease).await
        }
        None => false,
    };
    let outcome = match dispatcher.carrier(job.channel) {
        _ if withdrawn => Outcome::Withdrawn,
        Some(carrier) => match dispatcher.started.call(&job.attempt_id) {
            Some(call) => carrier.send_telling(&job.outgoing, call).await,
            None => carrier.send(&job.outgoing).await,
        },
        None => Outcome::Accepted {
            provider_id: job.attempt_id.clone(),
        },
    };
    Answered { job, outcome }
}

/// Works a lane until nothing is due: for a clock that stands still (rehearsals, the demonstration, tests).
///
/// # Errors
/// When a round can't be worked.
pub async fn drain(dispatcher: &Dispatcher, lane: &str) -> Result<Round, DispatchError> {
    let mut lane = Lane::new(lane, dispatcher, dispatcher.clock.now());
    let mut done = Round::default();
    let mut answered = Vec::new();
    loop {
        let turn = lane
            .turn(
                dispatcher,
                &answered,
                dispatcher.settings.concurrency,
                dispatcher.clock.now(),
            )
            .await?;
        if answered.is_empty() && turn.prepared.jobs.is_empty() && turn.prepared.dealt_with == 0 {
            return Ok(done);
        }
        done.sent += turn.prepared.jobs.len() as u64;
        done.dealt_with += turn.prepared.dealt_with;
        answered = stream::iter(turn.prepared.jobs)
            .map(|job| carry(dispatcher, job, turn.ledger))
            .buffer_unordered(dispatcher.settings.concurrency)
            .collect()
            .await;
    }
}
