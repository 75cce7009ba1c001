//! What follows from a call that somebody made: its outcome is noted, the next step is taken.

use chrono::TimeDelta;

use super::act::{self, Said, Way};
use crate::domain::call::CallOutcome;
use crate::domain::desk_item::DeskKind;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind, Renewal, RenewalStatus};
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, Hints, PlanError, replan_item};
use crate::store::call::{Call, NewCall};
use crate::store::{self, StoreError, Tx};

/// For so long after the agreed moment a call is still of use.
const OF_USE: TimeDelta = TimeDelta::hours(24);

/// What somebody says of a call.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    pub outcome: CallOutcome,
    pub note: Option<&'a str>,
    pub by: &'a str,
    /// When to call again.
    pub again: Option<Instant>,
}

/// Why a call can't be noted so.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("this call was made already: `daybefore why {0}` tells the story")]
    Made(String),
    #[error("a call about a {about} can't end as `{outcome}`: that is for renewals")]
    Outcome { about: ItemKind, outcome: CallOutcome },
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl From<StoreError> for CallError {
    fn from(error: StoreError) -> Self {
        Self::Plan(error.into())
    }
}

/// Notes what came of a call. A renewal that was renewed or declined on the telephone is so from now on: that is a
/// person's explicit act. A wrong number holds everything to it.
///
/// # Errors
/// When the call was made before, can't end so, or the database fails; then the transaction must not be committed.
pub async fn made(tx: &mut Tx, zones: &Zones, call: &Call, called: &Called<'_>, now: Instant) -> Result<(), CallError> {
    let line = store::report::message(tx, &call.message_id).await?;
    let line = line.ok_or_else(|| StoreError::Inconsistent(format!("call {} has no message", call.id)))?;
    if !called.outcome.fits(line.item_kind) {
        return Err(CallError::Outcome {
            about: line.item_kind,
            outcome: called.outcome,
        });
    }
    if !store::call::done(tx, &call.id, called.outcome, called.note, called.by, now).await? {
        return Err(CallError::Made(call.message_id.clone()));
    }
    if let Some(again) = called.again {
        call_again(tx, call, again, now).await?;
    }
    match called.outcome {
        CallOutcome::Renewed => settle(tx, zones, &line.item_id, RenewalStatus::Renewed, called, now).await?,
        CallOutcome::Declined => settle(tx, zones, &line.item_id, RenewalStatus::Declined, called, now).await?,
        CallOutcome::WrongNumber => {
            let said = Said {
                business_id: &call.business_id,
                customer_id: &call.customer_id,
                item: None,
                revision: None,
                question_id: None,
                way: Way::Desk,
                words: called.note,
                reply_id: None,
                by: Some(called.by),
            };
            act::wrong_person(tx, zones, &said, &call.phone, now).await?;
        }
        CallOutcome::Reached | CallOutcome::NoAnswer | CallOutcome::CallBack => {}
    }
    Ok(())
}

async fn call_again(tx: &mut Tx, call: &Call, at: Instant, now: Instant) -> Result<(), StoreError> {
    let next = NewCall {
        business_id: &call.business_id,
        customer_id: &call.customer_id,
        message_id: &call.message_id,
        phone: &call.phone,
        script: &call.script,
        call_at: Some(at),
        due_at: call.due_at.max(at + OF_USE),
    };
    store::call::open(tx, next, now).await
}

async fn settle(
    tx: &mut Tx,
    zones: &Zones,
    item_id: &str,
    status: RenewalStatus,
    called: &Called<'_>,
    now: Instant,
) -> Result<(), PlanError> {
    let Some(Item::Renewal(before)) = store::item::find(tx, ItemKind::Renewal, item_id).await? else {
        return Ok(());
    };
    let customer = store::customer::find(tx, &before.customer_id).await?;
    let customer = customer.ok_or_else(|| StoreError::Inconsistent(format!("renewal {item_id} has no customer")))?;
    for waiting in store::desk_item::waiting_about(tx, item_id).await? {
        if matches!(
            waiting.kind,
            DeskKind::Change | DeskKind::Decline | DeskKind::RenewalWanted
        ) {
            store::desk_item::done(tx, &waiting.id, called.by, Some(status.as_str()), now).await?;
        }
    }
    store::question::close_of_item(tx, item_id).await?;
    // A file that still says what it said before has not heard of the call.
    store::desk_change::keep_said(tx, &Item::Renewal(before.clone())).await?;
    let settled = Item::Renewal(Renewal {
        status,
        completed_at: (status == RenewalStatus::Renewed).then_some(now),
        ..before
    });
    store::item::save(tx, &settled, now).await?;
    let about = (ItemKind::Renewal.as_str(), item_id);
    let detail = format!("on the telephone, by {}", called.by);
    store::history::add(tx, Some(settled.business_id()), about, status.as_str(), &detail, now).await?;
    let desk = Desk::load(tx, zones, settled.business_id()).await?;
    replan_item(tx, &desk, &settled, &customer, Hints::default(), now).await?;
    Ok(())
}
