//! Who has opted out in the last minutes. A claimed message has had its last look, and may wait for a free slot: the
//! withdrawal that comes in between is known here, without asking the database before every call.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::prepare::Job;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::outbound::notice::goes_despite_opt_out;

/// What is withdrawn of an address, and when.
#[derive(Clone, Debug)]
struct Scope {
    business_id: String,
    channel: Option<Channel>,
    purpose: Option<Purpose>,
    at: Instant,
}

/// The withdrawals that a claim made before them can't have seen in the ledger.
#[derive(Debug, Default)]
pub struct Withdrawn {
    by_address: Mutex<HashMap<String, Vec<Scope>>>,
    /// Mostly nobody: then no lock is taken.
    count: AtomicUsize,
}

impl Withdrawn {
    /// Notes a withdrawal that is committed. Those older than `keep`, the time a claim can live, are forgotten.
    pub fn note(
        &self,
        business_ids: &[String],
        address: &str,
        channel: Option<Channel>,
        purpose: Option<Purpose>,
        keep: Duration,
        now: Instant,
    ) {
        let mut inside = self.inside();
        let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        inside.retain(|_, scopes| {
            scopes.retain(|scope| now.since(scope.at).num_milliseconds() <= keep);
            !scopes.is_empty()
        });
        let scopes = inside.entry(address.to_owned()).or_default();
        scopes.extend(business_ids.iter().map(|business_id| Scope {
            business_id: business_id.clone(),
            channel,
            purpose,
            at: now,
        }));
        self.count.store(inside.len(), Ordering::SeqCst);
    }

    /// The address may be written to again: what the ledger says counts alone.
    pub fn forget(&self, address: &str) {
        let mut inside = self.inside();
        inside.remove(address);
        self.count.store(inside.len(), Ordering::SeqCst);
    }

    /// Whether a job must not be carried: its receiver has withdrawn since it was claimed.
    pub(super) fn stops(&self, job: &Job) -> bool {
        if self.count.load(Ordering::SeqCst) == 0 || goes_despite_opt_out(job.message.item_kind, &job.message.rule_id) {
            return false;
        }
        self.inside().get(&job.outgoing.to).is_some_and(|scopes| {
            scopes.iter().any(|scope| {
                scope.business_id == job.message.business_id
                    && scope.at >= job.outgoing.now
                    && scope.channel.is_none_or(|channel| channel == job.channel)
                    && scope.purpose.is_none_or(|purpose| purpose == job.message.purpose)
            })
        })
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<String, Vec<Scope>>> {
        self.by_address.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
