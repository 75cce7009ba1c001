//! What a test wants of its app before it starts.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use daybefore::carrier::memory::Memory;
use daybefore::clock::{Clock as _, VirtualClock};
use daybefore::config::Config;
use daybefore::domain::business::{Business, BusinessKind};
use daybefore::domain::quiet_hours::QuietHours;
use daybefore::domain::rule::Rules;
use daybefore::store::{self, Open, Store};
use tempfile::TempDir;

use super::test_app::{BUSINESS, PUBLIC_URL, TestApp, local};
use super::twilio_server::{SECRET, TwilioServer};

/// The wishes.
pub struct Setup {
    pub(super) preset: &'static str,
    pub(super) zone: &'static str,
    pub(super) locale: &'static str,
    pub(super) region: &'static str,
    pub(super) start: &'static str,
    pub(super) holidays: BTreeSet<NaiveDate>,
    pub(super) rules: Option<String>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) surveys_need_consent: bool,
    pub(super) review_url: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) sms: Arc<Memory>,
    pub(super) twilio: bool,
}

impl Setup {
    pub fn zone(mut self, zone: &'static str) -> Self {
        self.zone = zone;
        self
    }

    pub fn locale(mut self, locale: &'static str, region: &'static str) -> Self {
        (self.locale, self.region) = (locale, region);
        self
    }

    /// The local moment at which the clock stands first.
    pub fn at(mut self, start: &'static str) -> Self {
        self.start = start;
        self
    }

    pub fn holiday(mut self, date: &str) -> Self {
        self.holidays.insert(date.parse().expect("a date"));
        self
    }

    pub fn surveys_need_consent(mut self) -> Self {
        self.surveys_need_consent = true;
        self
    }

    /// Where customers are invited to review the business.
    pub fn review_url(mut self, url: &str) -> Self {
        self.review_url = Some(url.to_owned());
        self
    }

    /// Where the business itself can be reached.
    pub fn reached_at(mut self, phone: Option<&str>, email: Option<&str>) -> Self {
        (self.phone, self.email) = (phone.map(str::to_owned), email.map(str::to_owned));
        self
    }

    /// Rules of its own, in place of the preset's.
    pub fn rules(mut self, toml: &str) -> Self {
        self.rules = Some(toml.to_owned());
        self
    }

    /// A key of the configuration, like `dispatch.max_attempts`.
    pub fn setting(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Takes texts, in place of a carrier that accepts everything.
    pub fn sms(mut self, sms: Memory) -> Self {
        self.sms = Arc::new(sms);
        self
    }

    /// Texts go to a provider that speaks Twilio's API on a port of its own.
    pub fn twilio(mut self) -> Self {
        self.twilio = true;
        self
    }

    pub async fn start(mut self) -> TestApp {
        let provider = if self.twilio {
            Some(TwilioServer::start().await)
        } else {
            None
        };
        if let Some(provider) = &provider {
            self.settings.extend([
                ("sms.carrier".to_owned(), "twilio".to_owned()),
                ("sms.base_url".to_owned(), provider.base_url()),
                ("sms.account_sid".to_owned(), provider.account.clone()),
                ("sms.from".to_owned(), "+15017122661".to_owned()),
            ]);
        }
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let settings = self.settings.clone();
        let zones = daybefore::app::zones(&config(&settings, &folder)).expect("zone data");
        let zone = zones.zone(self.zone).expect("a zone");
        let clock = Arc::new(VirtualClock::starting_at(zone.instant(local(self.start))));
        let store = Store::open(&folder.path().join("test.db"), Open::CreateIfEmpty)
            .await
            .expect("a database");
        let rules = self
            .rules
            .take()
            .unwrap_or_else(|| Rules::preset(self.preset).expect("a preset").to_owned());
        let mut tx = store.write().await.expect("a transaction");
        store::business::save(&mut tx, &self.business(), clock.now())
            .await
            .expect("saved");
        store::rule::replace(&mut tx, BUSINESS, &Rules::parse(&rules).expect("rules"))
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
        store.close().await;
        let email = Arc::new(Memory::default());
        TestApp::open(folder, settings, clock, zone, (self.sms, email, provider)).await
    }

    fn business(&self) -> Business {
        Business {
            id: BUSINESS.to_owned(),
            kind: if self.preset == "garage" {
                BusinessKind::Garage
            } else {
                BusinessKind::Insurance
            },
            name: "Garage Müller".to_owned(),
            zone: self.zone.to_owned(),
            locale: self.locale.to_owned(),
            region: self.region.to_owned(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            address: None,
            sms_from: None,
            email_from: None,
            quiet_hours: QuietHours::default(),
            holidays: self.holidays.clone(),
            surveys_need_consent: self.surveys_need_consent,
            review_url: self.review_url.clone(),
        }
    }
}

/// The configuration of a test: the usual one, and what it asks for.
pub(super) fn config(settings: &[(String, String)], folder: &TempDir) -> Config {
    let variable = |(key, value): &(String, String)| {
        (
            format!("DAYBEFORE_{}", key.to_uppercase().replace('.', "__")),
            value.clone(),
        )
    };
    let usual = [
        (
            "database.url",
            format!("sqlite:{}", folder.path().join("test.db").display()),
        ),
        ("server.public_url", PUBLIC_URL.to_owned()),
        ("sms.auth_token", SECRET.to_owned()),
        ("sms.from", "+15017122661".to_owned()),
        ("email.from", "Garage Müller <desk@garage.example>".to_owned()),
    ];
    // What a test sets takes the place of the usual; an empty text unsets it.
    let is_set = |key: &str| settings.iter().any(|(set, _)| set == key);
    let usual = usual
        .into_iter()
        .filter(|(key, _)| !is_set(key))
        .map(|(key, value)| (key.to_owned(), value));
    let all: Vec<_> = usual.chain(settings.iter().cloned()).collect();
    Config::load(None, all.iter().map(variable)).expect("a configuration")
}
