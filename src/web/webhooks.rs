//! What providers call. The raw event is stored before anything is done with it; then the caller has its answer.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::error::WebError;
use crate::app::App;
use crate::carrier::twilio_signature::{Payload, verify};
use crate::inbound::delivery;
use crate::store::{self, receipt::NewReceipt};

/// The headers in which Twilio and its look-alikes sign (FACTS 1.9, 1.15).
const SIGNATURE_HEADERS: [&str; 2] = ["x-twilio-signature", "x-signalwire-signature"];

/// Pairs of a callback that may hold what somebody wrote; they are never stored with a receipt.
const PRIVATE_PAIRS: [&str; 1] = ["Body"];

type Pairs = Vec<(String, String)>;

/// `POST /webhooks/twilio/status?m=<attempt>`: how a message fares (FACTS 1.11).
pub(super) async fn twilio_status(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, WebError> {
    let pairs: Pairs = url::form_urlencoded::parse(&body).into_owned().collect();
    check_signature(&app, &uri.to_string(), &headers, &pairs)?;
    let value = |names: [&str; 2]| names.iter().find_map(|name| pair(&pairs, name)).unwrap_or_default();
    let (provider_id, status) = (value(["MessageSid", "SmsSid"]), value(["MessageStatus", "SmsStatus"]));
    if provider_id.is_empty() || status.is_empty() {
        return Err(WebError::BadRequest("MessageSid or MessageStatus is missing"));
    }
    if pair(&pairs, "AccountSid").is_some_and(|account| account != app.config.sms.account_sid) {
        return Err(WebError::Forbidden);
    }
    let query: Pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let kept: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| !PRIVATE_PAIRS.contains(&name.as_str()))
        .collect();
    let receipt = NewReceipt {
        attempt_id: pair(&query, "m"),
        provider_id,
        status,
        code: pair(&pairs, "ErrorCode").unwrap_or_default(),
        pairs: &serde_json::to_string(&kept)?,
    };
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let is_new = store::receipt::store(&mut tx, &receipt, now).await?;
    tx.commit().await?;
    app.dispatcher.metrics.receipt();
    if is_new {
        tokio::spawn(read(app));
    }
    Ok(StatusCode::OK)
}

/// Reads what is stored, after the caller has its answer; what goes wrong here is tried again by the schedule.
async fn read(app: App) {
    let now = app.dispatcher.clock.now();
    match delivery::read_receipts(&app.dispatcher, now).await {
        Ok(_) => app.wake.all(),
        Err(error) => tracing::error!(%error, "stored receipts could not be read yet"),
    }
}

fn check_signature(app: &App, path_and_query: &str, headers: &HeaderMap, pairs: &Pairs) -> Result<(), WebError> {
    let sms = &app.config.sms;
    let secrets: Vec<_> = sms.webhook_secret.iter().chain(&sms.auth_tokens).cloned().collect();
    let public_url = app.config.server.public_url.as_deref().unwrap_or_default();
    let url = format!("{public_url}{path_and_query}");
    let given = SIGNATURE_HEADERS
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|value| value.to_str().ok());
    if given.is_some_and(|signature| verify(&secrets, &url, signature, Payload::Form(pairs))) {
        return Ok(());
    }
    tracing::warn!(
        signed = given.is_some(), expected_url = %format!("{public_url}{}", path_only(path_and_query)),
        "a webhook's signature does not verify: is server.public_url the address the provider calls, and sms.auth_token current?"
    );
    Err(WebError::Forbidden)
}

fn path_only(path_and_query: &str) -> &str {
    path_and_query.split('?').next().unwrap_or_default()
}

fn pair<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}
