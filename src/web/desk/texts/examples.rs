//! For whom a text is shown: customers of the business with something of the kind that it speaks of.

use chrono::{Days, NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::super::super::error::WebError;
use crate::app::App;
use crate::domain::business::BusinessKind;
use crate::domain::consent::{Verdict, verdict};
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{BookingStatus, Item, ItemKind, RenewalKind, RenewalStatus};
use crate::domain::local::{LocalDate, LocalDateTime};
use crate::domain::locale::Locale;
use crate::domain::message::{Asks, Channel, Purpose};
use crate::domain::rule::{Anchor, Offset, Rule};
use crate::outbound::plan::Desk;
use crate::outbound::ways::{Offered, can_reply};
use crate::store::lookup::Order;
use crate::store::{self, Tx};
use crate::texts::preview::Preview;
use crate::texts::{self, Part, Subject, Template, Texts};

/// How many there are to choose from.
const SHOWN: i64 = 8;

/// A real customer with something to speak of.
pub(super) struct Example {
    pub item: Item,
    customer: Customer,
    may_offer: [bool; 3],
}

/// What a template speaks of here: anything is visits in a garage and renewals in an agency.
fn kind(desk: &Desk, template: &Template) -> ItemKind {
    match (template.item, desk.business.kind) {
        (texts::Item::Booking, _) | (texts::Item::Any, BusinessKind::Garage) => ItemKind::Booking,
        (texts::Item::Renewal, _) | (texts::Item::Any, BusinessKind::Insurance) => ItemKind::Renewal,
        (texts::Item::Case, _) => ItemKind::Case,
    }
}

/// Some to choose from: the next ones, or the last ones where the text looks back.
async fn some(tx: &mut Tx, desk: &Desk, template: &Template, now: Instant) -> Result<Vec<Item>, WebError> {
    let id = &desk.business.id;
    let looks_back = template.scale.is_some() || template.name == texts::catalogue::REVIEW_INVITATION;
    Ok(match kind(desk, template) {
        ItemKind::Renewal => {
            let today = LocalDate(desk.calendar.zone.date(now));
            let (order, statuses) = if looks_back {
                (Order::LastFirst, &[RenewalStatus::Renewed][..])
            } else {
                (Order::NextFirst, &[RenewalStatus::Active][..])
            };
            let which = (RenewalKind::ALL, statuses);
            let found = store::lookup::renewals(tx, id, which, None, order, (today, ""), SHOWN).await?;
            found.into_iter().map(Item::Renewal).collect()
        }
        ItemKind::Case => {
            let found = store::customer_case::open_cases(tx, Some(id), SHOWN).await?;
            found.into_iter().map(Item::Case).collect()
        }
        ItemKind::Booking | ItemKind::Reply => {
            let (order, statuses) = match template.name {
                _ if looks_back => (Order::LastFirst, &[BookingStatus::Completed][..]),
                "booking_cancelled" => (Order::NextFirst, &[BookingStatus::Cancelled][..]),
                _ => (Order::NextFirst, &[BookingStatus::Booked, BookingStatus::Confirmed][..]),
            };
            let found = store::lookup::bookings(tx, id, statuses, None, order, (now, ""), SHOWN).await?;
            found.into_iter().map(Item::Booking).collect()
        }
    })
}

/// Those to choose from, as a page shows them, and the chosen one: the one that is asked for, else the first.
pub(super) async fn examples(
    tx: &mut Tx,
    desk: &Desk,
    template: &Template,
    wanted: &str,
    now: Instant,
) -> Result<(Vec<Value>, Option<Example>), WebError> {
    let items = some(tx, desk, template, now).await?;
    let chosen = match wanted {
        "sample" => None,
        "" => items.first().cloned(),
        id => one(tx, desk, template, id).await?,
    };
    let mut listed = Vec::with_capacity(items.len());
    for item in &items {
        let who = store::customer::find(tx, item.customer_id()).await?;
        listed.push(json!({
            "id": item.id(), "who": who.map_or_else(String::new, |who| who.name), "item": item.external_id(),
            "kind": item.kind(), "at": at(desk, item),
        }));
    }
    let chosen = match chosen {
        Some(item) => of_item(tx, item).await?,
        None => None,
    };
    Ok((listed, chosen))
}

fn at(desk: &Desk, item: &Item) -> Value {
    match item {
        Item::Booking(booking) => json!(booking.starts.0),
        Item::Renewal(renewal) => json!(renewal.ends_on),
        Item::Case(case) => json!(desk.calendar.zone.local(case.changed_at)),
        Item::Reply(_) => Value::Null,
    }
}

/// The one of that id, if it is the business's.
async fn one(tx: &mut Tx, desk: &Desk, template: &Template, id: &str) -> Result<Option<Item>, WebError> {
    let found = store::item::find(tx, kind(desk, template), id).await?;
    Ok(found.filter(|item| item.business_id() == desk.business.id))
}

async fn of_item(tx: &mut Tx, item: Item) -> Result<Option<Example>, WebError> {
    let Some(customer) = store::customer::find(tx, item.customer_id()).await? else {
        return Ok(None);
    };
    let consent = store::ledger::of_customer(tx, &customer).await?;
    let may = |channel| verdict(&consent, channel, Purpose::Marketing, false) == Verdict::Allowed;
    Ok(Some(Example {
        may_offer: [Channel::Sms, Channel::Email, Channel::Call].map(may),
        item,
        customer,
    }))
}

/// The parts of a template on a channel: what ends a mail has no subject of its own.
pub(super) fn parts(template: &Template, channel: Channel) -> Vec<Part> {
    let of_channel = Part::of(channel).iter();
    of_channel
        .filter(|part| template.parts.contains(part))
        .copied()
        .collect()
}

/// What the example's customer would read, in that locale; somebody made up where there is no example.
pub(super) fn preview(
    app: &App,
    desk: &Desk,
    texts: &Texts,
    (template, channel, locale): (&'static Template, Channel, Locale),
    example: Option<&Example>,
    now: Instant,
) -> Result<Preview, WebError> {
    let parts = parts(template, channel);
    let Some(example) = example else {
        return Ok(texts.preview_of_sample(template, &parts, &desk.business.id, locale));
    };
    let settings = &app.dispatcher.settings;
    let sender = app.dispatcher.sender(channel, &desk.business);
    let offered = Offered::new(settings, template.name, channel, can_reply(channel, &sender));
    let rule = desk
        .rules
        .iter()
        .find(|rule| rule.template == template.name && rule.enabled);
    let asks = rule.map_or_else(
        || template.asks.first().copied().unwrap_or(Asks::Nothing),
        |rule| rule.asks,
    );
    let told = told_before(template, &example.item);
    let subject = Subject {
        business: &desk.business,
        customer: &example.customer,
        item: &example.item,
        asks,
        told_before: told.as_deref(),
        may_offer: example.may_offer[match channel {
            Channel::Sms => 0,
            Channel::Email => 1,
            Channel::Call => 2,
        }],
        today: sent_on(rule, &example.item).unwrap_or_else(|| desk.calendar.zone.date(now)),
        zone: &desk.calendar.zone,
        ways: offered.ways(),
    };
    Ok(texts.preview(template.name, &parts, &subject, locale)?)
}

/// A change of time is shown as one by a day: which one it will be, nobody knows yet.
fn told_before(template: &Template, item: &Item) -> Option<String> {
    match item {
        Item::Booking(booking) if template.name == "booking_changed" => {
            Some(LocalDateTime(booking.starts.0 - TimeDelta::days(1)).to_string())
        }
        _ => None,
    }
}

/// The day on which the rule sends it, where that can be told from the item's own.
fn sent_on(rule: Option<&Rule>, item: &Item) -> Option<NaiveDate> {
    let rule = rule?;
    let date = match (item, rule.anchor()) {
        (Item::Booking(booking), Anchor::Start) => booking.starts.0.date(),
        (Item::Renewal(renewal), Anchor::EndsOn) => renewal.ends_on.0,
        _ => return None,
    };
    match rule.when.offset {
        Offset::Days(days, _) if days <= 0 => date.checked_sub_days(Days::new(days.unsigned_abs())),
        _ => None,
    }
}
