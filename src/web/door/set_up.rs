//! `/set-up/{token}`: the first run. The first user, and the first business where there is none yet; open only while
//! there is no user, and only to whoever has the link that `serve` printed.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::json;

use super::super::error::WebError;
use super::super::site::is_from_here;
use super::{begin_session, go_on, gone, language, page, phrase_of, token};
use crate::app::App;
use crate::domain::business::{Business, BusinessKind};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::locale::Locale;
use crate::domain::password::Password;
use crate::domain::phone;
use crate::domain::user::{self, LoginError, Role, User};
use crate::domain::zone::Zones;
use crate::outbound::founding::{FoundingError, found};
use crate::store::{self, Tx};

/// The languages that a business can write in, each by its own name.
const LANGUAGES: [(&str, &str); 5] = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("pl", "Polski"),
];

/// What was typed. The fields of the business are empty where there is one already.
#[derive(Default, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub(in crate::web) struct Fields {
    business_name: String,
    business_id: String,
    preset: String,
    zone: String,
    locale: String,
    region: String,
    name: String,
    login: String,
    /// Never shown again.
    #[serde(skip_serializing)]
    password: String,
}

/// What is wrong, by the field beside which it is said: the name of a phrase.
type Errors = BTreeMap<&'static str, &'static str>;

/// `GET /set-up/{token}`.
pub(in crate::web) async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    if !is_open(&app, &mut tx, &uri).await? {
        return gone(&headers);
    }
    let fields = Fields {
        locale: language(&headers)?.language().to_owned(),
        preset: BusinessKind::Garage.as_str().to_owned(),
        ..Fields::default()
    };
    shown(&app, &mut tx, &headers, &fields, &Errors::new()).await
}

/// `POST /set-up/{token}`: writes all or nothing, and signs the first user in.
pub(in crate::web) async fn act(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    if !is_from_here(&app, &headers) {
        return Err(WebError::NotAllowed("error_open_link_again"));
    }
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    if !is_open(&app, &mut tx, &uri).await? {
        return gone(&headers);
    }
    let founds = store::business::all(&mut tx).await?.is_empty();
    let wanted = match Wanted::of(&fields, founds, &app.dispatcher.zones, &headers, now) {
        Ok(wanted) => wanted,
        Err(errors) => return shown(&app, &mut tx, &headers, &fields, &errors).await,
    };
    drop(tx);
    let hash = app.door.hash(wanted.password.clone()).await?;
    let mut tx = app.store().write().await?;
    // Somebody else may have been faster while the password was hashed.
    if !is_open(&app, &mut tx, &uri).await? {
        return gone(&headers);
    }
    write(&mut tx, &app.dispatcher.zones, &wanted, &hash, now).await?;
    let session = begin_session(&mut tx, &app, &headers, &wanted.user.id, now).await?;
    tx.commit().await?;
    app.door.close_set_up();
    tracing::info!(user = %wanted.user.id, "set up: the first user is signed in");
    go_on(&app, Some(&session), "/")
}

async fn is_open(app: &App, tx: &mut Tx, uri: &Uri) -> Result<bool, WebError> {
    Ok(app.door.is_set_up(token(uri)) && !store::user::any(tx).await?)
}

