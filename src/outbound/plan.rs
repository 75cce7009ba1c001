//! The plan step: brings the messages of an item in line with what its rules want, in the caller's transaction.

use serde::Serialize;

use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskKind;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind, Standing};
use crate::domain::message::{Channel, State};
use crate::domain::plan::{Facts, Intent, Told, Waits, Wanted, plan};
use crate::domain::quiet_hours::Calendar;
use crate::domain::replan::{Change, Existing, changes, told};
use crate::domain::rule::{Anchor, OnlyIf, Rule};
use crate::domain::zone::{ZoneError, Zones};
use crate::outbound::recipient::{desk_of, is_alert};
use crate::store::message::{NewMessage, Planned};
use crate::store::{self, Store, StoreError, Tx};
use crate::texts::catalogue;

/// How many items one transaction re-plans when a whole business is planned again.
const BATCH: i64 = 200;

/// Why planning could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Zone(#[from] ZoneError),
    #[error("there is no business `{0}`: `daybefore business list` shows them")]
    NoBusiness(String),
}

/// A business with everything its plans are made from, loaded once for many items.
#[derive(Clone, Debug)]
pub struct Desk {
    pub business: Business,
    pub rules: Vec<Rule>,
    pub calendar: Calendar,
}

impl Desk {
    /// Loads a business's rules and calendar.
    ///
    /// # Errors
    /// When there is no such business, or the zone data does not know its zone.
    pub async fn load(tx: &mut Tx, zones: &Zones, business_id: &str) -> Result<Self, PlanError> {
        let business = store::business::find(tx, business_id).await?;
        let business = business.ok_or_else(|| PlanError::NoBusiness(business_id.to_owned()))?;
        let mut rules = store::rule::of_business(tx, business_id).await?;
        // Without a place to review the business there is nothing to invite to.
        rules.retain(|rule| business.review_url.is_some() || rule.template != catalogue::REVIEW_INVITATION);
        let calendar = business.calendar(zones)?;
        Ok(Self {
            business,
            rules,
            calendar,
        })
    }
}

/// What a caller knows of an item that its row does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// It has just been made: there can be no message about it yet.
    pub is_new: bool,
    /// The customer knows of it already: no confirmation.
    pub known_to_customer: bool,
}

/// What a re-plan did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Planning {
    pub planned: u64,
    pub moved: u64,
    pub skipped: u64,
    /// Planned messages that are due already.
    pub due_now: u64,
}

impl std::ops::AddAssign for Planning {
    fn add_assign(&mut self, other: Self) {
        self.planned += other.planned;
        self.moved += other.moved;
        self.skipped += other.skipped;
        self.due_now += other.due_now;
    }
}

/// The lane a message queues in: its channel, and the business where it has a sender of its own.
#[must_use]
pub fn lane(channel: Option<Channel>, business: &Business) -> String {
    let channel = channel.unwrap_or(Channel::Sms);
    let own_sender = match channel {
        Channel::Sms => business.sms_from.is_some(),
        Channel::Email => business.email_from.is_some(),
        Channel::Call => false,
    };
    if own_sender {
        format!("{channel}/{}", business.id)
    } else {
        channel.to_string()
    }
}

/// Re-plans one item in the transaction that changed it.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn replan_item(
    tx: &mut Tx,
    desk: &Desk,
    item: &Item,
    customer: &Customer,
    hints: Hints,
    now: Instant,
) -> Result<Planning, StoreError> {
    let existing = if hints.is_new {
        Vec::new()
    } else {
        store::message::of_item(tx, item.id()).await?
    };
    let consent = store::ledger::of_customer(tx, customer).await?;
    let bad_addresses = store::ledger::bad_addresses(tx, customer).await?;
    let told = told(&existing, item.customer_id());
    let facts = Facts {
        item,
        customer,
        consent: &consent,
        surveys_need_consent: desk.business.surveys_need_consent,
        bad_addresses: &bad_addresses,
        told: told.as_ref(),
        known_to_customer: hints.known_to_customer,
        waits: store::holds::of_item(tx, item.id(), customer).await?,
        answered: !hints.is_new && listens(desk, item) && answered(tx, item).await?,
        rated_at: rated_at(tx, desk, item).await?,
    };
    let mut wanted = if item.kind() == ItemKind::Case {
        plan_alerts(tx, desk, facts).await?
    } else {
        Vec::new()
    };
    let to_customer = desk.rules.iter().filter(|rule| !is_alert(&rule.template));
    wanted.extend(plan(facts, to_customer, &desk.calendar));
    let mut planning = Planning::default();
    for change in changes(item, &existing, wanted) {
        planning += apply(tx, desk, item, &existing, told.as_ref(), change, now).await?;
    }
    Ok(planning)
}

