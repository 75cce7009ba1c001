//! `daybefore inbox`: what customers have written and a person has to answer.

use anyhow::Context as _;
use serde::Serialize;

use super::calls::{local, of_businesses};
use super::context::{Context, known_business};
use super::output::Out;
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::zone::Zone;
use crate::inbound::act::{self, Said, Way};
use crate::outbound::wording::one_line;
use crate::store::{self, Open, Tx};

/// How much of a customer's words a line shows.
const PREVIEW: usize = 60;

/// How many earlier messages of the same number are shown.
const EARLIER: i64 = 10;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lists what waits for a person, the most urgent first.
    List {
        /// Only this business.
        #[arg(long, value_name = "ID")]
        business: Option<String>,
        /// Prints one JSON object per row.
        #[arg(long)]
        json: bool,
    },
    /// Shows one row whole, with what the same number wrote before.
    Show {
        /// As `daybefore inbox list` shows it.
        id: String,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Notes that somebody has dealt with it: what it held goes on, and a visit keeps its time unless it was moved.
    Done {
        /// As `daybefore inbox list` shows it.
        id: String,
        /// The visit that it is about is cancelled: the customer gets the usual notice.
        #[arg(long)]
        cancel_visit: bool,
        /// What came of it.
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Who has dealt with it.
        #[arg(long, value_name = "NAME", default_value = "desk")]
        by: String,
    },
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let now = context.now();
    match command {
        Command::List { business, json } => list(business.as_deref(), json, context, out).await,
        Command::Show { id, json } => show(&id, json, context, out).await,
        Command::Done {
            id,
            cancel_visit,
            note,
            by,
        } => {
            let outcome = Outcome {
                cancel_visit,
                note: note.as_deref(),
                by: &by,
            };
            done(&id, outcome, context, now, out).await
        }
    }
}

/// A row as a list shows it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    row: DeskItem,
    customer_name: Option<String>,
    /// Of the customer, or the number that the words came from.
    phone: Option<String>,
    /// The booking or renewal, by the business's own id.
    about: Option<String>,
    /// On the business's wall clock.
    due_local: String,
}

async fn listed(tx: &mut Tx, row: DeskItem, zone: Option<&Zone>) -> anyhow::Result<Listed> {
    let customer = match &row.customer_id {
        Some(id) => store::customer::find(tx, id).await?,
        None => None,
    };
    let inbound = match &row.reply_id {
        Some(id) => store::inbound::find(tx, id).await?,
        None => None,
    };
    let about = match row.item_kind.zip(row.item_id.as_deref()) {
        Some((kind, id)) => store::item::find(tx, kind, id).await?,
        None => None,
    };
    let phone = inbound.map(|inbound| inbound.sender);
    Ok(Listed {
        phone: phone.or_else(|| customer.as_ref().and_then(|customer| customer.phone.clone())),
        customer_name: customer.map(|customer| customer.name),
        about: about.map(|item| format!("{} {}", item.kind(), item.external_id())),
        due_local: local(zone, row.due_at),
        row,
    })
}

async fn list(business: Option<&str>, json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, business).await?;
    let mut tx = store.read().await?;
    let zones = of_businesses(&mut tx, &context.zones()?).await?;
    let rows = store::desk_item::waiting(&mut tx, business).await?;
    if rows.is_empty() && !json {
        out.line("nothing waits for a person")?;
    }
    for row in rows {
        let zone = row.business_id.as_ref().and_then(|id| zones.get(id));
        let line = listed(&mut tx, row, zone).await?;
        if json {
            out.json(&line)?;
            continue;
        }
        let who = line
            .customer_name
            .as_deref()
            .or(line.phone.as_deref())
            .unwrap_or("somebody");
        let about = line
            .about
            .as_ref()
            .map_or_else(String::new, |about| format!(" ({about})"));
        let words = line.row.words.as_deref().filter(|words| !words.trim().is_empty());
        let words = words.map_or_else(String::new, |words| format!(": {}", one_line(words, PREVIEW)));
        out.line(format_args!(
            "answer by {}  {who}{about} {}{words}  [{}]",
            line.due_local,
            line.row.kind.in_words(),
            line.row.id
        ))?;
    }
    Ok(())
}

