//! What stood in customers' records before somebody at the desk changed it.

use super::db::{Tx, on};
use super::dialect::{listed, packed, rows_of};
use super::error::StoreError;
use super::packed::{rows, text};
use crate::domain::instant::Instant;
use crate::domain::record::{Field, name_key};

/// Notes what no longer holds of a customer.
pub async fn note_all(
    tx: &mut Tx,
    business_id: &str,
    customer_id: &str,
    values: &[(Field, String)],
    now: Instant,
) -> Result<(), StoreError> {
    let sought = |(field, value): &(Field, String)| match field {
        Field::Name => name_key(value),
        _ => value.clone(),
    };
    let values: Vec<_> = values.iter().map(|pair| (pair.0, &pair.1, sought(pair))).collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO overruled (customer_id, business_id, field, value, sought, at) \
         SELECT $1, $2, value ->> 0, value ->> 1, value ->> 2, $4 FROM ", rows_of!("$3"), " WHERE TRUE \
         ON CONFLICT (customer_id, field, value) DO NOTHING"
    )).bind(customer_id).bind(business_id).bind(text(&values)?).bind(now).execute(c).await)?;
    Ok(())
}

/// Forgets that something does not hold: it does again.
pub async fn forget(tx: &mut Tx, customer_id: &str, field: Field, value: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM overruled WHERE customer_id = $1 AND field = $2 AND value = $3")
        .bind(customer_id).bind(field).bind(value).execute(c).await)?;
    Ok(())
}

/// What no longer holds of these customers, each value with its customer and field.
pub async fn of_customers(tx: &mut Tx, customers: &[&str]) -> Result<Vec<(String, Field, String)>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("customer_id, field, value"), " FROM overruled WHERE customer_id IN ", listed!("$1")
    )).bind(text(customers)?).fetch_one(c).await)?;
    rows(&text)
}
