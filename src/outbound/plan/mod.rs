//! The plan step: brings the messages of an item in line with what its rules want, in the caller's transaction.

pub mod again;
mod facts;
pub mod preview;
mod sheet;
mod steps;

use std::sync::Arc;

use serde::Serialize;

use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::message::Channel;
use crate::domain::quiet_hours::Calendar;
use crate::domain::rule::Rule;
use crate::domain::zone::{ZoneError, Zones};
use crate::store::{self, StoreError, Tx};
use crate::texts::catalogue;
pub use again::{Again, ask_again, begin_again, go_on, replan_business, work_again};
pub use steps::{Step, plan_all, preview_all};

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
        let rules = store::rule::of_business(tx, business_id).await?;
        let calendar = business.calendar(zones)?;
        let mut desk = Self {
            business,
            rules,
            calendar,
        };
        desk.leave_out_what_is_never_sent();
        Ok(desk)
    }

    /// Without a place to review the business there is nothing to invite to.
    fn leave_out_what_is_never_sent(&mut self) {
        if self.business.review_url.is_none() {
            self.rules.retain(|rule| rule.template != catalogue::REVIEW_INVITATION);
        }
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
    let step = Step::Item {
        item: Box::new(item.clone()),
        customer: Arc::new(customer.clone()),
        hints,
    };
    plan_all(tx, desk, vec![step], now).await
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
    plan_all(tx, desk, vec![Step::Customer(Arc::new(customer.clone()))], now).await
}
