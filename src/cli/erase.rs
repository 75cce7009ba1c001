//! `daybefore erase`: forgets a customer, and keeps what they said no to.

use anyhow::Context as _;

use super::context::Context;
use super::output::Out;
use super::whom;
use crate::outbound::erasure::erase;
use crate::store::Open;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer: our id or your own, phone in full (+49…) or mail address.
    customer: String,
    /// Does it. Without this it is only said what would be done.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let app = context.app(Open::Existing).await?;
    let customer = whom::one(app.store(), &args.customer).await?;
    if customer.erased {
        return Ok(out.line(format_args!("customer {} was erased before", customer.id))?);
    }
    if !args.yes {
        out.line(format_args!(
            "customer {} of {}: {}",
            customer.id, customer.business_id, customer.name
        ))?;
        out.line(
            "Name, addresses, notes, vehicles, words of messages and answers would be gone for good; what was sent when, \
             and ratings without comments, stay for the figures. Messages that are planned would not go.",
        )?;
        return Ok(out.line("Nothing was changed. Run this again with --yes to do it.")?);
    }
    let erased = erase(&app.dispatcher, &customer.id, context.now()).await?;
    let erased = erased.context("somebody else has erased this customer at the same time")?;
    out.line(format_args!(
        "customer {} is erased: {} forgotten, {} without a name, {} kept as hashes",
        customer.id,
        counted(erased.addresses, "address", "addresses"),
        counted(erased.items, "booking or renewal", "bookings and renewals"),
        counted(erased.withdrawals, "withdrawal", "withdrawals"),
    ))?;
    if erased.withdrawals > 0 {
        out.line(format_args!(
            "The hashes' key is {}: back it up, apart from the database.",
            app.store().erasure_key_path().display()
        ))?;
    }
    Ok(out.line(
        "Copies made before, the log of the mail server, and the provider's own lists still have the person; see \
         docs/operating.md.",
    )?)
}

/// A number with its noun: `1 address`, `2 addresses`.
fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
