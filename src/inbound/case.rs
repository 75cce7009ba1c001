//! Cases: opened when somebody is unhappy, owned until closed, and then the customer is asked whether it is solved.
//! Opening and closing plan everything of the customer again: what else was to be said waits meanwhile.

use super::act::{Acted, Said, Way};
use super::scene::Scene;
use crate::domain::case::{Case, CaseSource, Cause, due_at};
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, PlanError, replan_customer};
use crate::store::{self, StoreError, Tx};

/// Somebody is unhappy.
#[derive(Clone, Copy, Debug)]
pub struct Unhappy<'a> {
    pub source: CaseSource,
    /// What with, where that is known.
    pub item: Option<(ItemKind, &'a str)>,
    /// The rating that told it.
    pub rating_id: Option<&'a str>,
    /// The customer's own words.
    pub words: Option<&'a str>,
    /// Who at the desk enters it.
    pub by: Option<&'a str>,
}

impl Unhappy<'_> {
    /// Nothing known but how we learnt of it.
    #[must_use]
    pub const fn new(source: CaseSource) -> Self {
        Self {
            source,
            item: None,
            rating_id: None,
            words: None,
            by: None,
        }
    }
}

/// How a case ended.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    pub cause: Cause,
    pub note: Option<&'a str>,
    pub by: &'a str,
}

/// Opens a case, or adds to the customer's open one. None: the customer is erased, and nobody can be called.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn open(
    tx: &mut Tx,
    desk: &Desk,
    customer: &Customer,
    unhappy: &Unhappy<'_>,
    now: Instant,
) -> Result<Option<Case>, StoreError> {
    if customer.erased {
        return Ok(None);
    }
    let due_at = due_at(customer.standing.as_deref(), now, &desk.calendar);
    let (case, event) = match store::customer_case::open_of(tx, &customer.id).await? {
        Some(open) => (added(open, unhappy, due_at), "added to"),
        None => (new(desk, customer, unhappy, due_at, now), "opened"),
    };
    store::customer_case::save(tx, &case, now).await?;
    let by = unhappy.by.unwrap_or(unhappy.source.as_str());
    note(tx, &case, event, &format!("by {by}"), now).await?;
    // What is known of it by now, with the score that came with the rating.
    let case = store::customer_case::find(tx, &case.id).await?.unwrap_or(case);
    replan_customer(tx, desk, customer, now).await?;
    Ok(Some(case))
}

fn new(desk: &Desk, customer: &Customer, unhappy: &Unhappy<'_>, due_at: Instant, now: Instant) -> Case {
    // A case about a case is about the same thing; the table knows bookings and renewals.
    let item = unhappy.item.filter(|(kind, _)| *kind != ItemKind::Case);
    Case {
        id: new_id(now),
        business_id: desk.business.id.clone(),
        customer_id: customer.id.clone(),
        item_kind: item.map(|(kind, _)| kind),
        item_id: item.map(|(_, id)| id.to_owned()),
        rating_id: unhappy.rating_id.map(str::to_owned),
        scale: None,
        score: None,
        source: unhappy.source,
        words: unhappy.words.map(str::to_owned),
        owner: None,
        revision: 1,
        opened_at: now,
        changed_at: now,
        due_at,
        closed_at: None,
        cause: None,
        note: None,
        solved: None,
    }
}

fn added(mut open: Case, unhappy: &Unhappy<'_>, due_at: Instant) -> Case {
    open.words = joined(open.words, unhappy.words);
    open.rating_id = unhappy.rating_id.map(str::to_owned).or(open.rating_id);
    open.due_at = open.due_at.min(due_at);
    open
}

/// What was said before, and on a new line what was said now; the same words once more add nothing.
fn joined(before: Option<String>, now: Option<&str>) -> Option<String> {
    match (before, now) {
        (Some(before), Some(now)) if before.lines().all(|line| line != now) => Some(format!("{before}\n{now}")),
        (Some(before), _) => Some(before),
        (None, now) => now.map(str::to_owned),
    }
}

/// Opens a case for a customer, or adds to the open one: somebody at the desk heard it, or words said it.
///
/// # Errors
/// When the database fails, or there is no such customer.
pub async fn open_for(
    tx: &mut Tx,
    zones: &Zones,
    customer_id: &str,
    unhappy: &Unhappy<'_>,
    now: Instant,
) -> Result<Option<Case>, PlanError> {
    let (desk, customer) = whose(tx, zones, customer_id).await?;
    Ok(open(tx, &desk, &customer, unhappy, now).await?)
}

