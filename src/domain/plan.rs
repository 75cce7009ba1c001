//! Planning: what an item's rules want to be said, when, on which channel, and what will not be said and why.
//!
//! Pure: the same facts give the same plan, whoever asks and whenever. `domain::replan` compares it with the messages
//! that exist.

use chrono::{Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::consent::{ConsentLine, Verdict, verdict};
use super::customer::Customer;
use super::instant::Instant;
use super::item::{Item, ItemKind, Standing};
use super::message::{Channel, Reason};
use super::quiet_hours::{Calendar, Fit};
use super::replan::Hold;
use super::rule::{Anchor, Offset, OnlyIf, Rule, When, anchor_of};

/// All that a plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub item: &'a Item,
    pub customer: &'a Customer,
    pub consent: &'a [ConsentLine],
    pub surveys_need_consent: bool,
    /// Addresses that a carrier has called bad, as (channel, address).
    pub bad_addresses: &'a [(Channel, String)],
    /// What the customer was last told of this item: its date or time, or that it is cancelled.
    pub told: Option<&'a Told>,
    /// The customer knows of this item already: no confirmation.
    pub known_to_customer: bool,
    pub waits: Waits,
    /// The customer has answered what was asked of the item as it is now: a yes, or anything else.
    pub answered: bool,
    /// When the customer first answered how it went. Never what: whatever counts from it is the same for all.
    pub rated_at: Option<Instant>,
    /// Whoever has made the item what it is can undo that until then: nothing goes before, where it is of use after.
    pub undo_until: Option<Instant>,
}

/// What a person has to look at before anything more is said, beside the item's own state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// The customer is unhappy, and nobody has put it right yet.
    pub case: bool,
    /// The customer has asked for something about the item.
    pub change: bool,
    /// Somebody else seems to have the customer's number.
    pub number: bool,
}

impl Waits {
    /// What holds a message about `item` on `channel`, where something does. An open case stops everything but what is
    /// about the case, what answers the customer, what corrects something said before, and what goes to all who rated
    /// alike: there the score must make no difference.
    #[must_use]
    pub fn hold(self, item: &Item, anchor: Anchor, channel: Channel) -> Option<Hold> {
        if self.number && channel != Channel::Email {
            return Some(Hold::Number);
        }
        let about_it = matches!(item.kind(), ItemKind::Case | ItemKind::Reply);
        if self.case && !about_it && !matches!(anchor, Anchor::Changed | Anchor::Cancelled | Anchor::Rated) {
            return Some(Hold::Case);
        }
        let pending = self.change || item.standing() == Standing::Pending;
        (pending && anchor != Anchor::Rated).then_some(Hold::Change)
    }
}

/// What the customer was last told of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It takes place, or ends, at this local time or date.
    At(String),
    Cancelled,
}

/// One message that a rule wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    pub rule: &'a Rule,
    pub due_at: Instant,
    pub useful_until: Instant,
    pub intent: Intent,
}

/// What is to become of a wanted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It goes, on this channel first.
    Go(Channel),
    /// It waits for a person, and would go on this channel.
    Hold(Channel, Hold),
    Skip(Reason),
}

/// The messages that `rules` want for an item. A rule that is turned off or does not concern the item, or whose anchor has not come
/// (the day after a visit that is not over), wants nothing.
#[must_use]
pub fn plan<'a>(facts: Facts<'_>, rules: impl IntoIterator<Item = &'a Rule>, calendar: &Calendar) -> Vec<Wanted<'a>> {
    rules
        .into_iter()
        .filter(|rule| concerns(rule, facts.item))
        .filter_map(|rule| want(facts, rule, calendar))
        .collect()
}

fn concerns(rule: &Rule, item: &Item) -> bool {
    let fits = |filter: Option<&str>, value: Option<&str>| {
        filter.is_none_or(|filter| value.is_some_and(|value| value.eq_ignore_ascii_case(filter)))
    };
    rule.enabled
        && rule.about == item.kind()
        && match item {
            Item::Booking(booking) => fits(rule.service.as_deref(), booking.service.as_deref()),
            Item::Renewal(renewal) => fits(rule.kind.as_deref(), Some(renewal.kind.as_str())),
            Item::Case(_) => true,
            Item::Reply(_) => false,
        }
}

