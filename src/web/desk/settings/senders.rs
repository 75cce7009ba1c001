//! Who a business's messages come from, whether that works, and a message to oneself to see it.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::super::acted::{Acted, Nothing};
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::plan_again;
use super::super::acting::{back, written};
use super::{Errors, Said, owned, page, shown, wait_a_little, zone_of};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::message::Channel;
use crate::domain::test_message::{TestMessage, TestState};
use crate::domain::{email_address, phone, settings as read};
use crate::outbound::plan::lane;
use crate::outbound::settings;
use crate::outbound::test_message::{self, MOST, Refused, Wanted};
use crate::store::{self, Tx};
use crate::texts::phrases::Phrases;

/// How many of the last tests are shown.
const SHOWN: i64 = 5;

/// The channels that have a carrier.
const CHANNELS: [Channel; 2] = [Channel::Sms, Channel::Email];

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Fields {
    sms_from: String,
    email_from: String,
}

/// `GET /settings/senders`.
pub(super) async fn show(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let fields = Fields {
        sms_from: business.sms_from.clone().unwrap_or_default(),
        email_from: business.email_from.clone().unwrap_or_default(),
    };
    form(&app, &staff, &fields, (&Errors::new(), ""), said.notice()).await
}

/// `POST /settings/senders`: the business's own ones, or none any more.
pub(super) async fn save(
    State(app): State<App>,
    Acted { staff, form: fields }: Acted<Fields>,
) -> Result<Response, WebError> {
    let id = owned(&staff)?.id.clone();
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let before = store::business::find(&mut tx, &id).await?.ok_or(WebError::NotFound)?;
    let (mut after, mut errors) = (before.clone(), Errors::new());
    after.sms_from = written(&fields.sms_from).and_then(|text| {
        let read = read::sms_from(text, &before.region);
        read.map_err(|_| errors.insert("sms_from", "sms_from_wrong")).ok()
    });
    after.email_from = written(&fields.email_from).and_then(|text| {
        let read = read::email_from(text);
        read.map_err(|_| errors.insert("email_from", "email_from_wrong")).ok()
    });
    // An answer to a number of two businesses would be the wrong one's.
    if after.sms_from.is_some() && after.sms_from != before.sms_from && is_anothers(&mut tx, &after).await? {
        errors.insert("sms_from", "sms_from_taken");
    }
    if !errors.is_empty() {
        drop(tx);
        return form(&app, &staff, &fields, (&errors, ""), None).await;
    }
    let replans = settings::save(&mut tx, &before, &after, &staff.user.name, now).await?;
    tx.commit().await?;
    if replans {
        plan_again(&app, &id, now).await;
    }
    let said = if before == after { "unchanged" } else { "saved" };
    Ok(back("/settings/senders", &after, said).into_response())
}

async fn is_anothers(tx: &mut Tx, business: &Business) -> Result<bool, WebError> {
    let all = store::business::all(tx).await?;
    Ok(all
        .iter()
        .any(|other| other.id != business.id && other.sms_from == business.sms_from))
}

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    channel: Channel,
}

/// `POST /settings/senders/resume`: the sender that this business's messages leave from.
pub(super) async fn resume(State(app): State<App>, Acted { staff, form }: Acted<Which>) -> Result<Redirect, WebError> {
    let business = owned(&staff)?;
    let lane = lane(Some(form.channel), business);
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let resumed = store::lane::resume(&mut tx, Some(&lane)).await?;
    let (about, by) = (("sender", lane.as_str()), format!("by {}", staff.user.name));
    if resumed > 0 {
        store::history::add(&mut tx, Some(&business.id), about, "resumed", &by, now).await?;
    }
    tx.commit().await?;
    app.tell_senders();
    let said = if resumed > 0 { "resumed" } else { "not_stopped" };
    Ok(back("/settings/senders", business, said))
}

#[derive(Debug, Deserialize)]
pub(super) struct ToMyself {
    channel: Channel,
    #[serde(default)]
    to: String,
}

