//! The program as a test uses it: an own database, a clock that the test drives, carriers that remember.
//!
//! ```text
//! let app = TestApp::garage().at("2026-12-01 09:00").start().await;
//! app.book("B-1", "2026-12-15 09:00").await;
//! app.run_until("2026-12-14 18:00").await;                   // lives through everything that is due until then
//! assert_eq!(app.sent().len(), 2);
//! let app = app.restart().await;                             // drops everything, opens the same file again
//! ```
//!
//! Times are the business's local ones. Nothing here sleeps.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::NaiveDateTime;
use daybefore::app::App;
use daybefore::carrier::memory::Memory;
use daybefore::carrier::{Carrier, Content, Outgoing};
use daybefore::clock::{Clock, VirtualClock};
use daybefore::domain::attempt::Attempt;
use daybefore::domain::instant::Instant;
use daybefore::domain::message::{Channel, State};
use daybefore::domain::zone::Zone;
use daybefore::inbound::delivery;
use daybefore::outbound::dispatch::{drain, lanes};
use daybefore::outbound::import::{self, Import, ImportKind, RowReport, RowResult, Summary};
use daybefore::outbound::listing::{self, Listed};
use daybefore::outbound::plan::{Planning, replan_business};
use daybefore::outbound::rehearsal::live_through;
use daybefore::outbound::rescue;
use daybefore::outbound::take_over::take_over;
use daybefore::store::ledger::NewConsent;
use daybefore::store::report::Filter;
use daybefore::store::{self, Open};
use daybefore::web;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::setup::{Setup, config};
use super::signing::signature;
use super::twilio_server::{SECRET, TwilioServer};

/// The id of the one business that every app has.
pub const BUSINESS: &str = "shop";
/// Ana's number and address: whose bookings `book` makes.
pub const PHONE: &str = "+491713920012";
pub const EMAIL: &str = "ana@example.com";
/// Where the world reaches us.
pub(super) const PUBLIC_URL: &str = "https://desk.example.com";

/// The running program.
pub struct TestApp {
    pub app: App,
    pub sms: Arc<Memory>,
    pub email: Arc<Memory>,
    /// The provider, where the setup asked for one.
    pub provider: Option<TwilioServer>,
    pub clock: Arc<VirtualClock>,
    zone: Zone,
    settings: Vec<(String, String)>,
    folder: Arc<TempDir>,
}

/// A message that was handed to a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub at: Instant,
    pub channel: Channel,
    pub to: String,
    pub message_id: String,
    pub attempt_id: String,
    pub text: String,
}

pub(super) type Carriers = (Arc<Memory>, Arc<Memory>, Option<TwilioServer>);

/// `2026-12-15 09:00` as a local moment.
pub(super) fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a local time like 2026-12-15 09:00")
}

impl TestApp {
    /// A garage in Berlin that writes English, on 1 December 2026 at nine.
    pub fn garage() -> Setup {
        Setup {
            preset: "garage",
            zone: "Europe/Berlin",
            locale: "en",
            region: "DE",
            start: "2026-12-01 09:00",
            holidays: BTreeSet::new(),
            rules: None,
            settings: Vec::new(),
            surveys_need_consent: false,
            review_url: None,
            phone: None,
            email: None,
            sms: Arc::new(Memory::default()),
            twilio: false,
        }
    }

    /// The same as an agency.
    pub fn agency() -> Setup {
        Setup {
            preset: "insurance",
            ..Self::garage()
        }
    }

    pub(super) async fn open(
        folder: Arc<TempDir>,
        settings: Vec<(String, String)>,
        clock: Arc<VirtualClock>,
        zone: Zone,
        (sms, email, provider): Carriers,
    ) -> Self {
        let config = config(&settings, &folder);
        let mut app = App::build(config, Open::Existing, clock.clone()).await.expect("an app");
        if provider.is_none() {
            app.dispatcher.sms = sms.clone();
        }
        app.dispatcher.email = email.clone();
        Self {
            app,
            sms,
            email,
            provider,
            clock,
            zone,
            settings,
            folder,
        }
    }

