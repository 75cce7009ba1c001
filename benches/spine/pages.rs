//! How long each of the desk's pages takes with 100,000 customers and 1,000,000 messages.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, TimeDelta};
use daybefore::app::App;
use daybefore::carrier::sandbox::{Sandbox, Settings};
use daybefore::domain::session;
use daybefore::web;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tower::ServiceExt as _;

use super::cpu::Cpu;
use super::crowd::{Crowd, fill, token};
use super::page_list::{OF_OTHER, PAGES, RULES};
use super::{server, world};

const CUSTOMERS: i64 = 100_000;
const MESSAGES_EACH: i64 = 10;

/// How often each page is asked for, each time about another customer.
const ROUNDS: i64 = 200;

/// What a page may take.
const BAR_MILLIS: f64 = 100.0;

/// Files to take along, which hold all there is: no bar for them, and fewer rounds.
const FILES: &str = ".csv?";

/// How often a file is asked for.
const FILE_ROUNDS: i64 = 10;

/// How often a page that took longer is measured again: other programs run on the machine.
const AGAIN: usize = 2;

/// In milliseconds.
struct Measured {
    p50: f64,
    p99: f64,
    slowest: f64,
    /// Processor time of the 99th percentile, which what else runs on the machine hardly changes.
    cpu: f64,
}

/// What is asked for.
enum Ask {
    Page(String),
    /// What turning a rule off would do.
    Rule(&'static str),
}

impl Ask {
    fn all() -> Vec<Self> {
        let page = |path: &&str, business: &str| Self::Page(format!("{path}business={business}"));
        let ours = PAGES.iter().map(|path| page(path, world::BUSINESS));
        let others = OF_OTHER.iter().map(|path| page(path, "other"));
        ours.chain(others)
            .chain(RULES.iter().map(|rule| Self::Rule(rule)))
            .collect()
    }

    fn name(&self) -> String {
        match self {
            Self::Page(path) => path.clone(),
            Self::Rule(rule) => format!("/rules/change (POST): {rule} off"),
        }
    }

    fn request(&self, round: i64) -> anyhow::Result<Request<Body>> {
        // Of these customers everything is there to be shown; they are spread over all.
        let number = 143 + round * 7 % (CUSTOMERS / 220) * 220;
        let cookie = format!("__Host-daybefore={}", token().as_str());
        let (path, form) = match self {
            Self::Page(path) => (filled(path, number)?, None),
            Self::Rule(rule) => {
                let csrf = session::csrf(token().as_str());
                let path = format!("/rules/change?business={}", world::BUSINESS);
                (path, Some(format!("csrf={csrf}&act=off&id={rule}")))
            }
        };
        let request = Request::builder().uri(path).header(header::COOKIE, cookie);
        Ok(match form {
            None => request.body(Body::empty())?,
            Some(form) => request
                .method("POST")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(form))?,
        })
    }
}

/// A page about that customer, today.
fn filled(page: &str, number: i64) -> anyhow::Result<String> {
    let now = server::millis();
    let date = |days| {
        let at = DateTime::from_timestamp_millis(now).map(|at| at + TimeDelta::days(days));
        anyhow::Ok(
            at.ok_or_else(|| anyhow::anyhow!("no such day"))?
                .date_naive()
                .to_string(),
        )
    };
    Ok(page
        .replace("{n}", &format!("{number:07}"))
        .replace("{k}", &number.to_string())
        .replace("{phone}", &format!("{:07}", 1_000_000 + number))
        .replace("{day}", &date(1)?)
        .replace("{last}", &date(-30)?)
        .replace("{now}", &now.to_string()))
}

