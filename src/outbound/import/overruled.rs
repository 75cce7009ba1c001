//! What somebody at the desk has changed in a customer's record: a row that goes on saying what stood there before says
//! nothing new.

use super::customer_match::Person;
use super::known::Known;
use crate::domain::customer::Customer;
use crate::domain::record::Field;
use crate::store::{self, StoreError, Tx};

/// What the desk has changed of the people whom the rows may mean.
pub(super) async fn load(tx: &mut Tx, known: &mut Known) -> Result<(), StoreError> {
    let customers: Vec<_> = known.customers().map(|customer| customer.id.as_str()).collect();
    for (customer_id, field, value) in store::overruled::of_customers(tx, &customers).await? {
        known.overrule(customer_id, field, value);
    }
    Ok(())
}

impl Person {
    /// The row without what stood in the customer's record before the desk changed it: that is no news. Also the fields
    /// in which it goes on saying so.
    pub(super) fn without_overruled(&self, known: &Known, customer: &Customer) -> (Self, Vec<Field>) {
        let mut row = self.clone();
        let mut left_out = Vec::new();
        let mut is_old = |field: Field, value: Option<String>| {
            let is_old = value.is_some_and(|value| known.is_overruled(&customer.id, field, &value));
            left_out.extend(is_old.then_some(field));
            is_old
        };
        if is_old(Field::Name, self.name.clone()) {
            row.name = None;
        }
        if is_old(Field::Phone, self.number().map(str::to_owned)) {
            row.phone = None;
        }
        if is_old(Field::Email, self.email.clone()) {
            row.email = None;
        }
        if is_old(Field::Locale, self.locale.clone()) {
            row.locale = None;
        }
        if is_old(Field::Channel, self.channel.map(|channel| channel.as_str().to_owned())) {
            row.channel = None;
        }
        if is_old(Field::Standing, self.standing.clone()) {
            row.standing = None;
        }
        if is_old(Field::Notes, self.notes.clone()) {
            row.notes = None;
        }
        (row, left_out)
    }
}
