//! The reply step: each stored message is read once, in a transaction of its own: whose it is, what it answers, what it
//! means, what follows. What the program does by itself is in `act`, `consent` and `follow_up`; everything else is put
//! before a person.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::act::{self, Said, Way};
use super::case::{self, Unhappy};
use super::consent::{self, Wish};
use super::follow_up::{self, NewRating};
use super::sender::Sender;
use crate::carrier::keywords::{Keyword, acted_on, is_cancel};
use crate::domain::case::CaseSource;
use crate::domain::customer::Customer;
use crate::domain::desk_item::{DeskItem, DeskKind, answer_by};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, Item, ItemKind, Standing};
use crate::domain::locale::Locale;
use crate::domain::message::{Asks, Channel};
use crate::domain::question::{Question, asks_digits};
use crate::domain::rating::Scale;
use crate::domain::rating::words_beside;
use crate::domain::reply::{Action, Asked, Booked, Intent, Understood, understand};
use crate::outbound::dispatch::{DispatchError, Dispatcher};
use crate::outbound::notice::{self, Notice};
use crate::outbound::plan::{Desk, PlanError};
use crate::store::inbound::Inbound;
use crate::store::reply::Reply;
use crate::store::{self, StoreError, Tx};

/// How many messages are looked for at a time.
const BATCH: i64 = 200;

/// Between two messages read one after the other: of two answers, or of a STOP and a START, the later one counts.
const LATER: TimeDelta = TimeDelta::milliseconds(1);

/// Reads what customers have sent and nobody has read, in the order of storing, each at a moment of its own. Returns how
/// many messages that were.
///
/// # Errors
/// When the database fails; what was not committed is read again. A message that can't be read for another reason is
/// logged, stays unread, and keeps no other from being read.
pub async fn read_inbound(dispatcher: &Dispatcher, now: Instant) -> Result<u64, DispatchError> {
    let mut read = 0;
    let mut at = now;
    let mut stuck = HashSet::new();
    loop {
        let mut unread = store::inbound::unread(&mut dispatcher.store.read().await?, BATCH).await?;
        unread.retain(|id| !stuck.contains(id));
        if unread.is_empty() {
            return Ok(read);
        }
        for id in unread {
            match read_one(dispatcher, &id, at).await {
                Ok(done) => read += u64::from(done),
                Err(PlanError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::error!(inbound = %id, %error, "a customer's message can't be read yet");
                    stuck.insert(id);
                }
            }
            at = dispatcher.clock.now().max(at + LATER);
        }
    }
}

async fn read_one(dispatcher: &Dispatcher, id: &str, now: Instant) -> Result<bool, PlanError> {
    let mut tx = dispatcher.store.write().await?;
    let Some(inbound) = store::inbound::take(&mut tx, id, now).await? else {
        return Ok(false);
    };
    let sender = Sender::load(&mut tx, dispatcher, &inbound).await?;
    let reading = Reading::of(&mut tx, &inbound, &sender, now).await?;
    store::reply::insert(&mut tx, &reading.row(&inbound, now)).await?;
    let step = Step {
        dispatcher,
        inbound: &inbound,
        sender: &sender,
        reading: &reading,
        now,
    };
    step.take(&mut tx).await?;
    tx.commit().await?;
    step.tell_dispatch();
    dispatcher.changed.tell();
    Ok(true)
}

/// What a message is taken for.
struct Reading {
    understood: Understood,
    question: Option<Question>,
    /// Whose it is; none: nobody is known by that number, or several are and nothing tells them apart.
    customer: Option<Customer>,
    item: Option<(ItemKind, String)>,
    /// The visit that the customer may have meant by the word that ends all texts.
    visit: Option<Booking>,
}

