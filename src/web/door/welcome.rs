//! `/welcome/{token}`: a user chooses a password, by a link that works one time: an invitation, or help after the
//! password was forgotten.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::super::error::WebError;
use super::super::site::is_from_here;
use super::{gone, page, phrase_of, token};
use crate::app::App;
use crate::domain::link;
use crate::domain::password::Password;
use crate::domain::user::User;
use crate::store::{self, Tx};

/// `GET /welcome/{token}`. Looking uses nothing up: a mail scanner may look first.
pub(in crate::web) async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, WebError> {
    match invited(&app, &mut app.store().read().await?, &uri).await? {
        Some(user) => shown(StatusCode::OK, &headers, &user, None),
        None => gone(&headers),
    }
}

#[derive(serde::Deserialize)]
pub(in crate::web) struct Fields {
    #[serde(default)]
    password: String,
}

/// `POST /welcome/{token}`: the password counts from now on, and whoever was signed in as this user no longer is.
pub(in crate::web) async fn act(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    if !is_from_here(&app, &headers) {
        return Err(WebError::NotAllowed("error_open_link_again"));
    }
    let Some(user) = invited(&app, &mut app.store().read().await?, &uri).await? else {
        return gone(&headers);
    };
    let password = match Password::parse(&fields.password) {
        Ok(password) => password,
        Err(error) => {
            return shown(
                StatusCode::UNPROCESSABLE_ENTITY,
                &headers,
                &user,
                Some(phrase_of(error)),
            );
        }
    };
    let hash = app.door.hash(password).await?;
    let mut tx = app.store().write().await?;
    // The same link may have been used while the password was hashed.
    let Some(user) = invited(&app, &mut tx, &uri).await? else {
        return gone(&headers);
    };
    store::user::set_password(&mut tx, &user.id, &hash).await?;
    store::user_link::end_all(&mut tx, &user.id).await?;
    store::session::end_all(&mut tx, &user.id).await?;
    tx.commit().await?;
    app.door.was_right(&user.login, None);
    Ok(Redirect::to("/sign-in?chosen=true").into_response())
}

/// Whose link that is.
async fn invited(app: &App, tx: &mut Tx, uri: &Uri) -> Result<Option<User>, WebError> {
    let now = app.dispatcher.clock.now();
    let Some(id) = store::user_link::find(tx, &link::hash(token(uri)), now).await? else {
        return Ok(None);
    };
    Ok(store::user::find(tx, &id).await?)
}

fn shown(status: StatusCode, headers: &HeaderMap, user: &User, error: Option<&str>) -> Result<Response, WebError> {
    let shown = json!({ "name": user.name, "login": user.login, "error": error });
    page(status, "welcome.html", headers, &shown)
}
