//! What keeps a customer's messages waiting: open cases, desk items that hold, numbers that may be somebody else's.

use std::collections::HashSet;

use super::error::StoreError;
use crate::domain::customer::Customer;
use crate::domain::message::Channel;
use crate::domain::plan::Waits;

/// What stands in the way of a claim's messages.
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
    /// Of rows of what it is (a channel: a bad address there) and whom or what it is about.
    pub(super) fn of_rows(rows: Vec<(String, String)>) -> Result<Self, StoreError> {
        let mut obstacles = Self::default();
        for (kind, about) in rows {
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
