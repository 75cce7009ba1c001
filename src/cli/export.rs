//! `daybefore export`: everything that is stored about one customer.

use anyhow::Context as _;

use super::context::Context;
use super::output::Out;
use super::whom;
use crate::outbound::export::export;
use crate::store::{self, Open};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The customer: our id or your own, phone in full (+49…) or mail address.
    customer: String,
    /// Prints plain text for people in place of JSON.
    #[arg(long)]
    text: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let customer = whom::one(&store, &args.customer).await?;
    anyhow::ensure!(
        !customer.erased,
        "customer {} was erased: nothing of them is stored but figures",
        customer.id
    );
    let mut tx = store.read().await?;
    let business = store::business::find(&mut tx, &customer.business_id).await?;
    let business = business.context("the customer's business is gone")?;
    let whole = export(&mut tx, &business, &customer, context.now()).await?;
    let text = if args.text {
        whole.as_text()
    } else {
        serde_json::to_string_pretty(&whole)?
    };
    Ok(out.line(text.trim_end())?)
}
