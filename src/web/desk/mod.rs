//! The desk: what goes out, what went wrong, who is to be phoned, and why a message fared as it did.

mod day;
mod overview;
mod rows;
mod story;

use std::sync::LazyLock;

use axum::response::Html;
use minijinja::Environment;
use minijinja::value::Serde;

use super::error::WebError;
use crate::domain::business::Business;
use crate::store::{self, Tx};

pub(super) use day::day;
pub(super) use overview::overview;
pub(super) use story::story;

/// Every page, parsed once.
static PAGES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.add_template("base.html", include_str!("../../../templates/desk/base.html"))?;
    pages.add_template("rows.html", include_str!("../../../templates/desk/rows.html"))?;
    pages.add_template("overview.html", include_str!("../../../templates/desk/overview.html"))?;
    pages.add_template("day.html", include_str!("../../../templates/desk/day.html"))?;
    pages.add_template("story.html", include_str!("../../../templates/desk/story.html"))?;
    Ok(pages)
});

/// Which business a page is about.
#[derive(Debug, serde::Deserialize)]
pub(super) struct About {
    business: Option<String>,
}

fn render(name: &str, page: &serde_json::Value) -> Result<Html<String>, WebError> {
    let pages = PAGES.as_ref().map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(Html(pages.get_template(name)?.render(Serde(page))?))
}

/// The business that the address names, or the first one; and all of them, to choose from.
async fn chosen(tx: &mut Tx, about: &About) -> Result<(Option<Business>, Vec<Business>), WebError> {
    let businesses = store::business::all(tx).await?;
    let chosen = match &about.business {
        Some(id) => Some(
            businesses
                .iter()
                .find(|business| business.id == *id)
                .ok_or(WebError::NotFound)?,
        ),
        None => businesses.first(),
    };
    Ok((chosen.cloned(), businesses))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_can_be_read_and_an_empty_desk_shows() {
        assert!(PAGES.as_ref().is_ok(), "{:?}", PAGES.as_ref().err());
        let page = render("overview.html", &serde_json::json!({ "businesses": [], "stopped": [] }));
        assert!(page.is_ok_and(|Html(page)| page.contains("No business yet")));
    }
}
