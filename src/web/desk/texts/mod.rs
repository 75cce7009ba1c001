//! What messages say: every text with where it comes from, and the page on which one is edited.

mod draft;
mod examples;
mod problems;
mod view;

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{Html, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::kept::Kept;
use super::super::staff::Staff;
use super::acting::desk_of;
use super::render;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::locale::Locale;
use crate::domain::message::Channel;
use crate::outbound::wording::one_line;
use crate::store::text_override::TextOverride;
use crate::store::{self, Tx};
use crate::texts::{Part, Template, Texts};
use examples::parts;

pub(in super::super) use draft::{save, text};

/// How many customers are asked for their language.
const ASKED: i64 = 2_000;

/// How much of a wording is shown before it is opened.
const BEGINNING: usize = 90;

/// The one script: the preview follows while somebody types. Without it a button shows it.
pub(super) const SCRIPT: Kept = Kept::script(
    "/text_preview.js",
    include_str!("../../../../templates/desk/text_preview.js"),
);

/// `GET /text_preview.js`.
pub(in super::super) async fn script(asked: Uri) -> Response {
    SCRIPT.answer(&asked)
}

#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Which {
    #[serde(default)]
    locale: String,
}

/// `GET /texts`.
pub(in super::super) async fn texts(
    State(app): State<App>,
    staff: Staff,
    Query(which): Query<Which>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let locale = locale_of(&which.locale, &desk.business)?;
    let in_force = app.dispatcher.texts.texts(&mut tx).await?;
    let own = store::text_override::of_business(&mut tx, &desk.business.id).await?;
    let mut rows = Vec::new();
    for template in Texts::templates() {
        for channel in Channel::ALL {
            rows.extend(row(&desk.business, &in_force, &own, (template, *channel, locale)));
        }
    }
    let mut page = staff.page();
    page["here"] = json!("texts");
    page["rows"] = json!(rows);
    page["locale"] = json!(locale.tag());
    page["locales"] = locales(&mut tx, &desk.business).await?;
    render("texts.html", &staff.locale()?, &page)
}

/// What a template says on a channel; none: it has no words for that.
fn row(
    business: &Business,
    in_force: &Texts,
    own: &[TextOverride],
    (template, channel, locale): (&'static Template, Channel, Locale),
) -> Option<Value> {
    let parts = parts(template, channel);
    let sources = parts.iter().filter_map(|part| {
        let (place, source) = in_force.source(&business.id, template.name, locale, *part)?;
        Some(json!({ "part": part, "own": place.business.is_some(), "source": source.trim() }))
    });
    let sources: Vec<_> = sources.collect();
    let shown = in_force.preview_of_sample(template, &parts, &business.id, locale);
    let begins = shown.parts.into_iter().find_map(|(_, text)| text.ok());
    (!sources.is_empty()).then(|| {
        json!({
            "template": template.name, "channel": channel, "begins": begins.map(|text| one_line(&text, BEGINNING)),
            "own": sources.iter().any(|source| source["own"] == json!(true)),
            "own_in": own_in(own, template.name, &parts), "sources": sources,
        })
    })
}

/// The locales in which a business has its own wording of some parts of a template.
fn own_in(own: &[TextOverride], template: &str, parts: &[Part]) -> Vec<String> {
    let of_it = own
        .iter()
        .filter(|own| own.template == template && parts.iter().any(|part| part.as_str() == own.part));
    let mut locales: Vec<_> = of_it.map(|own| own.locale.clone()).collect();
    locales.sort();
    locales.dedup();
    locales
}

/// The locale that somebody wants, or the business's.
fn locale_of(wanted: &str, business: &Business) -> Result<Locale, WebError> {
    let wanted = if wanted.is_empty() { &business.locale } else { wanted };
    Locale::parse(wanted).map_err(|_| WebError::BadRequest("error_no_such_language"))
}

/// Every locale, those that customers have first.
async fn locales(tx: &mut Tx, business: &Business) -> Result<Value, WebError> {
    let in_use = in_use(tx, business).await?;
    let others = Locale::known().filter(|known| !in_use.contains(known));
    let named =
        |locale: &Locale, is_used: bool| json!({ "tag": locale.tag(), "language": locale.language(), "used": is_used });
    let used = in_use.iter().map(|locale| named(locale, true));
    Ok(used.chain(others.map(|locale| named(&locale, false))).collect())
}

/// The business's own locale, and those of its customers that texts are kept for.
async fn in_use(tx: &mut Tx, business: &Business) -> Result<Vec<Locale>, WebError> {
    let mut in_use: Vec<Locale> = Locale::parse(&business.locale).into_iter().collect();
    for tag in store::lookup::locales(tx, &business.id, ASKED).await? {
        if let Ok(locale) = Locale::parse(&tag)
            && !in_use.contains(&locale)
        {
            in_use.push(locale);
        }
    }
    Ok(in_use)
}
