//! `daybefore business`: the businesses of this installation.

use anyhow::Context as _;
use chrono::{NaiveDate, NaiveTime};
use clap::ValueEnum;

use super::context::Context;
use super::output::Out;
use crate::domain::business::{Business, BusinessKind};
use crate::domain::quiet_hours::QuietHours;
use crate::domain::settings;
use crate::outbound::founding::found;
use crate::outbound::plan::replan_business;
use crate::store::{self, Open};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Preset {
    Garage,
    Insurance,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds a business with the rules of a preset.
    Add(AddArgs),
    /// Changes settings of a business and plans everything again.
    Set(SetArgs),
    /// Lists the businesses.
    List {
        /// Prints one JSON object per business.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// Short name for commands and addresses: lower-case letters, digits and `-`.
    id: String,
    /// Name that customers know.
    #[arg(long)]
    name: String,
    /// IANA time zone, like Europe/Paris.
    #[arg(long)]
    zone: String,
    /// Language of texts to customers who have none of their own: en, de, fr, es or pl, also with a region (en-GB).
    #[arg(long)]
    locale: String,
    /// Country of phone numbers that are written without a country code, like FR.
    #[arg(long)]
    region: String,
    /// The rules to begin with.
    #[arg(long, value_enum)]
    preset: Preset,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, clap::Args)]
pub struct SetArgs {
    /// The business.
    id: String,
    /// Name that customers know.
    #[arg(long)]
    name: Option<String>,
    /// IANA time zone, like Europe/Paris.
    #[arg(long)]
    zone: Option<String>,
    /// Language of texts to customers who have none of their own.
    #[arg(long)]
    locale: Option<String>,
    /// Country of phone numbers that are written without a country code.
    #[arg(long)]
    region: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Default, clap::Args)]
pub struct Settings {
    /// Phone number that texts name for questions.
    #[arg(long)]
    phone: Option<String>,
    /// Mail address that texts name, and that calendars answer to.
    #[arg(long)]
    email: Option<String>,
    /// Street address, shown in mails and calendars.
    #[arg(long)]
    address: Option<String>,
    /// Sender of SMS, in place of sms.from.
    #[arg(long)]
    sms_from: Option<String>,
    /// Sender of mail, in place of email.from: `Name <address>`.
    #[arg(long)]
    email_from: Option<String>,
    /// A day on which nothing is sent, like 2026-12-25; may be given several times. Replaces the list.
    #[arg(long = "holiday", value_name = "DATE")]
    holidays: Vec<NaiveDate>,
    /// When service messages may go, like 08:00-20:00.
    #[arg(long, value_name = "FROM-TO", value_parser = hours)]
    service_hours: Option<(NaiveTime, NaiveTime)>,
    /// When surveys and offers may go, like 09:00-20:00; on Sundays never before 12:00.
    #[arg(long, value_name = "FROM-TO", value_parser = hours)]
    survey_hours: Option<(NaiveTime, NaiveTime)>,
    /// Ask for consent before surveys are sent (the default in Germany): true or false.
    #[arg(long)]
    surveys_need_consent: Option<bool>,
    /// Where everybody who answered is invited to review the business in public, whatever the answer; `none` ends it.
    #[arg(long, value_name = "URL", value_parser = review_url)]
    review_url: Option<ReviewUrl>,
}

/// A place for reviews, or none any more.
#[derive(Clone, Debug)]
struct ReviewUrl(Option<String>);

fn review_url(text: &str) -> Result<ReviewUrl, String> {
    if text == "none" {
        return Ok(ReviewUrl(None));
    }
    match settings::review_url(text) {
        Ok(url) => Ok(ReviewUrl(Some(url))),
        Err(wrong) => Err(format!("{wrong}, or `none`")),
    }
}

fn hours(text: &str) -> Result<(NaiveTime, NaiveTime), String> {
    let (from, to) = text.split_once('-').unwrap_or((text, ""));
    settings::hours(from, to).map_err(|_| format!("`{text}` is no span of hours: write it like 08:00-20:00"))
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    match command {
        Command::Add(args) => add(args, context, out).await,
        Command::Set(args) => set(args, context, out).await,
        Command::List { json } => list(json, context, out).await,
    }
}

