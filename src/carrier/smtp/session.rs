//! One delivery, command by command, so that it is known how far it came.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use super::pool::Pool;
use super::target::{Encryption, Target};
use super::{Settings, SetupError, classify};

/// How far a delivery has come. What comes before `Dot` has certainly not been taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// DNS, TCP, TLS from the start, greeting, EHLO.
    Connect,
    StartTls,
    Login,
    Sender,
    Recipient,
    Data,
    /// The mail's own lines are being written.
    Content,
    /// All lines are written, and the final dot may be.
    Dot,
}

/// The stage where a delivery is now; readable from outside when it was cut off by time.
#[derive(Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    fn reach(&self, stage: Stage) {
        self.0.store(stage as u8, Ordering::Relaxed);
    }

    pub(super) fn stage(&self) -> Stage {
        use Stage as S;
        let reached = usize::from(self.0.load(Ordering::Relaxed));
        [
            S::Connect,
            S::StartTls,
            S::Login,
            S::Sender,
            S::Recipient,
            S::Data,
            S::Content,
        ][..]
            .get(reached)
            .copied()
            .unwrap_or(S::Dot)
    }
}

/// What is needed to open a connection.
pub(super) struct Gate {
    target: Target,
    /// None where the URL asks for plain text.
    tls: Option<TlsParameters>,
    helo: ClientId,
    /// For one address of the server; it may have several, and the first may be dead.
    connect_timeout: Duration,
}

/// Why a delivery broke off.
pub(super) enum Trouble {
    Smtp(Error),
    /// A receiver's or sender's address beyond ASCII, and a server without RFC 6531.
    NoUtf8Addresses,
}

/// A delivery that broke off, with the connection if it can still be used.
pub(super) struct Broken {
    pub(super) error: Trouble,
    pub(super) connection: Option<AsyncSmtpConnection>,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Smtp(error)
    }
}

impl Gate {
    /// # Errors
    /// When the CA file can't be read or holds no certificate, or TLS can't be set up.
    pub(super) fn new(target: Target, settings: &Settings) -> Result<Self, SetupError> {
        let mut builder = TlsParameters::builder(target.host.clone());
        if let Some(path) = &settings.ca_file {
            let bad = |error: &dyn std::fmt::Display| SetupError::setting("email.ca_file", error);
            let pem = std::fs::read(path).map_err(|error| bad(&error))?;
            builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| bad(&error))?);
        }
        let tls = match target.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Implicit => {
                Some(builder.build().map_err(|error| SetupError::Client(error.to_string()))?)
            }
        };
        let helo = settings.helo.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self {
            target,
            tls,
            helo,
            connect_timeout: settings.timeout / 4,
        })
    }

    /// Server, port and encryption, for a person.
    pub(super) fn describe(&self) -> String {
        let how = match self.target.encryption {
            Encryption::None => "in plain text",
            Encryption::StartTls => "with STARTTLS",
            Encryption::Implicit => "with TLS",
        };
        format!("{}:{} {how}", self.target.host, self.target.port)
    }

    /// A new connection, encrypted and logged in as the URL says.
    async fn open(&self, progress: &Progress) -> Result<AsyncSmtpConnection, Error> {
        progress.reach(Stage::Connect);
        let server = (self.target.host.as_str(), self.target.port);
        let (at_once, later) = match self.target.encryption {
            Encryption::Implicit => (self.tls.clone(), None),
            Encryption::StartTls | Encryption::None => (None, self.tls.clone()),
        };
        let patience = Some(self.connect_timeout);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, patience, &self.helo, at_once, None).await?;
        if let Some(tls) = later {
            progress.reach(Stage::StartTls);
            connection.starttls(tls, &self.helo).await?;
        }
        if let Some(credentials) = &self.target.credentials {
            progress.reach(Stage::Login);
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// Delivers on an idle connection if there is one, else on a new one; gives back the connection for the next mail.
///
/// An idle connection that turns out closed before any line of the mail went out is replaced by a new one: nothing
/// was taken over, so that is no second attempt. RSET, when a connection is taken up again, clears what a refused
/// mail left behind, and shows most of the dead ones.
pub(super) async fn transfer(
    gate: &Gate,
    pool: &Pool,
    message: &Message,
    progress: &Progress,
) -> Result<AsyncSmtpConnection, Broken> {
    if let Some(mut connection) = pool.take()
        && connection.command(Rset).await.is_ok()
    {
        match transact(&mut connection, message, progress).await {
            Ok(()) => return Ok(connection),
            Err(Trouble::Smtp(error)) if progress.stage() < Stage::Content && classify::is_hang_up(&error) => {}
            Err(error) => return Err(broken(error, connection)),
        }
    }
    let opened = gate.open(progress).await;
    let mut connection = opened.map_err(|error| Broken {
        error: error.into(),
        connection: None,
    })?;
    match transact(&mut connection, message, progress).await {
        Ok(()) => Ok(connection),
        Err(error) => Err(broken(error, connection)),
    }
}

/// After a refusal in words the connection still works; after anything else nobody knows what the server reads next.
fn broken(error: Trouble, connection: AsyncSmtpConnection) -> Broken {
    let usable = match &error {
        Trouble::Smtp(error) => error.status().is_some() && !classify::is_hang_up(error),
        Trouble::NoUtf8Addresses => true,
    };
    Broken {
        error,
        connection: usable.then_some(connection),
    }
}

/// MAIL, RCPT, DATA and the mail itself.
async fn transact(connection: &mut AsyncSmtpConnection, message: &Message, progress: &Progress) -> Result<(), Trouble> {
    progress.reach(Stage::Sender);
    let envelope = message.envelope();
    let mut options = Vec::new();
    let beyond_ascii = envelope
        .from()
        .into_iter()
        .chain(envelope.to())
        .any(|address| !address.to_string().is_ascii());
    if beyond_ascii {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Trouble::NoUtf8Addresses);
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    connection.command(Mail::new(envelope.from().cloned(), options)).await?;
    progress.reach(Stage::Recipient);
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), Vec::new())).await?;
    }
    progress.reach(Stage::Data);
    connection.command(Data).await?;
    progress.reach(Stage::Content);
    let lines = message.formatted();
    let mut unwritten = Some(&lines);
    // The connection asks for the next piece only when the last one is written in full, and writes the dot when
    // there is none: that question is the border between "not sent" and "who knows".
    let pieces = std::iter::from_fn(|| {
        let piece = unwritten.take();
        if piece.is_none() {
            progress.reach(Stage::Dot);
        }
        piece
    });
    connection.message_iter(pieces).await?;
    Ok(())
}

/// Connects, logs in, and takes leave again.
pub(super) async fn greet(gate: &Gate, progress: &Progress) -> Result<(), Trouble> {
    let mut connection = gate.open(progress).await?;
    connection.command(Noop).await?;
    // The answer to QUIT changes nothing any more.
    let _farewell = connection.quit().await;
    Ok(())
}
