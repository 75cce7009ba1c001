//! `daybefore rules`: export, edit, check, import.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indicatif::ProgressBar;

use super::choice::one_of;
use super::context::Context;
use super::output::Out;
use crate::domain::business::BusinessKind;
use crate::domain::message::Asks;
use crate::domain::rating::Scale;
use crate::domain::rule::{Anchor, Rule, Rules};
use crate::outbound::plan::replan_business;
use crate::store::{self, Open};
use crate::texts::{Part, Template, Texts, catalogue};

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
    let problems = template_problems(&rules);
    if problems.is_empty() {
        Ok(rules)
    } else {
        anyhow::bail!("{}:\n{}", file.display(), problems.join("\n"))
    }
}

/// Rules whose template does not exist, or has no text for one of their channels.
fn template_problems(rules: &Rules) -> Vec<String> {
    let known = || {
        Texts::templates()
            .iter()
            .map(|template| template.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut problems = Vec::new();
    for rule in &rules.rule {
        let Some(template) = catalogue::find(&rule.template) else {
            problems.push(format!(
                "rule `{}`: there is no template `{}`; there are {}",
                rule.id,
                rule.template,
                known()
            ));
            continue;
        };
        problems.extend(misuse(rule, template).map(|problem| format!("rule `{}`: {problem}", rule.id)));
        for channel in &rule.channels {
            if !Part::of(*channel)
                .iter()
                .all(|part| Texts::has_part(&rule.template, *part))
            {
                problems.push(format!(
                    "rule `{}`: template `{}` has no text for {channel}",
                    rule.id, rule.template
                ));
            }
        }
    }
    problems
}

/// What a rule does with a template that was not written for that.
fn misuse(rule: &Rule, template: &Template) -> impl Iterator<Item = String> {
    let name = template.name;
    let item = (!template.item.fits(rule.about)).then(|| {
        format!(
            "template `{name}` speaks about a {}, not about a {}",
            template.item, rule.about
        )
    });
    let asked = rule.scale.unwrap_or(Scale::Csat);
    let scale = template
        .scale
        .filter(|scale| rule.asks == Asks::Rating && *scale != asked);
    let scale = scale.map(|scale| {
        let range = scale.range();
        format!(
            "template `{name}` asks for {} to {}: write scale = \"{scale}\", or choose another template",
            range.start(),
            range.end()
        )
    });
    // Counted from anything else it would wait for a complaint to be closed: only the content would be invited.
    let review = (name == catalogue::REVIEW_INVITATION && rule.anchor() != Anchor::Rated)
        .then(|| format!("template `{name}` goes to all who answered alike: let `when` count from anchor = \"rated\""));
    item.into_iter().chain(scale).chain(review)
}

async fn import(context: &Context, file: &Path, business: &str, out: &mut Out) -> anyhow::Result<()> {
    let rules = read(file)?;
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    if store::business::find(&mut tx, business).await?.is_none() {
        anyhow::bail!("there is no business `{business}`: `daybefore business list` shows them");
    }
    store::rule::replace(&mut tx, business, &rules).await?;
    let detail = format!("{} rules", rules.rule.len());
    store::history::add(
        &mut tx,
        Some(business),
        ("business", business),
        "rules imported",
        &detail,
        now,
    )
    .await?;
    tx.commit().await?;
    let bar = ProgressBar::new_spinner();
    let planning = replan_business(&store, &context.zones()?, business, now, |done| {
        bar.set_message(format!("{done} items"));
    })
    .await?;
    bar.finish_and_clear();
    Ok(out.line(format_args!(
        "{} rules in force; messages: {} planned, {} moved, {} not to be sent",
        rules.rule.len(),
        planning.planned,
        planning.moved,
        planning.skipped
    ))?)
}
