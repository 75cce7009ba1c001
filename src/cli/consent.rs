//! `daybefore consent`: what the ledger says of somebody, and new lines in it.

use anyhow::Context as _;

use super::calls::{local, of_businesses};
use super::choice::one_of;
use super::context::{Context, known_business};
use super::output::Out;
use super::whom;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::inbound::consent::{Wish, opt_in, opt_out};
use crate::store::ledger::LedgerLine;
use crate::store::{self, Open, Tx};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Shows what somebody has agreed to and said no to, oldest first; the latest that fits counts.
    Show {
        /// A customer (our id or your own), a phone or a mail address.
        who: String,
        /// Prints one JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// Notes that somebody has agreed. Without a purpose it gives back what a withdrawal of everything took.
    Give(Change),
    /// Notes that somebody wants no more messages: what is planned is taken off the list.
    Withdraw(Change),
}

#[derive(Debug, clap::Args)]
pub struct Change {
    /// A customer (our id or your own), a phone or a mail address.
    who: String,
    /// Only this channel.
    #[arg(long, value_parser = one_of(Channel::ALL, Channel::as_str))]
    channel: Option<Channel>,
    /// Only this purpose.
    #[arg(long, value_parser = one_of(Purpose::ALL, Purpose::as_str))]
    purpose: Option<Purpose>,
    /// Only this business; needed for an address that no customer has.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// What was said.
    #[arg(long, value_name = "TEXT")]
    wording: Option<String>,
    /// Who heard it.
    #[arg(long, value_name = "NAME", default_value = "desk")]
    by: String,
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
async fn places(tx: &mut Tx, change: &Change) -> anyhow::Result<Vec<Place>> {
    let (who, business, wanted) = (change.who.as_str(), change.business.as_deref(), change.channel);
    let mut places = Vec::new();
    for id in whom::customers(tx, who).await? {
        let customer = store::customer::find(tx, &id).await?;
        let Some(customer) = customer.filter(|customer| business.is_none_or(|id| id == customer.business_id)) else {
            continue;
        };
        let region = region(tx, &customer.business_id).await?;
        let phone = customer.phone.filter(|_| wanted != Some(Channel::Email));
        let email = customer
            .email
            .filter(|_| wanted.is_none_or(|channel| channel == Channel::Email));
        let named: Vec<_> = phone.into_iter().chain(email).collect();
        // Somebody who names an address means that one.
        let meant = whom::address(who, &region);
        let only = named.iter().find(|address| Some(*address) == meant.as_ref()).cloned();
        for address in only.map_or(named, |only| vec![only]) {
            places.push(Place {
                business_id: customer.business_id.clone(),
                address,
            });
        }
    }
    if let Some(business_id) = business.filter(|_| places.is_empty())
        && let Some(address) = whom::address(who, &region(tx, business_id).await?)
    {
        places.push(Place {
            business_id: business_id.to_owned(),
            address,
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

async fn region(tx: &mut Tx, business_id: &str) -> anyhow::Result<String> {
    let business = store::business::find(tx, business_id).await?;
    Ok(business.map(|business| business.region).unwrap_or_default())
}

/// Every line about somebody, each once, oldest first; none: nobody knows them.
async fn lines(tx: &mut Tx, who: &str) -> anyhow::Result<Option<Vec<LedgerLine>>> {
    let mut lines = Vec::new();
    let customers = whom::customers(tx, who).await?;
    for id in &customers {
        if let Some(customer) = store::customer::find(tx, id).await? {
            lines.extend(store::ledger::lines_of(tx, &customer).await?);
        }
    }
    if customers.is_empty() {
        for business in store::business::all(tx).await? {
            if let Some(address) = whom::address(who, &business.region) {
                lines.extend(store::ledger::lines_at(tx, &address).await?);
            }
        }
    }
    lines.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    lines.dedup();
    Ok(Some(lines).filter(|lines| !customers.is_empty() || !lines.is_empty()))
}

async fn show(who: &str, json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let mut tx = store.read().await?;
    let lines = lines(&mut tx, who).await?;
    let lines = lines
        .with_context(|| format!("`{who}` is no customer here, and the ledger says nothing of such an address"))?;
    if lines.is_empty() && !json {
        out.line("the ledger says nothing: service messages may go, marketing may not")?;
    }
    let zones = of_businesses(&mut tx, &context.zones()?).await?;
    for line in &lines {
        if json {
            out.json(line)?;
            continue;
        }
        let word = if line.given { "given" } else { "withdrawn" };
        let whose = line
            .address
            .as_ref()
            .map_or_else(String::new, |address| format!(" for {address}"));
        let said = line
            .wording
            .as_ref()
            .map_or_else(String::new, |words| format!(": {words}"));
        out.line(format_args!(
            "{}  {word:<9}  {}{whose} ({}{said})",
            local(zones.get(&line.business_id), line.at),
            scope(line.purpose, line.channel),
            line.source
        ))?;
    }
    Ok(())
}

/// What a line of the ledger covers: `marketing by sms`.
fn scope(purpose: Option<Purpose>, channel: Option<Channel>) -> String {
    let purpose = purpose.map_or("everything", Purpose::as_str);
    let channel = channel.map_or("every channel", Channel::as_str);
    format!("{purpose} by {channel}")
}

async fn write(change: &Change, given: bool, context: &Context, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, change.business.as_deref()).await?;
    let zones = context.zones()?;
    let mut tx = store.write().await?;
    let places = places(&mut tx, change).await?;
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
    let what = match (given, change.purpose) {
        (false, _) => format!("withdrawn: {}", scope(change.purpose, change.channel)),
        (true, Some(_)) => format!("given: {}", scope(change.purpose, change.channel)),
        (true, None) => "given back: what a withdrawal of everything took".to_owned(),
    };
    for place in &places {
        out.line(format_args!("{what} for {} ({})", place.address, place.business_id))?;
    }
    Ok(())
}