/// The first user owns what there is, and what is founded now.
async fn write(tx: &mut Tx, zones: &Zones, wanted: &Wanted, hash: &str, now: Instant) -> Result<(), WebError> {
    if let Some(business) = &wanted.business {
        match found(tx, zones, business, now).await {
            // A command may have made one meanwhile: the first user owns that one.
            Ok(_) | Err(FoundingError::Taken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let user = &wanted.user;
    store::user::add(tx, user).await?;
    store::user::set_password(tx, &user.id, hash).await?;
    for business in store::business::all(tx).await? {
        store::user::allow(tx, &user.id, &business.id, Role::Owner).await?;
    }
    store::history::add(tx, None, ("user", &user.id), "added", "set-up", now).await?;
    Ok(())
}

/// What was typed, and is right.
struct Wanted {
    business: Option<Business>,
    user: User,
    password: Password,
}

impl Wanted {
    fn of(fields: &Fields, founds: bool, zones: &Zones, headers: &HeaderMap, now: Instant) -> Result<Self, Errors> {
        let mut errors = Errors::new();
        let business = founds.then(|| business(fields, zones, &mut errors));
        let name = user::name(&fields.name);
        if name.is_none() {
            errors.insert("name", "name_missing");
        }
        let login = user::login(&fields.login).map_err(|error| errors.insert("login", phrase_of_login(error)));
        let password = Password::parse(&fields.password);
        let password = password.map_err(|error| errors.insert("password", phrase_of(error)));
        let locale = language(headers).map(|locale| locale.tag().to_owned());
        match (name, login, password) {
            (Some(name), Ok(login), Ok(password)) if errors.is_empty() => Ok(Self {
                business,
                password,
                user: User {
                    id: new_id(now),
                    login,
                    name,
                    locale: locale.unwrap_or_default(),
                    created_at: now,
                    ended_at: None,
                    has_password: true,
                },
            }),
            _ => Err(errors),
        }
    }
}

/// Reads the fields of the business; what is wrong with them is added to `errors`.
fn business(fields: &Fields, zones: &Zones, errors: &mut Errors) -> Business {
    let kind = fields.preset.parse();
    if kind.is_err() {
        errors.insert("preset", "preset_missing");
    }
    let typed = fields.business_id.trim();
    let id = if typed.is_empty() {
        Business::id_of(&fields.business_name)
    } else {
        typed.to_owned()
    };
    let name = user::name(&fields.business_name);
    // Without a name there is nothing to make an id of: that is said beside the name.
    if !Business::id_fits(&id) && (name.is_some() || !typed.is_empty()) {
        errors.insert("business_id", "business_id_wrong");
    }
    let mut business = Business::new(id, kind.unwrap_or(BusinessKind::Garage), &fields.region);
    match name {
        Some(name) => business.name = name,
        None => {
            errors.insert("business_name", "business_name_missing");
        }
    }
    match zones.zone(fields.zone.trim()) {
        Ok(zone) => zone.name().clone_into(&mut business.zone),
        Err(_) => {
            errors.insert("zone", "zone_unknown");
        }
    }
    if let Err(phone::PhoneError::Region { .. }) = phone::parse("123456789", &business.region) {
        errors.insert("region", "region_unknown");
    }
    match Locale::parse(&fields.locale) {
        Ok(locale) => business.locale = with_region(&locale, &business.region),
        Err(_) => {
            errors.insert("locale", "locale_unknown");
        }
    }
    business
}

/// A language as it is written in that country, where that differs.
fn with_region(locale: &Locale, region: &str) -> String {
    let there = format!("{}-{region}", locale.language());
    let differs = locale.tag() == locale.language() && Locale::known().any(|known| known.tag() == there);
    if differs { there } else { locale.tag().to_owned() }
}

const fn phrase_of_login(error: LoginError) -> &'static str {
    match error {
        LoginError::Empty => "login_missing",
        LoginError::Space => "login_space",
        LoginError::Address => "login_address",
        LoginError::TooLong => "login_too_long",
    }
}

async fn shown(
    app: &App,
    tx: &mut Tx,
    headers: &HeaderMap,
    fields: &Fields,
    errors: &Errors,
) -> Result<Response, WebError> {
    let mut zones: Vec<_> = app.dispatcher.zones.names().filter(|name| name.contains('/')).collect();
    zones.sort();
    let shown = json!({
        "fields": fields, "errors": errors, "zones": zones, "languages": LANGUAGES,
        "known": store::business::all(tx).await?,
    });
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page(status, "set_up.html", headers, &shown)
}