impl Reading {
    async fn of(tx: &mut Tx, inbound: &Inbound, sender: &Sender, now: Instant) -> Result<Self, StoreError> {
        let text = inbound.body.as_deref().unwrap_or_default();
        let (question, understood) = choose(tx, text, sender, inbound.received_at).await?;
        let customer = match &question {
            Some(question) => store::customer::find(tx, &question.customer_id).await?,
            None => sender.only_customer().cloned(),
        };
        let mut item = question
            .as_ref()
            .map(|question| (question.item_kind, question.item_id.clone()));
        let mut visit = None;
        if let Some(customer) = customer.as_ref().filter(|_| is_cancel(text)) {
            visit = visit_ahead(tx, customer, item.as_ref(), now).await?;
            if let Some(booking) = &visit {
                item = Some((ItemKind::Booking, booking.id.clone()));
            }
        }
        Ok(Self {
            understood,
            question,
            customer,
            item,
            visit,
        })
    }

    fn row(&self, inbound: &Inbound, now: Instant) -> Reply {
        Reply {
            id: inbound.id.clone(),
            business_id: self.customer.as_ref().map(|customer| customer.business_id.clone()),
            customer_id: self.customer.as_ref().map(|customer| customer.id.clone()),
            question_id: self.question.as_ref().map(|question| question.id.clone()),
            item_kind: self.item.as_ref().map(|(kind, _)| *kind),
            item_id: self.item.as_ref().map(|(_, id)| id.clone()),
            intent: self.understood.intent.to_string(),
            score: self.understood.score.map(i64::from),
            action: self.understood.action.to_string(),
            certainty: self.understood.certainty.into(),
            at: now,
        }
    }
}

/// Reads the words as an answer to each question that they may answer; the first that they fit is meant. Digits never
/// answer a letter's question, nor letters a rating.
async fn choose(
    tx: &mut Tx,
    text: &str,
    sender: &Sender,
    at: Instant,
) -> Result<(Option<Question>, Understood), StoreError> {
    let mut first = None;
    for question in sender.candidates(at) {
        let understood = understood_as_answer(tx, text, question).await?;
        if fits(understood, question) {
            return Ok((Some(question.clone()), understood));
        }
        first.get_or_insert((question.clone(), understood));
    }
    if let Some((question, understood)) = first {
        return Ok((Some(question), understood));
    }
    let business = match sender.business_ids.first() {
        Some(id) => store::business::find(tx, id).await?,
        None => None,
    };
    let own = sender.only_customer().and_then(|customer| customer.locale.clone());
    let locale = locale_of(
        own.as_deref(),
        business.as_ref().map(|business| business.locale.as_str()),
    );
    Ok((None, understand(Asks::Nothing, locale, text, Booked::default())))
}

async fn understood_as_answer(tx: &mut Tx, text: &str, question: &Question) -> Result<Understood, StoreError> {
    let customer = store::customer::find(tx, &question.customer_id).await?;
    let business = store::business::find(tx, &question.business_id).await?;
    let own = customer.and_then(|customer| customer.locale);
    let locale = locale_of(
        own.as_deref(),
        business.as_ref().map(|business| business.locale.as_str()),
    );
    let item = store::item::find(tx, question.item_kind, &question.item_id).await?;
    let booked = match item {
        Some(Item::Booking(booking)) => Booked::from(booking.starts.0),
        _ => Booked::default(),
    };
    let asked = Asked {
        asks: question.asks,
        scale: question.scale.unwrap_or(Scale::Csat),
    };
    Ok(understand(asked, locale, text, booked))
}

fn locale_of(own: Option<&str>, business: Option<&str>) -> Option<Locale> {
    own.into_iter().chain(business).find_map(|tag| Locale::parse(tag).ok())
}

/// Whether what was understood is an answer to that very question.
fn fits(understood: Understood, question: &Question) -> bool {
    if asks_digits(question.asks) {
        return understood.action == Action::Rating;
    }
    understood.action == Action::Accept || matches!(understood.intent, Intent::Change | Intent::Decline | Intent::Late)
}

