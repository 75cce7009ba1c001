//! Opting out and in: lines of the ledger, and the plans that follow from them, in one transaction.

use super::scene::replan_everybody_at;
use crate::domain::consent::{ConsentLine, Verdict, verdict};
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, PlanError};
use crate::store::ledger::NewConsent;
use crate::store::{self, StoreError, Tx};

/// What somebody wants no more, or wants again.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The businesses that it is said to: all that send from the number it was sent to.
    pub business_ids: &'a [String],
    /// A phone in E.164 or a mail address.
    pub address: &'a str,
    /// None: every channel.
    pub channel: Option<Channel>,
    /// None: every purpose.
    pub purpose: Option<Purpose>,
    /// Where it comes from: `reply`, `link`, `desk`, `import`, `carrier 21610`.
    pub source: &'a str,
    /// As it was said.
    pub wording: Option<&'a str>,
}

/// Writes a withdrawal for an address and takes what is planned off the list. True: it was not withdrawn before, in
/// at least one of the businesses.
///
/// Whoever commits this tells `Dispatcher::withdrawn`, so that what is claimed already is not sent either.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn opt_out(tx: &mut Tx, zones: &Zones, wish: &Wish<'_>, now: Instant) -> Result<bool, PlanError> {
    let mut is_news = false;
    for business_id in wish.business_ids {
        let lines = store::ledger::of_address(tx, business_id, wish.address).await?;
        is_news |= !is_withdrawn(&lines, wish);
        add(tx, wish, business_id, wish.purpose, false, now).await?;
        let desk = Desk::load(tx, zones, business_id).await?;
        replan_everybody_at(tx, &desk, wish.address, now).await?;
    }
    Ok(is_news)
}

/// Undoes a withdrawal. It gives back what stood before, and no more: whoever never agreed to marketing has not done so
/// by wanting reminders again. A wish that names its purpose gives that one.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn opt_in(tx: &mut Tx, zones: &Zones, wish: &Wish<'_>, now: Instant) -> Result<(), PlanError> {
    for business_id in wish.business_ids {
        let desk = Desk::load(tx, zones, business_id).await?;
        let lines = store::ledger::of_address(tx, business_id, wish.address).await?;
        let channel = wish.channel.unwrap_or(Channel::Sms);
        for purpose in Purpose::ALL.iter().copied() {
            let given = match wish.purpose {
                Some(wanted) => wanted == purpose,
                None => purpose == Purpose::Service || stood_before(&lines, channel, purpose, &desk),
            };
            if given {
                add(tx, wish, business_id, Some(purpose), true, now).await?;
            }
        }
        replan_everybody_at(tx, &desk, wish.address, now).await?;
    }
    Ok(())
}

/// Whether a purpose was allowed but for withdrawals of everything.
fn stood_before(lines: &[ConsentLine], channel: Channel, purpose: Purpose, desk: &Desk) -> bool {
    let before: Vec<_> = lines
        .iter()
        .filter(|line| line.given || line.purpose.is_some())
        .cloned()
        .collect();
    verdict(&before, channel, purpose, desk.business.surveys_need_consent) == Verdict::Allowed
}

/// Whether everything that the wish covers is withdrawn already.
fn is_withdrawn(lines: &[ConsentLine], wish: &Wish<'_>) -> bool {
    let channels: Vec<_> = Channel::ALL
        .iter()
        .filter(|channel| wish.channel.is_none_or(|wanted| wanted == **channel))
        .collect();
    let mut purposes = Purpose::ALL
        .iter()
        .filter(|purpose| wish.purpose.is_none_or(|wanted| wanted == **purpose));
    purposes.all(|purpose| {
        channels
            .iter()
            .all(|channel| verdict(lines, **channel, *purpose, false) == Verdict::OptedOut)
    })
}

async fn add(
    tx: &mut Tx,
    wish: &Wish<'_>,
    business_id: &str,
    purpose: Option<Purpose>,
    given: bool,
    now: Instant,
) -> Result<(), StoreError> {
    let line = NewConsent {
        business_id,
        customer_id: None,
        address: Some(wish.address),
        channel: wish.channel,
        purpose,
        given,
        source: wish.source,
        wording: wish.wording,
    };
    store::ledger::add(tx, &line, now).await
}
