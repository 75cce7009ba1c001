//! Consent: what the ledger's lines say about one message (DESIGN 9, FACTS 3).

use super::instant::Instant;
use super::message::{Channel, Purpose};

/// One line of the ledger, as far as it can speak about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentLine {
    /// None: every channel.
    pub channel: Option<Channel>,
    /// None: every purpose.
    pub purpose: Option<Purpose>,
    pub given: bool,
    pub at: Instant,
}

/// What the ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    /// Somebody said no, and nobody has said yes since.
    OptedOut,
    /// Nobody said anything, and this purpose needs a yes.
    NoConsent,
}

/// The verdict for one channel and purpose. The latest line whose scope covers both counts; where none does, service
/// messages may go, surveys unless the business asks for consent first, marketing may not.
#[must_use]
pub fn verdict(lines: &[ConsentLine], channel: Channel, purpose: Purpose, surveys_need_consent: bool) -> Verdict {
    let covers = |line: &&ConsentLine| {
        line.channel.is_none_or(|scope| scope == channel) && line.purpose.is_none_or(|scope| scope == purpose)
    };
    // Of two lines of one moment the withdrawal counts: doubt is the customer's.
    match lines.iter().filter(covers).max_by_key(|line| (line.at, !line.given)) {
        Some(line) if line.given => Verdict::Allowed,
        Some(_) => Verdict::OptedOut,
        None => match purpose {
            Purpose::Service => Verdict::Allowed,
            Purpose::Survey if !surveys_need_consent => Verdict::Allowed,
            Purpose::Survey | Purpose::Marketing => Verdict::NoConsent,
        },
    }
}
