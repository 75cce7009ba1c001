//! Calls to carriers, a few at a time. What is handed over waits for a free caller, and answers wait for the lane, which
//! hears of them in bulk: a task for each call, and waking the lane for each answer, would cost as much as the call does.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::Notify;

/// How a call is made.
type Call<J, A> = dyn Fn(J) -> BoxFuture<'static, A> + Send + Sync;

/// The callers of one lane. A caller is a task that ends when nothing waits any more.
pub(super) struct Callers<J, A> {
    shared: Arc<Shared<J, A>>,
    /// Calls at once.
    most: usize,
    runtime: Handle,
}

struct Shared<J, A> {
    call: Box<Call<J, A>>,
    inside: Mutex<Inside<J, A>>,
    /// There are answers where there were none.
    heard: Notify,
    /// The calls under way have fallen to `Inside::enough`.
    fallen: Notify,
}

struct Inside<J, A> {
    waiting: VecDeque<J>,
    callers: usize,
    under_way: usize,
    enough: usize,
    answers: Vec<A>,
}

impl<J: Send + 'static, A: Send + 'static> Callers<J, A> {
    pub(super) fn new(
        most: usize,
        runtime: Handle,
        call: impl Fn(J) -> BoxFuture<'static, A> + Send + Sync + 'static,
    ) -> Self {
        let inside = Inside {
            waiting: VecDeque::new(),
            callers: 0,
            under_way: 0,
            enough: 0,
            answers: Vec::new(),
        };
        let shared = Shared {
            call: Box::new(call),
            inside: Mutex::new(inside),
            heard: Notify::new(),
            fallen: Notify::new(),
        };
        Self {
            shared: Arc::new(shared),
            most,
            runtime,
        }
    }

    /// Makes these calls, in their order.
    pub(super) fn make(&self, jobs: impl IntoIterator<Item = J>) {
        let mut inside = self.shared.inside();
        let before = inside.waiting.len();
        inside.waiting.extend(jobs);
        inside.under_way += inside.waiting.len() - before;
        let wanted = self.most.min(inside.callers + inside.waiting.len());
        for _ in inside.callers..wanted {
            self.runtime.spawn(Arc::clone(&self.shared).work());
        }
        inside.callers = inside.callers.max(wanted);
    }

    /// Calls that wait or are being made.
    pub(super) fn under_way(&self) -> usize {
        self.shared.inside().under_way
    }

    /// The answers since the last time.
    pub(super) fn answers(&self) -> Vec<A> {
        std::mem::take(&mut self.shared.inside().answers)
    }

    /// Waits until there is an answer; for ever where no call is under way.
    pub(super) async fn answer(&self) {
        while self.shared.inside().answers.is_empty() {
            self.shared.heard.notified().await;
        }
    }

    /// Waits until at most `enough` calls are under way. May end early.
    pub(super) async fn fall_to(&self, enough: usize) {
        let falling = {
            let mut inside = self.shared.inside();
            inside.enough = enough;
            inside.under_way > enough
        };
        if falling {
            self.shared.fallen.notified().await;
        }
    }
}

impl<J, A> Shared<J, A> {
    fn inside(&self) -> MutexGuard<'_, Inside<J, A>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call; none: this caller is not needed any more.
    fn next(&self) -> Option<J> {
        let mut inside = self.inside();
        let job = inside.waiting.pop_front();
        if job.is_none() {
            inside.callers -= 1;
        }
        job
    }

    /// A call has ended; without an answer where it broke down.
    fn end(&self, answer: Option<A>) {
        let mut inside = self.inside();
        inside.under_way -= 1;
        let first = inside.answers.is_empty() && answer.is_some();
        inside.answers.extend(answer);
        let fallen = inside.under_way == inside.enough;
        drop(inside);
        if first {
            self.heard.notify_one();
        }
        if fallen {
            self.fallen.notify_one();
        }
    }

    async fn work(self: Arc<Self>) {
        while let Some(job) = self.next() {
            let answer = AssertUnwindSafe(async { (self.call)(job).await }).catch_unwind().await;
            if answer.is_err() {
                // The claim stays until its lease ends, then rescue treats it as of unknown outcome.
                tracing::error!("a call to the carrier broke down");
            }
            self.end(answer.ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    /// Three callers that answer with what they were given, each once it is let through; 13 is their undoing.
    struct Line {
        callers: Callers<u32, u32>,
        gate: Arc<Semaphore>,
        /// Most calls that were being made at once.
        most: Arc<AtomicUsize>,
    }

    impl Line {
        fn new() -> Self {
            let gate = Arc::new(Semaphore::new(0));
            let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let (let_through, highest) = (Arc::clone(&gate), Arc::clone(&most));
            let callers = Callers::new(3, Handle::current(), move |number: u32| {
                let (gate, now, most) = (Arc::clone(&let_through), Arc::clone(&now), Arc::clone(&highest));
                async move {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    gate.acquire().await.expect("it is never closed").forget();
                    now.fetch_sub(1, Ordering::SeqCst);
                    assert_ne!(number, 13, "a carrier's fault");
                    number
                }
                .boxed()
            });
            Self { callers, gate, most }
        }
    }

    #[tokio::test]
    async fn a_few_calls_are_made_at_once_and_all_are_answered() {
        let line = Line::new();
        line.callers.make(0..10);
        assert_eq!(line.callers.under_way(), 10);
        while line.most.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
        line.gate.add_permits(10);
        line.callers.fall_to(0).await;
        let mut answers = line.callers.answers();
        answers.sort_unstable();
        assert!(answers.into_iter().eq(0..10));
        assert_eq!((line.callers.under_way(), line.most.load(Ordering::SeqCst)), (0, 3));
        line.callers.make([11]);
        line.gate.add_permits(1);
        line.callers.answer().await;
        assert_eq!(
            line.callers.answers(),
            [11],
            "callers begin again after they have ended"
        );
    }

    #[tokio::test]
    async fn a_lane_is_woken_when_few_enough_calls_are_left_and_not_before() {
        let line = Line::new();
        line.callers.make(0..5);
        let mut woken = std::pin::pin!(line.callers.fall_to(2));
        assert!(woken.as_mut().now_or_never().is_none());
        line.gate.add_permits(2);
        line.callers.answer().await;
        while line.callers.under_way() > 3 {
            tokio::task::yield_now().await;
        }
        assert!(woken.as_mut().now_or_never().is_none());
        line.gate.add_permits(1);
        woken.await;
        assert_eq!(line.callers.under_way(), 2);
        assert!(line.callers.fall_to(2).now_or_never().is_some(), "they are few already");
    }

    #[tokio::test]
    async fn a_call_that_breaks_down_has_ended_and_keeps_none_waiting() {
        let line = Line::new();
        line.gate.add_permits(5);
        line.callers.make([13, 13, 13, 13, 14]);
        line.callers.fall_to(0).await;
        assert_eq!(line.callers.answers(), [14]);
    }
}
