//! Everything that is stored about one customer, table by table, for their own eyes.
//!
//! Every table that refers to a customer is here or in `LEFT_OUT`, and so is every column of those that are here: a test
//! compares both with the schema.

mod left_out;

use serde_json::Value;

use super::db::{Tx, on};
use super::dialect::packed;
use super::error::StoreError;
use crate::domain::instant::Instant;

pub use left_out::{LEFT_OUT, LEFT_OUT_COLUMNS};

/// A table's part of an export.
#[derive(Debug)]
pub struct Part {
    /// What it is called there.
    pub name: &'static str,
    pub table: &'static str,
    columns: &'static [(&'static str, Kind)],
    statement: &'static str,
}

/// How a column is written.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Plain,
    /// Milliseconds, as RFC 3339.
    Time,
    /// SQLite has no booleans.
    Truth,
    /// A text that is JSON.
    Json,
}

macro_rules! kind {
    () => {
        Kind::Plain
    };
    (time) => {
        Kind::Time
    };
    (truth) => {
        Kind::Truth
    };
    (json) => {
        Kind::Json
    };
}

/// The rows of a table that the condition finds, in the order of `$order`. `$1` is the customer's id.
macro_rules! part {
    ($name:literal, $table:literal, $order:literal, $which:expr,
     $first:ident $(as $first_kind:ident)? $(, $column:ident $(as $kind:ident)?)* $(,)?) => {
        Part {
            name: $name,
            table: $table,
            columns: &[
                (stringify!($first), kind!($($first_kind)?)) $(, (stringify!($column), kind!($($kind)?)))*
            ],
            statement: concat!(
                "SELECT ", packed!(concat!(stringify!($first) $(, ", ", stringify!($column))*)),
                " FROM (SELECT ", stringify!($first) $(, ", ", stringify!($column))*,
                " FROM ", $table, " WHERE ", $which, " ORDER BY ", $order, ") AS part"
            ),
        }
    };
}

