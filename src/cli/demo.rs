//! placeholder
use super::context::Context;
use super::output::Out;
#[derive(Debug, clap::Args)]
pub struct Args {}
pub(super) async fn run(_args: Args, _context: &Context, _out: &mut Out) -> anyhow::Result<()> { std::future::ready(Ok(())).await }
