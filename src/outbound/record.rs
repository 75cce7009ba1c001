//! What somebody at the desk writes into a customer's record, and what that does to messages: all in one transaction, so
//! that it can also be tried out and dropped.

use std::collections::HashMap;

use super::import::heed;
use super::plan::{Desk, PlanError, replan_customer};
use super::recipient::is_alert;
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskKind;
use crate::domain::erasure::standing_withdrawals;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose, State};
use crate::domain::record::{Field, differences, value};
use crate::store::report::Line;
use crate::store::{self, Store, StoreError, Tx};

/// A record as it was and as it is to be.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// None: somebody new.
    pub before: Option<&'a Customer>,
    pub after: &'a Customer,
    /// Who at the desk changes it.
    pub by: &'a str,
}

/// What a change does to messages.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Still to go, now to another address or on another channel.
    pub redirected: Vec<Line>,
    /// Not to go before, and now to go.
    pub begun: Vec<Line>,
    /// To go before, and now not.
    pub ended: Vec<Line>,
    /// Already with the carrier: they go to where they were sent.
    pub leaving: Vec<Line>,
}

impl Effects {
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.redirected.is_empty() && self.begun.is_empty() && self.ended.is_empty() && self.leaving.is_empty()
    }
}

/// What is to be known of an address before a customer gets it.
#[derive(Clone, Debug, Default)]
pub struct NewAddress {
    /// Others of the business who have it.
    pub shared_with: Vec<Customer>,
    /// Somebody at this number has said that they are somebody else.
    pub held: bool,
    /// A carrier has called it bad, for texts or mails.
    pub bad: bool,
    /// What was said no to there.
    pub refused: Vec<(Channel, Purpose)>,
    /// What was said no to at the address before this one, and does not hold for this one.
    pub left_behind: Vec<(Channel, Purpose)>,
}

impl NewAddress {
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.shared_with.is_empty() && !self.held && !self.bad && self.refused.is_empty() && self.left_behind.is_empty()
    }
}

/// What is to be known of the phone and of the mail address that a change brings.
///
/// # Errors
/// When the database fails.
pub async fn new_addresses(tx: &mut Tx, change: &Change<'_>) -> Result<[NewAddress; 2], StoreError> {
    let before = |of: fn(&Customer) -> &Option<String>| change.before.and_then(|before| of(before).as_deref());
    Ok([
        look_at(tx, change, change.after.phone.as_deref(), before(|of| &of.phone)).await?,
        look_at(tx, change, change.after.email.as_deref(), before(|of| &of.email)).await?,
    ])
}

async fn look_at(
    tx: &mut Tx,
    change: &Change<'_>,
    address: Option<&str>,
    before: Option<&str>,
) -> Result<NewAddress, StoreError> {
    let Some(address) = address.filter(|address| Some(*address) != before) else {
        return Ok(NewAddress::default());
    };
    let business_id = &change.after.business_id;
    let mut others = store::ledger::customers_at(tx, business_id, address).await?;
    others.retain(|id| *id != change.after.id);
    let others: Vec<_> = others.iter().map(String::as_str).collect();
    let lines = store::ledger::of_address(tx, business_id, address).await?;
    let old_lines = match before {
        Some(before) => store::ledger::of_address(tx, business_id, before).await?,
        None => Vec::new(),
    };
    let refused = refused(&lines);
    let only_this = Customer {
        phone: Some(address.to_owned()),
        ..Customer::unknown(String::new(), business_id.clone())
    };
    Ok(NewAddress {
        shared_with: store::lookup::customers_of_ids(tx, &others).await?,
        held: store::held_number::is_held(tx, business_id, address).await?,
        bad: !store::ledger::bad_addresses(tx, &only_this).await?.is_empty(),
        left_behind: self::refused(&old_lines)
            .into_iter()
            .filter(|scope| !refused.contains(scope))
            .collect(),
        refused,
    })
}

fn refused(lines: &[ConsentLine]) -> Vec<(Channel, Purpose)> {
    let standing = standing_withdrawals(lines).into_iter();
    standing.map(|kept| (kept.channel, kept.purpose)).collect()
}