/// `POST /settings/senders/test`.
pub(super) async fn test(
    State(app): State<App>,
    Acted { staff, form: typed }: Acted<ToMyself>,
) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let address = match typed.channel {
        Channel::Sms => phone::parse(&typed.to, &business.region).map(|phone| phone.e164).ok(),
        Channel::Email => email_address::parse(&typed.to).ok(),
        Channel::Call => None,
    };
    let Some(address) = address else {
        let errors = match typed.channel {
            Channel::Email => Errors::from([("test_email", "test_email_wrong")]),
            Channel::Sms | Channel::Call => Errors::from([("test_sms", "test_phone_wrong")]),
        };
        let fields = Fields {
            sms_from: business.sms_from.clone().unwrap_or_default(),
            email_from: business.email_from.clone().unwrap_or_default(),
        };
        return form(&app, &staff, &fields, (&errors, &typed.to), None).await;
    };
    let phrases = Phrases::of_desk(&staff.locale()?);
    let say = |name: &str| phrases.say(name, |_| Some(business.name.clone())).unwrap_or_default();
    let (subject, words) = (say("test_subject"), say("test_text"));
    let wanted = Wanted {
        business,
        channel: typed.channel,
        address: &address,
        subject: &subject,
        text: &words,
        by: &staff.user.name,
    };
    let mut tx = app.store().write().await?;
    let said = match test_message::begin(&mut tx, &app.dispatcher, &wanted, app.dispatcher.clock.now()).await {
        Ok((test, outgoing)) => {
            tx.commit().await?;
            let dispatcher = app.dispatcher.clone();
            // Whoever goes away from the page does not take back what the carrier may have.
            wait_a_little(tokio::spawn(async move {
                if let Err(error) = test_message::send(&dispatcher, test, &outgoing).await {
                    tracing::error!(%error, "what became of a test could not be written");
                }
            }))
            .await;
            "tested"
        }
        Err(Refused::TooMany) => "test_too_many",
        Err(Refused::OptedOut) => "test_opted_out",
        Err(Refused::Unreachable) => "test_unreachable",
        Err(error @ (Refused::NoCarrier | Refused::Store(_))) => return Err(error.into()),
    };
    Ok(back("/settings/senders", business, said).into_response())
}

/// `POST /settings/senders/tests/{id}`: asks the carrier what became of a test.
pub(super) async fn ask(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let business = owned(&staff)?;
    let test = store::test_message::find(&mut app.store().read().await?, &id).await?;
    let test = test
        .filter(|test| test.business_id == business.id)
        .ok_or(WebError::NotFound)?;
    let dispatcher = app.dispatcher.clone();
    wait_a_little(tokio::spawn(async move {
        if let Err(error) = test_message::ask(&dispatcher, &test).await {
            tracing::error!(%error, "what became of a test could not be written");
        }
    }))
    .await;
    Ok(back("/settings/senders", business, "tested"))
}

async fn form(
    app: &App,
    staff: &Staff,
    fields: &Fields,
    (errors, to): (&Errors, &str),
    notice: Option<&str>,
) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let zone = zone_of(&app.dispatcher.zones, business)?;
    let mut tx = app.store().read().await?;
    let paused = store::lane::paused(&mut tx).await?;
    let sender = |channel: &Channel| {
        let lane = lane(Some(*channel), business);
        let stopped = paused.iter().find(|paused| paused.lane == lane);
        json!({
            "channel": channel, "carrier": app.dispatcher.carrier(*channel).map(|carrier| carrier.name()),
            "from": app.dispatcher.sender(*channel, business), "own": lane.contains('/'),
            "stopped": stopped.map(|stopped| json!({
                "failure": stopped.failure, "code": stopped.code, "at": zone.local(stopped.at),
            })),
        })
    };
    let one = |test: &TestMessage| -> Value {
        json!({
            "id": test.id, "channel": test.channel, "to": test.address, "state": test.state, "code": test.code,
            "failure": test.failure, "by": test.made_by, "at": zone.local(test.made_at),
            "can_ask": test.state == TestState::Accepted && test.channel == Channel::Sms,
        })
    };
    let tests = store::test_message::last(&mut tx, &business.id, SHOWN).await?;
    let mut page = page(staff, "senders", notice);
    page["senders"] = CHANNELS.iter().map(sender).collect();
    page["tests"] = tests.iter().map(one).collect();
    page["most"] = json!(MOST);
    page["fields"] = json!(fields);
    page["to"] = json!(to);
    shown("settings_senders.html", staff, errors, page)
}
