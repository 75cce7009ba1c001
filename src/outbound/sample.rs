//! A made-up customer for whoever tries a business out before anything is imported: a visit tomorrow, or something that ends,
//! is planned by the business's own rules, and what asks about it goes at once. Only where texts reach nobody.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

use super::dispatch::Dispatcher;
use super::erasure::erase;
use super::plan::{Desk, Hints, PlanError, replan_item};
use super::sandbox_phone::asked;
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Item, ItemKind, Renewal, RenewalKind, RenewalStatus};
use crate::domain::local::{LocalDate, LocalDateTime};
use crate::domain::message::{Asks, Channel, State};
use crate::domain::rule::{Offset, Rule};
use crate::store::{self, StoreError, Tx};

/// The sample customer's number in the business's own system, and the beginning of its items'.
const SAMPLE: &str = "daybefore-sample";

/// What the numbers begin with that are kept for films and books: nobody has one (Ofcom, 07700 900000 to 900999).
const NOBODYS: &str = "+447700900";

/// The item was made so long ago, as far as the rules are concerned: none of them finds it too young.
const KNOWN_FOR: TimeDelta = TimeDelta::days(60);

/// What became of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sample {
    /// It goes now, or as soon as texts may go; the customer's id.
    Goes(String),
    /// The one before is not answered yet.
    Waits(String),
    /// No rule asks anything by text, or the sample customer has opted out.
    Nothing,
}

/// The sample customer of a business, where there is one.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, business_id: &str) -> Result<Option<Customer>, StoreError> {
    store::customer::by_external_id(tx, business_id, SAMPLE).await
}

/// Makes a sample of that name, and lets what asks about it go.
///
/// # Errors
/// When the database fails; then nothing is made.
pub async fn send(dispatcher: &Dispatcher, business_id: &str, name: &str, now: Instant) -> Result<Sample, PlanError> {
    let mut tx = dispatcher.store.write().await?;
    let desk = Desk::load(&mut tx, &dispatcher.zones, business_id).await?;
    let customer = match find(&mut tx, business_id).await? {
        Some(known) => known,
        None => made_up(business_id, name, now),
    };
    let numbers: Vec<&str> = customer.phone.as_deref().into_iter().collect();
    if !asked(&mut tx, business_id, &numbers, now).await?.is_empty() {
        return Ok(Sample::Waits(customer.id));
    }
    let Some((rule, item)) = something(&desk, &customer.id, now) else {
        return Ok(Sample::Nothing);
    };
    let asks = rule.asks;
    store::customer::save(&mut tx, &customer, now).await?;
    store::item::save(&mut tx, &item, now).await?;
    let about = (item.kind().as_str(), item.id());
    store::history::add(&mut tx, Some(business_id), about, "created", "as a sample", now).await?;
    let hints = Hints {
        is_new: true,
        known_to_customer: true,
    };
    replan_item(&mut tx, &desk, &item, &customer, hints, now).await?;
    let mut goes = false;
    for line in store::report::of_item(&mut tx, item.id()).await? {
        if line.asks == asks && line.state == State::Planned && line.channel == Some(Channel::Sms) {
            store::message::bring_forward(&mut tx, &line.id, now).await?;
            goes = true;
        }
    }
    if !goes {
        return Ok(Sample::Nothing);
    }
    tx.commit().await?;
    Ok(Sample::Goes(customer.id))
}

