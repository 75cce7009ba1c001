//! The configuration: read from defaults, file and environment, checked as a whole, printable without its secrets.
//!
//! `daybefore.default.toml` is the manual and holds the defaults. A key is added there, in `keys`, and here.

mod keys;
mod print;
mod read;
#[cfg(test)]
mod tests;
mod values;
mod warnings;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use read::Reading;
use values::Values;

use crate::domain::price::Price;

/// The manual: every key, its default, and what it is for.
pub const MANUAL: &str = include_str!("config/daybefore.default.toml");

/// The file that is read from the working directory when none is named.
const USUAL_FILE: &str = "daybefore.toml";

/// All settings in force. What each is for stands in the manual; empty texts there are `None` here.
#[derive(Clone, Debug)]
pub struct Config {
    pub database: Database,
    pub server: Server,
    pub sms: Sms,
    pub email: Email,
    pub sandbox: Sandbox,
    pub dispatch: Dispatch,
    pub time: Time,
    pub retention: Retention,
    pub log: Log,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    shown: BTreeMap<&'static str, print::Shown>,
}

#[derive(Clone, Debug)]
pub struct Database {
    /// A `sqlite:` URL that names a file.
    pub url: String,
}

#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    /// Without a slash at the end.
    pub public_url: Option<String>,
}

/// Which carrier takes texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsCarrier {
    Sandbox,
    Twilio,
}

#[derive(Clone, Debug)]
pub struct Sms {
    pub carrier: SmsCarrier,
    /// Everything before `/2010-04-01`, without a slash at the end.
    pub base_url: String,
    /// Empty only in the sandbox.
    pub account_sid: String,
    /// Who signs in: an API key, or the account itself.
    pub user: String,
    /// The first sends, all verify webhooks. Empty only in the sandbox.
    pub auth_tokens: Vec<SecretString>,
    /// Verifies webhooks instead of the tokens, where the provider has a separate key.
    pub webhook_secret: Option<SecretString>,
    /// Empty only in the sandbox.
    pub from: String,
    /// Segments a second; 0 is no limit.
    pub messages_per_second: f64,
    /// What the provider charges for one segment, where that is known.
    pub price_per_segment: Option<Price>,
    /// 1 to 172800.
    pub validity_seconds: Option<u32>,
    pub timeout: Duration,
}

/// Which carrier takes mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailCarrier {
    Sandbox,
    Smtp,
}

#[derive(Clone, Debug)]
pub struct Email {
    pub carrier: EmailCarrier,
    /// `smtp:` or `smtps:` with user and password; set whenever the carrier is SMTP.
    pub smtp_url: Option<SecretString>,
    /// A mailbox, with or without a name. Empty only in the sandbox.
    pub from: String,
    /// Mails a second; 0 is no limit.
    pub messages_per_second: f64,
    pub ca_file: Option<PathBuf>,
    pub timeout: Duration,
}

#[derive(Clone, Debug)]
pub struct Sandbox {
    pub folder: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Dispatch {
    /// 1 to 1024.
    pub concurrency: usize,
    pub lease: Duration,
    /// 1 to 1000.
    pub max_attempts: u32,
}

#[derive(Clone, Debug)]
pub struct Time {
    pub zoneinfo_dir: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Retention {
    /// 1 to 36500.
    pub bodies_days: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub format: LogFormat,
    /// Directives of `tracing_subscriber::EnvFilter`, known to be valid.
    pub filter: String,
}

/// Everything that is wrong with the configuration, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration can't be used:\n  {}", problems.join("\n  "))]
pub struct ConfigError {
    /// One sentence each: where, what, and what would be right.
    pub problems: Vec<String>,
}

impl Config {
    /// Reads the file at `path`, else the one that `DAYBEFORE_CONFIG` names, else `daybefore.toml` in the working
    /// directory if there is one; then what `env` overrides.
    ///
    /// # Errors
    /// Names everything that is wrong, in the file and in the environment, in one go.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let variables: Vec<_> = env.collect();
        let named = variables
            .iter()
            .find(|(name, text)| name == "DAYBEFORE_CONFIG" && !text.is_empty());
        let file = match (path, named) {
            (Some(path), _) => Some(path.to_owned()),
            (None, Some((_, path))) => Some(PathBuf::from(path)),
            (None, None) => Some(PathBuf::from(USUAL_FILE)).filter(|usual| usual.exists()),
        };
        let mut reading = Reading::default();
        reading.defaults(MANUAL);
        if let Some(file) = &file {
            match std::fs::read_to_string(file) {
                Ok(text) => reading.named_file(&text, &file.display().to_string()),
                Err(error) => reading
                    .problems
                    .push(format!("{}: can't be read: {error}", file.display())),
            }
        }
        reading.environment(variables.into_iter());
        Self::build(&reading, file)
    }

    fn build(reading: &Reading, file: Option<PathBuf>) -> Result<Self, ConfigError> {
        let values = Values(reading);
        let config = Self {
            database: Database {
                url: values.text("database.url"),
            },
            server: values.server(),
            sms: values.sms(),
            email: values.email(),
            sandbox: Sandbox {
                folder: values.some("sandbox.folder").map(Into::into),
            },
            dispatch: values.dispatch(),
            time: Time {
                zoneinfo_dir: values.some("time.zoneinfo_dir").map(Into::into),
            },
            retention: Retention {
                bodies_days: values.whole("retention.bodies_days"),
            },
            log: values.log(),
            file,
            shown: print::shown(reading),
        };
        let problems: Vec<_> = reading.problems.iter().cloned().chain(config.missing()).collect();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// What the chosen carriers need and nobody has set.
    fn missing(&self) -> Vec<String> {
        let (sms, email) = (&self.sms, &self.email);
        let needs = [
            (
                "sms.account_sid",
                sms.carrier == SmsCarrier::Twilio && sms.account_sid.is_empty(),
            ),
            (
                "sms.auth_token",
                sms.carrier == SmsCarrier::Twilio && sms.auth_tokens.is_empty(),
            ),
            ("sms.from", sms.carrier == SmsCarrier::Twilio && sms.from.is_empty()),
            (
                "sms.base_url",
                sms.carrier == SmsCarrier::Twilio && sms.base_url.is_empty(),
            ),
            (
                "email.smtp_url",
                email.carrier == EmailCarrier::Smtp && email.smtp_url.is_none(),
            ),
            (
                "email.from",
                email.carrier == EmailCarrier::Smtp && email.from.is_empty(),
            ),
        ];
        let sentence = |path: &str| {
            let section = read::section_of(path);
            let carrier = if section == "sms" { "twilio" } else { "smtp" };
            let variable = read::variable(path);
            format!(
                "{path} is not set, and {section}.carrier = \"{carrier}\" needs it; set it in the file or as {variable}"
            )
        };
        needs
            .iter()
            .filter(|(_, missing)| *missing)
            .map(|(path, _)| sentence(path))
            .collect()
    }

    /// The same, with carriers from which nothing leaves the machine nor is written to it: for rehearsals and the
    /// demonstration.
    #[must_use]
    pub fn sandboxed(mut self) -> Self {
        self.sms.carrier = SmsCarrier::Sandbox;
        self.email.carrier = EmailCarrier::Sandbox;
        self.sandbox.folder = None;
        self
    }

    /// The database's file, relative to the working directory.
    #[must_use]
    pub fn database_path(&self) -> PathBuf {
        // The URL was checked when it was read.
        keys::database_file(&self.database.url).unwrap_or_default().into()
    }
}
