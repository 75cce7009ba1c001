//! What a user does to messages: to one, to those that are ticked, to all that fit on a day.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::render;
use super::filter::Wanted;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::message::{Reason, State as Standing};
use crate::domain::replan::Hold;
use crate::outbound::plan::Desk;
use crate::outbound::steering::{self, Act, Refusal, Steered};
use crate::store;
use crate::store::outbox_list::Limits;

/// How many messages an act on a whole day takes up at once. The page says so where there are more.
const MOST_AT_ONCE: Limits = Limits {
    rows: 1_000,
    looked_at: 20_000,
};

/// What a page is to say of the act that led to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super::super) struct Done {
    did: String,
    n: usize,
    left: usize,
    /// Why those were left, each reason once, with dots between them.
    why: String,
    more: usize,
}

/// That as the page has it, where it names what there is.
pub(in super::super) fn notice(done: &Done) -> Value {
    let Ok(act) = done.did.parse::<Act>() else {
        return Value::Null;
    };
    let known = |name: &&str| reasons().any(|reason| reason == **name);
    json!({
        "act": act, "n": done.n, "left": done.left, "more": done.more > 0,
        "why": done.why.split('.').filter(known).collect::<Vec<_>>(),
    })
}

/// The phrase of a refusal.
fn phrase_of(refusal: Refusal) -> String {
    match refusal {
        Refusal::NotThere | Refusal::Is(_) => "refused_moved_on".to_owned(),
        Refusal::Waits(hold) => format!("hold_{hold}"),
        Refusal::NotSent(reason) => format!("reason_{reason}"),
        Refusal::Faulty => "refused_faulty".to_owned(),
        Refusal::MayHaveArrived => "refused_may_have_arrived".to_owned(),
    }
}

/// Every phrase that there is for one.
pub(in super::super) fn reasons() -> impl Iterator<Item = String> {
    let plain = [Refusal::Is(Standing::Planned), Refusal::Faulty, Refusal::MayHaveArrived];
    let held = Hold::ALL.iter().map(|hold| Refusal::Waits(*hold));
    let skipped = Reason::ALL.iter().map(|reason| Refusal::NotSent(*reason));
    plain.into_iter().chain(held).chain(skipped).map(phrase_of)
}

type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, wanted: &str) -> Option<&'a str> {
    let mut named = fields.iter().filter(|(name, _)| name == wanted);
    named.next().map(|(_, value)| value.as_str())
}

/// `POST /outbox`: one message by its own button, or those that are ticked.
pub(in super::super::super) async fn act(
    State(app): State<App>,
    Acted { staff, form }: Acted<Fields>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let one = field(&form, "one").and_then(|one| one.split_once(':'));
    let ticked = form.iter().filter(|(name, _)| name == "id");
    let ids: Vec<&str> = one.map_or_else(|| ticked.map(|(_, id)| id.as_str()).collect(), |(_, id)| vec![id]);
    let act = one.map(|(act, _)| act).or_else(|| field(&form, "act"));
    let act: Act = act
        .and_then(|act| act.parse().ok())
        .ok_or(WebError::BadRequest("error_say_what"))?;
    if act == Act::SendAgain && one.is_none() {
        return Err(WebError::BadRequest("error_one_by_one"));
    }
    let steered = steer(&app, &staff, business, &ids, act).await?;
    let is_anothers = |(_, refusal): &(String, Refusal)| *refusal == Refusal::NotThere;
    if one.is_some() && steered.refused.iter().any(is_anothers) {
        return Err(WebError::NotFound);
    }
    let (path, query) = match field(&form, "then") {
        Some("story") if one.is_some() => (format!("/messages/{}", ids[0]), String::new()),
        Some("tomorrow") => ("/outbox/tomorrow".to_owned(), String::new()),
        _ => ("/outbox".to_owned(), Wanted::of_fields(&form).query()),
    };
    Ok(back(&path, &query, business, act, &steered, false))
}

/// `POST /outbox/all`: all that fit on a day. Asks first, and does it only where the user is sure.
pub(in super::super::super) async fn act_on_all(
    State(app): State<App>,
    Acted { staff, form }: Acted<Fields>,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let wanted = Wanted::of_fields(&form);
    let act: Act = field(&form, "act")
        .and_then(|act| act.parse().ok())
        .filter(|act| *act != Act::SendAgain)
        .ok_or(WebError::BadRequest("error_say_what"))?;
    let date = wanted.whole_day().ok_or(WebError::BadRequest("error_choose_a_day"))?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let range = wanted.range(&mut tx, &desk, now).await?;
    let found = store::outbox_list::page(&mut tx, &wanted.listing(&desk, range), None, MOST_AT_ONCE).await?;
    drop(tx);
    let fit = found.lines.iter().filter(|line| Act::of(line).contains(&act));
    let ids: Vec<&str> = fit.map(|line| line.id.as_str()).collect();
    let more = found.next.is_some();
    if field(&form, "sure").is_none() {
        let mut page = staff.page();
        page["here"] = json!("outbox");
        page["act"] = json!(act);
        page["count"] = json!(ids.len());
        page["more"] = json!(more);
        page["date"] = json!(date);
        page["wanted"] = json!(wanted);
        page["query"] = json!(wanted.query());
        return Ok(render("outbox_sure.html", &staff.locale()?, &page)?.into_response());
    }
    let steered = steer(&app, &staff, business, &ids, act).await?;
    Ok(back("/outbox", &wanted.query(), business, act, &steered, more).into_response())
}

async fn steer(app: &App, staff: &Staff, business: &Business, ids: &[&str], act: Act) -> Result<Steered, WebError> {
    let now = app.dispatcher.clock.now();
    let by = format!("by {}", staff.user.name);
    let mut tx = app.store().write().await?;
    let steered = steering::steer(&mut tx, &app.dispatcher, Some(&business.id), ids, act, &by, now).await?;
    tx.commit().await?;
    if !steered.done.is_empty() {
        app.tell_senders();
    }
    Ok(steered)
}

/// To a page that says what was done, and what was left and why.
fn back(path: &str, query: &str, business: &Business, act: Act, steered: &Steered, more: bool) -> Redirect {
    let mut why: Vec<String> = steered.refused.iter().map(|(_, refusal)| phrase_of(*refusal)).collect();
    why.sort_unstable();
    why.dedup();
    let mut said = url::form_urlencoded::Serializer::new(query.to_owned());
    said.append_pair("business", &business.id)
        .append_pair("did", act.as_str())
        .append_pair("n", &steered.done.len().to_string());
    if !why.is_empty() {
        said.append_pair("left", &steered.refused.len().to_string())
            .append_pair("why", &why.join("."));
    }
    if more {
        said.append_pair("more", "1");
    }
    Redirect::to(&format!("{path}?{}", said.finish()))
}
