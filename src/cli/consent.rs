//! `daybefore consent`: what the ledger says of somebody, and new lines in it.

use serde::Serialize;

use super::context::{Context, known_business};
use super::output::Out;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::inbound::consent::{Wish, opt_in, opt_out};
use crate::store::ledger::LedgerLine;
use crate::store::{self, Open, Tx};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Shows every line of the ledger about somebody, oldest first; the latest that fits counts.
    Show {
        /// A customer (our id or your own), a phone in full (+49…) or a mail address.
        who: String,
        /// Prints one JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// Notes that somebody has agreed.
    Give(Change),
    /// Notes that somebody wants no more messages: what is planned is taken off the list.
    Withdraw(Change),
}

#[derive(Debug, clap::Args)]
pub struct Change {
    /// A customer (our id or your own), a phone in full (+49…) or a mail address.
    who: String,
    /// Only this channel: sms, email or call.
    #[arg(long, value_parser = channel)]
    channel: Option<Channel>,
    /// Only this purpose: service, survey or marketing. Without it, `give` gives back what a withdrawal of everything took.
    #[arg(long, value_parser = purpose)]
    purpose: Option<Purpose>,
    /// Only this business; needed for an address that no customer has.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// What was said.
    #[arg(long)]
    wording: Option<String>,
    /// Who heard it.
    #[arg(long, default_value = "desk")]
    by: String,
}

fn channel(text: &str) -> Result<Channel, String> {
    text.parse().map_err(|_| "a channel is sms, email or call".to_owned())
}

fn purpose(text: &str) -> Result<Purpose, String> {
    text.parse()
        .map_err(|_| "a purpose is service, survey or marketing".to_owned())
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let now = context.now();
    match command {
        Command::Show { who, json } => show(&who, json, context, out).await,
        Command::Give(change) => write(&change, true, context, now, out).await,
        Command::Withdraw(change) => write(&change, false, context, now, out).await,
    }
}

/// An address, and the business whose ledger speaks of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    business_id: String,
    address: String,
}

/// Whom somebody means: customers by what names them, and all their addresses.
async fn places(tx: &mut Tx, who: &str, business: Option<&str>, wanted: Option<Channel>) -> anyhow::Result<Vec<Place>> {
    let mut places = Vec::new();
    for (kind, id) in store::report::meant_by(tx, who).await? {
        let customer = match kind.as_str() {
            "customer" => store::customer::find(tx, &id).await?,
            _ => None,
        };
        let Some(customer) = customer.filter(|customer| business.is_none_or(|id| id == customer.business_id)) else {
            continue;
        };
        let phone = customer.phone.filter(|_| wanted != Some(Channel::Email));
        let email = customer
            .email
            .filter(|_| wanted.is_none_or(|channel| channel == Channel::Email));
        let named: Vec<_> = phone.into_iter().chain(email).collect();
        // Somebody who names an address means that one.
        let only = named.iter().find(|address| address.as_str() == who).cloned();
        for address in only.map_or(named, |only| vec![only]) {
            places.push(Place {
                business_id: customer.business_id.clone(),
                address,
            });
        }
    }
    if let Some(business_id) = business.filter(|_| places.is_empty() && (who.starts_with('+') || who.contains('@'))) {
        places.push(Place {
            business_id: business_id.to_owned(),
            address: who.to_owned(),
        });
    }
    places.sort();
    places.dedup();
    anyhow::ensure!(
        !places.is_empty(),
        "`{who}` is no customer with an address here; for an address that nobody has yet name the business as well (--business ID)"
    );
    Ok(places)
}

/// A line as it is printed.
#[derive(Serialize)]
struct Listed<'a> {
    channel: Option<Channel>,
    purpose: Option<Purpose>,
    given: bool,
    source: &'a str,
    at: Instant,
}

async fn show(who: &str, json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let mut tx = store.read().await?;
    let mut lines: Vec<LedgerLine> = Vec::new();
    let mut known = false;
    for (kind, id) in store::report::meant_by(&mut tx, who).await? {
        if kind == "customer"
            && let Some(customer) = store::customer::find(&mut tx, &id).await?
        {
            known = true;
            lines.extend(store::ledger::lines_of(&mut tx, &customer).await?);
        }
    }
    if !known {
        lines = store::ledger::lines_at(&mut tx, who).await?;
        anyhow::ensure!(
            !lines.is_empty(),
            "`{who}` is no customer here, and the ledger says nothing of such an address"
        );
    }
    if lines.is_empty() && !json {
        out.line("the ledger says nothing: service messages may go, marketing may not")?;
    }
    for line in &lines {
        if json {
            out.json(&Listed {
                channel: line.channel,
                purpose: line.purpose,
                given: line.given,
                source: &line.source,
                at: line.at,
            })?;
            continue;
        }
        let word = if line.given { "given" } else { "withdrawn" };
        let purpose = line.purpose.map_or("everything", Purpose::as_str);
        let channel = line.channel.map_or("every channel", Channel::as_str);
        out.line(format_args!(
            "{}  {word:<9}  {purpose} by {channel} ({})",
            line.at, line.source
        ))?;
    }
    Ok(())
}

async fn write(change: &Change, given: bool, context: &Context, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, change.business.as_deref()).await?;
    let zones = context.zones()?;
    let mut tx = store.write().await?;
    let places = places(&mut tx, &change.who, change.business.as_deref(), change.channel).await?;
    for place in &places {
        let businesses = [place.business_id.clone()];
        let wish = Wish {
            business_ids: &businesses,
            address: &place.address,
            channel: change.channel,
            purpose: change.purpose,
            source: &change.by,
            wording: change.wording.as_deref(),
        };
        if given {
            opt_in(&mut tx, &zones, &wish, now).await?;
        } else {
            opt_out(&mut tx, &zones, &wish, now).await?;
        }
    }
    tx.commit().await?;
    let word = if given { "given" } else { "withdrawn" };
    Ok(out.line(format_args!("{word} for {} address(es)", places.len()))?)
}
