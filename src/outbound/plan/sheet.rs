//! The messages of some items while plans are made for them: read at once, changed here plan by plan, written at once.

use std::collections::{HashMap, HashSet};

use super::facts::Surroundings;
use super::steps::Task;
use super::{Desk, Hints, Planning, lane};
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::domain::message::{Reason, State};
use crate::domain::plan::{Facts, Intent, Told, Waits, Wanted, plan};
use crate::domain::replan::{Change, Existing, changes, settings, told};
use crate::domain::rule::Anchor;
use crate::outbound::recipient::{desk_of, is_alert};
use crate::store::message::{NewMessage, Planned, Replanned, Skipped};
use crate::store::{self, StoreError, Tx};

/// What is to be written of a message.
enum Write<'a> {
    New(NewMessage<'a>),
    Replanned(Replanned),
    /// And the state it is in until that is written.
    Skipped(Skipped, State),
}

/// The messages as they stand so far, and what is to be written of them.
pub(super) struct Sheet<'a> {
    desk: &'a Desk,
    now: Instant,
    /// By item.
    messages: HashMap<String, Vec<Existing>>,
    writes: Vec<Write<'a>>,
    /// Where among them a message is, by its id.
    written: HashMap<String, usize>,
}

impl<'a> Sheet<'a> {
    /// Reads the messages of the items that are to be planned. About an item that has just been made there are none.
    pub(super) async fn load(tx: &mut Tx, desk: &'a Desk, tasks: &[Task], now: Instant) -> Result<Self, StoreError> {
        let mut sheet = Self {
            desk,
            now,
            messages: HashMap::new(),
            writes: Vec::new(),
            written: HashMap::new(),
        };
        let (mut met, mut stored) = (HashSet::new(), Vec::new());
        for task in tasks {
            if let Task::Plan { item, hints, .. } = task
                && met.insert(item.id())
                && !hints.is_new
            {
                stored.push(item.id());
            }
        }
        if !stored.is_empty() {
            for message in store::message::of_items(tx, &stored).await? {
                sheet.messages.entry(message.item_id.clone()).or_default().push(message);
            }
        }
        Ok(sheet)
    }

    /// Brings the messages of an item in line with what its rules want.
    pub(super) fn plan(
        &mut self,
        surroundings: &Surroundings,
        item: &'a Item,
        customer: &Customer,
        hints: Hints,
    ) -> Planning {
        let existing = self.messages.remove(item.id()).unwrap_or_default();
        let told = told(&existing, item.customer_id());
        let wanted = wanted(self.desk, surroundings, item, customer, hints, told.as_ref());
        let changes = changes(item, &existing, wanted);
        let mut messages = existing;
        let mut planning = Planning::default();
        for change in changes {
            planning += self.apply(item, &mut messages, told.as_ref(), change);
        }
        self.messages.insert(item.id().to_owned(), messages);
        planning
    }

