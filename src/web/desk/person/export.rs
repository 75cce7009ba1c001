//! Everything that is stored about a customer, as a file to hand over.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::found;
use crate::app::App;
use crate::outbound::export::{Export, export};

/// `GET /customers/{id}/export.json`.
pub(in super::super::super) async fn as_json(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let whole = whole(&staff, &app, &id).await?;
    let text = serde_json::to_string_pretty(&whole)?;
    Ok(file(&id, "json", "application/json", text))
}

/// `GET /customers/{id}/export.txt`.
pub(in super::super::super) async fn as_text(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let text = whole(&staff, &app, &id).await?.as_text();
    Ok(file(&id, "txt", "text/plain; charset=utf-8", text))
}

async fn whole(staff: &Staff, app: &App, id: &str) -> Result<Export, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let customer = found(&mut tx, business, id).await?;
    Ok(export(&mut tx, business, &customer, app.dispatcher.clock.now()).await?)
}

/// A file to keep. The id is one of ours: letters, digits and hyphens.
fn file(id: &str, ending: &str, kind: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"customer-{id}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, text).into_response()
}
