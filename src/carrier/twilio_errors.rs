//! What Twilio's error codes mean for us, as data.
//!
//! A code may come at once (HTTP 4xx on create) or later (status callback, fetched message), so the table
//! serves both. The meaning is Twilio's (<https://www.twilio.com/docs/api/errors>), the class is our judgement.

use std::time::Duration;

use crate::domain::instant::Instant;

use super::{Failure, Outcome};

/// What has to happen after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// P: the address can't be reached by text, whoever sends.
    BadAddress,
    /// P for this message or this pair of numbers only.
    NotThisOne,
    /// O: goes into our own list, because the provider has no way to ask for its list.
    OptedOut,
    /// X: an operator must act; the text may go out once that is done.
    Operator,
    /// X, and the text itself must not be sent again.
    Spent,
    /// C: the content is at fault.
    Content,
    /// R: try again, at most `limit` times for this cause.
    Again {
        wait: Wait,
        limit: Option<u32>,
        whole_sender: bool,
    },
}

/// How long a retry has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// As long as the caller's own backoff says.
    Backoff,
    Minutes(u64),
    /// Until the US carriers' daily count starts again, 00:00 Pacific.
    PacificMidnight,
}

const BACKOFF: Class = Class::Again {
    wait: Wait::Backoff,
    limit: None,
    whole_sender: false,
};
const ONCE: Class = Class::Again {
    wait: Wait::Backoff,
    limit: Some(1),
    whole_sender: false,
};
/// The sender's queue or rate is exhausted: every other message of this sender would meet the same.
const SLOWER: Class = Class::Again {
    wait: Wait::Minutes(5),
    limit: None,
    whole_sender: true,
};
const TOMORROW: Class = Class::Again {
    wait: Wait::PacificMidnight,
    limit: None,
    whole_sender: true,
};

/// Every code that we know, sorted.
const TABLE: &[(i64, Class)] = &[
    (11200, Class::Operator), // Twilio could not fetch our webhook
    (12100, Class::Content),  // our TwiML does not parse
    (12300, Class::Content),  // our TwiML has the wrong content type
    (14107, Class::Spent),    // our automatic replies go round in circles: stop, and do not repeat the text
    (20003, Class::Operator), // credentials refused, or account suspended
    (20404, Class::Operator), // wrong account or path
    (
        20429,
        Class::Again {
            wait: Wait::Backoff,
            limit: None,
            whole_sender: true,
        },
    ),
    (21211, Class::BadAddress), // not a valid number
    (21212, Class::Operator),   // our From is not valid
    (21408, Class::Operator),   // country not enabled
    (21602, Class::Content),    // no body
    (21603, Class::Operator),   // no From
    (21606, Class::Operator),   // our From can't send texts there
    (21608, Class::Operator),   // trial account, number not verified
    (21609, Class::Operator),   // our status callback's URL is not valid
    (21610, Class::OptedOut),
    (21611, SLOWER),            // this sender's queue is full
    (21612, Class::NotThisOne), // not reachable from this sender
    (21614, Class::BadAddress), // a landline
    (21617, Class::Content),    // over 1,600 characters
    (21619, Class::Content),    // no body
    (21620, Class::Content),    // media URL not valid
    (21623, Class::Content),    // too many media
    (21703, Class::Operator),   // the service has no capable sender
    (21705, Class::Operator),   // no such service
    (30001, BACKOFF),           // queue overflow
    (30002, Class::Operator),   // suspended after queueing
    (
        30003,
        Class::Again {
            wait: Wait::Minutes(30),
            limit: Some(2),
            whole_sender: false,
        },
    ), // handset off
    (30004, Class::OptedOut),   // blocked; STOP to a toll-free number looks like this
    (30005, Class::BadAddress), // number gone
    (30006, Class::BadAddress), // landline
    (30007, Class::Spent),      // filtered as spam: the same text would be filtered again
    (30008, ONCE),              // unknown to the carrier
    (30009, Class::NotThisOne), // concerns inbound texts only
    (30017, BACKOFF),           // carrier congestion
    (30018, Class::Operator),   // sender needs registration in that country
    (30022, SLOWER),            // 10DLC rate exceeded
    (30023, TOMORROW),          // 10DLC daily cap
    (30024, Class::Operator),   // sender not provisioned
    (30027, TOMORROW),          // T-Mobile daily cap
    (30032, Class::Operator),   // toll-free number not verified
    (30034, Class::Operator),   // number not registered to a campaign
    (30035, Class::Operator),   // registration still being set up
    (30036, Class::NotThisOne), // waited too long at the provider
    // The carrier timed out and may have delivered it. Another text could be the second one; another channel is safe.
    (30410, Class::NotThisOne),
    (
        30450,
        Class::Again {
            wait: Wait::Minutes(30),
            limit: None,
            whole_sender: false,
        },
    ), // pumping protection
    (30500, ONCE),              // Twilio's own error
    (57012, Class::Operator),   // our webhook refused the signature
    (63003, Class::BadAddress), // channel address not valid
    (63007, Class::Operator),   // channel sender unknown
    (63015, Class::Operator),   // sandbox not joined
    (63016, Class::Operator),   // outside the 24 h window: an approved template is needed
    (63018, SLOWER),            // channel rate
    (63024, Class::BadAddress), // channel address not valid
    (63038, TOMORROW),          // the account's daily limit
];

