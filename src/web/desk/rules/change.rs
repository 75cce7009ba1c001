//! A change of rules: what it would do, and then it itself. Every change goes through here: a new rule, an edited one, on
//! and off, away, and back to what was.

use std::collections::HashSet;

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::{back, desk_of, plan_again};
use super::super::render;
use super::fields::{Errors, Fields};
use super::{Form, Sayer, last_change, of_id, shown};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::policy::PolicyKind;
use crate::domain::rule::{Rule, Rules};
use crate::outbound::plan::Desk;
use crate::outbound::plan::preview::{Effect, Preview, preview};
use crate::outbound::policy;
use crate::store::{self, Tx};

/// How many changes back an id is not given to another rule.
const REMEMBERED: i64 = 200;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Add,
    Edit,
    On,
    Off,
    Delete,
    /// Back to what was before a change.
    Restore,
}

/// How far the user is with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// Nothing is written: what would it do?
    #[default]
    Preview,
    /// Back to the form.
    Form,
    Save,
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Wish {
    act: Act,
    #[serde(default)]
    step: Step,
    /// The rule, or the change that is to be undone.
    #[serde(default)]
    id: String,
    /// Of the rules as the user has seen them.
    #[serde(default)]
    version: String,
    #[serde(flatten)]
    fields: Fields,
}

/// `POST /rules/change`.
pub(in super::super::super) async fn change(
    State(app): State<App>,
    Acted { staff, form: wish }: Acted<Wish>,
) -> Result<Response, WebError> {
    staff.only_owner()?;
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    if wish.step != Step::Save {
        let mut tx = app.store().read().await?;
        return look(&mut tx, &app, &staff, &wish, now).await;
    }
    let mut tx = app.store().write().await?;
    let before = policy::rules(&mut tx, &business.id).await?;
    if policy::version(&before)? != wish.version {
        return look(&mut tx, &app, &staff, &wish, now).await;
    }
    let after = match changed(&mut tx, business, &before, &wish).await? {
        Ok(after) => after,
        Err(errors) => return form(&staff, &wish, policy::version(&before)?, &errors, None),
    };
    if before == after {
        return Ok(back("/rules", business, "rules_same").into_response());
    }
    policy::save_rules(&mut tx, &business.id, &after, Some(&staff.user.name), now).await?;
    tx.commit().await?;
    plan_again(&app, &business.id, now).await;
    Ok(back("/rules", business, "rules_saved").into_response())
}

/// Shows what the wish would do, or the form where it is not right yet; and says when somebody else was faster.
async fn look(tx: &mut Tx, app: &App, staff: &Staff, wish: &Wish, now: Instant) -> Result<Response, WebError> {
    let desk = desk_of(tx, app, staff).await?;
    let before = policy::rules(tx, &desk.business.id).await?;
    let version = policy::version(&before)?;
    let changed_by = if version == wish.version {
        None
    } else {
        Some(last_change(tx, app, staff).await?)
    };
    let is_form = matches!(wish.act, Act::Add | Act::Edit);
    if is_form && (wish.step == Step::Form || changed_by.is_some()) {
        return form(staff, wish, version, &Errors::new(), changed_by);
    }
    let after = match changed(tx, &desk.business, &before, wish).await? {
        Ok(after) => after,
        Err(errors) => return form(staff, wish, version, &errors, changed_by),
    };
    let effect = preview(tx, &desk, &before, &after, now).await?;
    let mut page = staff.page();
    page["here"] = json!("rules");
    page["act"] = json!(wish.act);
    page["id"] = json!(wish.id);
    page["version"] = json!(version);
    page["fields"] = json!(wish.fields);
    page["is_form"] = json!(is_form);
    page["changed_by"] = json!(changed_by);
    let sayer = Sayer::new(&staff.locale()?);
    page["differences"] = differences(sayer, &before, &after);
    page["effect"] = effects(sayer, &desk, &before, &after, &effect);
    Ok(render("rule_effect.html", &staff.locale()?, &page)?.into_response())
}

