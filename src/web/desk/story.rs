//! Why: the story of a message, booking, renewal or customer.

use axum::extract::{Path, State};
use axum::response::Html;
use serde_json::json;

use super::super::error::WebError;
use super::super::staff::Staff;
use super::render;
use crate::app::App;
use crate::outbound::story::{self, Story};

/// `GET /messages/{id}`. What is told of another's business is not there.
pub(in super::super) async fn story(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Html<String>, WebError> {
    let mut stories = story::stories(&app.dispatcher, &id).await?;
    stories.retain(|story| staff.of(&story.business_id).is_some());
    let business = stories.first().and_then(|story| staff.of(&story.business_id));
    let mut page = staff.page();
    page["business"] = json!(business.ok_or(WebError::NotFound)?);
    page["stories"] = stories.into_iter().map(for_people).map(|story| json!(story)).collect();
    render("story.html", &staff.locale()?, &page)
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
