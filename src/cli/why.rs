//! `daybefore why`: the story of one message, booking, renewal, case or customer.

use super::context::Context;
use super::output::Out;
use crate::outbound::dispatch::Dispatcher;
use crate::outbound::story;
use crate::store::Open;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Our id or your own: of a message, attempt, booking, renewal, case or customer; or a phone number, an email address,
    /// a provider's message id.
    id: String,
    /// Prints one JSON object per story.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let app = context.app(Open::Existing).await?;
    print(&app.dispatcher, &args.id, args.json, out).await
}

/// Prints the stories that somebody may mean by an id.
pub(super) async fn print(dispatcher: &Dispatcher, id: &str, json: bool, out: &mut Out) -> anyhow::Result<()> {
    let stories = story::stories_by_any_id(dispatcher, id).await?;
    if stories.is_empty() {
        anyhow::bail!(
            "`{id}` is no message, booking, renewal, case or customer here; `daybefore plan --json` shows ids"
        );
    }
    for story in stories.iter().map(story::in_english) {
        if json {
            out.json(&story)?;
            continue;
        }
        out.line(&story.title)?;
        for (name, value) in &story.facts {
            out.line(format_args!(
                "  {name:<14} {}",
                value.replace('\n', "\n                 ")
            ))?;
        }
        for event in &story.events {
            let message = event.message.as_ref().map_or_else(String::new, |id| format!(" [{id}]"));
            out.line(format_args!("  {}  {}{message}", event.local, event.what))?;
        }
        out.line("")?;
    }
    Ok(())
}
