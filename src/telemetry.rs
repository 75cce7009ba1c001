//! Logs and metrics. Neither ever holds a message's body; numbers and addresses are masked where they are logged.

use std::io::IsTerminal as _;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging to standard error.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // The clockwork tells of its own inner life at "info"; nobody who runs this wants to know.
    let filter = "tokio_cron_scheduler=warn"
        .parse()
        .map_or(filter.clone(), |quiet| filter.add_directive(quiet));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // A second start in one process (tests) keeps the first subscriber.
    let _already_started = match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    channel: &'static str,
    outcome: &'static str,
}

/// What is counted while the program runs; what stands in the database is counted when somebody asks.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    outcomes: Family<OutcomeLabels, Counter>,
    lateness: Histogram,
    receipts: Counter,
    inbound: Counter,
    overdue: Gauge,
    stopped_senders: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("daybefore");
        let outcomes = Family::<OutcomeLabels, Counter>::default();
        registry.register("attempts", "Attempts by channel and outcome", outcomes.clone());
        let lateness = Histogram::new([0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 600.0, 3600.0]);
        registry.register(
            "lateness_seconds",
            "From the due moment to the carrier's call",
            lateness.clone(),
        );
        let receipts = Counter::default();
        registry.register("receipts", "Status callbacks received", receipts.clone());
        let inbound = Counter::default();
        registry.register("inbound", "Messages of customers received", inbound.clone());
        let overdue = Gauge::default();
        registry.register(
            "overdue_messages",
            "Planned messages due more than five minutes ago",
            overdue.clone(),
        );
        let stopped_senders = Gauge::default();
        registry.register(
            "stopped_senders",
            "Senders that wait for an operator",
            stopped_senders.clone(),
        );
        Self {
            registry,
            outcomes,
            lateness,
            receipts,
            inbound,
            overdue,
            stopped_senders,
        }
    }
}

impl Metrics {
    /// An attempt ended.
    pub fn attempt(&self, channel: &'static str, outcome: &'static str) {
        self.outcomes.get_or_create(&OutcomeLabels { channel, outcome }).inc();
    }

    /// A message left this many milliseconds after it was due.
    pub fn left(&self, late_millis: i64) {
        self.lateness
            .observe(f64::from(i32::try_from(late_millis).unwrap_or(i32::MAX)) / 1000.0);
    }

    /// A status callback came in.
    pub fn receipt(&self) {
        self.receipts.inc();
    }

    /// A customer's message came in.
    pub fn inbound(&self) {
        self.inbound.inc();
    }

    /// Everything in the OpenMetrics text form, with the two gauges that the caller has read from the database.
    ///
    /// # Errors
    /// Never in practice: writing to a string does not fail.
    pub fn render(&self, overdue: i64, stopped_senders: i64) -> Result<String, std::fmt::Error> {
        self.overdue.set(overdue);
        self.stopped_senders.set(stopped_senders);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
