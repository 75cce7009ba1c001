//! A carrier for tests and benchmarks: remembers what it was given, answers what it was told to.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{AskError, Carrier, Found, Lookup, Outcome, Outgoing, Receipt, Received};
use crate::domain::instant::Instant;

/// Decides what becomes of a message.
type Answer = Box<dyn Fn(&Outgoing) -> Outcome + Send + Sync>;

/// The carrier. Share it in an `Arc` and keep one handle to look into.
pub struct Memory {
    answer: Answer,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    forgetful: bool,
    count: usize,
    sent: Vec<Outgoing>,
    script: VecDeque<Outcome>,
    found: Vec<Found>,
    lookups: Vec<Lookup>,
    received: Vec<Received>,
}

impl Default for Memory {
    /// Accepts everything; the provider id is `memory-<attempt>`.
    fn default() -> Self {
        Self::answering(|outgoing| Outcome::Accepted {
            provider_id: format!("memory-{}", outgoing.attempt_id),
        })
    }
}

impl Memory {
    /// Answers each message with what the function says, once the script has run out.
    #[must_use]
    pub fn answering(answer: impl Fn(&Outgoing) -> Outcome + Send + Sync + 'static) -> Self {
        Self {
            answer: Box::new(answer),
            inside: Mutex::default(),
        }
    }

    /// Counts without remembering: for benchmarks that send more than fits.
    #[must_use]
    pub fn forgetful(self) -> Self {
        self.inside().forgetful = true;
        self
    }

    /// Adds an outcome to the script: the next sends get the scripted outcomes in order.
    pub fn then(&self, outcome: Outcome) {
        self.inside().script.push_back(outcome);
    }

    /// What `find` answers from now on.
    pub fn set_found(&self, found: Vec<Found>) {
        self.inside().found = found;
    }

    /// Adds a message of a customer to what `received` lists.
    pub fn receive(&self, received: Received) {
        self.inside().received.push(received);
    }

    /// Every message it was given, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Outgoing> {
        self.inside().sent.clone()
    }

    /// How many messages it was given.
    #[must_use]
    pub fn count(&self) -> usize {
        self.inside().count
    }

    /// Every lookup it was asked for, in order.
    #[must_use]
    pub fn lookups(&self) -> Vec<Lookup> {
        self.inside().lookups.clone()
    }

    /// A test that panicked while looking must not hide its own message behind a poisoned lock.
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Carrier for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn send(&self, outgoing: &Outgoing) -> Outcome {
        let scripted = {
            let mut inside = self.inside();
            inside.count += 1;
            if !inside.forgetful {
                inside.sent.push(outgoing.clone());
            }
            inside.script.pop_front()
        };
        scripted.unwrap_or_else(|| (self.answer)(outgoing))
    }

    async fn find(&self, lookup: &Lookup) -> Result<Vec<Found>, AskError> {
        let mut inside = self.inside();
        inside.lookups.push(lookup.clone());
        Ok(inside.found.clone())
    }

    async fn receipt(&self, _provider_id: &str) -> Result<Option<Receipt>, AskError> {
        Ok(None)
    }

    async fn received(&self, number: &str, since: Instant) -> Result<Vec<Received>, AskError> {
        let inside = self.inside();
        let wanted = |received: &&Received| received.recipient == number && received.at.is_none_or(|at| at >= since);
        Ok(inside.received.iter().filter(wanted).cloned().collect())
    }

    async fn probe(&self) -> Result<String, AskError> {
        Ok("nothing is sent; messages stay in memory".to_owned())
    }
}
