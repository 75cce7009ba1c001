//! What the messages of a claim ask, and who has to wait with it: one question at a time for each phone. Nothing is read
//! or written for messages that ask nothing.

use std::collections::HashMap;

use super::prepare::Job;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::message::{Asks, Channel};
use crate::domain::phone::takes_replies;
use crate::domain::question::{self, Question, QuestionState, Turn};
use crate::domain::rating::Scale;
use crate::domain::zone::Zone;
use crate::store::claim::Claimed;
use crate::store::{self, Listed, StoreError, Tx};
use crate::texts::catalogue;

/// The questions at the phones of a claim, before it and as it goes on.
#[derive(Default)]
pub(super) struct Asking {
    open: HashMap<String, Vec<Question>>,
    closes: Vec<String>,
    asked: Vec<Question>,
}

impl Asking {
    /// Reads what is asked already at these addresses, where any of the messages would ask by text.
    pub(super) async fn load(tx: &mut Tx, claimed: &[Claimed], addresses: &Listed) -> Result<Self, StoreError> {
        let mut asking = Self::default();
        let by_text = |message: &Claimed| message.asks != Asks::Nothing && message.channel == Some(Channel::Sms);
        if !claimed.iter().any(by_text) {
            return Ok(asking);
        }
        for question in store::question::open_at(tx, addresses).await? {
            asking.open.entry(question.address.clone()).or_default().push(question);
        }
        Ok(asking)
    }

    /// Whether a message that would ask `asks` may do so now. Mails and senders that get no replies carry links instead:
    /// those can't be mistaken for each other.
    pub(super) fn turn(
        &self,
        message: &Claimed,
        asks: Asks,
        channel: Channel,
        sender: &str,
        address: &str,
        now: Instant,
    ) -> Turn {
        if asks == Asks::Nothing || channel != Channel::Sms || !takes_replies(sender) {
            return Turn::Ask { closes: Vec::new() };
        }
        let here = self.open.get(address).into_iter().flatten();
        let turn = question::turn(asks, &message.item_id, here.filter(|other| other.sender == sender), now);
        match turn {
            // A letter that would be too late after its wait goes without it.
            Turn::Wait(until) if until > message.useful_until && !question::asks_digits(asks) => Turn::Plain,
            Turn::Wait(until) => Turn::Wait(until.min(message.useful_until)),
            turn => turn,
        }
    }

    /// A message goes and asks.
    pub(super) fn note(&mut self, job: &Job, item: &Item, zone: &Zone, now: Instant) {
        let message = &job.message;
        let asks = asks_of(message, item);
        let (sender, address) = (&job.outgoing.from, &job.outgoing.to);
        if asks == Asks::Nothing || (job.channel == Channel::Sms && !takes_replies(sender)) {
            return;
        }
        if let Turn::Ask { closes } = self.turn(message, asks, job.channel, sender, address, now) {
            for questions in self.open.values_mut() {
                questions.retain(|question| !closes.contains(&question.id));
            }
            // What this very claim has asked is overtaken before it was written.
            self.asked.retain(|question| !closes.contains(&question.id));
            self.closes.extend(closes);
        }
        let scale = catalogue::find(&message.template).and_then(|template| template.scale);
        let question = Question {
            id: new_id(now),
            business_id: message.business_id.clone(),
            customer_id: message.customer_id.clone(),
            message_id: message.id.clone(),
            channel: job.channel,
            sender: sender.clone(),
            address: address.clone(),
            asks,
            scale: (asks == Asks::Rating).then(|| scale.unwrap_or(Scale::Csat)),
            item_kind: message.item_kind,
            item_id: message.item_id.clone(),
            item_revision: message.item_revision,
            state: QuestionState::Open,
            asked_at: now,
            closes_at: question::closes_at(asks, item, zone, now),
            answered_at: None,
        };
        if job.channel == Channel::Sms {
            self.open.entry(address.clone()).or_default().push(question.clone());
        }
        self.asked.push(question);
    }

    /// Writes what has come of it.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        if !self.closes.is_empty() {
            let closes: Vec<_> = self.closes.iter().map(String::as_str).collect();
            store::question::close_all(tx, &closes).await?;
        }
        store::question::ask_all(tx, &self.asked).await
    }
}

/// What a message really asks: its text can't ask what its template has no words for, and a visit that is confirmed is
/// not confirmed again.
pub(super) fn asks_of(message: &Claimed, item: &Item) -> Asks {
    let can_ask = catalogue::find(&message.template).is_some_and(|template| template.asks.contains(&message.asks));
    if can_ask && !(message.asks == Asks::Confirm && item.is_confirmed()) {
        message.asks
    } else {
        Asks::Nothing
    }
}
