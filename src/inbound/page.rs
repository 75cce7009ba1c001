//! What the holder of a link sees, and what the buttons of the page do. Reading changes nothing, whoever reads.

use super::act::{self, Acted, Said, Way};
use super::follow_up::{self, NewRating};
use super::scene::replan_everybody_at;
use crate::domain::consent::{Verdict, verdict};
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::link::{self, LinkPurpose};
use crate::domain::locale::Locale;
use crate::domain::message::{Asks, Channel, Purpose};
use crate::domain::question::{Question, QuestionState};
use crate::domain::rating::Scale;
use crate::domain::respond::{Choices, choices};
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, PlanError, replan_customer};
use crate::store::ledger::NewConsent;
use crate::store::link::Link;
use crate::store::report::Line;
use crate::store::{self, StoreError, Tx};

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

/// One purpose on one channel, and whether the customer wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    pub channel: Channel,
    pub purpose: Purpose,
    pub wanted: bool,
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
    let item = item.filter(|item| item.customer_id() == customer.id);
    let score = store::rating::of_message(tx, &message.id).await?;
    let score = score.into_iter().rev().find(|rating| rating.counts);
    Ok(Some(Page {
        desk: Desk::load(tx, zones, &link.business_id).await?,
        question: store::question::of_message(tx, &message.id).await?,
        names_things: names_things(tx, &message.id, item.as_ref()).await?,
        score: score.map(|rating| rating.score),
        item,
        customer,
        message,
        link,
    }))
}

/// Whether what was sent named the vehicle, or what a renewal is about.
async fn names_things(tx: &mut Tx, message_id: &str, item: Option<&Item>) -> Result<bool, StoreError> {
    let thing = match item {
        Some(Item::Booking(booking)) => booking.vehicle.as_deref(),
        Some(Item::Renewal(renewal)) => renewal.subject.as_deref(),
        None => None,
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
        Some(choices(
            item,
            self.message.asks,
            &self.message.told,
            answered,
            zone,
            now,
        ))
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
    let said = Said {
        business_id: &page.link.business_id,
        customer_id: &page.link.customer_id,
        item: Some((page.message.item_kind, &page.message.item_id)),
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
        Answer::Rate { score, comment } => page.rate(tx, score, comment, now).await?,
        Answer::Accept | Answer::Ask(_) | Answer::Cancel => None,
    })
}

impl Page {
    /// The customer has said yes.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let answered = self.question.as_ref().map(|question| question.state) == Some(QuestionState::Answered);
        match &self.item {
            Some(item @ Item::Booking(_)) => item.is_confirmed(),
            Some(Item::Renewal(_)) => self.message.asks == Asks::Renewal && answered,
            None => false,
        }
    }

    fn is_cancelled(&self) -> bool {
        matches!(&self.item, Some(Item::Booking(booking)) if booking.status.as_str() == "cancelled")
    }

    /// The same words are waiting for somebody already.
    async fn has_asked(&self, tx: &mut Tx, words: &str) -> Result<bool, StoreError> {
        let waiting = store::desk_item::waiting_about(tx, &self.message.item_id).await?;
        Ok(waiting.iter().any(|row| row.words.as_deref() == Some(words)))
    }

    /// Everything is ended on the link's channel, for the customer and at the link's address.
    fn withdrawal(&self) -> NewConsent<'_> {
        NewConsent {
            business_id: &self.link.business_id,
            customer_id: Some(&self.link.customer_id),
            address: Some(&self.link.address),
            channel: Some(self.link.channel),
            purpose: None,
            given: false,
            source: "link",
            wording: None,
        }
    }

    async fn rate(
        &self,
        tx: &mut Tx,
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
            channel: self.link.channel,
        };
        follow_up::rated(tx, &rating, now).await?;
        Ok(Some(Acted::Done))
    }
}

/// How each purpose stands on each channel that the customer has an address for.
///
/// # Errors
/// When the database fails.
pub async fn wishes(tx: &mut Tx, page: &Page) -> Result<Vec<Wish>, StoreError> {
    let lines = store::ledger::of_customer(tx, &page.customer).await?;
    let asks_first = page.desk.business.surveys_need_consent;
    let channels = [Channel::Sms, Channel::Email].into_iter();
    let reachable = channels.filter(|channel| page.customer.address(*channel).is_some());
    let wishes = reachable.flat_map(|channel| {
        let lines = &lines;
        Purpose::ALL.iter().map(move |purpose| Wish {
            channel,
            purpose: *purpose,
            wanted: verdict(lines, channel, *purpose, asks_first) == Verdict::Allowed,
        })
    });
    Ok(wishes.collect())
}

/// Whether a wish can be given back on this page: a link proves who reads that one address. What was ended at another
/// can't be begun again from here.
#[must_use]
pub fn can_give(page: &Page, channel: Channel) -> bool {
    page.link.channel == channel && page.customer.address(channel) == Some(page.link.address.as_str())
}

/// Writes what differs from the ledger into it, each with the words that stood beside it, and plans again. True:
/// something did.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn prefer(
    tx: &mut Tx,
    page: &Page,
    wanted: &[Wish],
    wording: impl Fn(&Wish) -> String,
    now: Instant,
) -> Result<bool, PlanError> {
    let mut changed = false;
    for stands in wishes(tx, page).await? {
        let scope = |wish: &&Wish| wish.channel == stands.channel && wish.purpose == stands.purpose;
        let Some(wish) = wanted.iter().find(scope) else {
            continue;
        };
        if wish.wanted == stands.wanted || (wish.wanted && !can_give(page, wish.channel)) {
            continue;
        }
        // A yes is this customer's; a no holds for whoever else is reached at the address that it came from.
        let own = can_give(page, wish.channel) && !wish.wanted;
        let address = own.then_some(page.link.address.as_str());
        let line = NewConsent {
            address,
            channel: Some(wish.channel),
            purpose: Some(wish.purpose),
            given: wish.wanted,
            wording: Some(&wording(wish)),
            ..page.withdrawal()
        };
        store::ledger::add(tx, &line, now).await?;
        changed = true;
    }
    if changed {
        replan(tx, page, now).await?;
    }
    Ok(changed)
}

/// Which of its mails an unsubscribe link has ended: those of its message's purpose, and all.
///
/// # Errors
/// When the database fails.
pub async fn ended(tx: &mut Tx, page: &Page) -> Result<(bool, bool), StoreError> {
    let mut lines = store::ledger::of_address(tx, &page.link.business_id, &page.link.address).await?;
    lines.extend(store::ledger::of_customer(tx, &page.customer).await?);
    let over = |purpose: Purpose| verdict(&lines, page.link.channel, purpose, false) == Verdict::OptedOut;
    Ok((
        over(page.message.purpose),
        Purpose::ALL.iter().all(|purpose| over(*purpose)),
    ))
}

/// Ends mails of the message's purpose, or all mails, to the customer and to the address that the mail went to.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn unsubscribe(tx: &mut Tx, page: &Page, all: bool, now: Instant) -> Result<(), PlanError> {
    let (this_ended, all_ended) = ended(tx, page).await?;
    if all_ended || (this_ended && !all) {
        return Ok(());
    }
    let line = NewConsent {
        purpose: (!all).then_some(page.message.purpose),
        ..page.withdrawal()
    };
    store::ledger::add(tx, &line, now).await?;
    Ok(replan(tx, page, now).await?)
}

async fn replan(tx: &mut Tx, page: &Page, now: Instant) -> Result<(), StoreError> {
    replan_customer(tx, &page.desk, &page.customer, now).await?;
    replan_everybody_at(tx, &page.desk, &page.link.address, now).await
}
