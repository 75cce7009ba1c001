//! A customer's phone and mailbox in the sandbox: what has arrived there, what it asks, and the links in it.

use super::dispatch::links::happens_at;
use super::plan::Desk;
use super::recipient::is_alert;
use crate::carrier::sandbox::NAME;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::invitation::Method;
use crate::domain::item::ItemKind;
use crate::domain::link::{LinkPurpose, Token};
use crate::domain::message::{Asks, Channel};
use crate::domain::question::Question;
use crate::domain::rating::Scale;
use crate::store::link::Link;
use crate::store::sandbox_phone::{Arrived, Written};
use crate::store::{self, Listed, StoreError, Tx};
use crate::texts::catalogue;

/// The word that ends all texts, in every language and by every provider.
const STOP: &str = "STOP";

/// Something on the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Arrived(Arrived),
    Written(Written),
}

impl Entry {
    /// Where it stands in time.
    #[must_use]
    pub fn place(&self) -> (Instant, &str) {
        match self {
            Self::Arrived(arrived) => (arrived.at, &arrived.id),
            Self::Written(written) => (written.at, &written.id),
        }
    }
}

/// The customers of a business at whom something has arrived, the last of it each, the latest first; and where the next page
/// begins.
///
/// # Errors
/// When the database fails.
pub async fn latest(
    tx: &mut Tx,
    business_id: &str,
    before: Option<&str>,
    limit: usize,
) -> Result<(Vec<Arrived>, Option<String>), StoreError> {
    store::sandbox_phone::latest(tx, business_id, NAME, &alerts(), before, limit).await
}

/// What speaks to the business itself, about a customer.
fn alerts() -> Vec<&'static str> {
    let names = catalogue::TEMPLATES.iter().map(|template| template.name);
    names.filter(|name| is_alert(name)).collect()
}

/// What is on a customer's phone and in the mailbox, the latest first, from before `before` on. One phone may be several
/// customers': what each of them got is on it.
///
/// # Errors
/// When the database fails.
pub async fn thread(
    tx: &mut Tx,
    customer: &Customer,
    before: Option<(Instant, &str)>,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let before = before.unwrap_or((Instant::FAR, ""));
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut owners = vec![customer.id.clone()];
    if let Some(phone) = &customer.phone {
        let others = store::customer::with_phone(tx, phone).await?;
        let ours = others
            .into_iter()
            .filter(|other| other.business_id == customer.business_id);
        owners.extend(ours.map(|other| other.id));
    }
    let ids: Vec<&str> = owners.iter().map(String::as_str).collect();
    let mut arrived = store::sandbox_phone::arrived_at(tx, &ids, NAME, before, most).await?;
    // A mail to somebody else at the same phone is in their own mailbox; an alert is in the business's.
    arrived.retain(|arrived| {
        !is_alert(&arrived.template) && (arrived.customer_id == customer.id || arrived.channel == Channel::Sms)
    });
    let mut entries: Vec<Entry> = arrived.into_iter().map(Entry::Arrived).collect();
    if let Some(phone) = &customer.phone {
        let own = written_there(&customer.business_id);
        let written = store::sandbox_phone::written_by(tx, phone, &customer.business_id, &own, before, most).await?;
        entries.extend(written.into_iter().map(Entry::Written));
    }
    entries.sort_by(|one, other| other.place().cmp(&one.place()));
    entries.truncate(limit);
    Ok(entries)
}

/// Begins the provider's id of whatever is written on the phones of a business's customers.
#[must_use]
pub fn written_there(business_id: &str) -> String {
    format!("phone:{business_id}:")
}

/// What these numbers are asked by a business and can still answer.
///
/// # Errors
/// When the database fails.
pub async fn asked(
    tx: &mut Tx,
    business_id: &str,
    numbers: &[&str],
    now: Instant,
) -> Result<Vec<Question>, StoreError> {
    let mut open = store::question::open_at(tx, &Listed::of(numbers)?).await?;
    open.retain(|question| question.business_id == business_id && question.is_open(now));
    Ok(open)
}

/// The shortest answers to what is asked, each with what it means; always the word that ends all texts.
#[must_use]
pub fn short_answers(asks: Asks, scale: Option<Scale>) -> Vec<(String, &'static str)> {
    let mut answers: Vec<(String, &'static str)> = match asks {
        Asks::Confirm | Asks::Renewal | Asks::Solved => vec![("C".to_owned(), "yes"), ("R".to_owned(), "call_me")],
        Asks::Rating => {
            let range = scale.unwrap_or(Scale::Csat).range();
            range.map(|score| (score.to_string(), "score")).collect()
        }
        Asks::Nothing => Vec::new(),
    };
    answers.push((STOP.to_owned(), "stop"));
    answers
}

/// What the calendar part of a mail does, where it has one.
#[must_use]
pub fn calendar_part(arrived: &Arrived) -> Option<Method> {
    let with_part = arrived.channel == Channel::Email && arrived.item_kind == ItemKind::Booking;
    with_part.then(|| Method::of(arrived.anchor)).flatten()
}

/// Makes a new link to the page of a message that has arrived: the one in it is known to its receiver alone.
///
/// # Errors
/// When the database fails.
pub async fn link(
    tx: &mut Tx,
    desk: &Desk,
    arrived: &Arrived,
    purpose: LinkPurpose,
    now: Instant,
) -> Result<Token, StoreError> {
    let item = store::item::find(tx, arrived.item_kind, &arrived.item_id).await?;
    let token = Token::new(rand::random());
    let link = Link {
        token_hash: token.hash(),
        purpose,
        business_id: desk.business.id.clone(),
        customer_id: arrived.customer_id.clone(),
        message_id: arrived.message_id.clone(),
        channel: arrived.channel,
        address: arrived.address.clone(),
        created_at: now,
        expires_at: purpose.expires_at(now, item.as_ref().map(happens_at)),
    };
    store::link::insert_all(tx, &[link]).await?;
    Ok(token)
}
