//! `daybefore import`: a CSV file becomes customers, items and their messages.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::context::Context;
use super::output::Out;
use crate::outbound::import::{Import, ImportKind, RowReport, RowResult, Summary, run as import};
use crate::store::{Open, Store};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Bookings,
    Renewals,
    Customers,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the file holds.
    #[arg(value_enum)]
    kind: Kind,
    /// A CSV file with the headers of docs/import.md, in UTF-8.
    file: PathBuf,
    /// The business it belongs to.
    #[arg(long, value_name = "ID")]
    business: String,
    /// Only says what would change.
    #[arg(long)]
    dry_run: bool,
    /// Sends no confirmations: the customers know of these bookings already.
    #[arg(long)]
    no_confirmations: bool,
    /// Prints one JSON object per row, and one with the sums.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<ExitCode> {
    let file = File::open(&args.file).with_context(|| format!("{} can't be read", args.file.display()))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let store = context.store(Open::Existing).await?;
    // A dry run is the same import into a copy, so that what it says is what will happen.
    let scratch = tempfile::tempdir()?;
    let store = if args.dry_run {
        copy(&store, scratch.path()).await?
    } else {
        store
    };
    store.keep_cache_small().await?;
    let kind = match args.kind {
        Kind::Bookings => ImportKind::Bookings,
        Kind::Renewals => ImportKind::Renewals,
        Kind::Customers => ImportKind::Customers,
    };
    let request = Import {
        business_id: &args.business,
        kind,
        known_to_customers: args.no_confirmations,
        now: context.now(),
    };
    let bar = progress_bar(size);
    let zones = context.zones()?;
    let mut failed = None;
    let (summary, ignored) = import(
        &store,
        &zones,
        &request,
        file,
        |row| {
            let shown =
                args.dry_run || args.json || matches!(row.result, RowResult::Refused(_)) || !row.warnings.is_empty();
            if shown && failed.is_none() {
                failed = bar.suspend(|| show(out, row, args.json)).err();
            }
        },
        |bytes| bar.set_position(bytes),
    )
    .await
    .with_context(|| args.file.display().to_string())?;
    bar.finish_and_clear();
    if let Some(error) = failed {
        return Err(error);
    }
    sum_up(out, &args, summary, &ignored)?;
    Ok(ExitCode::SUCCESS)
}

async fn copy(store: &Store, folder: &Path) -> anyhow::Result<Store> {
    let path = folder.join("dry-run.db");
    store.copy_to(&path).await?;
    Ok(Store::open(&path, Open::Existing).await?)
}

fn progress_bar(size: u64) -> ProgressBar {
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show(out: &mut Out, row: &RowReport, json: bool) -> anyhow::Result<()> {
    if json {
        return out.json(row);
    }
    match &row.result {
        RowResult::Refused(problem) => out.line(format_args!("refused   {problem}"))?,
        RowResult::Added => out.line(format_args!("added     line {}: {}", row.line, row.external_id))?,
        RowResult::Changed(what) => {
            out.line(format_args!("changed   line {}: {}: {what}", row.line, row.external_id))?;
        }
        RowResult::Unchanged => {}
    }
    for warning in &row.warnings {
        out.line(format_args!("warning   {warning}"))?;
    }
    Ok(())
}

fn sum_up(out: &mut Out, args: &Args, summary: Summary, ignored: &[String]) -> anyhow::Result<()> {
    if args.json {
        return out.json(&json!({ "dry_run": args.dry_run, "ignored_columns": ignored, "summary": summary }));
    }
    if !ignored.is_empty() {
        out.line(format_args!("ignored columns: {}", ignored.join(", ")))?;
    }
    let would = if args.dry_run { "would be: " } else { "" };
    out.line(format_args!(
        "{} rows; {would}{} added, {} changed, {} unchanged, {} refused{}",
        summary.rows,
        summary.added,
        summary.changed,
        summary.unchanged,
        summary.refused,
        if summary.warnings > 0 {
            format!(", {} warnings", summary.warnings)
        } else {
            String::new()
        },
    ))?;
    let planning = summary.planning;
    out.line(format_args!(
        "messages: {would}{} planned, {} moved, {} not to be sent (`daybefore plan` says why)",
        planning.planned, planning.moved, planning.skipped
    ))?;
    if planning.due_now > 0 && !args.no_confirmations {
        out.line(format_args!(
            "{} of them go out at once. If the customers know already, import with --no-confirmations.",
            planning.due_now
        ))?;
    }
    Ok(())
}