/// What the business itself is to be told of a case: the customer's wishes and withdrawals do not speak for it.
async fn plan_alerts<'a>(tx: &mut Tx, desk: &'a Desk, facts: Facts<'_>) -> Result<Vec<Wanted<'a>>, StoreError> {
    let business = desk_of(&desk.business, facts.customer);
    let bad_addresses = store::ledger::bad_addresses(tx, &business).await?;
    let facts = Facts {
        customer: &business,
        consent: &[],
        bad_addresses: &bad_addresses,
        waits: Waits::default(),
        ..facts
    };
    let alerts = desk.rules.iter().filter(|rule| is_alert(&rule.template));
    Ok(plan(facts, alerts, &desk.calendar))
}

/// Whether any rule about such an item asks whether there is an answer.
fn listens(desk: &Desk, item: &Item) -> bool {
    let asks = |rule: &Rule| rule.about == item.kind() && rule.only_if == OnlyIf::Unanswered;
    desk.rules.iter().any(asks)
}

/// Whether the customer has answered what was asked of the item as it is now, by text or link.
async fn answered(tx: &mut Tx, item: &Item) -> Result<bool, StoreError> {
    Ok(store::question::is_answered(tx, item.id(), item.revision()).await?
        || store::desk_item::was_opened(tx, item.id(), DeskKind::RenewalWanted, item.known_at()).await?)
}

/// When the customer first said how it went, where a rule counts from that.
async fn rated_at(tx: &mut Tx, desk: &Desk, item: &Item) -> Result<Option<Instant>, StoreError> {
    let counts = item.standing() == Standing::Done && desk.rules.iter().any(|rule| rule.anchor() == Anchor::Rated);
    if counts {
        store::rating::first_about(tx, item.id()).await
    } else {
        Ok(None)
    }
}

async fn apply(
    tx: &mut Tx,
    desk: &Desk,
    item: &Item,
    existing: &[Existing],
    told: Option<&Told>,
    change: Change<'_>,
    now: Instant,
) -> Result<Planning, StoreError> {
    let state_of = |id: &str| {
        existing
            .iter()
            .find(|message| message.id == id)
            .map_or(State::Planned, |found| found.state)
    };
    let count = |wanted: &Wanted<'_>, moved: u64| Planning {
        planned: u64::from(moved == 0 && !matches!(wanted.intent, Intent::Skip(_))),
        skipped: u64::from(matches!(wanted.intent, Intent::Skip(_))),
        moved,
        due_now: u64::from(matches!(wanted.intent, Intent::Go(_)) && wanted.due_at <= now),
    };
    match change {
        Change::Insert(wanted) => {
            insert(tx, desk, item, told, &wanted, now).await?;
            Ok(count(&wanted, 0))
        }
        Change::Move { id, wanted } => {
            let held = existing
                .iter()
                .find(|message| message.id == id)
                .and_then(|message| message.hold);
            let mut planned = planned(desk, &wanted);
            // A hold outlives the move: only its own cause lets the message go.
            if held.is_some() {
                (planned.state, planned.hold) = (State::Held, held);
            }
            store::message::replan(tx, &id, state_of(&id), &planned, now).await?;
            Ok(count(&wanted, 1))
        }
        // Its time went by while it was skipped: it stays so.
        Change::Revive { wanted, .. } if wanted.useful_until < now => Ok(Planning::default()),
        Change::Hold { id, wanted } | Change::Release { id, wanted } | Change::Revive { id, wanted } => {
            store::message::replan(tx, &id, state_of(&id), &planned(desk, &wanted), now).await?;
            Ok(count(&wanted, 0))
        }
        Change::Skip { id, reason } => {
            store::message::skip(tx, &id, reason, now).await?;
            Ok(Planning {
                skipped: 1,
                ..Planning::default()
            })
        }
    }
}

