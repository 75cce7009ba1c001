//! Everything a claim is about, loaded in a handful of statements whatever its size.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;

use super::{DispatchError, Dispatcher};
use crate::domain::business::Business;
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::domain::message::{Channel, Purpose};
use crate::domain::quiet_hours::Calendar;
use crate::domain::rule::OnlyIf;
use crate::outbound::text_shelf::ShelfError;
use crate::store::claim::{Claimed, RecentText, Rival};
use crate::store::holds::Obstacles;
use crate::store::{self, StoreError, Tx};
use crate::texts::Texts;

/// Nobody is asked twice within this time how it went (FACTS 5).
const SURVEY_PAUSE: TimeDelta = TimeDelta::days(60);

/// The same words about another item are not sent again within this time.
const DUPLICATE_WINDOW: TimeDelta = TimeDelta::hours(24);

/// What the last look and the texts of a claim need.
pub(super) struct Surroundings {
    pub businesses: HashMap<String, (Arc<Business>, Calendar)>,
    pub customers: HashMap<String, Arc<Customer>>,
    pub items: HashMap<String, Item>,
    consents: HashMap<String, Vec<ConsentLine>>,
    pub obstacles: Obstacles,
    /// Messages of the claim for which a later one speaks.
    pub overtaken: HashSet<String>,
    /// Surveys of the claim whose customer was asked not long ago.
    pub surveyed: HashSet<String>,
    /// Messages of the claim whose question has its answer already.
    pub answered: HashSet<String>,
    /// By customer.
    recent_texts: HashMap<String, Vec<RecentText>>,
    pub texts: Texts,
}

impl Surroundings {
    pub(super) async fn load(
        tx: &mut Tx,
        dispatcher: &Dispatcher,
        claimed: &[Claimed],
        owner: &str,
        now: Instant,
    ) -> Result<Self, DispatchError> {
        let ids = distinct(claimed.iter().map(|message| message.customer_id.as_str()));
        let customers: HashMap<_, _> = store::claim::customers(tx, &ids)
            .await?
            .into_iter()
            .map(|customer| (customer.id.clone(), Arc::new(customer)))
            .collect();
        let addresses = distinct(
            customers
                .values()
                .flat_map(|customer| [customer.phone.as_deref(), customer.email.as_deref()])
                .flatten(),
        );
        let about = distinct(claimed.iter().map(|message| message.item_id.as_str()));
        Ok(Self {
            businesses: businesses(tx, dispatcher, claimed).await?,
            items: items(tx, claimed).await?,
            consents: consents(tx, &customers, &ids, &addresses).await?,
            obstacles: store::holds::obstacles(tx, &ids, &about, &addresses).await?,
            overtaken: overtaken(tx, claimed, now).await?,
            surveyed: surveyed(tx, claimed, owner, now).await?,
            answered: answered(tx, claimed).await?,
            recent_texts: recent_texts(tx, &ids, now).await?,
            texts: dispatcher.texts.texts(tx).await.map_err(|error| match error {
                ShelfError::Store(error) => error.into(),
                ShelfError::Text(error) => DispatchError::Text(error),
            })?,
            customers,
        })
    }

    /// What the ledger says of a customer.
    pub(super) fn consent(&self, customer: &Customer) -> &[ConsentLine] {
        self.consents.get(&customer.id).map_or(&[], Vec::as_slice)
    }

    /// Whether the message's customer has lately been told the same about another item.
    pub(super) fn said_lately(&self, message: &Claimed, text: &str) -> bool {
        let lately = self.recent_texts.get(&message.customer_id);
        lately.into_iter().flatten().any(|recent| {
            recent.template == message.template && recent.item_id != message.item_id && recent.text == text
        })
    }
}

fn distinct<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

async fn businesses(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    claimed: &[Claimed],
) -> Result<HashMap<String, (Arc<Business>, Calendar)>, DispatchError> {
    let ids = distinct(claimed.iter().map(|message| message.business_id.as_str()));
    let mut businesses = HashMap::new();
    for business in store::business::of_ids(tx, &ids).await? {
        let calendar = business
            .calendar(&dispatcher.zones)
            .map_err(|error| DispatchError::Business {
                business: business.id.clone(),
                reason: error.to_string(),
            })?;
        businesses.insert(business.id.clone(), (Arc::new(business), calendar));
    }
    Ok(businesses)
}

async fn items(tx: &mut Tx, claimed: &[Claimed]) -> Result<HashMap<String, Item>, StoreError> {
    let of = |kind| {
        let about = claimed.iter().filter(move |message| message.item_kind == kind);
        distinct(about.map(|message| message.item_id.as_str()))
    };
    let (bookings, renewals, cases) = (of(ItemKind::Booking), of(ItemKind::Renewal), of(ItemKind::Case));
    let mut items = HashMap::new();
    if !bookings.is_empty() {
        let found = store::claim::bookings(tx, &bookings).await?;
        items.extend(
            found
                .into_iter()
                .map(|booking| (booking.id.clone(), Item::Booking(booking))),
        );
    }
    if !cases.is_empty() {
        let found = store::customer_case::of_ids(tx, &cases).await?;
        items.extend(found.into_iter().map(|case| (case.id.clone(), Item::Case(case))));
    }
    if !renewals.is_empty() {
        let found = store::claim::renewals(tx, &renewals).await?;
        items.extend(
            found
                .into_iter()
                .map(|renewal| (renewal.id.clone(), Item::Renewal(renewal))),
        );
    }
    for id in of(ItemKind::Reply) {
        let found = store::item::find(tx, ItemKind::Reply, id).await?;
        items.extend(found.map(|item| (id.to_owned(), item)));
    }
    Ok(items)
}