    /// The process dies without a word, and the next one starts as `serve` does.
    pub async fn restart(self) -> Self {
        self.restart_with(&[]).await
    }

    /// The same with other settings.
    pub async fn restart_with(mut self, settings: &[(&str, &str)]) -> Self {
        for (key, value) in settings {
            self.settings.retain(|(known, _)| known != key);
            self.settings.push(((*key).to_owned(), (*value).to_owned()));
        }
        let Self {
            app,
            sms,
            email,
            provider,
            clock,
            zone,
            settings,
            folder,
        } = self;
        app.store().close().await;
        drop(app);
        let app = Self::open(folder, settings, clock, zone, (sms, email, provider)).await;
        take_over(&app.app.dispatcher, app.now()).await.expect("a start");
        app
    }

    /// Puts another carrier in the place of the one for texts.
    pub fn texts_go_to(&mut self, carrier: Arc<dyn Carrier>) {
        self.app.dispatcher.sms = carrier;
    }

    /// Puts another carrier in the place of the one for mails.
    pub fn mails_go_to(&mut self, carrier: Arc<dyn Carrier>) {
        self.app.dispatcher.email = carrier;
    }

    /// Where the database lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The instant of a local moment of the business.
    pub fn at(&self, text: &str) -> Instant {
        self.zone.instant(local(text))
    }

    /// An instant as the business's wall clock shows it.
    pub fn local(&self, at: Instant) -> String {
        self.zone.local(at).format("%Y-%m-%d %H:%M").to_string()
    }

    // ---- what the business does

    pub async fn import_bookings(&self, csv: &str) -> Summary {
        self.import(ImportKind::Bookings, csv, false).await.0
    }

    pub async fn import_renewals(&self, csv: &str) -> Summary {
        self.import(ImportKind::Renewals, csv, false).await.0
    }

    pub async fn import_customers(&self, csv: &str) -> Summary {
        self.import(ImportKind::Customers, csv, false).await.0
    }

    /// Bookings that the customers know of already.
    pub async fn import_known_bookings(&self, csv: &str) -> Summary {
        self.import(ImportKind::Bookings, csv, true).await.0
    }

    /// An import whole: its sum and what became of each row.
    pub async fn import(&self, kind: ImportKind, csv: &str, known_to_customers: bool) -> (Summary, Vec<RowReport>) {
        let request = Import {
            business_id: BUSINESS,
            kind,
            known_to_customers,
            now: self.now(),
        };
        let mut rows = Vec::new();
        let dispatcher = &self.app.dispatcher;
        let note = |row: &RowReport| rows.push(row.clone());
        let done = import::run(
            &dispatcher.store,
            &dispatcher.zones,
            &request,
            csv.as_bytes(),
            note,
            |_| {},
        )
        .await;
        (done.expect("an import").0, rows)
    }

    /// Ana's booking, as a row that says no status.
    pub async fn book(&self, id: &str, starts: &str) -> Summary {
        self.book_as(id, starts, "").await
    }

    /// Ana's booking in that status.
    pub async fn book_as(&self, id: &str, starts: &str, status: &str) -> Summary {
        let header = "external_id,name,phone,email,service,starts_at,duration_minutes,status";
        let row = format!("{id},Ana Košir,{PHONE},{EMAIL},Oil change,{starts},60,{status}");
        let (summary, rows) = self
            .import(ImportKind::Bookings, &format!("{header}\n{row}\n"), false)
            .await;
        let refused = rows.iter().find(|row| matches!(row.result, RowResult::Refused(_)));
        assert!(refused.is_none(), "{refused:?}");
        summary
    }

