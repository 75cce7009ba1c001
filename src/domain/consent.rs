//! Consent: what the ledger's lines say about one message.

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

/// Which line counts for one channel and purpose: the latest whose scope covers both.
#[must_use]
pub fn deciding(lines: &[ConsentLine], channel: Channel, purpose: Purpose) -> Option<usize> {
    let covers = |line: &ConsentLine| {
        line.channel.is_none_or(|scope| scope == channel) && line.purpose.is_none_or(|scope| scope == purpose)
    };
    // Of two lines of one moment the withdrawal counts: doubt is the customer's.
    let covering = lines.iter().enumerate().filter(|(_, line)| covers(line));
    covering
        .max_by_key(|(_, line)| (line.at, !line.given))
        .map(|(at, _)| at)
}

/// The verdict for one channel and purpose. Where no line covers both, service messages may go, surveys unless the
/// business asks for consent first, marketing may not.
#[must_use]
pub fn verdict(lines: &[ConsentLine], channel: Channel, purpose: Purpose, surveys_need_consent: bool) -> Verdict {
    match deciding(lines, channel, purpose).map(|at| lines[at].given) {
        Some(true) => Verdict::Allowed,
        Some(false) => Verdict::OptedOut,
        None => match purpose {
            Purpose::Service => Verdict::Allowed,
            Purpose::Survey if !surveys_need_consent => Verdict::Allowed,
            Purpose::Survey | Purpose::Marketing => Verdict::NoConsent,
        },
    }
}
