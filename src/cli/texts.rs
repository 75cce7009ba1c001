//! `daybefore texts`: see, change and check what is said to customers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::context::Context;
use super::output::Out;
use crate::domain::locale::Locale;
use crate::domain::policy::OwnText;
use crate::outbound::policy;
use crate::outbound::text_shelf::TextShelf;
use crate::store::{self, Open};
use crate::texts::{Finding, Override, Part, Texts};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Writes every text into a folder, as FOLDER/<template>/<language>/<part>.txt.
    Export {
        /// Where to write; it is made if it is not there.
        folder: PathBuf,
        /// With this business's own texts in place of the usual ones.
        #[arg(long, value_name = "ID")]
        business: Option<String>,
    },
    /// Reads a business's own texts from such a folder; a text that was not changed stays the usual one.
    Import {
        /// A folder as `daybefore texts export` writes it.
        folder: PathBuf,
        /// The business.
        #[arg(long, value_name = "ID")]
        business: String,
    },
    /// Renders every text with samples, counts SMS parts, and finds what would go wrong.
    Check {
        /// A folder of texts to check as they would be for a business; without it what is in force.
        folder: Option<PathBuf>,
        /// Only this business's own texts.
        #[arg(long, value_name = "ID")]
        business: Option<String>,
        /// Prints one JSON object per text.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Out) -> anyhow::Result<ExitCode> {
    match command {
        Command::Export { folder, business } => export(context, &folder, business.as_deref(), out).await,
        Command::Import { folder, business } => import(context, &folder, &business, out).await,
        Command::Check { folder, business, json } => {
            check(context, folder.as_deref(), business.as_deref(), json, out).await
        }
    }
}

/// The texts in force: those of the database where there is one, the embedded ones where not.
async fn in_force(context: &Context) -> anyhow::Result<Texts> {
    if !context.config.database_path().exists() {
        return Ok(Texts::embedded());
    }
    let store = context.store(Open::Existing).await?;
    Ok(TextShelf::default().texts(&mut store.read().await?).await?)
}

async fn export(context: &Context, folder: &Path, business: Option<&str>, out: &mut Out) -> anyhow::Result<ExitCode> {
    let texts = in_force(context).await?;
    let mut written = 0;
    for template in Texts::templates() {
        for locale in Locale::known() {
            for part in template.parts {
                let Some((place, body)) = texts.source(business.unwrap_or_default(), template.name, locale, *part)
                else {
                    continue;
                };
                if place.locale != locale.tag() {
                    continue;
                }
                let path = folder.join(template.name).join(locale.tag());
                std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
                let file = path.join(format!("{part}.txt"));
                std::fs::write(&file, body).with_context(|| file.display().to_string())?;
                written += 1;
            }
        }
    }
    out.line(format_args!("{written} texts written below {}", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The texts of a folder that differ from the embedded ones.
fn read(folder: &Path, business: &str) -> anyhow::Result<Vec<Override>> {
    let usual = Texts::embedded();
    let mut own = Vec::new();
    for template in subfolders(folder)? {
        for locale in subfolders(&folder.join(&template))? {
            let path = folder.join(&template).join(&locale);
            for entry in std::fs::read_dir(&path).with_context(|| path.display().to_string())? {
                let file = entry?.path();
                let part = part_of(&file)?;
                let body = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
                let known = Locale::parse(&locale).with_context(|| path.display().to_string())?;
                let same = usual
                    .source("", &template, known, part)
                    .is_some_and(|(_, usual)| usual.trim() == body.trim());
                if !same {
                    let (template, locale) = (template.clone(), locale.clone());
                    own.push(Override {
                        business_id: business.to_owned(),
                        template,
                        locale,
                        part,
                        body,
                    });
                }
            }
        }
    }
    Ok(own)
}

fn part_of(file: &Path) -> anyhow::Result<Part> {
    let parts: Vec<_> = Part::ALL.iter().map(|part| format!("{part}.txt")).collect();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".txt")
        .and_then(|stem| stem.parse().ok())
        .with_context(|| format!("{}: a text's file is named {}", file.display(), parts.join(", ")))
}

fn subfolders(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

async fn import(context: &Context, folder: &Path, business: &str, out: &mut Out) -> anyhow::Result<ExitCode> {
    let own = read(folder, business)?;
    let findings = Texts::with_overrides(own.clone())?.check(Some(business));
    if findings.iter().any(|finding| !finding.is_usable()) {
        show(out, findings.iter().filter(|finding| !finding.is_usable()))?;
        out.flush()?;
        anyhow::bail!("nothing was imported: mend the texts above first");
    }
    let texts: Vec<_> = own
        .into_iter()
        .map(|text| OwnText {
            template: text.template,
            locale: text.locale,
            part: text.part.to_string(),
            body: Some(text.body),
        })
        .collect();
    let store = context.store(Open::Existing).await?;
    let now = context.now();
    let mut tx = store.write().await?;
    anyhow::ensure!(
        store::business::find(&mut tx, business).await?.is_some(),
        "there is no business `{business}`: `daybefore business list` shows them"
    );
    policy::replace_texts(&mut tx, business, &texts, None, now).await?;
    tx.commit().await?;
    out.line(format_args!("{} texts of {business}'s own are in force", texts.len()))?;
    Ok(ExitCode::SUCCESS)
}

async fn check(
    context: &Context,
    folder: Option<&Path>,
    business: Option<&str>,
    json: bool,
    out: &mut Out,
) -> anyhow::Result<ExitCode> {
    // A folder is checked as the texts of some business: of which one changes nothing.
    let checked = business.or_else(|| folder.map(|_| "checked"));
    let texts = match folder {
        Some(folder) => Texts::with_overrides(read(folder, checked.unwrap_or_default())?)?,
        None => in_force(context).await?,
    };
    let findings = texts.check(checked);
    if json {
        for finding in &findings {
            out.json(finding)?;
        }
    } else {
        show(out, findings.iter())?;
        sum_up(out, &findings)?;
    }
    let usable = findings.iter().all(Finding::is_usable);
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show<'a>(out: &mut Out, findings: impl Iterator<Item = &'a Finding>) -> anyhow::Result<()> {
    for finding in findings {
        let size = finding.usual.as_ref().map_or_else(
            || format!("{} characters", finding.length),
            |usual| {
                let worst = finding.worst.as_ref().map_or(usual.segments, |worst| worst.segments);
                format!("{} part(s) {}, at most {worst}", usual.segments, usual.encoding)
            },
        );
        out.line(format_args!("{}: {size}", finding.place))?;
        for problem in &finding.problems {
            out.line(format_args!("    {}: {}", problem.severity, problem.text))?;
        }
    }
    Ok(())
}

fn sum_up(out: &mut Out, findings: &[Finding]) -> anyhow::Result<()> {
    let mut counts = BTreeMap::new();
    for problem in findings.iter().flat_map(|finding| &finding.problems) {
        *counts.entry(problem.severity.to_string()).or_insert(0) += 1;
    }
    let problems: Vec<_> = counts
        .into_iter()
        .map(|(severity, count)| format!("{count} {severity}(s)"))
        .collect();
    let verdict = if problems.is_empty() {
        "all well".to_owned()
    } else {
        problems.join(", ")
    };
    Ok(out.line(format_args!("{} texts, {verdict}", findings.len()))?)
}
