//! One message on one channel: every part rendered once, cleaned, and the HTML made from the text.

use minijinja::{Value, context};

use super::about::About;
use super::catalogue::{self, Item, Part};
use super::error::TextError;
use super::facts::{Facts, names};
use super::store::{Found, LAYOUT, Texts, plain};
use super::{html, tidy};
use crate::domain::message::{Asks, Channel};
use crate::domain::rating::Scale;

/// A message in words, ready for a carrier or for the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text message, the text part of the mail, or the script of the call.
    pub text: String,
    /// One line; for email only.
    pub subject: Option<String>,
    /// A whole document; for email only.
    pub html: Option<String>,
}

impl Texts {
    /// Renders a template for one channel.
    ///
    /// The text is NFC, trimmed, without carriage returns and no-break spaces; a subject is one line.
    ///
    /// # Errors
    /// `TextError` when the template is unknown, has no such part, speaks of another item, has no text in this
    /// language, uses a name that doesn't exist, or comes out empty.
    pub fn render(&self, template: &str, channel: Channel, about: &About<'_>) -> Result<Rendered, TextError> {
        let declared = catalogue::find(template).ok_or_else(|| TextError::UnknownTemplate(template.to_owned()))?;
        let given = about.item.item();
        if declared.item != given && declared.item != Item::Any {
            return Err(TextError::WrongItem {
                template: template.to_owned(),
                wanted: declared.item,
                given,
            });
        }
        let facts = Value::from_object(Facts::new(about));
        let part = |part| self.part(template, part, about, &facts);
        match channel {
            Channel::Sms => Ok(Rendered {
                text: part(Part::Sms)?,
                subject: None,
                html: None,
            }),
            Channel::Call => Ok(Rendered {
                text: part(Part::Call)?,
                subject: None,
                html: None,
            }),
            Channel::Email => {
                let (subject, text) = (part(Part::Subject)?, part(Part::Body)?);
                let footer = match about.ways.unsubscribe_link {
                    // A text that names the link itself needs no second one.
                    Some(link) if !text.contains(link) => self.part(catalogue::FOOTER, Part::Body, about, &facts)?,
                    _ => String::new(),
                };
                let html = self.html(&subject, &text, &footer, declared.scale, about)?;
                Ok(Rendered {
                    text: [text, footer].join("\n\n").trim_end().to_owned(),
                    subject: Some(subject),
                    html: Some(html),
                })
            }
        }
    }

    pub(super) fn part(
        &self,
        template: &str,
        part: Part,
        about: &About<'_>,
        facts: &Value,
    ) -> Result<String, TextError> {
        if !Self::has_part(template, part) {
            return Err(TextError::NoPart {
                template: template.to_owned(),
                part,
            });
        }
        let found = self
            .inner
            .resolve(about.business.id, template, &about.locale, part)
            .ok_or_else(|| TextError::NoText {
                template: template.to_owned(),
                locale: about.locale.tag().to_owned(),
                part,
            })?;
        let item = catalogue::find(template).map_or(about.item.item(), |declared| declared.item);
        let raw = self.raw(&found, template, part, item, facts)?;
        let text = clean(part, &raw);
        if text.is_empty() {
            Err(TextError::Empty(found.place(template, part)))
        } else {
            Ok(text)
        }
    }

    /// The text as the template makes it, before it is cleaned: `check` looks for hidden marks in it.
    pub(super) fn raw(
        &self,
        found: &Found<'_>,
        template: &str,
        part: Part,
        item: Item,
        facts: &Value,
    ) -> Result<String, TextError> {
        let rendered = self
            .inner
            .env
            .get_template(&found.name)
            .and_then(|text| text.render(facts.clone()));
        rendered.map_err(|error| TextError::Render {
            place: found.place(template, part),
            line: error.line().unwrap_or(1),
            problem: self.problem(&found.name, item, &error),
        })
    }

    /// The engine only says that something is undefined; the unknown names in the text say what.
    fn problem(&self, name: &str, item: Item, error: &minijinja::Error) -> String {
        let unknown = self.unknown_names(name, item);
        if error.kind() != minijinja::ErrorKind::UndefinedError || unknown.is_empty() {
            return plain(error);
        }
        let known = names(item).collect::<Vec<_>>().join(", ");
        format!(
            "`{}` is not known in a text about a {item}; known are {known}",
            unknown.join("`, `")
        )
    }

    /// Names that a text uses although messages about this item don't have them.
    pub(super) fn unknown_names(&self, name: &str, item: Item) -> Vec<String> {
        let Ok(template) = self.inner.env.get_template(name) else {
            return Vec::new();
        };
        let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        unknown.retain(|used| !names(item).any(|known| known == used));
        unknown.sort();
        unknown
    }

    fn html(
        &self,
        subject: &str,
        text: &str,
        footer: &str,
        scale: Option<Scale>,
        about: &About<'_>,
    ) -> Result<String, TextError> {
        let mut content = html::paragraphs(text);
        if let (Some(link), Some(scale), Asks::Rating) = (about.ways.link, scale, about.asks) {
            content = html::with_scores(&content, link, scale.range());
        }
        let facts = context! {
            language => about.locale.tag(),
            title => subject,
            content => Value::from_safe_string(content),
            footer => Value::from_safe_string(html::paragraphs(footer)),
        };
        let layout = self.inner.env.get_template(LAYOUT);
        layout.and_then(|layout| layout.render(facts)).map_err(|error| {
            let place = Found::layout().place("layout", Part::Body);
            TextError::Render {
                place,
                line: error.line().unwrap_or(1),
                problem: plain(&error),
            }
        })
    }
}

/// A part as the customer gets it.
pub(super) fn clean(part: Part, raw: &str) -> String {
    if part == Part::Subject {
        tidy::one_line(raw)
    } else {
        tidy::lines(raw)
    }
}

#[cfg(test)]
mod tests;
