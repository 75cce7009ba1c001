//! Lists of what is known, a page at a time: customers by name, bookings by time, renewals by date.
//!
//! A page begins behind the last row of the one before, so that the hundredth costs what the first one does.

use super::customer::customer_columns;
use super::db::{Tx, on};
use super::dialect::{each, listed};
use super::error::StoreError;
use super::item::{booking_columns, renewal_columns};
use super::packed::text;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Renewal, RenewalKind, RenewalStatus};
use crate::domain::local::LocalDate;

/// Which way a list runs in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    NextFirst,
    LastFirst,
}

/// A business's customers by name, after the name key and the id that `after` has.
pub async fn customers(
    tx: &mut Tx,
    business_id: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", customer_columns!(), " FROM customer \
         WHERE business_id = $1 AND (name_key, id) > ($2, $3) AND NOT erased ORDER BY name_key, id LIMIT $4"
    )).bind(business_id).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)?)
}

/// Customers by their ids, in no order.
pub async fn customers_of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", customer_columns!(), " FROM customer WHERE id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// The ids of a business's customers who have this phone, this mail address, or this id in the business's own system, or
/// a booking or renewal that has.
pub async fn customers_by(
    tx: &mut Tx,
    business_id: &str,
    phone: Option<&str>,
    email: Option<&str>,
    external_id: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM customer WHERE business_id = $1 AND external_id = $4 AND NOT erased \
         UNION SELECT id FROM customer WHERE business_id = $1 AND phone = $2 AND NOT erased \
         UNION SELECT id FROM customer WHERE business_id = $1 AND email = $3 AND NOT erased \
         UNION SELECT customer_id FROM booking WHERE business_id = $1 AND external_id = $4 \
         UNION SELECT customer_id FROM renewal WHERE business_id = $1 AND external_id = $4 \
         LIMIT $5",
    ).bind(business_id).bind(phone).bind(email).bind(external_id).bind(limit).fetch_all(c).await)?)
}

/// Whose these bookings and renewals are, each customer once.
pub async fn owners(tx: &mut Tx, items: &[&str]) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT customer_id FROM booking WHERE id IN ", listed!("$1"), " \
         UNION SELECT customer_id FROM renewal WHERE id IN ", listed!("$1")
    )).bind(text(items)?).fetch_all(c).await)?)
}

/// A customer's bookings by when they start, after the moment and the id that `after` has.
pub async fn bookings_of(
    tx: &mut Tx,
    customer_id: &str,
    order: Order,
    after: (Instant, &str),
    limit: i64,
) -> Result<Vec<Booking>, StoreError> {
    let statement = match order {
        Order::NextFirst => concat!(
            "SELECT ",
            booking_columns!(),
            " FROM booking \
             WHERE customer_id = $1 AND (starts_at, id) > ($2, $3) ORDER BY starts_at, id LIMIT $4"
        ),
        Order::LastFirst => concat!(
            "SELECT ",
            booking_columns!(),
            " FROM booking \
             WHERE customer_id = $1 AND (starts_at, id) < ($2, $3) ORDER BY starts_at DESC, id DESC LIMIT $4"
        ),
    };
    Ok(on!(tx, c => sqlx::query_as(statement)
        .bind(customer_id).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)?)
}

/// A customer's renewals by when they end, likewise.
pub async fn renewals_of(
    tx: &mut Tx,
    customer_id: &str,
    order: Order,
    after: (LocalDate, &str),
    limit: i64,
) -> Result<Vec<Renewal>, StoreError> {
    let statement = match order {
        Order::NextFirst => concat!(
            "SELECT ",
            renewal_columns!(),
            " FROM renewal \
             WHERE customer_id = $1 AND (ends_on, id) > ($2, $3) ORDER BY ends_on, id LIMIT $4"
        ),
        Order::LastFirst => concat!(
            "SELECT ",
            renewal_columns!(),
            " FROM renewal \
             WHERE customer_id = $1 AND (ends_on, id) < ($2, $3) ORDER BY ends_on DESC, id DESC LIMIT $4"
        ),
    };
    Ok(on!(tx, c => sqlx::query_as(statement)
        .bind(customer_id).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)?)
}

