//! Builds everything from the configuration: the one place that knows which carrier, clock and zone data are in use.

mod door;
mod live;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::carrier::sandbox::{self, Sandbox};
use crate::carrier::smtp::{self, Smtp};
use crate::carrier::twilio::{self, Twilio};
use crate::carrier::{Carrier, SetupError};
use crate::clock::Clock;
use crate::config::{Config, EmailCarrier, SmsCarrier};
use crate::domain::zone::{ZoneError, Zones};
use crate::inbound::reader::Stored;
use crate::outbound::Changed;
use crate::outbound::dispatch::{Dispatcher, Settings, Started, Wake};
use crate::outbound::import::handed_over::Reading;
use crate::outbound::import::uploads::Uploads;
use crate::outbound::plan::Again;
use crate::outbound::text_shelf::TextShelf;
use crate::store::{Open, Store, StoreError};
use crate::telemetry::Metrics;

pub use door::{Door, DoorError};
pub use live::{Live, Seat};

/// How long a carrier's server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the program can't be put together.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Zone(#[from] ZoneError),
    #[error(transparent)]
    Carrier(#[from] SetupError),
}

/// Who may see the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskAccess {
    /// Users, each the businesses they belong to.
    Users,
    /// Everybody all: the demonstration, whose people do not exist.
    Open,
}

/// Says that a business has got a sender of its own, whose lane nobody works yet.
#[derive(Clone, Debug, Default)]
pub struct NewLanes(Arc<AtomicBool>);

impl NewLanes {
    /// There may be one.
    pub fn note(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether there may be one since this was asked last.
    #[must_use]
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

/// The program, put together.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub dispatcher: Dispatcher,
    pub wake: Wake,
    /// Wakes the readers of what webhooks have stored.
    pub stored: Stored,
    /// Wakes whoever plans again.
    pub again: Again,
    pub new_lanes: NewLanes,
    pub uploads: Arc<Uploads>,
    pub desk: DeskAccess,
    pub door: Arc<Door>,
    /// The desk's pages that are told when something changes.
    pub live: Arc<Live>,
}

/// The zone data that the configuration asks for.
///
/// # Errors
/// When `time.zoneinfo_dir` holds none.
pub fn zones(config: &Config) -> Result<Zones, ZoneError> {
    config
        .time
        .zoneinfo_dir
        .as_deref()
        .map_or_else(|| Ok(Zones::bundled()), Zones::from_dir)
}

impl App {
    /// Opens the database and puts everything together. Nothing is sent yet.
    ///
    /// # Errors
    /// When the database, the zone data or a carrier's settings can't be used.
    pub async fn build(config: Config, open: Open, clock: Arc<dyn Clock>) -> Result<Self, AppError> {
        let store = Store::open(&config.database_path(), open).await?;
        Self::with_store(config, store, clock)
    }

    /// The same on a database that is open already.
    ///
    /// # Errors
    /// When the zone data or a carrier's settings can't be used.
    pub fn with_store(config: Config, store: Store, clock: Arc<dyn Clock>) -> Result<Self, AppError> {
        let dispatcher = Dispatcher {
            store,
            zones: Arc::new(zones(&config)?),
            texts: Arc::new(TextShelf::default()),
            metrics: Arc::new(Metrics::default()),
            sms: sms_carrier(&config)?,
            email: email_carrier(&config)?,
            clock,
            settings: settings(&config),
            withdrawn: Arc::default(),
            started: Started::default(),
            changed: Changed::default(),
        };
        Ok(Self {
            config: Arc::new(config),
            uploads: Arc::new(Uploads::beside(&dispatcher.store.path())),
            again: Again::default(),
            new_lanes: NewLanes::default(),
            dispatcher,
            wake: Wake::default(),
            stored: Stored::default(),
            desk: DeskAccess::Users,
            door: Arc::default(),
            live: Arc::default(),
        })
    }

    /// Somebody has changed what may be sent: what is claimed already must not go either once its receiver has ended it.
    pub fn tell_senders(&self) {
        self.dispatcher.withdrawn.written();
        self.wake.all();
    }

    /// What reading a file that was handed over needs.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading {
            store: self.dispatcher.store.clone(),
            zones: Arc::clone(&self.dispatcher.zones),
            clock: Arc::clone(&self.dispatcher.clock),
            uploads: Arc::clone(&self.uploads),
        }
    }

    /// The store everything is in.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.dispatcher.store
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        concurrency: config.dispatch.concurrency,
        lease: config.dispatch.lease,
        max_attempts: config.dispatch.max_attempts.into(),
        sms_from: config.sms.from.clone(),
        email_from: config.email.from.clone(),
        sms_per_second: config.sms.messages_per_second,
        email_per_second: config.email.messages_per_second,
        public_url: config.server.public_url.clone(),
    }
}

fn sms_carrier(config: &Config) -> Result<Arc<dyn Carrier>, SetupError> {
    Ok(match config.sms.carrier {
        SmsCarrier::Sandbox => sandbox(config)?,
        SmsCarrier::Twilio => Arc::new(Twilio::new(&twilio::Settings {
            base_url: config.sms.base_url.clone(),
            account_sid: config.sms.account_sid.clone(),
            user: Some(config.sms.user.clone()),
            secret: config.sms.auth_tokens.first().cloned().unwrap_or_default(),
            from: config.sms.from.clone(),
            status_callback: status_callback(config),
            validity_seconds: config.sms.validity_seconds,
            timeout: config.sms.timeout,
            connect_timeout: CONNECT_TIMEOUT.min(config.sms.timeout),
        })?),
    })
}

fn status_callback(config: &Config) -> Option<url::Url> {
    let public_url = config.server.public_url.as_deref()?;
    url::Url::parse(&format!("{public_url}/webhooks/twilio/status")).ok()
}

fn email_carrier(config: &Config) -> Result<Arc<dyn Carrier>, SetupError> {
    Ok(match config.email.carrier {
        EmailCarrier::Sandbox => sandbox(config)?,
        EmailCarrier::Smtp => Arc::new(Smtp::new(&smtp::Settings {
            smtp_url: config.email.smtp_url.clone().unwrap_or_default(),
            from: config.email.from.clone(),
            ca_file: config.email.ca_file.clone(),
            timeout: config.email.timeout,
            helo: None,
        })?),
    })
}

fn sandbox(config: &Config) -> Result<Arc<dyn Carrier>, SetupError> {
    let settings = sandbox::Settings {
        folder: config.sandbox.folder.clone(),
        from: config.email.from.clone(),
    };
    Ok(Arc::new(Sandbox::new(settings)?))
}