/// The visit ahead that a customer can have meant: the one they were asked about, else the next one.
async fn visit_ahead(
    tx: &mut Tx,
    customer: &Customer,
    asked: Option<&(ItemKind, String)>,
    now: Instant,
) -> Result<Option<Booking>, StoreError> {
    let items = store::item::of_customer(tx, &customer.id).await?;
    let mut ahead: Vec<Booking> = items
        .into_iter()
        .filter(|item| matches!(item.standing(), Standing::Live | Standing::Pending))
        .filter_map(|item| match item {
            Item::Booking(booking) if booking.starts_at > now => Some(booking),
            _ => None,
        })
        .collect();
    ahead.sort_by_key(|booking| (asked.is_none_or(|(_, id)| *id != booking.id), booking.starts_at));
    Ok(ahead.into_iter().next())
}

/// A message that has been read, and what follows from it.
struct Step<'a> {
    dispatcher: &'a Dispatcher,
    inbound: &'a Inbound,
    sender: &'a Sender,
    reading: &'a Reading,
    now: Instant,
}

impl Step<'_> {
    async fn take(&self, tx: &mut Tx) -> Result<(), PlanError> {
        match self.effect() {
            Effect::OptOut => self.opt_out(tx).await,
            Effect::OptIn => {
                consent::opt_in(tx, &self.dispatcher.zones, &self.wish(), self.now).await?;
                self.answer(tx).await
            }
            Effect::Answer => self.answer(tx).await,
        }
    }

    /// What the provider has done by itself counts for us as well, whatever the words.
    fn effect(&self) -> Effect {
        match (self.reading.understood.action, self.inbound.opt_out_type.as_str()) {
            (Action::OptOut, _) | (_, "STOP") => Effect::OptOut,
            (Action::OptIn, _) | (_, "START") => Effect::OptIn,
            _ => Effect::Answer,
        }
    }

    fn text(&self) -> &str {
        self.inbound.body.as_deref().unwrap_or_default()
    }

    fn wish(&self) -> Wish<'_> {
        Wish {
            business_ids: &self.sender.business_ids,
            address: &self.inbound.sender,
            channel: Some(Channel::Sms),
            purpose: None,
            source: "reply",
            wording: self.inbound.body.as_deref(),
        }
    }

    /// What waits for its turn with the carrier has had its last look: dispatch reads the new lines before the call.
    fn tell_dispatch(&self) {
        if matches!(self.effect(), Effect::OptOut | Effect::OptIn) {
            self.dispatcher.withdrawn.written();
        }
    }

    async fn opt_out(&self, tx: &mut Tx) -> Result<(), PlanError> {
        let zones = &self.dispatcher.zones;
        let is_news = consent::opt_out(tx, zones, &self.wish(), self.now).await?;
        let customer = self.reading.customer.as_ref().or_else(|| self.sender.customers.first());
        let Some(customer) = customer else { return Ok(()) };
        let desk = Desk::load(tx, zones, &customer.business_id).await?;
        if let Some(booking) = &self.reading.visit {
            let said = self.said_by(customer);
            act::ask_person(tx, zones, &said, DeskKind::CancelOrOptOut, self.now).await?;
            let notice = Notice::cancel_by_mail(&self.inbound.id, booking);
            notice::send(tx, &desk, customer, &notice, self.now).await?;
        }
        // The law allows one confirmation: where the provider has sent it there is none of ours.
        let provider = acted_on(self.text(), &self.inbound.opt_out_type, &self.inbound.recipient);
        if is_news && provider != Some(Keyword::Stop) && self.reading.customer.is_some() {
            let notice = Notice::opt_out_confirmed(&self.inbound.id, self.now);
            notice::send(tx, &desk, customer, &notice, self.now).await?;
        }
        if self.reading.understood.unhappy && self.reading.customer.is_some() {
            self.complain(tx, customer).await?;
        }
        Ok(())
    }

    async fn answer(&self, tx: &mut Tx) -> Result<(), PlanError> {
        let understood = &self.reading.understood;
        match understood.action {
            Action::OptOut | Action::OptIn | Action::Ignore => Ok(()),
            Action::Help => self.help(tx).await,
            _ if understood.intent == Intent::WrongPerson => self.wrong_person(tx).await,
            _ => match (&self.reading.customer, &self.reading.question) {
                (Some(customer), Some(question)) => self.answer_question(tx, customer, question).await,
                (Some(customer), None) => self.ask_person(tx, customer, desk_kind(understood.intent)).await,
                (None, _) => self.ask_somebody(tx).await,
            },
        }
    }

    async fn answer_question(&self, tx: &mut Tx, customer: &Customer, question: &Question) -> Result<(), PlanError> {
        let zones = &self.dispatcher.zones;
        let (understood, at) = (&self.reading.understood, self.inbound.received_at);
        let said = Said {
            revision: Some(question.item_revision),
            question_id: Some(&question.id),
            ..self.said_by(customer)
        };
        let counts = question.takes_answer(at) && !self.is_ambiguous(tx, question).await?;
        match (understood.action, understood.intent) {
            (Action::Rating, _) if counts => self.rate(tx, question).await,
            (Action::Accept, _) if counts => act::confirm(tx, zones, &said, self.now).await.map(drop),
            (Action::Accept, _) if self.stands(tx, question).await? => Ok(()),
            (Action::Accept | Action::Rating, _) => self.ask_person(tx, customer, DeskKind::LateAnswer).await,
            (_, Intent::Change) if counts => act::want_change(tx, zones, &said, self.now).await.map(drop),
            (_, Intent::Decline) if counts => act::decline(tx, zones, &said, self.now).await.map(drop),
            (_, Intent::Late) if counts => act::running_late(tx, zones, &said, self.now).await.map(drop),
            (_, intent) => self.ask_person(tx, customer, desk_kind(intent)).await,
        }
    }

    /// Whether the words may be meant for something else that the customer was told since: then no guess. The letter
    /// itself, or a digit, stands in no other text than the one that asked for it.
    async fn is_ambiguous(&self, tx: &mut Tx, question: &Question) -> Result<bool, StoreError> {
        let one_sign = self.text().trim().chars().filter(|char| char.is_alphanumeric()).count() == 1;
        if asks_digits(question.asks) || (one_sign && question.is_open(self.inbound.received_at)) {
            return Ok(false);
        }
        store::question::spoken_since(tx, question, self.inbound.received_at).await
    }

    /// Whether a yes that comes again says what is known already.
    async fn stands(&self, tx: &mut Tx, question: &Question) -> Result<bool, StoreError> {
        let item = store::item::find(tx, question.item_kind, &question.item_id).await?;
        Ok(item.is_some_and(|item| item.is_confirmed() && item.revision() == question.item_revision))
    }

    async fn rate(&self, tx: &mut Tx, question: &Question) -> Result<(), PlanError> {
        let text = self.text();
        let score = self.reading.understood.score.map_or(0, i64::from);
        let rating = NewRating {
            question,
            score,
            raw: Some(text),
            comment: words_beside(score, text),
            complains: self.reading.understood.unhappy,
            channel: Channel::Sms,
            source: CaseSource::Reply,
        };
        follow_up::rated(tx, &self.dispatcher.zones, &rating, self.now).await?;
        Ok(())
    }

    async fn help(&self, tx: &mut Tx) -> Result<(), PlanError> {
        let provider = acted_on(self.text(), &self.inbound.opt_out_type, &self.inbound.recipient);
        let customer = self.reading.customer.as_ref().or_else(|| self.sender.customers.first());
        if let Some(customer) = customer.filter(|_| provider != Some(Keyword::Help)) {
            let desk = Desk::load(tx, &self.dispatcher.zones, &customer.business_id).await?;
            let notice = Notice::help(&self.inbound.id, self.now);
            notice::send(tx, &desk, customer, &notice, self.now).await?;
        }
        Ok(())
    }

    /// Everybody who has this number in their books has the wrong one.
    async fn wrong_person(&self, tx: &mut Tx) -> Result<(), PlanError> {
        if self.sender.customers.is_empty() {
            return self.ask_somebody(tx).await;
        }
        for customer in self.sender.one_of_each_business() {
            let said = self.said_by(customer);
            act::wrong_person(tx, &self.dispatcher.zones, &said, &self.inbound.sender, self.now).await?;
        }
        Ok(())
    }

    async fn ask_person(&self, tx: &mut Tx, customer: &Customer, kind: DeskKind) -> Result<(), PlanError> {
        if kind == DeskKind::Complaint {
            return self.complain(tx, customer).await;
        }
        let said = self.said_by(customer);
        act::ask_person(tx, &self.dispatcher.zones, &said, kind, self.now).await?;
        Ok(())
    }

    /// Unhappy words are somebody's case, not a row of the inbox.
    async fn complain(&self, tx: &mut Tx, customer: &Customer) -> Result<(), PlanError> {
        let item = self.reading.item.as_ref().map(|(kind, id)| (*kind, id.as_str()));
        let unhappy = Unhappy {
            item,
            words: self.inbound.body.as_deref(),
            ..Unhappy::new(CaseSource::Reply)
        };
        case::open_for(tx, &self.dispatcher.zones, &customer.id, &unhappy, self.now).await?;
        Ok(())
    }

    /// For the inbox of every business that may be meant: who it was is for a person to find out.
    async fn ask_somebody(&self, tx: &mut Tx) -> Result<(), PlanError> {
        let kind = if self.sender.customers.is_empty() {
            DeskKind::UnknownSender
        } else {
            desk_kind(self.reading.understood.intent)
        };
        let mut meant = self.sender.meant();
        if meant.is_empty() {
            let all = store::business::all(tx).await?;
            meant = all.into_iter().map(|business| business.id).collect();
        }
        for business_id in &meant {
            let desk = Desk::load(tx, &self.dispatcher.zones, business_id).await?;
            let due_at = answer_by(kind, None, &desk.calendar, self.now);
            store::desk_item::open(tx, &self.of_somebody(kind, Some(business_id), due_at)).await?;
        }
        if meant.is_empty() {
            store::desk_item::open(tx, &self.of_somebody(kind, None, self.now)).await?;
        }
        Ok(store::conversation::refresh_sharing(tx, &self.inbound.id).await?)
    }

    fn of_somebody(&self, kind: DeskKind, business_id: Option<&String>, due_at: Instant) -> DeskItem {
        DeskItem {
            id: new_id(self.now),
            business_id: business_id.cloned(),
            customer_id: None,
            item_kind: None,
            item_id: None,
            reply_id: Some(self.inbound.id.clone()),
            kind,
            words: self.words(),
            holds: false,
            opened_at: self.now,
            due_at,
            done_at: None,
            done_by: None,
            outcome: None,
        }
    }

    /// What the desk gets to read.
    fn words(&self) -> Option<String> {
        self.inbound.body.clone()
    }

    fn said_by<'b>(&'b self, customer: &'b Customer) -> Said<'b> {
        Said {
            business_id: &customer.business_id,
            customer_id: &customer.id,
            item: self.reading.item.as_ref().map(|(kind, id)| (*kind, id.as_str())),
            revision: None,
            question_id: None,
            way: Way::Text,
            words: self.inbound.body.as_deref(),
            reply_id: Some(&self.inbound.id),
            by: None,
        }
    }
}

/// What a message does beyond being an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    OptOut,
    OptIn,
    Answer,
}

/// What an intent is for the desk.
const fn desk_kind(intent: Intent) -> DeskKind {
    match intent {
        Intent::Change => DeskKind::Change,
        Intent::Decline => DeskKind::Decline,
        Intent::Late => DeskKind::RunningLate,
        Intent::Question => DeskKind::Question,
        Intent::Complaint => DeskKind::Complaint,
        Intent::WrongPerson => DeskKind::WrongPerson,
        _ => DeskKind::Unclear,
    }
}
