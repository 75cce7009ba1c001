//! What the holder of a link sees, and what the buttons of the page do. Reading changes nothing, whoever reads.

use super::act::{self, Acted, Said, Way};
use super::follow_up::{self, NewRating};
use crate::domain::case::CaseSource;
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::domain::link::{self, LinkPurpose};
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::domain::question::{self, Question, QuestionState};
use crate::domain::rating::Scale;
use crate::domain::respond::{Choices, choices};
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, PlanError};
use crate::store::link::Link;
use crate::store::report::Line;
use crate::store::{self, StoreError, Tx};
use crate::texts::catalogue;

/// The language of a page whose business and customer have none that we write.
const LAST_RESORT: &str = "en";

/// A link that works, and everything its page is made of.
#[derive(Debug)]
pub struct Page {
    pub link: Link,
    pub message: Line,
    pub desk: Desk,
    pub customer: Customer,
    /// What the message was about, while it is still this customer's.
    pub item: Option<Item>,
    pub question: Option<Question>,
    /// The question stands in its table; where a text could not be answered, it does not yet.
    is_asked: bool,
    /// The rating that counts so far.
    pub score: Option<i64>,
    /// The message named the vehicle or the thing insured: only then the page does.
    pub names_things: bool,
}

/// What a customer answers on the page.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// Yes: to a visit, to a renewal, to "is it solved?".
    Accept,
    /// Another time, or a call.
    Ask(&'a str),
    /// The visit is cancelled, after a second look.
    Cancel,
    Rate {
        score: i64,
        comment: Option<&'a str>,
    },
}

/// Opens the page behind a token; nothing where the token is not known, not good for this, or over.
///
/// # Errors
/// When the database fails.
pub async fn open(
    tx: &mut Tx,
    zones: &Zones,
    token: &str,
    purpose: LinkPurpose,
    now: Instant,
) -> Result<Option<Page>, PlanError> {
    let Some(link) = store::link::find(tx, &link::hash(token), purpose, now).await? else {
        return Ok(None);
    };
    let (Some(message), Some(customer)) = (
        store::report::message(tx, &link.message_id).await?,
        store::customer::find(tx, &link.customer_id).await?,
    ) else {
        return Ok(None);
    };
    let item = store::item::find(tx, message.item_kind, &message.item_id).await?;
    // What answers somebody's words is about the visit that they spoke of.
    let item = match item {
        Some(Item::Reply(written)) => written.about.map(Item::Booking),
        item => item,
    };
    let item = item.filter(|item| item.customer_id() == customer.id);
    let asked = store::question::of_message(tx, &message.id).await?;
    let score = store::rating::of_message(tx, &message.id).await?;
    let score = score.into_iter().rev().find(|rating| rating.counts);
    let desk = Desk::load(tx, zones, &link.business_id).await?;
    Ok(Some(Page {
        is_asked: asked.is_some(),
        question: asked.or_else(|| unasked(&link, &message, item.as_ref(), &desk, now)),
        desk,
        names_things: names_things(tx, &message.id, item.as_ref()).await?,
        score: score.map(|rating| rating.score),
        item,
        customer,
        message,
        link,
    }))
}

/// The question of a message that asked by its link alone.
fn unasked(link: &Link, message: &Line, item: Option<&Item>, desk: &Desk, now: Instant) -> Option<Question> {
    if message.asks == Asks::Nothing {
        return None;
    }
    let scale = catalogue::find(&message.template).and_then(|template| template.scale);
    Some(Question {
        id: new_id(now),
        business_id: link.business_id.clone(),
        customer_id: link.customer_id.clone(),
        message_id: message.id.clone(),
        channel: link.channel,
        sender: String::new(),
        address: link.address.clone(),
        asks: message.asks,
        scale: (message.asks == Asks::Rating).then(|| scale.unwrap_or(Scale::Csat)),
        item_kind: message.item_kind,
        item_id: message.item_id.clone(),
        item_revision: message.item_revision,
        // No letter can be meant for it.
        state: QuestionState::Closed,
        asked_at: link.created_at,
        closes_at: question::closes_at(message.asks, item?, &desk.calendar.zone, link.created_at),
        answered_at: None,
    })
}

/// Whether what was sent named the vehicle, or what a renewal is about.
async fn names_things(tx: &mut Tx, message_id: &str, item: Option<&Item>) -> Result<bool, StoreError> {
    let thing = match item {
        Some(Item::Booking(booking)) => booking.vehicle.as_deref(),
        Some(Item::Renewal(renewal)) => renewal.subject.as_deref(),
        Some(Item::Case(_) | Item::Reply(_)) | None => None,
    };
    let Some(thing) = thing else { return Ok(false) };
    let attempts = store::attempt::of_message(tx, message_id).await?;
    let said = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains(thing));
    Ok(attempts
        .iter()
        .any(|attempt| said(&attempt.text) || said(&attempt.subject)))
}

impl Page {
    /// The customer's language, or else the business's.
    #[must_use]
    pub fn locale(&self) -> Option<Locale> {
        let tags = [
            self.customer.locale.as_deref(),
            Some(self.desk.business.locale.as_str()),
            Some(LAST_RESORT),
        ];
        tags.into_iter().flatten().find_map(|tag| Locale::parse(tag).ok())
    }

