//! Who can sign in for a business. For its owners; users are made and ended by `daybefore user`.

use axum::extract::State;
use axum::response::Html;
use serde_json::json;

use super::super::error::WebError;
use super::super::staff::Staff;
use super::render;
use crate::app::App;
use crate::store;

/// `GET /users`.
pub(in super::super) async fn users(staff: Staff, State(app): State<App>) -> Result<Html<String>, WebError> {
    staff.only_owner()?;
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let mut page = staff.page();
    let users = store::user::of_business(&mut tx, &business.id).await?;
    page["here"] = json!("users");
    page["users"] = users
        .into_iter()
        .map(|(user, role)| json!({ "name": user.name, "login": user.login, "role": role, "has_password": user.has_password }))
        .collect();
    render("users.html", &staff.locale()?, &page)
}
