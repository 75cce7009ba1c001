//! Items: bookings and renewals here, cases in `customer_case`.

use super::db::{Tx, on};
use super::dialect::{listed, packed, rows_of};
use super::error::StoreError;
use super::packed::{rows, text};
use super::search_word;
use super::types::row;
use super::{answer, customer_case};
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, Item, ItemKind, Renewal, Written};

row!(Booking {
    id,
    business_id,
    customer_id,
    external_id,
    service,
    vehicle,
    starts,
    starts_at,
    duration_minutes,
    status,
    revision,
    booked_at,
    changed_at,
    completed_at
});
row!(Renewal {
    id,
    business_id,
    customer_id,
    external_id,
    kind,
    subject,
    reference,
    ends_on,
    offer_amount,
    offer_currency,
    offer_url,
    status,
    revision,
    booked_at,
    changed_at,
    completed_at
});

/// The columns of a `Booking`, in the table named `booking`.
macro_rules! booking_columns {
    () => {
        "booking.id, booking.business_id, booking.customer_id, booking.external_id, booking.service, booking.vehicle, \
         booking.starts, booking.starts_at, booking.duration_minutes, booking.status, booking.revision, \
         booking.booked_at, booking.changed_at, booking.completed_at"
    };
}
pub(super) use booking_columns;

/// The columns of a `Renewal`, in the table named `renewal`.
macro_rules! renewal_columns {
    () => {
        "renewal.id, renewal.business_id, renewal.customer_id, renewal.external_id, renewal.kind, renewal.subject, \
         renewal.reference, renewal.ends_on, renewal.offer_amount, renewal.offer_currency, renewal.offer_url, \
         renewal.status, renewal.revision, renewal.booked_at, renewal.changed_at, renewal.completed_at"
    };
}
pub(super) use renewal_columns;

/// One item by our id.
pub async fn find(tx: &mut Tx, kind: ItemKind, id: &str) -> Result<Option<Item>, StoreError> {
    Ok(match kind {
        ItemKind::Booking => {
            let row: Option<Booking> = on!(tx, c => sqlx::query_as(concat!(
                "SELECT ", booking_columns!(), " FROM booking WHERE id = $1"
            )).bind(id).fetch_optional(c).await)?;
            row.map(Item::Booking)
        }
        ItemKind::Renewal => {
            let row: Option<Renewal> = on!(tx, c => sqlx::query_as(concat!(
                "SELECT ", renewal_columns!(), " FROM renewal WHERE id = $1"
            )).bind(id).fetch_optional(c).await)?;
            row.map(Item::Renewal)
        }
        ItemKind::Case => customer_case::find(tx, id).await?.map(Item::Case),
        ItemKind::Reply => reply(tx, id).await?.map(Item::Reply),
    })
}

struct WrittenRow {
    id: String,
    business_id: String,
    customer_id: String,
    at: Instant,
    item_kind: Option<ItemKind>,
    item_id: Option<String>,
}

row!(WrittenRow {
    id,
    business_id,
    customer_id,
    at,
    item_kind,
    item_id
});

/// What a customer of a business has written, with the visit it was about; or what somebody at the desk has.
async fn reply(tx: &mut Tx, id: &str) -> Result<Option<Written>, StoreError> {
    let row: Option<WrittenRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, business_id, customer_id, at, item_kind, item_id FROM reply \
         WHERE id = $1 AND business_id IS NOT NULL AND customer_id IS NOT NULL",
    ).bind(id).fetch_optional(c).await)?;
    let Some(row) = row else {
        return answer::written(tx, id).await;
    };
    let about = match (row.item_kind, &row.item_id) {
        (Some(ItemKind::Booking), Some(id)) => on!(tx, c => sqlx::query_as(concat!(
            "SELECT ", booking_columns!(), " FROM booking WHERE id = $1"
        )).bind(id).fetch_optional(c).await)?,
        _ => None,
    };
    Ok(Some(Written {
        id: row.id,
        business_id: row.business_id,
        customer_id: row.customer_id,
        at: row.at,
        about,
        answer: None,
    }))
}

