//! The webhook: whose signature counts, what is stored, what the provider is answered.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use daybefore::carrier::Received;
use daybefore::inbound::receive::fetch_missed;
use daybefore::store;
use daybefore::store::inbound::Inbound;

use crate::support::meanwhile::Meanwhile;
use crate::support::signing::signature;
use crate::support::test_app::{PHONE, TestApp};
use crate::support::texting::{OURS, Webhook};
use crate::support::twilio_server::SECRET;
use crate::support::twilio_store::Stored;

const EMPTY_TWIML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

async fn stored(app: &TestApp, sender: &str) -> Vec<Inbound> {
    let mut tx = app.app.store().read().await.expect("a transaction");
    store::inbound::of_sender(&mut tx, sender, 100).await.expect("read")
}

#[tokio::test]
async fn the_provider_is_answered_with_nothing_to_say() {
    let app = TestApp::garage().start().await;
    let answer = app.ask(Webhook::text(PHONE, "C").post(SECRET)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.content_type.starts_with("text/xml"), "{}", answer.content_type);
    assert_eq!(answer.body, EMPTY_TWIML);
}

#[tokio::test]
async fn everything_is_kept_as_it_came_and_the_body_apart() {
    let app = TestApp::garage().start().await;
    let webhook = Webhook::text(PHONE, "  Da, pridem č 👍  ")
        .with("NumMedia", "2")
        .with("MediaUrl0", "https://api.example/media/0")
        .with("OptOutType", "HELP")
        .with("FromCity", "");
    app.receive_webhook(&webhook).await;
    let kept = stored(&app, PHONE).await;
    assert_eq!(kept.len(), 1);
    let kept = &kept[0];
    assert_eq!(kept.body.as_deref(), Some("  Da, pridem č 👍  "));
    assert_eq!(
        (kept.media, kept.opt_out_type.as_str(), kept.recipient.as_str()),
        (2, "HELP", OURS)
    );
    assert!(kept.pairs.contains("MediaUrl0") && kept.pairs.contains("FromCity"));
    assert!(
        !kept.pairs.contains("pridem"),
        "the body stands in one place, where retention finds it"
    );
}

#[tokio::test]
async fn a_get_is_taken_like_a_post() {
    let app = TestApp::garage().start().await;
    let webhook = Webhook::text(PHONE, "C & so on: 5 %");
    assert_eq!(app.ask(webhook.get(SECRET)).await.body, EMPTY_TWIML);
    assert_eq!(app.ask(webhook.post(SECRET)).await.status, StatusCode::OK);
    let kept = stored(&app, PHONE).await;
    assert_eq!(kept.len(), 1, "the same message by either way is one row");
    assert_eq!(kept[0].body.as_deref(), Some("C & so on: 5 %"));
}

#[tokio::test]
async fn a_wrong_signature_another_account_and_a_changed_body_are_refused() {
    let app = TestApp::garage().setting("sms.account_sid", "AC1").start().await;
    let webhook = Webhook::text(PHONE, "STOP");
    let forged = app.ask(webhook.post("another secret")).await;
    let elsewhere = app.ask(webhook.clone().with("AccountSid", "AC2").post(SECRET)).await;
    let signed = webhook.post(SECRET);
    let (head, _) = signed.into_parts();
    let changed = app
        .ask(Request::from_parts(
            head,
            Body::from("MessageSid=SM1&From=%2B1&To=%2B2&Body=C"),
        ))
        .await;
    let unsigned = app
        .ask(
            Request::post("/webhooks/twilio/message")
                .body(Body::from("Body=C"))
                .expect("a request"),
        )
        .await;
    for answer in [forged, elsewhere, changed, unsigned] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
    }
    assert_eq!(stored(&app, PHONE).await, []);
    let ours = app.ask(webhook.with("AccountSid", "AC1").post(SECRET)).await;
    assert_eq!(ours.status, StatusCode::OK);
}