async fn show(id: &str, json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let mut tx = store.read().await?;
    let zones = of_businesses(&mut tx, &context.zones()?).await?;
    let row = found(&mut tx, id).await?;
    let zone = row.business_id.as_ref().and_then(|id| zones.get(id));
    let line = listed(&mut tx, row, zone).await?;
    if json {
        return out.json(&line);
    }
    let row = &line.row;
    let fact = |name: &str, value: Option<&str>| value.map(|value| format!("  {name:<10} {value}"));
    let done = row.done_at.map(|at| {
        let by = row.done_by.as_deref().unwrap_or("desk");
        format!("{} by {by}", local(zone, at))
    });
    let facts = [
        fact("customer", line.customer_name.as_deref()),
        fact("phone", line.phone.as_deref()),
        fact("about", line.about.as_deref()),
        fact("words", row.words.as_deref()),
        fact("answer by", Some(&line.due_local)),
        fact("done", done.as_deref()),
        fact("outcome", row.outcome.as_deref()),
    ];
    out.line(format_args!("{}: {}", row.id, row.kind.in_words()))?;
    for fact in facts.into_iter().flatten() {
        out.line(fact)?;
    }
    let Some(phone) = &line.phone else { return Ok(()) };
    let mut earlier = store::inbound::of_sender(&mut tx, phone, EARLIER).await?;
    earlier.reverse();
    if !earlier.is_empty() {
        out.line("what this number wrote last:")?;
    }
    for text in earlier {
        let words = text.body.as_deref().unwrap_or("(deleted)").replace('\n', " ");
        let media = if text.media > 0 {
            format!(" (+{} pictures, at the provider)", text.media)
        } else {
            String::new()
        };
        out.line(format_args!("  {}  {words}{media}", local(zone, text.received_at)))?;
    }
    Ok(())
}

/// What came of a row.
struct Outcome<'a> {
    cancel_visit: bool,
    note: Option<&'a str>,
    by: &'a str,
}

async fn done(id: &str, outcome: Outcome<'_>, context: &Context, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let zones = context.zones()?;
    let mut tx = store.write().await?;
    let row = found(&mut tx, id).await?;
    if outcome.cancel_visit {
        let about = row.item_kind.zip(row.item_id.as_deref());
        let about = about.filter(|(kind, _)| *kind == ItemKind::Booking);
        let owner = row.business_id.as_deref().zip(row.customer_id.as_deref());
        let (about, (business_id, customer_id)) = about
            .zip(owner)
            .with_context(|| format!("`{id}` is about no visit: cancel it in your own system and import that"))?;
        let said = Said {
            business_id,
            customer_id,
            item: Some(about),
            revision: None,
            question_id: None,
            way: Way::Desk,
            words: None,
            reply_id: row.reply_id.as_deref(),
            by: Some(outcome.by),
        };
        act::cancel_visit(&mut tx, &zones, &said, now).await?;
    }
    let settled = act::settle(&mut tx, &zones, id, outcome.by, outcome.note, now).await?;
    // Cancelling a visit has dealt with the wishes about it.
    anyhow::ensure!(
        settled || outcome.cancel_visit,
        "`{id}` is done already: `daybefore inbox show {id}`"
    );
    tx.commit().await?;
    Ok(out.line("done; what it held goes on where it is still of use")?)
}

async fn found(tx: &mut Tx, id: &str) -> anyhow::Result<DeskItem> {
    let row = store::desk_item::find(tx, id).await?;
    row.with_context(|| format!("`{id}` is no row of the inbox: `daybefore inbox list` shows them"))
}
