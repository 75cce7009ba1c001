//! The reader: what is stored is read in the order of storing, in the background, however much comes at once.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use daybefore::domain::message::Channel;
use daybefore::inbound::reader::{self, Mail};
use daybefore::store;
use futures::{StreamExt as _, stream};
use sqlx::{Connection as _, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::test_app::{PHONE, TestApp};
use crate::support::texting::{Webhook, asked_how_it_was};
use crate::support::twilio_server::SECRET;

/// The reader as `serve` runs it, until it is told to stop.
fn start_reader(app: &TestApp) -> (JoinHandle<()>, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    let (dispatcher, stored, wake) = (app.app.dispatcher.clone(), app.app.stored.clone(), app.app.wake.clone());
    let reading = tokio::spawn(reader::read(dispatcher, Mail::Messages, stored, wake, stopped));
    (reading, stop)
}

async fn unread(app: &TestApp) -> usize {
    let mut tx = app.app.store().read().await.expect("a transaction");
    store::inbound::unread(&mut tx, 10_000).await.expect("read").len()
}

/// Waits until everything is read.
async fn all_read(app: &TestApp) {
    let begun = Instant::now();
    while unread(app).await > 0 {
        assert!(begun.elapsed() < Duration::from_mins(2), "{} unread", unread(app).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Stores texts, all in the same moment; nobody reads them yet.
async fn store_at_once(app: &TestApp, texts: &[&str]) {
    for text in texts {
        assert_eq!(
            app.ask(Webhook::text(PHONE, text).post(SECRET)).await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn texts_of_one_moment_are_read_in_the_order_of_storing() {
    let app = TestApp::garage().start().await;
    let texts: Vec<_> = (0..50).map(|number| format!("text {number}")).collect();
    store_at_once(&app, &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut tx = app.app.store().read().await.expect("a transaction");
    let mut stored = Vec::new();
    for id in store::inbound::unread(&mut tx, 100).await.expect("read") {
        let inbound = store::inbound::find(&mut tx, &id).await.expect("read").expect("a text");
        stored.push(inbound.body.expect("a body"));
    }
    assert_eq!(stored, texts);
}

#[tokio::test]
async fn of_two_answers_of_one_moment_the_later_one_counts() {
    let (app, question) = asked_how_it_was().await;
    store_at_once(&app, &["5", "3", "5", "4"]).await;
    app.read_replies().await;
    let mut tx = app.app.store().read().await.expect("a transaction");
    let ratings = store::rating::of_message(&mut tx, &question.message_id)
        .await
        .expect("read");
    let kept: Vec<_> = ratings.iter().map(|rating| (rating.score, rating.counts)).collect();
    assert_eq!(kept, [(5, false), (3, false), (5, false), (4, true)]);
}

#[tokio::test]
async fn of_stop_and_start_in_one_moment_the_later_one_counts() {
    for (texts, channel) in [(["STOP", "START"], Channel::Sms), (["START", "STOP"], Channel::Email)] {
        let app = TestApp::garage().start().await;
        app.book("B-1", "2026-12-15 09:00").await;
        app.run_until("2026-12-10 12:00").await;
        store_at_once(&app, &texts).await;
        app.read_replies().await;
        let reminder = app.message("B-1", "day-before").await;
        assert_eq!(reminder.channel, Some(channel), "{texts:?}");
    }
}

#[tokio::test]
async fn what_was_stored_before_it_started_is_read_at_once() {
    let app = TestApp::garage().start().await;
    store_at_once(&app, &["Hello?", "Anybody?"]).await;
    let app = app.restart().await;
    assert_eq!(unread(&app).await, 0, "by the start itself");
    store_at_once(&app, &["And now?"]).await;
    let (reading, stop) = start_reader(&app);
    all_read(&app).await;
    stop.send_replace(true);
    reading.await.expect("it ends");
}

#[tokio::test]
async fn what_cannot_be_read_is_tried_again() {
    let app = TestApp::garage().start().await;
    let (reading, stop) = start_reader(&app);
    let url = format!("sqlite:{}", app.app.store().path().display());
    let mut database = SqliteConnection::connect(&url).await.expect("opens");
    let rename = |from: &str, to: &str| sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
    // The text can be stored, not read.
    sqlx::query(rename("reply", "away"))
        .execute(&mut database)
        .await
        .expect("renamed");
    store_at_once(&app, &["Hello?"]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(unread(&app).await, 1);
    sqlx::query(rename("away", "reply"))
        .execute(&mut database)
        .await
        .expect("renamed");
    all_read(&app).await;
    stop.send_replace(true);
    reading.await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_neither_waits_for_its_reading_nor_piles_up_tasks() {
    const BURST: usize = 2_000;
    let app = TestApp::garage().start().await;
    let (reading, stop) = start_reader(&app);
    tokio::task::yield_now().await;
    let before = Handle::current().metrics().num_alive_tasks();
    let (mut most, mut waits) = (0, Vec::with_capacity(BURST));
    let answers = stream::iter(0..BURST).map(|number| {
        let webhook = Webhook::text(&format!("+4917139{number:05}"), "Thanks");
        let app = &app;
        async move {
            let begun = Instant::now();
            assert_eq!(app.ask(webhook.post(SECRET)).await.status, StatusCode::OK);
            begun.elapsed()
        }
    });
    let mut answers = answers.buffer_unordered(50);
    while let Some(wait) = answers.next().await {
        waits.push(wait);
        most = most.max(Handle::current().metrics().num_alive_tasks());
    }
    waits.sort();
    let (half, late) = (waits[BURST / 2], waits[BURST * 99 / 100]);
    println!(
        "answered: half within {half:?}, 99 of 100 within {late:?}; unread then: {}",
        unread(&app).await
    );
    // Fifty at a time wait for one another and for one that is read, not for two thousand; a disk may be busy now and then.
    assert!(half < Duration::from_secs(1), "{half:?}");
    assert!(most <= before + 2, "{most} tasks, {before} before");
    all_read(&app).await;
    stop.send_replace(true);
    reading.await.expect("it ends");
}