async fn add(args: AddArgs, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    if !Business::id_fits(&args.id) {
        anyhow::bail!(
            "`{}` can't be an id: use lower-case letters, digits and `-`, 60 at most",
            args.id
        );
    }
    let kind = match args.preset {
        Preset::Garage => BusinessKind::Garage,
        Preset::Insurance => BusinessKind::Insurance,
    };
    let mut business = Business::new(args.id, kind, &args.region);
    let names = Names {
        name: Some(args.name),
        zone: Some(args.zone),
        locale: Some(args.locale),
        region: Some(args.region),
    };
    change(&mut business, names, args.settings, context)?;
    let store = context.store(Open::CreateIfEmpty).await?;
    let mut tx = store.write().await?;
    let rules = found(&mut tx, &context.zones()?, &business, context.now()).await?;
    tx.commit().await?;
    Ok(out.line(format_args!(
        "added {} with {rules} rules ({})",
        business.id, business.kind
    ))?)
}

async fn set(args: SetArgs, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    let mut business = store::business::find(&mut tx, &args.id).await?.with_context(|| {
        format!(
            "there is no business `{}`: `daybefore business list` shows them",
            args.id
        )
    })?;
    let names = Names {
        name: args.name,
        zone: args.zone,
        locale: args.locale,
        region: args.region,
    };
    change(&mut business, names, args.settings, context)?;
    store::business::save(&mut tx, &business, now).await?;
    store::history::add(
        &mut tx,
        Some(&args.id),
        ("business", &args.id),
        "changed",
        "settings",
        now,
    )
    .await?;
    tx.commit().await?;
    let planning = replan_business(&store, &context.zones()?, &args.id, now, |_| {}).await?;
    Ok(out.line(format_args!(
        "changed {}; messages: {} planned, {} moved, {} not to be sent",
        args.id, planning.planned, planning.moved, planning.skipped
    ))?)
}

struct Names {
    name: Option<String>,
    zone: Option<String>,
    locale: Option<String>,
    region: Option<String>,
}

/// Checks and takes over every setting that is given.
fn change(business: &mut Business, names: Names, given: Settings, context: &Context) -> anyhow::Result<()> {
    if let Some(name) = names.name {
        business.name = settings::name(&name).context("--name")?;
    }
    if let Some(zone) = names.zone {
        business.zone = settings::zone(&zone, &context.zones()?).context("--zone")?;
    }
    if let Some(locale) = names.locale {
        business.locale = settings::locale(&locale).context("--locale")?;
    }
    if let Some(region) = names.region {
        business.region = settings::region(&region).context("--region")?;
    }
    if let Some(number) = given.phone {
        business.phone = Some(settings::phone(&number, &business.region).context("--phone")?);
    }
    if let Some(email) = given.email {
        business.email = Some(settings::email(&email).context("--email")?);
    }
    if let Some(from) = given.email_from {
        business.email_from = Some(settings::email_from(&from).context("--email-from")?);
    }
    if let Some(from) = given.sms_from {
        business.sms_from = Some(settings::sms_from(&from, &business.region).context("--sms-from")?);
    }
    business.address = given.address.or_else(|| business.address.take());
    if !given.holidays.is_empty() {
        business.holidays = given.holidays.into_iter().collect();
    }
    if let Some(span) = given.service_hours {
        business.quiet_hours.service = settings::with_span(business.quiet_hours.service, span);
    }
    if let Some(span) = given.survey_hours {
        let hours = settings::with_span(business.quiet_hours.survey, span);
        business.quiet_hours = QuietHours {
            survey: hours,
            marketing: hours,
            ..business.quiet_hours
        };
    }
    if let Some(ReviewUrl(url)) = given.review_url {
        business.review_url = url;
    }
    if let Some(needed) = given.surveys_need_consent {
        business.surveys_need_consent = needed;
    }
    Ok(())
}

async fn list(json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    for business in store::business::all(&mut store.read().await?).await? {
        if json {
            out.json(&business)?;
        } else {
            let Business {
                id,
                name,
                zone,
                locale,
                region,
                kind,
                ..
            } = business;
            out.line(format_args!(
                "{id:<20} {kind:<10} {zone:<22} {locale:<6} {region}  {name}"
            ))?;
        }
    }
    Ok(())
}
