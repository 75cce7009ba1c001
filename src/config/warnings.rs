//! What is allowed but seldom meant: said at start and by `doctor`.

use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;
use url::{Host, Url};

use super::{Config, EmailCarrier, SmsCarrier};

impl Config {
    /// Risky combinations, one sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let found = [
            self.short_lease(),
            self.unreachable(),
            self.plain_api(),
            self.plain_mail(),
            self.half_sandbox(),
            self.readable_secrets(),
        ];
        found.into_iter().flatten().collect()
    }

    fn short_lease(&self) -> Option<String> {
        let slowest = self.sms.timeout.max(self.email.timeout);
        let lease = self.dispatch.lease;
        (lease <= slowest * 2).then(|| {
            let [lease, slowest] = [lease, slowest].map(|time: Duration| time.as_secs());
            format!(
                "dispatch.lease_seconds is {lease}, not more than twice the longest time-out ({slowest}): a slow \
                 provider can make two processes work on one message; set it above {}",
                slowest * 2
            )
        })
    }

    /// The provider calls back over the public internet.
    fn unreachable(&self) -> Option<String> {
        let twilio = self.sms.carrier == SmsCarrier::Twilio;
        let Some(public_url) = &self.server.public_url else {
            return twilio.then(|| {
                "server.public_url is empty: texts go out, but replies, opt-outs and delivery receipts can't reach \
                 this server, and messages carry no links"
                    .to_owned()
            });
        };
        let url = Url::parse(public_url).ok()?;
        if is_local(&url) {
            return twilio.then(|| {
                format!(
                    "server.public_url is {public_url}, which only this network can reach: the provider and the \
                     customers can't"
                )
            });
        }
        (url.scheme() == "http").then(|| {
            format!(
                "server.public_url is {public_url}: customers' names and replies would travel unencrypted; use https"
            )
        })
    }

    fn plain_api(&self) -> Option<String> {
        let url = Url::parse(&self.sms.base_url).ok()?;
        let plain = self.sms.carrier == SmsCarrier::Twilio && url.scheme() == "http" && !is_local(&url);
        plain.then(|| "sms.base_url is http: the auth_token would travel unencrypted; use https".to_owned())
    }

    fn plain_mail(&self) -> Option<String> {
        let url = Url::parse(self.email.smtp_url.as_ref()?.expose_secret()).ok()?;
        let gives_up_tls = url.query_pairs().any(|(name, value)| name == "tls" && value == "none");
        let plain = self.email.carrier == EmailCarrier::Smtp && gives_up_tls && !is_local(&url);
        plain.then(|| {
            "email.smtp_url ends with ?tls=none: mails and the password travel unencrypted; leave that out".to_owned()
        })
    }

    fn half_sandbox(&self) -> Option<String> {
        let (real, toy) = match (self.sms.carrier, self.email.carrier) {
            (SmsCarrier::Twilio, EmailCarrier::Sandbox) => ("texts", "email"),
            (SmsCarrier::Sandbox, EmailCarrier::Smtp) => ("mails", "sms"),
            _ => return None,
        };
        Some(format!(
            "{toy}.carrier is \"sandbox\" while {real} are really sent: nothing leaves through the sandbox"
        ))
    }

    fn readable_secrets(&self) -> Option<String> {
        let file = self.file.as_deref()?;
        let secret = !self.sms.auth_tokens.is_empty() || self.email.smtp_url.is_some();
        (secret && others_may_read(file)).then(|| {
            let file = file.display();
            format!("{file} can be read by every user of this machine; `chmod 600 {file}` keeps its secrets")
        })
    }
}

#[cfg(unix)]
fn others_may_read(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|found| found.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_file: &Path) -> bool {
    false
}

/// Whether the address is on this machine or a private network.
fn is_local(url: &Url) -> bool {
    // The URL standard reads numbers as IP addresses in http and https only; smtp needs it as well.
    match url.host_str().map(Host::parse) {
        Some(Ok(Host::Domain(name))) => match name.rsplit_once('.') {
            Some((_, top)) => matches!(top, "localhost" | "local"),
            None => true,
        },
        Some(Ok(Host::Ipv4(ip))) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Some(Ok(Host::Ipv6(ip))) => ip.is_loopback() || ip.is_unique_local() || ip.is_unspecified(),
        _ => false,
    }
}
