//! `daybefore migrate`: the schema becomes this version's.

use super::context::Context;
use super::output::Out;
use crate::store::{Open, SenderLock};

pub(super) async fn run(context: &Context, out: &mut Out) -> anyhow::Result<()> {
    // A running server must not find another schema under its feet.
    let _lock = SenderLock::take(&context.config.database_path())?;
    let store = context.store(Open::Migrate).await?;
    out.line(format_args!("{} is up to date", store.path().display()))?;
    store.close().await;
    Ok(())
}
