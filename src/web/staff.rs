//! Who asks for a page of the desk: the signed-in user, the businesses they belong to, and the one that the page is about.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};

use super::error::WebError;
use super::public::language::preferred;
use super::site::session_token;
use crate::app::{App, DeskAccess};
use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::link;
use crate::domain::locale::Locale;
use crate::domain::message::Channel;
use crate::domain::session::{self, Session};
use crate::domain::user::{Role, User};
use crate::store::{self, Tx};

/// The language of the demonstration, and of users whose own has no texts any more.
const USUAL_LANGUAGE: &str = "en";

/// The signed-in user. Every handler of the desk takes it: whoever is not signed in is led to the sign-in.
pub(super) struct Staff {
    pub user: User,
    /// All that the user belongs to, by id. Nothing of any other may be shown.
    pub businesses: Vec<Business>,
    /// What forms bring along (`Acted`).
    pub csrf: String,
    /// The session, where there is one.
    pub session: Option<Session>,
    /// Texts or mails reach nobody but the sandbox: customers' phones can be looked at.
    pub sandbox: bool,
    /// In the order of `businesses`.
    roles: Vec<Role>,
    chosen: Option<usize>,
}

impl Staff {
    /// The business that the address names, or the first one; none: the user belongs to none.
    pub(super) fn business(&self) -> Option<&Business> {
        self.businesses.get(self.chosen?)
    }

    /// What the user may do in that business.
    pub(super) fn role(&self) -> Option<Role> {
        self.roles.get(self.chosen?).copied()
    }

    /// For what staff may not do.
    pub(super) fn only_owner(&self) -> Result<(), WebError> {
        match self.role() {
            Some(Role::Owner) => Ok(()),
            Some(Role::Staff) | None => Err(WebError::NotAllowed("error_only_owners")),
        }
    }

    /// The ids of the businesses that the user owns.
    pub(super) fn owned(&self) -> Vec<&str> {
        let all = self.businesses.iter().zip(&self.roles);
        let owned = all.filter(|(_, role)| **role == Role::Owner);
        owned.map(|(business, _)| business.id.as_str()).collect()
    }

    /// One of the user's businesses.
    pub(super) fn of(&self, business_id: &str) -> Option<&Business> {
        self.businesses.iter().find(|business| business.id == business_id)
    }

    /// The language of the user's pages.
    pub(super) fn locale(&self) -> Result<Locale, WebError> {
        Ok(Locale::parse(&self.user.locale).or_else(|_| Locale::parse(USUAL_LANGUAGE))?)
    }

    /// What every page of the desk shows: whose it is, which business, and what its forms bring along.
    pub(super) fn page(&self) -> Value {
        json!({
            "user": { "name": self.user.name, "login": self.user.login }, "signed_in": self.session.is_some(),
            "owner": self.role() == Some(Role::Owner), "business": self.business(), "businesses": self.businesses,
            "csrf": self.csrf,
            "sandbox": self.sandbox,
        })
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let mut staff = match app.desk {
            DeskAccess::Open => everybody(app).await?,
            DeskAccess::Users => match signed_in(app, parts).await? {
                Some(staff) => staff,
                None if matches!(parts.method, Method::GET | Method::HEAD) => {
                    return Err(WebError::SignInFirst(parts.uri.clone()));
                }
                None => return Err(WebError::SignedOut),
            },
        };
        staff.sandbox = Channel::ALL.iter().any(|channel| app.dispatcher.is_sandbox(*channel));
        staff.chosen = match business_of(&parts.uri) {
            // What is not the user's is not there.
            Some(id) => Some(
                staff
                    .businesses
                    .iter()
                    .position(|business| business.id == id)
                    .ok_or(WebError::NotFound)?,
            ),
            None => (!staff.businesses.is_empty()).then_some(0),
        };
        Ok(staff)
    }
}

/// The language of whoever asks: the user's, else what the browser likes best.
pub(super) async fn language(app: &App, headers: &HeaderMap) -> Result<Locale, WebError> {
    let own = match app.desk {
        DeskAccess::Open => Some(USUAL_LANGUAGE.to_owned()),
        DeskAccess::Users => {
            let mut tx = app.store().read().await?;
            known(&mut tx, app, headers).await?.map(|(_, user)| user.locale)
        }
    };
    let own = own.and_then(|locale| Locale::parse(&locale).ok());
    own.or_else(|| preferred(headers))
        .ok_or_else(|| WebError::Internal("no language has texts".to_owned()))
}

/// The session of a browser, and whose it is.
async fn known(tx: &mut Tx, app: &App, headers: &HeaderMap) -> Result<Option<(Session, User)>, WebError> {
    let Some(token) = session_token(app, headers) else {
        return Ok(None);
    };
    let now = app.dispatcher.clock.now();
    let Some(session) = store::session::find(tx, &link::hash(token), now).await? else {
        return Ok(None);
    };
    let user = store::user::find(tx, &session.user_id).await?;
    Ok(user.map(|user| (session, user)))
}

/// The business that an address names.
fn business_of(uri: &Uri) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    let mut named = pairs.filter(|(name, _)| name == "business");
    named.next().map(|(_, id)| id.into_owned())
}

/// The user of the browser's session.
async fn signed_in(app: &App, parts: &Parts) -> Result<Option<Staff>, WebError> {
    let Some(token) = session_token(app, &parts.headers) else {
        return Ok(None);
    };
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let Some((session, user)) = known(&mut tx, app, &parts.headers).await? else {
        return Ok(None);
    };
    let staff = of_user(&mut tx, user, session::csrf(token), session).await?;
    drop(tx);
    note_use(app, &staff, now).await?;
    Ok(Some(staff))
}

async fn of_user(tx: &mut Tx, user: User, csrf: String, session: Session) -> Result<Staff, WebError> {
    let businesses = store::business::of_user(tx, &user.id).await?;
    let memberships = store::user::memberships(tx, &user.id).await?;
    let role = |business: &Business| {
        let mut of_business = memberships.iter().filter(|known| known.business_id == business.id);
        of_business.next().map_or(Role::Staff, |known| known.role)
    };
    Ok(Staff {
        roles: businesses.iter().map(role).collect(),
        user,
        businesses,
        csrf,
        session: Some(session),
        sandbox: false,
        chosen: None,
    })
}

/// A session lasts from its last use.
async fn note_use(app: &App, staff: &Staff, now: Instant) -> Result<(), WebError> {
    if let Some(used) = staff.session.as_ref().and_then(|session| session.used(now)) {
        let mut tx = app.store().write().await?;
        store::session::used(&mut tx, &used).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Whoever looks at the demonstration.
async fn everybody(app: &App) -> Result<Staff, WebError> {
    let businesses = store::business::all(&mut app.store().read().await?).await?;
    Ok(Staff {
        user: User {
            id: "everybody".to_owned(),
            login: "everybody".to_owned(),
            name: "You".to_owned(),
            locale: USUAL_LANGUAGE.to_owned(),
            created_at: app.dispatcher.clock.now(),
            ended_at: None,
            has_password: false,
        },
        roles: vec![Role::Owner; businesses.len()],
        businesses,
        csrf: app.door.nobodys_csrf(),
        session: None,
        sandbox: false,
        chosen: None,
    })
}