/// What `code` asks for, or nothing when the table does not know it; then the HTTP status or the place decides.
///
/// `now` is when the error was met: the waits until the daily caps start again count from it.
pub(super) fn by_code(code: i64, text: &str, now: Instant) -> Option<Outcome> {
    let at = TABLE.binary_search_by_key(&code, |(known, _)| *known).ok()?;
    let failure = Failure {
        code: Some(code),
        text: text.to_owned(),
    };
    Some(match TABLE[at].1 {
        Class::BadAddress => Outcome::Rejected {
            bad_address: true,
            failure,
        },
        Class::NotThisOne => Outcome::Rejected {
            bad_address: false,
            failure,
        },
        Class::OptedOut => Outcome::OptedOut { failure },
        Class::Operator => Outcome::Stop { spent: false, failure },
        Class::Spent => Outcome::Stop { spent: true, failure },
        Class::Content => Outcome::Faulty { failure },
        Class::Again {
            wait,
            limit,
            whole_sender,
        } => Outcome::Retry {
            after: wait.from(now),
            limit,
            whole_sender,
            failure,
        },
    })
}

/// What a message that certainly failed for an unknown or unnamed reason asks for: the next channel, never a loop.
pub(super) fn unnamed(code: Option<i64>, text: &str) -> Outcome {
    Outcome::Rejected {
        bad_address: false,
        failure: Failure {
            code,
            text: text.to_owned(),
        },
    }
}

impl Wait {
    fn from(self, now: Instant) -> Option<Duration> {
        match self {
            Self::Backoff => None,
            Self::Minutes(minutes) => Some(Duration::from_secs(minutes * 60)),
            Self::PacificMidnight => Some(until_pacific_midnight(now)),
        }
    }
}

/// From `now` to the next 08:05 UTC, up to a day.
///
/// Midnight in Los Angeles is 08:00 UTC in winter and 07:00 in summer. Waiting an hour too long in summer is harmless,
/// while a zone database here could be stale; the five minutes let the providers' own counters catch up.
fn until_pacific_midnight(now: Instant) -> Duration {
    const DAY: i64 = 86_400_000;
    const RESET: i64 = (8 * 60 + 5) * 60_000;
    let wait = DAY - (now.millis() - RESET).rem_euclid(DAY);
    Duration::from_millis(wait.unsigned_abs())
}

#[cfg(test)]
mod tests;