/// The locales that customers of a business have, of the first so many by name: to know all, all would have to be read.
pub async fn locales(tx: &mut Tx, business_id: &str, of_first: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT locale FROM (SELECT locale FROM customer WHERE business_id = $1 \
            ORDER BY name_key, id LIMIT $2) AS some WHERE locale IS NOT NULL ORDER BY locale",
    ).bind(business_id).bind(of_first).fetch_all(c).await)?)
}

/// Since when a customer is known.
pub async fn known_since(tx: &mut Tx, customer_id: &str) -> Result<Option<Instant>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT created_at FROM customer WHERE id = $1")
        .bind(customer_id).fetch_optional(c).await)?,
    )
}

/// What a search has found: everything of these customers, and these items.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    pub customers: Vec<String>,
    pub items: Vec<String>,
}

/// The statements of a list of `$columns` of a `$table`, sorted by `$moment`: the whole of one status and, where the table
/// has one, kind; and what a search has found. The join is a CROSS JOIN, which SQLite does not turn round: else it reads
/// the whole list for the sake of its order.
macro_rules! list {
    (all $columns:expr, $table:literal, $moment:literal, $kind:literal, $is_after:literal, $order:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $table,
            " WHERE business_id = $1 AND status = $2",
            $kind,
            " \
                AND (",
            $moment,
            ", id) ",
            $is_after,
            " ($3, $4) \
             ORDER BY ",
            $moment,
            $order,
            ", id",
            $order,
            " LIMIT $5"
        )
    };
    (found $columns:expr, $table:literal, $moment:literal, $kind:literal, $is_after:literal, $order:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM (SELECT id FROM ",
            $table,
            " WHERE customer_id IN ",
            listed!("$6"),
            " \
                UNION SELECT value FROM ",
            each!("$7"),
            ") AS hit CROSS JOIN ",
            $table,
            " ON ",
            $table,
            ".id = hit.id \
             WHERE business_id = $1 AND status = $2",
            $kind,
            " \
                AND (",
            $moment,
            ", ",
            $table,
            ".id) ",
            $is_after,
            " ($3, $4) \
             ORDER BY ",
            $moment,
            $order,
            ", ",
            $table,
            ".id",
            $order,
            " LIMIT $5"
        )
    };
}

/// Bookings of a business in one of these states by when they start, after the moment and the id that `after` has; of what
/// a search has found, where there was one.
pub async fn bookings(
    tx: &mut Tx,
    business_id: &str,
    statuses: &[BookingStatus],
    hits: Option<&Hits>,
    order: Order,
    after: (Instant, &str),
    limit: i64,
) -> Result<Vec<Booking>, StoreError> {
    let mut found: Vec<Booking> = Vec::new();
    for status in statuses {
        let statement = match (hits, order) {
            (None, Order::NextFirst) => list!(all booking_columns!(), "booking", "starts_at", "", ">", ""),
            (None, Order::LastFirst) => list!(all booking_columns!(), "booking", "starts_at", "", "<", " DESC"),
            (Some(_), Order::NextFirst) => list!(found booking_columns!(), "booking", "starts_at", "", ">", ""),
            (Some(_), Order::LastFirst) => list!(found booking_columns!(), "booking", "starts_at", "", "<", " DESC"),
        };
        let lists = lists_of(hits)?;
        let rows: Vec<Booking> = on!(&mut *tx, c => {
            let mut query = sqlx::query_as(statement)
                .bind(business_id).bind(status).bind(after.0).bind(after.1).bind(limit);
            for list in lists {
                query = query.bind(list);
            }
            query.fetch_all(c).await
        })?;
        found.extend(rows);
    }
    found.sort_by(|one, other| (one.starts_at, &one.id).cmp(&(other.starts_at, &other.id)));
    Ok(first(found, order, limit))
}

