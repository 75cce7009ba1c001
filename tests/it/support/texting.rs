//! What customers send back: texts through the real router, signed as the provider signs; and what has come of them.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use daybefore::domain::desk_item::{DeskItem, DeskKind};
use daybefore::domain::item::{BookingStatus, RenewalStatus};
use daybefore::domain::question::Question;
use daybefore::inbound::{act, reply};
use daybefore::store;
use daybefore::store::reply::Reply;
use daybefore::web;
use tower::ServiceExt as _;

use super::signing::signature;
use super::test_app::{BUSINESS, PHONE, PUBLIC_URL, TestApp};
use super::twilio_server::SECRET;

/// The number that all texts go out from.
pub const OURS: &str = "+15017122661";

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A text as the provider hands it over: any pairs, to any path.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub pairs: Vec<(String, String)>,
}

impl Webhook {
    /// A text from `sender` with an id of its own.
    pub fn text(sender: &str, body: &str) -> Self {
        let sid = format!("SM{:032x}", NEXT.fetch_add(1, Ordering::Relaxed));
        let pairs = [
            ("MessageSid", sid.as_str()),
            ("From", sender),
            ("To", OURS),
            ("Body", body),
            ("NumMedia", "0"),
        ];
        Self {
            pairs: pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    /// The same with one more pair.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.pairs.retain(|(known, _)| known != name);
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.pairs)
            .finish()
    }

    /// As a POST whose signature is made with `secret`.
    pub fn post(&self, secret: &str) -> Request<Body> {
        let path = "/webhooks/twilio/message";
        let signed = signature(secret, &format!("{PUBLIC_URL}{path}"), &self.pairs);
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-twilio-signature", signed)
            .body(Body::from(self.encoded()))
            .expect("a request")
    }

    /// As a GET, whose URL alone is signed.
    pub fn get(&self, secret: &str) -> Request<Body> {
        let path = format!("/webhooks/twilio/message?{}", self.encoded());
        let signed = signature(secret, &format!("{PUBLIC_URL}{path}"), &[]);
        Request::get(path)
            .header("x-twilio-signature", signed)
            .body(Body::empty())
            .expect("a request")
    }
}

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: StatusCode,
    pub content_type: String,
    pub body: String,
}

impl TestApp {
    /// Sends any request to the router.
    pub async fn ask(&self, request: Request<Body>) -> Answered {
        let answer = web::router(self.app.clone()).oneshot(request).await.expect("an answer");
        let content_type = answer.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (status, content_type) = (answer.status(), content_type.to_owned());
        let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        Answered {
            status,
            content_type,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// Ana answers, and it is read.
    pub async fn customer_replies(&self, body: &str) {
        self.text_from(PHONE, body).await;
    }

    /// Somebody writes, and it is read.
    pub async fn text_from(&self, sender: &str, body: &str) {
        self.receive_webhook(&Webhook::text(sender, body)).await;
    }

    /// A webhook comes in, and what it brought is read.
    pub async fn receive_webhook(&self, webhook: &Webhook) {
        let answer = self.ask(webhook.post(SECRET)).await;
        assert_eq!(answer.status, StatusCode::OK, "{webhook:?}");
        self.read_replies().await;
    }

    pub async fn read_replies(&self) -> u64 {
        reply::read_inbound(&self.app.dispatcher, self.now())
            .await
            .expect("read")
    }

    /// What waits for a person.
    pub async fn inbox(&self) -> Vec<DeskItem> {
        let mut tx = self.app.store().read().await.expect("a transaction");
        store::desk_item::waiting(&mut tx, None).await.expect("read")
    }

    /// The same, a word each.
    pub async fn inbox_kinds(&self) -> Vec<DeskKind> {
        self.inbox().await.iter().map(|row| row.kind).collect()
    }

    /// Somebody at the desk has dealt with a row.
    pub async fn desk_settles(&self, id: &str) -> bool {
        let mut tx = self.app.store().write().await.expect("a transaction");
        let zones = &self.app.dispatcher.zones;
        let done = act::settle(&mut tx, zones, id, "Petra", None, self.now())
            .await
            .expect("settled");
        tx.commit().await.expect("committed");
        done
    }

    pub async fn booking_status(&self, external_id: &str) -> BookingStatus {
        let mut tx = self.app.store().read().await.expect("a transaction");
        let found = store::item::bookings_by_external_id(&mut tx, BUSINESS, &[external_id]).await;
        found.expect("read").remove(0).status
    }

    pub async fn renewal_status(&self, external_id: &str) -> RenewalStatus {
        let mut tx = self.app.store().read().await.expect("a transaction");
        let found = store::item::renewals_by_external_id(&mut tx, BUSINESS, &[external_id]).await;
        found.expect("read").remove(0).status
    }

    /// What the latest message of that rule about a booking, renewal or case asked.
    pub async fn question(&self, external_id: &str, rule: &str) -> Option<Question> {
        let message = self.message(external_id, rule).await;
        let mut tx = self.app.store().read().await.expect("a transaction");
        store::question::of_message(&mut tx, &message.message_id)
            .await
            .expect("read")
    }

    /// The same, where it asked something.
    pub async fn asked_by(&self, external_id: &str, rule: &str) -> Question {
        self.question(external_id, rule).await.expect("a question")
    }

    /// How the last text of that sender was understood.
    pub async fn last_reply(&self, sender: &str) -> Reply {
        let mut tx = self.app.store().read().await.expect("a transaction");
        let latest = store::inbound::of_sender(&mut tx, sender, 1).await.expect("read");
        let id = &latest.first().expect("a text").id;
        store::reply::find(&mut tx, id)
            .await
            .expect("read")
            .expect("it was read")
    }
}

impl TestApp {
    /// Every table, a line a row, as the database has them.
    pub async fn dump(&self) -> String {
        crate::store::dump(&self.app.store().path()).await
    }
}

/// A garage whose customer of B-1 was asked by text this morning how yesterday's visit was, and the question.
pub async fn asked_how_it_was() -> (TestApp, Question) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.advance_to("2026-12-15 12:00");
    app.book_as("B-1", "2026-12-15 09:00", "completed").await;
    app.run_until("2026-12-16 11:00").await;
    let question = app.asked_by("B-1", "satisfaction").await;
    (app, question)
}
