//! Mail through the business's own mail server, by SMTP submission (RFC 6409).
//!
//! What matters is where a delivery broke off: before the final dot nothing was taken over, after it nobody knows.
//! lettre's ready-made transport hides that, so this drives its connection command by command.

mod classify;
mod pool;
mod session;
mod target;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};

use super::{AskError, Carrier, Content, Failure, Found, Lookup, Outcome, Outgoing, Receipt, SetupError, mime, tls};
use pool::Pool;
use session::{Gate, Progress};
use target::Target;

/// Where, as whom and how to submit mail.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `smtp://user:password@host[:587]` (STARTTLS, required), `smtps://…[:465]` (TLS from the start), or in plain
    /// text only when it says so: `smtp://host:25?tls=none`. User and password are percent-decoded.
    pub smtp_url: SecretString,
    /// The sender where `Outgoing.from` is empty: `a@b` or `Name <a@b>`.
    pub from: String,
    /// PEM certificates to trust besides the system's: for a mail server with a certificate of its own making.
    pub ca_file: Option<PathBuf>,
    /// For one whole delivery, its connection included. RFC 5321 grants a server minutes for the final dot, so give
    /// it one at least: what ends by time-out after the dot ends in doubt.
    pub timeout: Duration,
    /// The name for EHLO; none: this machine's.
    pub helo: Option<String>,
}

/// The carrier. Keeps a few connections open.
pub struct Smtp {
    gate: Gate,
    pool: Pool,
    from: String,
    timeout: Duration,
}

impl Smtp {
    /// Reads the settings and the certificates; nothing is connected yet.
    ///
    /// # Errors
    /// When the URL, the sender or the CA file can't be used.
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        tls::install_provider();
        let target = Target::parse(settings.smtp_url.expose_secret())?;
        let _valid: Mailbox =
            mime::mailbox(&settings.from).ok_or_else(|| SetupError::setting("email.from", "is no mail address"))?;
        let gate = Gate::new(target, settings)?;
        Ok(Self {
            gate,
            pool: Pool::default(),
            from: settings.from.clone(),
            timeout: settings.timeout,
        })
    }

    /// One delivery, in time or not.
    async fn deliver(&self, message: &lettre::Message) -> Result<(), Outcome> {
        let progress = Progress::default();
        let transfer = session::transfer(&self.gate, &self.pool, message, &progress);
        match tokio::time::timeout(self.timeout, transfer).await {
            Ok(Ok(connection)) => {
                self.pool.put(connection);
                Ok(())
            }
            Ok(Err(broken)) => {
                let outcome = classify::outcome(progress.stage(), &broken.error);
                if let Some(connection) = broken.connection {
                    self.pool.put(connection);
                }
                Err(outcome)
            }
            Err(_) => {
                // Whatever swallowed this delivery may have swallowed the idle connections too.
                self.pool.clear();
                Err(classify::timed_out(progress.stage()))
            }
        }
    }
}

#[async_trait]
impl Carrier for Smtp {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn send(&self, outgoing: &Outgoing) -> Outcome {
        let Content::Email(mail) = &outgoing.content else {
            let failure = Failure {
                code: None,
                text: "a text can't go by mail".to_owned(),
            };
            return Outcome::Rejected {
                bad_address: false,
                failure,
            };
        };
        let built = match mime::build(outgoing, mail, &self.from) {
            Ok(built) => built,
            Err(outcome) => return outcome,
        };
        match self.deliver(&built.message).await {
            // The server's own queue id means nothing to us; bounces and answers name the Message-ID.
            Ok(()) => Outcome::Accepted {
                provider_id: built.message_id,
            },
            Err(outcome) => outcome,
        }
    }

    async fn find(&self, _lookup: &Lookup) -> Result<Vec<Found>, AskError> {
        Err(AskError::Unsupported)
    }

    async fn receipt(&self, _provider_id: &str) -> Result<Option<Receipt>, AskError> {
        Err(AskError::Unsupported)
    }

    async fn probe(&self) -> Result<String, AskError> {
        let progress = Progress::default();
        match tokio::time::timeout(self.timeout, session::greet(&self.gate, &progress)).await {
            Ok(Ok(())) => Ok(format!("{} lets us in", self.gate.describe())),
            Ok(Err(error)) => Err(AskError::Failed(format!(
                "{}: {}",
                self.gate.describe(),
                classify::words(&error)
            ))),
            Err(_) => Err(AskError::Failed(format!("{}: no answer in time", self.gate.describe()))),
        }
    }
}
