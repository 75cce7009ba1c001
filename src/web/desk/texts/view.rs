//! The page of a text while it is edited: the fields, how a customer would read it, what it costs, what is wrong with it.

use axum::response::Html;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::render;
use super::super::rules::Sayer;
use super::draft::{Edited, version};
use super::examples::{Example, examples, parts, preview};
use super::problems::problems;
use super::{in_use, locales};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::domain::segments;
use crate::outbound::draft::{Tried, attempt};
use crate::outbound::plan::Desk;
use crate::store::Tx;
use crate::texts::Part;
use crate::texts::preview::Preview;

/// The page of a text, whatever its fields hold.
pub(super) struct View<'a> {
    pub edited: Edited,
    /// What is typed, by part.
    pub drafts: &'a [(Part, String)],
    /// What is used now, by part, and whether it is the business's own.
    pub in_force: &'a [(Part, String, bool)],
    /// For whom it is shown; empty: the first there is.
    pub example: &'a str,
}

impl View<'_> {
    pub(super) async fn page(
        &self,
        tx: &mut Tx,
        app: &App,
        staff: &Staff,
        desk: &Desk,
        own: Value,
    ) -> Result<Html<String>, WebError> {
        let Edited {
            template,
            channel,
            locale,
        } = self.edited;
        let now = app.dispatcher.clock.now();
        let tried = attempt(tx, &desk.business.id, template.name, locale, self.drafts).await?;
        let (listed, chosen) = examples(tx, desk, template, self.example, now).await?;
        let which = (template, channel, locale);
        let shown = preview(app, desk, &tried.texts, which, chosen.as_ref(), now)?;
        let mut page = staff.page();
        if let (Value::Object(page), Value::Object(own)) = (&mut page, own) {
            page.extend(own);
        }
        page["here"] = json!("texts");
        page["template"] = json!(template.name);
        page["channel"] = json!(channel);
        page["locale"] = json!(locale.tag());
        page["language"] = json!(locale.language());
        page["locales"] = locales(tx, &desk.business).await?;
        page["version"] = json!(version(self.in_force)?);
        page["is_own"] = json!(self.in_force.iter().any(|(_, _, is_own)| *is_own));
        page["fields"] = self.fields(Sayer::new(&staff.locale()?), &tried, &shown);
        page["names"] = json!(shown.names);
        page["examples"] = json!(listed);
        page["example"] = json!(chosen.as_ref().map_or("sample", |example| example.item.id()));
        page["others"] = self.others(tx, app, desk, &tried, chosen.as_ref(), now).await?;
        render("text.html", &staff.locale()?, &page)
    }

    /// Each part: what is typed, how it reads, what it costs, what is wrong with it.
    fn fields(&self, sayer: Sayer, tried: &Tried, shown: &Preview) -> Value {
        let field = |(part, draft): &(Part, String)| {
            let finding = tried.findings.iter().find(|(found, _)| found == part);
            let finding = finding.and_then(|(_, finding)| finding.as_ref());
            let reads = shown.parts.iter().find(|(shown, _)| shown == part);
            // What can't be read is shown nowhere: not even what would stand in its place.
            let is_usable = finding.is_none_or(|finding| !finding.example.is_empty());
            let reads = reads.and_then(|(_, text)| text.as_ref().ok()).filter(|_| is_usable);
            json!({
                "part": part, "draft": draft, "reads": reads, "problems": problems(sayer, finding),
                "cost": reads.filter(|_| *part == Part::Sms).map(|text| cost(text)),
                "worst": finding.and_then(|finding| finding.worst).map(|worst| worst.segments),
                "rows": draft.lines().count().clamp(3, 16) + 2,
            })
        };
        self.drafts.iter().map(field).collect()
    }

    /// The same message on its other channels, and in the other languages that customers have.
    async fn others(
        &self,
        tx: &mut Tx,
        app: &App,
        desk: &Desk,
        tried: &Tried,
        example: Option<&Example>,
        now: Instant,
    ) -> Result<Value, WebError> {
        let mut others = Vec::new();
        for locale in in_use(tx, &desk.business).await? {
            for channel in Channel::ALL {
                let template = self.edited.template;
                let is_this = *channel == self.edited.channel && locale == self.edited.locale;
                if is_this || parts(template, *channel).is_empty() {
                    continue;
                }
                let shown = preview(app, desk, &tried.texts, (template, *channel, locale), example, now)?;
                let reads = shown.parts.iter().filter_map(|(_, text)| text.as_ref().ok());
                let reads: Vec<_> = reads.map(String::as_str).collect();
                others.push(json!({
                    "locale": locale.tag(), "language": locale.language(), "channel": channel,
                    "reads": reads.join("\n\n"),
                    "cost": (*channel == Channel::Sms).then(|| cost(&reads.concat())),
                }));
            }
        }
        Ok(others.into())
    }
}

fn cost(text: &str) -> Value {
    let counted = segments::count(text);
    let outside: Vec<_> = segments::outside_gsm7(text).into_iter().map(String::from).collect();
    json!({
        "segments": counted.segments, "units": counted.units, "encoding": counted.encoding,
        "outside": outside.join(" "),
    })
}
