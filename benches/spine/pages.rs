//! How long the desk's pages for looking things up take with 100,000 customers and 1,000,000 messages.

use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use daybefore::app::{App, DeskAccess};
use daybefore::web;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tower::ServiceExt as _;

use super::crowd::{Crowd, fill};
use super::{server, world};

const CUSTOMERS: i64 = 100_000;
const MESSAGES_EACH: i64 = 10;

/// How often each page is asked for, each time about another customer.
const ROUNDS: i64 = 200;

/// What a page may take.
const BAR_MILLIS: f64 = 100.0;

/// Each page; `{n}` is a number of a customer, seven digits long, `{k}` the same without noughts.
const PAGES: [(&str, &str); 15] = [
    ("today", "/?"),
    ("customers, first page", "/customers?"),
    ("customers, some page", "/customers?after=ka&after_id=c-{n}"),
    ("customers by a syllable", "/customers?q=ulm"),
    ("customers by two syllables", "/customers?q=an+ul"),
    ("customers by phone", "/customers?q=%2B49171{phone}"),
    ("customers by plate", "/customers?q=B-XY+{k}"),
    ("customers by half a plate", "/customers?q=bxy"),
    ("one customer", "/customers/c-{n}"),
    ("bookings, coming", "/bookings?"),
    (
        "bookings, past, of a rare state",
        "/bookings?part=past&state=change_requested",
    ),
    ("bookings by a syllable", "/bookings?part=all&q=ulm"),
    ("one booking", "/bookings/i-{n}-0"),
    ("renewals, all", "/renewals?part=all"),
    ("one renewal", "/renewals/r-{n}"),
];

pub async fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let config = world::config(folder.path(), None, 1)?;
    let path = config.database_path();
    let mut app = world::app(config).await?;
    app.desk = DeskAccess::Open;
    let options = SqliteConnectOptions::new().filename(&path).foreign_keys(false);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    let crowd = Crowd {
        business: world::BUSINESS,
        customers: CUSTOMERS,
        messages_each: MESSAGES_EACH,
        now: server::millis(),
    };
    fill(&pool, crowd).await?;
    pool.close().await;
    println!(
        "pages with {CUSTOMERS} customers and {} messages, in ms:",
        CUSTOMERS * MESSAGES_EACH
    );
    for (name, page) in PAGES {
        let times = times(&app, page).await?;
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        let verdict = if at(0.99) <= BAR_MILLIS { "" } else { "  TOO SLOW" };
        println!(
            "  {name:<32} p50 {:>6.1}  p99 {:>6.1}  slowest {:>6.1}{verdict}",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    Ok(())
}

async fn times(app: &App, page: &str) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        // Spread over all customers; every fifth is another business's.
        let mut number = round * 7_919 % CUSTOMERS;
        number += i64::from(number % 5 == 0);
        let path = page
            .replace("{n}", &format!("{number:07}"))
            .replace("{k}", &number.to_string())
            .replace("{phone}", &format!("{:07}", 1_000_000 + number));
        let request = Request::get(&path).body(Body::empty())?;
        let start = Instant::now();
        let answer = web::router(app.clone()).oneshot(request).await?;
        let status = answer.status();
        axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        anyhow::ensure!(status == StatusCode::OK, "{path}: {status}");
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}
