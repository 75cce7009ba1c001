//! A carrier in whose calls a test can do something: what happens while a message is on its way.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daybefore::carrier::{AskError, Carrier, Found, Lookup, Outcome, Outgoing, Receipt};
use futures::future::BoxFuture;

type Doing = Box<dyn Fn(Outgoing) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// The carrier. What it can be asked is decided when it is made.
pub struct Meanwhile {
    doing: Doing,
    askable: bool,
    found: Mutex<Vec<Found>>,
    sent: Mutex<Vec<Outgoing>>,
}

impl Meanwhile {
    /// Does `doing` for each message and answers what it says; knows nothing of past messages.
    pub fn new(doing: impl Fn(Outgoing) -> BoxFuture<'static, Outcome> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            doing: Box::new(doing),
            askable: true,
            found: Mutex::default(),
            sent: Mutex::default(),
        })
    }

    /// The same, but it can't be asked about past messages, like a mail server.
    pub fn unaskable(doing: impl Fn(Outgoing) -> BoxFuture<'static, Outcome> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            doing: Box::new(doing),
            askable: false,
            found: Mutex::default(),
            sent: Mutex::default(),
        })
    }

    /// What `find` answers from now on.
    pub fn set_found(&self, found: Vec<Found>) {
        *self.found.lock().expect("a lock") = found;
    }

    pub fn sent(&self) -> Vec<Outgoing> {
        self.sent.lock().expect("a lock").clone()
    }
}

#[async_trait]
impl Carrier for Meanwhile {
    fn name(&self) -> &'static str {
        "meanwhile"
    }

    async fn send(&self, outgoing: &Outgoing) -> Outcome {
        self.sent.lock().expect("a lock").push(outgoing.clone());
        (self.doing)(outgoing.clone()).await
    }

    async fn find(&self, _lookup: &Lookup) -> Result<Vec<Found>, AskError> {
        if self.askable {
            Ok(self.found.lock().expect("a lock").clone())
        } else {
            Err(AskError::Unsupported)
        }
    }

    async fn receipt(&self, _provider_id: &str) -> Result<Option<Receipt>, AskError> {
        Ok(None)
    }

    async fn probe(&self) -> Result<String, AskError> {
        Ok("a test".to_owned())
    }
}
