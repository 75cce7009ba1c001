//! SMS through Twilio's API.

mod asking;
mod leaving;
mod sending;

use std::time::Duration;

use daybefore::carrier::twilio::{Settings, Twilio};
use daybefore::carrier::{Carrier, Lookup};

use crate::support::outgoing::NOW;
use crate::support::twilio_server::{SECRET, TwilioServer};

/// Everything that is needed, for the provider's account.
pub fn settings(provider: &TwilioServer) -> Settings {
    Settings {
        base_url: provider.base_url(),
        account_sid: provider.account.clone(),
        user: None,
        secret: SECRET.into(),
        from: "+15017122661".to_owned(),
        status_callback: Some("https://desk.example.com/webhooks/twilio/status".parse().unwrap()),
        validity_seconds: None,
        timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(5),
    }
}

pub fn carrier(provider: &TwilioServer) -> Twilio {
    Twilio::new(&settings(provider)).unwrap()
}

/// A lookup of a text to Anna.
pub fn lookup(text: &str) -> Lookup {
    Lookup {
        from: String::new(),
        to: "+38640123456".to_owned(),
        text: text.to_owned(),
        started_at: NOW,
    }
}

/// The ids that a lookup finds.
pub async fn found(carrier: &Twilio, text: &str) -> Vec<String> {
    carrier
        .find(&lookup(text))
        .await
        .unwrap()
        .into_iter()
        .map(|found| found.provider_id)
        .collect()
}
