//! Customers, and how an imported row finds the one it means.

use super::db::{Tx, on};
use super::dialect::{each, listed, packed, rows_of};
use super::error::StoreError;
use super::packed::{rows, text};
use super::search_word;
use super::types::row;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
pub use crate::domain::record::name_key;

row!(Customer {
    id,
    business_id,
    external_id,
    name,
    phone,
    phone_raw,
    phone_texts,
    email,
    locale,
    channel,
    standing,
    notes,
    erased
});

/// The columns of a `Customer`, in the table named `customer`.
macro_rules! customer_columns {
    () => {
        "customer.id, customer.business_id, customer.external_id, customer.name, customer.phone, customer.phone_raw, \
         customer.phone_texts, customer.email, customer.locale, customer.channel, customer.standing, customer.notes, \
         customer.erased"
    };
}
pub(super) use customer_columns;

/// One customer by our id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Customer>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", customer_columns!(), " FROM customer WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// One customer by the id of the business's own system.
pub async fn by_external_id(tx: &mut Tx, business_id: &str, external_id: &str) -> Result<Option<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", customer_columns!(), " FROM customer WHERE business_id = $1 AND external_id = $2"
    )).bind(business_id).bind(external_id).fetch_optional(c).await)?)
}

/// Everybody with that phone, in whatever business, oldest first; whoever was erased is nobody.
pub async fn with_phone(tx: &mut Tx, phone: &str) -> Result<Vec<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", customer_columns!(), " FROM customer WHERE phone = $1 AND NOT erased ORDER BY customer.id"
    )).bind(phone).fetch_all(c).await)?)
}

/// A page of one business's customers, by id, after the id `after`.
pub async fn page(tx: &mut Tx, business_id: &str, after: &str, limit: i64) -> Result<Vec<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", customer_columns!(), " FROM customer WHERE business_id = $1 AND id > $2 ORDER BY id LIMIT $3"
    )).bind(business_id).bind(after).bind(limit).fetch_all(c).await)?)
}

/// Whom somebody looks for.
#[derive(Clone, Debug, Default)]
pub struct Sought<'a> {
    pub ids: Vec<&'a str>,
    pub external_ids: Vec<&'a str>,
    /// The name as `name_key` writes it, and a phone or an address that go with it.
    pub namesakes: Vec<(String, Option<&'a str>, Option<&'a str>)>,
}

/// Everybody of a business who is sought, each once; also who was of that name or had that phone or address before
/// somebody at the desk changed it. The join is a CROSS JOIN, which SQLite does not turn round: else it
/// reads all customers first.
pub async fn find_all(tx: &mut Tx, business_id: &str, sought: &Sought<'_>) -> Result<Vec<Customer>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!(customer_columns!()), " FROM customer WHERE id IN ( \
            SELECT value FROM ", each!("$2"), " \
            UNION SELECT id FROM customer WHERE business_id = $1 AND external_id IN ", listed!("$3"), " \
            UNION SELECT customer.id FROM ", rows_of!("$4"), " AS namesake CROSS JOIN customer \
                WHERE customer.business_id = $1 AND customer.name_key = namesake.value ->> 0 \
                    AND (customer.phone = namesake.value ->> 1 OR customer.email = namesake.value ->> 2) \
            UNION SELECT overruled.customer_id FROM ", rows_of!("$4"), " AS namesake CROSS JOIN overruled \
                WHERE overruled.business_id = $1 \
                    AND ((overruled.field = 'name' AND overruled.sought = namesake.value ->> 0) \
                        OR (overruled.field = 'phone' AND overruled.sought = namesake.value ->> 1) \
                        OR (overruled.field = 'email' AND overruled.sought = namesake.value ->> 2)))"
    ))
    .bind(business_id).bind(text(&sought.ids)?).bind(text(&sought.external_ids)?).bind(text(&sought.namesakes)?)
    .fetch_one(c).await)?;
    rows(&text)
}

/// How many bookings and renewals each of these customers has.
pub async fn item_counts(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, i64)>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("id, items"), " FROM (SELECT value AS id, \
            (SELECT COUNT(*) FROM booking WHERE customer_id = value) \
                + (SELECT COUNT(*) FROM renewal WHERE customer_id = value) AS items FROM ", each!("$1"), ") AS counted"
    )).bind(text(ids)?).fetch_one(c).await)?;
    rows(&text)
}

/// Writes a customer, new or changed.
pub async fn save(tx: &mut Tx, customer: &Customer, now: Instant) -> Result<(), StoreError> {
    save_all(tx, &[customer], now).await
}

/// Writes customers, new or changed, each of which stands there once.
pub async fn save_all(tx: &mut Tx, customers: &[&Customer], now: Instant) -> Result<(), StoreError> {
    if customers.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = customers
        .iter()
        .map(|c| {
            (
                &c.id,
                &c.business_id,
                &c.external_id,
                &c.name,
                name_key(&c.name),
                &c.phone,
                &c.phone_raw,
                c.phone_texts,
                &c.email,
                &c.locale,
                c.channel,
                &c.standing,
                &c.notes,
                c.erased,
            )
        })
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO customer (id, business_id, external_id, name, name_key, phone, phone_raw, phone_texts, email, \
            locale, channel, standing, notes, erased, created_at, updated_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
            value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, \
            CAST(value ->> 13 AS BOOLEAN), $2, $2 \
         FROM ", rows_of!("$1"), " WHERE TRUE \
         ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, name = excluded.name, \
            name_key = excluded.name_key, phone = excluded.phone, phone_raw = excluded.phone_raw, \
            phone_texts = excluded.phone_texts, email = excluded.email, locale = excluded.locale, \
            channel = excluded.channel, standing = excluded.standing, notes = excluded.notes, \
            erased = excluded.erased, updated_at = excluded.updated_at"
    )).bind(text(&rows)?).bind(now).execute(c).await)?;
    search_word::of_customers(tx, customers).await
}