/// Writes the record, notes what of it an import must not set back, and plans again what the change touches. Whoever
/// commits this tells the senders.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn write(
    tx: &mut Tx,
    store: &Store,
    desk: &Desk,
    change: &Change<'_>,
    now: Instant,
) -> Result<Effects, PlanError> {
    let after = change.after;
    let nobody = Customer::unknown(after.id.clone(), after.business_id.clone());
    let was = change.before.unwrap_or(&nobody);
    let fields = differences(was, after);
    store::customer::save(tx, after, now).await?;
    note_overruled(tx, was, after, &fields, now).await?;
    heed(tx, store, after, change.before, now).await?;
    if fields.contains(&Field::Phone) && change.before.is_some() {
        number_is_corrected(tx, change, now).await?;
    }
    let event = if change.before.is_some() { "changed" } else { "added" };
    let about = ("customer", after.id.as_str());
    let detail = told(was, after, &fields, change.by);
    store::history::add(tx, Some(&after.business_id), about, event, &detail, now).await?;
    let old = store::report::unsettled_of(tx, &after.id).await?;
    replan_customer(tx, desk, after, now).await?;
    let new = store::report::unsettled_of(tx, &after.id).await?;
    Ok(effects(&old, &new, was, after))
}

/// Notes what stood there, so that a row of an import which goes on saying so is no news.
async fn note_overruled(
    tx: &mut Tx,
    was: &Customer,
    after: &Customer,
    fields: &[Field],
    now: Instant,
) -> Result<(), StoreError> {
    let before = fields.iter().filter_map(|field| Some((*field, value(was, *field)?)));
    let before: Vec<_> = before.collect();
    store::overruled::note_all(tx, &after.business_id, &after.id, &before, now).await?;
    for field in fields {
        if let Some(value) = value(after, *field) {
            store::overruled::forget(tx, &after.id, *field, &value).await?;
        }
    }
    Ok(())
}

/// Calls that are still to be made go to the new number, and a row of the inbox that says "wrong person" is dealt with.
/// The old number stays on hold: whoever has it is still somebody else.
async fn number_is_corrected(tx: &mut Tx, change: &Change<'_>, now: Instant) -> Result<(), StoreError> {
    if let Some(phone) = &change.after.phone {
        store::call::redirect(tx, &change.after.id, phone).await?;
    }
    for row in store::desk_item::waiting_for(tx, &change.after.id).await? {
        if row.kind == DeskKind::WrongPerson {
            store::desk_item::done(tx, &row.id, change.by, Some("the number was corrected"), now).await?;
        }
    }
    Ok(())
}

/// `by Anna: phone +49… -> +49…, notes`: addresses in full, since they say where messages went.
fn told(was: &Customer, after: &Customer, fields: &[Field], by: &str) -> String {
    let one = |field: &Field| match field {
        Field::Phone | Field::Email | Field::Name => {
            let shown = |of: &Customer| value(of, *field).unwrap_or_else(|| "-".to_owned());
            format!("{field} {} -> {}", shown(was), shown(after))
        }
        field => field.to_string(),
    };
    let fields: Vec<_> = fields.iter().map(one).collect();
    format!("by {by}: {}", fields.join(", "))
}

fn effects(old: &[Line], new: &[Line], was: &Customer, after: &Customer) -> Effects {
    let before: HashMap<_, _> = old.iter().map(|line| (line.id.as_str(), line)).collect();
    let waits = |line: &Line| matches!(line.state, State::Planned | State::Held);
    let address = |of: &Customer, line: &Line| line.channel.and_then(|channel| of.address(channel).map(str::to_owned));
    let mut effects = Effects::default();
    // What tells the business itself goes where it went.
    for line in new.iter().filter(|line| !is_alert(&line.template)) {
        let old = before.get(line.id.as_str());
        let waited = old.is_some_and(|old| waits(old));
        let moved = old.is_some_and(|old| old.channel != line.channel || address(was, old) != address(after, line));
        match line.state {
            State::Planned | State::Held if !waited => effects.begun.push(line.clone()),
            State::Planned | State::Held if moved => effects.redirected.push(line.clone()),
            State::Skipped if waited => effects.ended.push(line.clone()),
            State::Sending | State::Unknown if address(was, line) != address(after, line) => {
                effects.leaving.push(line.clone());
            }
            _ => {}
        }
    }
    effects
}
