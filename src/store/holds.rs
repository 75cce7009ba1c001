//! What keeps a customer's messages waiting: open cases, desk items that hold, numbers that may be somebody else's.

use std::collections::HashSet;

use super::db::{Tx, on};
use super::dialect::{listed, packed};
use super::error::StoreError;
use super::packed::{list, rows};
use super::types::row;
use crate::domain::customer::Customer;
use crate::domain::message::Channel;
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

/// What stands in the way of a claim's messages, in one statement. The plan has held what it could; this is for what
/// was on its way meanwhile and came back.
#[derive(Clone, Debug, Default)]
pub struct Obstacles {
    /// Addresses that a carrier called bad.
    pub bad_addresses: Vec<(Channel, String)>,
    /// Customers with an open case.
    pub unhappy: HashSet<String>,
    /// Items that the customer has asked something about.
    pub pending: HashSet<String>,
    /// Numbers that somebody else seems to have, behind the business's id and a space.
    pub numbers: HashSet<String>,
}

impl Obstacles {
    /// What holds messages about an item to a customer.
    #[must_use]
    pub fn waits(&self, item_id: &str, customer: &Customer) -> Waits {
        let number = customer.phone.as_deref();
        Waits {
            case: self.unhappy.contains(&customer.id),
            change: self.pending.contains(item_id),
            number: !self.numbers.is_empty()
                && number.is_some_and(|number| self.numbers.contains(&format!("{} {number}", customer.business_id))),
        }
    }
}

/// The obstacles of these customers, items and addresses.
pub async fn obstacles(
    tx: &mut Tx,
    customers: &[&str],
    items: &[&str],
    addresses: &[&str],
) -> Result<Obstacles, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("kind, about"), " FROM ( \
         SELECT channel AS kind, address AS about FROM bad_address WHERE address IN ", listed!("$1"), " \
         UNION ALL SELECT 'case', customer_id FROM customer_case \
            WHERE closed_at IS NULL AND customer_id IN ", listed!("$2"), " \
         UNION ALL SELECT 'pending', item_id FROM desk_item \
            WHERE done_at IS NULL AND holds AND item_id IN ", listed!("$3"), " \
         UNION ALL SELECT 'number', business_id || ' ' || address FROM held_number \
            WHERE address IN ", listed!("$1"), ") AS obstacle"
    )).bind(list(addresses)?).bind(list(customers)?).bind(list(items)?).fetch_one(c).await)?;
    let mut obstacles = Obstacles::default();
    for (kind, about) in rows::<(String, String)>(&text)? {
        match kind.as_str() {
            "case" => drop(obstacles.unhappy.insert(about)),
            "pending" => drop(obstacles.pending.insert(about)),
            "number" => drop(obstacles.numbers.insert(about)),
            channel => {
                let channel = channel
                    .parse()
                    .map_err(|error| StoreError::Inconsistent(format!("{error}")))?;
                obstacles.bad_addresses.push((channel, about));
            }
        }
    }
    Ok(obstacles)
}