    /// What can be done about the item now.
    #[must_use]
    pub fn choices(&self, now: Instant) -> Option<Choices> {
        let answered = self
            .question
            .as_ref()
            .is_some_and(|question| question.state == QuestionState::Answered);
        let zone = &self.desk.calendar.zone;
        let item = self.item.as_ref()?;
        // A notice that answers somebody's words tells no time.
        let told = match self.message.item_kind {
            ItemKind::Reply => item.told(),
            _ => self.message.told.clone(),
        };
        Some(choices(item, self.message.asks, &told, answered, zone, now))
    }

    /// The scale on which the message asked for a rating.
    #[must_use]
    pub fn scale(&self) -> Option<Scale> {
        let scale = self.question.as_ref().and_then(|question| question.scale);
        (self.message.asks == Asks::Rating).then(|| scale.unwrap_or(Scale::Csat))
    }

    /// Whether a rating can be given, or given again.
    #[must_use]
    pub fn takes_rating(&self, now: Instant) -> bool {
        let open = self
            .question
            .as_ref()
            .is_some_and(|question| question.takes_answer(now));
        self.message.asks == Asks::Rating && open
    }

    /// The state of the item that the page shows: an answer to another one is none.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.item.as_ref().map_or(self.message.item_revision, Item::revision)
    }
}

/// Does what a button of the page says. Nothing: the page does not offer it any more.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn answer(
    tx: &mut Tx,
    zones: &Zones,
    page: &Page,
    answer: Answer<'_>,
    now: Instant,
) -> Result<Option<Acted>, PlanError> {
    let words = match answer {
        Answer::Ask(words) => Some(words),
        _ => None,
    };
    if !page.is_asked {
        let questions: Vec<_> = page.question.clone().into_iter().collect();
        store::question::ask_all(tx, &questions).await?;
    }
    let said = Said {
        business_id: &page.link.business_id,
        customer_id: &page.link.customer_id,
        item: page.item.as_ref().map(|item| (item.kind(), item.id())),
        revision: page.item.as_ref().map(Item::revision),
        question_id: page.question.as_ref().map(|question| question.id.as_str()),
        way: Way::Link,
        words,
        reply_id: None,
        by: None,
    };
    let choices = page.choices(now);
    let offered = |offer: fn(&Choices) -> bool| choices.as_ref().is_some_and(offer);
    Ok(match answer {
        // Said before, it is no mistake to say it again.
        Answer::Accept if page.is_accepted() => Some(Acted::Already),
        Answer::Accept if offered(|choices| choices.accept) => Some(act::confirm(tx, zones, &said, now).await?),
        Answer::Ask(words) if page.has_asked(tx, words).await? => Some(Acted::Already),
        Answer::Ask(_) if offered(|choices| choices.ask) => Some(act::want_change(tx, zones, &said, now).await?),
        Answer::Cancel if page.is_cancelled() => Some(Acted::Already),
        Answer::Cancel if offered(|choices| choices.cancel) => Some(act::cancel_visit(tx, zones, &said, now).await?),
        Answer::Rate { score, comment } => page.rate(tx, zones, score, comment, now).await?,
        Answer::Accept | Answer::Ask(_) | Answer::Cancel => None,
    })
}

impl Page {
    /// The customer has said yes.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let answered = self.question.as_ref().map(|question| question.state) == Some(QuestionState::Answered);
        match &self.item {
            Some(Item::Renewal(_)) => self.message.asks == Asks::Renewal && answered,
            Some(item @ (Item::Booking(_) | Item::Case(_))) => item.is_confirmed(),
            Some(Item::Reply(_)) | None => false,
        }
    }

    fn is_cancelled(&self) -> bool {
        matches!(&self.item, Some(Item::Booking(booking)) if booking.status.as_str() == "cancelled")
    }

    /// The same words are waiting for somebody already.
    async fn has_asked(&self, tx: &mut Tx, words: &str) -> Result<bool, StoreError> {
        let Some(item) = &self.item else { return Ok(false) };
        let waiting = store::desk_item::waiting_about(tx, item.id()).await?;
        Ok(waiting.iter().any(|row| row.words.as_deref() == Some(words)))
    }

    async fn rate(
        &self,
        tx: &mut Tx,
        zones: &Zones,
        score: i64,
        comment: Option<&str>,
        now: Instant,
    ) -> Result<Option<Acted>, PlanError> {
        let (Some(question), Some(scale)) = (&self.question, self.scale()) else {
            return Ok(None);
        };
        if !self.takes_rating(now) || !scale.range().contains(&score) {
            return Ok(None);
        }
        let before = store::rating::of_message(tx, &self.message.id).await?;
        let counting = before.iter().rev().find(|rating| rating.counts);
        if counting.is_some_and(|rating| rating.score == score && rating.comment.as_deref() == comment) {
            return Ok(Some(Acted::Already));
        }
        let rating = NewRating {
            question,
            score,
            raw: None,
            comment,
            complains: false,
            channel: self.link.channel,
            source: CaseSource::Link,
        };
        follow_up::rated(tx, zones, &rating, now).await?;
        Ok(Some(Acted::Done))
    }
}
