//! What everybody may set for themselves: name, language, password, and where they are signed in.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::super::acted::{Acted, Nothing};
use super::super::super::door::phrase_of;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::users::language_names;
use super::{Errors, Said, page, shown, zone_of};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::locale::Locale;
use crate::domain::password::Password;
use crate::domain::session::Session;
use crate::domain::user;
use crate::store;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    locale: String,
}

/// `GET /profile`.
pub(super) async fn show(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    let fields = Fields {
        name: staff.user.name.clone(),
        locale: staff.locale()?.language().to_owned(),
    };
    form(&app, &staff, &fields, &Errors::new(), said.notice()).await
}

/// `POST /profile`.
pub(super) async fn save(
    State(app): State<App>,
    Acted { staff, form: fields }: Acted<Fields>,
) -> Result<Response, WebError> {
    let own = own(&staff)?;
    let mut errors = Errors::new();
    let name = user::name(&fields.name);
    if name.is_none() {
        errors.insert("name", "name_missing");
    }
    let locale = Locale::parse(&fields.locale).map_err(|_| errors.insert("locale", "locale_unknown"));
    let (Some(name), Ok(locale)) = (name, locale) else {
        return form(&app, &staff, &fields, &errors, None).await;
    };
    let mut tx = app.store().write().await?;
    store::user::change(&mut tx, &own.user_id, &name, locale.tag()).await?;
    tx.commit().await?;
    Ok(to_profile(&staff, "profile_saved").into_response())
}

/// Never shown again.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Passwords {
    old: String,
    new: String,
}

/// `POST /profile/password`: the new one counts from now on, and every other browser is signed out. Whoever sits down at
/// an open desk does not know the old one, and has no more tries than at the door.
pub(super) async fn password(
    State(app): State<App>,
    Acted { staff, form: typed }: Acted<Passwords>,
) -> Result<Response, WebError> {
    let own = own(&staff)?;
    let fields = Fields {
        name: staff.user.name.clone(),
        locale: staff.locale()?.language().to_owned(),
    };
    let (login, now) = (&staff.user.login, app.dispatcher.clock.now());
    if app.door.try_now(login, None, now).is_err() {
        let errors = Errors::from([("old", "password_too_often")]);
        return form(&app, &staff, &fields, &errors, None).await;
    }
    let kept = store::user::credentials(&mut app.store().read().await?, login).await?;
    let kept = kept.map(|(_, hash)| hash);
    if !app.door.verify(typed.old, kept.clone()).await? {
        let errors = Errors::from([("old", "old_password_wrong")]);
        return form(&app, &staff, &fields, &errors, None).await;
    }
    app.door.was_right(login, None);
    let new = match Password::parse(&typed.new) {
        Ok(new) => new,
        Err(error) => {
            let errors = Errors::from([("new", phrase_of(error))]);
            return form(&app, &staff, &fields, &errors, None).await;
        }
    };
    let hash = app.door.hash(new).await?;
    let mut tx = app.store().write().await?;
    // While the passwords were looked at, another browser may have changed it.
    let still = store::user::credentials(&mut tx, login).await?;
    if still.map(|(_, hash)| hash) != kept {
        return Err(WebError::SignedOut);
    }
    store::user::set_password(&mut tx, &own.user_id, &hash).await?;
    store::user_link::end_all(&mut tx, &own.user_id).await?;
    store::session::end_others(&mut tx, &own.user_id, &own.token_hash).await?;
    store::history::add(&mut tx, None, ("user", &own.user_id), "password", "changed", now).await?;
    tx.commit().await?;
    Ok(to_profile(&staff, "password_changed").into_response())
}

/// `POST /profile/sessions`.
pub(super) async fn sign_out_elsewhere(
    State(app): State<App>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let own = own(&staff)?;
    let mut tx = app.store().write().await?;
    store::session::end_others(&mut tx, &own.user_id, &own.token_hash).await?;
    tx.commit().await?;
    Ok(to_profile(&staff, "signed_out_elsewhere"))
}

/// The browser's own session; in the demonstration there is none, and nothing to set.
fn own(staff: &Staff) -> Result<&Session, WebError> {
    let nobody = WebError::NotAllowed("error_nobody_signs_in");
    staff.session.as_ref().ok_or(nobody)
}

fn to_profile(staff: &Staff, said: &str) -> Redirect {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(business) = staff.business() {
        query.append_pair("business", &business.id);
    }
    Redirect::to(&format!("/profile?{}", query.append_pair("said", said).finish()))
}

async fn form(
    app: &App,
    staff: &Staff,
    fields: &Fields,
    errors: &Errors,
    notice: Option<&str>,
) -> Result<Response, WebError> {
    let mut page = page(staff, "profile", notice);
    page["fields"] = json!(fields);
    page["languages"] = language_names();
    page["sessions"] = sessions(app, staff).await?;
    shown("profile.html", staff, errors, page)
}

/// Where the user is signed in, by the clock of the business; of a user who has none, by UTC.
async fn sessions(app: &App, staff: &Staff) -> Result<Value, WebError> {
    let Some(own) = &staff.session else {
        return Ok(Value::Null);
    };
    let now = app.dispatcher.clock.now();
    let zone = match staff.business() {
        Some(business) => Some(zone_of(&app.dispatcher.zones, business)?),
        None => None,
    };
    let local = |at: Instant| {
        zone.as_ref()
            .map_or_else(|| at.utc().naive_utc(), |zone| zone.local(at))
    };
    let sessions = store::session::of_user(&mut app.store().read().await?, &own.user_id, now).await?;
    let one = |session: &Session| {
        let is_this = session.token_hash == own.token_hash;
        // A page that is read is noted by the hour: it is being used now.
        let seen = if is_this { now } else { session.seen_at };
        json!({
            "this": is_this, "since": local(session.created_at), "seen": local(seen),
            "recent": now.since(seen) < TimeDelta::hours(2),
        })
    };
    Ok(sessions.iter().map(one).collect())
}