/// Renewals of a business of one of these kinds and states by when they end, likewise.
pub async fn renewals(
    tx: &mut Tx,
    business_id: &str,
    (kinds, statuses): (&[RenewalKind], &[RenewalStatus]),
    hits: Option<&Hits>,
    order: Order,
    after: (LocalDate, &str),
    limit: i64,
) -> Result<Vec<Renewal>, StoreError> {
    let mut found: Vec<Renewal> = Vec::new();
    for (kind, status) in pairs(kinds, statuses) {
        let statement = match (hits, order) {
            (None, Order::NextFirst) => list!(all renewal_columns!(), "renewal", "ends_on", " AND kind = $6", ">", ""),
            (None, Order::LastFirst) => {
                list!(all renewal_columns!(), "renewal", "ends_on", " AND kind = $6", "<", " DESC")
            }
            (Some(_), Order::NextFirst) => {
                list!(found renewal_columns!(), "renewal", "ends_on", " AND kind = $8", ">", "")
            }
            (Some(_), Order::LastFirst) => {
                list!(found renewal_columns!(), "renewal", "ends_on", " AND kind = $8", "<", " DESC")
            }
        };
        let lists = lists_of(hits)?;
        let rows: Vec<Renewal> = on!(&mut *tx, c => {
            let mut query = sqlx::query_as(statement)
                .bind(business_id).bind(status).bind(after.0).bind(after.1).bind(limit);
            for list in lists {
                query = query.bind(list);
            }
            query.bind(kind).fetch_all(c).await
        })?;
        found.extend(rows);
    }
    found.sort_by(|one, other| (one.ends_on, &one.id).cmp(&(other.ends_on, &other.id)));
    Ok(first(found, order, limit))
}

/// A business's bookings in these states that start from `from` until before `to`, the next first; and how many there are.
pub async fn bookings_between(
    tx: &mut Tx,
    business_id: &str,
    statuses: &[BookingStatus],
    (from, to): (Instant, Instant),
    limit: i64,
) -> Result<(Vec<Booking>, i64), StoreError> {
    let statuses = text(statuses)?;
    let found = on!(&mut *tx, c => sqlx::query_as(concat!(
        "SELECT ", booking_columns!(), " FROM booking WHERE business_id = $1 AND status IN ", listed!("$2"), " \
            AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at, id LIMIT $5"
    )).bind(business_id).bind(&statuses).bind(from).bind(to).bind(limit).fetch_all(c).await)?;
    let count = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT COUNT(*) FROM booking WHERE business_id = $1 AND status IN ", listed!("$2"), " \
            AND starts_at >= $3 AND starts_at < $4"
    )).bind(business_id).bind(&statuses).bind(from).bind(to).fetch_one(c).await)?;
    Ok((found, count))
}

/// A business's renewals in these states that end from `from` until `to`, the next first; and how many there are.
pub async fn renewals_between(
    tx: &mut Tx,
    business_id: &str,
    statuses: &[RenewalStatus],
    (from, to): (LocalDate, LocalDate),
    limit: i64,
) -> Result<(Vec<Renewal>, i64), StoreError> {
    let (kinds, statuses) = (text(RenewalKind::ALL)?, text(statuses)?);
    let found = on!(&mut *tx, c => sqlx::query_as(concat!(
        "SELECT ", renewal_columns!(), " FROM renewal \
         WHERE business_id = $1 AND kind IN ", listed!("$2"), " AND status IN ", listed!("$3"), " \
            AND ends_on >= $4 AND ends_on <= $5 ORDER BY ends_on, id LIMIT $6"
    )).bind(business_id).bind(&kinds).bind(&statuses).bind(from).bind(to).bind(limit).fetch_all(c).await)?;
    let count = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT COUNT(*) FROM renewal \
         WHERE business_id = $1 AND kind IN ", listed!("$2"), " AND status IN ", listed!("$3"), " \
            AND ends_on >= $4 AND ends_on <= $5"
    )).bind(business_id).bind(&kinds).bind(&statuses).bind(from).bind(to).fetch_one(c).await)?;
    Ok((found, count))
}

fn pairs<A: Copy, B: Copy>(ones: &[A], others: &[B]) -> Vec<(A, B)> {
    ones.iter()
        .flat_map(|one| others.iter().map(|other| (*one, *other)))
        .collect()
}

/// What a search has found, as the binds of its statement: none where there was no search.
fn lists_of(hits: Option<&Hits>) -> Result<Vec<String>, StoreError> {
    let Some(hits) = hits else { return Ok(Vec::new()) };
    Ok(vec![text(&hits.customers)?, text(&hits.items)?])
}

/// The first of what came of several lists, sorted by time, in the order that is wanted.
fn first<T>(mut sorted: Vec<T>, order: Order, limit: i64) -> Vec<T> {
    if order == Order::LastFirst {
        sorted.reverse();
    }
    sorted.truncate(usize::try_from(limit).unwrap_or_default());
    sorted
}
