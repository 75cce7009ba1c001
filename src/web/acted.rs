//! What a user does at the desk: a form that a page of ours has given to this very session.

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::WebError;
use super::site::is_from_here;
use super::staff::Staff;
use crate::app::App;
use crate::domain::session::same;

/// The name of the hidden field that every form of the desk has.
pub(super) const CSRF: &str = "csrf";

/// Why a form was not taken, for whoever sent it in good faith.
pub(super) const STALE: &str = "error_stale_form";

/// A form of the desk with its fields, and who has sent it. Takes the body, so it is the last argument of a handler.
pub(super) struct Acted<T> {
    pub staff: Staff,
    pub form: T,
}

/// A form of which only the hidden field counts.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

impl<T: DeserializeOwned> FromRequest<App> for Acted<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &App) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let staff = Staff::from_request_parts(&mut parts, app).await?;
        if !is_from_here(app, &parts.headers) {
            return Err(WebError::NotAllowed(STALE));
        }
        // No longer than the route's limit.
        let whole = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(whole, app).await.map_err(|_| WebError::TooLarge)?;
        let given = url::form_urlencoded::parse(&body).find(|(name, _)| name == CSRF);
        if !given.is_some_and(|(_, given)| same(&given, &staff.csrf)) {
            return Err(WebError::NotAllowed(STALE));
        }
        let form = Form::<T>::from_request(Request::from_parts(parts, Body::from(body)), app);
        match form.await {
            Ok(Form(form)) => Ok(Self { staff, form }),
            Err(rejection) => {
                let status = rejection.into_response().status();
                tracing::warn!(%status, "a form of the desk does not have the fields it must have");
                Err(match status {
                    StatusCode::UNSUPPORTED_MEDIA_TYPE => WebError::BadRequest("error_form_encoding"),
                    _ => WebError::BadRequest("error_form_fields"),
                })
            }
        }
    }
}
