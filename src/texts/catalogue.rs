//! Every template, declared once. A test holds this list against the folder `templates/messages`.

use crate::domain::closed_list::closed_list;
use crate::domain::item::ItemKind;
use crate::domain::message::{Asks, Channel, Purpose};
use crate::domain::rating::Scale;

closed_list! {
    /// One file of a template.
    Part { Sms = "sms", Subject = "subject", Body = "body", Call = "call" }
}

closed_list! {
    /// What a template speaks of, and so which names it may use.
    Item {
        Booking = "booking",
        Renewal = "renewal",
        Case = "case",
        /// Anything: only what is known of every message.
        Any = "any",
    }
}

closed_list! {
    /// Who reads it.
    Audience { Customer = "customer", Business = "business" }
}

impl Item {
    /// Whether a text about this can be made of a message about `kind`.
    #[must_use]
    pub const fn fits(self, kind: ItemKind) -> bool {
        matches!(
            (self, kind),
            (Self::Booking, ItemKind::Booking)
                | (Self::Renewal, ItemKind::Renewal)
                | (Self::Case, ItemKind::Case)
                | (Self::Any, _)
        )
    }
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
    /// Who reads it. What the business itself reads goes to the business's own addresses.
    pub audience: Audience,
    /// The questions that its texts can ask; a rule that asks something else gets a text without a question.
    pub asks: &'static [Asks],
    /// What its rating is asked on.
    pub scale: Option<Scale>,
    pub parts: &'static [Part],
    /// Its text message carries the customer's link even where it can be answered: it is long anyway.
    pub links_in_sms: bool,
}

impl Template {
    /// Whether a rule can send it: not what ends every mail, nor what answers what somebody has written.
    #[must_use]
    pub fn is_for_rules(&self) -> bool {
        !matches!(self.name, FOOTER | "opt_out_confirmed" | "help" | "cancel_by_mail")
    }
}

const WRITTEN: &[Part] = &[Part::Sms, Part::Subject, Part::Body];
const SPOKEN: &[Part] = &[Part::Call];
const FRAGMENT: &[Part] = &[Part::Body];
const TEXTED: &[Part] = &[Part::Sms];
const MAILED: &[Part] = &[Part::Subject, Part::Body];

/// The same words to everybody who answered, whatever the answer: only a rule that counts from `rated` may send it, since
/// any other would be stopped by a complaint.
pub const REVIEW_INVITATION: &str = "review_invitation";

/// Tells the business of an unhappy customer.
pub const CASE_ALERT: &str = "case_alert";

/// What ends every mail that carries an unsubscribe link: a part of others, never a message of its own.
pub(super) const FOOTER: &str = "mail_footer";

const NOTHING: &[Asks] = &[Asks::Nothing];
const CONFIRM: &[Asks] = &[Asks::Confirm, Asks::Nothing];
const RENEWAL: &[Asks] = &[Asks::Renewal, Asks::Nothing];
const RATING: &[Asks] = &[Asks::Rating, Asks::Nothing];
const SOLVED: &[Asks] = &[Asks::Solved, Asks::Nothing];

const fn about(item: Item, name: &'static str, asks: &'static [Asks]) -> Template {
    Template {
        name,
        item,
        purpose: Purpose::Service,
        audience: Audience::Customer,
        asks,
        scale: None,
        parts: WRITTEN,
        links_in_sms: false,
    }
}

const fn visit(name: &'static str, asks: &'static [Asks]) -> Template {
    about(Item::Booking, name, asks)
}

const fn due(name: &'static str, asks: &'static [Asks]) -> Template {
    about(Item::Renewal, name, asks)
}

const fn survey(item: Item, name: &'static str, scale: Scale) -> Template {
    Template {
        purpose: Purpose::Survey,
        scale: Some(scale),
        ..about(item, name, RATING)
    }
}

/// All templates, in the order in which a customer could meet them.
pub static TEMPLATES: &[Template] = &[
    visit("booking_confirmation", CONFIRM),
    visit("booking_reminder", CONFIRM),
    visit("booking_changed", CONFIRM),
    visit("booking_cancelled", NOTHING),
    survey(Item::Booking, "satisfaction_check", Scale::Csat),
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
    survey(Item::Renewal, "renewal_satisfaction", Scale::Csat),
    survey(Item::Any, "recommendation_check", Scale::Nps),
    survey(Item::Any, "effort_check", Scale::Ces),
    Template {
        purpose: Purpose::Marketing,
        ..about(Item::Any, REVIEW_INVITATION, NOTHING)
    },
    about(Item::Case, "case_apology", NOTHING),
    about(Item::Case, "case_solved", SOLVED),
    Template {
        audience: Audience::Business,
        ..about(Item::Case, CASE_ALERT, NOTHING)
    },
    Template {
        parts: TEXTED,
        ..about(Item::Any, "opt_out_confirmed", NOTHING)
    },
    Template {
        parts: TEXTED,
        ..about(Item::Any, "help", NOTHING)
    },
    Template {
        parts: MAILED,
        ..visit("cancel_by_mail", NOTHING)
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
