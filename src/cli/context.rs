//! What every command starts from: the configuration, and the database opened as the command needs it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use crate::app::{self, App};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::instant::Instant;
use crate::domain::zone::Zones;
use crate::store::{self, Open, Store};
use crate::telemetry;

/// The configuration, read and checked.
#[derive(Debug)]
pub struct Context {
    pub config: Config,
}

impl Context {
    /// `quiet`: nothing but warnings in the log, unless somebody has set what is to be in it.
    pub(super) fn load(path: Option<&Path>, quiet: bool) -> anyhow::Result<Self> {
        let mut config = Config::load(path, std::env::vars())?;
        if quiet && config.is_default("log.filter") {
            "warn".clone_into(&mut config.log.filter);
        }
        telemetry::start(&config.log);
        Ok(Self { config })
    }

    #[expect(
        clippy::unused_self,
        reason = "a command asks its context for the time, wherever that comes from"
    )]
    pub(super) fn now(&self) -> Instant {
        SystemClock::new().now()
    }

    /// How a browser reaches the desk: the public address, else the one that is listened on, `listen` in place of the
    /// configuration's.
    pub(super) fn site(&self, listen: Option<SocketAddr>) -> String {
        let server = &self.config.server;
        server.public_url.clone().unwrap_or_else(|| {
            let listen = listen.unwrap_or(server.listen);
            if listen.ip().is_unspecified() {
                format!("http://localhost:{}", listen.port())
            } else {
                format!("http://{listen}")
            }
        })
    }

    pub(super) fn zones(&self) -> anyhow::Result<Zones> {
        Ok(app::zones(&self.config)?)
    }

    pub(super) async fn store(&self, how: Open) -> anyhow::Result<Store> {
        let path = self.config.database_path();
        Store::open(&path, how)
            .await
            .with_context(|| format!("database {}", path.display()))
    }

    pub(super) async fn app(&self, how: Open) -> anyhow::Result<App> {
        self.app_with(self.store(how).await?, Arc::new(SystemClock::new()))
    }

    pub(super) fn app_with(&self, store: Store, clock: Arc<dyn Clock>) -> anyhow::Result<App> {
        Ok(App::with_store(self.config.clone(), store, clock)?)
    }
}

/// Refuses the name of a business that is not there: an empty list would look like an answer.
pub(super) async fn known_business(store: &Store, id: Option<&str>) -> anyhow::Result<()> {
    let Some(id) = id else { return Ok(()) };
    let found = store::business::find(&mut store.read().await?, id).await?;
    anyhow::ensure!(
        found.is_some(),
        "there is no business `{id}`: `daybefore business list` shows them"
    );
    Ok(())
}
