//! What a round costs when nothing is due, with few and with many messages planned.

use std::path::Path;
use std::time::Instant;

use daybefore::app::App;
use daybefore::outbound::dispatch::drain;

use super::cpu::Cpu;
use super::world;

const PLANNED: [i64; 2] = [1_000, 1_000_000];
/// Measured in turns, so that both see the same machine.
const TURNS: u32 = 10;
const ROUNDS: u32 = 400;

pub async fn run() -> anyhow::Result<()> {
    println!("idle round (nothing due), microseconds, mean of {ROUNDS}, best of {TURNS}: elapsed, and processor time");
    println!(
        "{:>16} {:>22} {:>22} {:>14}",
        "statistics", "1,000 planned", "1,000,000 planned", "ratio"
    );
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
    for (folder, planned) in folders.iter().zip(PLANNED) {
        let config = world::config(folder.path(), None, 32)?;
        let path = config.database_path();
        world::fill(&world::app(config).await?, 1).await?;
        multiply(&path, planned).await?;
    }
    for statistics in ["absent", "present"] {
        let mut apps = Vec::new();
        for folder in &folders {
            apps.push(open(folder.path(), statistics == "present").await?);
        }
        let mut best = [(f64::MAX, f64::MAX); 2];
        for _ in 0..TURNS {
            for (app, best) in apps.iter().zip(&mut best) {
                let (elapsed, cpu) = measure(app).await?;
                *best = (best.0.min(elapsed), best.1.min(cpu));
            }
        }
        let [few, many] = best;
        let both = |(elapsed, cpu): (f64, f64)| format!("{elapsed:.0}, {cpu:.0}");
        let ratio = format!("{:.2}, {:.2}", many.0 / few.0, many.1 / few.1);
        println!("{statistics:>16} {:>22} {:>22} {ratio:>14}", both(few), both(many));
    }
    Ok(())
}

async fn open(folder: &Path, with_statistics: bool) -> anyhow::Result<App> {
    let config = world::config(folder, None, 32)?;
    let path = config.database_path();
    if with_statistics {
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await?;
        sqlx::query("ANALYZE").execute(&pool).await?;
        pool.close().await;
    }
    // Statistics are read when a connection opens.
    world::open(config).await
}

async fn measure(app: &App) -> anyhow::Result<(f64, f64)> {
    let (started, before) = (Instant::now(), Cpu::now());
    for _ in 0..ROUNDS {
        let round = drain(&app.dispatcher, "sms").await?;
        anyhow::ensure!(round.sent == 0, "nothing is due");
    }
    let elapsed = started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
    Ok((elapsed, Cpu::now().each(&before, ROUNDS as usize).0))
}

/// Copies the one planned message until there are `count`, spread over the coming year.
async fn multiply(path: &Path, count: i64) -> anyhow::Result<()> {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await?;
    sqlx::query("UPDATE message SET due_at = due_at + 86400000 WHERE state = 'planned'")
        .execute(&pool)
        .await?;
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info('message')")
        .fetch_all(&pool)
        .await?;
    let values: Vec<_> = columns
        .iter()
        .map(|column| match column.as_str() {
            "id" => "printf('copy-%09d', value)".to_owned(),
            "item_id" => "printf('item-%09d', value)".to_owned(),
            "due_at" | "wanted_at" => format!("{column} + value * 31000"),
            other => other.to_owned(),
        })
        .collect();
    let statement = format!(
        "WITH RECURSIVE copies (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM copies WHERE value < {count}) \
         INSERT INTO message ({}) SELECT {} FROM copies, (SELECT * FROM message WHERE rule_id = 'confirmation' LIMIT 1)",
        columns.join(", "),
        values.join(", ")
    );
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await?;
    // As a file is at rest: what was just written is in it, and not in a log that every read has to search first.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    Ok(())
}
