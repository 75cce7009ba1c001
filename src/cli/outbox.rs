//! `daybefore outbox`: see and steer what goes out.

use super::choice::one_of;
use super::context::{Context, known_business};
use super::output::Out;
use super::plan::print;
use crate::domain::instant::Instant;
use crate::domain::message::State;
use crate::store::report::Filter;
use crate::store::{self, Open, Store};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lists messages, whatever their state.
    List {
        /// Only this business.
        #[arg(long, value_name = "ID")]
        business: Option<String>,
        /// Only this state.
        #[arg(long, value_parser = one_of(State::ALL, State::as_str))]
        state: Option<State>,
        /// Prints one JSON object per message.
        #[arg(long)]
        json: bool,
    },
    /// Waits a planned message until it is released.
    Hold {
        /// As `daybefore outbox list --json` shows it.
        message_id: String,
    },
    /// Lets a held message go.
    Release {
        /// As `daybefore outbox list --json` shows it.
        message_id: String,
    },
    /// Sends a failed message again.
    Retry {
        /// As `daybefore outbox list --json` shows it.
        message_id: String,
    },
    /// Lets stopped senders go on, after their cause is mended.
    Resume {
        /// Only this one, as `daybefore doctor` names it (`sms`, `email`).
        lane: Option<String>,
    },
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let now = context.now();
    match command {
        Command::List { business, state, json } => {
            let app = context.app(Open::Existing).await?;
            known_business(app.store(), business.as_deref()).await?;
            print(
                &app.dispatcher,
                &Filter {
                    business_id: business,
                    state,
                    ..Filter::default()
                },
                json,
                out,
            )
            .await
        }
        Command::Hold { message_id } => hold(&context.store(Open::Existing).await?, &message_id, true, now, out).await,
        Command::Release { message_id } => {
            hold(&context.store(Open::Existing).await?, &message_id, false, now, out).await
        }
        Command::Retry { message_id } => retry(&context.store(Open::Existing).await?, &message_id, now, out).await,
        Command::Resume { lane } => resume(&context.store(Open::Existing).await?, lane.as_deref(), out).await,
    }
}

async fn hold(store: &Store, id: &str, held: bool, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    let mut tx = store.write().await?;
    if !store::message::hold(&mut tx, id, held, now).await? {
        let wanted = if held { "planned" } else { "held" };
        anyhow::bail!("`{id}` is not a {wanted} message; `daybefore why {id}` tells where it stands");
    }
    let event = if held { "held" } else { "released" };
    store::history::add(&mut tx, None, ("message", id), event, "by hand", now).await?;
    tx.commit().await?;
    Ok(out.line(event)?)
}

async fn retry(store: &Store, id: &str, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    let mut tx = store.write().await?;
    if !store::message::retry(&mut tx, id, now).await? {
        anyhow::bail!("`{id}` is not a failed message; `daybefore why {id}` tells where it stands");
    }
    store::history::add(&mut tx, None, ("message", id), "put back", "by hand", now).await?;
    tx.commit().await?;
    Ok(out.line("it goes out again, if it is still of use")?)
}

async fn resume(store: &Store, lane: Option<&str>, out: &mut Out) -> anyhow::Result<()> {
    let mut tx = store.write().await?;
    let resumed = store::lane::resume(&mut tx, lane).await?;
    tx.commit().await?;
    match resumed {
        0 => out.line("no sender was stopped")?,
        1 => out.line("1 sender goes on")?,
        count => out.line(format_args!("{count} senders go on"))?,
    }
    Ok(())
}
