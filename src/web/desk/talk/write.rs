//! `POST /inbox/{id}/answer`: writing to a customer: looked at first, or sent.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::super::lookup::Page;
use super::super::render;
use super::Talk;
use super::page::whole;
use super::settle::settle_all;
use crate::app::App;
use crate::domain::conversation::goes_at;
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::outbound::answer::{self, Draft, Refusal, Sent, WayOut};
use crate::store::{self, Tx};
use crate::texts::own_words;

/// What is written down of a row that was answered.
const ANSWERED: &str = "answered";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Preview,
    Send,
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Form {
    act: Act,
    token: String,
    channel: Channel,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    words: String,
    /// What waits is answered by it, and done.
    #[serde(default)]
    settles: Option<String>,
}

/// What stands in the form, and what is to be said of it.
#[derive(Debug, Default)]
pub(super) struct Typed {
    form: Option<Form>,
    refusal: Option<Refusal>,
}

/// `POST /inbox/{id}/answer`.
pub(in super::super::super) async fn write(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Form>,
) -> Result<Response, WebError> {
    if form.act == Act::Preview {
        return again(&app, &staff, &id, form, None).await;
    }
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    let customer = talk.customer.as_ref().ok_or(WebError::NotFound)?;
    let draft = Draft {
        channel: form.channel,
        subject: &form.subject,
        words: &form.words,
        by: &staff.user.name,
        token: &form.token,
    };
    let said = match answer::send(&mut tx, &talk.desk, customer, &draft, now).await? {
        Sent::Refused(refusal) => {
            drop(tx);
            return again(&app, &staff, &id, form, Some(refusal)).await;
        }
        Sent::Already => "answer_sent",
        Sent::At(at) => {
            if form.settles.is_some() {
                settle_all(&mut tx, &app, &talk, &staff.user.name, Some(ANSWERED), now).await?;
            }
            let mut row = store::conversation::find(&mut tx, &talk.row.id)
                .await?
                .unwrap_or(talk.row.clone());
            row.seen_at = Some(now);
            store::conversation::save(&mut tx, &row).await?;
            if at > now { "answer_later" } else { "answer_sent" }
        }
    };
    tx.commit().await?;
    app.tell_senders();
    Ok(back(&talk.path(), &talk.desk.business, said).into_response())
}

/// The page once more, with what was typed and what is to be said of it.
async fn again(app: &App, staff: &Staff, id: &str, form: Form, refusal: Option<Refusal>) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    let talk = Talk::load(&mut tx, app, staff, id).await?;
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let typed = Typed {
        form: Some(form),
        refusal,
    };
    let page = whole(&mut tx, app, staff, &talk, &Page::default(), &typed).await?;
    Ok((status, render("talk.html", &staff.locale()?, &page)?).into_response())
}

/// The form: what can be used, what stands in it, what it costs and when it goes.
pub(super) async fn writing(
    tx: &mut Tx,
    talk: &Talk,
    customer: &Customer,
    typed: &Typed,
    now: Instant,
) -> Result<Value, WebError> {
    let ways = answer::ways_out(tx, &talk.desk, customer).await?;
    let last = last_channel(tx, customer).await?;
    let form = typed.form.as_ref();
    let chosen = form.map_or_else(|| usual(&ways, last), |form| Some(form.channel));
    let (_, subject) = answer::thread_of(tx, &talk.desk, customer, now).await?;
    let asked_at = store::answer::last_asked(tx, &customer.id).await?;
    let goes = goes_at(asked_at, &talk.desk.calendar, now);
    let words = form.map_or("", |form| form.words.as_str());
    let looked = chosen.zip(form).map(|(channel, form)| {
        let words = own_words::as_typed(channel, &form.words);
        (own_words::look(channel, &words), words)
    });
    let preview = looked.filter(|(_, words)| !words.is_empty()).map(|(looked, words)| {
        json!({ "cost": looked.cost, "remarks": looked.remarks, "keyword": looked.keyword, "words": words })
    });
    let token = match (form, typed.refusal) {
        (Some(form), refusal) if refusal != Some(Refusal::SentBefore) => form.token.clone(),
        _ => new_id(now),
    };
    Ok(json!({
        "ways": ways, "open": ways.iter().any(|way| way.refusal.is_none()), "chosen": chosen, "words": words,
        "subject": form.filter(|form| !form.subject.is_empty()).map_or(subject.as_str(), |form| form.subject.as_str()),
        "token": token, "refusal": typed.refusal, "preview": preview,
        "settles": form.is_none_or(|form| form.settles.is_some()),
        "goes": (goes > now).then(|| talk.desk.calendar.zone.local(goes)),
    }))
}

/// The channel that the customer last wrote on.
async fn last_channel(tx: &mut Tx, customer: &Customer) -> Result<Option<Channel>, WebError> {
    let last = store::reply::of_customer(tx, &customer.id, 1).await?;
    let Some(last) = last.first() else { return Ok(None) };
    Ok(store::inbound::find(tx, &last.id).await?.map(|inbound| inbound.channel))
}

/// The channel of the customer's own words where it can be used, else the first that can.
fn usual(ways: &[WayOut], last: Option<Channel>) -> Option<Channel> {
    let open = || ways.iter().filter(|way| way.refusal.is_none()).map(|way| way.channel);
    open().find(|channel| Some(*channel) == last).or_else(|| open().next())
}