    /// Ana's renewal.
    pub async fn renew(&self, id: &str, kind: &str, ends_on: &str, status: &str) -> Summary {
        let header = "external_id,name,phone,email,kind,subject,ends_on,offer_amount,offer_currency,status";
        let row = format!("{id},Ana Košir,{PHONE},{EMAIL},{kind},Golf,{ends_on},412.50,EUR,{status}");
        self.import_renewals(&format!("{header}\n{row}\n")).await
    }

    /// A line of the ledger for an address, as a reply or the desk would write it; the plans follow.
    pub async fn customer_opts_out(&self, address: &str, channel: Option<Channel>) {
        let mut tx = self.app.store().write().await.expect("a transaction");
        let line = NewConsent {
            business_id: BUSINESS,
            customer_id: None,
            address: Some(address),
            channel,
            purpose: None,
            given: false,
            source: "desk",
            wording: None,
        };
        store::ledger::add(&mut tx, &line, self.now()).await.expect("added");
        tx.commit().await.expect("committed");
    }

    /// Everything of the business is planned again.
    pub async fn replan(&self) -> Planning {
        let dispatcher = &self.app.dispatcher;
        replan_business(&dispatcher.store, &dispatcher.zones, BUSINESS, self.now(), |_| {})
            .await
            .expect("planned")
    }

    /// `daybefore outbox resume`.
    pub async fn operator_resumes(&self) -> u64 {
        let mut tx = self.app.store().write().await.expect("a transaction");
        let resumed = store::lane::resume(&mut tx, None).await.expect("resumed");
        tx.commit().await.expect("committed");
        resumed
    }

    /// `daybefore outbox hold` and `release`.
    pub async fn operator_holds(&self, message_id: &str, held: bool) -> bool {
        let mut tx = self.app.store().write().await.expect("a transaction");
        let done = store::message::hold(&mut tx, message_id, held, self.now())
            .await
            .expect("held");
        tx.commit().await.expect("committed");
        done
    }

    // ---- time

    /// The clock moves; nobody works (an outage).
    pub fn advance_to(&self, text: &str) {
        self.clock.advance_to(self.at(text));
    }

    /// Lives through everything that is due until that local moment.
    pub async fn run_until(&self, text: &str) {
        self.run_until_instant(self.at(text)).await;
    }

    pub async fn run_until_instant(&self, until: Instant) {
        if let Some(provider) = &self.provider {
            provider.set_now(until);
        }
        live_through(&self.app.dispatcher, &self.clock, until)
            .await
            .expect("lived through");
    }

    /// Sends what is due at this very moment: texts, then the mails that take their place.
    pub async fn dispatch(&self) {
        if let Some(provider) = &self.provider {
            provider.set_now(self.now());
        }
        for lane in lanes(self.app.store()).await.expect("lanes").into_iter().rev() {
            drain(&self.app.dispatcher, &lane).await.expect("drained");
        }
    }

    /// The chore that takes over what a dead sender left.
    pub async fn rescue(&self) -> u64 {
        rescue::rescue(&self.app.dispatcher, self.now()).await.expect("rescued")
    }

    // ---- what comes back

    /// A status callback about a text, signed as the provider signs, through the real router; then it is read.
    pub async fn receive_status(&self, attempt_id: &str, provider_id: &str, status: &str, code: Option<i64>) {
        let answer = self.post_status(attempt_id, provider_id, status, code, SECRET).await;
        assert_eq!(answer, StatusCode::OK);
        delivery::read_receipts(&self.app.dispatcher, self.now())
            .await
            .expect("read");
    }

    /// The callback alone, signed with any secret.
    pub async fn post_status(
        &self,
        attempt_id: &str,
        provider_id: &str,
        status: &str,
        code: Option<i64>,
        secret: &str,
    ) -> StatusCode {
        let path = format!("/webhooks/twilio/status?m={attempt_id}");
        let mut pairs = vec![
            ("AccountSid".to_owned(), self.app.config.sms.account_sid.clone()),
            ("MessageSid".to_owned(), provider_id.to_owned()),
            ("MessageStatus".to_owned(), status.to_owned()),
        ];
        pairs.extend(code.map(|code| ("ErrorCode".to_owned(), code.to_string())));
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        let request = Request::post(&path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "x-twilio-signature",
                signature(secret, &format!("{PUBLIC_URL}{path}"), &pairs),
            )
            .body(Body::from(body))
            .expect("a request");
        let answer = web::router(self.app.clone()).oneshot(request).await.expect("an answer");
        answer.status()
    }

