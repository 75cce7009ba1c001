//! The customers' pages: what the links in messages open.
//!
//! Whatever fetches a page (a mail scanner, a preview, a person) changes nothing; only a POST acts (docs/links.md).
//! There is no limit on guesses: a token is one of 2^160, and each try costs the same whatever it hits.

mod form;
pub(super) mod language;
mod respond;
mod show;
mod unsubscribe;

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Value, json};

use super::error::WebError;
use super::kept::Kept;
use crate::app::App;
use crate::inbound::page::Page;
use crate::texts::phrases::Phrases;

/// A comment of a thousand letters in any script, and the form around it.
const LONGEST_FORM: usize = 32 * 1024;

const STYLE: Kept = Kept::style("/r/page.css", include_str!("../../../templates/pages/page.css"));

/// What every answer says to browsers, caches and search engines. No script runs, nobody may frame the page, and the
/// link itself is told to nobody.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// Every page, parsed once.
static PAGES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.add_global("style", STYLE.address());
    pages.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
    pages.add_template("base.html", include_str!("../../../templates/pages/base.html"))?;
    pages.add_template("head.html", include_str!("../../../templates/pages/head.html"))?;
    pages.add_template("respond.html", include_str!("../../../templates/pages/respond.html"))?;
    pages.add_template("cancel.html", include_str!("../../../templates/pages/cancel.html"))?;
    pages.add_template(
        "preferences.html",
        include_str!("../../../templates/pages/preferences.html"),
    )?;
    pages.add_template(
        "unsubscribe.html",
        include_str!("../../../templates/pages/unsubscribe.html"),
    )?;
    pages.add_template("gone.html", include_str!("../../../templates/pages/gone.html"))?;
    Ok(pages)
});

/// The pages' routes; they ask for no password, the token is one.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/r/page.css", get(style))
        .route("/r/{token}", get(respond::show).post(respond::act))
        .route("/u/{token}", get(unsubscribe::show).post(unsubscribe::act))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(from_fn(careful))
}

async fn careful(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        // What a page says itself stays: the style may be kept by browsers.
        response
            .headers_mut()
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
    response
}

async fn style(asked: Uri) -> Response {
    STYLE.answer(&asked)
}

/// What the path ends with, as it came: whatever it is, it is hashed and looked up.
fn token(uri: &Uri) -> &str {
    uri.path().rsplit('/').next().unwrap_or_default()
}

/// One page for every link that does not work, in the reader's own language: not known, over, or not good for this.
fn gone(headers: &HeaderMap) -> Result<Response, WebError> {
    let locale = language::preferred(headers).ok_or_else(no_language)?;
    let phrases = Phrases::of_pages(&locale).filled(&[]);
    let page = json!({ "language": locale.tag(), "t": phrases });
    render(StatusCode::NOT_FOUND, "gone.html", &page)
}

fn render(status: StatusCode, name: &str, page: &Value) -> Result<Response, WebError> {
    let pages = PAGES.as_ref().map_err(|error| WebError::Internal(error.to_string()))?;
    Ok((status, Html(pages.get_template(name)?.render(Serde(page))?)).into_response())
}

/// What all pages of a link show: its language, its words, and whom to phone.
fn frame(page: &Page, values: &[(&str, &str)], notice: Option<&str>, problem: Option<&str>) -> Result<Value, WebError> {
    let business = &page.desk.business;
    let locale = page.locale().ok_or_else(no_language)?;
    let phone = business.phone.as_deref().unwrap_or_default();
    let mut known = vec![("business", business.name.as_str()), ("phone", phone)];
    known.extend(values);
    let phrases = Phrases::of_pages(&locale).filled(&known);
    let said = |name: Option<&str>| name.and_then(|name| phrases.get(name)).cloned();
    let dial: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    Ok(json!({
        "language": locale.tag(), "business": business.name, "phone": phone, "dial": dial, "notice": said(notice),
        "problem": said(problem), "t": phrases,
    }))
}

/// None in a build that passed its tests.
fn no_language() -> WebError {
    WebError::Internal("no language has page texts".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_can_be_read() {
        assert!(PAGES.as_ref().is_ok(), "{:?}", PAGES.as_ref().err());
    }

    #[test]
    fn the_page_for_links_that_do_not_work_names_nobody_and_speaks_the_readers_language() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_LANGUAGE,
            HeaderValue::from_static("sl, pl;q=0.9, en;q=0.8"),
        );
        let response = gone(&headers).unwrap_or_else(IntoResponse::into_response);
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(language::preferred(&headers).unwrap().tag(), "pl");
    }
}
