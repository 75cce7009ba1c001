//! Who changed rules and texts, when, what was and what is; and the way back.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::desk_of;
use super::render;
use super::rules::{Sayer, differences};
use crate::app::App;
use crate::domain::locale::Locale;
use crate::domain::message::Channel;
use crate::domain::policy::{OwnText, PolicyChange, PolicyKind};
use crate::domain::rule::Rules;
use crate::outbound::draft::built_in;
use crate::outbound::plan::Desk;
use crate::outbound::policy;
use crate::store;
use crate::texts::Part;

/// How many changes a page holds.
const PAGE: i64 = 50;

/// Where the page begins: before this change.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Before {
    before: Option<String>,
}

/// `GET /changes`.
pub(in super::super) async fn changes(
    State(app): State<App>,
    staff: Staff,
    Query(before): Query<Before>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let found = store::policy_change::page(&mut tx, &desk.business.id, before.before.as_deref(), PAGE).await?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == PAGE);
    let rows = found
        .iter()
        .map(|change| row(&desk, change))
        .collect::<Result<Vec<_>, _>>()?;
    let mut page = staff.page();
    page["here"] = json!("changes");
    page["rows"] = json!(rows);
    page["next"] = json!(found.last().filter(|_| full).map(|last| &last.id));
    render("changes.html", &staff.locale()?, &page)
}

fn row(desk: &Desk, change: &PolicyChange) -> Result<Value, WebError> {
    let about = match change.what {
        PolicyKind::Rules => {
            let (was, became) = rules_of(change)?;
            let same = |rules: &Rules, id: &str| rules.rule.iter().find(|rule| rule.id == id).cloned();
            let all = was.rule.iter().chain(&became.rule);
            let differs = all.filter(|rule| same(&was, &rule.id) != same(&became, &rule.id));
            let mut names: Vec<_> = differs.map(|rule| rule.template.clone()).collect();
            names.dedup();
            json!(names)
        }
        PolicyKind::Texts => {
            let mut names: Vec<_> = texts_of(&change.became)?
                .into_iter()
                .map(|text| text.template)
                .collect();
            names.dedup();
            json!(names)
        }
    };
    Ok(json!({
        "id": change.id, "what": change.what, "about": about, "who": change.changed_by,
        "at": desk.calendar.zone.local(change.at),
    }))
}

/// `GET /changes/{id}`.
pub(in super::super) async fn change(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let change = store::policy_change::find(&mut tx, &id).await?;
    let change = change.filter(|change| change.business_id == desk.business.id);
    let change = change.ok_or(WebError::NotFound)?;
    let mut page = staff.page();
    page["here"] = json!("changes");
    page["change"] = row(&desk, &change)?;
    match change.what {
        PolicyKind::Rules => {
            let (was, became) = rules_of(&change)?;
            page["differences"] = differences(Sayer::new(&staff.locale()?), &was, &became);
            let now = policy::rules(&mut tx, &desk.business.id).await?;
            page["version"] = json!(policy::version(&now)?);
        }
        PolicyKind::Texts => page["texts"] = texts(&change)?,
    }
    render("change.html", &staff.locale()?, &page)
}

fn rules_of(change: &PolicyChange) -> Result<(Rules, Rules), WebError> {
    Ok((
        serde_json::from_str(&change.was)?,
        serde_json::from_str(&change.became)?,
    ))
}

fn texts_of(text: &str) -> Result<Vec<OwnText>, WebError> {
    Ok(serde_json::from_str(text)?)
}

/// Each text with what was and what is. The built-in wording is shown as it is today.
fn texts(change: &PolicyChange) -> Result<Value, WebError> {
    let (was, became) = (texts_of(&change.was)?, texts_of(&change.became)?);
    let wording = |text: &OwnText| {
        let usual = Locale::parse(&text.locale).ok().zip(text.part.parse::<Part>().ok());
        let usual = usual.and_then(|(locale, part)| built_in(&text.template, locale, part));
        let shown = text.body.clone().or(usual).unwrap_or_default();
        json!({ "says": shown.trim(), "built_in": text.body.is_none() })
    };
    let pairs = was.iter().zip(&became).map(|(was, became)| {
        let channel = Channel::ALL
            .iter()
            .find(|channel| Part::of(**channel).iter().any(|part| part.as_str() == was.part));
        json!({
            "template": was.template, "locale": was.locale, "part": was.part, "channel": channel,
            "language": Locale::parse(&was.locale).ok().map(|locale| locale.language()),
            "was": wording(was), "became": wording(became),
        })
    });
    Ok(pairs.collect())
}
