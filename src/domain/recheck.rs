//! The last look at a claimed message before it leaves: whatever has changed since it was planned counts now.

use super::consent::{ConsentLine, Verdict, verdict};
use super::customer::Customer;
use super::instant::Instant;
use super::item::{Item, Standing};
use super::message::{Channel, Purpose, Reason};
use super::plan::{Waits, condition_holds, preferred_first};
use super::quiet_hours::{Calendar, Fit};
use super::replan::Hold;
use super::rule::{Anchor, OnlyIf};

/// A claimed message and everything that can still stop it.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the message, and all can go together"
)]
pub struct LastLook<'a> {
    pub item: &'a Item,
    pub customer: &'a Customer,
    pub consent: &'a [ConsentLine],
    pub surveys_need_consent: bool,
    pub bad_addresses: &'a [(Channel, String)],
    pub calendar: &'a Calendar,
    pub item_revision: i64,
    pub anchor: Anchor,
    pub only_if: OnlyIf,
    pub purpose: Purpose,
    pub channels: &'a [Channel],
    pub channel: Option<Channel>,
    pub due_at: Instant,
    pub useful_until: Instant,
    /// A later message of the same item is due as well and speaks for this one.
    pub overtaken: bool,
    /// The customer was asked how it went not long ago.
    pub surveyed: bool,
    pub waits: Waits,
    /// The customer has answered what was asked of the item as it is now.
    pub answered: bool,
    /// It answers what the customer has just written, or alerts the business: no hour is the wrong one.
    pub at_any_hour: bool,
}

/// What is to become of a claimed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Go(Channel),
    /// It goes on another channel than the one it queued for.
    Switch(Channel),
    /// The hours are closed: later, still in time.
    Later(Instant),
    /// A person decides.
    Hold(Hold),
    Skip(Reason),
}

/// Decides at `now`.
#[must_use]
pub fn decide(look: &LastLook<'_>, now: Instant) -> Decision {
    if let Some(reason) = silenced_by_item(look) {
        return Decision::Skip(reason);
    }
    if now > look.useful_until {
        return Decision::Skip(Reason::TooLate);
    }
    if look.overtaken {
        return Decision::Skip(Reason::Superseded);
    }
    let channel = look.channel.unwrap_or(Channel::Sms);
    if let Some(hold) = look.waits.hold(look.item, look.anchor, channel) {
        return Decision::Hold(hold);
    }
    if !condition_holds(look.only_if, look.item, look.answered) {
        return Decision::Skip(Reason::Answered);
    }
    if look.surveyed {
        return Decision::Skip(Reason::ContactCap);
    }
    if !look.at_any_hour && !look.calendar.may_go(look.due_at, now, look.purpose) {
        return match look.calendar.fit(now, look.purpose, now, look.useful_until) {
            Fit::At(later) => Decision::Later(later),
            Fit::TooLate => Decision::Skip(Reason::TooLate),
        };
    }
    match usable_channel(look) {
        Ok(channel) if Some(channel) == look.channel => Decision::Go(channel),
        Ok(channel) => Decision::Switch(channel),
        Err(reason) => Decision::Skip(reason),
    }
}

fn silenced_by_item(look: &LastLook<'_>) -> Option<Reason> {
    if look.customer.erased {
        return Some(Reason::Erased);
    }
    match (look.item.standing(), look.anchor) {
        (Standing::Cancelled, Anchor::Cancelled) | (Standing::Done, Anchor::Completed | Anchor::Rated) => {}
        (Standing::Cancelled, _) => return Some(Reason::ItemCancelled),
        (Standing::Done, _) => return Some(Reason::ItemDone),
        // A renewal whose last term was renewed lives on in the next one.
        (Standing::Live, Anchor::Completed) if look.item.completed_at().is_some() => {}
        (Standing::Live | Standing::Pending, Anchor::Cancelled | Anchor::Completed) => return Some(Reason::Superseded),
        (Standing::Live | Standing::Pending, _) => {}
    }
    (look.item.revision() != look.item_revision || look.item.customer_id() != look.customer.id)
        .then_some(Reason::Superseded)
}

/// The channel it queued for, or one after it; those before it have been tried and have failed.
fn usable_channel(look: &LastLook<'_>) -> Result<Channel, Reason> {
    let mut obstacle = Reason::NoAddress;
    for channel in remaining_channels(look.channels, look.customer.channel, look.channel) {
        let Some(address) = look.customer.address(channel) else {
            continue;
        };
        match verdict(look.consent, channel, look.purpose, look.surveys_need_consent) {
            Verdict::OptedOut => obstacle = Reason::OptedOut,
            Verdict::NoConsent => obstacle = Reason::NoConsent,
            Verdict::Allowed
                if look
                    .bad_addresses
                    .iter()
                    .any(|(on, bad)| *on == channel && bad == address) =>
            {
                obstacle = Reason::Undeliverable;
            }
            Verdict::Allowed => return Ok(channel),
        }
    }
    Err(obstacle)
}

/// A rule's channels from `current` on, in the order in which this customer's are tried.
#[must_use]
pub fn remaining_channels(channels: &[Channel], wish: Option<Channel>, current: Option<Channel>) -> Vec<Channel> {
    let ordered = preferred_first(channels, wish);
    let from = current
        .and_then(|current| ordered.iter().position(|channel| *channel == current))
        .unwrap_or(0);
    ordered.into_iter().skip(from).collect()
}
