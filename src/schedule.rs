//! The chores: tick name -> function(now). The clockwork is tokio-cron-scheduler's; no logic is here.

use chrono::TimeDelta;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::app::App;
use crate::domain::instant::Instant;
use crate::inbound::{delivery, receive, reply};
use crate::outbound::dispatch::{DispatchError, Dispatcher, lanes};
use crate::outbound::import::handed_over;
use crate::outbound::{held, rescue};
use crate::store;

/// How many texts retention blanks in one transaction.
const BLANK_BATCH: u64 = 5_000;

/// A chore of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chore {
    /// Messages whose sender died.
    Rescue,
    /// Attempts of unknown outcome, and receipts that did not come.
    Reconcile,
    /// Callbacks that were stored and not read, because the program ended in between.
    Receipts,
    /// What customers sent and nobody read, for the same reason.
    Replies,
    /// What customers sent and no webhook brought: the provider's list is asked.
    Missed,
    /// Held messages that stopped being of use.
    Held,
    /// Files that were handed over and wait for nobody any more.
    Uploads,
    /// Texts and callbacks older than `retention.bodies_days`.
    Retention,
    /// One line a day for the log: what went, what did not, what waits.
    Digest,
}

/// Every chore and when it runs: second, minute, hour, day, month, day of week, in UTC.
pub const CHORES: [(Chore, &str); 9] = [
    (Chore::Rescue, "*/15 * * * * *"),
    (Chore::Reconcile, "*/5 * * * * *"),
    (Chore::Receipts, "*/30 * * * * *"),
    (Chore::Replies, "10 * * * * *"),
    (Chore::Missed, "20 7 * * * *"),
    (Chore::Held, "20 * * * * *"),
    (Chore::Uploads, "40 */5 * * * *"),
    (Chore::Retention, "0 17 3 * * *"),
    (Chore::Digest, "0 0 6 * * *"),
];

/// Starts the clockwork.
///
/// # Errors
/// When it can't be started.
pub async fn start(app: &App) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    for (chore, when) in CHORES {
        let app = app.clone();
        let job = Job::new_async(when, move |_, _| {
            let app = app.clone();
            Box::pin(async move {
                let now = app.dispatcher.clock.now();
                if let Err(error) = run(&app, chore, now).await {
                    tracing::error!(?chore, %error, "a chore could not be done; it will be tried again");
                }
            })
        })?;
        scheduler.add(job).await?;
    }
    scheduler.start().await?;
    Ok(scheduler)
}

/// Does one chore.
///
/// # Errors
/// When the database fails.
pub async fn run(app: &App, chore: Chore, now: Instant) -> Result<(), DispatchError> {
    let dispatcher = &app.dispatcher;
    let moved = match chore {
        Chore::Rescue => rescue::rescue(dispatcher, now).await?,
        Chore::Reconcile => rescue::reconcile(dispatcher, now).await?,
        Chore::Receipts => delivery::read_receipts(dispatcher, now).await?,
        Chore::Replies => reply::read_inbound(dispatcher, now).await?,
        Chore::Missed => fetch_missed(dispatcher, now).await?,
        Chore::Held => held::skip_overdue(dispatcher, now).await?,
        Chore::Uploads => {
            handed_over::expire(app.store(), now).await?;
            0
        }
        Chore::Retention => blank_texts(app, now).await?,
        Chore::Digest => digest(app, now).await?,
    };
    if moved > 0
        && matches!(
            chore,
            Chore::Rescue | Chore::Reconcile | Chore::Receipts | Chore::Replies | Chore::Missed
        )
    {
        app.wake.all();
    }
    Ok(())
}

async fn fetch_missed(dispatcher: &Dispatcher, now: Instant) -> Result<u64, DispatchError> {
    receive::fetch_missed(dispatcher, now).await?;
    reply::read_inbound(dispatcher, now).await
}

async fn blank_texts(app: &App, now: Instant) -> Result<u64, DispatchError> {
    let before = now - TimeDelta::days(app.config.retention.bodies_days.into());
    let mut tx = app.store().write().await?;
    let receipts = store::receipt::prune(&mut tx, before).await?;
    store::inbound::blank_bodies(&mut tx, before).await?;
    let said =
        store::rating::blank_words(&mut tx, before).await? + store::customer_case::blank_words(&mut tx, before).await?;
    store::import_run::prune(&mut tx, before).await?;
    store::test_message::prune(&mut tx, before).await?;
    store::answer::blank_words(&mut tx, before).await?;
    store::session::prune(&mut tx, now).await?;
    store::user_link::prune(&mut tx, now).await?;
    // Long after the last that could be undone: who presses a button twice does so within the day.
    store::desk_change::prune(&mut tx, now - TimeDelta::days(1)).await?;
    tx.commit().await?;
    let links = prune_links(app, now).await?;
    let texts = blank_said(app, before).await?;
    tracing::info!(
        texts,
        receipts,
        said,
        links,
        "texts, receipts and customers' words past their retention are gone, and links that ended"
    );
    Ok(texts)
}

/// Blanks what attempts have said; begins where the last time ended.
async fn blank_said(app: &App, before: Instant) -> Result<u64, DispatchError> {
    let mut looked_at = 0;
    loop {
        let mut tx = app.store().write().await?;
        let after = store::setting::get(&mut tx, store::setting::TEXTS_BLANKED).await?;
        let limit = i64::try_from(BLANK_BATCH).unwrap_or(i64::MAX);
        let last = store::attempt::blank_texts(&mut tx, &after.unwrap_or_default(), before, limit).await?;
        let Some((count, last)) = last else {
            return Ok(looked_at);
        };
        store::setting::put(&mut tx, store::setting::TEXTS_BLANKED, &last).await?;
        tx.commit().await?;
        looked_at += count;
    }
}

/// Takes away links that have ended.
async fn prune_links(app: &App, now: Instant) -> Result<u64, DispatchError> {
    let mut pruned = 0;
    loop {
        let mut tx = app.store().write().await?;
        let batch = store::link::prune(&mut tx, now, i64::try_from(BLANK_BATCH).unwrap_or(i64::MAX)).await?;
        tx.commit().await?;
        pruned += batch;
        if batch < BLANK_BATCH {
            return Ok(pruned);
        }
    }
}

async fn digest(app: &App, now: Instant) -> Result<u64, DispatchError> {
    let since = now - TimeDelta::days(1);
    let lanes = lanes(app.store()).await?;
    let mut tx = app.store().read().await?;
    let sent = store::report::attempts_since(&mut tx, since).await?;
    let skipped = store::report::skips_since(&mut tx, since).await?;
    let mut overdue = 0;
    for lane in &lanes {
        overdue += store::report::overdue(&mut tx, lane, now - TimeDelta::minutes(5)).await?;
    }
    let paused: Vec<_> = store::lane::paused(&mut tx)
        .await?
        .into_iter()
        .map(|paused| paused.lane)
        .collect();
    let words = |counts: Vec<(String, i64)>| {
        counts
            .into_iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let skipped = skipped
        .into_iter()
        .map(|(reason, count)| (reason.to_string(), count))
        .collect();
    tracing::info!(
        attempts = %words(sent), skipped = %words(skipped), overdue, paused = %paused.join(", "),
        "the last 24 hours"
    );
    Ok(0)
}
