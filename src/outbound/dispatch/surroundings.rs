//! Everything a claim is about, loaded in a handful of statements whatever its size.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;

use super::{DispatchError, Dispatcher};
use crate::domain::business::Business;
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, Item, ItemKind, Renewal};
use crate::domain::message::{Channel, Purpose};
use crate::domain::quiet_hours::Calendar;
use crate::domain::rule::OnlyIf;
use crate::outbound::distinct::distinct;
use crate::outbound::text_shelf::ShelfError;
use crate::store::claim::{Claimed, Named, PackedAbout, PackedStanding, RecentText, Rival, ScopedConsent};
use crate::store::holds::Obstacles;
use crate::store::{self, Listed, StoreError, Tx};
use crate::texts::Texts;

/// Nobody is asked twice within this time how it went.
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

/// The same, as the database has handed it over.
pub(super) struct PackedSurroundings {
    about: PackedAbout,
    standing: PackedStanding,
    businesses: HashMap<String, (Arc<Business>, Calendar)>,
    other_items: Vec<Item>,
    surveyed: HashSet<String>,
    answered: HashSet<String>,
    texts: Texts,
    /// Where the customers can be reached.
    pub addresses: Listed,
}

impl PackedSurroundings {
    /// Fetches them before the claim is leased: what it is to send has not been sent yet.
    pub(super) async fn fetch(
        tx: &mut Tx,
        dispatcher: &Dispatcher,
        claimed: &[Claimed],
        now: Instant,
    ) -> Result<Self, DispatchError> {
        let of = |kind| {
            let about = claimed.iter().filter(move |message| message.item_kind == kind);
            distinct(about.map(|message| message.item_id.as_str()))
        };
        let named = Named {
            bookings: of(ItemKind::Booking),
            renewals: of(ItemKind::Renewal),
        };
        let customers = Listed::of(&distinct(claimed.iter().map(|message| message.customer_id.as_str())))?;
        let items = Listed::of(&distinct(claimed.iter().map(|message| message.item_id.as_str())))?;
        let (about, addresses) = store::claim::about(tx, &named, &customers, now - DUPLICATE_WINDOW, now).await?;
        Ok(Self {
            standing: store::claim::standing(tx, &customers, &items, &addresses).await?,
            about,
            addresses,
            businesses: businesses(tx, dispatcher, claimed).await?,
            surveyed: surveyed(tx, claimed, now).await?,
            answered: answered(tx, claimed).await?,
            other_items: other_items(tx, claimed).await?,
            texts: dispatcher.texts.texts(tx).await.map_err(|error| match error {
                ShelfError::Store(error) => error.into(),
                ShelfError::Text(error) => DispatchError::Text(error),
            })?,
        })
    }

    /// Reads them.
    pub(super) fn read(self, claimed: &[Claimed]) -> Result<Surroundings, StoreError> {
        let about = self.about.read()?;
        let (lines, obstacles) = self.standing.read()?;
        Ok(Surroundings {
            businesses: self.businesses,
            consents: consents(&about.customers, &lines),
            obstacles,
            overtaken: overtaken(claimed, about.rivals),
            surveyed: self.surveyed,
            answered: self.answered,
            recent_texts: by_customer(about.recent_texts),
            texts: self.texts,
            items: by_id(about.bookings, about.renewals, self.other_items),
            customers: about
                .customers
                .into_iter()
                .map(|customer| (customer.id.clone(), Arc::new(customer)))
                .collect(),
        })
    }
}

impl Surroundings {
    /// Fetches and reads them.
    pub(super) async fn load(
        tx: &mut Tx,
        dispatcher: &Dispatcher,
        claimed: &[Claimed],
        now: Instant,
    ) -> Result<Self, DispatchError> {
        let packed = PackedSurroundings::fetch(tx, dispatcher, claimed, now).await?;
        Ok(packed.read(claimed)?)
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

/// What a claim is about, where that is neither a booking nor a renewal: mostly nothing is.
async fn other_items(tx: &mut Tx, claimed: &[Claimed]) -> Result<Vec<Item>, StoreError> {
    let of = |kind| {
        let about = claimed.iter().filter(move |message| message.item_kind == kind);
        distinct(about.map(|message| message.item_id.as_str()))
    };
    let (cases, replies) = (of(ItemKind::Case), of(ItemKind::Reply));
    let mut items = Vec::new();
    if !cases.is_empty() {
        let found = store::customer_case::of_ids(tx, &cases).await?;
        items.extend(found.into_iter().map(Item::Case));
    }
    for id in replies {
        items.extend(store::item::find(tx, ItemKind::Reply, id).await?);
    }
    Ok(items)
}

fn by_id(bookings: Vec<Booking>, renewals: Vec<Renewal>, others: Vec<Item>) -> HashMap<String, Item> {
    let bookings = bookings.into_iter().map(Item::Booking);
    let items = bookings.chain(renewals.into_iter().map(Item::Renewal)).chain(others);
    items.map(|item| (item.id().to_owned(), item)).collect()
}

fn by_customer(recent: Vec<RecentText>) -> HashMap<String, Vec<RecentText>> {
    let mut texts: HashMap<String, Vec<RecentText>> = HashMap::new();
    for text in recent {
        texts.entry(text.customer_id.clone()).or_default().push(text);
    }
    texts
}

fn consents(customers: &[Customer], lines: &[ScopedConsent]) -> HashMap<String, Vec<ConsentLine>> {
    let mut at_address: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    for customer in customers {
        for address in [&customer.phone, &customer.email].into_iter().flatten() {
            let whose = at_address.entry((&customer.business_id, address)).or_default();
            whose.push(&customer.id);
        }
    }
    let mut consents: HashMap<String, Vec<ConsentLine>> = HashMap::new();
    for scoped in lines {
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
    consents
}

/// Of the messages of a claim, those whose item has a later one that is due as well and still useful (an outage left
/// several): the later one speaks for all. Calls do not speak for texts, nor texts for calls.
fn overtaken(claimed: &[Claimed], due: Vec<Rival>) -> HashSet<String> {
    let mut rivals: HashMap<String, Vec<Rival>> = HashMap::new();
    for rival in due {
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
    let overtaken = claimed.iter().filter(is_overtaken);
    overtaken.map(|message| message.id.clone()).collect()
}

/// Of the surveys of a claim, those whose customer was asked not long ago, or is asked by an earlier one of this claim.
async fn surveyed(tx: &mut Tx, claimed: &[Claimed], now: Instant) -> Result<HashSet<String>, StoreError> {
    let surveys = || claimed.iter().filter(|message| message.purpose == Purpose::Survey);
    let customers = distinct(surveys().map(|message| message.customer_id.as_str()));
    if customers.is_empty() {
        return Ok(HashSet::new());
    }
    let since = now - SURVEY_PAUSE;
    let these: Vec<_> = surveys().map(|message| message.id.as_str()).collect();
    let mut asked: HashSet<String> = store::claim::surveyed(tx, &customers, since, &these)
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
