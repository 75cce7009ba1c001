//! Open connections that wait for the next mail.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::Instant;

/// More than this many are closed after use: bursts are rare, and servers count connections.
const MOST_IDLE: usize = 4;
/// Servers close idle connections after some minutes and firewalls forget them without a word; we are earlier.
const LONGEST_IDLE: Duration = Duration::from_mins(1);

/// The idle connections, newest last.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Pool {
    /// The connection that waited least, if it did not wait too long.
    pub(super) fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, connection) = idle.pop()?;
        if since.elapsed() > LONGEST_IDLE {
            // The others have waited even longer.
            idle.clear();
            return None;
        }
        Some(connection)
    }

    /// Keeps a connection whose server still answers.
    pub(super) fn put(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push((Instant::now(), connection));
        }
    }

    /// Forgets all of them.
    pub(super) fn clear(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