fn want<'a>(facts: Facts<'_>, rule: &'a Rule, calendar: &Calendar) -> Option<Wanted<'a>> {
    let anchor = rule.anchor();
    let ideal = moment(rule.when, facts, calendar, rule)?;
    let useful_until = moment(rule.useful_until, facts, calendar, rule).unwrap_or(Instant::FAR);
    let known_at = facts.item.known_at();
    let fit = if ideal < known_at && counts_back(anchor) {
        Fit::TooLate
    } else {
        let fit = |due| calendar.fit(due, rule.purpose, known_at, useful_until);
        match facts.undo_until.filter(|until| *until > ideal).map(fit) {
            // What is of no use once nobody can undo it any more goes at once.
            None | Some(Fit::TooLate) => fit(ideal),
            Some(later) => later,
        }
    };
    let (due_at, on_time) = match fit {
        Fit::At(due_at) => (due_at, useful_until >= known_at),
        Fit::TooLate => (ideal, false),
    };
    Some(Wanted {
        rule,
        due_at,
        useful_until,
        intent: intent(facts, rule, anchor, on_time),
    })
}

/// Whether the rule's moment can lie before we learnt of the item: then nothing is sent one minute after the booking.
/// A visit that is over was announced by its booking, so its follow-up is never "inside the lead time".
const fn counts_back(anchor: Anchor) -> bool {
    matches!(anchor, Anchor::Start | Anchor::EndsOn)
}

fn intent(facts: Facts<'_>, rule: &Rule, anchor: Anchor, on_time: bool) -> Intent {
    if let Some(reason) = settled_by_item(facts, anchor) {
        return Intent::Skip(reason);
    }
    if !on_time {
        return Intent::Skip(Reason::TooLate);
    }
    if anchor == Anchor::Booked && facts.known_to_customer {
        return Intent::Skip(Reason::ByHand);
    }
    if !condition_holds(rule.only_if, facts.item, facts.answered) {
        return Intent::Skip(Reason::Answered);
    }
    match usable_channel(facts, &rule.channels, rule) {
        Ok(channel) => match facts.waits.hold(facts.item, anchor, channel) {
            Some(hold) => Intent::Hold(channel, hold),
            None => Intent::Go(channel),
        },
        Err(reason) => Intent::Skip(reason),
    }
}

/// Why the item's own state silences a rule, where it does.
fn settled_by_item(facts: Facts<'_>, anchor: Anchor) -> Option<Reason> {
    if facts.customer.erased {
        return Some(Reason::Erased);
    }
    match (facts.item.standing(), anchor) {
        (Standing::Cancelled, Anchor::Cancelled)
        | (Standing::Done, Anchor::Completed | Anchor::Rated)
        | (Standing::Live | Standing::Pending, _) => None,
        (Standing::Cancelled, _) => Some(Reason::ItemCancelled),
        (Standing::Done, _) => Some(Reason::ItemDone),
    }
}

/// Whether a rule's `only_if` still holds of the item.
#[must_use]
pub const fn condition_holds(only_if: OnlyIf, item: &Item, answered: bool) -> bool {
    match only_if {
        OnlyIf::Always => true,
        OnlyIf::Unanswered => !answered && !item.is_confirmed(),
        OnlyIf::NotConfirmed | OnlyIf::NotRenewed => !item.is_confirmed(),
    }
}

/// The first of `channels` that can be used, the customer's own wish first; else the reason that says most.
fn usable_channel(facts: Facts<'_>, channels: &[Channel], rule: &Rule) -> Result<Channel, Reason> {
    let mut obstacle = Reason::NoAddress;
    for channel in preferred_first(channels, facts.customer.channel) {
        match channel_obstacle(facts, channel, rule) {
            None => return Ok(channel),
            Some(reason) if weight(reason) > weight(obstacle) => obstacle = reason,
            Some(_) => {}
        }
    }
    Err(obstacle)
}

