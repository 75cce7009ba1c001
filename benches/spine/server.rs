//! A local server that takes messages as Twilio does and notes when each came in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;

/// The account that the benches send as.
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";

/// When each receiver's messages came in, in milliseconds since 1970.
pub type Arrivals = HashMap<String, Vec<i64>>;

#[derive(Clone, Default)]
pub struct Log {
    count: Arc<AtomicU64>,
    /// Noted only when asked to.
    arrivals: Arc<Mutex<Option<Arrivals>>>,
}

impl Log {
    pub fn noting_arrivals() -> Self {
        Self {
            arrivals: Arc::new(Mutex::new(Some(HashMap::new()))),
            ..Self::default()
        }
    }

    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub fn arrivals(&self) -> Arrivals {
        self.arrivals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .unwrap_or_default()
    }
}

/// Starts the server; its base URL.
pub async fn start(log: Log) -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route(&format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"), post(create))
        .with_state(log);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

async fn create(State(log): State<Log>, body: Bytes) -> impl IntoResponse {
    let number = log.count.fetch_add(1, Ordering::Relaxed);
    if let Some(arrivals) = log.arrivals.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        let to = url::form_urlencoded::parse(&body)
            .find(|(name, _)| name == "To")
            .map(|(_, value)| value.into_owned());
        arrivals.entry(to.unwrap_or_default()).or_default().push(millis());
    }
    let json = format!(
        r#"{{"account_sid":"{ACCOUNT}","api_version":"2010-04-01","body":"x","date_created":"Thu, 24 Aug 2023 05:01:45 +0000","date_sent":null,"date_updated":"Thu, 24 Aug 2023 05:01:45 +0000","direction":"outbound-api","error_code":null,"error_message":null,"from":"+15017122661","num_media":"0","num_segments":"1","price":null,"price_unit":null,"messaging_service_sid":null,"sid":"SM{number:032x}","status":"queued","subresource_uris":{{"media":"/x"}},"to":"+15558675310","uri":"/2010-04-01/x.json"}}"#
    );
    (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], json)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server's own clock, to measure ours against"
)]
pub fn millis() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(0))
}