async fn insert(
    tx: &mut Tx,
    desk: &Desk,
    item: &Item,
    told: Option<&Told>,
    wanted: &Wanted<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    let told_before = match (wanted.rule.anchor(), told) {
        (Anchor::Changed | Anchor::Cancelled, Some(Told::At(before))) => Some(before.as_str()),
        _ => None,
    };
    let message = NewMessage {
        id: new_id(now),
        business_id: &desk.business.id,
        customer_id: item.customer_id(),
        item_kind: item.kind(),
        item_id: item.id(),
        item_revision: item.revision(),
        rule_id: &wanted.rule.id,
        anchor: wanted.rule.anchor(),
        told: item.told(),
        told_before,
        planned: planned(desk, wanted),
    };
    store::message::insert(tx, &message, now).await
}

fn planned(desk: &Desk, wanted: &Wanted<'_>) -> Planned {
    let (state, reason, hold, channel) = match wanted.intent {
        Intent::Go(channel) => (State::Planned, None, None, Some(channel)),
        Intent::Hold(channel, hold) => (State::Held, None, Some(hold), Some(channel)),
        Intent::Skip(reason) => (State::Skipped, Some(reason), None, None),
    };
    let rule = wanted.rule;
    let channels: Vec<_> = rule.channels.iter().map(|channel| channel.as_str()).collect();
    Planned {
        template: rule.template.clone(),
        purpose: rule.purpose,
        asks: rule.asks,
        only_if: rule.only_if,
        channels: channels.join(","),
        channel,
        lane: lane(channel, &desk.business),
        state,
        reason,
        hold,
        due_at: wanted.due_at,
        useful_until: wanted.useful_until,
    }
}

/// Re-plans everything of one customer: an address, a consent or a wish has changed.
///
/// # Errors
/// When the database fails.
pub async fn replan_customer(
    tx: &mut Tx,
    desk: &Desk,
    customer: &Customer,
    now: Instant,
) -> Result<Planning, StoreError> {
    let mut planning = Planning::default();
    for item in store::item::of_customer(tx, &customer.id).await? {
        planning += replan_item(tx, desk, &item, customer, Hints::default(), now).await?;
    }
    Ok(planning)
}

/// Re-plans everything of one business, in batches: rules, holidays, hours or zone data have changed. `progress` is
/// told after each batch how many items are done.
///
/// # Errors
/// When the database fails; the batches done so far stay.
pub async fn replan_business(
    store: &Store,
    zones: &Zones,
    business_id: &str,
    now: Instant,
    mut progress: impl FnMut(u64),
) -> Result<Planning, PlanError> {
    let mut planning = Planning::default();
    let mut done = 0;
    for kind in [ItemKind::Booking, ItemKind::Renewal, ItemKind::Case] {
        let mut after = String::new();
        loop {
            let mut tx = store.write().await?;
            let desk = Desk::load(&mut tx, zones, business_id).await?;
            let items = store::item::page(&mut tx, kind, business_id, &after, BATCH).await?;
            let Some(last) = items.last() else { break };
            last.id().clone_into(&mut after);
            for item in items {
                planning += refresh(&mut tx, &desk, item, now).await?;
                done += 1;
            }
            tx.commit().await?;
            progress(done);
        }
    }
    Ok(planning)
}

/// Derives an item's instant again from its local time, then re-plans it.
async fn refresh(tx: &mut Tx, desk: &Desk, mut item: Item, now: Instant) -> Result<Planning, StoreError> {
    if let Item::Booking(booking) = &mut item {
        let starts_at = desk.calendar.zone.instant(booking.starts.0);
        if starts_at != booking.starts_at {
            booking.starts_at = starts_at;
            store::item::save(tx, &item, now).await?;
        }
    }
    let customer = store::customer::find(tx, item.customer_id()).await?;
    let customer = customer.ok_or_else(|| StoreError::Inconsistent(format!("item {} has no customer", item.id())))?;
    replan_item(tx, desk, &item, &customer, Hints::default(), now).await
}
