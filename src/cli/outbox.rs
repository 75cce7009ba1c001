//! `daybefore outbox`: see and steer what goes out.

use super::choice::one_of;
use super::context::{Context, known_business};
use super::output::Out;
use super::plan::print;
use crate::domain::instant::Instant;
use crate::domain::message::State;
use crate::outbound::steering::{self, Act, Refusal};
use crate::outbound::story::reason_in_words;
use crate::outbound::wording::hold_in_words;
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
    /// Keeps a planned message back until it is released.
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
        /// Also one of which nobody knows whether it arrived: the customer may get it twice.
        #[arg(long)]
        although_it_may_have_arrived: bool,
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
        Command::Hold { message_id } => steer(context, &message_id, Act::Hold, now, out).await,
        Command::Release { message_id } => steer(context, &message_id, Act::Release, now, out).await,
        Command::Retry {
            message_id,
            although_it_may_have_arrived: false,
        } => steer(context, &message_id, Act::Retry, now, out).await,
        Command::Retry { message_id, .. } => steer(context, &message_id, Act::SendAgain, now, out).await,
        Command::Resume { lane } => resume(&context.store(Open::Existing).await?, lane.as_deref(), out).await,
    }
}

async fn steer(context: &Context, id: &str, act: Act, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    let app = context.app(Open::Existing).await?;
    let mut tx = app.store().write().await?;
    let steered = steering::steer(&mut tx, &app.dispatcher, None, &[id], act, "by hand", now).await?;
    if let Some((_, refusal)) = steered.refused.first() {
        anyhow::bail!("{}", refused(id, act, *refusal));
    }
    tx.commit().await?;
    Ok(out.line(match act {
        Act::Hold => "held",
        Act::Release => "released",
        Act::Retry | Act::SendAgain => "it goes out again, if it is still of use",
    })?)
}

/// Why an act was refused, and what to do.
fn refused(id: &str, act: Act, refusal: Refusal) -> String {
    let wanted = match act {
        Act::Hold => "planned",
        Act::Release => "held",
        Act::Retry => "failed",
        Act::SendAgain => "failed or doubtful",
    };
    match refusal {
        Refusal::Waits(hold) => format!("`{id}` would wait all the same: {}", hold_in_words(hold)),
        Refusal::NotSent(reason) => format!("`{id}` would not be sent: {}", reason_in_words(reason)),
        Refusal::Faulty => format!("the text of `{id}` can't be made; `daybefore texts check` tells why"),
        Refusal::MayHaveArrived => format!(
            "nobody knows whether `{id}` has arrived; to send it all the same, add --although-it-may-have-arrived"
        ),
        Refusal::NotThere | Refusal::Is(_) => {
            format!("`{id}` is not a {wanted} message; `daybefore why {id}` tells where it stands")
        }
    }
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
