//! What may be sent to a customer, the proof of it, and what a user has heard.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::super::acted::{Acted, Nothing};
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::{Said, back, desk_of, written};
use super::super::render;
use super::{found, page, path};
use crate::app::App;
use crate::domain::consent::{ConsentLine, Verdict, deciding, verdict};
use crate::domain::customer::Customer;
use crate::domain::message::{Channel, Purpose};
use crate::domain::phone::takes_replies;
use crate::inbound::agreement::{self, Refused, Told, address, ended_at_provider};
use crate::outbound::plan::Desk;
use crate::store::ledger::LedgerLine;
use crate::store::{self, Tx};

/// The longest wording that is kept.
const LONGEST_WORDING: usize = 1_000;

/// The form: a box for each channel and each purpose. A link to it may tick some.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in super::super::super) struct Heard {
    /// `yes` or `no`; empty until somebody has chosen.
    given: String,
    sms: String,
    email: String,
    call: String,
    service: String,
    survey: String,
    marketing: String,
    wording: String,
}

impl Heard {
    fn is_given(&self) -> bool {
        self.given == "yes"
    }

    /// The phrase that says what the form lacks.
    fn mistake(&self) -> Option<&'static str> {
        let wording = written(&self.wording);
        if self.channels().is_empty() {
            Some("consent_no_channel")
        } else if self.purposes().is_empty() {
            Some("consent_no_purpose")
        } else if !["yes", "no"].contains(&self.given.as_str()) {
            Some("consent_no_answer")
        } else if wording.is_some_and(|words| words.chars().count() > LONGEST_WORDING) {
            Some("consent_wording_long")
        } else if self.is_given() && wording.is_none() {
            // A no needs no proof.
            Some("consent_no_wording")
        } else {
            None
        }
    }

    fn channels(&self) -> Vec<Channel> {
        let boxes = [
            (Channel::Sms, &self.sms),
            (Channel::Email, &self.email),
            (Channel::Call, &self.call),
        ];
        ticked(boxes)
    }

    fn purposes(&self) -> Vec<Purpose> {
        let boxes = [
            (Purpose::Service, &self.service),
            (Purpose::Survey, &self.survey),
            (Purpose::Marketing, &self.marketing),
        ];
        ticked(boxes)
    }
}

fn ticked<T: Copy, const N: usize>(boxes: [(T, &String); N]) -> Vec<T> {
    let ticked = boxes.into_iter().filter(|(_, ticked)| !ticked.is_empty());
    ticked.map(|(value, _)| value).collect()
}

/// `GET /customers/{id}/consent`.
pub(in super::super::super) async fn consent(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(heard): Query<Heard>,
    Query(said): Query<Said>,
) -> Result<Response, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let customer = found(&mut tx, &desk.business, &id).await?;
    let own = json!({ "heard": heard, "notice": said.notice() });
    shown(&mut tx, &app, &staff, &desk, &customer, StatusCode::OK, own).await
}

/// `POST /customers/{id}/consent`.
pub(in super::super::super) async fn tell(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Heard>,
) -> Result<Response, WebError> {
    let mut tx = app.store().write().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let customer = found(&mut tx, &desk.business, &id).await?;
    let error = match form.mistake() {
        Some(mistake) => Some(mistake),
        None => write(&mut tx, &app, &staff, &customer, &form).await?,
    };
    if let Some(error) = error {
        let own = json!({ "heard": form, "error": error });
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return shown(&mut tx, &app, &staff, &desk, &customer, status, own).await;
    }
    tx.commit().await?;
    app.tell_senders();
    let said = if form.is_given() {
        "consent_given"
    } else {
        "consent_withdrawn"
    };
    Ok(back(&format!("{}/consent", path(&customer)), &desk.business, said).into_response())
}

/// Writes what was heard into the ledger. Some: nothing was written, and the phrase says why.
async fn write(
    tx: &mut Tx,
    app: &App,
    staff: &Staff,
    customer: &Customer,
    heard: &Heard,
) -> Result<Option<&'static str>, WebError> {
    let told = Told {
        given: heard.is_given(),
        channels: &heard.channels(),
        purposes: &heard.purposes(),
        wording: written(&heard.wording),
        by: &staff.user.name,
    };
    let now = app.dispatcher.clock.now();
    let written = agreement::tell(tx, &app.dispatcher.zones, customer, &told, now).await?;
    Ok(written.err().map(|refused| match refused {
        Refused::NoAddress(_) => "consent_no_address",
        Refused::AtProvider => "consent_at_provider",
    }))
}

/// `POST /customers/{id}/number`: the customer's number is the right one, whatever somebody has said.
pub(in super::super::super) async fn number_is_right(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let customer = found(&mut tx, business, &id).await?;
    let zones = &app.dispatcher.zones;
    let released = agreement::number_is_right(&mut tx, zones, &customer, &staff.user.name, now).await?;
    tx.commit().await?;
    app.tell_senders();
    let said = if released { "number_right" } else { "already" };
    Ok(back(&path(&customer), business, said))
}

/// For each purpose and channel whether it may be used, and the line of the ledger that says so.
pub(in super::super) fn standing(ledger: &[LedgerLine], desk: &Desk, customer: &Customer) -> Value {
    let lines: Vec<_> = ledger.iter().map(spoken).collect();
    let scopes = Purpose::ALL
        .iter()
        .flat_map(|purpose| Channel::ALL.iter().map(move |channel| (*purpose, *channel)));
    let rows = scopes.map(|(purpose, channel)| {
        let says = verdict(&lines, channel, purpose, desk.business.surveys_need_consent);
        let proof = deciding(&lines, channel, purpose).map(|at| &ledger[at]);
        json!({
            "purpose": purpose, "channel": channel, "reachable": customer.address(channel).is_some(),
            "can_change": address(customer, channel).is_some(), "verdict": verdict_name(says),
            "proof": proof.map(|line| told(line, desk)),
        })
    });
    rows.collect()
}

fn spoken(line: &LedgerLine) -> ConsentLine {
    ConsentLine {
        channel: line.channel,
        purpose: line.purpose,
        given: line.given,
        at: line.at,
    }
}

/// A line of the ledger.
fn told(line: &LedgerLine, desk: &Desk) -> Value {
    json!({
        "given": line.given, "channel": line.channel, "purpose": line.purpose, "address": line.address,
        "source": line.source, "wording": line.wording, "at": desk.calendar.zone.local(line.at),
    })
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::OptedOut => "opted_out",
        Verdict::NoConsent => "no_consent",
    }
}

async fn shown(
    tx: &mut Tx,
    app: &App,
    staff: &Staff,
    desk: &Desk,
    customer: &Customer,
    status: StatusCode,
    own: Value,
) -> Result<Response, WebError> {
    let ledger = store::ledger::lines_of(tx, customer).await?;
    let ours = Some(app.dispatcher.sender(Channel::Sms, &desk.business));
    let mut page = page(staff, own);
    page["customer"] = json!({
        "id": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email,
    });
    page["consent"] = standing(&ledger, desk, customer);
    page["lines"] = ledger.iter().rev().map(|line| told(line, desk)).collect();
    page["at_provider"] = json!(ended_at_provider(tx, customer).await?);
    page["our_number"] = json!(ours.filter(|ours| ours.starts_with('+') && takes_replies(ours)));
    page["channels"] = json!(
        Channel::ALL
            .iter()
            .map(|channel| json!({ "name": channel, "address": address(customer, *channel) }))
            .collect::<Vec<_>>()
    );
    page["purposes"] = json!(Purpose::ALL);
    Ok((status, render("customer_consent.html", &staff.locale()?, &page)?).into_response())
}
