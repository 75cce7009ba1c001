//! What goes out when: the rules of a business as sentences, and the form of one. What a change would do is shown before
//! it is saved (`change`).

mod change;
mod fields;
mod sentence;

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::desk_of;
use super::render;
use crate::app::App;
use crate::domain::item::{ItemKind, RenewalKind};
use crate::domain::message::{Asks, Channel, Purpose};
use crate::domain::rating::Scale;
use crate::domain::rule::{Anchor, OnlyIf, Rule, Rules};
use crate::outbound::plan::again;
use crate::outbound::policy;
use crate::store::Tx;
use crate::texts::catalogue::{Item, TEMPLATES};

pub(in super::super) use change::change;
pub(super) use change::differences;
use fields::{Errors, Fields};
pub(super) use sentence::Sayer;

/// What can be said of an act: each has a phrase `said_…`.
const NOTICES: [&str; 2] = ["rules_saved", "rules_same"];

#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Said {
    said: Option<String>,
}

/// `GET /rules`.
pub(in super::super) async fn rules(
    State(app): State<App>,
    staff: Staff,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let rules = policy::rules(&mut tx, &business.id).await?;
    let sayer = Sayer::new(&staff.locale()?);
    let mut page = staff.page();
    page["here"] = json!("rules");
    page["groups"] = groups(sayer, &rules);
    page["version"] = json!(policy::version(&rules)?);
    page["planning"] = json!(again::is_wanted(&mut tx, &business.id).await?);
    page["no_review_url"] = json!(business.review_url.is_none());
    page["notice"] = json!(NOTICES.iter().find(|notice| Some(**notice) == said.said.as_deref()));
    render("rules.html", &staff.locale()?, &page)
}

/// The rules by what they are about, in the order of the lists, each as a sentence.
fn groups(sayer: Sayer, rules: &Rules) -> Value {
    let mut groups: BTreeMap<(usize, usize), Vec<Value>> = BTreeMap::new();
    for rule in &rules.rule {
        let at = ItemKind::ALL
            .iter()
            .position(|kind| *kind == rule.about)
            .unwrap_or_default();
        let kinds = RenewalKind::ALL.iter();
        let kind = kinds
            .map(|kind| kind.as_str())
            .position(|kind| Some(kind) == rule.kind.as_deref());
        let group = groups.entry((at, kind.map_or(0, |kind| kind + 1))).or_default();
        group.push(json!({
            "id": rule.id, "enabled": rule.enabled, "says": sayer.rule(rule), "template": rule.template,
        }));
    }
    let named = groups.into_iter().map(|((about, kind), rules)| {
        let kind = kind.checked_sub(1).and_then(|kind| RenewalKind::ALL.get(kind));
        json!({ "about": ItemKind::ALL.get(about), "kind": kind, "rules": rules })
    });
    named.collect()
}

/// What a new rule begins with: about what, or as a copy of which.
#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Begin {
    about: Option<String>,
    copy: Option<String>,
}

/// `GET /rules/add`.
pub(in super::super) async fn add(
    State(app): State<App>,
    staff: Staff,
    Query(begin): Query<Begin>,
) -> Result<Html<String>, WebError> {
    staff.only_owner()?;
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let rules = policy::rules(&mut tx, &business.id).await?;
    let fields = match (&begin.copy, &begin.about) {
        (Some(id), _) => Fields::of(of_id(&rules, id)?),
        (None, about) => Fields::new(match about.as_deref().map(str::parse) {
            Some(Ok(ItemKind::Renewal)) => ItemKind::Renewal,
            Some(Ok(ItemKind::Case)) => ItemKind::Case,
            _ => ItemKind::Booking,
        }),
    };
    let form = Form {
        act: "add",
        id: "",
        version: policy::version(&rules)?,
        fields: &fields,
        errors: &Errors::new(),
        changed_by: None,
    };
    shown(&staff, &form)
}

/// `GET /rules/edit/{id}`.
pub(in super::super) async fn edit(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Html<String>, WebError> {
    staff.only_owner()?;
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let rules = policy::rules(&mut tx, &business.id).await?;
    let fields = Fields::of(of_id(&rules, &id)?);
    let form = Form {
        act: "edit",
        id: &id,
        version: policy::version(&rules)?,
        fields: &fields,
        errors: &Errors::new(),
        changed_by: None,
    };
    shown(&staff, &form)
}

/// A rule of the business; what is another's is not there.
fn of_id<'a>(rules: &'a Rules, id: &str) -> Result<&'a Rule, WebError> {
    rules.rule.iter().find(|rule| rule.id == id).ok_or(WebError::NotFound)
}

/// The form of a rule as it is shown.
struct Form<'a> {
    /// `add` or `edit`.
    act: &'a str,
    id: &'a str,
    /// Of the rules that it was made from.
    version: String,
    fields: &'a Fields,
    errors: &'a Errors,
    /// Who has changed the rules meanwhile.
    changed_by: Option<Value>,
}

fn shown(staff: &Staff, form: &Form<'_>) -> Result<Html<String>, WebError> {
    let about: ItemKind = form.fields.about.parse().unwrap_or(ItemKind::Booking);
    let fitting = |item: Item| item.fits(about);
    // What ends a mail, and what answers somebody's words, goes without a rule.
    let templates = TEMPLATES
        .iter()
        .filter(|template| fitting(template.item) && template.is_for_rules());
    let mut page = staff.page();
    page["here"] = json!("rules");
    page["act"] = json!(form.act);
    page["id"] = json!(form.id);
    page["version"] = json!(form.version);
    page["fields"] = json!(form.fields);
    page["errors"] = json!(form.errors);
    page["changed_by"] = json!(form.changed_by);
    page["lists"] = json!({
        "kind": RenewalKind::ALL, "unit": ["hours", "days", "months"], "side": ["before", "after"],
        "anchor": Anchor::ALL.iter().filter(|anchor| anchor.fits(about)).collect::<Vec<_>>(),
        "channel": Channel::ALL, "purpose": Purpose::ALL, "scale": Scale::ALL,
        "template": templates.map(|template| template.name).collect::<Vec<_>>(),
        "asks": Asks::ALL.iter().filter(|asks| asks.fits(about)).collect::<Vec<_>>(),
        "only_if": OnlyIf::ALL.iter().filter(|only_if| match only_if {
            OnlyIf::NotConfirmed => about == ItemKind::Booking,
            OnlyIf::NotRenewed => about == ItemKind::Renewal,
            OnlyIf::Always | OnlyIf::Unanswered => true,
        }).collect::<Vec<_>>(),
    });
    render("rule_form.html", &staff.locale()?, &page)
}

/// Who changed the rules last, and when.
async fn last_change(tx: &mut Tx, app: &App, staff: &Staff) -> Result<Value, WebError> {
    let desk = desk_of(tx, app, staff).await?;
    let last = crate::store::policy_change::page(tx, &desk.business.id, None, 20).await?;
    let of_rules = last
        .iter()
        .find(|change| change.what == crate::domain::policy::PolicyKind::Rules);
    Ok(of_rules.map_or(
        json!({}),
        |change| json!({ "who": change.changed_by, "at": desk.calendar.zone.local(change.at) }),
    ))
}
