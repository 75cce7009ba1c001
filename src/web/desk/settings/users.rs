//! Who can sign in for a business: invited, let in, given another role or a new link, taken out, ended.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::super::acted::{Acted, Nothing};
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::{Errors, Said, owned, page, phrase_of_login, shown, zone_of};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::link::Token;
use crate::domain::locale::{Locale, languages};
use crate::domain::user::{self, Role, User, welcome_url};
use crate::outbound::staffing::{self, By, NewUser, governs, has_another_owner};
use crate::store::{self, Tx};

/// Somebody who is to be invited.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Fields {
    login: String,
    name: String,
    locale: String,
    role: String,
}

/// `GET /users`.
pub(super) async fn list(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let fields = Fields {
        locale: Locale::parse(&business.locale)
            .map_or("en", |locale| locale.language())
            .to_owned(),
        role: Role::Staff.as_str().to_owned(),
        ..Fields::default()
    };
    everybody(&app, &staff, &fields, (&Errors::new(), said.notice())).await
}

async fn everybody(
    app: &App,
    staff: &Staff,
    fields: &Fields,
    (errors, notice): (&Errors, Option<&str>),
) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let users = store::user::of_business(&mut app.store().read().await?, &business.id).await?;
    let one = |(user, role): &(User, Role)| {
        json!({
            "id": user.id, "name": user.name, "login": user.login, "role": role, "has_password": user.has_password,
        })
    };
    let mut page = page(staff, "users", notice);
    page["users"] = users.iter().map(one).collect();
    page["languages"] = json!(languages());
    page["roles"] = json!(Role::ALL);
    page["fields"] = json!(fields);
    shown("users.html", staff, errors, page)
}

/// `POST /users`: the answer itself shows the link, since no address may hold it.
pub(super) async fn invite(
    State(app): State<App>,
    Acted { staff, form: fields }: Acted<Fields>,
) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let new = match read(&fields, business) {
        Ok(new) => new,
        Err(errors) => return everybody(&app, &staff, &fields, (&errors, None)).await,
    };
    let (now, by) = (app.dispatcher.clock.now(), By(Some(&staff.user.name)));
    let mut tx = app.store().write().await?;
    let role = new.belongs.first().map_or(Role::Staff, |(_, role)| *role);
    if let Some(known) = known_here(&mut tx, &staff, &new.login).await? {
        // Whoever works for the owner already keeps their password.
        staffing::allow(&mut tx, &known, (&business.id, role), by, now).await?;
        tx.commit().await?;
        return Ok(back("/users", business, "let_in").into_response());
    }
    let Some(user) = staffing::add(&mut tx, new, by, now).await? else {
        drop(tx);
        let errors = Errors::from([("login", "login_taken")]);
        return everybody(&app, &staff, &fields, (&errors, None)).await;
    };
    let link = staffing::new_link(&mut tx, &user, by, now).await?;
    tx.commit().await?;
    handed_over(&app, &staff, &user, &link)
}

fn read<'a>(fields: &Fields, business: &'a Business) -> Result<NewUser<'a>, Errors> {
    let mut errors = Errors::new();
    let login = user::login(&fields.login).map_err(|error| errors.insert("login", phrase_of_login(error)));
    let name = user::name(&fields.name);
    if name.is_none() {
        errors.insert("name", "their_name_missing");
    }
    let locale = Locale::parse(&fields.locale).map_err(|_| errors.insert("locale", "locale_unknown"));
    let role = fields.role.parse().map_err(|_| errors.insert("role", "role_missing"));
    match (login, name, locale, role) {
        (Ok(login), Some(name), Ok(locale), Ok(role)) => Ok(NewUser {
            login,
            name,
            locale: locale.tag().to_owned(),
            belongs: vec![(&business.id, role)],
        }),
        _ => Err(errors),
    }
}

/// Who has that login and works in another business of the owner's, or in none.
async fn known_here(tx: &mut Tx, staff: &Staff, login: &str) -> Result<Option<User>, WebError> {
    let Some(user) = store::user::of_login(tx, login)
        .await?
        .filter(|user| user.ended_at.is_none())
    else {
        return Ok(None);
    };
    let belongs = store::user::memberships(tx, &user.id).await?;
    let owned = staff.owned();
    let is_here = belongs
        .iter()
        .any(|one| one.business_id == staff.business().map_or("", |b| &b.id));
    Ok(Some(user).filter(|_| !is_here && governs(&owned, &belongs)))
}

/// Shows a link once, for the owner to hand over.
fn handed_over(app: &App, staff: &Staff, user: &User, (token, until): &(Token, Instant)) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let zone = zone_of(&app.dispatcher.zones, business)?;
    let site = app.config.server.public_url.clone().unwrap_or_default();
    let mut page = page(staff, "users", None);
    page["one"] = json!({ "id": user.id, "name": user.name, "login": user.login });
    page["link"] = json!(welcome_url(&site, token));
    page["whole"] = json!(!site.is_empty());
    page["until"] = json!(zone.local(*until));
    shown("user_link.html", staff, &Errors::new(), page)
}

