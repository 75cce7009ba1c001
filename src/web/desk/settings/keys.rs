//! Keys by which a business's own system hands over what it knows. A key is shown once, to whoever has made it.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::super::super::acted::{Acted, Nothing};
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::{Errors, Said, owned, page, shown, zone_of};
use crate::app::App;
use crate::domain::api_key::{self, ApiKey};
use crate::domain::ids::new_id;
use crate::domain::link::Token;
use crate::domain::user;
use crate::store;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
}

/// What a page shows besides the keys: what was typed, and a key that was just made.
#[derive(Default)]
struct Beside<'a> {
    typed: &'a str,
    made: Option<&'a str>,
    notice: Option<&'a str>,
}

/// `GET /settings/keys`.
pub(super) async fn show(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    let beside = Beside {
        notice: said.notice(),
        ..Beside::default()
    };
    list(&app, &staff, &Errors::new(), &beside).await
}

/// `POST /settings/keys`: the answer itself shows the key, since no address may hold it. Sent again, it finds the name taken.
pub(super) async fn make(
    State(app): State<App>,
    Acted { staff, form: fields }: Acted<Fields>,
) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let refused = |phrase| Errors::from([("name", phrase)]);
    let again = Beside {
        typed: &fields.name,
        ..Beside::default()
    };
    let Some(name) = user::name(&fields.name).filter(|name| name.chars().count() <= 100) else {
        return list(&app, &staff, &refused("key_name_missing"), &again).await;
    };
    let now = app.dispatcher.clock.now();
    let token = Token::new(rand::random());
    let key = ApiKey {
        id: new_id(now),
        business_id: business.id.clone(),
        name,
        made_by: staff.user.name.clone(),
        made_at: now,
        used_at: None,
        revoked_at: None,
    };
    let mut tx = app.store().write().await?;
    if !store::api_key::add(&mut tx, &key, &token.hash()).await? {
        drop(tx);
        return list(&app, &staff, &refused("key_name_taken"), &again).await;
    }
    let (about, detail) = (
        ("api key", key.id.as_str()),
        format!("{}, by {}", key.name, key.made_by),
    );
    store::history::add(&mut tx, Some(&business.id), about, "added", &detail, now).await?;
    tx.commit().await?;
    let made = api_key::shown(&token);
    let beside = Beside {
        made: Some(&made),
        ..Beside::default()
    };
    list(&app, &staff, &Errors::new(), &beside).await
}

/// `POST /settings/keys/{id}/revoke`.
pub(super) async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let business = owned(&staff)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    if !store::api_key::revoke(&mut tx, &business.id, &id, now).await? {
        return Err(WebError::NotFound);
    }
    let by = format!("by {}", staff.user.name);
    store::history::add(&mut tx, Some(&business.id), ("api key", &id), "revoked", &by, now).await?;
    tx.commit().await?;
    Ok(back("/settings/keys", business, "key_revoked"))
}

async fn list(app: &App, staff: &Staff, errors: &Errors, beside: &Beside<'_>) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let zone = zone_of(&app.dispatcher.zones, business)?;
    let keys = store::api_key::of_business(&mut app.store().read().await?, &business.id).await?;
    let one = |key: &ApiKey| {
        json!({
            "id": key.id, "name": key.name, "made_by": key.made_by, "made_at": zone.local(key.made_at),
            "used_at": key.used_at.map(|at| zone.local(at)),
        })
    };
    let mut page = page(staff, "keys", beside.notice);
    page["keys"] = keys.iter().map(one).collect();
    page["typed"] = json!(beside.typed);
    page["made"] = json!(beside.made);
    page["site"] = json!(app.config.server.public_url);
    shown("settings_keys.html", staff, errors, page)
}