/// The parts of an export, in their order.
pub const PARTS: &[Part] = &[
    part!(
        "customer",
        "customer",
        "id",
        "id = $1",
        id,
        external_id,
        name,
        phone,
        phone_raw,
        phone_texts as truth,
        email,
        locale,
        channel,
        standing,
        notes,
        created_at as time,
        updated_at as time,
    ),
    part!(
        "changed_at_the_desk",
        "overruled",
        "at, field",
        "customer_id = $1",
        field,
        value,
        at as time
    ),
    part!(
        "bookings",
        "booking",
        "starts, id",
        "customer_id = $1",
        id,
        external_id,
        service,
        vehicle,
        starts,
        starts_at as time,
        duration_minutes,
        status,
        revision,
        booked_at as time,
        changed_at as time,
        completed_at as time,
        updated_at as time,
    ),
    part!(
        "renewals",
        "renewal",
        "ends_on, id",
        "customer_id = $1",
        id,
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
        booked_at as time,
        changed_at as time,
        completed_at as time,
        updated_at as time,
    ),
    part!(
        "messages",
        "message",
        "due_at, id",
        "customer_id = $1",
        id,
        item_kind,
        item_id,
        item_revision,
        rule_id,
        anchor,
        template,
        purpose,
        asks,
        only_if,
        channels,
        channel,
        told,
        told_before,
        state,
        reason,
        hold,
        wanted_at as time,
        due_at as time,
        useful_until as time,
        attempts,
        resends,
        created_at as time,
        updated_at as time,
    ),
    part!(
        "attempts",
        "attempt",
        "id",
        "message_id IN (SELECT id FROM message WHERE customer_id = $1)",
        id,
        message_id,
        number,
        channel,
        carrier,
        sender,
        address,
        subject,
        text,
        segments,
        state,
        provider_id,
        provider_status,
        code,
        failure,
        started_at as time,
        settled_at as time,
    ),
    part!(
        "receipts",
        "receipt",
        "received_at, id",
        "provider_id IN (SELECT attempt.provider_id FROM message JOIN attempt ON attempt.message_id = message.id \
            WHERE message.customer_id = $1)",
        attempt_id,
        provider_id,
        status,
        code,
        pairs as json,
        received_at as time,
    ),
    part!(
        "questions",
        "question",
        "asked_at, id",
        "message_id IN (SELECT id FROM message WHERE customer_id = $1)",
        id,
        message_id,
        channel,
        sender,
        address,
        asks,
        scale,
        item_kind,
        item_id,
        item_revision,
        state,
        asked_at as time,
        closes_at as time,
        answered_at as time,
    ),
    part!(
        "links",
        "link",
        "created_at, purpose",
        "message_id IN (SELECT id FROM message WHERE customer_id = $1)",
        purpose,
        message_id,
        channel,
        address,
        created_at as time,
        expires_at as time,
    ),
    part!(
        "replies",
        "inbound",
        "received_at, id",
        "id IN (SELECT id FROM reply WHERE customer_id = $1 \
            UNION SELECT inbound.id FROM customer JOIN inbound ON inbound.sender = customer.phone \
                JOIN reply ON reply.id = inbound.id AND reply.business_id = customer.business_id \
                WHERE customer.id = $1 AND reply.customer_id IS NULL)",
        id,
        carrier,
        provider_id,
        channel,
        sender,
        recipient,
        body,
        media,
        opt_out_type,
        pairs as json,
        received_at as time,
    ),
    part!(
        "replies_understood",
        "reply",
        "at, id",
        "customer_id = $1",
        id,
        question_id,
        item_kind,
        item_id,
        intent,
        score,
        action,
        certainty,
        at as time,
    ),
    part!(
        "inbox",
        "desk_item",
        "opened_at, id",
        "customer_id = $1",
        id,
        item_kind,
        item_id,
        reply_id,
        kind,
        words,
        holds as truth,
        opened_at as time,
        due_at as time,
        done_at as time,
        done_by,
        outcome,
    ),
    part!(
        "ratings",
        "rating",
        "at, id",
        "customer_id = $1",
        id,
        item_kind,
        item_id,
        message_id,
        scale,
        version,
        score,
        raw,
        comment,
        channel,
        counts as truth,
        at as time,
    ),
    part!(
        "cases",
        "customer_case",
        "opened_at, id",
        "customer_id = $1",
        id,
        item_kind,
        item_id,
        rating_id,
        source,
        words,
        owner,
        revision,
        opened_at as time,
        changed_at as time,
        due_at as time,
        closed_at as time,
        cause,
        note,
        solved as truth,
        updated_at as time,
    ),
    part!(
        "calls",
        "call",
        "opened_at, id",
        "customer_id = $1",
        id,
        message_id,
        phone,
        script,
        opened_at as time,
        call_at as time,
        due_at as time,
        done_at as time,
        done_by,
        outcome,
        note,
    ),
    part!(
        "answer",
        "answer",
        "written_at, id",
        "customer_id = $1",
        id,
        subject,
        words,
        in_reply_to,
        asked_at as time,
        written_by,
        written_at as time,
    ),
    part!(
        "notes",
        "note",
        "at, id",
        "customer_id = $1",
        id,
        author,
        text,
        at as time,
        struck_at as time,
        struck_by,
    ),
    part!(
        "consent",
        "consent",
        "at, id",
        "id IN (SELECT id FROM consent WHERE customer_id = $1 \
            UNION SELECT consent.id FROM customer JOIN consent \
                ON consent.address = customer.phone AND consent.business_id = customer.business_id \
                WHERE customer.id = $1 \
            UNION SELECT consent.id FROM customer JOIN consent \
                ON consent.address = customer.email AND consent.business_id = customer.business_id \
                WHERE customer.id = $1)",
        id,
        address,
        channel,
        purpose,
        given as truth,
        source,
        wording,
        at as time,
    ),
    part!(
        "addresses_that_do_not_work",
        "bad_address",
        "at, address",
        "address IN (SELECT phone FROM customer WHERE id = $1 UNION SELECT email FROM customer WHERE id = $1)",
        channel,
        address,
        code,
        failure,
        at as time,
    ),
    part!(
        "numbers_on_hold",
        "held_number",
        "at",
        "address = (SELECT phone FROM customer WHERE id = $1) \
            AND business_id = (SELECT business_id FROM customer WHERE id = $1)",
        address,
        at as time,
    ),
    part!(
        "history",
        "history",
        "id",
        "about_id IN (SELECT $1 UNION SELECT id FROM booking WHERE customer_id = $1 \
            UNION SELECT id FROM renewal WHERE customer_id = $1 UNION SELECT id FROM message WHERE customer_id = $1 \
            UNION SELECT id FROM customer_case WHERE customer_id = $1)",
        id,
        about_kind,
        about_id,
        event,
        detail,
        at as time,
    ),
];

/// The columns that a part has of its table.
impl Part {
    #[must_use]
    pub fn columns(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }
}

/// A row, by column.
pub type Row = Vec<(&'static str, Value)>;

/// The rows of a part that are about a customer.
pub async fn rows(tx: &mut Tx, part: &Part, customer_id: &str) -> Result<Vec<Row>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(part.statement).bind(customer_id).fetch_one(c).await)?;
    let rows: Vec<Vec<Value>> =
        serde_json::from_str(&text).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    let named = |row: Vec<Value>| {
        let columns = part.columns.iter().zip(row);
        columns
            .map(|((name, kind), value)| (*name, shown(*kind, value)))
            .collect()
    };
    Ok(rows.into_iter().map(named).collect())
}

fn shown(kind: Kind, value: Value) -> Value {
    match (kind, &value) {
        (Kind::Time, Value::Number(millis)) => millis.as_i64().map_or(value.clone(), |millis| {
            Value::String(Instant::from_millis(millis).to_string())
        }),
        (Kind::Truth, Value::Number(bit)) => Value::Bool(bit.as_i64() != Some(0)),
        (Kind::Json, Value::String(text)) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}