fn form(
    staff: &Staff,
    wish: &Wish,
    version: String,
    errors: &Errors,
    changed_by: Option<Value>,
) -> Result<Response, WebError> {
    let status = if errors.is_empty() && changed_by.is_none() {
        axum::http::StatusCode::OK
    } else {
        axum::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let form = Form {
        act: if wish.act == Act::Add { "add" } else { "edit" },
        id: &wish.id,
        version,
        fields: &wish.fields,
        errors,
        changed_by,
    };
    let page: Html<String> = shown(staff, &form)?;
    Ok((status, page).into_response())
}

/// The rules as the wish wants them, or what is wrong with its fields.
async fn changed(
    tx: &mut Tx,
    business: &Business,
    before: &Rules,
    wish: &Wish,
) -> Result<Result<Rules, Errors>, WebError> {
    let mut after = before.clone();
    let at = after.rule.iter().position(|rule| rule.id == wish.id);
    match (wish.act, at) {
        (Act::Add, _) => {
            let id = Rules::free_id(&wish.fields.template, &taken(tx, business, before).await?);
            match wish.fields.rule(&id, true) {
                Ok(rule) => after.rule.push(rule),
                Err(errors) => return Ok(Err(errors)),
            }
        }
        (Act::Edit, Some(at)) => match wish.fields.rule(&wish.id, after.rule[at].enabled) {
            Ok(rule) => after.rule[at] = rule,
            Err(errors) => return Ok(Err(errors)),
        },
        (Act::On | Act::Off, Some(at)) => after.rule[at].enabled = wish.act == Act::On,
        (Act::Delete, Some(at)) => {
            after.rule.remove(at);
        }
        (Act::Restore, _) => after = as_before(tx, business, &wish.id).await?,
        (Act::Edit | Act::On | Act::Off | Act::Delete, None) => return Err(WebError::NotFound),
    }
    Ok(Ok(after))
}

/// The rules as they were before a change of this business.
async fn as_before(tx: &mut Tx, business: &Business, change_id: &str) -> Result<Rules, WebError> {
    let change = store::policy_change::find(tx, change_id).await?;
    let change = change.filter(|change| change.business_id == business.id && change.what == PolicyKind::Rules);
    let change = change.ok_or(WebError::NotFound)?;
    Ok(serde_json::from_str(&change.was)?)
}

/// Ids that rules have or had: messages are known by them, so that a new rule gets another one.
async fn taken(tx: &mut Tx, business: &Business, before: &Rules) -> Result<HashSet<String>, WebError> {
    let mut taken: HashSet<String> = before.rule.iter().map(|rule| rule.id.clone()).collect();
    for change in store::policy_change::page(tx, &business.id, None, REMEMBERED).await? {
        if change.what == PolicyKind::Rules {
            let was: Rules = serde_json::from_str(&change.was)?;
            taken.extend(was.rule.into_iter().map(|rule| rule.id));
        }
    }
    Ok(taken)
}

/// What is not the same in both, rule by rule, as sentences.
pub(in super::super) fn differences(sayer: Sayer, before: &Rules, after: &Rules) -> Value {
    let says = |rule: &Rule| json!({ "says": sayer.rule(rule), "enabled": rule.enabled });
    let mut differences = Vec::new();
    for was in &before.rule {
        let became = of_id(after, &was.id).ok();
        if became != Some(was) {
            differences.push(json!({ "was": says(was), "became": became.map(says) }));
        }
    }
    let new = after.rule.iter().filter(|rule| of_id(before, &rule.id).is_err());
    differences.extend(new.map(|rule| json!({ "was": null, "became": says(rule) })));
    differences.into()
}

/// What happens by each rule, under its sentence.
fn effects(sayer: Sayer, desk: &Desk, before: &Rules, after: &Rules, preview: &Preview) -> Value {
    let by_rule = preview.rules.iter().map(|(id, effect)| {
        let rule = of_id(after, id).or_else(|_| of_id(before, id)).ok();
        let counts = Effect::ALL.iter().filter_map(|kind| {
            let count = effect.counts.get(kind.as_str())?;
            Some(json!({ "effect": kind, "count": count }))
        });
        json!({
            "says": rule.map(|rule| sayer.rule(rule)), "counts": counts.collect::<Vec<_>>(),
            "examples": effect.examples,
        })
    });
    json!({
        "rules": by_rule.collect::<Vec<_>>(), "looked_at": preview.looked_at, "cut": preview.cut,
        "zone": desk.business.zone,
    })
}
