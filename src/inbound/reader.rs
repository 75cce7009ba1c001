//! The readers: one for customers' messages, one for receipts. A webhook stores what came and wakes them; they read all
//! that is unread, in the order of storing. A burst of webhooks wakes them once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::{delivery, reply};
use crate::outbound::dispatch::{DispatchError, Dispatcher, Wake};

/// The first wait after an error; each further one is twice as long.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// No wait is longer: the schedule asks to read each minute too.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Says that something was stored that nobody has read.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    messages: Arc<Notify>,
    receipts: Arc<Notify>,
}

/// What a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// What customers have sent.
    Messages,
    /// What the provider tells of ours.
    Receipts,
}

impl Stored {
    /// A customer's message was stored.
    pub fn message(&self) {
        self.messages.notify_one();
    }

    /// A receipt was stored.
    pub fn receipt(&self) {
        self.receipts.notify_one();
    }
}

/// Reads until `stop` says so, first what is there already. What can't be read for an error of the database is tried
/// again, ever more rarely.
pub async fn read(dispatcher: Dispatcher, mail: Mail, stored: Stored, wake: Wake, mut stop: watch::Receiver<bool>) {
    let woken = match mail {
        Mail::Messages => stored.messages,
        Mail::Receipts => stored.receipts,
    };
    let mut failures = 0;
    while !*stop.borrow() {
        match read_all(&dispatcher, mail).await {
            Ok(0) => failures = 0,
            Ok(_) => {
                failures = 0;
                wake.all();
            }
            Err(error) => {
                failures += 1;
                let wait = wait_after(failures);
                tracing::error!(?mail, %error, ?wait, "what was stored can't be read yet");
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = stop.changed() => {}
                }
                continue;
            }
        }
        tokio::select! {
            // Keeps what was told while nobody listened: nothing that was stored meanwhile is slept through.
            () = woken.notified() => {}
            _ = stop.changed() => {}
        }
    }
}

async fn read_all(dispatcher: &Dispatcher, mail: Mail) -> Result<u64, DispatchError> {
    let now = dispatcher.clock.now();
    match mail {
        Mail::Messages => reply::read_inbound(dispatcher, now).await,
        Mail::Receipts => delivery::read_receipts(dispatcher, now).await,
    }
}

fn wait_after(failures: u32) -> Duration {
    (AFTER_ERROR * (1 << failures.saturating_sub(1).min(6))).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<_> = (1..9).map(|failures| wait_after(failures).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }
}