/// All pages, or those whose address begins with one of `only`.
pub async fn run(only: &[String]) -> anyhow::Result<()> {
    let folder = town().await?;
    let mut slow = Vec::new();
    for statistics in [false, true] {
        let app = open(&folder, statistics).await?;
        println!(
            "pages with {CUSTOMERS} customers and {} messages, {} planner statistics, {ROUNDS} of each, in ms:",
            CUSTOMERS * MESSAGES_EACH,
            if statistics { "with" } else { "without" },
        );
        println!("  {:>7} {:>7} {:>7} {:>13}", "p50", "p99", "slowest", "processor p99");
        let is_wanted = |ask: &Ask| only.is_empty() || only.iter().any(|start| ask.name().starts_with(start));
        for ask in Ask::all().into_iter().filter(is_wanted) {
            let is_file = ask.name().contains(FILES);
            let rounds = if is_file { FILE_ROUNDS } else { ROUNDS };
            let mut measured = measure(&app, &ask, rounds).await?;
            for _ in 0..AGAIN {
                if measured.p99 > BAR_MILLIS && !is_file {
                    measured = measure(&app, &ask, rounds).await?;
                }
            }
            let Measured { p50, p99, slowest, cpu } = measured;
            let is_slow = p99 > BAR_MILLIS && !is_file;
            let verdict = match (is_slow, is_file) {
                (true, _) => "  TOO SLOW",
                (false, true) => "  (a file: no bar)",
                (false, false) => "",
            };
            println!(
                "  {p50:>7.1} {p99:>7.1} {slowest:>7.1} {cpu:>13.1}  {}{verdict}",
                ask.name()
            );
            if is_slow {
                slow.push(ask.name());
            }
        }
    }
    anyhow::ensure!(
        slow.is_empty(),
        "over {BAR_MILLIS} ms at the 99th percentile: {}",
        slow.join(", ")
    );
    println!("every page answers within {BAR_MILLIS} ms at the 99th percentile");
    Ok(())
}

/// Where the crowd is: made anew each day, and where it would be another one, since that takes a minute or two.
async fn town() -> anyhow::Result<PathBuf> {
    let mut made_of = DefaultHasher::new();
    include_str!("../../tests/it/support/crowd.rs").hash(&mut made_of);
    include_str!("world.rs").hash(&mut made_of);
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite"))?.count();
    let day = server::millis() / 86_400_000;
    let all = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/pages"));
    let folder = all.join(format!("{day}-{migrations}-{:x}", made_of.finish()));
    if folder.exists() {
        return Ok(folder);
    }
    if all.exists() {
        std::fs::remove_dir_all(&all)?;
    }
    let unfinished = all.join("unfinished");
    std::fs::create_dir_all(&unfinished)?;
    let app = world::app(world::config(&unfinished, None, 1)?).await?;
    let pool = connect(&unfinished).await?;
    let crowd = Crowd {
        business: world::BUSINESS,
        customers: CUSTOMERS,
        messages_each: MESSAGES_EACH,
        now: server::millis(),
    };
    fill(&pool, crowd).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    app.store().clone().close().await;
    std::fs::rename(&unfinished, &folder)?;
    Ok(folder)
}

/// Past the store.
async fn connect(folder: &Path) -> anyhow::Result<SqlitePool> {
    let path = world::config(folder, None, 1)?.database_path();
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
    Ok(SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?)
}

/// With or without the planner's statistics, which are read when a connection opens.
async fn open(folder: &Path, with_statistics: bool) -> anyhow::Result<App> {
    let pool = connect(folder).await?;
    let statement = if with_statistics {
        "ANALYZE"
    } else {
        "DROP TABLE IF EXISTS sqlite_stat1"
    };
    sqlx::query(statement).execute(&pool).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    let mut app = world::open(world::config(folder, None, 1)?).await?;
    // The phone is only there where nothing is sent.
    app.dispatcher.sms = Arc::new(Sandbox::new(Settings::default())?);
    Ok(app)
}

async fn measure(app: &App, ask: &Ask, rounds: i64) -> anyhow::Result<Measured> {
    let (mut times, mut cpu) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let request = ask.request(round)?;
        let before = Cpu::now();
        let start = Instant::now();
        let answer = web::router(app.clone()).oneshot(request).await?;
        let status = answer.status();
        axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        cpu.push(Cpu::now().each(&before, 1).0 / 1_000.0);
        anyhow::ensure!(status == StatusCode::OK, "{}: {status}", ask.name());
    }
    times.sort_by(f64::total_cmp);
    cpu.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    Ok(Measured {
        p50: at(&times, 0.5),
        p99: at(&times, 0.99),
        slowest: at(&times, 1.0),
        cpu: at(&cpu, 0.99),
    })
}
