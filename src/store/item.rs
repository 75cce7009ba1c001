//! Items: bookings and renewals here, cases in `customer_case`.

use super::customer_case;
use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
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

/// What a customer of a business has written, with the visit it was about.
async fn reply(tx: &mut Tx, id: &str) -> Result<Option<Written>, StoreError> {
    let row: Option<WrittenRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, business_id, customer_id, at, item_kind, item_id FROM reply \
         WHERE id = $1 AND business_id IS NOT NULL AND customer_id IS NOT NULL",
    ).bind(id).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
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
    }))
}

/// One booking by the id of the business's own system.
pub async fn booking_by_external_id(
    tx: &mut Tx,
    business_id: &str,
    external_id: &str,
) -> Result<Option<Booking>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", booking_columns!(), " FROM booking WHERE business_id = $1 AND external_id = $2"
    )).bind(business_id).bind(external_id).fetch_optional(c).await)?)
}

/// One renewal by the id of the business's own system.
pub async fn renewal_by_external_id(
    tx: &mut Tx,
    business_id: &str,
    external_id: &str,
) -> Result<Option<Renewal>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", renewal_columns!(), " FROM renewal WHERE business_id = $1 AND external_id = $2"
    )).bind(business_id).bind(external_id).fetch_optional(c).await)?)
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
    let bookings: Vec<Booking> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", booking_columns!(), " FROM booking WHERE customer_id = $1 ORDER BY starts_at"
    )).bind(customer_id).fetch_all(c).await)?;
    let renewals: Vec<Renewal> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", renewal_columns!(), " FROM renewal WHERE customer_id = $1 ORDER BY ends_on"
    )).bind(customer_id).fetch_all(c).await)?;
    let cases = customer_case::of_customer(tx, customer_id).await?;
    Ok(bookings
        .into_iter()
        .map(Item::Booking)
        .chain(renewals.into_iter().map(Item::Renewal))
        .chain(cases.into_iter().map(Item::Case))
        .collect())
}

/// Writes an item, new or changed.
pub async fn save(tx: &mut Tx, item: &Item, now: Instant) -> Result<(), StoreError> {
    match item {
        Item::Booking(booking) => save_booking(tx, booking, now).await,
        Item::Renewal(renewal) => save_renewal(tx, renewal, now).await,
        Item::Case(case) => customer_case::save(tx, case, now).await,
        // Written words do not change: `store::inbound` and `store::reply` keep them.
        Item::Reply(_) => Ok(()),
    }
}

async fn save_booking(tx: &mut Tx, booking: &Booking, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO booking (id, business_id, customer_id, external_id, service, vehicle, starts, starts_at, \
            duration_minutes, status, revision, booked_at, changed_at, completed_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, service = excluded.service, \
            vehicle = excluded.vehicle, starts = excluded.starts, starts_at = excluded.starts_at, \
            duration_minutes = excluded.duration_minutes, status = excluded.status, revision = excluded.revision, \
            changed_at = excluded.changed_at, completed_at = excluded.completed_at, updated_at = excluded.updated_at",
    )
    .bind(&booking.id).bind(&booking.business_id).bind(&booking.customer_id).bind(&booking.external_id)
    .bind(&booking.service).bind(&booking.vehicle).bind(booking.starts).bind(booking.starts_at)
    .bind(booking.duration_minutes).bind(booking.status).bind(booking.revision).bind(booking.booked_at)
    .bind(booking.changed_at).bind(booking.completed_at).bind(now).execute(c).await)?;
    Ok(())
}

async fn save_renewal(tx: &mut Tx, renewal: &Renewal, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO renewal (id, business_id, customer_id, external_id, kind, subject, reference, ends_on, \
            offer_amount, offer_currency, offer_url, status, revision, booked_at, changed_at, completed_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, kind = excluded.kind, \
            subject = excluded.subject, reference = excluded.reference, ends_on = excluded.ends_on, \
            offer_amount = excluded.offer_amount, offer_currency = excluded.offer_currency, \
            offer_url = excluded.offer_url, status = excluded.status, revision = excluded.revision, \
            changed_at = excluded.changed_at, completed_at = excluded.completed_at, updated_at = excluded.updated_at",
    )
    .bind(&renewal.id).bind(&renewal.business_id).bind(&renewal.customer_id).bind(&renewal.external_id)
    .bind(renewal.kind).bind(&renewal.subject).bind(&renewal.reference).bind(renewal.ends_on)
    .bind(&renewal.offer_amount).bind(&renewal.offer_currency).bind(&renewal.offer_url).bind(renewal.status)
    .bind(renewal.revision).bind(renewal.booked_at).bind(renewal.changed_at).bind(renewal.completed_at).bind(now)
    .execute(c).await)?;
    Ok(())
}
