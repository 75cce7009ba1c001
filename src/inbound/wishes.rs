//! What the holder of a link wants to get, and what no more: lines of the ledger, and the plans that follow from them.

use super::page::Page;
use super::scene::replan_everybody_at;
use crate::domain::consent::{Verdict, verdict};
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::outbound::plan::{PlanError, replan_customer};
use crate::store::ledger::NewConsent;
use crate::store::{self, StoreError, Tx};

/// One purpose on one channel, and whether the customer wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    pub channel: Channel,
    pub purpose: Purpose,
    pub wanted: bool,
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

/// Writes what differs from the ledger into it, each with the words that stood beside it, and plans again. Whoever
/// commits tells `Dispatcher::withdrawn`.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn prefer(
    tx: &mut Tx,
    page: &Page,
    wanted: &[Wish],
    wording: impl Fn(Wish) -> String,
    now: Instant,
) -> Result<(), PlanError> {
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
            wording: Some(&wording(*wish)),
            ..everything(page)
        };
        store::ledger::add(tx, &line, now).await?;
        changed = true;
    }
    if changed {
        replan(tx, page, now).await?;
    }
    Ok(())
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

/// Ends mails of the message's purpose, or all mails, to the customer and to the address that the mail went to. Whoever
/// commits tells `Dispatcher::withdrawn`.
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
        ..everything(page)
    };
    store::ledger::add(tx, &line, now).await?;
    Ok(replan(tx, page, now).await?)
}

/// Everything is ended on the link's channel, for the customer and at the link's address.
fn everything(page: &Page) -> NewConsent<'_> {
    NewConsent {
        business_id: &page.link.business_id,
        customer_id: Some(&page.link.customer_id),
        address: Some(&page.link.address),
        channel: Some(page.link.channel),
        purpose: None,
        given: false,
        source: "link",
        wording: None,
    }
}

async fn replan(tx: &mut Tx, page: &Page, now: Instant) -> Result<(), StoreError> {
    replan_customer(tx, &page.desk, &page.customer, now).await?;
    replan_everybody_at(tx, &page.desk, &page.link.address, now).await
}
