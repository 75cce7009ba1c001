//! Why: the story of a message, booking, renewal or customer.

use axum::extract::{Path, State};
use axum::response::Html;
use serde_json::json;

use super::super::error::WebError;
use super::{english, render};
use crate::app::App;
use crate::outbound::story::{self, Story};

/// `GET /messages/{id}`.
pub(in super::super) async fn story(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    let stories = story::stories(&app.dispatcher, &id).await?;
    if stories.is_empty() {
        return Err(WebError::NotFound);
    }
    let stories: Vec<_> = stories.into_iter().map(for_people).collect();
    render("story.html", &english()?, &json!({ "stories": stories }))
}

/// The same without the underscores of stored words.
fn for_people(mut story: Story) -> Story {
    for event in &mut story.events {
        event.what = event.what.replace(" -> ", " \u{2192} ").replace('_', " ");
    }
    for (name, value) in &mut story.facts {
        if name == "status" {
            *value = value.replace('_', " ");
        }
    }
    story
}