/// Bookings by the ids of the business's own system.
pub async fn bookings_by_external_id(
    tx: &mut Tx,
    business_id: &str,
    external_ids: &[&str],
) -> Result<Vec<Booking>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!(booking_columns!()), " FROM booking \
         WHERE business_id = $1 AND external_id IN ", listed!("$2")
    )).bind(business_id).bind(text(external_ids)?).fetch_one(c).await)?;
    rows(&text)
}

/// Renewals by the ids of the business's own system.
pub async fn renewals_by_external_id(
    tx: &mut Tx,
    business_id: &str,
    external_ids: &[&str],
) -> Result<Vec<Renewal>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!(renewal_columns!()), " FROM renewal \
         WHERE business_id = $1 AND external_id IN ", listed!("$2")
    )).bind(business_id).bind(text(external_ids)?).fetch_one(c).await)?;
    rows(&text)
}

/// A page of one business's items of a kind, by id, after the id `after`.
pub async fn page(
    tx: &mut Tx,
    kind: ItemKind,
    business_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Item>, StoreError> {
    Ok(match kind {
        ItemKind::Booking => {
            let rows: Vec<Booking> = on!(tx, c => sqlx::query_as(concat!(
                "SELECT ", booking_columns!(), " FROM booking WHERE business_id = $1 AND id > $2 ORDER BY id LIMIT $3"
            )).bind(business_id).bind(after).bind(limit).fetch_all(c).await)?;
            rows.into_iter().map(Item::Booking).collect()
        }
        ItemKind::Renewal => {
            let rows: Vec<Renewal> = on!(tx, c => sqlx::query_as(concat!(
                "SELECT ", renewal_columns!(), " FROM renewal WHERE business_id = $1 AND id > $2 ORDER BY id LIMIT $3"
            )).bind(business_id).bind(after).bind(limit).fetch_all(c).await)?;
            rows.into_iter().map(Item::Renewal).collect()
        }
        ItemKind::Case => {
            let rows = customer_case::page(tx, business_id, after, limit).await?;
            rows.into_iter().map(Item::Case).collect()
        }
        ItemKind::Reply => Vec::new(),
    })
}

/// The items of one customer: bookings, renewals, cases.
pub async fn of_customer(tx: &mut Tx, customer_id: &str) -> Result<Vec<Item>, StoreError> {
    of_customers(tx, &[customer_id]).await
}

/// The items of customers: bookings, renewals, cases.
pub async fn of_customers(tx: &mut Tx, customers: &[&str]) -> Result<Vec<Item>, StoreError> {
    let (bookings, renewals): (String, String) = on!(tx, c => sqlx::query_as(concat!(
        "SELECT (SELECT ", packed!(booking_columns!()), " FROM booking WHERE customer_id IN ", listed!("$1"), "), \
            (SELECT ", packed!(renewal_columns!()), " FROM renewal WHERE customer_id IN ", listed!("$1"), ")"
    )).bind(text(customers)?).fetch_one(c).await)?;
    let (mut bookings, mut renewals): (Vec<Booking>, Vec<Renewal>) = (rows(&bookings)?, rows(&renewals)?);
    bookings.sort_by_key(|booking| booking.starts_at);
    renewals.sort_by_key(|renewal| renewal.ends_on);
    let cases = customer_case::of_customers(tx, customers).await?;
    Ok(bookings
        .into_iter()
        .map(Item::Booking)
        .chain(renewals.into_iter().map(Item::Renewal))
        .chain(cases.into_iter().map(Item::Case))
        .collect())
}

/// Writes an item, new or changed.
pub async fn save(tx: &mut Tx, item: &Item, now: Instant) -> Result<(), StoreError> {
    save_all(tx, &[item], now).await
}

/// Writes items, new or changed, each of which stands there once.
pub async fn save_all(tx: &mut Tx, items: &[&Item], now: Instant) -> Result<(), StoreError> {
    let (mut bookings, mut renewals) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Item::Booking(booking) => bookings.push(booking),
            Item::Renewal(renewal) => renewals.push(renewal),
            Item::Case(case) => customer_case::save(tx, case, now).await?,
            // Written words do not change: `store::inbound` and `store::reply` keep them.
            Item::Reply(_) => {}
        }
    }
    if !bookings.is_empty() {
        save_bookings(tx, &bookings, now).await?;
    }
    if !renewals.is_empty() {
        save_renewals(tx, &renewals, now).await?;
    }
    Ok(())
}

