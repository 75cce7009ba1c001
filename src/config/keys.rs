//! Every key, and what its value may be. The defaults are in `daybefore.default.toml`.

use std::net::SocketAddr;

use url::{Host, Url};

use crate::domain::email_address;
use crate::domain::price::Price;

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Choice(&'static [&'static str]),
    Whole {
        min: u64,
        max: u64,
    },
    /// Zero or more, with decimals.
    Rate,
    Secret,
    /// One secret or a list of them.
    Secrets,
    Database,
    Listen,
    PublicUrl,
    ApiUrl,
    SmtpUrl,
    Mailbox,
    Price,
    LogFilter,
}

/// A value of the right shape.
#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    List(Vec<String>),
    Whole(u64),
    Number(f64),
}

const fn whole(min: u64, max: u64) -> Kind {
    Kind::Whole { min, max }
}

/// All keys as `section.key`, in the order of the manual.
pub(super) const KEYS: &[(&str, Kind)] = &[
    ("database.url", Kind::Database),
    ("server.listen", Kind::Listen),
    ("server.public_url", Kind::PublicUrl),
    ("sms.carrier", Kind::Choice(&["sandbox", "twilio"])),
    ("sms.base_url", Kind::ApiUrl),
    ("sms.account_sid", Kind::Text),
    ("sms.user", Kind::Text),
    ("sms.auth_token", Kind::Secrets),
    ("sms.webhook_secret", Kind::Secret),
    ("sms.from", Kind::Text),
    ("sms.messages_per_second", Kind::Rate),
    ("sms.price_per_segment", Kind::Price),
    ("sms.validity_seconds", whole(1, 172_800)),
    ("sms.timeout_seconds", whole(1, 600)),
    ("email.carrier", Kind::Choice(&["sandbox", "smtp"])),
    ("email.smtp_url", Kind::SmtpUrl),
    ("email.from", Kind::Mailbox),
    ("email.messages_per_second", Kind::Rate),
    ("email.ca_file", Kind::Text),
    ("email.timeout_seconds", whole(1, 600)),
    ("sandbox.folder", Kind::Text),
    ("dispatch.concurrency", whole(1, 1024)),
    ("dispatch.lease_seconds", whole(10, 86_400)),
    ("dispatch.max_attempts", whole(1, 1000)),
    ("time.zoneinfo_dir", Kind::Text),
    ("retention.bodies_days", whole(1, 36_500)),
    ("log.format", Kind::Choice(&["text", "json"])),
    ("log.filter", Kind::LogFilter),
];

impl Kind {
    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Secrets)
    }

    /// Checks a value and gives it its normal form; what must be wrong is said as "it must be …".
    pub(super) fn check(self, value: Value) -> Result<Value, String> {
        match (self, value) {
            (Self::Whole { min, max }, Value::Whole(number)) if (min..=max).contains(&number) => {
                Ok(Value::Whole(number))
            }
            (Self::Whole { min, max }, _) => Err(format!("it must be a whole number from {min} to {max}")),
            #[expect(clippy::cast_precision_loss, reason = "no rate comes near 2^53")]
            (Self::Rate, Value::Whole(number)) => Ok(Value::Number(number as f64)),
            (Self::Rate, Value::Number(number)) if number >= 0.0 && number.is_finite() => Ok(Value::Number(number)),
            (Self::Rate, _) => Err("it must be a number, 0 or more".to_owned()),
            (Self::Secrets, Value::List(list)) if list.iter().all(|one| !one.is_empty()) => Ok(Value::List(list)),
            (Self::Secrets, Value::Text(text)) if text.is_empty() => Ok(Value::List(Vec::new())),
            (Self::Secrets, Value::Text(text)) => Ok(Value::List(vec![text])),
            (Self::Secrets, _) => Err("it must be a text in quotes, or a list of such".to_owned()),
            (_, Value::Text(text)) if text.chars().any(char::is_control) => {
                Err("it must be one line without control characters".to_owned())
            }
            (kind, Value::Text(text)) => kind.check_text(text.trim()).map(Value::Text),
            _ => Err("it must be a text in quotes".to_owned()),
        }
    }

    fn check_text(self, text: &str) -> Result<String, String> {
        match self {
            Self::Choice(choices) if !choices.contains(&text) => {
                Err(format!("it must be one of {}", choices.join(", ")))
            }
            Self::Database => database_file(text).map(|_| text.to_owned()),
            Self::Listen if text.parse::<SocketAddr>().is_err() => {
                Err("it must be an address and a port, like 127.0.0.1:8080".to_owned())
            }
            // What is empty is not set; whether that may be is decided when all is known.
            _ if text.is_empty() => Ok(String::new()),
            Self::PublicUrl => public_url(text),
            Self::ApiUrl => api_url(text),
            Self::SmtpUrl => smtp_url(text),
            Self::Mailbox => email_address::parse(text)
                .map(|_| text.to_owned())
                .map_err(|error| format!("not an address: {error}")),
            Self::Price => Price::parse(text).map(|price| price.to_string()),
            Self::LogFilter => match tracing_subscriber::EnvFilter::try_new(text) {
                Ok(_) => Ok(text.to_owned()),
                Err(error) => Err(format!(
                    "it must be a level like info, or a list like info,daybefore=debug ({error})"
                )),
            },
            _ => Ok(text.to_owned()),
        }
    }
}

/// The file of a `sqlite:` URL.
pub(super) fn database_file(url: &str) -> Result<&str, String> {
    let Some(rest) = url.strip_prefix("sqlite:") else {
        return Err("it must begin with sqlite: and name a file, like sqlite:daybefore.db".to_owned());
    };
    let (file, options) = rest
        .strip_prefix("//")
        .unwrap_or(rest)
        .split_once('?')
        .unwrap_or((rest, ""));
    let file = file.strip_prefix("//").unwrap_or(file);
    if file.contains(":memory:") || options.contains("mode=memory") {
        return Err(
            "a database in memory forgets what was sent as soon as the process ends; name a file, \
             like sqlite:daybefore.db"
                .to_owned(),
        );
    }
    if file.is_empty() {
        return Err("it must name a file, like sqlite:daybefore.db".to_owned());
    }
    Ok(file)
}

fn http_url(text: &str, like: &str) -> Result<Url, String> {
    let problem = || format!("it must be an absolute address, like {like}");
    let url = Url::parse(text).map_err(|_| problem())?;
    let good = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    if good && url.query().is_none() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(problem())
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = http_url(text, "https://reminders.example.com")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it is seen by customers, so it must hold no user and no password".to_owned());
    }
    // Twilio refuses callback addresses with an underscore in the host name.
    if matches!(url.host(), Some(Host::Domain(name)) if name.contains('_')) {
        return Err("its host name must have no underscore: providers refuse to call such addresses".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn api_url(text: &str) -> Result<String, String> {
    http_url(text, "https://api.twilio.com")?;
    match text.split_once("/2010-04-01") {
        Some((before, _)) => Err(format!("leave out /2010-04-01 and what follows: {before}")),
        None => Ok(text.trim_end_matches('/').to_owned()),
    }
}

fn smtp_url(text: &str) -> Result<String, String> {
    let good = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
    let problem = "it must be like smtps://USER:PASSWORD@mail.example.com:465, special characters in percent form";
    if good {
        Ok(text.to_owned())
    } else {
        Err(problem.to_owned())
    }
}
