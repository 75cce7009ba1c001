//! Messages as a person or a program reads them: one line each, with the words the customer gets.

use serde::Serialize;

use super::answer::in_its_own_words;
use super::dispatch::Dispatcher;
use super::plan::{Desk, PlanError};
use crate::domain::consent::{Verdict, verdict};
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::message::{Channel, Purpose, Reason, State};
use crate::domain::replan::Hold;
use crate::domain::segments;
use crate::outbound::recipient::recipient;
use crate::outbound::text_shelf::ShelfError;
use crate::outbound::ways::{Offered, can_reply};
use crate::store::report::{Filter, Line};
use crate::store::{self, StoreError, Tx};
use crate::texts::{Subject, Texts};

/// How many messages are read at a time.
const PAGE: i64 = 500;

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedItem {
    pub kind: String,
    pub external_id: String,
    pub revision: i64,
}

/// One message of `plan --json` and `rehearse --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub message_id: String,
    pub business: String,
    pub item: ListedItem,
    pub rule: String,
    /// For pages that call the message by name; not part of the printed form.
    #[serde(skip)]
    pub template: String,
    /// Our id of the customer.
    pub customer: String,
    pub customer_name: String,
    pub channel: Option<Channel>,
    pub to: Option<String>,
    /// UTC, RFC 3339.
    pub due_at: Instant,
    /// The same moment on the business's wall clock.
    pub due_local: String,
    pub zone: String,
    pub state: State,
    pub reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    pub text: Option<String>,
    pub segments: Option<i64>,
}

/// Why a list can't be made.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

impl From<StoreError> for ListError {
    fn from(error: StoreError) -> Self {
        Self::Plan(error.into())
    }
}

/// Hands every message of the filter to `each`, in the order they are due.
///
/// # Errors
/// When the database fails, or a zone or text can't be used.
pub async fn list(dispatcher: &Dispatcher, filter: &Filter, mut each: impl FnMut(Listed)) -> Result<(), ListError> {
    let mut tx = dispatcher.store.read().await?;
    let texts = dispatcher.texts.texts(&mut tx).await?;
    let mut desk: Option<Desk> = None;
    let mut after = None;
    loop {
        let page = store::report::page(&mut tx, filter, after.take(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.due_at, last.id.clone()));
        for line in page {
            let known = desk.take().filter(|desk| desk.business.id == line.business_id);
            let current = match known {
                Some(desk) => desk,
                None => Desk::load(&mut tx, &dispatcher.zones, &line.business_id).await?,
            };
            each(listed(&mut tx, dispatcher, &texts, &current, line).await?);
            desk = Some(current);
        }
    }
}

/// One message with its words.
///
/// # Errors
/// When the database fails.
pub async fn listed(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    texts: &Texts,
    desk: &Desk,
    line: Line,
) -> Result<Listed, StoreError> {
    let missing = |what: &str| StoreError::Inconsistent(format!("message {} has no {what}", line.id));
    let item = store::item::find(tx, line.item_kind, &line.item_id)
        .await?
        .ok_or_else(|| missing("item"))?;
    let customer = store::customer::find(tx, &line.customer_id)
        .await?
        .ok_or_else(|| missing("customer"))?;
    let words = words(tx, dispatcher, texts, desk, &line, &item, &customer).await?;
    let zone = &desk.calendar.zone;
    Ok(Listed {
        item: ListedItem {
            kind: line.item_kind.to_string(),
            external_id: item.external_id().to_owned(),
            revision: line.item_revision,
        },
        business: line.business_id,
        rule: line.rule_id,
        template: line.template,
        customer: line.customer_id,
        customer_name: customer.name,
        channel: line.channel,
        to: words.to,
        due_at: line.due_at,
        due_local: zone.local(line.due_at).format("%Y-%m-%dT%H:%M:%S").to_string(),
        zone: desk.business.zone.clone(),
        state: line.state,
        reason: line.reason,
        hold: line.hold,
        text: words.text,
        segments: words.segments,
        message_id: line.id,
    })
}

struct Words {
    to: Option<String>,
    text: Option<String>,
    segments: Option<i64>,
}

/// What was sent, or what would be sent at the moment the message is due.
async fn words(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    texts: &Texts,
    desk: &Desk,
    line: &Line,
    item: &Item,
    customer: &Customer,
) -> Result<Words, StoreError> {
    let sent = store::attempt::of_message(tx, &line.id).await?.pop();
    if let Some(attempt) = sent.filter(|_| !matches!(line.state, State::Planned | State::Held)) {
        return Ok(Words {
            to: Some(attempt.address),
            text: attempt.text,
            segments: Some(attempt.segments),
        });
    }
    let Some(channel) = line.channel else {
        return Ok(Words {
            to: None,
            text: None,
            segments: None,
        });
    };
    let consent = store::ledger::of_customer(tx, customer).await?;
    let sender = dispatcher.sender(channel, &desk.business);
    let offered = Offered::new(
        &dispatcher.settings,
        &line.template,
        channel,
        can_reply(channel, &sender),
    );
    let subject = Subject {
        business: &desk.business,
        customer,
        item,
        asks: line.asks,
        told_before: line.told_before.as_deref(),
        may_offer: verdict(&consent, channel, Purpose::Marketing, false) == Verdict::Allowed,
        today: desk.calendar.zone.date(line.due_at),
        zone: &desk.calendar.zone,
        ways: offered.ways(),
    };
    let to = recipient(&line.template, &desk.business, customer)
        .address(channel)
        .map(str::to_owned);
    let written = in_its_own_words(item).map_or_else(|| texts.write(&line.template, channel, &subject), Ok);
    match written {
        Ok(rendered) => {
            let count = segments::count(&rendered.text).segments;
            let segments = if channel == Channel::Sms {
                i64::try_from(count).unwrap_or(i64::MAX)
            } else {
                0
            };
            Ok(Words {
                to,
                text: Some(rendered.text),
                segments: Some(segments),
            })
        }
        Err(error) => {
            tracing::error!(message = %line.id, %error, "the text can't be made");
            Ok(Words {
                to,
                text: None,
                segments: None,
            })
        }
    }
}
