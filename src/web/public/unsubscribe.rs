//! `/u/{token}`: ending mails, by a person's click on the page or by the mail program's own button (RFC 8058).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::form::Form;
use super::{frame, gone, render, token};
use crate::app::App;
use crate::domain::link::LinkPurpose;
use crate::domain::message::Purpose;
use crate::inbound::page::{self, Page};
use crate::inbound::wishes;
use crate::store::Tx;
use crate::web::error::WebError;

/// The page with its buttons. Nothing is ended by looking.
pub(in crate::web) async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    match open(&app, &mut tx, &uri).await? {
        Some(page) => answer(&mut tx, &page, None).await,
        None => gone(&headers),
    }
}

/// Ends mails: of this message's purpose, or all. Answers with a page, never with a redirect, which mail programs would
/// not follow.
pub(in crate::web) async fn act(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, WebError> {
    let form = Form::read(&headers, &body);
    let all = match (form.get("List-Unsubscribe"), form.get("scope")) {
        (_, Some("all")) => true,
        (Some("One-Click"), _) | (_, Some("this")) => false,
        // Neither a mail program nor our page: nothing was asked for.
        _ => return show(State(app), uri, headers).await,
    };
    let mut tx = app.store().write().await?;
    let Some(page) = open(&app, &mut tx, &uri).await? else {
        return gone(&headers);
    };
    wishes::unsubscribe(&mut tx, &page, all, app.dispatcher.clock.now()).await?;
    let done = if all { "unsubscribed_all" } else { "unsubscribed_this" };
    let response = answer(&mut tx, &page, Some(done)).await?;
    tx.commit().await?;
    app.tell_senders();
    Ok(response)
}

async fn open(app: &App, tx: &mut Tx, uri: &Uri) -> Result<Option<Page>, WebError> {
    let now = app.dispatcher.clock.now();
    Ok(page::open(tx, &app.dispatcher.zones, token(uri), LinkPurpose::Unsubscribe, now).await?)
}

async fn answer(tx: &mut Tx, page: &Page, notice: Option<&str>) -> Result<Response, WebError> {
    let (this_ended, all_ended) = wishes::ended(tx, page).await?;
    let notice = notice.or(match (this_ended, all_ended) {
        (_, true) => Some("unsubscribed_all"),
        (true, false) => Some("unsubscribed_this"),
        _ => None,
    });
    let mut view = frame(page, &[], notice, None)?;
    let about = match page.message.purpose {
        Purpose::Service => "unsubscribe_service",
        Purpose::Survey => "unsubscribe_survey",
        Purpose::Marketing => "unsubscribe_marketing",
    };
    view["about"] = view["t"][about].clone();
    view["this_ended"] = this_ended.into();
    view["all_ended"] = all_ended.into();
    render(StatusCode::OK, "unsubscribe.html", &view)
}
