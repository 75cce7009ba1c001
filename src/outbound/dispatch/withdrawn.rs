//! Who has opted out since a message was claimed. A claimed message has had its last look, and may wait for a free slot:
//! what was written to the ledger in between, by whatever process, is read here before the carrier is called.
//!
//! The ledger is only ever added to, so that its lines can be told by their number: a claim notes the last one that it
//! could see, and only later ones matter to its messages. They are read at once when this process has written some,
//! and at most `FRESH` after another one has; never for each message.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::prepare::Job;
use crate::domain::message::{Channel, Purpose};
use crate::outbound::notice::goes_despite_opt_out;
use crate::outbound::recipient::is_alert;
use crate::store::ledger::LateLine;
use crate::store::{self, Store, StoreError, Tx};

/// How old a look into the ledger may be when a carrier is called.
const FRESH: Duration = Duration::from_millis(100);

/// How far the ledger had been written when a claim was made, and when that was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    line: i64,
    at: Instant,
}

/// A line that was written after some claim.
#[derive(Clone, Debug)]
struct Late {
    line: i64,
    channel: Option<Channel>,
    purpose: Option<Purpose>,
    given: bool,
    read_at: Instant,
}

/// Whom a line speaks of, in a business: a customer or an address.
type Whom = (String, String);

/// What the ledger says to claims that were made before it was said.
#[derive(Debug, Default)]
pub struct Withdrawn {
    read: Mutex<Read>,
    /// Held during a look: whoever comes meanwhile waits for it rather than look as well.
    looking: tokio::sync::Mutex<()>,
    /// This process has written to the ledger since the last look.
    written: AtomicBool,
}

/// What was read of the ledger since the first claim.
#[derive(Debug, Default)]
struct Read {
    /// The last line, and when that was looked at; none: nothing was claimed yet.
    up_to: Option<Seen>,
    /// Of those of whom a withdrawal is known.
    late: HashMap<Whom, Vec<Late>>,
}

impl Withdrawn {
    /// Says that this process has written a withdrawal, or undone one, and committed it.
    pub fn written(&self) {
        self.written.store(true, Ordering::SeqCst);
    }

    /// What the claim that this transaction makes can see.
    pub(super) async fn seen(&self, tx: &mut Tx) -> Result<Seen, StoreError> {
        let seen = Seen {
            line: store::ledger::last_line(tx).await?,
            at: Instant::now(),
        };
        self.inside().up_to.get_or_insert(seen);
        Ok(seen)
    }

    /// Whether a job must not be carried: its receiver has withdrawn since it was claimed. Lines that were read longer
    /// than `keep` ago, the time a claim can live, are forgotten.
    pub(super) async fn stops(&self, store: &Store, job: &Job, claim: Seen, keep: Duration) -> bool {
        let message = &job.message;
        if goes_despite_opt_out(message.item_kind, &message.rule_id) || is_alert(&message.template) {
            return false;
        }
        if !self.is_fresh(claim) {
            self.look(store, claim, keep).await;
        }
        let inside = self.inside();
        if inside.late.is_empty() {
            return false;
        }
        let covers = |late: &&Late| {
            late.line > claim.line
                && late.channel.is_none_or(|channel| channel == job.channel)
                && late.purpose.is_none_or(|purpose| purpose == message.purpose)
        };
        let last = [&job.outgoing.to, &message.customer_id]
            .into_iter()
            .filter_map(|whom| inside.late.get(&(message.business_id.clone(), whom.clone())))
            .flatten()
            .filter(covers)
            .max_by_key(|late| late.line);
        last.is_some_and(|late| !late.given)
    }

    /// Whether nothing but what another process wrote a moment ago can have been missed.
    fn is_fresh(&self, claim: Seen) -> bool {
        let looked_at = self.inside().up_to.map_or(claim.at, |seen| seen.at.max(claim.at));
        !self.written.load(Ordering::SeqCst) && looked_at.elapsed() < FRESH
    }

    async fn look(&self, store: &Store, claim: Seen, keep: Duration) {
        let _alone = self.looking.lock().await;
        if self.is_fresh(claim) {
            return;
        }
        // Before the look: what is written from here on asks for another one.
        self.written.store(false, Ordering::SeqCst);
        let at = Instant::now();
        let up_to = self.inside().up_to.map_or(claim.line, |seen| seen.line);
        match read_after(store, up_to).await {
            Ok(lines) => self.inside().note(lines, at, keep),
            // The claim's own look stands; the next call tries again.
            Err(error) => {
                self.written();
                tracing::warn!(%error, "the ledger can't be asked for late opt-outs");
            }
        }
    }

    fn inside(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_after(store: &Store, line: i64) -> Result<Vec<LateLine>, StoreError> {
    store::ledger::lines_after(&mut store.read().await?, line).await
}

impl Read {
    fn note(&mut self, lines: Vec<LateLine>, at: Instant, keep: Duration) {
        self.late.retain(|_, late| {
            late.retain(|line| at.duration_since(line.read_at) <= keep);
            !late.is_empty()
        });
        let mut last = self.up_to.map_or(0, |seen| seen.line);
        for line in lines {
            last = last.max(line.line);
            let late = Late {
                line: line.line,
                channel: line.channel,
                purpose: line.purpose,
                given: line.given,
                read_at: at,
            };
            for whom in line.address.into_iter().chain(line.customer_id) {
                let whom = (line.business_id.clone(), whom);
                // A yes matters only to whom a no is known of: an import of many yeses leaves nothing here.
                if late.given && !self.late.contains_key(&whom) {
                    continue;
                }
                self.late.entry(whom).or_default().push(late.clone());
            }
        }
        self.up_to = Some(Seen { line: last, at });
    }
}
