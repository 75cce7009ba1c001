//! The live loop of a lane: sleeps until the next message is due, never polls, keeps calls and commits overlapping.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{Notify, watch};

use super::Dispatcher;
use super::callers::Callers;
use super::prepare::Job;
use super::round::{Answered, Lane, carry};
use super::withdrawn::Seen;
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
        // Asked for before the answers are: one that comes in between is among them.
        let idle = worker.callers.under_way() == 0;
        worker.answered.extend(worker.callers.answers());
        if stopping && idle && worker.answered.is_empty() {
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
    }
}

struct Worker {
    dispatcher: Dispatcher,
    lane: Lane,
    callers: Callers<(Box<Job>, Option<Seen>), Answered>,
    answered: Vec<Answered>,
    pace: Pace,
    next_at: Option<Instant>,
}

impl Worker {
    fn new(dispatcher: Dispatcher, lane: &str, carriers: Handle) -> Self {
        let caller = Arc::new(dispatcher.clone());
        let call = move |(job, ledger)| {
            let dispatcher = Arc::clone(&caller);
            async move { carry(&dispatcher, job, ledger).await }.boxed()
        };
        Self {
            lane: Lane::new(lane, &dispatcher, dispatcher.clock.now()),
            callers: Callers::new(dispatcher.settings.concurrency, carriers, call),
            answered: Vec::new(),
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
            most.saturating_sub(self.callers.under_way())
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
        self.callers
            .make(turn.prepared.jobs.into_iter().map(|job| (job, ledger)));
        self.next_at = turn.next_at;
        self.until_next(room)
    }

    fn until_next(&self, room: usize) -> Duration {
        let now = self.dispatcher.clock.now();
        match self.next_at {
            // Everything that could be claimed was: the next round comes with the next answer.
            Some(_) if room == 0 || self.callers.under_way() >= self.dispatcher.settings.concurrency => LONGEST_SLEEP,
            Some(at) => at.since(now).to_std().unwrap_or(Duration::ZERO).min(LONGEST_SLEEP),
            None => LONGEST_SLEEP,
        }
    }

    /// Waits for an answer, and for more while the carrier has enough to do: a round costs much the same for one as for
    /// many. For ever where no call is under way.
    async fn hear(&self) {
        let enough = self.dispatcher.settings.concurrency + self.pace.ahead() / 2;
        self.callers.answer().await;
        tokio::select! {
            () = self.callers.fall_to(enough) => {}
            () = tokio::time::sleep(LONGEST_UNWRITTEN) => {}
        }
    }
}