/// `channels` in the order in which they are tried for a customer with that wish.
#[must_use]
pub fn preferred_first(channels: &[Channel], wish: Option<Channel>) -> Vec<Channel> {
    let mut ordered = channels.to_vec();
    ordered.sort_by_key(|channel| Some(*channel) != wish);
    ordered
}

fn channel_obstacle(facts: Facts<'_>, channel: Channel, rule: &Rule) -> Option<Reason> {
    let Some(address) = facts.customer.address(channel) else {
        return Some(Reason::NoAddress);
    };
    match verdict(facts.consent, channel, rule.purpose, facts.surveys_need_consent) {
        Verdict::OptedOut => return Some(Reason::OptedOut),
        Verdict::NoConsent => return Some(Reason::NoConsent),
        Verdict::Allowed => {}
    }
    let bad = facts
        .bad_addresses
        .iter()
        .any(|(on, bad)| *on == channel && bad == address);
    bad.then_some(Reason::Undeliverable)
}

/// How much a reason tells when several channels fail for different ones.
const fn weight(reason: Reason) -> u8 {
    match reason {
        Reason::OptedOut => 3,
        Reason::NoConsent => 2,
        Reason::Undeliverable => 1,
        _ => 0,
    }
}

/// The instant of `when` for this item; none when its anchor has not come.
fn moment(when: When, facts: Facts<'_>, calendar: &Calendar, rule: &Rule) -> Option<Instant> {
    let zone = &calendar.zone;
    let (local, at) = match anchor_of(when, rule.about) {
        Anchor::Start => match facts.item {
            Item::Booking(booking) => (booking.starts.0, booking.starts_at),
            _ => return None,
        },
        Anchor::EndsOn => match facts.item {
            Item::Renewal(renewal) => {
                let midnight = renewal.ends_on.0.and_time(NaiveTime::MIN);
                (midnight, zone.instant(midnight))
            }
            _ => return None,
        },
        Anchor::Opened => match facts.item {
            Item::Case(case) => known(case.changed_at, calendar),
            _ => return None,
        },
        Anchor::Rated => known(facts.rated_at?, calendar),
        Anchor::Completed => known(facts.item.completed_at()?, calendar),
        Anchor::Booked if facts.told.is_none_or(|told| *told == Told::Cancelled) => {
            known(facts.item.known_at(), calendar)
        }
        Anchor::Changed if tells_news(facts) => known(facts.item.known_at(), calendar),
        Anchor::Cancelled if facts.item.standing() == Standing::Cancelled => match facts.told? {
            Told::At(_) => known(facts.item.known_at(), calendar),
            Told::Cancelled => return None,
        },
        Anchor::Booked | Anchor::Changed | Anchor::Cancelled => return None,
    };
    match when.offset {
        Offset::Hours(hours) => Some(at + TimeDelta::hours(hours)),
        Offset::Days(days, time) => add_days(local.date(), days).map(|date| zone.instant(at_time(date, time, local))),
        Offset::Months(months, time) => {
            add_months(local.date(), months).map(|date| zone.instant(at_time(date, time, local)))
        }
    }
}

fn known(at: Instant, calendar: &Calendar) -> (NaiveDateTime, Instant) {
    (calendar.zone.local(at), at)
}

/// Whether the customer was told of the item, and of something else than what holds now.
fn tells_news(facts: Facts<'_>) -> bool {
    facts.item.standing() != Standing::Cancelled
        && matches!(facts.told, Some(Told::At(told)) if *told != facts.item.told())
}

fn at_time(date: NaiveDate, time: Option<NaiveTime>, anchor: NaiveDateTime) -> NaiveDateTime {
    date.and_time(time.unwrap_or_else(|| anchor.time()))
}

fn add_days(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(distance)
    } else {
        date.checked_add_days(distance)
    }
}

/// Months from the original date; a day that the month lacks becomes its last one (31 May - 1 = 30 April).
fn add_months(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    let distance = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 {
        date.checked_sub_months(distance)
    } else {
        date.checked_add_months(distance)
    }
}