/// Takes the sample away: its customer is erased, its items are over.
///
/// # Errors
/// When the database fails; what was done by then stays.
pub async fn take_away(dispatcher: &Dispatcher, business_id: &str, now: Instant) -> Result<bool, PlanError> {
    let Some(customer) = find(&mut dispatcher.store.read().await?, business_id).await? else {
        return Ok(false);
    };
    // First, so that nothing goes out about what is over.
    erase(dispatcher, &customer.id, now).await?;
    let mut tx = dispatcher.store.write().await?;
    let desk = Desk::load(&mut tx, &dispatcher.zones, business_id).await?;
    if let Some(nobody) = store::customer::find(&mut tx, &customer.id).await? {
        for item in store::item::of_customer(&mut tx, &customer.id).await? {
            let Some(over) = over(item, now) else { continue };
            store::item::save(&mut tx, &over, now).await?;
            replan_item(&mut tx, &desk, &over, &nobody, Hints::default(), now).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

fn made_up(business_id: &str, name: &str, now: Instant) -> Customer {
    // Of several businesses that share a sender each has a number of its own, as far as a thousand go round.
    let sum: u32 = business_id
        .bytes()
        .zip(1_u32..)
        .map(|(byte, place)| u32::from(byte) * place)
        .sum();
    Customer {
        external_id: Some(SAMPLE.to_owned()),
        name: name.to_owned(),
        phone: Some(format!("{NOBODYS}{:03}", sum % 1_000)),
        phone_texts: true,
        ..Customer::unknown(new_id(now), business_id.to_owned())
    }
}

/// The first rule that asks something by text of a visit, or of something that ends, and what it can ask about now.
fn something<'a>(desk: &'a Desk, customer_id: &str, now: Instant) -> Option<(&'a Rule, Item)> {
    let by_text = |rule: &&Rule| rule.channels.contains(&Channel::Sms) && rule.service.is_none();
    let about = |kind, asks| {
        let mut fitting = desk.rules.iter().filter(by_text);
        fitting.find(move |rule| rule.about == kind && rule.asks == asks)
    };
    let today = desk.calendar.zone.date(now);
    let (business_id, customer_id) = (desk.business.id.clone(), customer_id.to_owned());
    let external_id = format!("{SAMPLE}-{}", new_id(now));
    let (booked_at, id) = (now - KNOWN_FOR, new_id(now));
    if let Some(rule) = about(ItemKind::Booking, Asks::Confirm) {
        let starts = days_ahead(rule, today)?.and_time(afternoon());
        let booking = Booking {
            id,
            business_id,
            customer_id,
            external_id,
            service: None,
            vehicle: None,
            starts: LocalDateTime(starts),
            starts_at: desk.calendar.zone.instant(starts),
            duration_minutes: Some(60),
            status: BookingStatus::Booked,
            revision: 1,
            booked_at,
            changed_at: booked_at,
            completed_at: None,
        };
        return Some((rule, Item::Booking(booking)));
    }
    let rule = about(ItemKind::Renewal, Asks::Renewal)?;
    let kind = rule
        .kind
        .as_deref()
        .map_or(Some(RenewalKind::Policy), |kind| kind.parse().ok())?;
    let renewal = Renewal {
        id,
        business_id,
        customer_id,
        external_id,
        kind,
        subject: None,
        reference: None,
        ends_on: LocalDate(days_ahead(rule, today)?),
        offer_amount: None,
        offer_currency: None,
        offer_url: None,
        status: RenewalStatus::Active,
        revision: 1,
        booked_at,
        changed_at: booked_at,
        completed_at: None,
    };
    Some((rule, Item::Renewal(renewal)))
}

/// The day of something of which the rule speaks today; at the earliest tomorrow.
fn days_ahead(rule: &Rule, today: NaiveDate) -> Option<NaiveDate> {
    let ahead = match rule.when.offset {
        Offset::Days(days, _) => days.min(-1).unsigned_abs(),
        Offset::Hours(_) | Offset::Months(..) => 1,
    };
    today.checked_add_days(Days::new(ahead))
}

fn afternoon() -> NaiveTime {
    NaiveTime::from_hms_opt(15, 0, 0).unwrap_or_default()
}

/// The item as one that is over; none: it is already.
fn over(item: Item, now: Instant) -> Option<Item> {
    match item {
        Item::Booking(booking) if booking.status != BookingStatus::Cancelled => Some(Item::Booking(Booking {
            status: BookingStatus::Cancelled,
            revision: booking.revision + 1,
            changed_at: now,
            ..booking
        })),
        Item::Renewal(renewal) if renewal.status == RenewalStatus::Active => Some(Item::Renewal(Renewal {
            status: RenewalStatus::Ended,
            ..renewal
        })),
        Item::Booking(_) | Item::Renewal(_) | Item::Case(_) | Item::Reply(_) => None,
    }
}
