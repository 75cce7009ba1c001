//! `daybefore rules`: export, edit, check, import.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indicatif::ProgressBar;

use super::choice::one_of;
use super::context::Context;
use super::output::Out;
use crate::domain::business::BusinessKind;
use crate::domain::rule::Rules;
use crate::outbound::plan::again;
use crate::outbound::policy;
use crate::store::{self, Open};
use crate::texts::rule_fit::misfits_in;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Prints a business's rules, or those of a preset, as a file.
    Export {
        /// The business.
        #[arg(required_unless_present = "preset", conflicts_with = "preset")]
        business: Option<String>,
        /// The rules that a business of that kind begins with, as this version has them.
        #[arg(long, value_name = "KIND", value_parser = one_of(BusinessKind::ALL, BusinessKind::as_str))]
        preset: Option<BusinessKind>,
    },
    /// Puts a file's rules in place of the business's and plans everything again.
    Import {
        /// A file as `daybefore rules export` prints it.
        file: PathBuf,
        /// The business.
        #[arg(long, value_name = "ID")]
        business: String,
    },
    /// Checks a file of rules without using it.
    Check {
        /// A file as `daybefore rules export` prints it.
        file: PathBuf,
    },
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    match command {
        Command::Export { preset: Some(kind), .. } => {
            let rules = Rules::preset(kind.as_str()).with_context(|| format!("there is no preset for a {kind}"))?;
            Ok(out.text(rules)?)
        }
        Command::Export { business, .. } => {
            let business = business.unwrap_or_default();
            let store = context.store(Open::Existing).await?;
            let mut tx = store.read().await?;
            if store::business::find(&mut tx, &business).await?.is_none() {
                anyhow::bail!("there is no business `{business}`: `daybefore business list` shows them");
            }
            let rules = Rules {
                rule: store::rule::of_business(&mut tx, &business).await?,
            };
            Ok(out.text(&rules.to_toml()?)?)
        }
        Command::Check { file } => {
            let rules = read(&file)?;
            Ok(out.line(format_args!("{} rules, no problems", rules.rule.len()))?)
        }
        Command::Import { file, business } => import(context, &file, &business, out).await,
    }
}

fn read(file: &Path) -> anyhow::Result<Rules> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    let rules = Rules::parse(&text).with_context(|| file.display().to_string())?;
    anyhow::ensure!(
        !rules.rule.is_empty(),
        "{} holds no rule: each begins with [[rule]]",
        file.display()
    );
    let problems = misfits_in(&rules);
    if problems.is_empty() {
        Ok(rules)
    } else {
        anyhow::bail!("{}:\n{}", file.display(), problems.join("\n"))
    }
}

async fn import(context: &Context, file: &Path, business: &str, out: &mut Out) -> anyhow::Result<()> {
    let rules = read(file)?;
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    if store::business::find(&mut tx, business).await?.is_none() {
        anyhow::bail!("there is no business `{business}`: `daybefore business list` shows them");
    }
    policy::save_rules(&mut tx, business, &rules, None, now).await?;
    tx.commit().await?;
    let bar = ProgressBar::new_spinner();
    let planning = again::to_the_end(&store, &context.zones()?, business, now, |done| {
        bar.set_message(format!("{done} items"));
    })
    .await?;
    bar.finish_and_clear();
    Ok(out.line(format_args!(
        "{} rules in force; messages: {} planned, {} moved, {} not to be sent",
        rules.rule.iter().filter(|rule| rule.enabled).count(),
        planning.planned,
        planning.moved,
        planning.skipped
    ))?)
}
