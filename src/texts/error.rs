//! Errors of texts: each names the business, template, locale, part and line, and what to do.

use super::catalogue::{Item, Part, TEMPLATES};

/// Which text: an embedded one, or a business's own.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// None for an embedded text.
    pub business: Option<String>,
    pub template: String,
    /// The tag under which the text is kept: a language, or a language with a region.
    pub locale: String,
    pub part: Part,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(business) = &self.business {
            write!(f, "business `{business}`: ")?;
        }
        write!(f, "text {}/{}/{}.txt", self.template, self.locale, self.part)
    }
}

/// Why a text can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("there is no template `{0}`; there are {names}", names = names())]
    UnknownTemplate(String),
    #[error("template `{template}` has no {part} part; it has {has}", has = parts(template))]
    NoPart { template: String, part: Part },
    #[error("template `{template}` speaks of a {wanted}, but the message is about a {given}")]
    WrongItem {
        template: String,
        wanted: Item,
        given: Item,
    },
    #[error("there is no text {template}/{locale}/{part}.txt, nor one for the language alone")]
    NoText {
        template: String,
        locale: String,
        part: Part,
    },
    #[error("business `{business}`, template `{template}`: {problem}")]
    Locale {
        business: String,
        template: String,
        problem: String,
    },
    /// The text can't be parsed.
    #[error("{place}, line {line}: {problem}")]
    Syntax { place: Place, line: usize, problem: String },
    /// The text can be parsed, but not rendered with what this message speaks of.
    #[error("{place}, line {line}: {problem}")]
    Render { place: Place, line: usize, problem: String },
    #[error("{0} comes out empty; an empty message can't be sent")]
    Empty(Place),
}

fn names() -> String {
    TEMPLATES
        .iter()
        .map(|template| template.name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn parts(template: &str) -> String {
    let parts = super::catalogue::find(template).map_or(&[][..], |template| template.parts);
    parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(", ")
}
