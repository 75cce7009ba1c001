//! Whether a rule's template says what the rule is about, on its channels, and asks what it asks.

use super::catalogue::{self, Item, Part, TEMPLATES, Template};
use crate::domain::item::ItemKind;
use crate::domain::message::{Asks, Channel};
use crate::domain::rating::Scale;
use crate::domain::rule::{Anchor, Field, Rule, Rules};

/// What a rule does with a template that was not written for that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("there is no template `{0}`; there are {names}", names = names())]
    NoTemplate(String),
    #[error("template `{template}` speaks about a {speaks}, not about a {about}")]
    About {
        template: String,
        speaks: Item,
        about: ItemKind,
    },
    #[error(
        "template `{template}` asks for {} to {}: write scale = \"{scale}\", or choose another template",
        scale.range().start(), scale.range().end()
    )]
    Scale { template: String, scale: Scale },
    /// Counted from anything else it would wait for a complaint to be closed: only the content would be invited.
    #[error("template `{0}` goes to all who answered alike: let `when` count from anchor = \"rated\"")]
    NotRated(String),
    #[error("template `{template}` has no text for {channel}")]
    NoText { template: String, channel: Channel },
}

impl Misfit {
    /// The setting of the rule that has to change.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::NoTemplate(_) | Self::About { .. } => Field::Template,
            Self::Scale { .. } => Field::Scale,
            Self::NotRated(_) => Field::When,
            Self::NoText { .. } => Field::Channels,
        }
    }
}

/// What does not fit of one rule.
#[must_use]
pub fn misfits(rule: &Rule) -> Vec<Misfit> {
    let Some(template) = catalogue::find(&rule.template) else {
        return vec![Misfit::NoTemplate(rule.template.clone())];
    };
    let mut misfits = misuse(rule, template);
    for channel in &rule.channels {
        if !Part::of(*channel).iter().all(|part| template.parts.contains(part)) {
            misfits.push(Misfit::NoText {
                template: rule.template.clone(),
                channel: *channel,
            });
        }
    }
    misfits
}

/// The same of many, a line each.
#[must_use]
pub fn misfits_in(rules: &Rules) -> Vec<String> {
    let of = |rule: &Rule| {
        let line = |misfit: Misfit| format!("rule `{}`: {misfit}", rule.id);
        misfits(rule).into_iter().map(line).collect::<Vec<_>>()
    };
    rules.rule.iter().flat_map(of).collect()
}

fn misuse(rule: &Rule, template: &Template) -> Vec<Misfit> {
    let name = || rule.template.clone();
    let mut misfits = Vec::new();
    if !template.item.fits(rule.about) {
        misfits.push(Misfit::About {
            template: name(),
            speaks: template.item,
            about: rule.about,
        });
    }
    let asked = rule.scale.unwrap_or(Scale::Csat);
    if let Some(scale) = template
        .scale
        .filter(|scale| rule.asks == Asks::Rating && *scale != asked)
    {
        misfits.push(Misfit::Scale {
            template: name(),
            scale,
        });
    }
    if rule.template == catalogue::REVIEW_INVITATION && rule.anchor() != Anchor::Rated {
        misfits.push(Misfit::NotRated(name()));
    }
    misfits
}

fn names() -> String {
    TEMPLATES
        .iter()
        .map(|template| template.name)
        .collect::<Vec<_>>()
        .join(", ")
}
