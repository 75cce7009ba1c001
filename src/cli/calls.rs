//! `daybefore calls`: whom to phone, and what to say.

use super::context::{Context, known_business};
use super::output::Out;
use crate::store::{self, Open};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this business.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// Prints one JSON object per call.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, args.business.as_deref()).await?;
    let calls = store::call::open_calls(&mut store.read().await?, args.business.as_deref()).await?;
    if calls.is_empty() && !args.json {
        out.line("nobody is to be phoned")?;
    }
    for call in calls {
        if args.json {
            out.json(&call)?;
            continue;
        }
        out.line(format_args!("{}  before {}", call.phone, call.due_at))?;
        for line in call.script.lines() {
            out.line(format_args!("    {line}"))?;
        }
    }
    Ok(())
}