    fn apply(
        &mut self,
        item: &'a Item,
        messages: &mut Vec<Existing>,
        told: Option<&Told>,
        change: Change<'a>,
    ) -> Planning {
        let count = |wanted: &Wanted<'_>, moved: u64| Planning {
            planned: u64::from(moved == 0 && !matches!(wanted.intent, Intent::Skip(_))),
            skipped: u64::from(matches!(wanted.intent, Intent::Skip(_))),
            moved,
            due_now: u64::from(matches!(wanted.intent, Intent::Go(_)) && wanted.due_at <= self.now),
        };
        match change {
            Change::Insert(wanted) => {
                let counted = count(&wanted, 0);
                self.insert(item, messages, told, &wanted);
                counted
            }
            // Its time went by while it was skipped: it stays so.
            Change::Revive { wanted, .. } if wanted.useful_until < self.now => Planning::default(),
            Change::Move { id, wanted } => {
                let counted = count(&wanted, 1);
                // A hold outlives the move: only its own cause lets the message go.
                self.replan(messages, id, &wanted, true);
                counted
            }
            Change::Hold { id, wanted } | Change::Release { id, wanted } | Change::Revive { id, wanted } => {
                let counted = count(&wanted, 0);
                self.replan(messages, id, &wanted, false);
                counted
            }
            Change::Skip { id, reason } => {
                self.skip(messages, id, reason);
                Planning {
                    skipped: 1,
                    ..Planning::default()
                }
            }
        }
    }

    fn insert(&mut self, item: &'a Item, messages: &mut Vec<Existing>, told: Option<&Told>, wanted: &Wanted<'a>) {
        let told_before = match (wanted.rule.anchor(), told) {
            (Anchor::Changed | Anchor::Cancelled, Some(Told::At(before))) => Some(before.clone()),
            _ => None,
        };
        let message = NewMessage {
            id: new_id(self.now),
            business_id: &self.desk.business.id,
            customer_id: item.customer_id(),
            item_kind: item.kind(),
            item_id: item.id(),
            item_revision: item.revision(),
            rule_id: &wanted.rule.id,
            anchor: wanted.rule.anchor(),
            told: item.told(),
            told_before,
            planned: planned(self.desk, wanted),
        };
        messages.push(as_existing(&message, wanted));
        self.written.insert(message.id.clone(), self.writes.len());
        self.writes.push(Write::New(message));
    }

    fn replan(&mut self, messages: &mut [Existing], id: String, wanted: &Wanted<'_>, keep_hold: bool) {
        let Some(message) = messages.iter_mut().find(|message| message.id == id) else {
            return;
        };
        let mut planned = planned(self.desk, wanted);
        if let Some(hold) = message.hold.filter(|_| keep_hold) {
            (planned.state, planned.hold) = (State::Held, Some(hold));
        }
        let from = message.state;
        message.state = planned.state;
        message.reason = planned.reason;
        message.hold = planned.hold;
        message.wanted_at = planned.due_at;
        message.useful_until = planned.useful_until;
        message.channel = planned.channel;
        message.settings = settings(wanted);
        let Some(at) = self.written.get(&id).copied() else {
            return self.note(id.clone(), Write::Replanned(Replanned { id, from, planned }));
        };
        match &mut self.writes[at] {
            Write::New(new) => new.planned = planned,
            Write::Replanned(before) => before.planned = planned,
            Write::Skipped(_, from) => {
                let from = *from;
                self.writes[at] = Write::Replanned(Replanned { id, from, planned });
            }
        }
    }

    fn skip(&mut self, messages: &mut [Existing], id: String, reason: Reason) {
        let Some(message) = messages.iter_mut().find(|message| message.id == id) else {
            return;
        };
        let from = message.state;
        message.state = State::Skipped;
        message.reason = Some(reason);
        message.hold = None;
        let Some(at) = self.written.get(&id).copied() else {
            return self.note(id.clone(), Write::Skipped(Skipped { id, reason }, from));
        };
        match &mut self.writes[at] {
            Write::New(NewMessage { planned, .. }) | Write::Replanned(Replanned { planned, .. }) => {
                (planned.state, planned.reason, planned.hold) = (State::Skipped, Some(reason), None);
            }
            Write::Skipped(skipped, _) => skipped.reason = reason,
        }
    }

    fn note(&mut self, id: String, write: Write<'a>) {
        self.written.insert(id, self.writes.len());
        self.writes.push(write);
    }

    /// Writes what has changed.
    pub(super) async fn save(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (mut new, mut replanned, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        for write in self.writes {
            match write {
                Write::New(message) => new.push(message),
                Write::Replanned(message) => replanned.push(message),
                Write::Skipped(message, _) => skipped.push(message),
            }
        }
        store::message::insert_all(tx, &new, self.now).await?;
        store::message::replan_all(tx, &replanned, self.now).await?;
        store::message::skip_all(tx, &skipped, self.now).await
    }
}

/// What the rules want of an item, for its customer and for the business.
pub(super) fn wanted<'a>(
    desk: &'a Desk,
    surroundings: &Surroundings,
    item: &Item,
    customer: &Customer,
    hints: Hints,
    told: Option<&Told>,
) -> Vec<Wanted<'a>> {
    let consent = surroundings.consent(customer);
    let facts = Facts {
        item,
        customer,
        consent: &consent,
        surveys_need_consent: desk.business.surveys_need_consent,
        bad_addresses: &surroundings.obstacles.bad_addresses,
        told,
        known_to_customer: hints.known_to_customer,
        waits: surroundings.obstacles.waits(item.id(), customer),
        answered: !hints.is_new && surroundings.answered(item),
        rated_at: surroundings.rated_at(item),
        undo_until: surroundings.undo_until(item),
    };
    let mut wanted = if item.kind() == ItemKind::Case {
        alerts(desk, facts)
    } else {
        Vec::new()
    };
    let to_customer = desk.rules.iter().filter(|rule| !is_alert(&rule.template));
    wanted.extend(plan(facts, to_customer, &desk.calendar));
    wanted
}

/// What the business itself is to be told of a case: the customer's wishes and withdrawals do not speak for it.
fn alerts<'a>(desk: &'a Desk, facts: Facts<'_>) -> Vec<Wanted<'a>> {
    let business = desk_of(&desk.business, facts.customer);
    let facts = Facts {
        customer: &business,
        consent: &[],
        waits: Waits::default(),
        ..facts
    };
    let alerts = desk.rules.iter().filter(|rule| is_alert(&rule.template));
    plan(facts, alerts, &desk.calendar)
}

fn as_existing(message: &NewMessage<'_>, wanted: &Wanted<'_>) -> Existing {
    let planned = &message.planned;
    Existing {
        id: message.id.clone(),
        item_id: message.item_id.to_owned(),
        item_revision: message.item_revision,
        rule_id: message.rule_id.to_owned(),
        customer_id: message.customer_id.to_owned(),
        anchor: message.anchor,
        state: planned.state,
        reason: planned.reason,
        hold: planned.hold,
        wanted_at: planned.due_at,
        useful_until: planned.useful_until,
        channel: planned.channel,
        told: message.told.clone(),
        attempts: 0,
        settings: settings(wanted),
    }
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
