//! What an answer, or its absence, means for the message.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::carrier::{mask, twilio_errors};
use crate::domain::instant::Instant;

use super::resource::{Message, Problem};
use super::{AskError, Failure, Outcome};

/// A provider that asks for more is asked again after an hour: its clock or ours may be wrong.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// The outcome of a create request that was answered.
pub(super) async fn to_create(response: Response, now: Instant) -> Outcome {
    let status = response.status();
    let wait = retry_after(response.headers(), now);
    match response.bytes().await {
        Ok(body) => of_status(status, wait, &body, now),
        // The status alone decides, as with an empty body; without its body a 201 names no message.
        Err(_) => of_status(status, wait, &[], now),
    }
}

fn of_status(status: StatusCode, wait: Option<Duration>, body: &[u8], now: Instant) -> Outcome {
    if status.is_success() {
        return created(status, body, now);
    }
    let problem: Problem = object(body).unwrap_or_default();
    let failure = Failure {
        code: problem.code().or(Some(i64::from(status.as_u16()))),
        text: words(status, &problem),
    };
    match status.as_u16() {
        // Never processed, and the same for everybody who sends with these credentials.
        429 => Outcome::Retry {
            after: wait,
            limit: None,
            whole_sender: true,
            failure,
        },
        // Nobody of this API redirects: the base URL is wrong, and nothing was taken over.
        300..=399 => Outcome::Stop { spent: false, failure },
        400..=499 => refused(status, &problem, failure, now),
        // A 5xx may have been processed. So may whatever else is no HTTP that we know.
        _ => Outcome::Unknown { failure },
    }
}

/// A 2xx: taken over when it names the message.
fn created(status: StatusCode, body: &[u8], now: Instant) -> Outcome {
    let message: Message = object(body).unwrap_or_default();
    // No callback follows for the status in this answer, so a message that is born dead is told at once.
    if let Some(failed) = message.receipt(now).failure {
        return failed;
    }
    match message.sid {
        Some(provider_id) => Outcome::Accepted { provider_id },
        None => Outcome::Unknown {
            failure: Failure {
                code: Some(i64::from(status.as_u16())),
                text: "the provider took it but its answer names no message".to_owned(),
            },
        },
    }
}

/// A 4xx: by its code if the table knows it, by its status otherwise. Never a retry: that is how loops begin.
fn refused(status: StatusCode, problem: &Problem, failure: Failure, now: Instant) -> Outcome {
    if let Some(outcome) = problem
        .code()
        .and_then(|code| twilio_errors::by_code(code, &failure.text, now))
    {
        return outcome;
    }
    match status.as_u16() {
        // Credentials, payment, path: the next message would fare no better.
        401..=405 | 407 => Outcome::Stop { spent: false, failure },
        // A proxy gave up waiting for our request; whether the provider saw it is open.
        408 => Outcome::Unknown { failure },
        _ => Outcome::Rejected {
            bad_address: false,
            failure,
        },
    }
}

/// The outcome of a request without an answer.
///
/// `is_connect` is hyper-util's kind for DNS, TCP and TLS set-up, all before the first byte of the request. A
/// pooled connection that turns out closed is not an error here unless bytes were written: hyper-util hands the
/// request back unsent and takes another connection.
pub(super) fn no_answer(error: reqwest::Error) -> Outcome {
    let (certain, builder) = (error.is_connect(), error.is_builder());
    let failure = Failure {
        code: None,
        text: describe(error),
    };
    if certain {
        Outcome::Retry {
            after: None,
            limit: None,
            whole_sender: true,
            failure,
        }
    } else if builder {
        Outcome::Stop { spent: false, failure }
    } else {
        Outcome::Unknown { failure }
    }
}

/// The answer to a question: the JSON of a 2xx.
pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, AskError> {
    let status = response.status();
    let body = response
        .bytes()
        .await
        .map_err(|error| AskError::Failed(describe(error)))?;
    if !status.is_success() {
        let problem: Problem = object(&body).unwrap_or_default();
        let code = problem.code().map(|code| format!(", code {code}")).unwrap_or_default();
        return Err(AskError::Failed(format!(
            "HTTP {}{code}: {}",
            status.as_u16(),
            words(status, &problem)
        )));
    }
    object(&body).ok_or_else(|| AskError::Failed("the answer is not the JSON of this API".to_owned()))
}

/// A JSON object. serde would read a list as a struct too, field by field, and take its first item for an id.
fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    body.trim_ascii_start()
        .starts_with(b"{")
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
}

/// The error and its causes in one line, without the URL (it holds the account).
pub(super) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // hyper repeats its causes in its own text.
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    mask::line(&text)
}

fn words(status: StatusCode, problem: &Problem) -> String {
    match problem.words() {
        Some(words) => mask::line(words),
        None => format!("HTTP {status}, without a word that this API would use"),
    }
}

/// `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3), at most an hour; nothing when it is past or odd.
fn retry_after(headers: &HeaderMap, now: Instant) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let since = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).ok()?);
        httpdate::parse_http_date(text).ok()?.duration_since(since).ok()?
    };
    (!wait.is_zero()).then(|| wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests;
