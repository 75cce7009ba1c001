//! SMS through Twilio's Messages API, or through anybody who speaks it: `SignalWire`, Telnyx, Somleng (docs/providers.md).
//!
//! The API has no idempotency key, so the art is to tell "certainly not taken over" from "nobody knows". Only an
//! error while connecting is certain; hyper itself repeats a request that met a closed keep-alive connection before
//! its first byte was written, and everything later is `Outcome::Unknown`.

mod answer;
mod leaving;
mod lookup;
mod missed;
mod request;
mod resource;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Response};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::instant::Instant;

use super::{
    AskError, Carrier, Content, Failure, Found, Leaving, Lookup, Outcome, Outgoing, Receipt, Received, SetupError, tls,
};
use request::Requests;

/// How long an idle connection is kept. Shorter than any provider's own limit, so that a request seldom meets a
/// connection that is being closed and ends in doubt.
const IDLE: Duration = Duration::from_secs(25);

/// Where and as whom to send.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Everything before `/2010-04-01`, for example `https://api.twilio.com` or `https://x.signalwire.com/api/laml`.
    pub base_url: String,
    /// The account in the path: `AC…` at Twilio, any text elsewhere.
    pub account_sid: String,
    /// User of the Basic authentication when it is not the account: an API key (`SK…`).
    pub user: Option<String>,
    /// The auth token, or the API key's secret.
    pub secret: SecretString,
    /// Sender where `Outgoing.from` is empty: a number, a short code, a name, or a messaging service (`MG…`).
    pub from: String,
    /// Our public `/webhooks/twilio/status`; the attempt's id is appended as `m`. None: no callbacks are asked for.
    pub status_callback: Option<Url>,
    /// How long the message may wait at the provider, 1 to 36,000 seconds; none: the provider's default.
    pub validity_seconds: Option<u32>,
    /// For a whole request, its connection included.
    pub timeout: Duration,
    /// For DNS, TCP and TLS, at most half of `timeout`: what ends here was certainly not sent, what ends there may be.
    pub connect_timeout: Duration,
}

/// The carrier. Cheap to share; one connection pool each.
pub struct Twilio {
    client: Client,
    requests: Requests,
}

impl Twilio {
    /// Sets up the client; nothing is sent yet.
    ///
    /// # Errors
    /// When a setting can't work (base URL, sender, secret with line breaks), or when TLS can't be set up.
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        let requests = Requests::new(settings)?;
        tls::install_provider();
        let client = Client::builder()
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, authorization(settings)?)]))
            .user_agent(concat!("daybefore/", env!("CARGO_PKG_VERSION")))
            // With HTTP/1.1 a request is on one connection or on none, which keeps the doubt small.
            .http1_only()
            // A redirected POST could become a GET, or go to somebody who gets our credentials.
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .pool_idle_timeout(IDLE)
            .connect_timeout(settings.connect_timeout.min(settings.timeout / 2))
            .timeout(settings.timeout)
            .build()
            .map_err(|error| SetupError::Client(answer::describe(error)))?;
        Ok(Self { client, requests })
    }

    async fn create(&self, request: Request, outgoing: &Outgoing) -> Outcome {
        match self.client.execute(request).await {
            Ok(response) => answer::to_create(response, outgoing.now).await,
            Err(error) => answer::no_answer(error),
        }
    }

    /// Sends a question (never a message), and says in one line why there is no answer.
    async fn ask(&self, request: Request) -> Result<Response, AskError> {
        self.client
            .execute(request)
            .await
            .map_err(|error| AskError::Failed(answer::describe(error)))
    }
}

fn no_text() -> Outcome {
    Outcome::Rejected {
        bad_address: false,
        failure: Failure {
            code: None,
            text: "a mail can't go by SMS".to_owned(),
        },
    }
}

/// The Basic header, made once: the same bytes go with every request.
fn authorization(settings: &Settings) -> Result<HeaderValue, SetupError> {
    use base64::Engine as _;
    let user = settings.user.as_deref().unwrap_or(&settings.account_sid);
    let pair = format!("{user}:{}", settings.secret.expose_secret());
    let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    let mut value = HeaderValue::from_str(&text).map_err(|error| SetupError::setting("sms.auth_token", error))?;
    value.set_sensitive(true);
    Ok(value)
}

#[async_trait]
impl Carrier for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    async fn send(&self, outgoing: &Outgoing) -> Outcome {
        match &outgoing.content {
            Content::Sms { text } => self.create(self.requests.create(outgoing, text), outgoing).await,
            Content::Email(_) => no_text(),
        }
    }

    async fn send_telling(&self, outgoing: &Outgoing, leaving: Arc<dyn Leaving>) -> Outcome {
        let Content::Sms { text } = &outgoing.content else {
            return no_text();
        };
        let mut request = self.requests.create(outgoing, text);
        let kept = leaving::tell(&mut request, leaving);
        let outcome = self.create(request, outgoing).await;
        if kept.get() { Outcome::kept_back() } else { outcome }
    }

    async fn find(&self, lookup: &Lookup) -> Result<Vec<Found>, AskError> {
        lookup::find(self, lookup).await
    }

    async fn receipt(&self, provider_id: &str) -> Result<Option<Receipt>, AskError> {
        let response = self.ask(self.requests.fetch(provider_id)).await?;
        if response.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let message: resource::Message = answer::json(response).await?;
        // Waits that a code demands count from when it was met; without a clock here that is the last update.
        let met = message.updated().unwrap_or(Instant::from_millis(0));
        Ok(Some(message.receipt(met)))
    }

    async fn received(&self, number: &str, since: Instant) -> Result<Vec<Received>, AskError> {
        missed::received(self, number, since).await
    }

    async fn probe(&self) -> Result<String, AskError> {
        let place = self.requests.place();
        let response = self.ask(self.requests.account()).await?;
        // Look-alikes may lack the account resource, and a standard API key may not read it but can send.
        if matches!(response.status().as_u16(), 401 | 403 | 404) {
            let _page: resource::Page = answer::json(self.ask(self.requests.newest()).await?).await?;
            return Ok(format!("{place} lists this account's messages"));
        }
        let account: resource::Account = answer::json(response).await?;
        match account.status.as_deref() {
            None | Some("active") => Ok(format!("{place} knows this account and it is active")),
            Some(status) => Err(AskError::Failed(format!("{place} says that this account is {status}"))),
        }
    }
}
