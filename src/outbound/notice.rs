//! Notices: messages that no rule wants, since they answer what a customer has just written. They go through the outbox
//! like everything else.

use chrono::TimeDelta;

use super::plan::{Desk, lane};
use super::recipient::recipient;
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, Item, ItemKind};
use crate::domain::message::{Asks, Channel, Purpose, Reason, State};
use crate::domain::rule::{Anchor, OnlyIf};
use crate::store::message::{NewMessage, Planned};
use crate::store::{self, StoreError, Tx};

/// That there will be no more texts: the one message that goes although the ledger says no.
pub const OPT_OUT_CONFIRMED: &str = "opt-out-confirmed";
/// Who writes here, and how to end it.
pub const HELP: &str = "help";
/// Whether the visit was meant, by mail to somebody who has ended all texts.
pub const CANCEL_BY_MAIL: &str = "cancel-by-mail";

/// What somebody at the desk has written (`super::answer`): the name of its rule and of its template, neither of which
/// there is.
pub const ANSWER: &str = "answer";
/// What notices are made of.
pub const TEMPLATES: [&str; 3] = ["opt_out_confirmed", "help", "cancel_by_mail"];

/// An opt-out is confirmed at once or not at all (47 CFR 64.1200(a)(12)).
const CONFIRMED_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// Longer after their question nobody waits for the answer.
const HELPED_WITHIN: TimeDelta = TimeDelta::hours(1);
/// An answer that comes this soon is welcome at any hour.
const AT_ONCE: TimeDelta = TimeDelta::minutes(10);

/// A message that answers another.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// Stands in place of a rule's id: one of the constants of this module, or of whoever needs one more.
    pub id: &'a str,
    pub template: &'a str,
    /// What it is about; of one notice about one thing a customer gets one.
    pub item: (ItemKind, &'a str),
    /// In the order in which they are tried.
    pub channels: &'a [Channel],
    pub useful_until: Instant,
}

impl<'a> Notice<'a> {
    /// Confirms an opt-out by text.
    #[must_use]
    pub fn opt_out_confirmed(reply_id: &'a str, now: Instant) -> Self {
        Self {
            id: OPT_OUT_CONFIRMED,
            template: "opt_out_confirmed",
            item: (ItemKind::Reply, reply_id),
            channels: &[Channel::Sms],
            useful_until: now + CONFIRMED_WITHIN,
        }
    }

    /// Answers a call for help by text.
    #[must_use]
    pub fn help(reply_id: &'a str, now: Instant) -> Self {
        Self {
            id: HELP,
            template: "help",
            item: (ItemKind::Reply, reply_id),
            channels: &[Channel::Sms],
            useful_until: now + HELPED_WITHIN,
        }
    }

    /// Asks by mail whether the visit was meant. The reply must say which visit it is about.
    #[must_use]
    pub const fn cancel_by_mail(reply_id: &'a str, booking: &Booking) -> Self {
        Self {
            id: CANCEL_BY_MAIL,
            template: "cancel_by_mail",
            item: (ItemKind::Reply, reply_id),
            channels: &[Channel::Email],
            useful_until: booking.starts_at,
        }
    }
}

/// Puts a notice into the outbox, due now. False: it is there already.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn send(
    tx: &mut Tx,
    desk: &Desk,
    customer: &Customer,
    notice: &Notice<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    let (item_kind, item_id) = notice.item;
    let existing = store::message::of_items(tx, &[item_id]).await?;
    if existing
        .iter()
        .any(|message| message.rule_id == notice.id && message.customer_id == customer.id)
    {
        return Ok(false);
    }
    let reader = recipient(notice.template, &desk.business, customer);
    let channel = notice
        .channels
        .iter()
        .copied()
        .find(|channel| reader.address(*channel).is_some());
    let channels: Vec<_> = notice.channels.iter().map(|channel| channel.as_str()).collect();
    let message = NewMessage {
        id: new_id(now),
        business_id: &desk.business.id,
        customer_id: &customer.id,
        item_kind,
        item_id,
        item_revision: 1,
        rule_id: notice.id,
        anchor: Anchor::Opened,
        told: String::new(),
        told_before: None,
        planned: Planned {
            template: notice.template.to_owned(),
            purpose: Purpose::Service,
            asks: Asks::Nothing,
            only_if: OnlyIf::Always,
            channels: channels.join(","),
            channel,
            lane: lane(channel, &desk.business),
            state: if channel.is_some() {
                State::Planned
            } else {
                State::Skipped
            },
            reason: channel.is_none().then_some(Reason::NoAddress),
            hold: None,
            due_at: now,
            useful_until: notice.useful_until,
        },
    };
    store::message::insert(tx, &message, now).await?;
    Ok(true)
}

/// Whether a message about this item answers what somebody has just written, so that no hour is the wrong one.
#[must_use]
pub fn answers_now(item: &Item, now: Instant) -> bool {
    match item {
        Item::Reply(written) => match &written.answer {
            Some(answer) => answer.is_at_once(now),
            None => now.since(written.at) < AT_ONCE,
        },
        Item::Booking(_) | Item::Renewal(_) | Item::Case(_) => false,
    }
}

/// Whether a message goes although its receiver has opted out: the one that says so.
#[must_use]
pub fn goes_despite_opt_out(item_kind: ItemKind, rule_id: &str) -> bool {
    item_kind == ItemKind::Reply && rule_id == OPT_OUT_CONFIRMED
}

/// What a notice is, for whoever asks which rule wanted it.
#[must_use]
pub fn in_words(id: &str) -> Option<&'static str> {
    Some(match id {
        OPT_OUT_CONFIRMED => "none: it confirms that the customer wants no more texts",
        HELP => "none: it answers a call for help",
        ANSWER => "none: somebody at the desk wrote it",
        CANCEL_BY_MAIL => "none: it asks whether the visit was meant by the word that ended all texts",
        _ => return None,
    })
}
