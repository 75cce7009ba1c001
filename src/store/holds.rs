//! What keeps a customer's messages waiting: open cases, desk items that hold, numbers that may be somebody else's.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::customer::Customer;
use crate::domain::plan::Waits;

struct HoldsRow {
    of_case: bool,
    of_item: bool,
    of_number: bool,
}

row!(HoldsRow {
    of_case,
    of_item,
    of_number
});

/// What holds messages about this item to this customer.
pub async fn of_item(tx: &mut Tx, item_id: &str, customer: &Customer) -> Result<Waits, StoreError> {
    let row: HoldsRow = on!(tx, c => sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM customer_case WHERE customer_id = $1 AND closed_at IS NULL) AS of_case, \
            EXISTS (SELECT 1 FROM desk_item WHERE item_id = $2 AND done_at IS NULL AND holds) AS of_item, \
            EXISTS (SELECT 1 FROM held_number WHERE address = $3 AND business_id = $4) AS of_number",
    ).bind(&customer.id).bind(item_id).bind(&customer.phone).bind(&customer.business_id).fetch_one(c).await)?;
    Ok(Waits {
        case: row.of_case,
        change: row.of_item,
        number: row.of_number,
    })
}

/// Of the messages of a claim, those that something holds. The plan has held what it could; this is for what was on
/// its way meanwhile and came back.
pub async fn of_claim(tx: &mut Tx, owner: &str) -> Result<Vec<(String, Waits)>, StoreError> {
    let rows: Vec<(String, bool, bool, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT id, of_case, of_item, of_number FROM ( \
            SELECT message.id, \
                EXISTS (SELECT 1 FROM customer_case held WHERE held.customer_id = message.customer_id \
                    AND held.closed_at IS NULL) AS of_case, \
                EXISTS (SELECT 1 FROM desk_item held WHERE held.item_id = message.item_id AND held.done_at IS NULL \
                    AND held.holds) AS of_item, \
                EXISTS (SELECT 1 FROM held_number held JOIN customer ON customer.phone = held.address \
                    WHERE customer.id = message.customer_id AND held.business_id = message.business_id) AS of_number \
            FROM message WHERE message.lease_owner = $1 AND message.state = 'sending') looked \
         WHERE of_case OR of_item OR of_number",
    ).bind(owner).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, case, change, number)| (id, Waits { case, change, number }))
        .collect())
}
