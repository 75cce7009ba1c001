//! Tomorrow's batch at a glance: how much goes out, what it says, what it costs, and what will not go and why.

use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::paging::paged;
use super::super::render;
use super::super::rows::{bounds, shifted, state_name, tone};
use super::acts::{Done, notice};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::locale::Locale;
use crate::domain::message::{Channel, State as Standing};
use crate::outbound::batch::{self, Batch};
use crate::outbound::dispatch::{Fate, Outlook, foresee};
use crate::outbound::plan::Desk;
use crate::outbound::wording::one_line;
use crate::store;
use crate::store::outbox_list::Alike;

/// How many texts a page shows.
const PAGE: i64 = 50;

/// How much of a mail is shown before it is opened.
const PREVIEW: usize = 90;

/// Where a page of texts begins: after this message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in super::super::super) struct After {
    after: Option<i64>,
    after_id: String,
}

/// `GET /outbox/tomorrow`.
pub(in super::super::super) async fn tomorrow(
    staff: Staff,
    State(app): State<App>,
    Query(after): Query<After>,
    Query(done): Query<Done>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let date = shifted(desk.calendar.zone.date(now), 1);
    let day = bounds(&desk.calendar, date);
    let locale = staff.locale()?;
    let mut page = staff.page();
    page["here"] = json!("outbox");
    page["date"] = json!(date);
    page["done"] = notice(&done);
    let begins = (after.after.map_or(day.0, Instant::from_millis), after.after_id.as_str());
    page["is_first"] = json!(after.after.is_none());
    if after.after.is_none() {
        let batch = batch::of(&mut tx, &app.dispatcher, &business.id, day, now).await?;
        page["batch"] = figures(&app, &desk, &locale, &batch);
    }
    let found = store::outbox_list::planned_between(&mut tx, &business.id, day, begins, PAGE + 1).await?;
    let (messages, next) = paged(found, PAGE, |message| (json!(message.due_at.millis()), &message.id));
    page["next"] = next;
    let outlooks = foresee(&mut tx, &app.dispatcher, messages, day.0).await?;
    page["rows"] = outlooks.iter().map(|outlook| row(&desk, outlook)).collect();
    render("outbox_tomorrow.html", &locale, &page)
}

/// The day in numbers.
fn figures(app: &App, desk: &Desk, locale: &Locale, batch: &Batch) -> Value {
    let local = |at: Instant| desk.calendar.zone.local(at);
    let alike = |alike: &Alike| {
        json!({
            "rule": alike.rule_id, "template": alike.template,
            "channel": alike.channel.filter(|_| alike.state != Standing::Skipped),
            "state": state_name(alike.state, alike.channel), "reason": alike.reason, "hold": alike.hold,
            "tone": tone(alike.state, alike.reason), "count": alike.count,
            "first": local(alike.first), "last": local(alike.last),
        })
    };
    let (going, not): (Vec<_>, Vec<_>) = batch.alike.iter().partition(|alike| batch::goes(alike.state));
    let price = app.config.sms.price_per_segment.as_ref();
    let cost = price.map(|price| price.times(batch.segments.total.unsigned_abs()));
    json!({
        "total": batch.going(), "cut": batch.is_cut, "first": batch.first().map(local), "last": batch.last().map(local),
        "going": going.into_iter().map(alike).collect::<Vec<_>>(),
        "not": not.into_iter().map(alike).collect::<Vec<_>>(),
        "texts": batch.texts(), "segments": batch.segments,
        "foreseen": batch.foreseen.iter().map(|(reason, count)| json!([reason, count])).collect::<Vec<_>>(),
        "cost": cost.map(|(amount, currency)| locale.money(&amount, currency)),
    })
}

fn row(desk: &Desk, outlook: &Outlook) -> Value {
    let message = &outlook.message;
    let mut row = json!({
        "id": message.id, "at": desk.calendar.zone.local(message.due_at), "who": outlook.customer_name,
        "customer": message.customer_id, "template": message.template, "channel": message.channel,
    });
    match &outlook.fate {
        Fate::Goes {
            channel,
            text,
            segments,
            later,
        } => {
            row["channel"] = json!(channel);
            row["text"] = json!(text);
            // A mail is long: it is opened by whoever wants to read it.
            row["preview"] = json!((*channel == Channel::Email).then(|| one_line(text, PREVIEW)));
            row["later"] = json!(later.map(|later| desk.calendar.zone.local(later)));
            row["segments"] = json!(segments.filter(|_| *channel == Channel::Sms));
        }
        Fate::Waits(hold) => row["hold"] = json!(hold),
        Fate::Skipped(reason) => row["reason"] = json!(reason),
        Fate::Faulty => row["faulty"] = json!(true),
    }
    row
}
