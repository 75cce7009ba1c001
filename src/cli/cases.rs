//! `daybefore cases`: unhappy customers, until somebody has put it right.

use anyhow::Context as _;
use serde::Serialize;

use super::calls::{local, of_businesses};
use super::choice::one_of;
use super::context::{Context, known_business};
use super::output::Out;
use super::{whom, why};
use crate::domain::case::{Case, CaseSource, Cause};
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::zone::Zone;
use crate::inbound::case::{self, Closing, Unhappy};
use crate::outbound::wording::one_line;
use crate::store::{self, Open, Tx};

/// How many cases a list shows.
const MOST: i64 = 500;

/// How much of a customer's words a line shows.
const PREVIEW: usize = 60;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lists the open cases, the most urgent first.
    List {
        /// Only this business.
        #[arg(long, value_name = "ID")]
        business: Option<String>,
        /// The closed ones, the last closed first.
        #[arg(long)]
        closed: bool,
        /// Prints one JSON object per case.
        #[arg(long)]
        json: bool,
    },
    /// Tells the whole story of a case.
    Show {
        /// The case, or its customer: our id or your own, phone in full (+49…) or mail address.
        case: String,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Gives a case to somebody.
    Assign {
        /// The case, or its customer: our id or your own, phone in full (+49…) or mail address.
        case: String,
        /// Who sees to it from now on.
        #[arg(long, value_name = "NAME")]
        to: String,
    },
    /// Closes a case: what it held goes on, and the customer is asked once whether it is solved.
    Close {
        /// The case, or its customer: our id or your own, phone in full (+49…) or mail address.
        case: String,
        /// What was at the bottom of it.
        #[arg(long, value_parser = one_of(Cause::ALL, Cause::as_str))]
        cause: Cause,
        /// What was done.
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Who closes it.
        #[arg(long, value_name = "NAME", default_value = "desk")]
        by: String,
    },
    /// Opens a case: somebody at the desk heard that a customer is unhappy. Adds to the open one, where there is one.
    Open {
        /// The customer: our id or your own, phone in full (+49…) or mail address.
        customer: String,
        /// The customer's words.
        #[arg(long, value_name = "TEXT")]
        words: Option<String>,
        /// The booking or renewal that it is about: our id or your own.
        #[arg(long, value_name = "ID")]
        about: Option<String>,
        /// Who heard it.
        #[arg(long, value_name = "NAME", default_value = "desk")]
        by: String,
    },
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let now = context.now();
    match command {
        Command::List { business, closed, json } => list(business.as_deref(), closed, json, context, out).await,
        Command::Show { case, json } => show(&case, json, context, out).await,
        Command::Assign { case, to } => assign(&case, &to, context, now, out).await,
        Command::Close { case, cause, note, by } => {
            let closing = Closing {
                cause,
                note: note.as_deref(),
                by: &by,
            };
            close(&case, &closing, context, now, out).await
        }
        Command::Open {
            customer,
            words,
            about,
            by,
        } => {
            let unhappy = Unhappy {
                words: words.as_deref(),
                by: Some(&by),
                ..Unhappy::new(CaseSource::Desk)
            };
            open(&customer, about.as_deref(), unhappy, context, now, out).await
        }
    }
}

/// A case as a list shows it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    case: Case,
    status: &'static str,
    customer_name: String,
    phone: Option<String>,
    /// On the business's wall clock.
    due_local: String,
}

async fn listed(tx: &mut Tx, case: Case, zone: Option<&Zone>) -> anyhow::Result<Listed> {
    let customer = store::customer::find(tx, &case.customer_id).await?;
    let (customer_name, phone) = customer.map_or_else(Default::default, |found| (found.name, found.phone));
    Ok(Listed {
        status: case.status(),
        customer_name,
        phone,
        due_local: local(zone, case.due_at),
        case,
    })
}

async fn list(
    business: Option<&str>,
    closed: bool,
    json: bool,
    context: &Context,
    out: &mut Out,
) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, business).await?;
    let mut tx = store.read().await?;
    let cases = if closed {
        store::customer_case::closed_cases(&mut tx, business, MOST).await?
    } else {
        store::customer_case::open_cases(&mut tx, business, MOST).await?
    };
    if cases.is_empty() && !json {
        out.line(if closed { "no case is closed" } else { "no case is open" })?;
    }
    let zones = of_businesses(&mut tx, &context.zones()?).await?;
    for case in cases {
        let zone = zones.get(&case.business_id);
        let line = listed(&mut tx, case, zone).await?;
        if json {
            out.json(&line)?;
        } else {
            out.line(in_a_line(&line, zone))?;
        }
    }
    Ok(())
}

