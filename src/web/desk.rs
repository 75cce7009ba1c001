//! The desk's first pages: what goes out, what went out, and why something did not.

use axum::extract::{Path, State};
use axum::response::Html;
use chrono::TimeDelta;
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::json;

use super::error::WebError;
use crate::app::App;
use crate::outbound::listing;
use crate::outbound::story;
use crate::store;
use crate::store::report::Filter;

/// How many messages the overview shows at most, either side of now.
const SHOWN: usize = 200;

/// What lies this far back or ahead is on the overview.
const WINDOW: TimeDelta = TimeDelta::days(14);

fn render(name: &str, page: &serde_json::Value) -> Result<Html<String>, WebError> {
    let mut pages = Environment::new();
    pages.add_template("base.html", include_str!("../../templates/desk/base.html"))?;
    pages.add_template("overview.html", include_str!("../../templates/desk/overview.html"))?;
    pages.add_template("story.html", include_str!("../../templates/desk/story.html"))?;
    Ok(Html(pages.get_template(name)?.render(Serde(page))?))
}

/// `GET /`: businesses, stopped senders, calls to make, and the messages around now.
pub(super) async fn overview(State(app): State<App>) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut messages = Vec::new();
    let filter = Filter { since: Some(now - WINDOW), until: Some(now + WINDOW), ..Filter::default() };
    listing::list(&app.dispatcher, &filter, |line| messages.push(line)).await?;
    let (past, ahead): (Vec<_>, Vec<_>) = messages.into_iter().partition(|line| line.due_at <= now);
    let past: Vec<_> = past.into_iter().rev().take(SHOWN).collect();
    let ahead: Vec<_> = ahead.into_iter().take(SHOWN).collect();
    let mut tx = app.store().read().await?;
    let page = json!({
        "businesses": store::business::all(&mut tx).await?,
        "stopped": store::lane::paused(&mut tx).await?,
        "calls": store::call::open_calls(&mut tx, None).await?,
        "counts": store::report::counts(&mut tx, None).await?,
        "past": past,
        "ahead": ahead,
        "now": now,
        "zone_data": app.dispatcher.zones.version(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    render("overview.html", &page)
}

/// `GET /messages/{id}`: the story of one message, item or customer.
pub(super) async fn story(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    let stories = story::stories(&app.dispatcher, &id).await?;
    if stories.is_empty() {
        return Err(WebError::NotFound);
    }
    render("story.html", &json!({ "stories": stories, "version": env!("CARGO_PKG_VERSION") }))
}