    // ---- what can be seen

    /// Everything that was handed to the carriers in memory, in order.
    pub fn sent(&self) -> Vec<Sent> {
        let mut sent: Vec<_> = self.sms.sent().iter().chain(&self.email.sent()).map(Sent::of).collect();
        sent.sort_by_key(|sent| sent.at);
        sent
    }

    /// Every message, as `daybefore plan` lists it.
    pub async fn plan(&self) -> Vec<Listed> {
        let mut lines = Vec::new();
        listing::list(&self.app.dispatcher, &Filter::default(), |line| lines.push(line))
            .await
            .expect("listed");
        lines
    }

    /// The plan, a line a message: `2026-12-14 17:00  B-1/1 day-before: planned sms`.
    pub async fn plan_lines(&self) -> String {
        let line = |line: &Listed| {
            let end = match (line.reason, line.channel) {
                (Some(reason), _) => format!("skipped {reason}"),
                (None, channel) => format!("{} {}", line.state, channel.map_or("-", Channel::as_str)),
            };
            let due = self.local(line.due_at);
            format!(
                "{due}  {}/{} {}: {end}",
                line.item.external_id, line.item.revision, line.rule
            )
        };
        let mut lines: Vec<_> = self.plan().await.iter().map(line).collect();
        lines.sort();
        lines.join("\n")
    }

    /// The one message of that rule about that item in its latest revision.
    pub async fn message(&self, external_id: &str, rule: &str) -> Listed {
        let plan = self.plan().await;
        plan.iter()
            .filter(|line| line.item.external_id == external_id && line.rule == rule)
            .max_by_key(|line| line.item.revision)
            .unwrap_or_else(|| panic!("no message of {rule} about {external_id} in {plan:#?}"))
            .clone()
    }

    pub async fn state(&self, external_id: &str, rule: &str) -> State {
        self.message(external_id, rule).await.state
    }

    /// The attempts of a message, in their order.
    pub async fn attempts(&self, message_id: &str) -> Vec<Attempt> {
        let mut tx = self.app.store().read().await.expect("a transaction");
        store::attempt::of_message(&mut tx, message_id).await.expect("attempts")
    }

    /// How many tries a message has to its name.
    pub async fn tries(&self, message_id: &str) -> i64 {
        let mut tx = self.app.store().read().await.expect("a transaction");
        store::report::message(&mut tx, message_id)
            .await
            .expect("read")
            .expect("a message")
            .attempts
    }

    /// The senders that wait for an operator.
    pub async fn stopped_senders(&self) -> Vec<String> {
        let mut tx = self.app.store().read().await.expect("a transaction");
        store::lane::paused(&mut tx)
            .await
            .expect("lanes")
            .into_iter()
            .map(|paused| paused.lane)
            .collect()
    }

    /// What customers saw, a line a message.
    pub fn conversation(&self) -> String {
        let line = |sent: &Sent| {
            let text = sent.text.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{} {} to {}: {text}", self.local(sent.at), sent.channel, sent.to)
        };
        self.sent().iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Sent {
    fn of(outgoing: &Outgoing) -> Self {
        let (channel, text) = match &outgoing.content {
            Content::Sms { text } => (Channel::Sms, text.clone()),
            Content::Email(mail) => (Channel::Email, mail.text.clone()),
        };
        Self {
            at: outgoing.now,
            channel,
            to: outgoing.to.clone(),
            message_id: outgoing.message_id.clone(),
            attempt_id: outgoing.attempt_id.clone(),
            text,
        }
    }
}
