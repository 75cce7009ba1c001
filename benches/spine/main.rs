//! The figures of docs/performance.md: `just bench`, or `cargo bench --bench spine -- throughput|lateness|idle|import|pages`;
//! of the pages those that begin with a path, as in `-- pages /outbox /days`.
//!
//! Everything is measured in one process against a local server that answers as Twilio does, so that ratios hold on a
//! noisy machine; absolute figures do not travel.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "figures for people: rates and shares of counts"
)]

#[path = "../../tests/it/support/crowd.rs"]
mod crowd;

#[path = "../../tests/it/support/pages.rs"]
mod page_list;

mod cpu;
mod idle;
mod import;
mod lateness;
mod pages;
mod server;
mod throughput;
mod world;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let wants = |name: &str| chosen.is_empty() || chosen.iter().any(|arg| arg == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .global_queue_interval(2)
        .enable_all()
        .build()?;
    if wants("throughput") {
        runtime.block_on(throughput::run())?;
    }
    if wants("lateness") {
        runtime.block_on(lateness::run())?;
    }
    if wants("idle") {
        runtime.block_on(idle::run())?;
    }
    if wants("pages") {
        let only: Vec<String> = chosen.iter().filter(|arg| arg.starts_with('/')).cloned().collect();
        runtime.block_on(pages::run(&only))?;
    }
    if wants("import") {
        import::run()?;
    }
    Ok(())
}
