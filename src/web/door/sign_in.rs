//! `/sign-in` and `/sign-out`.

use std::net::{IpAddr, SocketAddr};

use axum::Form;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::acted::{Acted, Nothing};
use super::super::error::WebError;
use super::super::site::{client_address, is_from_here, path_here};
use super::super::staff::Staff;
use super::{begin_session, go_on, page};
use crate::app::{App, DeskAccess};
use crate::domain::instant::Instant;
use crate::domain::user::folded;
use crate::store;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    /// Where the sign-in leads.
    next: String,
    /// A password was just chosen.
    chosen: bool,
}

/// `GET /sign-in`.
pub(in crate::web) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    staff: Result<Staff, WebError>,
) -> Result<Response, WebError> {
    // Who is signed in already has nothing to do here.
    if staff.is_ok() || app.desk == DeskAccess::Open {
        return Ok(Redirect::to(path_here(&asked.next)).into_response());
    }
    let nobody_yet = !store::user::any(&mut app.store().read().await?).await?;
    let shown = json!({ "next": path_here(&asked.next), "chosen": asked.chosen, "nobody_yet": nobody_yet });
    page(StatusCode::OK, "sign_in.html", &headers, &shown)
}

#[derive(serde::Deserialize)]
pub(in crate::web) struct Fields {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`. An unknown login, a wrong password, one that is not chosen yet and an ended user get one answer, and
/// get it as late.
pub(in crate::web) async fn act(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    if !is_from_here(&app, &headers) {
        return Err(WebError::NotAllowed("error_not_from_here"));
    }
    let now = app.dispatcher.clock.now();
    let login = folded(&fields.login);
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let address = client_address(peer, &headers);
    if let Err(wait) = app.door.try_now(&login, address, now) {
        return too_often(&headers, &fields, wait);
    }
    let next = fields.next.clone();
    match verified(&app, &login, fields.password.clone()).await? {
        Some(known) => let_in(&app, &headers, &known, (&login, address), &next, now).await,
        None => refused(&headers, &fields),
    }
}

/// A user whose password was right, and the hash that it was compared with.
struct Verified {
    user_id: String,
    password_hash: String,
}

async fn verified(app: &App, login: &str, password: String) -> Result<Option<Verified>, WebError> {
    let kept = store::user::credentials(&mut app.store().read().await?, login).await?;
    let hash = kept.as_ref().map(|(_, hash)| hash.clone());
    let is_right = app.door.verify(password, hash).await?;
    Ok(kept
        .filter(|_| is_right)
        .map(|(user_id, password_hash)| Verified { user_id, password_hash }))
}

async fn let_in(
    app: &App,
    headers: &HeaderMap,
    known: &Verified,
    (login, address): (&str, Option<IpAddr>),
    next: &str,
    now: Instant,
) -> Result<Response, WebError> {
    let mut tx = app.store().write().await?;
    // While the password was looked at, somebody may have changed it, or ended the user.
    let holds = store::user::credentials(&mut tx, login).await?;
    if holds.is_none_or(|(_, hash)| hash != known.password_hash) {
        return Err(WebError::SignedOut);
    }
    let token = begin_session(&mut tx, app, headers, &known.user_id, now).await?;
    tx.commit().await?;
    app.door.was_right(login, address);
    tracing::info!(user = %known.user_id, "signed in");
    go_on(app, Some(&token), next)
}

/// What was typed stays, save the password.
fn again(fields: &Fields) -> Value {
    json!({ "login": fields.login, "next": path_here(&fields.next) })
}

fn refused(headers: &HeaderMap, fields: &Fields) -> Result<Response, WebError> {
    tracing::warn!("a sign-in was refused: unknown login or wrong password");
    let mut shown = again(fields);
    shown["wrong"] = json!(true);
    page(StatusCode::UNPROCESSABLE_ENTITY, "sign_in.html", headers, &shown)
}

fn too_often(headers: &HeaderMap, fields: &Fields, wait: TimeDelta) -> Result<Response, WebError> {
    let seconds = wait.num_milliseconds().max(0).unsigned_abs().div_ceil(1_000).max(1);
    tracing::warn!(seconds, "a sign-in was refused: too many tries");
    let mut shown = again(fields);
    shown["wait_minutes"] = json!(seconds.div_ceil(60));
    let answer = page(StatusCode::TOO_MANY_REQUESTS, "sign_in.html", headers, &shown)?;
    Ok(([(header::RETRY_AFTER, seconds.to_string())], answer).into_response())
}

/// `POST /sign-out`.
pub(in crate::web) async fn out(
    State(app): State<App>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Response, WebError> {
    if let Some(session) = &staff.session {
        let mut tx = app.store().write().await?;
        store::session::end(&mut tx, &session.token_hash).await?;
        tx.commit().await?;
    }
    go_on(&app, None, "/sign-in")
}
