//! What a Twilio status callback says
//! (<https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks>).

use crate::domain::instant::Instant;

use super::{Outcome, Receipt, Stage, mask, twilio_errors};

/// Reads the form of a status callback: the provider's id of the message, and how far it has come.
///
/// `pairs` are the decoded form fields (or query pairs, for accounts that call back by GET); check their signature
/// first. `now` is when the callback came: waits that the code demands count from it. Nothing comes back when the
/// form names no message or no status, or belongs to an inbound text. Unknown statuses are read as the lowest
/// stage, so that they never turn anything back.
#[must_use]
pub fn receipt(pairs: &[(String, String)], now: Instant) -> Option<(String, Receipt)> {
    let provider_id = first(pairs, &["MessageSid", "SmsSid", "SmsMessageSid"])?;
    let status = first(pairs, &["MessageStatus", "SmsStatus"])?;
    if is_inbound(status) {
        return None;
    }
    let code = first(pairs, &["ErrorCode"]).and_then(|code| code.trim().parse().ok());
    let text = first(pairs, &["ErrorMessage", "ChannelStatusMessage"]).unwrap_or_default();
    Some((provider_id.to_owned(), of_status(status, code, text, now)))
}

/// The receipt for a status word, wherever it was read: a callback, a listed or a fetched message.
pub(super) fn of_status(status: &str, code: Option<i64>, text: &str, now: Instant) -> Receipt {
    let failure = fails(status).then(|| failure(status, code.filter(|code| *code != 0), text, now));
    Receipt {
        status: status.to_owned(),
        stage: stage(status),
        failure,
    }
}

/// `received` and `receiving`: a text from the customer, on a URL where only our own are expected.
pub(super) fn is_inbound(status: &str) -> bool {
    status.eq_ignore_ascii_case("received") || status.eq_ignore_ascii_case("receiving")
}

/// The order in which a message passes through them; `initiated` is `SignalWire`'s word for a queued message.
fn stage(status: &str) -> Stage {
    match status.to_ascii_lowercase().as_str() {
        "queued" | "initiated" => Stage::Queued,
        "sending" => Stage::Sending,
        "sent" => Stage::Sent,
        "delivered" | "undelivered" | "failed" | "canceled" | "partially_delivered" => Stage::Final,
        "read" => Stage::Read,
        _ => Stage::Scheduled,
    }
}

/// Whether the message will not arrive whole. `canceled` counts: somebody took it back in the provider's console.
fn fails(status: &str) -> bool {
    ["undelivered", "failed", "canceled", "partially_delivered"]
        .iter()
        .any(|word| status.eq_ignore_ascii_case(word))
}

fn failure(status: &str, code: Option<i64>, text: &str, now: Instant) -> Outcome {
    let text = mask::line(text);
    let text = if text.is_empty() {
        format!("the provider reports it {status}")
    } else {
        text
    };
    code.and_then(|code| twilio_errors::by_code(code, &text, now))
        .unwrap_or_else(|| twilio_errors::unnamed(code, &text))
}

/// The first non-empty value among the names, in the names' order: the newer name wins over its deprecated twin.
fn first<'a>(pairs: &'a [(String, String)], names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| {
        pairs
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Instant = Instant::from_millis(1_795_320_000_000);

    fn read(form: &[(&str, &str)]) -> Option<(String, Receipt)> {
        let pairs: Vec<_> = form
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        receipt(&pairs, NOW)
    }

    fn stage_of(status: &str) -> Stage {
        read(&[("MessageSid", "SM1"), ("MessageStatus", status)])
            .unwrap()
            .1
            .stage
    }

    #[test]
    fn statuses_are_ranked_so_that_a_late_callback_turns_nothing_back() {
        let order = ["accepted", "queued", "sending", "sent", "delivered", "read"];
        assert!(order.windows(2).all(|pair| stage_of(pair[0]) < stage_of(pair[1])));
        assert_eq!(stage_of("scheduled"), stage_of("accepted"));
        for last in ["undelivered", "failed", "canceled"] {
            assert_eq!(stage_of(last), Stage::Final);
        }
        assert_eq!(stage_of("some-new-word"), Stage::Scheduled);
    }

    #[test]
    fn deprecated_names_are_read_when_the_new_ones_are_absent() {
        let (id, receipt) = read(&[("SmsSid", "SM2"), ("SmsStatus", "delivered"), ("To", "+1")]).unwrap();
        assert_eq!(
            (id.as_str(), receipt.status.as_str(), receipt.failure),
            ("SM2", "delivered", None)
        );
        let (id, _) = read(&[("SmsSid", "old"), ("MessageSid", "new"), ("MessageStatus", "sent")]).unwrap();
        assert_eq!(id, "new");
    }

    #[test]
    fn a_failed_message_carries_what_its_code_asks_for() {
        let failed = |code| {
            read(&[
                ("MessageSid", "SM3"),
                ("MessageStatus", "undelivered"),
                ("ErrorCode", code),
            ])
        };
        let failure = |code| failed(code).unwrap().1.failure.unwrap();
        assert!(matches!(failure("21610"), Outcome::OptedOut { .. }));
        assert!(matches!(failure("30005"), Outcome::Rejected { bad_address: true, .. }));
        assert!(matches!(failure("30007"), Outcome::Stop { spent: true, .. }));
        let Outcome::Retry { after, limit, .. } = failure("30003") else {
            panic!("30003 is tried again")
        };
        assert_eq!((after, limit), (Some(Duration::from_mins(30)), Some(2)));
    }

    #[test]
    fn an_absent_or_unknown_code_falls_on_to_the_next_channel() {
        for code in ["", "0", "99999", "what?"] {
            let form = [("MessageSid", "SM4"), ("MessageStatus", "failed"), ("ErrorCode", code)];
            let failure = read(&form).unwrap().1.failure.unwrap();
            assert!(
                matches!(failure, Outcome::Rejected { bad_address: false, .. }),
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_on_a_message_that_is_still_on_its_way_is_no_failure() {
        let (_, receipt) = read(&[("MessageSid", "SM5"), ("MessageStatus", "sent"), ("ErrorCode", "30008")]).unwrap();
        assert_eq!(receipt.failure, None);
    }

    #[test]
    fn a_form_without_a_message_or_about_an_inbound_text_is_no_receipt() {
        assert_eq!(read(&[("MessageStatus", "sent")]), None);
        assert_eq!(read(&[("MessageSid", "SM6")]), None);
        assert_eq!(read(&[("MessageSid", "SM6"), ("SmsStatus", "received")]), None);
    }
}
