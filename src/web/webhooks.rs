//! What providers call. The raw event is stored before anything is done with it; then the caller has its answer.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;

use super::error::WebError;
use crate::app::App;
use crate::carrier::twilio_inbound;
use crate::carrier::twilio_signature::{Payload, verify};
use crate::inbound::receive;
use crate::store::{self, receipt::NewReceipt};

/// The headers in which Twilio and its look-alikes sign.
const SIGNATURE_HEADERS: [&str; 2] = ["x-twilio-signature", "x-signalwire-signature"];

/// Pairs of a callback that may hold what somebody wrote; they are never stored with a receipt.
const PRIVATE_PAIRS: [&str; 1] = ["Body"];

/// An answer that says nothing: a text of any other type would be sent to the customer.
const EMPTY_TWIML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

type Pairs = Vec<(String, String)>;

/// `POST /webhooks/twilio/message`: what a customer has sent
/// (<https://www.twilio.com/docs/messaging/guides/webhook-request>).
pub(super) async fn twilio_message(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, WebError> {
    let pairs: Pairs = url::form_urlencoded::parse(&body).into_owned().collect();
    check_signature(&app, &path_and_query(&uri), &headers, Payload::Form(&pairs))?;
    take_message(app, &pairs).await
}

/// The same by GET, as an account may have it set: the pairs are in the URL, which alone is signed.
pub(super) async fn twilio_message_by_get(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<impl IntoResponse, WebError> {
    check_signature(&app, &path_and_query(&uri), &headers, Payload::Empty)?;
    take_message(app, &query(&uri)).await
}

/// Stores the message and answers; the reader reads it (`inbound/reader.rs`).
async fn take_message(app: App, pairs: &Pairs) -> Result<impl IntoResponse + use<>, WebError> {
    check_account(&app, pairs)?;
    let received = twilio_inbound::received(pairs).ok_or(WebError::BadRequest("MessageSid, From or To is missing"))?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let is_new = receive::receive(&mut tx, app.dispatcher.sms.name(), &received, now).await?;
    tx.commit().await?;
    app.dispatcher.metrics.inbound();
    if is_new {
        app.stored.message();
    }
    Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], EMPTY_TWIML))
}

/// `POST /webhooks/twilio/status?m=<attempt>`: how a message fares.
pub(super) async fn twilio_status(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, WebError> {
    let pairs: Pairs = url::form_urlencoded::parse(&body).into_owned().collect();
    check_signature(&app, &path_and_query(&uri), &headers, Payload::Form(&pairs))?;
    let value = |names: [&str; 2]| names.iter().find_map(|name| pair(&pairs, name)).unwrap_or_default();
    let (provider_id, status) = (value(["MessageSid", "SmsSid"]), value(["MessageStatus", "SmsStatus"]));
    if provider_id.is_empty() || status.is_empty() {
        return Err(WebError::BadRequest("MessageSid or MessageStatus is missing"));
    }
    check_account(&app, &pairs)?;
    let query = query(&uri);
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
        app.stored.receipt();
    }
    Ok(StatusCode::OK)
}

/// A signature made with our secret for another account of ours is no message of this one.
fn check_account(app: &App, pairs: &Pairs) -> Result<(), WebError> {
    match pair(pairs, "AccountSid") {
        Some(account) if account != app.config.sms.account_sid => Err(WebError::Forbidden),
        _ => Ok(()),
    }
}

fn query(uri: &Uri) -> Pairs {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// Without scheme and host, which a proxy may have put into the request line.
fn path_and_query(uri: &Uri) -> String {
    uri.path_and_query()
        .map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

fn check_signature(app: &App, path_and_query: &str, headers: &HeaderMap, payload: Payload<'_>) -> Result<(), WebError> {
    let sms = &app.config.sms;
    let secrets: Vec<_> = sms.webhook_secret.iter().chain(&sms.auth_tokens).cloned().collect();
    let public_url = app.config.server.public_url.as_deref().unwrap_or_default();
    let url = format!("{public_url}{path_and_query}");
    let given = SIGNATURE_HEADERS
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|value| value.to_str().ok());
    if given.is_some_and(|signature| verify(&secrets, &url, signature, payload)) {
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
