//! What a broken-off delivery means: by the stage it reached, the reply code (RFC 5321, 4.2) and the enhanced code
//! (RFC 3463).

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;

use super::session::{Stage, Trouble};
use super::{Failure, Outcome};
use crate::carrier::mask;

/// Greylisting servers want us back after some minutes (RFC 6647); earlier only starts their count again.
const GREYLISTED: Duration = Duration::from_mins(5);

/// A server's refusal.
struct Reply<'a> {
    code: u16,
    /// The second and third number of the enhanced code; the first repeats that of `code`.
    detail: Option<(u16, u16)>,
    text: &'a str,
}

/// The outcome of a delivery that broke off at `stage`.
pub(super) fn outcome(stage: Stage, trouble: &Trouble) -> Outcome {
    let failure = Failure {
        code: code(trouble).map(i64::from),
        text: words(trouble),
    };
    let error = match trouble {
        Trouble::NoUtf8Addresses => {
            return Outcome::Rejected {
                bad_address: false,
                failure,
            };
        }
        Trouble::Smtp(error) => error,
    };
    match code(trouble) {
        Some(code) => {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            refused(
                stage,
                &Reply {
                    code,
                    detail: detail(code, &text),
                    text: &text,
                },
                failure,
            )
        }
        // Our side of the protocol could not go on: no STARTTLS or no login on offer. Only an operator can tell why.
        None if error.is_client() => Outcome::Stop { spent: false, failure },
        None => lost(stage, failure),
    }
}

/// The outcome of a delivery that was cut off by time at `stage`.
pub(super) fn timed_out(stage: Stage) -> Outcome {
    lost(
        stage,
        Failure {
            code: None,
            text: format!("no answer in time ({stage:?})"),
        },
    )
}

/// Whether the server has closed the connection, silently or with 421.
pub(super) fn is_hang_up(error: &Error) -> bool {
    !error.is_client() && status(error).is_none_or(|code| code == 421)
}

/// The trouble in one line, without addresses.
pub(super) fn words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::NoUtf8Addresses => "the server does not take addresses beyond ASCII".to_owned(),
        Trouble::Smtp(error) => mask::line(&error.to_string()),
    }
}

/// Nobody refused anything: the connection failed. Once the dot may have been read, the mail may be on its way.
fn lost(stage: Stage, failure: Failure) -> Outcome {
    if stage == Stage::Dot {
        return Outcome::Unknown { failure };
    }
    Outcome::Retry {
        after: None,
        limit: None,
        whole_sender: stage <= Stage::Login,
        failure,
    }
}

fn refused(stage: Stage, reply: &Reply<'_>, failure: Failure) -> Outcome {
    if reply.code < 500 {
        put_off(stage, reply, failure)
    } else {
        turned_down(stage, reply, failure)
    }
}

/// 4yz: later. It concerns all our mail when the server speaks of itself (4.3), of policy (4.7) or of us.
fn put_off(stage: Stage, reply: &Reply<'_>, failure: Failure) -> Outcome {
    let whole_sender = reply.code == 421 || stage <= Stage::Sender || matches!(reply.detail, Some((3 | 7, _)));
    let after = (stage == Stage::Recipient && !whole_sender).then_some(GREYLISTED);
    Outcome::Retry {
        after,
        limit: None,
        whole_sender,
        failure,
    }
}

/// 5yz: not again like this.
fn turned_down(stage: Stage, reply: &Reply<'_>, failure: Failure) -> Outcome {
    let stop = |failure| Outcome::Stop { spent: false, failure };
    let rejected = |bad_address, failure| Outcome::Rejected { bad_address, failure };
    match (reply.code, reply.detail) {
        // Login (RFC 4954), our own address, our grasp of the protocol, policy.
        (530 | 534 | 535 | 538, _) | (_, Some((1, 7 | 8) | (5, 1 | 2 | 4) | (7, _))) => stop(failure),
        // Until then the talk was about us, whatever the code.
        _ if stage <= Stage::Sender => stop(failure),
        // No such mailbox or domain; mailbox disabled; domain that takes no mail (RFC 7505).
        (_, Some((1, 1..=4 | 6 | 10) | (2, 1))) => rejected(true, failure),
        // Too big, or in a form that can't be passed on. 5.6.7 is about the address (RFC 6531).
        (_, Some((3, 4))) => Outcome::Faulty { failure },
        (_, Some((6, detail))) if detail != 7 => Outcome::Faulty { failure },
        // A full mailbox (5.2.2) among them: firm today, different next week.
        (_, Some(_)) => rejected(false, failure),
        // Older servers say it in words.
        (_, None) if reply.text.to_ascii_lowercase().contains("relay") => stop(failure),
        (code, None) => rejected(
            stage == Stage::Recipient && matches!(code, 550 | 551 | 553 | 556),
            failure,
        ),
    }
}

fn code(trouble: &Trouble) -> Option<u16> {
    match trouble {
        Trouble::Smtp(error) => status(error),
        Trouble::NoUtf8Addresses => None,
    }
}

fn status(error: &Error) -> Option<u16> {
    error
        .status()
        .map(|code| code.to_string())
        .and_then(|code| code.parse().ok())
}

/// The enhanced code at the head of the text, if it is of the reply code's class.
fn detail(code: u16, text: &str) -> Option<(u16, u16)> {
    let mut numbers = text.split_whitespace().next()?.split('.').map(str::parse::<u16>);
    let (class, subject, detail) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    (numbers.next().is_none() && class == code / 100).then_some((subject, detail))
}

#[cfg(test)]
mod tests;
