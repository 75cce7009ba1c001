//! What a customer tells somebody at the desk about messages: lines of the ledger with how it was said, and the number
//! that is right after all.

use super::act;
use super::consent::{Wish, opt_in, opt_out};
use super::scene::replan_everybody_at;
use crate::carrier::keywords::{Keyword, acted_on};
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskKind;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, PlanError};
use crate::store::inbound::Inbound;
use crate::store::ledger::LedgerLine;
use crate::store::{self, StoreError, Tx};

/// How many texts of a number are looked through for the word that ended them.
const LOOKED_THROUGH: i64 = 200;

/// A number of ours, for `acted_on`: whichever it was, the word was meant.
const SOME_NUMBER: &str = "+";

/// What was told, about each of these purposes on each of these channels.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub given: bool,
    pub channels: &'a [Channel],
    pub purposes: &'a [Purpose],
    /// How it was said, as the user puts it.
    pub wording: Option<&'a str>,
    /// Who heard it.
    pub by: &'a str,
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The customer has no address on that channel.
    NoAddress(Channel),
    /// The provider lets nothing through until the customer texts START.
    AtProvider,
}

/// Writes it into the ledger, for the addresses that the customer has, and plans again. Whoever commits this tells the
/// senders.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn tell(
    tx: &mut Tx,
    zones: &Zones,
    customer: &Customer,
    told: &Told<'_>,
    now: Instant,
) -> Result<Result<(), Refused>, PlanError> {
    for channel in told.channels {
        if address(customer, *channel).is_none() {
            return Ok(Err(Refused::NoAddress(*channel)));
        }
    }
    if told.given && told.channels.contains(&Channel::Sms) && ended_at_provider(tx, customer).await? {
        return Ok(Err(Refused::AtProvider));
    }
    let business_ids = [customer.business_id.clone()];
    let source = format!("desk ({})", told.by);
    for channel in told.channels {
        let Some(address) = address(customer, *channel) else {
            continue;
        };
        for purpose in told.purposes {
            let wish = Wish {
                business_ids: &business_ids,
                address,
                channel: Some(*channel),
                purpose: Some(*purpose),
                source: &source,
                wording: told.wording,
            };
            if told.given {
                opt_in(tx, zones, &wish, now).await?;
            } else {
                opt_out(tx, zones, &wish, now).await?;
            }
        }
    }
    Ok(Ok(()))
}

/// The address that consent on a channel belongs to. A landline has one too: no text goes there, and a no counts.
#[must_use]
pub fn address(customer: &Customer, channel: Channel) -> Option<&str> {
    match channel {
        Channel::Sms | Channel::Call => customer.phone.as_deref(),
        Channel::Email => customer.email.as_deref(),
    }
}

/// Whether the provider lets no texts through to the customer's number, as far as we know: somebody there has sent STOP,
/// or the carrier has refused a text for that reason, and no START came since.
///
/// # Errors
/// When the database fails.
pub async fn ended_at_provider(tx: &mut Tx, customer: &Customer) -> Result<bool, StoreError> {
    let Some(phone) = &customer.phone else {
        return Ok(false);
    };
    let mut lines = store::ledger::lines_at(tx, phone).await?;
    lines.retain(|line| line.business_id == customer.business_id);
    if lines.is_empty() {
        return Ok(false);
    }
    let texts = store::inbound::of_sender(tx, phone, LOOKED_THROUGH).await?;
    Ok(is_ended(&lines, &texts))
}

/// The last line that is the provider's doing decides; the lines are in their order.
fn is_ended(lines: &[LedgerLine], texts: &[Inbound]) -> bool {
    let doing = lines.iter().rev().find_map(|line| provider_did(line, texts));
    doing == Some(Keyword::Stop)
}

/// What the provider has done by itself where the ledger has this line.
fn provider_did(line: &LedgerLine, texts: &[Inbound]) -> Option<Keyword> {
    if line.channel.is_some_and(|channel| channel != Channel::Sms) {
        return None;
    }
    if line.source.starts_with("carrier") {
        return (!line.given).then_some(Keyword::Stop);
    }
    if line.source != "reply" {
        return None;
    }
    // A word of the provider's own may mean it too: then the text itself says so.
    let same = texts.iter().filter(|text| text.body == line.wording);
    let types = same.map(|text| text.opt_out_type.as_str()).chain([""]);
    let mut words = types.filter_map(|kind| acted_on(line.wording.as_deref().unwrap_or_default(), kind, SOME_NUMBER));
    words.find(|word| *word != Keyword::Help)
}

/// The customer's number is the right one after all: what waited for that goes on. False: nothing waited.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn number_is_right(
    tx: &mut Tx,
    zones: &Zones,
    customer: &Customer,
    by: &str,
    now: Instant,
) -> Result<bool, PlanError> {
    let Some(phone) = &customer.phone else {
        return Ok(false);
    };
    if !store::held_number::release(tx, &customer.business_id, phone).await? {
        return Ok(false);
    }
    for row in store::desk_item::waiting_for(tx, &customer.id).await? {
        if row.kind == DeskKind::WrongPerson {
            act::settle(tx, zones, &row.id, by, Some("the number is right"), now).await?;
        }
    }
    let desk = Desk::load(tx, zones, &customer.business_id).await?;
    replan_everybody_at(tx, &desk, phone, now).await?;
    let about = ("customer", customer.id.as_str());
    let detail = format!("by {by}");
    store::history::add(tx, Some(&customer.business_id), about, "number is right", &detail, now).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(source: &str, given: bool, wording: &str, at: i64) -> LedgerLine {
        LedgerLine {
            id: at.to_string(),
            business_id: "b-1".to_owned(),
            address: Some("+1".to_owned()),
            channel: Some(Channel::Sms),
            purpose: None,
            given,
            source: source.to_owned(),
            wording: Some(wording.to_owned()),
            at: Instant::from_millis(at),
        }
    }

    fn text(body: &str, opt_out_type: &str) -> Inbound {
        Inbound {
            id: "n-1".to_owned(),
            carrier: "twilio".to_owned(),
            provider_id: "SM1".to_owned(),
            channel: Channel::Sms,
            sender: "+1".to_owned(),
            recipient: "+2".to_owned(),
            body: Some(body.to_owned()),
            media: 0,
            opt_out_type: opt_out_type.to_owned(),
            pairs: "[]".to_owned(),
            received_at: Instant::from_millis(1),
        }
    }

    #[test]
    fn only_the_provider_can_undo_what_the_provider_has_ended() {
        let stop = || line("reply", false, "Stop", 1);
        let desk = || line("desk (Eva)", true, "on the phone", 9);
        for (lines, ended) in [
            (vec![stop()], true),
            (vec![stop(), desk()], true),
            (vec![stop(), line("reply", true, "START", 5), desk()], false),
            (vec![line("carrier 21610", false, "blocked", 1)], true),
            (vec![line("reply", false, "please leave me alone", 1)], false),
            (vec![line("desk (Eva)", false, "STOP, she said", 1)], false),
            (vec![line("link", false, "STOP", 1)], false),
        ] {
            assert_eq!(is_ended(&lines, &[]), ended, "{lines:?}");
        }
        let own_word = line("reply", false, "ARRET", 1);
        assert!(is_ended(std::slice::from_ref(&own_word), &[text("ARRET", "STOP")]));
        assert!(!is_ended(&[own_word], &[text("ARRET", "")]));
    }
}