async fn consents(
    tx: &mut Tx,
    customers: &HashMap<String, Arc<Customer>>,
    ids: &[&str],
    addresses: &[&str],
) -> Result<HashMap<String, Vec<ConsentLine>>, StoreError> {
    let mut at_address: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    for customer in customers.values() {
        for address in [&customer.phone, &customer.email].into_iter().flatten() {
            let whose = at_address.entry((&customer.business_id, address)).or_default();
            whose.push(&customer.id);
        }
    }
    let mut consents: HashMap<String, Vec<ConsentLine>> = HashMap::new();
    for scoped in &store::claim::consents(tx, ids, addresses).await? {
        let address = scoped.address.as_deref().unwrap_or_default();
        let by_address = at_address.get(&(scoped.business_id.as_str(), address));
        let whom = by_address
            .into_iter()
            .flatten()
            .copied()
            .chain(scoped.customer_id.as_deref());
        for customer_id in whom {
            consents.entry(customer_id.to_owned()).or_default().push(scoped.line());
        }
    }
    Ok(consents)
}

/// Of the messages of a claim, those whose item has a later one that is due as well and still useful (an outage left
/// several): the later one speaks for all. Calls do not speak for texts, nor texts for calls.
async fn overtaken(tx: &mut Tx, claimed: &[Claimed], now: Instant) -> Result<HashSet<String>, StoreError> {
    let items = distinct(claimed.iter().map(|message| message.item_id.as_str()));
    let mut rivals: HashMap<String, Vec<Rival>> = HashMap::new();
    let useful = claimed.iter().filter(|message| message.useful_until >= now);
    let in_claim = useful.map(|message| Rival {
        item_id: message.item_id.clone(),
        customer_id: message.customer_id.clone(),
        item_revision: message.item_revision,
        wanted_at: message.wanted_at,
        channel: message.channel,
    });
    for rival in store::claim::rivals(tx, &items, now).await?.into_iter().chain(in_claim) {
        rivals.entry(rival.item_id.clone()).or_default().push(rival);
    }
    let is_overtaken = |message: &&Claimed| {
        rivals.get(&message.item_id).is_some_and(|rivals| {
            rivals.iter().any(|rival| {
                rival.customer_id == message.customer_id
                    && rival.item_revision >= message.item_revision
                    && rival.wanted_at > message.wanted_at
                    && (rival.channel == Some(Channel::Call)) == (message.channel == Some(Channel::Call))
            })
        })
    };
    Ok(claimed
        .iter()
        .filter(is_overtaken)
        .map(|message| message.id.clone())
        .collect())
}

/// Of the surveys of a claim, those whose customer was asked not long ago, or is asked by an earlier one of this claim.
async fn surveyed(tx: &mut Tx, claimed: &[Claimed], owner: &str, now: Instant) -> Result<HashSet<String>, StoreError> {
    let surveys = || claimed.iter().filter(|message| message.purpose == Purpose::Survey);
    let customers = distinct(surveys().map(|message| message.customer_id.as_str()));
    if customers.is_empty() {
        return Ok(HashSet::new());
    }
    let since = now - SURVEY_PAUSE;
    let mut asked: HashSet<String> = store::claim::surveyed(tx, &customers, owner, since)
        .await?
        .into_iter()
        .collect();
    let is_too_much = |message: &&Claimed| !asked.insert(message.customer_id.clone());
    Ok(surveys()
        .filter(is_too_much)
        .map(|message| message.id.clone())
        .collect())
}

/// Of the messages of a claim that are only of use while nobody has answered, those whose customer has.
async fn answered(tx: &mut Tx, claimed: &[Claimed]) -> Result<HashSet<String>, StoreError> {
    let listens = || claimed.iter().filter(|message| message.only_if == OnlyIf::Unanswered);
    let items = distinct(listens().map(|message| message.item_id.as_str()));
    if items.is_empty() {
        return Ok(HashSet::new());
    }
    let answered = store::question::answered_about(tx, &items).await?;
    let has_answer = |message: &&Claimed| {
        answered
            .iter()
            .any(|(item_id, revision)| *item_id == message.item_id && *revision == message.item_revision)
    };
    Ok(listens().filter(has_answer).map(|message| message.id.clone()).collect())
}

async fn recent_texts(
    tx: &mut Tx,
    customers: &[&str],
    now: Instant,
) -> Result<HashMap<String, Vec<RecentText>>, StoreError> {
    let mut texts: HashMap<String, Vec<RecentText>> = HashMap::new();
    for text in store::claim::recent_texts(tx, customers, now - DUPLICATE_WINDOW).await? {
        texts.entry(text.customer_id.clone()).or_default().push(text);
    }
    Ok(texts)
}
