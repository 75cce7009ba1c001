//! Who gets what a template says: the customer, or for an alert the business itself.

use std::borrow::Cow;

use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::phone;
use crate::texts::catalogue::{self, Audience};

/// Whether a template speaks to the business itself.
#[must_use]
pub fn is_alert(template: &str) -> bool {
    catalogue::find(template).is_some_and(|template| template.audience == Audience::Business)
}

/// Who gets a message of that template about something of `customer`.
#[must_use]
pub fn recipient<'a>(template: &str, business: &Business, customer: &'a Customer) -> Cow<'a, Customer> {
    if is_alert(template) {
        Cow::Owned(desk_of(business, customer))
    } else {
        Cow::Borrowed(customer)
    }
}

/// The business, as somebody who gets messages about `customer`.
#[must_use]
pub fn desk_of(business: &Business, customer: &Customer) -> Customer {
    let number = business.phone.as_deref();
    let phone = number.and_then(|number| phone::parse(number, &business.region).ok());
    Customer {
        // Its messages are about this customer, and end with the customer's data.
        id: customer.id.clone(),
        erased: customer.erased,
        business_id: business.id.clone(),
        external_id: None,
        name: business.name.clone(),
        phone_texts: phone.as_ref().is_some_and(phone::Phone::can_text),
        phone: phone.map(|phone| phone.e164),
        phone_raw: None,
        email: business.email.clone(),
        locale: Some(business.locale.clone()),
        channel: None,
        standing: None,
        notes: None,
    }
}
