//! How a failure looks from outside: a fixed sentence, logged once with its cause. At the desk it is a page in the reader's
//! language with a way on; to programs it is a line of English.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::desk::render;
use super::site::page_before;
use super::staff::language;
use crate::app::App;
use crate::texts::phrases::Phrases;

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
    /// The user may not do this, or not so: the phrase that says why, or a sentence.
    NotAllowed(&'static str),
    TooLarge,
    /// Likewise.
    BadRequest(&'static str),
    Internal(String),
}

impl<E: std::error::Error> From<E> for WebError {
    fn from(error: E) -> Self {
        Self::Internal(error.to_string())
    }
}

/// What went wrong, for whoever makes a page of it: the name of its phrases, and why where that is known.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    name: &'static str,
    why: Option<&'static str>,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let (status, name, why, line) = match self {
            Self::SignInFirst(page) => {
                let next = page.path_and_query().map_or("/", |next| next.as_str());
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("next", next)
                    .finish();
                return Redirect::to(&format!("/sign-in?{query}")).into_response();
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", None, "not found"),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "not_allowed",
                None,
                "the signature does not verify",
            ),
            Self::SignedOut => (
                StatusCode::UNAUTHORIZED,
                "signed_out",
                None,
                "you are signed out, and nothing was changed: sign in and do it again",
            ),
            Self::NotAllowed(why) => (StatusCode::FORBIDDEN, "not_allowed", Some(why), why),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", None, "that is too large"),
            Self::BadRequest(why) => (StatusCode::BAD_REQUEST, "bad_request", Some(why), why),
            Self::Internal(cause) => {
                tracing::error!(%cause, "a request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    None,
                    "something went wrong here; the log says what",
                )
            }
        };
        let mut response = (status, format!("{line}\n")).into_response();
        response.extensions_mut().insert(Trouble { name, why });
        response
    }
}

/// Makes a page of whatever the desk could not answer.
pub(super) async fn as_a_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let Some(trouble) = response.extensions().get::<Trouble>().copied() else {
        return response;
    };
    match page(&app, &headers, trouble).await {
        Ok(page) => (response.status(), page).into_response(),
        // The line of English has to do.
        Err(error) => {
            tracing::error!(?error, "the page of an error can't be made");
            response
        }
    }
}

async fn page(app: &App, headers: &HeaderMap, trouble: Trouble) -> Result<impl IntoResponse + use<>, WebError> {
    let locale = language(app, headers).await?;
    let phrases = Phrases::of_desk(&locale);
    // A phrase, or a sentence as it is.
    let why = trouble
        .why
        .map(|why| phrases.say(why, |_| None).unwrap_or_else(|| why.to_owned()));
    let page = json!({ "name": trouble.name, "why": why, "before": page_before(app, headers) });
    render("error.html", &locale, &page)
}

/// Where there is nothing.
pub(super) async fn nowhere() -> WebError {
    WebError::NotFound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;

    #[test]
    fn every_failure_has_a_page_and_every_reason_that_handlers_give_a_phrase() {
        let phrases = Phrases::of_desk(&Locale::parse("en").unwrap());
        let is_there = |name: &str| phrases.say(name, |_| None).is_some();
        let failures = [
            WebError::NotFound,
            WebError::Forbidden,
            WebError::SignedOut,
            WebError::NotAllowed("error_only_owners"),
            WebError::TooLarge,
            WebError::BadRequest("error_form_fields"),
            WebError::Internal(String::new()),
        ];
        for failure in failures {
            let response = failure.into_response();
            let trouble = response.extensions().get::<Trouble>().unwrap();
            assert!(is_there(&format!("error_{}", trouble.name)), "{trouble:?}");
            assert!(is_there(&format!("error_why_{}", trouble.name)), "{trouble:?}");
            assert!(trouble.why.is_none_or(is_there), "{trouble:?}");
        }
        let elsewhere = Uri::from_static("/calls?business=a%20b");
        let response = WebError::SignInFirst(elsewhere).into_response();
        assert_eq!(
            response.headers()["location"],
            "/sign-in?next=%2Fcalls%3Fbusiness%3Da%2520b"
        );
    }
}
