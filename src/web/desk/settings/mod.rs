//! Settings: for owners, how their business works and who works at it; for everybody, their own name, language and password.

mod business;
mod holidays;
mod import;
mod keys;
mod profile;
mod senders;
mod users;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::render;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::user::LoginError;
use crate::domain::zone::{Zone, Zones};

/// Largest file that is taken, and what a form adds to it.
pub(in crate::web) const LARGEST_FILE: u64 = 64 * 1024 * 1024;
const LARGEST_UPLOAD: usize = 64 * 1024 * 1024 + 64 * 1024;

/// How long whoever asks waits for something that may take long: what takes less is there at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// What can be said of an act here: each has a phrase `set_…`.
const NOTICES: [&str; 21] = [
    "saved",
    "unchanged",
    "holidays_added",
    "holiday_removed",
    "resumed",
    "not_stopped",
    "tested",
    "test_too_many",
    "test_opted_out",
    "test_unreachable",
    "let_in",
    "role_changed",
    "taken_out",
    "user_ended",
    "last_owner",
    "not_yours_to_change",
    "key_revoked",
    "profile_saved",
    "password_changed",
    "signed_out_elsewhere",
    "busy",
];

/// What is wrong, by the field beside which it is said: the name of a phrase.
type Errors = BTreeMap<&'static str, &'static str>;

/// What a page is to say of the act that led to it.
#[derive(Debug, Default, Deserialize)]
struct Said {
    said: Option<String>,
}

impl Said {
    /// The notice, where the address names one that there is.
    fn notice(&self) -> Option<&'static str> {
        let said = self.said.as_deref()?;
        NOTICES.into_iter().find(|notice| *notice == said)
    }
}

/// The routes of the settings.
pub(in crate::web) fn routes() -> Router<App> {
    Router::new()
        .route("/settings", get(business::show).post(business::save))
        .route("/settings/holidays", get(holidays::show).post(holidays::save))
        .route("/settings/senders", get(senders::show).post(senders::save))
        .route("/settings/senders/resume", post(senders::resume))
        .route("/settings/senders/test", post(senders::test))
        .route("/settings/senders/tests/{id}", post(senders::ask))
        .route("/settings/keys", get(keys::show).post(keys::make))
        .route("/settings/keys/{id}/revoke", post(keys::revoke))
        .route("/users", get(users::list).post(users::invite))
        .route("/users/{id}", get(users::show))
        .route("/users/{id}/role", post(users::role))
        .route("/users/{id}/link", post(users::link))
        .route("/users/{id}/out", post(users::out))
        .route("/users/{id}/end", post(users::end))
        .route("/profile", get(profile::show).post(profile::save))
        .route("/profile/password", post(profile::password))
        .route("/profile/sessions", post(profile::sign_out_elsewhere))
        .route(
            "/import",
            get(import::show)
                .post(import::hand_over)
                .layer(DefaultBodyLimit::max(LARGEST_UPLOAD)),
        )
        .route("/import/{id}", get(import::run).post(import::decide))
        .route("/import/{id}/refused.csv", get(import::refused))
        .route("/import/templates/{kind}", get(import::template))
}

/// The business that an owner sets things for.
fn owned(staff: &Staff) -> Result<&Business, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    staff.only_owner()?;
    Ok(business)
}

/// A page of the settings: what every page of the desk shows, where it is, and what it says of the last act.
fn page(staff: &Staff, tab: &str, said: Option<&str>) -> Value {
    let mut page = staff.page();
    // Two of the tabs have a place of their own in the navigation.
    page["here"] = json!(if ["import", "profile"].contains(&tab) {
        tab
    } else {
        "settings"
    });
    page["tab"] = json!(tab);
    page["notice"] = json!(said);
    page
}

/// The page, whether what was typed is right or not.
fn shown(name: &str, staff: &Staff, errors: &Errors, mut page: Value) -> Result<Response, WebError> {
    page["errors"] = json!(errors);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, render(name, &staff.locale()?, &page)?).into_response())
}

/// The zone whose clock a business's pages show.
fn zone_of(zones: &Zones, business: &Business) -> Result<Zone, WebError> {
    Ok(zones.zone(&business.zone)?)
}

/// The phrase that says what is wrong with a login.
const fn phrase_of_login(error: LoginError) -> &'static str {
    match error {
        LoginError::Empty => "login_missing",
        LoginError::Space => "login_space",
        LoginError::Address => "login_address",
        LoginError::TooLong => "login_too_long",
    }
}

/// Waits a little for work that goes on by itself, so that the next page mostly shows how it ended.
async fn wait_a_little(work: tokio::task::JoinHandle<()>) {
    if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, work).await {
        tracing::error!(%error, "work that a page has begun broke down");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;
    use crate::texts::phrases::Phrases;

    #[test]
    fn every_notice_has_its_phrase() {
        let phrases = Phrases::of_desk(&Locale::parse("en").unwrap());
        for notice in NOTICES {
            assert!(phrases.say(&format!("set_{notice}"), |_| None).is_some(), "{notice}");
        }
    }
}