fn in_a_line(line: &Listed, zone: Option<&Zone>) -> String {
    let case = &line.case;
    let when = match (case.closed_at, case.cause) {
        (Some(at), Some(why)) => format!("{} {} ({why})", line.status, local(zone, at)),
        _ => format!("call by {}", line.due_local),
    };
    let score = case.scale.zip(case.score).map_or_else(String::new, |(scale, score)| {
        format!("  gave {}", scale.in_words(score))
    });
    let owner = match &case.owner {
        Some(owner) => format!("  {owner}'s"),
        None if case.is_open() => "  nobody's yet".to_owned(),
        None => String::new(),
    };
    let words = case
        .words
        .as_deref()
        .map_or_else(String::new, |words| format!("  \"{}\"", one_line(words, PREVIEW)));
    let phone = line.phone.as_deref().unwrap_or("no phone");
    format!(
        "{when}  {}  {phone}{owner}{score}{words}  [{}]",
        line.customer_name, case.id
    )
}

async fn show(text: &str, json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let app = context.app(Open::Existing).await?;
    let mut tx = app.store().read().await?;
    let case = find(&mut tx, text).await?;
    if json {
        let zones = of_businesses(&mut tx, &context.zones()?).await?;
        let line = listed(&mut tx, case, None).await?;
        let zone = zones.get(&line.case.business_id);
        let due_local = local(zone, line.case.due_at);
        return out.json(&Listed { due_local, ..line });
    }
    drop(tx);
    why::print(&app.dispatcher, &case.id, false, out).await
}

async fn assign(text: &str, to: &str, context: &Context, now: Instant, out: &mut Out) -> anyhow::Result<()> {
    anyhow::ensure!(!to.trim().is_empty(), "--to is empty: name who sees to it");
    let store = context.store(Open::Existing).await?;
    let mut tx = store.write().await?;
    let case = find(&mut tx, text).await?;
    case::assign(&mut tx, &case, to.trim(), now).await?;
    tx.commit().await?;
    Ok(out.line(format_args!("{} sees to it", to.trim()))?)
}

async fn close(
    text: &str,
    closing: &Closing<'_>,
    context: &Context,
    now: Instant,
    out: &mut Out,
) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let mut tx = store.write().await?;
    let case = find(&mut tx, text).await?;
    let closed = case::close(&mut tx, &context.zones()?, &case, closing, now).await?;
    anyhow::ensure!(
        closed,
        "case {} is closed already: `daybefore cases show {0}` tells more",
        case.id
    );
    tx.commit().await?;
    Ok(out.line("closed; what it held goes on where it is still of use")?)
}

async fn open(
    text: &str,
    about: Option<&str>,
    unhappy: Unhappy<'_>,
    context: &Context,
    now: Instant,
    out: &mut Out,
) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let mut tx = store.write().await?;
    let customer_id = customer(&mut tx, text).await?;
    let about = match about {
        Some(id) => Some(item_of(&mut tx, &customer_id, id).await?),
        None => None,
    };
    let unhappy = Unhappy {
        item: about.as_ref().map(|(kind, id)| (*kind, id.as_str())),
        ..unhappy
    };
    let case = case::open_for(&mut tx, &context.zones()?, &customer_id, &unhappy, now).await?;
    let case = case.with_context(|| format!("`{text}` is erased: there is nobody to call"))?;
    tx.commit().await?;
    let what = if case.opened_at == now {
        "case"
    } else {
        "added to the open case"
    };
    Ok(out.line(format_args!(
        "{what} {}; nothing else goes to this customer until it is closed",
        case.id
    ))?)
}

/// The case that somebody means: by its id, or the open one of the customer they name.
async fn find(tx: &mut Tx, text: &str) -> anyhow::Result<Case> {
    if let Some(case) = store::customer_case::find(tx, text).await? {
        return Ok(case);
    }
    let mut open = Vec::new();
    for id in whom::customers(tx, text).await? {
        open.extend(store::customer_case::open_of(tx, &id).await?);
    }
    anyhow::ensure!(
        open.len() <= 1,
        "`{text}` is several customers with an open case each: name the case, as `daybefore cases list` shows it"
    );
    open.pop().with_context(|| {
        format!("`{text}` is no case, and no customer with an open one: `daybefore cases list` shows them")
    })
}

async fn customer(tx: &mut Tx, text: &str) -> anyhow::Result<String> {
    let mut customers = whom::customers(tx, text).await?;
    anyhow::ensure!(
        customers.len() <= 1,
        "`{text}` is several customers: name one by our id, as `daybefore why {text} --json` shows it"
    );
    customers
        .pop()
        .with_context(|| format!("`{text}` is no customer here: {}", whom::HOW))
}

async fn item_of(tx: &mut Tx, customer_id: &str, text: &str) -> anyhow::Result<(ItemKind, String)> {
    let items = store::item::of_customer(tx, customer_id).await?;
    items
        .iter()
        .find(|item| item.kind() != ItemKind::Case && (item.id() == text || item.external_id() == text))
        .map(|item| (item.kind(), item.id().to_owned()))
        .with_context(|| format!("--about: this customer has no booking or renewal `{text}`"))
}
