//! Why: the story of a message, booking, renewal or customer.

use axum::extract::{Path, State};
use axum::response::Html;
use serde_json::json;

use super::super::error::WebError;
use super::render;
use crate::app::App;
use crate::outbound::story;

/// `GET /messages/{id}`.
pub(in super::super) async fn story(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    let stories = story::stories(&app.dispatcher, &id).await?;
    if stories.is_empty() {
        return Err(WebError::NotFound);
    }
    render("story.html", &json!({ "stories": stories }))
}
