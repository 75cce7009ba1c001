//! The ledger of consent and the list of bad addresses: who may be written to, and where it is no use.

use super::db::{Tx, on};
use super::dialect::{listed, nth, packed, rows_of};
use super::error::StoreError;
use super::packed::{rows, text};
use super::types::row;
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};

/// A line about to be added.
#[derive(Clone, Debug)]
pub struct NewConsent<'a> {
    pub business_id: &'a str,
    pub customer_id: Option<&'a str>,
    pub address: Option<&'a str>,
    pub channel: Option<Channel>,
    pub purpose: Option<Purpose>,
    pub given: bool,
    /// Where it comes from: `import`, `carrier 21610`, `desk`.
    pub source: &'a str,
    pub wording: Option<&'a str>,
}

/// Adds a line. Lines are never changed or taken away.
pub async fn add(tx: &mut Tx, line: &NewConsent<'_>, now: Instant) -> Result<(), StoreError> {
    add_all(tx, &[(line.clone(), now)]).await
}

/// Adds lines, each as of its own moment.
pub async fn add_all(tx: &mut Tx, lines: &[(NewConsent<'_>, Instant)]) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = lines
        .iter()
        .map(|(line, at)| {
            (
                new_id(*at),
                line.business_id,
                line.customer_id,
                line.address,
                line.channel,
                line.purpose,
                line.given,
                line.source,
                line.wording,
                at.millis(),
            )
        })
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO consent (id, business_id, customer_id, address, channel, purpose, given, source, wording, at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, CAST(value ->> 6 AS BOOLEAN), \
            value ->> 7, \
            value ->> 8, CAST(value ->> 9 AS BIGINT) FROM ", rows_of!("$1")
    )).bind(text(&rows)?).execute(c).await)?;
    Ok(())
}

struct LineRow {
    channel: Option<Channel>,
    purpose: Option<Purpose>,
    given: bool,
    at: Instant,
}

row!(LineRow {
    channel,
    purpose,
    given,
    at
});

impl From<LineRow> for ConsentLine {
    fn from(row: LineRow) -> Self {
        Self {
            channel: row.channel,
            purpose: row.purpose,
            given: row.given,
            at: row.at,
        }
    }
}

/// What the ledger says of a customer, by id and by both addresses.
pub async fn of_customer(tx: &mut Tx, customer: &Customer) -> Result<Vec<ConsentLine>, StoreError> {
    let rows: Vec<LineRow> = on!(tx, c => sqlx::query_as(
        "SELECT channel, purpose, given, at FROM consent WHERE customer_id = $1 \
         UNION ALL SELECT channel, purpose, given, at FROM consent WHERE business_id = $2 AND address = $3 \
         UNION ALL SELECT channel, purpose, given, at FROM consent WHERE business_id = $2 AND address = $4",
    ).bind(&customer.id).bind(&customer.business_id).bind(&customer.phone).bind(&customer.email).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ConsentLine::from).collect())
}

/// What the ledger says to one business of an address, whoever has it.
pub async fn of_address(tx: &mut Tx, business_id: &str, address: &str) -> Result<Vec<ConsentLine>, StoreError> {
    let rows: Vec<LineRow> = on!(tx, c => sqlx::query_as(
        "SELECT channel, purpose, given, at FROM consent WHERE business_id = $1 AND address = $2",
    ).bind(business_id).bind(address).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ConsentLine::from).collect())
}

/// The bad ones among a customer's addresses.
pub async fn bad_addresses(tx: &mut Tx, customer: &Customer) -> Result<Vec<(Channel, String)>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as("SELECT channel, address FROM bad_address WHERE address = $1 OR address = $2")
        .bind(&customer.phone).bind(&customer.email).fetch_all(c).await)?,
    )
}

/// Notes that a carrier called an address bad.
pub async fn add_bad_address(
    tx: &mut Tx,
    channel: Channel,
    address: &str,
    code: Option<i64>,
    failure: &str,
    now: Instant,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO bad_address (channel, address, code, failure, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (address, channel) DO NOTHING",
    ).bind(channel).bind(address).bind(code).bind(failure).bind(now).execute(c).await)?;
    Ok(())
}

