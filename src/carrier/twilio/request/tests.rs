use std::time::Duration;

use super::*;
use crate::carrier::Content;
use crate::domain::instant::Instant;

fn settings(base_url: &str) -> Settings {
    Settings {
        base_url: base_url.to_owned(),
        account_sid: "AC1".to_owned(),
        user: None,
        secret: "secret".into(),
        from: "+1".to_owned(),
        status_callback: None,
        validity_seconds: None,
        timeout: Duration::from_secs(1),
        connect_timeout: Duration::from_secs(1),
    }
}

fn requests(base_url: &str) -> Requests {
    Requests::new(&settings(base_url)).unwrap()
}

fn outgoing() -> Outgoing {
    Outgoing {
        attempt_id: "a-1".to_owned(),
        message_id: "m-1".to_owned(),
        from: String::new(),
        to: "+38640123456".to_owned(),
        content: Content::Sms { text: String::new() },
        now: Instant::from_millis(0),
    }
}

fn url_of(base_url: &str) -> String {
    requests(base_url).create(&outgoing(), "x").url().to_string()
}

#[test]
fn a_base_url_may_have_a_path_a_slash_or_the_version() {
    let twilio = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json";
    for base in [
        "https://api.twilio.com",
        "https://api.twilio.com/",
        " https://api.twilio.com/2010-04-01 ",
    ] {
        assert_eq!(url_of(base), twilio, "{base}");
    }
    let laml = "https://x.signalwire.com/api/laml/2010-04-01/Accounts/AC1/Messages.json";
    for base in [
        "https://x.signalwire.com/api/laml",
        "https://x.signalwire.com/api/laml/",
    ] {
        assert_eq!(url_of(base), laml, "{base}");
    }
}

#[test]
fn an_account_or_message_id_can_not_leave_its_place_in_the_path() {
    let odd = Settings {
        account_sid: "../x?y#z".to_owned(),
        ..settings("https://a.example")
    };
    let requests = Requests::new(&odd).unwrap();
    assert_eq!(
        requests.account().url().path(),
        "/2010-04-01/Accounts/..%2Fx%3Fy%23z.json"
    );
    let fetched = requests.fetch("SM1/../../secret");
    assert!(fetched.url().path().ends_with("/Messages/SM1%2F..%2F..%2Fsecret.json"));
}

#[test]
fn the_body_is_a_form_that_decodes_to_what_was_meant() {
    let requests = Requests::new(&Settings {
        validity_seconds: Some(600),
        status_callback: Some("https://desk.example/s?b=1#rc=2".parse().unwrap()),
        ..settings("https://a.example")
    });
    let request = requests.unwrap().create(&outgoing(), "a+b=c&d é👍\n");
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap();
    let pairs: Vec<_> = url::form_urlencoded::parse(body).into_owned().collect();
    let expected = [
        ("To", "+38640123456"),
        ("From", "+1"),
        ("Body", "a+b=c&d é👍\n"),
        ("ValidityPeriod", "600"),
        ("StatusCallback", "https://desk.example/s?b=1&m=a-1#rc=2"),
    ];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn only_a_complete_service_id_is_taken_for_one() {
    assert!(is_service("MG0123456789abcdef0123456789ABCDEF"));
    for from in [
        "MG123",
        "MGarage",
        "+15017122661",
        "MG0123456789abcdef0123456789ABCDEG",
        "mg0123456789abcdef0123456789abcdef",
    ] {
        assert!(!is_service(from), "{from}");
    }
}

#[test]
fn the_next_page_is_found_with_and_without_the_base_path() {
    let requests = requests("https://x.example/api/laml");
    let next = |uri| requests.next(uri).map(|request| request.url().to_string());
    let expected = "https://x.example/api/laml/2010-04-01/Accounts/AC1/Messages.json?Page=1";
    for uri in [
        "/api/laml/2010-04-01/Accounts/AC1/Messages.json?Page=1",
        "/2010-04-01/Accounts/AC1/Messages.json?Page=1",
        "Messages.json?Page=1",
        "?Page=1",
        expected,
    ] {
        assert_eq!(next(uri).unwrap(), expected, "{uri}");
    }
    for uri in [
        "https://evil.example/2010-04-01",
        "//evil.example/x",
        "http://x.example/api/laml",
        "mailto:x",
    ] {
        assert!(next(uri).is_err(), "{uri}");
    }
}
