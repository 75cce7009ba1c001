//! `daybefore plan`: what goes out when, to whom, and what will not and why.

use chrono::TimeDelta;

use super::context::{Context, known_business};
use super::output::Out;
use crate::outbound::listing::{self, Listed};
use crate::outbound::story::reason_in_words;
use crate::store::Open;
use crate::store::report::Filter;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this business.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// Only what is due within this many days from now.
    #[arg(long)]
    days: Option<u32>,
    /// Prints one JSON object per message.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let app = context.app(Open::Existing).await?;
    known_business(app.store(), args.business.as_deref()).await?;
    let now = context.now();
    let filter = Filter {
        business_id: args.business,
        since: args.days.map(|_| now),
        until: args.days.map(|days| now + TimeDelta::days(days.into())),
        ..Filter::default()
    };
    print(&app.dispatcher, &filter, args.json, out).await
}

/// Prints the messages of a filter, for people or for programs.
pub(super) async fn print(
    dispatcher: &crate::outbound::dispatch::Dispatcher,
    filter: &Filter,
    json: bool,
    out: &mut Out,
) -> anyhow::Result<()> {
    let mut count = 0_u64;
    let mut failed = None;
    listing::list(dispatcher, filter, |line| {
        count += 1;
        if failed.is_none() {
            failed = if json { out.json(&line) } else { show(out, &line) }.err();
        }
    })
    .await?;
    if let Some(error) = failed {
        return Err(error);
    }
    if count == 0 && !json {
        out.line("nothing is planned")?;
    }
    Ok(())
}

fn show(out: &mut Out, line: &Listed) -> anyhow::Result<()> {
    let when = line.due_local.replace('T', " ");
    let about = format!("{} {} ({})", line.item.kind, line.item.external_id, line.rule);
    let name = &line.customer_name;
    match (line.reason, line.channel) {
        (Some(reason), _) => out.line(format_args!(
            "{when}  not sent   {name}: {about}: {}",
            reason_in_words(reason)
        ))?,
        (None, channel) => {
            let channel = channel.map_or("-", |channel| channel.as_str());
            let to = line.to.as_deref().unwrap_or("-");
            out.line(format_args!(
                "{when}  {:<9}  {name}: {about} by {channel} to {to}",
                line.state
            ))?;
            for text in line.text.iter().flat_map(|text| text.lines()) {
                out.line(format_args!("                                  | {text}"))?;
            }
        }
    }
    Ok(())
}