/// The customers of a business that have this address, in whose plans a new line must show.
pub async fn customers_at(tx: &mut Tx, business_id: &str, address: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM customer WHERE business_id = $1 AND (phone = $2 OR email = $2)",
    ).bind(business_id).bind(address).fetch_all(c).await)?)
}

/// A line of the ledger, for people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LedgerLine {
    pub id: String,
    pub business_id: String,
    /// None: the customer, whatever the address.
    pub address: Option<String>,
    pub channel: Option<Channel>,
    pub purpose: Option<Purpose>,
    pub given: bool,
    pub source: String,
    pub wording: Option<String>,
    pub at: Instant,
}

row!(LedgerLine {
    id,
    business_id,
    address,
    channel,
    purpose,
    given,
    source,
    wording,
    at
});

/// The columns of a `LedgerLine`.
macro_rules! line_columns {
    () => {
        "id, business_id, address, channel, purpose, given, source, wording, at"
    };
}

/// Every line that speaks of an address, in whatever business, oldest first.
pub async fn lines_at(tx: &mut Tx, address: &str) -> Result<Vec<LedgerLine>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM consent WHERE address = $1 ORDER BY at, id"
    )).bind(address).fetch_all(c).await)?)
}

/// Every line that speaks of a customer, oldest first.
pub async fn lines_of(tx: &mut Tx, customer: &Customer) -> Result<Vec<LedgerLine>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM consent \
         WHERE customer_id = $1 OR (business_id = $2 AND (address = $3 OR address = $4)) ORDER BY at, id"
    )).bind(&customer.id).bind(&customer.business_id).bind(&customer.phone).bind(&customer.email).fetch_all(c).await)?)
}

/// A line of the ledger, by its number in the order of writing.
#[derive(Clone, Debug)]
pub struct LateLine {
    pub line: i64,
    pub business_id: String,
    pub customer_id: Option<String>,
    pub address: Option<String>,
    pub channel: Option<Channel>,
    pub purpose: Option<Purpose>,
    pub given: bool,
}

row!(LateLine {
    line,
    business_id,
    customer_id,
    address,
    channel,
    purpose,
    given
});

/// The number of the last line; 0: there is none.
pub async fn last_line(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar(concat!("SELECT COALESCE(MAX(", nth!(), "), 0) FROM consent"))
        .fetch_one(c).await)?,
    )
}

/// Every line that was written after that one, in the order of writing.
pub async fn lines_after(tx: &mut Tx, line: i64) -> Result<Vec<LateLine>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", nth!(), " AS line, business_id, customer_id, address, channel, purpose, given FROM consent \
         WHERE ", nth!(), " > $1 ORDER BY ", nth!()
    )).bind(line).fetch_all(c).await)?)
}

/// A line of the ledger, and whom it speaks of: a customer, or whoever has an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub customer_id: Option<String>,
    pub address: Option<String>,
    pub channel: Option<Channel>,
    pub purpose: Option<Purpose>,
    pub given: bool,
    pub source: String,
    pub at: Instant,
    id: String,
}

row!(Spoken {
    customer_id,
    address,
    channel,
    purpose,
    given,
    source,
    at,
    id
});

/// Every line of one business that speaks of one of these customers or addresses, oldest first.
pub async fn spoken(
    tx: &mut Tx,
    business_id: &str,
    customers: &[&str],
    addresses: &[&str],
) -> Result<Vec<Spoken>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("customer_id, address, channel, purpose, given, source, at, id"), " FROM ( \
            SELECT customer_id, address, channel, purpose, given, source, at, id FROM consent \
                WHERE customer_id IN ", listed!("$2"), " \
            UNION SELECT customer_id, address, channel, purpose, given, source, at, id FROM consent \
                WHERE business_id = $1 AND address IN ", listed!("$3"), ") AS line"
    )).bind(business_id).bind(text(customers)?).bind(text(addresses)?).fetch_one(c).await)?;
    let mut lines: Vec<Spoken> = rows(&text)?;
    lines.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    Ok(lines)
}
