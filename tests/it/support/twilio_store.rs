//! What the provider of the suite remembers, and how it words it: in Twilio's JSON or in `SignalWire`'s.

use daybefore::domain::instant::Instant;
use serde_json::{Value, json};

/// Whose JSON the provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Twilio,
    /// Numbers where Twilio has strings, UUIDs, a base path.
    SignalWire,
}

/// A message that the provider has taken over.
#[derive(Clone, Debug)]
pub struct Stored {
    pub sid: String,
    pub to: String,
    /// Empty behind a messaging service.
    pub from: String,
    pub body: String,
    pub status: String,
    pub direction: String,
    pub error_code: Option<i64>,
    pub created: Instant,
    /// Where the sender wants to hear of it.
    pub status_callback: Option<String>,
}

impl Stored {
    /// As the Message resource.
    pub fn json(&self, dialect: Dialect, account: &str) -> Value {
        let date = self.created.utc().to_rfc2822();
        let signalwire = dialect == Dialect::SignalWire;
        let sent = !matches!(self.status.as_str(), "accepted" | "queued" | "scheduled");
        json!({
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": date,
            "date_sent": sent.then_some(&date),
            "date_updated": date,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_code.map(|code| format!("error {code} at {}", self.to)),
            "from": (!self.from.is_empty()).then_some(&self.from),
            "messaging_service_sid": null,
            "num_media": if signalwire { json!(0) } else { json!("0") },
            "num_segments": if signalwire { json!(1) } else { json!("1") },
            "price": if signalwire { json!(0.005) } else { Value::Null },
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": format!("/2010-04-01/Accounts/{account}/Messages/{}/Media.json", self.sid)},
            "to": self.to,
            "uri": format!("/2010-04-01/Accounts/{account}/Messages/{}.json", self.sid),
        })
    }

    /// The form of its status callback.
    pub fn callback(&self, account: &str) -> Vec<(String, String)> {
        let mut pairs = vec![
            ("AccountSid", account),
            ("From", &self.from),
            ("To", &self.to),
            ("MessageSid", &self.sid),
            ("SmsSid", &self.sid),
            ("MessageStatus", &self.status),
            ("SmsStatus", &self.status),
            ("ApiVersion", "2010-04-01"),
        ];
        let code = self.error_code.map(|code| code.to_string());
        pairs.extend(code.as_deref().map(|code| ("ErrorCode", code)));
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}
