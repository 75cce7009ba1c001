//! `daybefore user`: who can sign in at the desk.

use anyhow::Context as _;
use serde::Serialize;

use super::choice::one_of;
use super::context::{Context, known_business};
use super::output::Out;
use crate::domain::instant::Instant;
use crate::domain::locale::Locale;
use crate::domain::user::{self, Membership, Role, User, welcome_url};
use crate::outbound::staffing::{self, By, NewUser};
use crate::store::{self, Open, Store, Tx};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds a user and prints the link by which they choose their password.
    Add(AddArgs),
    /// Lists the users, ended ones too.
    List {
        /// Prints one JSON object per user.
        #[arg(long)]
        json: bool,
    },
    /// Prints a new link by which a user chooses a password: the one before works no more.
    Link {
        /// What the user signs in with.
        login: String,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Ends a user: signs them out everywhere, for good.
    End {
        /// What the user signs in with.
        login: String,
    },
    /// Lets a user into a business, or changes what they may do there.
    Allow {
        /// What the user signs in with.
        login: String,
        /// The business.
        #[arg(long, value_name = "ID")]
        business: String,
        /// An owner may do everything, staff the daily work.
        #[arg(long, value_parser = one_of(Role::ALL, Role::as_str), default_value = "staff")]
        role: Role,
    },
    /// Lets a user into a business no more.
    Deny {
        /// What the user signs in with.
        login: String,
        /// The business.
        #[arg(long, value_name = "ID")]
        business: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// What the user signs in with: a mail address, or a name without spaces.
    login: String,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// Language of the desk's pages; without it, the one of the first business.
    #[arg(long)]
    locale: Option<String>,
    /// A business that the user belongs to; may be given several times, each followed by its --role.
    #[arg(long = "business", value_name = "ID", required = true)]
    businesses: Vec<String>,
    /// What the user may do there: an owner everything, staff the daily work.
    #[arg(long = "role", value_parser = one_of(Role::ALL, Role::as_str), required = true)]
    roles: Vec<Role>,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    match command {
        Command::Add(args) => add(args, context, out).await,
        Command::List { json } => list(json, context, out).await,
        Command::Link { login, json } => link(&login, json, context, out).await,
        Command::End { login } => end(&login, context, out).await,
        Command::Allow { login, business, role } => allow(&login, &business, role, context, out).await,
        Command::Deny { login, business } => deny(&login, &business, context, out).await,
    }
}

async fn add(args: AddArgs, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.businesses.len() == args.roles.len(),
        "each --business needs a --role of its own: --business one --role owner --business other --role staff"
    );
    let login = user::login(&args.login)?;
    let name = user::name(&args.name).context("--name is empty, or too long: whose is the login?")?;
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    let mut locale = args.locale;
    for id in &args.businesses {
        let business = store::business::find(&mut tx, id).await?;
        let business =
            business.with_context(|| format!("there is no business `{id}`: `daybefore business list` shows them"))?;
        locale = locale.or(Some(business.locale));
    }
    let locale = Locale::parse(&locale.unwrap_or_default()).context("--locale")?;
    let new = NewUser {
        login: login.clone(),
        name,
        locale: locale.tag().to_owned(),
        belongs: args.businesses.iter().map(String::as_str).zip(args.roles).collect(),
    };
    let user = staffing::add(&mut tx, new, By(None), now).await?;
    let user = user
        .with_context(|| format!("there is a user `{login}` already, or was one: `daybefore user list` shows them"))?;
    let link = new_link(&mut tx, context, &user, now).await?;
    tx.commit().await?;
    if !args.json {
        out.line(format_args!("added {} ({})", user.login, user.name))?;
    }
    print_link(&link, args.json, out)
}

/// Whose password is chosen by which link, and until when.
#[derive(Serialize)]
struct Invited {
    login: String,
    link: String,
    until: Instant,
}

/// Makes a link in place of those before.
async fn new_link(tx: &mut Tx, context: &Context, user: &User, now: Instant) -> anyhow::Result<Invited> {
    let (token, until) = staffing::new_link(tx, user, By(None), now).await?;
    Ok(Invited {
        login: user.login.clone(),
        link: welcome_url(&context.site(None), &token),
        until,
    })
}

fn print_link(link: &Invited, json: bool, out: &mut Out) -> anyhow::Result<()> {
    if json {
        return out.json(link);
    }
    Ok(out.line(format_args!(
        "{}\nwhoever has this link chooses the password of {}; it works one time, until {} UTC",
        link.link,
        link.login,
        link.until.utc().format("%Y-%m-%d %H:%M")
    ))?)
}

async fn link(login: &str, json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    let user = active(&mut tx, login).await?;
    let link = new_link(&mut tx, context, &user, now).await?;
    tx.commit().await?;
    print_link(&link, json, out)
}

async fn end(login: &str, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    let user = active(&mut tx, login).await?;
    let sessions = staffing::end(&mut tx, &user, By(None), now).await?;
    tx.commit().await?;
    Ok(out.line(format_args!(
        "ended {}; signed out of {sessions} browser(s)",
        user.login
    ))?)
}

async fn allow(login: &str, business: &str, role: Role, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let (store, now) = (context.store(Open::Existing).await?, context.now());
    known_business(&store, Some(business)).await?;
    let mut tx = store.write().await?;
    let user = active(&mut tx, login).await?;
    staffing::allow(&mut tx, &user, (business, role), By(None), now).await?;
    tx.commit().await?;
    Ok(out.line(format_args!("{} is {role} of {business}", user.login))?)
}

async fn deny(login: &str, business: &str, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let (store, now) = (context.store(Open::Existing).await?, context.now());
    known_business(&store, Some(business)).await?;
    let mut tx = store.write().await?;
    let user = active(&mut tx, login).await?;
    anyhow::ensure!(
        staffing::deny(&mut tx, &user, business, By(None), now).await?,
        "{} does not belong to {business}",
        user.login
    );
    tx.commit().await?;
    Ok(out.line(format_args!("{} belongs to {business} no more", user.login))?)
}

/// The user of a login who has not ended.
async fn active(tx: &mut Tx, login: &str) -> anyhow::Result<User> {
    let user = store::user::of_login(tx, &user::folded(login)).await?;
    let user = user.with_context(|| format!("there is no user `{login}`: `daybefore user list` shows them"))?;
    anyhow::ensure!(user.ended_at.is_none(), "{} has ended", user.login);
    Ok(user)
}

/// A user as a list shows it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    user: User,
    businesses: Vec<Membership>,
}

async fn list(json: bool, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store: Store = context.store(Open::Existing).await?;
    let mut tx = store.read().await?;
    for user in store::user::all(&mut tx).await? {
        let businesses = store::user::memberships(&mut tx, &user.id).await?;
        let listed = Listed { user, businesses };
        if json {
            out.json(&listed)?;
        } else {
            print(&listed, out)?;
        }
    }
    Ok(())
}

fn print(Listed { user, businesses }: &Listed, out: &mut Out) -> anyhow::Result<()> {
    let standing = match (user.ended_at, user.has_password) {
        (Some(_), _) => "ended",
        (None, true) => "active",
        (None, false) => "invited",
    };
    let belongs = businesses
        .iter()
        .map(|one| format!("{} of {}", one.role, one.business_id));
    Ok(out.line(format_args!(
        "{:<30} {standing:<8} {:<6} {}  {}",
        user.login,
        user.locale,
        user.name,
        belongs.collect::<Vec<_>>().join(", ")
    ))?)
}
