//! The form of a rule: what its fields hold of a rule, and the rule that they make.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::domain::item::ItemKind;
use crate::domain::message::Channel;
use crate::domain::rating::Scale;
use crate::domain::rule::{Field, Offset, Rule, RuleProblem, When, anchor_of};
use crate::texts::catalogue;
use crate::texts::rule_fit::{Misfit, misfits};

/// What is wrong, by the name of the field: a phrase's name.
pub(super) type Errors = BTreeMap<&'static str, &'static str>;

/// Every field as it was typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Fields {
    pub about: String,
    pub kind: String,
    pub service: String,
    pub when_n: String,
    pub when_unit: String,
    pub when_side: String,
    pub when_anchor: String,
    pub when_at: String,
    pub channel_1: String,
    pub channel_2: String,
    pub channel_3: String,
    pub template: String,
    pub purpose: String,
    pub asks: String,
    pub scale: String,
    pub only_if: String,
    pub until_n: String,
    pub until_unit: String,
    pub until_side: String,
    pub until_anchor: String,
    pub until_at: String,
}

impl Fields {
    /// Those of a rule.
    pub(super) fn of(rule: &Rule) -> Self {
        let channel = |at: usize| rule.channels.get(at).map(Channel::to_string).unwrap_or_default();
        let [when, until] = [rule.when, rule.useful_until].map(|when| written(when, rule.about));
        Self {
            about: rule.about.to_string(),
            kind: rule.kind.clone().unwrap_or_default(),
            service: rule.service.clone().unwrap_or_default(),
            when_n: when.0,
            when_unit: when.1,
            when_side: when.2,
            when_anchor: when.3,
            when_at: when.4,
            channel_1: channel(0),
            channel_2: channel(1),
            channel_3: channel(2),
            template: rule.template.clone(),
            purpose: rule.purpose.to_string(),
            asks: rule.asks.to_string(),
            scale: rule.scale.map(|scale| scale.to_string()).unwrap_or_default(),
            only_if: rule.only_if.to_string(),
            until_n: until.0,
            until_unit: until.1,
            until_side: until.2,
            until_anchor: until.3,
            until_at: until.4,
        }
    }

    /// What a new rule about something begins with.
    pub(super) fn new(about: ItemKind) -> Self {
        let text = str::to_owned;
        let anchor = When {
            offset: Offset::Hours(0),
            anchor: None,
        };
        let anchor = written(anchor, about).3;
        Self {
            about: about.to_string(),
            when_n: text("1"),
            when_unit: text("days"),
            when_side: text(if about == ItemKind::Case { "after" } else { "before" }),
            when_anchor: anchor.clone(),
            when_at: text("10:00"),
            channel_1: text("sms"),
            channel_2: text("email"),
            purpose: text("service"),
            asks: text("nothing"),
            only_if: text("always"),
            until_n: text(if about == ItemKind::Case { "2" } else { "0" }),
            until_unit: text(if about == ItemKind::Booking { "hours" } else { "days" }),
            until_side: text(if about == ItemKind::Case { "after" } else { "before" }),
            until_anchor: anchor,
            ..Self::default()
        }
    }

    /// The rule that they make, checked as `rules check` does it.
    pub(super) fn rule(&self, id: &str, enabled: bool) -> Result<Rule, Errors> {
        let mut errors = Errors::new();
        let rule = self.read(id, enabled, &mut errors);
        let Some(rule) = rule.filter(|_| errors.is_empty()) else {
            return Err(errors);
        };
        for problem in rule.problems() {
            errors.entry(name(problem.field())).or_insert(phrase(&problem));
        }
        for misfit in misfits(&rule) {
            errors.entry(name(misfit.field())).or_insert(phrase_of(&misfit));
        }
        if errors.is_empty() { Ok(rule) } else { Err(errors) }
    }

    fn read(&self, id: &str, enabled: bool, errors: &mut Errors) -> Option<Rule> {
        let about: ItemKind = chosen(&self.about, "about", errors)?;
        let when = moment(
            [
                &self.when_n,
                &self.when_unit,
                &self.when_side,
                &self.when_anchor,
                &self.when_at,
            ],
            about,
            "when",
            errors,
        );
        let useful_until = moment(
            [
                &self.until_n,
                &self.until_unit,
                &self.until_side,
                &self.until_anchor,
                &self.until_at,
            ],
            about,
            "useful_until",
            errors,
        );
        let channels = self.channels(errors);
        let asks = chosen(&self.asks, "asks", errors);
        let scale = match self.scale.as_str() {
            "" => catalogue::find(&self.template)
                .and_then(|template| template.scale)
                .filter(|scale| self.asks == "rating" && *scale != Scale::Csat),
            _ => chosen(&self.scale, "scale", errors),
        };
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Some(Rule {
            id: id.to_owned(),
            enabled,
            about,
            kind: text(&self.kind),
            service: text(&self.service),
            when: when?,
            channels: channels?,
            template: self.template.clone(),
            purpose: chosen(&self.purpose, "purpose", errors)?,
            asks: asks?,
            scale,
            only_if: chosen(&self.only_if, "only_if", errors)?,
            useful_until: useful_until?,
        })
    }

