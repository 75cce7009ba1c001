//! Customers, and how an imported row finds the one it means.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;

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

/// Everybody of that name, oldest first.
pub async fn by_name(tx: &mut Tx, business_id: &str, name_key: &str) -> Result<Vec<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", customer_columns!(), " FROM customer WHERE business_id = $1 AND name_key = $2 ORDER BY customer.id"
    )).bind(business_id).bind(name_key).fetch_all(c).await)?)
}

/// How many bookings and renewals a customer has.
pub async fn item_count(tx: &mut Tx, customer_id: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM booking WHERE customer_id = $1) + (SELECT COUNT(*) FROM renewal WHERE customer_id = $1)",
    ).bind(customer_id).fetch_one(c).await)?)
}

/// What rows without a customer id are matched by: the name in lower case with single spaces.
#[must_use]
pub fn name_key(name: &str) -> String {
    name.split_whitespace()
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Writes a customer, new or changed.
pub async fn save(tx: &mut Tx, customer: &Customer, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO customer (id, business_id, external_id, name, name_key, phone, phone_raw, phone_texts, email, \
            locale, channel, standing, notes, erased, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15) \
         ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, name = excluded.name, \
            name_key = excluded.name_key, phone = excluded.phone, phone_raw = excluded.phone_raw, \
            phone_texts = excluded.phone_texts, email = excluded.email, locale = excluded.locale, \
            channel = excluded.channel, standing = excluded.standing, notes = excluded.notes, \
            erased = excluded.erased, updated_at = excluded.updated_at",
    )
    .bind(&customer.id).bind(&customer.business_id).bind(&customer.external_id).bind(&customer.name)
    .bind(name_key(&customer.name)).bind(&customer.phone).bind(&customer.phone_raw).bind(customer.phone_texts)
    .bind(&customer.email).bind(&customer.locale).bind(customer.channel).bind(&customer.standing)
    .bind(&customer.notes).bind(customer.erased).bind(now).execute(c).await)?;
    Ok(())
}
