//! What went wrong, as RFC 9457 has it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that could not be answered.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    /// One word that stays as it is, for programs.
    code: &'static str,
    detail: String,
    retry_after: Option<u32>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// Something may be done later.
    pub(super) fn later(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Whoever asks has not said who they are, or not rightly.
    pub(super) fn no_key() -> Self {
        let detail = "send `Authorization: Bearer` with a key that an owner of the business has made at /settings/keys and \
            has not revoked";
        Self::new(StatusCode::UNAUTHORIZED, "no_key", detail)
    }

    pub(super) fn too_large(most: u64) -> Self {
        let detail = format!(
            "at most {} MB are taken: hand the file over in parts",
            most / 1024 / 1024
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    fn body(&self) -> Value {
        json!({
            "type": "about:blank", "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(), "detail": self.detail, "code": self.code,
        })
    }
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        tracing::error!(%error, "a request of the api failed");
        let detail = "something went wrong here; the log says what";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A path that leads nowhere.
pub(super) async fn nothing_here() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
}

/// A path that only takes POST.
pub(super) async fn post_only() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "post_only", "send the file by POST")
}