#[tokio::test]
async fn while_the_token_is_changed_both_are_good() {
    let app = TestApp::garage().setting("sms.auth_token", "old, new").start().await;
    let tokens = app.app.config.sms.auth_tokens.len();
    assert_eq!(tokens, 2, "a list in the environment is comma-separated");
    for secret in ["old", "new"] {
        let answer = app.ask(Webhook::text(PHONE, "C").post(secret)).await;
        assert_eq!(answer.status, StatusCode::OK, "{secret}");
    }
    let answer = app.ask(Webhook::text(PHONE, "C").post(SECRET)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn behind_a_proxy_the_public_url_counts_and_not_what_the_caller_says() {
    let app = TestApp::garage().start().await;
    let with_headers = |mut request: Request<Body>| {
        for (name, value) in [
            ("host", "10.0.0.7:8080"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "http"),
        ] {
            request.headers_mut().insert(name, value.parse().expect("a value"));
        }
        request
    };
    let answer = app.ask(with_headers(Webhook::text(PHONE, "C").post(SECRET))).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = app.ask(with_headers(Webhook::text(PHONE, "C").get(SECRET))).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn repeated_and_empty_parameters_and_spaces_are_signed_as_they_are() {
    let app = TestApp::garage().start().await;
    let mut webhook = Webhook::text(PHONE, " STOP ").with("FromCity", "").with("Tag", "b");
    webhook.pairs.push(("Tag".to_owned(), "a".to_owned()));
    assert_eq!(app.ask(webhook.post(SECRET)).await.status, StatusCode::OK);
    assert_eq!(stored(&app, PHONE).await[0].body.as_deref(), Some(" STOP "));
}

/// The suite signs as the provider does. All vectors are in `twilio_signature`'s own tests.
#[test]
fn the_suite_signs_as_the_provider_does() {
    let (account, sid) = (format!("AC{}", "0".repeat(32)), format!("SM{}1", "0".repeat(31)));
    for (body, expected) in [
        ("Da, pridem č 👍", "LtI2nUfyTMZ1SMhRAM5TQMkw8Hk="),
        (" STOP ", "8eezj/WjnpBT7794pKgEFXQsCss="),
    ] {
        let pairs = [
            ("AccountSid", account.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("Body", body),
            ("From", "+38640123456"),
            ("FromCity", ""),
            ("MessageSid", sid.as_str()),
            ("SmsMessageSid", sid.as_str()),
            ("SmsSid", sid.as_str()),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsStatus", "received"),
            ("To", OURS),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            signature(SECRET, "https://hooks.example.com/twilio/inbound", &pairs),
            expected
        );
    }
}

#[tokio::test]
async fn what_names_no_message_is_refused_loudly() {
    let app = TestApp::garage().start().await;
    let mut nameless = Webhook::text(PHONE, "C");
    nameless.pairs.retain(|(name, _)| name != "MessageSid");
    assert_eq!(app.ask(nameless.post(SECRET)).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_doubled_webhook_is_one_message() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    let webhook = Webhook::text(PHONE, "R");
    for _ in 0..3 {
        app.receive_webhook(&webhook).await;
    }
    assert_eq!(stored(&app, PHONE).await.len(), 1);
    assert_eq!(app.inbox().await.len(), 1);
}

#[tokio::test]
async fn what_no_webhook_brought_is_found_in_the_providers_list() {
    let app = TestApp::garage().twilio().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    let provider = app.provider.as_ref().expect("a provider");
    provider.limit_pages(2);
    let at = app.now();
    let missed = |sid: &str, body: &str, direction: &str| Stored {
        sid: sid.to_owned(),
        to: OURS.to_owned(),
        from: PHONE.to_owned(),
        body: body.to_owned(),
        status: "received".to_owned(),
        direction: direction.to_owned(),
        error_code: None,
        created: at,
        status_callback: None,
    };
    for number in 0..5 {
        provider.store(missed(&format!("SM-old-{number}"), "ok", "inbound"));
    }
    provider.store(missed("SM-missed", "C", "inbound"));
    let known = Webhook::text(PHONE, "Thanks").with("MessageSid", "SM-old-0");
    app.receive_webhook(&known).await;
    assert_eq!(fetch_missed(&app.app.dispatcher, app.now()).await.expect("asked"), 5);
    assert_eq!(fetch_missed(&app.app.dispatcher, app.now()).await.expect("asked"), 0);
    app.read_replies().await;
    assert_eq!(stored(&app, PHONE).await.len(), 6);
    assert_eq!(app.booking_status("B-1").await.as_str(), "confirmed");
    let asked = provider.requests();
    let list = asked
        .iter()
        .find(|request| request.one("DateSent>").is_some())
        .expect("a list");
    assert_eq!(list.one("To"), Some(OURS));
}

#[tokio::test]
async fn an_answer_found_late_counts_from_when_it_was_sent() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-15 08:30").await;
    let sent_at = app.at("2026-12-15 08:40");
    app.sms.receive(Received {
        provider_id: "SM-1".to_owned(),
        sender: PHONE.to_owned(),
        recipient: OURS.to_owned(),
        body: "C".to_owned(),
        media: 0,
        opt_out_type: String::new(),
        at: Some(sent_at),
        pairs: Vec::new(),
    });
    app.advance_to("2026-12-15 08:55");
    fetch_missed(&app.app.dispatcher, app.now()).await.expect("asked");
    assert_eq!(stored(&app, PHONE).await[0].received_at, sent_at);
}

#[tokio::test]
async fn a_carrier_that_keeps_no_list_is_not_waited_for() {
    let mut app = TestApp::garage().start().await;
    app.texts_go_to(Meanwhile::new(|_| unreachable!("nothing is sent")));
    assert_eq!(fetch_missed(&app.app.dispatcher, app.now()).await.expect("no error"), 0);
}
