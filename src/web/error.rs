//! How a failure looks from outside: a fixed sentence, logged once with its cause.

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

/// A request that could not be answered.
#[derive(Debug)]
pub(super) enum WebError {
    NotFound,
    /// The signature does not verify.
    Forbidden,
    /// Nobody is signed in: the sign-in leads back to this page.
    SignInFirst(Uri),
    /// Nobody is signed in, and what was sent is not kept.
    SignedOut,
    /// The user may not do this, or not so.
    NotAllowed(&'static str),
    TooLarge,
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
            Self::SignInFirst(page) => {
                let next = page.path_and_query().map_or("/", |next| next.as_str());
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("next", next)
                    .finish();
                Redirect::to(&format!("/sign-in?{query}")).into_response()
            }
            Self::SignedOut => (
                StatusCode::UNAUTHORIZED,
                "you are signed out, and nothing was changed: sign in and do it again\n",
            )
                .into_response(),
            Self::NotAllowed(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "that is too large\n").into_response(),
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
