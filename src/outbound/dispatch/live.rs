//! The live loop of a lane: sleeps until the next message is due, never polls, keeps calls and commits overlapping.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use super::Dispatcher;
use super::round::{Answered, Lane, carry};
use crate::domain::instant::Instant;

/// A sleeping lane looks again after this time at the latest: the machine's clock may have been set, or suspended.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// After a round that could not be worked (a full disk), the next one waits this long.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// While the carrier has enough to do, answers wait this long at most for others to be written with.
const LONGEST_UNWRITTEN: Duration = Duration::from_millis(20);

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

/// How far a lane claims ahead: what its carrier answers within two rounds. Enough to keep the carrier busy while a
/// round is written, little enough that a crash leaves few claims that were never tried.
#[derive(Debug, Default)]
struct Pace {
    /// When the last round began.
    last: Option<tokio::time::Instant>,
    /// Answers a second, as a running mean.
    rate: f64,
    /// Seconds that a round takes, as a running mean.
    round: f64,
}

impl Pace {
    fn note(&mut self, answered: usize, began: tokio::time::Instant) {
        if let Some(last) = self.last.replace(began) {
            let answered = f64::from(u32::try_from(answered).unwrap_or(u32::MAX));
            let rate = answered / (began - last).as_secs_f64().max(0.001);
            self.rate = f64::midpoint(self.rate, rate);
        }
        self.round = f64::midpoint(self.round, began.elapsed().as_secs_f64());
    }

    fn ahead(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is finite and positive"
        )]
        let ahead = (6.0 * self.rate * self.round) as usize;
        ahead.min(MOST_AHEAD)
    }
}

/// Calls that have been started and have not ended. Says when few enough are left: waking the lane for each answer would
/// cost more than the answer does.
#[derive(Debug, Default)]
struct UnderWay {
    calls: AtomicUsize,
    enough: AtomicUsize,
    reached: Notify,
}

impl UnderWay {
    /// A call that counts until it is dropped, whether it ends or breaks down.
    fn start(self: &Arc<Self>) -> Counted {
        self.calls.fetch_add(1, Ordering::SeqCst);
        Counted(Arc::clone(self))
    }

    /// Waits until at most `enough` calls are left. May end early.
    async fn falls_to(&self, enough: usize) {
        self.enough.store(enough, Ordering::SeqCst);
        if self.calls.load(Ordering::SeqCst) > enough {
            self.reached.notified().await;
        }
    }
}

struct Counted(Arc<UnderWay>);

impl Drop for Counted {
    fn drop(&mut self) {
        let left = self.0.calls.fetch_sub(1, Ordering::SeqCst) - 1;
        if left == self.0.enough.load(Ordering::SeqCst) {
            self.0.reached.notify_one();
        }
    }
}

/// The thread on which rounds are worked. Calls to carriers stay where they are started from: a round goes to the
/// database and back a dozen times, and would each time wait behind their many small tasks.
#[derive(Debug)]
pub struct RoundsThread(Option<Runtime>);

impl RoundsThread {
    /// Starts it.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("rounds")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Works a lane until `stop` says so; then waits for the calls under way and settles them. Ends with a panic where
    /// the lane's work does.
    pub fn work(
        &self,
        dispatcher: Dispatcher,
        lane: String,
        wake: Wake,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + use<> {
        let calls = Handle::current();
        let work = self
            .0
            .as_ref()
            .map(|runtime| runtime.spawn(run(dispatcher, lane, wake, stop, calls)));
        async move {
            if let Some(Err(error)) = futures::future::OptionFuture::from(work).await
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

impl Drop for RoundsThread {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting for its end is not allowed where it is dropped, inside of the other runtime.
            runtime.shutdown_background();
        }
    }
}

async fn run(dispatcher: Dispatcher, lane: String, wake: Wake, mut stop: watch::Receiver<bool>, carriers: Handle) {
    let mut worker = Worker::new(dispatcher, &lane, carriers);
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
            () = worker.hear() => {}
            // Also with answers in hand: then the last round could not be written, and is tried again after this wait.
            () = tokio::time::sleep(wait) => {}
        }
        worker.note_all_ready();
    }
}

struct Worker {
    dispatcher: Dispatcher,
    lane: Lane,
    /// Where calls run.
    carriers: Handle,
    calls: JoinSet<Answered>,
    under_way: Arc<UnderWay>,
    answered: Vec<Answered>,
    slots: Arc<Semaphore>,
    pace: Pace,
    next_at: Option<Instant>,
}

impl Worker {
    fn new(dispatcher: Dispatcher, lane: &str, carriers: Handle) -> Self {
        let now = dispatcher.clock.now();
        Self {
            lane: Lane::new(lane, &dispatcher, now),
            carriers,
            calls: JoinSet::new(),
            under_way: Arc::default(),
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
        let began = tokio::time::Instant::now();
        let worked = self.lane.turn(&self.dispatcher, &self.answered, room, now).await;
        let turn = match worked {
            Ok(turn) => turn,
            Err(error) => {
                // Nothing was written: what was answered is settled in a later round, its lease still holds.
                tracing::error!(lane = %self.lane.name, %error, "a round of sending could not be written");
                return AFTER_ERROR;
            }
        };
        self.pace.note(self.answered.len(), began);
        self.answered.clear();
        let ledger = turn.ledger;
        for job in turn.prepared.jobs {
            let (dispatcher, slots) = (self.dispatcher.clone(), Arc::clone(&self.slots));
            let counted = self.under_way.start();
            let call = async move {
                let _counted = counted;
                // The semaphore is never closed; a closed one would only mean no limit.
                let _slot = slots.acquire_owned().await;
                carry(&dispatcher, job, ledger).await
            };
            self.calls.spawn_on(call, &self.carriers);
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

    /// Waits for an answer, and for more while the carrier has enough to do: a round costs much the same for one as for
    /// many. Forever where no call is under way.
    async fn hear(&mut self) {
        let enough = self.dispatcher.settings.concurrency + self.pace.ahead() / 2;
        let Some(answered) = self.calls.join_next().await else {
            return std::future::pending().await;
        };
        self.note(answered);
        tokio::select! {
            () = self.under_way.falls_to(enough) => {}
            () = tokio::time::sleep(LONGEST_UNWRITTEN) => {}
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

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_lane_is_woken_when_few_enough_calls_are_left_and_not_before() {
        let under_way: Arc<UnderWay> = Arc::default();
        let mut calls: Vec<_> = (0..5).map(|_| under_way.start()).collect();
        let mut woken = std::pin::pin!(under_way.falls_to(2));
        assert!(woken.as_mut().now_or_never().is_none());
        calls.truncate(3);
        assert!(woken.as_mut().now_or_never().is_none());
        calls.truncate(2);
        assert!(woken.as_mut().now_or_never().is_some());
        assert!(under_way.falls_to(2).now_or_never().is_some(), "they are few already");
    }

    #[tokio::test]
    async fn a_call_that_breaks_down_has_ended() {
        let under_way: Arc<UnderWay> = Arc::default();
        let call = under_way.start();
        let broken = tokio::spawn(async move {
            let _call = call;
            panic!("a carrier's fault");
        });
        under_way.falls_to(0).await;
        assert!(broken.await.is_err());
    }
}
