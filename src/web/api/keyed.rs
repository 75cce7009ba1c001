//! Whose system asks: the business of its key, and no other.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use super::Problem;
use crate::app::App;
use crate::domain::api_key::{self, ApiKey};
use crate::store;

/// A request with a key that opens something. Nothing of any business but the key's may be done or shown.
pub(super) struct Keyed(pub ApiKey);

impl FromRequestParts<App> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let given = bearer(parts).ok_or_else(Problem::no_key)?;
        let found = store::api_key::find(&mut app.store().read().await?, &api_key::hash(given)).await?;
        let key = found.ok_or_else(Problem::no_key)?;
        let named = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .find(|(name, _)| name == "business")
            .map(|(_, id)| id.into_owned());
        if named.is_some_and(|id| id != key.business_id) {
            let detail = "this key is another business's: each business has keys of its own";
            return Err(Problem::new(StatusCode::FORBIDDEN, "another_business", detail));
        }
        let mut tx = app.store().write().await?;
        store::api_key::used(&mut tx, &key.id, app.dispatcher.clock.now()).await?;
        tx.commit().await?;
        Ok(Self(key))
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
