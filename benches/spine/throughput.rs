//! Messages a second from due to durably accepted, against the same requests from a bare reqwest loop.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use daybefore::app::App;
use daybefore::domain::message::State;
use daybefore::outbound::dispatch::RoundsThread;
use daybefore::outbound::take_over::take_over;
use daybefore::store;
use tokio::sync::watch;

use super::cpu::Cpu;
use super::server::{self, ACCOUNT, Log};
use super::world;

const MESSAGES: usize = 20_000;
const ROUNDS: usize = 3;

pub async fn run() -> anyhow::Result<()> {
    println!(
        "throughput: {MESSAGES} messages due at once, SQLite WAL, synchronous FULL, ours and a bare loop in turns"
    );
    println!(
        "{:>11} {:>14} {:>14} {:>8}   processor time a message, us",
        "concurrency", "ours per s", "bare per s", "ratio"
    );
    let filled = tempfile::tempdir()?;
    let app = world::app(world::config(filled.path(), None, 1)?).await?;
    world::fill(&app, MESSAGES).await?;
    // Notes which zone data the plans were made with, so that no start after it plans anew.
    take_over(&app.dispatcher, app.dispatcher.clock.now()).await?;
    for concurrency in [32] {
        for _ in 0..ROUNDS {
            let (ours, our_cpu) = ours(filled.path(), concurrency).await?;
            let (bare, (bare_cpu, _)) = bare(concurrency).await?;
            let (all, by_thread) = our_cpu;
            println!(
                "{concurrency:>11} {ours:>14.0} {bare:>14.0} {:>8.2}   ours {all:.0} ({by_thread}), bare {bare_cpu:.0}",
                ours / bare
            );
        }
    }
    Ok(())
}

/// Messages a second from the start of dispatch until the last one is committed as accepted.
async fn ours(filled: &Path, concurrency: usize) -> anyhow::Result<(f64, (f64, String))> {
    let log = Log::default();
    let url = server::start(log.clone()).await?;
    let folder = tempfile::tempdir()?;
    let app = world::copy(filled, world::config(folder.path(), Some(&url), concurrency)?).await?;
    let thread = RoundsThread::start()?;
    let (stop, stopped) = watch::channel(false);
    let (started, before) = (Instant::now(), Cpu::now());
    let lane = tokio::spawn(thread.work(app.dispatcher.clone(), "sms".to_owned(), app.wake.clone(), stopped));
    while log.count() < MESSAGES as u64 || accepted(&app).await? < MESSAGES as i64 {
        tokio::time::sleep(Duration::from_millis(if log.count() < MESSAGES as u64 {
            20
        } else {
            1
        }))
        .await;
    }
    let elapsed = started.elapsed();
    let cpu = Cpu::now().each(&before, MESSAGES);
    stop.send_replace(true);
    lane.await?;
    anyhow::ensure!(log.count() == MESSAGES as u64, "each message once, not {}", log.count());
    Ok((MESSAGES as f64 / elapsed.as_secs_f64(), cpu))
}

async fn accepted(app: &App) -> anyhow::Result<i64> {
    let counts = store::report::counts(&mut app.store().read().await?, None).await?;
    Ok(counts
        .into_iter()
        .find(|(state, _)| *state == State::Accepted)
        .map_or(0, |(_, count)| count))
}

/// The same requests from a loop that does nothing else.
async fn bare(concurrency: usize) -> anyhow::Result<(f64, (f64, String))> {
    let log = Log::default();
    let url = format!(
        "{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        server::start(log.clone()).await?
    );
    let client = reqwest::Client::builder().pool_max_idle_per_host(concurrency).build()?;
    let next = Arc::new(AtomicUsize::new(0));
    let (started, before) = (Instant::now(), Cpu::now());
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..concurrency {
        let (client, url, next) = (client.clone(), url.clone(), Arc::clone(&next));
        workers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MESSAGES {
                    return anyhow::Ok(());
                }
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("To", &format!("+49171{:07}", 1_000_000 + number))
                    .append_pair("From", "+15017122661")
                    .append_pair("Body", &format!("Bench Garage: thank you for booking. See you on Monday, March 1, 2027, at 8:00 AM (Inspection, VW Golf, B-XY {number})."))
                    .append_pair("StatusCallback", &format!("https://daybefore.example.com/webhooks/twilio/status?m={number}"))
                    .finish();
                let answer = client
                    .post(&url)
                    .basic_auth(ACCOUNT, Some("token"))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body)
                    .send()
                    .await?;
                anyhow::ensure!(answer.status() == 201, "unexpected answer");
                let _sid: serde_json::Value = answer.json().await?;
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    let elapsed = started.elapsed();
    Ok((
        MESSAGES as f64 / elapsed.as_secs_f64(),
        Cpu::now().each(&before, MESSAGES),
    ))
}
