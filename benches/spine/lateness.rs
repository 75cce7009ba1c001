//! How late messages reach the carrier when 200 a second fall due.

use std::time::Duration;

use daybefore::outbound::dispatch::RoundsThread;
use tokio::sync::watch;

use super::server::{self, Log};
use super::world;

const PER_SECOND: i64 = 200;
const SECONDS: i64 = 20;
/// Time for the lane to start before the first one is due.
const LEAD_MILLIS: i64 = 2_000;

pub async fn run() -> anyhow::Result<()> {
    let log = Log::noting_arrivals();
    let url = server::start(log.clone()).await?;
    let folder = tempfile::tempdir()?;
    let config = world::config(folder.path(), Some(&url), 32)?;
    let path = config.database_path();
    let app = world::app(config).await?;
    let count = usize::try_from(PER_SECOND * SECONDS)?;
    world::fill(&app, count).await?;
    let first = server::millis() + LEAD_MILLIS;
    spread(&path, first).await?;
    let thread = RoundsThread::start()?;
    let (stop, stopped) = watch::channel(false);
    let lane = tokio::spawn(thread.work(app.dispatcher.clone(), "sms".to_owned(), app.wake.clone(), stopped));
    tokio::time::sleep(Duration::from_millis(u64::try_from(
        LEAD_MILLIS + SECONDS * 1000 + 1500,
    )?))
    .await;
    stop.send_replace(true);
    lane.await?;
    let mut lateness = Vec::new();
    for (to, times) in log.arrivals() {
        anyhow::ensure!(times.len() == 1, "each message once");
        let number: i64 = to.trim_start_matches("+49171").parse::<i64>()? - 1_000_000;
        lateness.push(times[0] - (first + number * 1000 / PER_SECOND));
    }
    anyhow::ensure!(lateness.len() == count, "all arrived: {} of {count}", lateness.len());
    lateness.sort_unstable();
    let at = |share: f64| lateness[((lateness.len() - 1) as f64 * share) as usize];
    println!("lateness at {PER_SECOND} messages a second for {SECONDS} s, in ms:");
    println!(
        "  earliest {}  p50 {}  p90 {}  p99 {}  latest {}",
        at(0.0),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    Ok(())
}

/// Spreads the confirmations evenly from `first` on; everything else is put far away.
async fn spread(path: &std::path::Path, first: i64) -> anyhow::Result<()> {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await?;
    sqlx::query(
        "UPDATE message SET due_at = $1 + 1000 / $2 * (SELECT CAST(SUBSTR(external_id, 3) AS INTEGER) FROM booking \
         WHERE booking.id = message.item_id) WHERE rule_id = 'confirmation'",
    )
    .bind(first)
    .bind(PER_SECOND)
    .execute(&pool)
    .await?;
    pool.close().await;
    Ok(())
}
