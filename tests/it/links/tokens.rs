//! A token can't be guessed, serves its own purpose, ends, and is kept nowhere.

use std::io;
use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use daybefore::domain::link::{LinkPurpose, PLACEHOLDER, hash};
use daybefore::domain::message::Channel;
use daybefore::store;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::test_app::TestApp;

const BY_MAIL: &str =
    "external_id,name,email,service,vehicle,starts_at\nB-1,Ana,ana@example.com,Oil change,Golf,2026-12-15 09:00\n";

async fn reminded() -> TestApp {
    let app = TestApp::garage().start().await;
    app.import_bookings(BY_MAIL).await;
    app.run_until("2026-12-14 18:00").await;
    app
}

#[tokio::test]
async fn a_link_serves_its_own_purpose_until_it_ends() {
    let app = reminded().await;
    let (respond, unsubscribe) = (app.link("/r/"), app.link("/u/"));
    assert_eq!(app.get(&respond).await.status, StatusCode::OK);
    let wrong = [
        respond.replace("/r/", "/u/"),
        unsubscribe.replace("/u/", "/r/"),
        respond[..respond.len() - 1].to_owned(),
        format!("{respond}a"),
        format!("{respond}%00"),
        respond.to_uppercase().replace("/R/", "/r/"),
        format!("/r/{}", hash(&respond[3..])),
        format!("/r/{PLACEHOLDER}"),
        "/r/%FF".to_owned(),
        "/r/' OR 1=1 --".replace(' ', "%20"),
    ];
    let answer = app.get("/r/nothing").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains("This link does not work"));
    assert!(!answer.body.contains("Garage"), "the page names nobody");
    for path in &wrong {
        assert_eq!(app.get(path).await, answer, "GET {path}");
        let act = app
            .post(path, &[("do", "cancel"), ("revision", "1"), ("scope", "all")])
            .await;
        assert_eq!(act, answer, "POST {path}");
    }

    // The visit is on 15 December: its page ends thirty days later, the way out of mails a year after the mail.
    app.advance_to("2027-01-14 08:59");
    assert_eq!(app.get(&respond).await.status, StatusCode::OK);
    app.advance_to("2027-01-14 09:00");
    assert_eq!(app.get(&respond).await, answer);
    assert_eq!(app.press_anyway(&respond).await, StatusCode::NOT_FOUND);
    assert_eq!(app.get(&unsubscribe).await.status, StatusCode::OK);
    app.advance_to("2027-12-15 00:00");
    assert_eq!(app.get(&unsubscribe).await, answer);
}

#[tokio::test]
async fn links_that_ended_are_taken_away() {
    let app = reminded().await;
    let token = app.link("/r/")[3..].to_owned();
    let (sent, day) = (app.now(), chrono::TimeDelta::days(1));
    let mut tx = app.app.store().write().await.expect("a transaction");
    let find = |now| (hash(&token), LinkPurpose::Respond, now);
    let (token_hash, purpose, now) = find(sent);
    assert!(
        store::link::find(&mut tx, &token_hash, purpose, now)
            .await
            .expect("read")
            .is_some()
    );
    assert_eq!(
        store::link::prune(&mut tx, sent + day * 20, 100).await.expect("pruned"),
        0
    );
    assert!(store::link::prune(&mut tx, sent + day * 60, 100).await.expect("pruned") >= 1);
    assert!(
        store::link::find(&mut tx, &token_hash, purpose, now)
            .await
            .expect("read")
            .is_none()
    );
}

#[tokio::test]
async fn a_page_for_wrong_links_speaks_the_browsers_language() {
    let app = reminded().await;
    let headers = [("accept-language", "de-CH, en;q=0.5")];
    let answer = app.visit(Method::GET, "/u/nothing", &headers, "").await;
    assert!(answer.body.contains("<html lang=\"de-CH\">"));
    assert!(answer.text().contains("Dieser Link funktioniert nicht"));
}

/// Remembers what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_stands_in_the_database_or_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let app = {
        let _guard = tracing::subscriber::set_default(subscriber);
        tracing::info!("the log is listened to");
        let app = reminded().await;
        for link in [app.link("/r/"), app.link("/u/")] {
            app.get(&link).await;
            app.post(&link, &[("do", "accept"), ("revision", "1"), ("scope", "this")])
                .await;
        }
        app
    };
    let logged = String::from_utf8(log.0.lock().expect("a log").clone()).expect("text");
    assert!(logged.contains("the log is listened to"));
    for link in app.links("/r/").iter().chain(&app.links("/u/")) {
        let token = &link[3..];
        assert_eq!(token.len(), 32);
        assert!(!app.is_on_disk(token), "{link} stands in the database");
        assert!(!logged.contains(token), "{link} stands in the log");
        assert!(app.is_on_disk(&hash(token)), "the hash is kept");
    }
    assert!(app.is_on_disk(PLACEHOLDER), "the text is kept without its token");
}

#[tokio::test]
async fn what_is_shown_before_is_as_long_as_what_is_sent() {
    let app = TestApp::garage().start().await;
    app.import_bookings(BY_MAIL).await;
    let planned = app.message("B-1", "confirmation").await.text.expect("words");
    assert!(planned.contains(PLACEHOLDER), "{planned}");
    app.dispatch().await;
    let sent = app.sent().pop().expect("a mail").text;
    assert_eq!(sent.chars().count(), planned.chars().count());
    let kept = app.message("B-1", "confirmation").await.text.expect("words");
    assert_eq!(kept, planned);
}

#[tokio::test]
async fn a_second_try_has_tokens_of_its_own_and_the_first_ones_go_on_working() {
    use daybefore::carrier::{Failure, Outcome};
    let app = TestApp::garage().start().await;
    app.email.then(Outcome::Retry {
        after: None,
        limit: None,
        whole_sender: false,
        failure: Failure {
            code: Some(451),
            text: "later".to_owned(),
        },
    });
    app.import_bookings(BY_MAIL).await;
    app.run_until("2026-12-01 10:00").await;
    let links = app.links("/r/");
    assert_eq!(links.len(), 2);
    assert_ne!(links[0], links[1]);
    for link in &links {
        assert_eq!(app.get(link).await.status, StatusCode::OK);
    }
    let mut tx = app.app.store().read().await.expect("a transaction");
    let row = store::link::find(&mut tx, &hash(&links[0][3..]), LinkPurpose::Respond, app.now())
        .await
        .expect("read")
        .expect("a link");
    assert_eq!((row.channel, row.address.as_str()), (Channel::Email, "ana@example.com"));
}

impl TestApp {
    /// Acts on a page that may not be there.
    async fn press_anyway(&self, path: &str) -> StatusCode {
        self.post(path, &[("do", "cancel"), ("revision", "1")]).await.status
    }
}
