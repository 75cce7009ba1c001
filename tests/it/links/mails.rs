//! What messages carry: links and headers where there is a public address, and good texts where there is none.

use std::sync::Arc;

use daybefore::carrier::sandbox::{Sandbox, Settings};
use daybefore::domain::message::Channel;
use mail_parser::{HeaderValue, Message, MessageParser};

use crate::support::setup::Setup;
use crate::support::test_app::TestApp;

const BY_MAIL: &str =
    "external_id,name,email,starts_at\nB-1,\"Ana <b>\nBcc: eve@example.com\",ana@example.com,2026-12-15 09:00\n";

/// The confirmation as a mail server gets it.
async fn as_bytes(setup: Setup) -> Vec<u8> {
    let mut app = setup.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::new(Settings {
        folder: Some(folder.path().to_owned()),
        from: String::new(),
    });
    app.mails_go_to(Arc::new(sandbox.expect("a sandbox")));
    app.import_bookings(BY_MAIL).await;
    app.dispatch().await;
    let file = std::fs::read_dir(folder.path())
        .expect("listed")
        .flatten()
        .next()
        .expect("a mail");
    std::fs::read(file.path()).expect("read")
}

fn header(mail: &Message<'_>, name: &str) -> Option<String> {
    let raw = mail.header_raw(name)?;
    Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn a_mail_offers_one_click_and_carries_both_links() {
    let bytes = as_bytes(TestApp::garage()).await;
    let mail = MessageParser::default().parse(&bytes).expect("a mail");
    let list = header(&mail, "List-Unsubscribe").expect("the header");
    let token = list
        .strip_prefix("<https://desk.example.com/u/")
        .and_then(|rest| rest.strip_suffix('>'))
        .expect("exactly one address");
    assert_eq!(token.len(), 32);
    assert_eq!(
        header(&mail, "List-Unsubscribe-Post").as_deref(),
        Some("List-Unsubscribe=One-Click")
    );
    let (text, html) = (mail.body_text(0).expect("text"), mail.body_html(0).expect("html"));
    let url = format!("https://desk.example.com/u/{token}");
    assert!(text.contains(&url), "{text}");
    assert!(html.contains(&format!("<a href=\"{url}\">")), "{html}");
    assert_eq!(text.matches("https://desk.example.com/r/").count(), 1);
    assert!(!html.contains("Ana <b>") && html.contains("Ana &lt;b&gt;"), "{html}");
    assert!(matches!(mail.header("Bcc"), None | Some(HeaderValue::Empty)));
}

#[tokio::test]
async fn without_https_no_one_click_is_offered() {
    let setup = TestApp::garage().setting("server.public_url", "http://desk.example.com");
    let bytes = as_bytes(setup).await;
    let mail = MessageParser::default().parse(&bytes).expect("a mail");
    assert!(header(&mail, "List-Unsubscribe").is_some_and(|list| list.starts_with("<http://desk.example.com/u/")));
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), None);
}

#[tokio::test]
async fn without_a_public_address_a_mail_has_no_links_and_reads_well() {
    let bytes = as_bytes(TestApp::garage().setting("server.public_url", "")).await;
    let mail = MessageParser::default().parse(&bytes).expect("a mail");
    assert_eq!(header(&mail, "List-Unsubscribe"), None);
    let text = mail.body_text(0).expect("text").replace("\r\n", "\n");
    assert_eq!(
        text.trim_end(),
        "Hello Ana <b> Bcc: eve@example.com,\n\nThank you for booking with us. We expect you on Tuesday, December 15, at 9:00 AM.\n\n\
         Kind regards\nGarage Müller"
    );
}

#[tokio::test]
async fn a_text_that_can_be_answered_has_no_link() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    for sent in app.sent() {
        assert_eq!(sent.channel, Channel::Sms);
        assert!(!sent.text.contains("://"), "{}", sent.text);
    }
    assert!(app.sent().iter().any(|sent| sent.text.contains("Reply C")));
}

#[tokio::test]
async fn a_text_that_nobody_can_answer_has_the_link_in_place_of_the_letters() {
    let app = TestApp::garage().setting("sms.from", "GARAGE").start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    let reminder = app.sent().pop().expect("a text").text;
    assert!(!reminder.contains("Reply"), "{reminder}");
    assert!(
        reminder.contains("Confirm or change: https://desk.example.com/r/"),
        "{reminder}"
    );
    let answer = app.press(&app.link("/r/"), "accept", &[]).await;
    assert!(answer.text().contains("your visit is confirmed"), "{}", answer.text());
}

#[tokio::test]
async fn a_text_from_a_name_without_a_public_address_asks_for_nothing() {
    let app = TestApp::garage()
        .setting("sms.from", "GARAGE")
        .setting("server.public_url", "")
        .start()
        .await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    let reminder = app.sent().pop().expect("a text").text;
    assert_eq!(
        reminder,
        "Garage Müller: see you tomorrow, Tuesday, December 15, at 9:00 AM (Oil change)."
    );
}

#[tokio::test]
async fn a_rating_mail_links_each_score() {
    let app = TestApp::garage().start().await;
    app.import_bookings(
        "external_id,name,email,starts_at,status\nB-1,Ana,ana@example.com,2026-12-01 08:00,completed\n",
    )
    .await;
    app.run_until("2026-12-02 18:00").await;
    let link = app.link("/r/");
    let sent = app.email.sent().pop().expect("a mail");
    let daybefore::carrier::Content::Email(mail) = sent.content else {
        panic!("a mail")
    };
    for score in 1..=5 {
        let href = format!("href=\"https://desk.example.com{link}?score={score}\"");
        assert!(mail.html.contains(&href), "{}", mail.html);
    }
}
