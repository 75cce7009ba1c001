//! Who speaks about what: loaded once for an act, and the steps that several acts share.

use super::act::{Acted, Said, Way};
use crate::domain::customer::Customer;
use crate::domain::desk_item::{DeskItem, DeskKind, answer_by};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, Standing};
use crate::domain::message::Asks;
use crate::domain::question;
use crate::domain::zone::Zones;
use crate::outbound::desk_change::{self, Hand};
use crate::outbound::plan::{Desk, Hints, PlanError, replan_customer, replan_item};
use crate::store::{self, StoreError, Tx};

/// The customer, the business and the item that something was said about.
pub(super) struct Scene {
    pub(super) desk: Desk,
    pub(super) customer: Customer,
    pub(super) item: Option<Item>,
}

impl Scene {
    pub(super) async fn load(tx: &mut Tx, zones: &Zones, said: &Said<'_>) -> Result<Self, PlanError> {
        let desk = Desk::load(tx, zones, said.business_id).await?;
        let customer = store::customer::find(tx, said.customer_id).await?;
        let customer =
            customer.ok_or_else(|| StoreError::Inconsistent(format!("there is no customer {}", said.customer_id)))?;
        let item = match said.item {
            Some((kind, id)) => store::item::find(tx, kind, id).await?,
            None => None,
        };
        // What has gone to somebody else in the meantime is not this customer's to answer for.
        let item = item.filter(|item| item.customer_id() == customer.id);
        Ok(Self { desk, customer, item })
    }

    /// The item, where an answer about it still means something: it is ahead, and as the customer was told.
    pub(super) fn current_item(&self, said: &Said<'_>, now: Instant) -> Option<&Item> {
        let zone = &self.desk.calendar.zone;
        self.item.as_ref().filter(|item| {
            let asks = match item {
                Item::Booking(_) => Asks::Confirm,
                Item::Renewal(_) => Asks::Renewal,
                Item::Case(_) => Asks::Solved,
                Item::Reply(_) => Asks::Nothing,
            };
            said.revision.is_none_or(|revision| revision == item.revision())
                && matches!(item.standing(), Standing::Live | Standing::Pending)
                && now < question::closes_at(asks, item, zone, now)
        })
    }

    /// The question is answered, and whoever waited for the number may go.
    pub(super) async fn answered(&self, tx: &mut Tx, said: &Said<'_>, now: Instant) -> Result<(), StoreError> {
        if let Some(id) = said.question_id {
            store::question::answer(tx, id, now).await?;
            if let Some(question) = store::question::find(tx, id).await? {
                store::question::free(tx, &question.address, now).await?;
            }
        }
        Ok(())
    }

    /// The customer's open wishes about the item are void. True: there were some.
    pub(super) async fn withdraw_wishes(
        &self,
        tx: &mut Tx,
        item_id: &str,
        outcome: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let mut withdrawn = false;
        for row in store::desk_item::waiting_about(tx, item_id).await? {
            if matches!(row.kind, DeskKind::Change | DeskKind::Decline | DeskKind::RenewalWanted) {
                withdrawn |= store::desk_item::done(tx, &row.id, "customer", Some(outcome), now).await?;
            }
        }
        Ok(withdrawn)
    }

    /// Puts what was said into the inbox.
    pub(super) async fn open(
        &self,
        tx: &mut Tx,
        said: &Said<'_>,
        kind: DeskKind,
        holds: bool,
        now: Instant,
    ) -> Result<(), StoreError> {
        let row = DeskItem {
            id: new_id(now),
            business_id: Some(self.desk.business.id.clone()),
            customer_id: Some(self.customer.id.clone()),
            item_kind: self.item.as_ref().map(Item::kind),
            item_id: self.item.as_ref().map(|item| item.id().to_owned()),
            reply_id: said.reply_id.map(str::to_owned),
            kind,
            words: said.words.map(str::to_owned),
            holds,
            opened_at: now,
            due_at: answer_by(kind, self.customer.standing.as_deref(), &self.desk.calendar, now),
            done_at: None,
            done_by: None,
            outcome: None,
        };
        store::desk_item::open(tx, &row).await
    }

    pub(super) async fn to_desk(
        &self,
        tx: &mut Tx,
        said: &Said<'_>,
        kind: DeskKind,
        now: Instant,
    ) -> Result<Acted, PlanError> {
        self.open(tx, said, kind, false, now).await?;
        Ok(Acted::ToDesk)
    }

    /// Writes the item as it is now, tells its history, and plans it again.
    pub(super) async fn save(
        &self,
        tx: &mut Tx,
        item: Item,
        said: &Said<'_>,
        event: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        store::item::save(tx, &item, now).await?;
        self.note(tx, said, event, now).await?;
        replan_item(tx, &self.desk, &item, &self.customer, Hints::default(), now).await?;
        Ok(())
    }

    /// The same for what somebody at the desk does: it can be undone, and nothing that follows is sent before that is over.
    pub(super) async fn save_for_desk(
        &self,
        tx: &mut Tx,
        (before, after): (&Item, &Item),
        by: &str,
        event: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        let change_id = new_id(now);
        let hand = Hand {
            by,
            change_id: &change_id,
            now,
        };
        desk_change::change(tx, &self.desk, &self.customer, (before, after), (event, ""), hand).await
    }

    /// A line in the item's history: what happened, and which way it came.
    pub(super) async fn note(&self, tx: &mut Tx, said: &Said<'_>, event: &str, now: Instant) -> Result<(), StoreError> {
        let Some(item) = &self.item else { return Ok(()) };
        let detail = match (said.way, said.by) {
            (Way::Desk, Some(by)) => format!("by {by}"),
            (way, _) => format!("by {way}"),
        };
        let about = (item.kind().as_str(), item.id());
        store::history::add(tx, Some(&self.desk.business.id), about, event, &detail, now).await
    }

    pub(super) async fn replan(&self, tx: &mut Tx, now: Instant) -> Result<(), StoreError> {
        if let Some(item) = &self.item {
            replan_item(tx, &self.desk, item, &self.customer, Hints::default(), now).await?;
        }
        Ok(())
    }

    /// Plans again whatever goes to an address, whoever of the business's customers has it.
    pub(super) async fn replan_everybody_at(&self, tx: &mut Tx, address: &str, now: Instant) -> Result<(), StoreError> {
        replan_everybody_at(tx, &self.desk, address, now).await
    }
}

/// Plans again whatever goes to an address, whoever of the business's customers has it.
pub(super) async fn replan_everybody_at(
    tx: &mut Tx,
    desk: &Desk,
    address: &str,
    now: Instant,
) -> Result<(), StoreError> {
    for customer_id in store::ledger::customers_at(tx, &desk.business.id, address).await? {
        if let Some(customer) = store::customer::find(tx, &customer_id).await? {
            replan_customer(tx, desk, &customer, now).await?;
        }
    }
    Ok(())
}
