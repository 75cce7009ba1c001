//! How a failure looks from outside: a fixed sentence, logged once with its cause.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A request that could not be answered.
#[derive(Debug)]
pub(super) enum WebError {
    NotFound,
    /// The signature does not verify.
    Forbidden,
    BadRequest(&'static str),
    Internal(String),
}

impl<E: std::error::Error> From<E> for WebError {
    fn from(error: E) -> Self {
        Self::Internal(error.to_string())
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not found\n").into_response(),
            Self::Forbidden => (StatusCode::FORBIDDEN, "the signature does not verify\n").into_response(),
            Self::BadRequest(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
            Self::Internal(cause) => {
                tracing::error!(%cause, "a request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "something went wrong here; the log says what\n",
                )
                    .into_response()
            }
        }
    }
}
