//! What somebody said no to before, and an import must not undo.

use std::collections::BTreeMap;

use super::customer_match::IMPORT;
use super::known::Known;
use super::ledger::Line;
use crate::domain::customer::Customer;
use crate::domain::erasure::standing_withdrawals;
use crate::domain::instant::Instant;

/// An address that is new to the customer may have said no before: under the hash of somebody who was erased, or in the
/// ledger, where what an import has given since must not undo it. True: a line was added.
pub(super) fn heed(known: &mut Known, customer: &Customer, before: Option<&Customer>, now: Instant) -> bool {
    let mut added = false;
    let addresses = [
        (&customer.phone, before.map(|before| &before.phone)),
        (&customer.email, before.map(|before| &before.email)),
    ];
    for (address, known_before) in addresses {
        let Some(address) = address.as_ref().filter(|_| known_before != Some(address)) else {
            continue;
        };
        added |= restore(known, customer, address);
        if before.is_some() {
            added |= uphold(known, customer, address, now);
        }
    }
    added
}

/// Writes into the ledger again what a person had said no to at this address before they were erased, as of when they
/// said it: whatever they have said since counts more. True: there was something.
fn restore(known: &mut Known, customer: &Customer, address: &str) -> bool {
    let kept = known.withdrawals.get(address).cloned().unwrap_or_default();
    for withdrawal in &kept {
        // The customer's alone: whoever else has the address has not said it.
        let line = Line {
            channel: Some(withdrawal.channel),
            purpose: Some(withdrawal.purpose),
            given: false,
            source: "before the erasure".to_owned(),
            at: withdrawal.at,
        };
        known.hear(customer, line);
    }
    !kept.is_empty()
}

/// What was said no to at `address` counts for a customer who has only now got it, unless they have said yes themselves.
fn uphold(known: &mut Known, customer: &Customer, address: &str, now: Instant) -> bool {
    let mut added = false;
    for withdrawal in standing_withdrawals(&known.ledger.of_address(address)) {
        let lines = known.ledger.of_customer(customer);
        let last = lines.iter().rev().find(|line| {
            line.channel.is_none_or(|channel| channel == withdrawal.channel) && line.is_about(withdrawal.purpose)
        });
        if last.is_some_and(|line| line.given && line.source == IMPORT) {
            let line = Line {
                channel: Some(withdrawal.channel),
                purpose: Some(withdrawal.purpose),
                given: false,
                source: "said at this address before".to_owned(),
                at: now,
            };
            known.hear(customer, line);
            added = true;
        }
    }
    added
}

/// The same item and the same name at another number: most likely the same person, so what they said no to still counts.
pub(super) fn carry(known: &mut Known, from: &Customer, to: &Customer, now: Instant) {
    let mut latest = BTreeMap::new();
    for line in known.ledger.of_customer(from) {
        latest.insert((line.channel, line.purpose), line.given);
    }
    for ((channel, purpose), _) in latest.into_iter().filter(|(_, given)| !given) {
        let line = Line {
            channel,
            purpose,
            given: false,
            source: "the customer's record before".to_owned(),
            at: now,
        };
        known.hear(to, line);
    }
}