async fn save_bookings(tx: &mut Tx, bookings: &[&Booking], now: Instant) -> Result<(), StoreError> {
    let rows: Vec<_> = bookings
        .iter()
        .map(|b| {
            (
                &b.id,
                &b.business_id,
                &b.customer_id,
                &b.external_id,
                &b.service,
                &b.vehicle,
                b.starts,
                b.starts_at.millis(),
                b.duration_minutes,
                b.status,
                b.revision,
                b.booked_at.millis(),
                b.changed_at.millis(),
                b.completed_at.map(Instant::millis),
            )
        })
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO booking (id, business_id, customer_id, external_id, service, vehicle, starts, starts_at, \
            duration_minutes, status, revision, booked_at, changed_at, completed_at, updated_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
            CAST(value ->> 7 AS BIGINT), CAST(value ->> 8 AS BIGINT), value ->> 9, CAST(value ->> 10 AS BIGINT), \
            CAST(value ->> 11 AS BIGINT), CAST(value ->> 12 AS BIGINT), CAST(value ->> 13 AS BIGINT), $2 \
         FROM ", rows_of!("$1"), " WHERE TRUE \
         ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, service = excluded.service, \
            vehicle = excluded.vehicle, starts = excluded.starts, starts_at = excluded.starts_at, \
            duration_minutes = excluded.duration_minutes, status = excluded.status, revision = excluded.revision, \
            changed_at = excluded.changed_at, completed_at = excluded.completed_at, updated_at = excluded.updated_at"
    )).bind(text(&rows)?).bind(now).execute(c).await)?;
    search_word::of_bookings(tx, bookings).await
}

async fn save_renewals(tx: &mut Tx, renewals: &[&Renewal], now: Instant) -> Result<(), StoreError> {
    let rows: Vec<_> = renewals
        .iter()
        .map(|r| {
            (
                &r.id,
                &r.business_id,
                &r.customer_id,
                &r.external_id,
                r.kind,
                &r.subject,
                &r.reference,
                r.ends_on,
                &r.offer_amount,
                &r.offer_currency,
                &r.offer_url,
                r.status,
                r.revision,
                r.booked_at.millis(),
                r.changed_at.millis(),
                r.completed_at.map(Instant::millis),
            )
        })
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO renewal (id, business_id, customer_id, external_id, kind, subject, reference, ends_on, \
            offer_amount, offer_currency, offer_url, status, revision, booked_at, changed_at, completed_at, updated_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
            value ->> 8, value ->> 9, value ->> 10, value ->> 11, CAST(value ->> 12 AS BIGINT), \
            CAST(value ->> 13 AS BIGINT), CAST(value ->> 14 AS BIGINT), CAST(value ->> 15 AS BIGINT), $2 \
         FROM ", rows_of!("$1"), " WHERE TRUE \
         ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, kind = excluded.kind, \
            subject = excluded.subject, reference = excluded.reference, ends_on = excluded.ends_on, \
            offer_amount = excluded.offer_amount, offer_currency = excluded.offer_currency, \
            offer_url = excluded.offer_url, status = excluded.status, revision = excluded.revision, \
            changed_at = excluded.changed_at, completed_at = excluded.completed_at, updated_at = excluded.updated_at"
    )).bind(text(&rows)?).bind(now).execute(c).await)?;
    search_word::of_renewals(tx, renewals).await
}
