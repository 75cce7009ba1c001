//! The command line: one file a command. All read the same configuration; `--json` prints one JSON object a line.

mod business;
mod calls;
mod cases;
mod choice;
mod consent;
mod context;
mod demo;
mod doctor;
mod erase;
mod export;
mod health;
mod import;
mod inbox;
mod migrate;
mod outbox;
mod output;
mod plan;
mod rehearse;
mod rules;
mod satisfaction;
mod serve;
mod texts;
mod understand;
mod user;
mod whom;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use context::Context;
use output::Out;

/// Appointment reminders and follow-ups: writes to a customer the day before, and asks the day after how it went.
#[derive(Debug, Parser)]
#[command(name = "daybefore", version, propagate_version = true)]
struct Cli {
    /// Configuration file; without it the one that `DAYBEFORE_CONFIG` names, or daybefore.toml in this folder, or the defaults.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one of these is made in the life of a process")]
enum Command {
    /// Shows everything with a sample garage and agency: a fortnight in seconds, nothing leaves this machine.
    Demo(demo::Args),
    /// Runs the service: sends what is due, takes receipts, shows the desk.
    Serve(serve::Args),
    /// Reads a CSV file of bookings, renewals or customers.
    Import(import::Args),
    /// Lists what goes out when, to whom, and what will not and why.
    Plan(plan::Args),
    /// Plays a stretch of time on a copy of the database: what would really go out.
    Rehearse(rehearse::Args),
    /// Shows what a customer's answer would be taken for, and what would be done about it.
    Understand(understand::Args),
    /// Tells the story of one message, booking, renewal or customer.
    Why(why::Args),
    /// Shows, checks and replaces a business's rules: which messages there are, and when they go.
    #[command(subcommand)]
    Rules(rules::Command),
    /// Shows, checks and replaces the texts that customers get.
    #[command(subcommand)]
    Texts(texts::Command),
    /// Adds, changes and lists businesses.
    #[command(subcommand)]
    Business(business::Command),
    /// Adds and ends users of the desk, lists them, and prints links to choose a password.
    #[command(subcommand)]
    User(user::Command),
    /// Lists, holds, releases and retries messages.
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// Lists the phone calls that are to be made, and notes what came of them.
    Calls(calls::Args),
    /// Lists, shows, assigns, closes and opens cases: unhappy customers, until somebody has put it right.
    #[command(subcommand)]
    Cases(cases::Command),
    /// Shows how satisfied customers are: CSAT, NPS, CES and the response rate, with n and an interval.
    Satisfaction(satisfaction::Args),
    /// Lists what customers have written and a person has to answer, and notes what came of it.
    #[command(subcommand)]
    Inbox(inbox::Command),
    /// Shows and changes who may be written to.
    #[command(subcommand)]
    Consent(consent::Command),
    /// Checks configuration, database, carriers, zone data, clock and disk.
    Doctor(doctor::Args),
    /// Prints everything that is stored about a customer, as JSON or text.
    Export(export::Args),
    /// Forgets a customer for good; what they said no to stays known.
    Erase(erase::Args),
    /// Asks the running server whether it answers; for containers.
    #[command(hide = true)]
    Health,
    /// Brings an older version's database up to date. Make a copy first.
    Migrate,
    /// Shows the configuration in force.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Prints every key with its value and its meaning; secrets are not shown.
    Print,
}

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let context = Context::load(cli.config.as_deref(), matches!(cli.command, Command::Demo(_)))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut out = Out::new();
    let code = runtime.block_on(dispatch(cli.command, &context, &mut out))?;
    out.flush()?;
    Ok(code)
}

async fn dispatch(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(args) => demo::run(args, context, out).await?,
        Command::Serve(args) => serve::run(args, context, out).await?,
        Command::Import(args) => return import::run(args, context, out).await,
        Command::Plan(args) => plan::run(args, context, out).await?,
        Command::Rehearse(args) => rehearse::run(args, context, out).await?,
        Command::Understand(args) => return understand::run(args, out),
        Command::Why(args) => why::run(args, context, out).await?,
        Command::Rules(command) => rules::run(command, context, out).await?,
        Command::Texts(command) => return texts::run(command, context, out).await,
        Command::Business(command) => business::run(command, context, out).await?,
        Command::User(command) => user::run(command, context, out).await?,
        Command::Outbox(command) => outbox::run(command, context, out).await?,
        Command::Calls(args) => calls::run(args, context, out).await?,
        Command::Cases(command) => cases::run(command, context, out).await?,
        Command::Satisfaction(args) => satisfaction::run(args, context, out).await?,
        Command::Inbox(command) => inbox::run(command, context, out).await?,
        Command::Consent(command) => consent::run(command, context, out).await?,
        Command::Doctor(args) => return doctor::run(args, context, out).await,
        Command::Export(args) => export::run(args, context, out).await?,
        Command::Erase(args) => erase::run(args, context, out).await?,
        Command::Health => health::run(context, out)?,
        Command::Migrate => migrate::run(context, out).await?,
        Command::Config(ConfigCommand::Print) => out.text(&context.config.print())?,
    }
    Ok(ExitCode::SUCCESS)
}
