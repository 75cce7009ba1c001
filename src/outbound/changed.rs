//! Says within this process that something was written that somebody may be looking at. What it was, whoever hears it
//! looks up: nothing of it travels here.

use std::sync::Arc;

use tokio::sync::watch;

/// Told after a commit, heard by the desk's open pages.
#[derive(Clone, Debug, Default)]
pub struct Changed(Arc<watch::Sender<u64>>);

impl Changed {
    /// Something was committed.
    pub fn tell(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Hears what is told from now on.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
