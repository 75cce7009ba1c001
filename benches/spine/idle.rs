//! What a round costs when nothing is due, with few and with many messages planned.

use std::time::Instant;

use daybefore::outbound::dispatch::drain;

use super::world;

const ROUNDS: u32 = 2_000;

pub async fn run() -> anyhow::Result<()> {
    println!("idle round (nothing due), microseconds, mean of {ROUNDS}, best of 5:");
    println!("{:>12} {:>20} {:>20}", "planned", "no statistics", "after ANALYZE");
    let mut baseline = None;
    for planned in [1_000_i64, 1_000_000] {
        let folder = tempfile::tempdir()?;
        let config = world::config(folder.path(), None, 32)?;
        let path = config.database_path();
        let app = world::app(config).await?;
        world::fill(&app, 1).await?;
        multiply(&path, planned).await?;
        let before = measure(&app).await?;
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await?;
        sqlx::query("ANALYZE").execute(&pool).await?;
        pool.close().await;
        // Statistics are read when a connection opens.
        let config = world::config(folder.path(), None, 32)?;
        let store = daybefore::store::Store::open(&path, daybefore::store::Open::Existing).await?;
        let app = daybefore::app::App::with_store(config, store, app.dispatcher.clock.clone())?;
        let after = measure(&app).await?;
        println!("{planned:>12} {before:>20.1} {after:>20.1}");
        match baseline {
            None => baseline = Some((before, after)),
            Some((few, few_after)) => println!("{:>12} {:>20.2} {:>20.2}", "ratio", before / few, after / few_after),
        }
    }
    Ok(())
}

async fn measure(app: &daybefore::app::App) -> anyhow::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let started = Instant::now();
        for _ in 0..ROUNDS / 5 {
            let round = drain(&app.dispatcher, "sms").await?;
            anyhow::ensure!(round.sent == 0, "nothing is due");
        }
        best = best.min(started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS / 5));
    }
    Ok(best)
}

/// Copies the one planned message until there are `count`, spread over the coming year.
async fn multiply(path: &std::path::Path, count: i64) -> anyhow::Result<()> {
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