    fn channels(&self, errors: &mut Errors) -> Option<Vec<Channel>> {
        let mut channels = Vec::new();
        for text in [&self.channel_1, &self.channel_2, &self.channel_3] {
            if text.is_empty() {
                continue;
            }
            let channel = chosen(text, "channels", errors)?;
            if channels.contains(&channel) {
                errors.insert("channels", "rule_wrong_channel_twice");
                return None;
            }
            channels.push(channel);
        }
        Some(channels)
    }
}

/// A moment as its five fields.
fn written(when: When, about: ItemKind) -> (String, String, String, String, String) {
    let (unit, count, at) = match when.offset {
        Offset::Hours(hours) => ("hours", hours, None),
        Offset::Days(days, at) => ("days", days, at),
        Offset::Months(months, at) => ("months", months, at),
    };
    (
        count.unsigned_abs().to_string(),
        unit.to_owned(),
        if count > 0 { "after" } else { "before" }.to_owned(),
        anchor_of(when, about).to_string(),
        at.map(|at: NaiveTime| at.format("%H:%M").to_string())
            .unwrap_or_default(),
    )
}

/// The moment of five fields; what is wrong with it stands at `field`.
fn moment(
    [count, unit, side, anchor, at]: [&String; 5],
    about: ItemKind,
    field: &'static str,
    errors: &mut Errors,
) -> Option<When> {
    let Some(count) = count.trim().parse::<u32>().ok().map(i64::from) else {
        errors.insert(field, "rule_wrong_number");
        return None;
    };
    let count = if side == "before" { -count } else { count };
    let Some(at) = time_of_day(at.trim()) else {
        errors.insert(field, "rule_wrong_time");
        return None;
    };
    let offset = match (unit.as_str(), at) {
        ("hours", None) => Offset::Hours(count),
        ("hours", Some(_)) => {
            errors.insert(field, "rule_wrong_hours_at");
            return None;
        }
        ("days", at) => Offset::Days(count, at),
        ("months", at) => Offset::Months(count, at),
        _ => {
            errors.insert(field, "rule_wrong_choice");
            return None;
        }
    };
    if !offset.is_within_reach() {
        errors.insert(field, "rule_wrong_far");
        return None;
    }
    let anchor = chosen(anchor, field, errors)?;
    // The default one is not written: a file stays as short as it was.
    let usual = When { offset, anchor: None };
    let is_usual = anchor_of(usual, about) == anchor;
    Some(When {
        offset,
        anchor: Some(anchor).filter(|_| !is_usual),
    })
}

/// None: it is no time of day; some none: none is typed.
#[expect(
    clippy::option_option,
    reason = "nothing typed is right, and not the same as something wrong"
)]
fn time_of_day(text: &str) -> Option<Option<NaiveTime>> {
    if text.is_empty() {
        return Some(None);
    }
    let time = NaiveTime::parse_from_str(text, "%H:%M");
    time.or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
        .ok()
        .map(Some)
}

/// One of a list.
fn chosen<T: std::str::FromStr>(text: &str, field: &'static str, errors: &mut Errors) -> Option<T> {
    let value = text.parse().ok();
    if value.is_none() {
        errors.insert(field, "rule_wrong_choice");
    }
    value
}

const fn name(field: Field) -> &'static str {
    field.as_str()
}

const fn phrase(problem: &RuleProblem) -> &'static str {
    match problem {
        RuleProblem::AboutReply | RuleProblem::Id => "rule_wrong_choice",
        RuleProblem::NoChannel => "rule_wrong_no_channel",
        RuleProblem::Anchor { .. } => "rule_wrong_anchor",
        RuleProblem::Kind => "rule_wrong_kind",
        RuleProblem::Service => "rule_wrong_service",
        RuleProblem::Asks { .. } => "rule_wrong_asks",
        RuleProblem::Scale => "rule_wrong_scale",
        RuleProblem::NeverUseful => "rule_wrong_until",
    }
}

const fn phrase_of(misfit: &Misfit) -> &'static str {
    match misfit {
        Misfit::NoTemplate(_) => "rule_wrong_template",
        Misfit::About { .. } => "rule_wrong_about",
        Misfit::Scale { .. } => "rule_wrong_text_scale",
        Misfit::NotRated(_) => "rule_wrong_review",
        Misfit::NoText { .. } => "rule_wrong_no_text",
    }
}

#[cfg(test)]
mod tests;
