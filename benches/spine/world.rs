//! A business with as many bookings as a bench needs, on a real file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveTime;
use daybefore::app::App;
use daybefore::clock::{Clock, SystemClock};
use daybefore::config::Config;
use daybefore::domain::business::{Business, BusinessKind};
use daybefore::domain::quiet_hours::{Hours, QuietHours};
use daybefore::domain::rule::Rules;
use daybefore::domain::zone::Zones;
use daybefore::outbound::import::{Import, ImportKind, run as import};
use daybefore::outbound::take_over::take_over;
use daybefore::store::{self, Open, Store};

pub const BUSINESS: &str = "bench";

/// The configuration of a bench: a database file, and a Twilio at `base_url` where one is wanted.
pub fn config(folder: &Path, base_url: Option<&str>, concurrency: usize) -> anyhow::Result<Config> {
    let mut env = vec![
        (
            "DAYBEFORE_DATABASE__URL".to_owned(),
            format!("sqlite:{}", folder.join("bench.db").display()),
        ),
        ("DAYBEFORE_DISPATCH__CONCURRENCY".to_owned(), concurrency.to_string()),
        (
            "DAYBEFORE_SERVER__PUBLIC_URL".to_owned(),
            "https://daybefore.example.com".to_owned(),
        ),
    ];
    if let Some(base_url) = base_url {
        for (key, value) in [
            ("CARRIER", "twilio"),
            ("BASE_URL", base_url),
            ("ACCOUNT_SID", super::server::ACCOUNT),
            ("AUTH_TOKEN", "token"),
            ("FROM", "+15017122661"),
        ] {
            env.push((format!("DAYBEFORE_SMS__{key}"), value.to_owned()));
        }
    }
    Ok(Config::load(Some(&empty_file(folder)?), env.into_iter())?)
}

fn empty_file(folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let path = folder.join("daybefore.toml");
    std::fs::write(&path, "")?;
    Ok(path)
}

/// The program on a new database that holds one business which is never quiet.
pub async fn app(config: Config) -> anyhow::Result<App> {
    let clock = Arc::new(SystemClock::new());
    let store = Store::open(&config.database_path(), Open::Migrate).await?;
    let always = Hours {
        from: NaiveTime::MIN,
        to: NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default(),
        sunday_from: None,
    };
    let business = Business {
        id: BUSINESS.to_owned(),
        kind: BusinessKind::Garage,
        name: "Bench Garage".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        locale: "en".to_owned(),
        region: "DE".to_owned(),
        phone: None,
        email: None,
        address: None,
        sms_from: None,
        email_from: None,
        quiet_hours: QuietHours {
            service: always,
            survey: always,
            marketing: always,
        },
        holidays: BTreeSet::new(),
        surveys_need_consent: false,
        review_url: None,
    };
    let mut tx = store.write().await?;
    store::business::save(&mut tx, &business, clock.now()).await?;
    store::rule::replace(
        &mut tx,
        BUSINESS,
        &Rules::parse(Rules::preset("garage").unwrap_or_default())?,
    )
    .await?;
    tx.commit().await?;
    Ok(App::with_store(config, store, clock)?)
}

/// The program on a database that is there.
pub async fn open(config: Config) -> anyhow::Result<App> {
    let store = Store::open(&config.database_path(), Open::Existing).await?;
    Ok(App::with_store(config, store, Arc::new(SystemClock::new()))?)
}

/// The program on a copy of what `config` of another folder has filled, as it stands once it has started.
pub async fn copy(filled: &Path, config: Config) -> anyhow::Result<App> {
    let original = Store::open(&self::config(filled, None, 1)?.database_path(), Open::Existing).await?;
    original.copy_to(&config.database_path()).await?;
    original.close().await;
    let app = open(config).await?;
    take_over(&app.dispatcher, app.dispatcher.clock.now()).await?;
    Ok(app)
}

/// A file of `count` bookings, each of a customer of its own, far enough ahead that only confirmations are due.
pub fn bookings(count: usize) -> String {
    let mut csv = String::from("external_id,name,phone,service,vehicle,starts_at,duration_minutes,status\n");
    for number in 0..count {
        let (day, hour) = (1 + number % 28, 8 + number / 28 % 10);
        // Writing to a string does not fail.
        let _ = writeln!(
            csv,
            "B-{number},Customer Number{number},+49171{:07},Inspection,\"VW Golf, B-XY {number}\",2027-03-{day:02} {hour:02}:00,60,booked",
            1_000_000 + number
        );
    }
    csv
}

/// Imports `count` bookings: as many confirmations are due at once.
pub async fn fill(app: &App, count: usize) -> anyhow::Result<()> {
    let csv = bookings(count);
    let request = Import {
        business_id: BUSINESS,
        kind: ImportKind::Bookings,
        known_to_customers: false,
        now: app.dispatcher.clock.now(),
    };
    let (summary, _) = import(app.store(), &Zones::bundled(), &request, csv.as_bytes(), |_| {}, |_| {}).await?;
    anyhow::ensure!(summary.added == count as u64, "all rows are taken: {summary:?}");
    Ok(())
}
