//! The live loop of a lane: sleeps until the next message is due, never polls, keeps calls and commits overlapping.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use super::Dispatcher;
use super::round::{Answered, Lane, carry};
use crate::domain::instant::Instant;

/// A sleeping lane looks again after this time at the latest: the machine's clock may have been set, or suspended.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// After a round that could not be worked (a full disk), the next one waits this long.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// A lane claims ahead what it will send within this time: enough to keep the carrier busy while a commit is under
/// way, little enough that a crash leaves few claims that were never tried.
const CLAIM_AHEAD: Duration = Duration::from_millis(60);

/// Most that a lane ever claims ahead.
const MOST_AHEAD: usize = 1_000;

/// Wakes sleeping lanes: something was planned, released or resumed.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Wakes every lane.
    pub fn all(&self) {
        self.0.notify_waiters();
    }
}

/// How many messages a second a lane completes, as a running mean: decides how far ahead it claims.
#[derive(Debug, Default)]
struct Pace {
    per_second: f64,
    since: Option<Instant>,
    count: u32,
}

impl Pace {
    fn note(&mut self, completed: usize, now: Instant) {
        let since = *self.since.get_or_insert(now);
        self.count += u32::try_from(completed).unwrap_or(u32::MAX);
        let elapsed = now.since(since).num_milliseconds();
        if elapsed >= 100 {
            let elapsed = f64::from(i32::try_from(elapsed).unwrap_or(i32::MAX)) / 1000.0;
            self.per_second = f64::midpoint(self.per_second, f64::from(self.count) / elapsed);
            (self.since, self.count) = (Some(now), 0);
        }
    }

    fn ahead(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is finite and positive"
        )]
        let ahead = (self.per_second * CLAIM_AHEAD.as_secs_f64()) as usize;
        ahead.min(MOST_AHEAD)
    }
}

/// Works a lane until `stop` says so; then waits for the calls under way and settles them.
pub async fn run(dispatcher: Dispatcher, lane: String, wake: Wake, mut stop: watch::Receiver<bool>) {
    let mut worker = Worker::new(dispatcher, &lane);
    loop {
        // Listening starts before the look into the database, so that nothing planned in between is slept through.
        let notified = wake.0.notified();
        tokio::pin!(notified);
        notified.as_mut().enable();
        let stopping = *stop.borrow();
        if stopping && worker.calls.is_empty() && worker.answered.is_empty() {
            return;
        }
        let wait = worker.turn(stopping).await;
        tokio::select! {
            () = &mut notified => {}
            _ = stop.changed(), if !stopping => {}
            Some(answered) = worker.calls.join_next() => worker.note(answered),
            // Also with answers in hand: then the last round could not be written, and is tried again after this wait.
            () = tokio::time::sleep(wait) => {}
        }
        worker.note_all_ready();
    }
}

struct Worker {
    dispatcher: Dispatcher,
    lane: Lane,
    calls: JoinSet<Answered>,
    answered: Vec<Answered>,
    slots: Arc<Semaphore>,
    pace: Pace,
    next_at: Option<Instant>,
}

impl Worker {
    fn new(dispatcher: Dispatcher, lane: &str) -> Self {
        let now = dispatcher.clock.now();
        Self {
            lane: Lane::new(lane, &dispatcher, now),
            calls: JoinSet::new(),
            answered: Vec::new(),
            slots: Arc::new(Semaphore::new(dispatcher.settings.concurrency)),
            pace: Pace::default(),
            next_at: None,
            dispatcher,
        }
    }

    /// Works one round where there is something to do. Returns how long there is nothing to do after it.
    async fn turn(&mut self, stopping: bool) -> Duration {
        let now = self.dispatcher.clock.now();
        let most = self.dispatcher.settings.concurrency + self.pace.ahead();
        let room = if stopping {
            0
        } else {
            most.saturating_sub(self.calls.len())
        };
        if room == 0 && self.answered.is_empty() {
            return LONGEST_SLEEP;
        }
        let worked = self.lane.turn(&self.dispatcher, &self.answered, room, now).await;
        let turn = match worked {
            Ok(turn) => turn,
            Err(error) => {
                // Nothing was written: what was answered is settled in a later round, its lease still holds.
                tracing::error!(lane = %self.lane.name, %error, "a round of sending could not be written");
                return AFTER_ERROR;
            }
        };
        self.pace.note(self.answered.len(), now);
        self.answered.clear();
        for job in turn.prepared.jobs {
            let (dispatcher, slots) = (self.dispatcher.clone(), Arc::clone(&self.slots));
            self.calls.spawn(async move {
                // The semaphore is never closed; a closed one would only mean no limit.
                let _slot = slots.acquire_owned().await;
                carry(&dispatcher, job).await
            });
        }
        self.next_at = turn.next_at;
        self.until_next(room)
    }

    fn until_next(&self, room: usize) -> Duration {
        let now = self.dispatcher.clock.now();
        match self.next_at {
            // Everything that could be claimed was: the next round comes with the next answer.
            Some(_) if room == 0 || self.calls.len() >= self.dispatcher.settings.concurrency => LONGEST_SLEEP,
            Some(at) => at.since(now).to_std().unwrap_or(Duration::ZERO).min(LONGEST_SLEEP),
            None => LONGEST_SLEEP,
        }
    }

    fn note(&mut self, answered: Result<Answered, tokio::task::JoinError>) {
        match answered {
            Ok(answered) => self.answered.push(answered),
            // The claim stays until its lease ends, then rescue treats it as of unknown outcome.
            Err(error) => tracing::error!(lane = %self.lane.name, %error, "a call to the carrier broke down"),
        }
    }

    fn note_all_ready(&mut self) {
        while let Some(answered) = self.calls.try_join_next() {
            self.note(answered);
        }
    }
}
