//! Typed access to what was read.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::SecretString;

use super::keys::Value;
use super::read::Reading;
use super::{Dispatch, Email, EmailCarrier, Log, LogFormat, Server, Sms, SmsCarrier};
use crate::domain::price::Price;

/// Typed access to checked values. What is missing or was refused reads as nothing: then there is a problem to report.
pub(super) struct Values<'a>(pub(super) &'a Reading);

impl Values<'_> {
    fn get(&self, path: &str) -> Option<&Value> {
        self.0.values.get(path).map(|(value, _)| value)
    }

    /// A text that is set and not empty.
    pub(super) fn some(&self, path: &str) -> Option<String> {
        match self.get(path) {
            Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }

    /// What is not set or empty reads as an empty text.
    pub(super) fn text(&self, path: &str) -> String {
        self.some(path).unwrap_or_default()
    }

    pub(super) fn number(&self, path: &str) -> Option<u64> {
        match self.get(path) {
            Some(Value::Whole(number)) => Some(*number),
            _ => None,
        }
    }

    /// Ranges are checked when read, so the number always fits.
    pub(super) fn whole<T: TryFrom<u64> + Default>(&self, path: &str) -> T {
        self.number(path)
            .and_then(|number| number.try_into().ok())
            .unwrap_or_default()
    }

    pub(super) fn seconds(&self, path: &str) -> Duration {
        Duration::from_secs(self.number(path).unwrap_or_default())
    }

    pub(super) fn rate(&self, path: &str) -> f64 {
        match self.get(path) {
            Some(Value::Number(number)) => *number,
            _ => 0.0,
        }
    }

    pub(super) fn secrets(&self, path: &str) -> Vec<SecretString> {
        match self.get(path) {
            Some(Value::List(list)) => list.iter().map(|one| one.as_str().into()).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn sms(&self) -> Sms {
        let account_sid = self.text("sms.account_sid");
        Sms {
            carrier: if self.text("sms.carrier") == "twilio" {
                SmsCarrier::Twilio
            } else {
                SmsCarrier::Sandbox
            },
            base_url: self.text("sms.base_url"),
            user: self.some("sms.user").unwrap_or_else(|| account_sid.clone()),
            account_sid,
            auth_tokens: self.secrets("sms.auth_token"),
            webhook_secret: self.some("sms.webhook_secret").map(Into::into),
            from: self.text("sms.from"),
            messages_per_second: self.rate("sms.messages_per_second"),
            price_per_segment: self
                .some("sms.price_per_segment")
                .and_then(|price| Price::parse(&price).ok()),
            validity_seconds: self
                .number("sms.validity_seconds")
                .and_then(|seconds| seconds.try_into().ok()),
            timeout: self.seconds("sms.timeout_seconds"),
        }
    }

    pub(super) fn email(&self) -> Email {
        Email {
            carrier: if self.text("email.carrier") == "smtp" {
                EmailCarrier::Smtp
            } else {
                EmailCarrier::Sandbox
            },
            smtp_url: self.some("email.smtp_url").map(Into::into),
            from: self.text("email.from"),
            messages_per_second: self.rate("email.messages_per_second"),
            ca_file: self.some("email.ca_file").map(Into::into),
            timeout: self.seconds("email.timeout_seconds"),
        }
    }

    pub(super) fn server(&self) -> Server {
        // An address that can't be read is a problem already, so what stands in for it here is never used.
        let refused = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Server {
            listen: self.text("server.listen").parse().unwrap_or(refused),
            public_url: self.some("server.public_url"),
        }
    }

    pub(super) fn dispatch(&self) -> Dispatch {
        Dispatch {
            concurrency: self.whole("dispatch.concurrency"),
            lease: self.seconds("dispatch.lease_seconds"),
            max_attempts: self.whole("dispatch.max_attempts"),
        }
    }

    pub(super) fn log(&self) -> Log {
        Log {
            format: if self.text("log.format") == "json" {
                LogFormat::Json
            } else {
                LogFormat::Text
            },
            filter: self.some("log.filter").unwrap_or_else(|| "info".to_owned()),
        }
    }
}