/// `GET /users/{id}`.
pub(super) async fn show(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    let (user, role) = found(&mut tx, &staff, &id).await?;
    let mut page = page(&staff, "users", said.notice());
    page["one"] = json!({
        "id": user.id, "name": user.name, "login": user.login, "role": role, "has_password": user.has_password,
        "self": user.id == staff.user.id,
    });
    page["roles"] = json!(Role::ALL);
    page["governed"] = json!(is_governed(&mut tx, &staff, &user).await?);
    shown("user.html", &staff, &Errors::new(), page)
}

#[derive(Debug, Deserialize)]
pub(super) struct NewRole {
    role: Role,
}

/// `POST /users/{id}/role`.
pub(super) async fn role(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<NewRole>,
) -> Result<Redirect, WebError> {
    let business = owned(&staff)?;
    let mut tx = app.store().write().await?;
    let (user, before) = found(&mut tx, &staff, &id).await?;
    let path = format!("/users/{}", user.id);
    if form.role == before {
        return Ok(back(&path, business, "unchanged"));
    }
    if before == Role::Owner && !has_another_owner(&mut tx, &business.id, &user.id).await? {
        return Ok(back(&path, business, "last_owner"));
    }
    let by = By(Some(&staff.user.name));
    staffing::allow(
        &mut tx,
        &user,
        (&business.id, form.role),
        by,
        app.dispatcher.clock.now(),
    )
    .await?;
    tx.commit().await?;
    // Who is no owner any more can't look at users.
    let path = if user.id == staff.user.id { "/" } else { path.as_str() };
    Ok(back(path, business, "role_changed"))
}

/// `POST /users/{id}/link`: for a forgotten password, or an invitation that has ended.
pub(super) async fn link(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let mut tx = app.store().write().await?;
    let (user, _) = found(&mut tx, &staff, &id).await?;
    if !is_governed(&mut tx, &staff, &user).await? {
        return Ok(back(&format!("/users/{}", user.id), business, "not_yours_to_change").into_response());
    }
    let by = By(Some(&staff.user.name));
    let link = staffing::new_link(&mut tx, &user, by, app.dispatcher.clock.now()).await?;
    tx.commit().await?;
    handed_over(&app, &staff, &user, &link)
}

/// `POST /users/{id}/out`: out of this business alone.
pub(super) async fn out(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let business = owned(&staff)?;
    let mut tx = app.store().write().await?;
    let (user, role) = found(&mut tx, &staff, &id).await?;
    if role == Role::Owner && !has_another_owner(&mut tx, &business.id, &user.id).await? {
        return Ok(back(&format!("/users/{}", user.id), business, "last_owner"));
    }
    let by = By(Some(&staff.user.name));
    staffing::deny(&mut tx, &user, &business.id, by, app.dispatcher.clock.now()).await?;
    tx.commit().await?;
    Ok(gone(&staff, &user, business, "taken_out"))
}

/// `POST /users/{id}/end`: for good, everywhere.
pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let business = owned(&staff)?;
    let mut tx = app.store().write().await?;
    let (user, _) = found(&mut tx, &staff, &id).await?;
    let path = format!("/users/{}", user.id);
    if !is_governed(&mut tx, &staff, &user).await? {
        return Ok(back(&path, business, "not_yours_to_change"));
    }
    for one in store::user::memberships(&mut tx, &user.id).await? {
        if one.role == Role::Owner && !has_another_owner(&mut tx, &one.business_id, &user.id).await? {
            return Ok(back(&path, business, "last_owner"));
        }
    }
    staffing::end(&mut tx, &user, By(Some(&staff.user.name)), app.dispatcher.clock.now()).await?;
    tx.commit().await?;
    Ok(gone(&staff, &user, business, "user_ended"))
}

/// Whoever has taken themselves out has nothing left to look at here.
fn gone(staff: &Staff, user: &User, business: &Business, said: &str) -> Redirect {
    if user.id == staff.user.id {
        Redirect::to("/")
    } else {
        back("/users", business, said)
    }
}

/// A user of the owner's business, and their role there; what is another's is not there.
async fn found(tx: &mut Tx, staff: &Staff, id: &str) -> Result<(User, Role), WebError> {
    let business = owned(staff)?;
    let users = store::user::of_business(tx, &business.id).await?;
    users
        .into_iter()
        .find(|(user, _)| user.id == id)
        .ok_or(WebError::NotFound)
}

/// Whether all that the user belongs to is the owner's.
async fn is_governed(tx: &mut Tx, staff: &Staff, user: &User) -> Result<bool, WebError> {
    let belongs = store::user::memberships(tx, &user.id).await?;
    Ok(governs(&staff.owned(), &belongs))
}

/// For templates that list them.
pub(super) fn language_names() -> Value {
    json!(languages())
}