async fn whose(tx: &mut Tx, zones: &Zones, customer_id: &str) -> Result<(Desk, Customer), PlanError> {
    let customer = store::customer::find(tx, customer_id).await?;
    let customer = customer.ok_or_else(|| StoreError::Inconsistent(format!("there is no customer {customer_id}")))?;
    let desk = Desk::load(tx, zones, &customer.business_id).await?;
    Ok((desk, customer))
}

/// Closes a case: what it held goes on, and the customer is asked whether it is solved. False: it was closed before.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn close(
    tx: &mut Tx,
    zones: &Zones,
    case: &Case,
    closing: &Closing<'_>,
    now: Instant,
) -> Result<bool, PlanError> {
    if !case.is_open() {
        return Ok(false);
    }
    let closed = Case {
        closed_at: Some(now),
        cause: Some(closing.cause),
        note: closing.note.map(str::to_owned).or_else(|| case.note.clone()),
        solved: None,
        ..case.clone()
    };
    store::customer_case::save(tx, &closed, now).await?;
    note(tx, case, "closed", &format!("{} by {}", closing.cause, closing.by), now).await?;
    let (desk, customer) = whose(tx, zones, &case.customer_id).await?;
    replan_customer(tx, &desk, &customer, now).await?;
    Ok(true)
}

/// Gives a case to somebody.
///
/// # Errors
/// When the database fails.
pub async fn assign(tx: &mut Tx, case: &Case, owner: &str, now: Instant) -> Result<(), StoreError> {
    let assigned = Case {
        owner: Some(owner.to_owned()),
        ..case.clone()
    };
    store::customer_case::save(tx, &assigned, now).await?;
    note(tx, case, "assigned", &format!("to {owner}"), now).await
}

/// The customer's answer whether it is solved. A yes ends it; anything else opens it again, so that somebody calls.
pub(super) async fn answered(
    tx: &mut Tx,
    scene: &Scene,
    case: &Case,
    said: &Said<'_>,
    solved: bool,
    now: Instant,
) -> Result<Acted, PlanError> {
    scene.answered(tx, said, now).await?;
    let by = format!("by {}", said.by.unwrap_or(said.way.as_str()));
    if solved {
        // Opened again meanwhile: the person who owns it has the last word.
        if !case.is_open() {
            let solved = Case {
                solved: Some(true),
                ..case.clone()
            };
            store::customer_case::save(tx, &solved, now).await?;
        }
        note(tx, case, "solved", &by, now).await?;
        return Ok(if case.is_open() { Acted::ToDesk } else { Acted::Done });
    }
    let unhappy = Unhappy {
        words: said.words,
        by: said.by,
        ..Unhappy::new(source(said.way))
    };
    // Another case that is open by now speaks for both.
    if store::customer_case::open_of(tx, &case.customer_id).await?.is_some() {
        open(tx, &scene.desk, &scene.customer, &unhappy, now).await?;
        return Ok(Acted::Done);
    }
    let reopened = Case {
        words: joined(case.words.clone(), said.words),
        revision: case.revision + 1,
        changed_at: now,
        due_at: due_at(scene.customer.standing.as_deref(), now, &scene.desk.calendar),
        closed_at: None,
        cause: None,
        solved: Some(false),
        ..case.clone()
    };
    store::customer_case::save(tx, &reopened, now).await?;
    note(tx, case, "reopened", &by, now).await?;
    replan_customer(tx, &scene.desk, &scene.customer, now).await?;
    Ok(Acted::Done)
}

/// Which way it came, as a case tells it.
#[must_use]
pub const fn source(way: Way) -> CaseSource {
    match way {
        Way::Text => CaseSource::Reply,
        Way::Link => CaseSource::Link,
        Way::Desk => CaseSource::Desk,
    }
}

async fn note(tx: &mut Tx, case: &Case, event: &str, detail: &str, now: Instant) -> Result<(), StoreError> {
    let about = ("case", case.id.as_str());
    store::history::add(tx, Some(&case.business_id), about, event, detail, now).await
}
