//! One message as somebody who edits its text sees it: each part by itself, and what every name holds.

use minijinja::Value;

use super::about::About;
use super::catalogue::{self, Audience, Part};
use super::error::TextError;
use super::facts::{Facts, names};
use super::samples::samples;
use super::store::Texts;
use super::subject::Subject;
use crate::domain::locale::Locale;

/// What a name holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Held {
    Flag(bool),
    Text(String),
}

/// A message as it would be read.
#[derive(Debug)]
pub struct Preview {
    pub parts: Vec<(Part, Result<String, TextError>)>,
    /// The names that its text may use.
    pub names: Vec<(&'static str, Held)>,
}

impl Texts {
    /// A message of that template to that customer about that item, in the locale's words whatever the customer's language.
    ///
    /// # Errors
    /// When there is no such template, or no words in that language.
    pub fn preview(
        &self,
        template: &str,
        parts: &[Part],
        subject: &Subject<'_>,
        locale: Locale,
    ) -> Result<Preview, TextError> {
        let declared = catalogue::find(template).ok_or_else(|| TextError::UnknownTemplate(template.to_owned()))?;
        let about = subject.about(declared.audience == Audience::Business);
        let about = about.map_err(|error| TextError::Locale {
            business: subject.business.id.clone(),
            template: template.to_owned(),
            problem: error.to_string(),
        })?;
        Ok(self.shown(declared, parts, &About { locale, ..about }))
    }

    /// The same of people and things that do not exist.
    #[must_use]
    pub fn preview_of_sample(
        &self,
        template: &'static catalogue::Template,
        parts: &[Part],
        business_id: &str,
        locale: Locale,
    ) -> Preview {
        let sample = samples(business_id, template, locale).into_iter().next();
        sample.map_or_else(
            || Preview {
                parts: Vec::new(),
                names: Vec::new(),
            },
            |about| self.shown(template, parts, &about),
        )
    }

    fn shown(&self, template: &'static catalogue::Template, parts: &[Part], about: &About<'_>) -> Preview {
        let facts = Value::from_object(Facts::new(about));
        let held = |name| {
            let value = facts.get_attr(name).unwrap_or_default();
            match value.is_true() {
                is_true if value.kind() == minijinja::value::ValueKind::Bool => Held::Flag(is_true),
                _ => Held::Text(value.to_string()),
            }
        };
        Preview {
            parts: parts
                .iter()
                .map(|part| (*part, self.part(template.name, *part, about, &facts)))
                .collect(),
            names: names(template.item).map(|name| (name, held(name))).collect(),
        }
    }
}
