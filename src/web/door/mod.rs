//! The desk's door: signing in and out, choosing a password by a one-time link, and the first run.
//!
//! These pages know nobody yet, so that they speak the browser's language. A mistake costs nothing that was typed, save
//! passwords, which no page ever shows.

mod set_up;
mod sign_in;
mod welcome;

use axum::Router;
use axum::http::header::{self, HeaderMap};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::desk::render;
use super::error::WebError;
use super::public::language::preferred;
use super::site::{path_here, session_cookie, session_token};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::link::{self, Token};
use crate::domain::locale::Locale;
use crate::domain::password::PasswordError;
use crate::domain::session::Session;
use crate::store::{self, Tx};

/// The routes that nobody has to be signed in for.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::act))
        .route("/sign-out", post(sign_in::out))
        .route("/set-up/{token}", get(set_up::show).post(set_up::act))
        .route("/welcome/{token}", get(welcome::show).post(welcome::act))
}

/// The language of a browser whose user is not known.
fn language(headers: &HeaderMap) -> Result<Locale, WebError> {
    preferred(headers).ok_or_else(|| WebError::Internal("no language has texts".to_owned()))
}

fn page(status: StatusCode, name: &str, headers: &HeaderMap, page: &Value) -> Result<Response, WebError> {
    Ok((status, render(name, &language(headers)?, page)?).into_response())
}

/// One page for every link that does not work: not known, over, or used.
fn gone(headers: &HeaderMap) -> Result<Response, WebError> {
    page(StatusCode::NOT_FOUND, "gone.html", headers, &json!({}))
}

/// What the path ends with, as it came: whatever it is, it is hashed and looked up.
fn token(uri: &Uri) -> &str {
    uri.path().rsplit('/').next().unwrap_or_default()
}

/// The phrase that says what is wrong with a password.
pub(in crate::web) const fn phrase_of(error: PasswordError) -> &'static str {
    match error {
        PasswordError::TooShort => "password_too_short",
        PasswordError::TooLong => "password_too_long",
    }
}

/// Signs a browser in, always by a new token: one that somebody else may have put into the browser before is worth
/// nothing, and the session it had ends.
async fn begin_session(
    tx: &mut Tx,
    app: &App,
    headers: &HeaderMap,
    user_id: &str,
    now: Instant,
) -> Result<Token, WebError> {
    if let Some(before) = session_token(app, headers) {
        store::session::end(tx, &link::hash(before)).await?;
    }
    let token = Token::new(rand::random());
    store::session::add(tx, &Session::new(&token, user_id.to_owned(), now)).await?;
    Ok(token)
}

/// On to a page of this site, with a session or without.
fn go_on(app: &App, token: Option<&Token>, next: &str) -> Result<Response, WebError> {
    let cookie = [(header::SET_COOKIE, session_cookie(app, token)?)];
    Ok((cookie, Redirect::to(path_here(next))).into_response())
}
