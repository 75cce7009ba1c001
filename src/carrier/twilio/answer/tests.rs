use reqwest::header::HeaderValue;

use super::*;

/// 2026-11-22T04:00:00Z, a Sunday.
const NOW: Instant = Instant::from_millis(1_795_320_000_000);

fn outcome(status: u16, body: &str) -> Outcome {
    of_status(StatusCode::from_u16(status).unwrap(), None, body.as_bytes(), NOW)
}

fn wait(value: &'static str) -> Option<Duration> {
    retry_after(
        &HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]),
        NOW,
    )
}

/// Every status with every kind of body ends in the class that loses no message and doubles none.
#[test]
fn no_status_whatever_its_body_is_sent_again_unless_it_was_certainly_not_taken() {
    for status in 100..=999 {
        for body in [
            "",
            "<html>",
            "[1]",
            "null",
            "{\"code\":null}",
            "{\"sid\":\"\"}",
            "\u{0}",
        ] {
            match outcome(status, body) {
                Outcome::Retry { .. } => assert_eq!(status, 429),
                Outcome::Unknown { .. } => assert!(!(300..=499).contains(&status) || status == 408, "{status}"),
                Outcome::Stop { .. } | Outcome::Rejected { .. } => assert!((300..=499).contains(&status), "{status}"),
                other => panic!("{status} {body}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_known_code_on_a_5xx_still_leaves_doubt() {
    assert!(matches!(outcome(500, "{\"code\":21610}"), Outcome::Unknown { .. }));
    assert!(matches!(outcome(503, "{\"code\":20429}"), Outcome::Unknown { .. }));
}

#[test]
fn a_failure_names_the_code_or_else_the_status() {
    let code = |outcome| match outcome {
        Outcome::Rejected { failure, .. } | Outcome::Unknown { failure } => failure.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(outcome(400, "{\"code\":21999}")), Some(21999));
    assert_eq!(code(outcome(400, "")), Some(400));
    assert_eq!(code(outcome(502, "<html>")), Some(502));
}

#[test]
fn retry_after_is_read_as_seconds_or_date_and_kept_within_an_hour() {
    assert_eq!(wait("30"), Some(Duration::from_secs(30)));
    assert_eq!(wait(" 30 "), Some(Duration::from_secs(30)));
    assert_eq!(wait("0"), None);
    assert_eq!(wait("-5"), None);
    assert_eq!(wait("86400"), Some(LONGEST_WAIT));
    assert_eq!(wait("Sun, 22 Nov 2026 04:00:30 GMT"), Some(Duration::from_secs(30)));
    assert_eq!(
        wait("Sunday, 22-Nov-26 04:00:30 GMT"),
        Some(Duration::from_secs(30)),
        "the older form"
    );
    assert_eq!(wait("Sat, 21 Nov 2026 04:00:30 GMT"), None);
    assert_eq!(wait("in a while"), None);
    assert_eq!(retry_after(&HeaderMap::new(), NOW), None);
}
