//! Every template, declared once. A test holds this list against the folder `templates/messages`.

use crate::domain::closed_list::closed_list;
use crate::domain::message::{Asks, Channel, Purpose};

closed_list! {
    /// One file of a template.
    Part { Sms = "sms", Subject = "subject", Body = "body", Call = "call" }
}

closed_list! {
    /// What a template speaks of, and so which names it may use.
    Item { Booking = "booking", Renewal = "renewal" }
}

impl Part {
    /// The parts that a message on this channel is made of.
    #[must_use]
    pub const fn of(channel: Channel) -> &'static [Self] {
        match channel {
            Channel::Sms => &[Self::Sms],
            Channel::Email => &[Self::Subject, Self::Body],
            Channel::Call => &[Self::Call],
        }
    }
}

/// The declaration of a template.
#[derive(Debug)]
pub struct Template {
    pub name: &'static str,
    pub item: Item,
    /// Why it is usually sent; the rule decides.
    pub purpose: Purpose,
    /// The questions that its texts can ask; a rule that asks something else gets a text without a question.
    pub asks: &'static [Asks],
    pub parts: &'static [Part],
    /// Its text message carries the customer's link even where it can be answered: it is long anyway.
    pub links_in_sms: bool,
}

const WRITTEN: &[Part] = &[Part::Sms, Part::Subject, Part::Body];
const SPOKEN: &[Part] = &[Part::Call];
const FRAGMENT: &[Part] = &[Part::Body];

/// What ends every mail that carries an unsubscribe link: a part of others, never a message of its own.
pub(super) const FOOTER: &str = "mail_footer";

const NOTHING: &[Asks] = &[Asks::Nothing];
const CONFIRM: &[Asks] = &[Asks::Confirm, Asks::Nothing];
const RENEWAL: &[Asks] = &[Asks::Renewal, Asks::Nothing];
const RATING: &[Asks] = &[Asks::Rating, Asks::Nothing];

const fn visit(name: &'static str, asks: &'static [Asks]) -> Template {
    Template {
        name,
        item: Item::Booking,
        purpose: Purpose::Service,
        asks,
        parts: WRITTEN,
        links_in_sms: false,
    }
}

const fn due(name: &'static str, asks: &'static [Asks]) -> Template {
    Template {
        name,
        item: Item::Renewal,
        purpose: Purpose::Service,
        asks,
        parts: WRITTEN,
        links_in_sms: false,
    }
}

/// All templates, in the order in which a customer could meet them.
pub static TEMPLATES: &[Template] = &[
    visit("booking_confirmation", CONFIRM),
    visit("booking_reminder", CONFIRM),
    visit("booking_changed", CONFIRM),
    visit("booking_cancelled", NOTHING),
    Template {
        purpose: Purpose::Survey,
        ..visit("satisfaction_check", RATING)
    },
    due("inspection_due", NOTHING),
    due("service_due", NOTHING),
    due("warranty_ends", NOTHING),
    Template {
        links_in_sms: true,
        ..due("policy_offer", RENEWAL)
    },
    due("policy_ends", RENEWAL),
    due("policy_last_day", RENEWAL),
    Template {
        parts: SPOKEN,
        ..due("policy_call", NOTHING)
    },
    Template {
        parts: SPOKEN,
        ..due("policy_lapsed_call", NOTHING)
    },
    Template {
        purpose: Purpose::Survey,
        ..due("renewal_satisfaction", RATING)
    },
    Template {
        parts: FRAGMENT,
        ..visit(FOOTER, NOTHING)
    },
];

/// The declaration of the template with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}
