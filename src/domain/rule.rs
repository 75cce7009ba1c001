//! Rules: which items, when, on which channels, with which template, for which purpose, asking what.
//!
//! Their TOML form is what `daybefore rules export|import|check` speaks (docs/rules.md).

mod problem;

use std::collections::HashSet;
use std::fmt;

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serialize};

use super::closed_list::closed_list;
use super::item::ItemKind;
use super::message::{Asks, Channel, Purpose};
use super::rating::Scale;
pub use problem::{Field, RuleProblem};

closed_list! {
    /// The moment of an item that a rule counts from.
    Anchor {
        /// A booking's start.
        Start = "start",
        /// The moment an item was completed, renewed or closed; there is none before.
        Completed = "completed",
        /// A renewal's date, from its first minute.
        EndsOn = "ends_on",
        /// The moment we learnt of the item.
        Booked = "booked",
        /// The moment a case was opened, or last reopened.
        Opened = "opened",
        /// The moment the customer first answered how it went, whatever the answer.
        Rated = "rated",
        /// The moment we learnt that an item which the customer had been told of has changed.
        Changed = "changed",
        /// The moment we learnt that an item which the customer had been told of is cancelled.
        Cancelled = "cancelled",
    }
}

closed_list! {
    /// What must still hold of the item for the rule to speak.
    OnlyIf {
        Always = "always",
        Unanswered = "unanswered",
        NotConfirmed = "not_confirmed",
        NotRenewed = "not_renewed",
    }
}

/// One line of policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique within the business; lower-case words joined by `-`.
    pub id: String,
    /// Turned off it wants nothing, and is kept.
    #[serde(default = "on", skip_serializing_if = "is_on")]
    pub enabled: bool,
    pub about: ItemKind,
    /// Only renewals of this kind (`policy`, `warranty`, `inspection`, `service`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only bookings of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    pub when: When,
    /// The first that can be used is used; the next ones when it proves undeliverable.
    pub channels: Vec<Channel>,
    pub template: String,
    pub purpose: Purpose,
    #[serde(default = "nothing", skip_serializing_if = "asks_nothing")]
    pub asks: Asks,
    /// What a rating is asked on; none is csat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub only_if: OnlyIf,
    /// Later than this the message is not sent.
    pub useful_until: When,
}

const fn on() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
const fn is_on(enabled: &bool) -> bool {
    *enabled
}

const fn nothing() -> Asks {
    Asks::Nothing
}

const fn always() -> OnlyIf {
    OnlyIf::Always
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
const fn asks_nothing(asks: &Asks) -> bool {
    matches!(asks, Asks::Nothing)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
const fn is_always(only_if: &OnlyIf) -> bool {
    matches!(only_if, OnlyIf::Always)
}

/// A distance from an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// Elapsed time.
    Hours(i64),
    /// Calendar days, at a wall-clock time (none: the anchor's own).
    Days(i64, Option<NaiveTime>),
    /// Calendar months from the original date, at a wall-clock time (none: the anchor's own).
    Months(i64, Option<NaiveTime>),
}

impl Offset {
    /// Whether it reaches no farther than rules may.
    #[must_use]
    pub fn is_within_reach(self) -> bool {
        self.in_hours().unsigned_abs() <= FARTHEST_DAYS.unsigned_abs() * 24
    }

    /// About how far it reaches, a month taken for 30 days.
    #[must_use]
    pub const fn in_hours(self) -> i64 {
        match self {
            Self::Hours(hours) => hours,
            Self::Days(days, _) => days.saturating_mul(24),
            Self::Months(months, _) => months.saturating_mul(30 * 24),
        }
    }
}

/// A moment relative to an item: `{ days = -1, at = "17:00" }`, `{ hours = -2 }`, `{ months = -1, at = "10:00" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WhenForm", into = "WhenForm")]
pub struct When {
    pub offset: Offset,
    /// None: the start of a booking, the end of a renewal, the opening of a case.
    pub anchor: Option<Anchor>,
}

/// How `When` is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    months: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<i64>,
    #[serde(default, deserialize_with = "clock_time", skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
}

/// Longest distance in days that a rule may reach, either way: ten years.
const FARTHEST_DAYS: i64 = 3_660;

fn clock_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match NaiveTime::parse_from_str(&text, "%H:%M") {
        Ok(time) => Ok(Some(time.format("%H:%M").to_string())),
        Err(_) => Err(serde::de::Error::custom(format!(
            "`{text}` is not a time of day: write it as \"17:00\""
        ))),
    }
}

impl TryFrom<WhenForm> for When {
    type Error = String;

    fn try_from(form: WhenForm) -> Result<Self, Self::Error> {
        let at = form
            .at
            .as_deref()
            .and_then(|text| NaiveTime::parse_from_str(text, "%H:%M").ok());
        let offset = match (form.months, form.days, form.hours) {
            (Some(months), None, None) => Offset::Months(months, at),
            (None, Some(days), None) => Offset::Days(days, at),
            (None, None, Some(_)) if at.is_some() => {
                return Err("`at` goes with days or months, not with hours".to_owned());
            }
            (None, None, Some(hours)) => Offset::Hours(hours),
            (None, None, None) => return Err("one of `days`, `hours` or `months` is missing".to_owned()),
            _ => return Err("only one of `days`, `hours` and `months` can be given".to_owned()),
        };
        if !offset.is_within_reach() {
            return Err(format!("that is more than {FARTHEST_DAYS} days away"));
        }
        Ok(Self {
            offset,
            anchor: form.anchor,
        })
    }
}

impl From<When> for WhenForm {
    fn from(when: When) -> Self {
        let text = |at: Option<NaiveTime>| at.map(|at| at.format("%H:%M").to_string());
        let (months, days, hours, at) = match when.offset {
            Offset::Hours(hours) => (None, None, Some(hours), None),
            Offset::Days(days, at) => (None, Some(days), None, text(at)),
            Offset::Months(months, at) => (Some(months), None, None, text(at)),
        };
        Self {
            months,
            days,
            hours,
            at,
            anchor: when.anchor,
        }
    }
}

/// A business's rules, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(default)]
    pub rule: Vec<Rule>,
}

/// What is wrong with a rules file, a line a problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RuleErrors(pub Vec<String>);

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl Rules {
    /// The rules that come with a preset, good enough to run with unchanged.
    #[must_use]
    pub fn preset(name: &str) -> Option<&'static str> {
        match name {
            "garage" => Some(include_str!("presets/garage.toml")),
            "insurance" => Some(include_str!("presets/insurance.toml")),
            _ => None,
        }
    }

    /// Reads a rules file and checks it whole.
    ///
    /// # Errors
    /// Every problem found, each with its line or its rule, and what would be right.
    pub fn parse(text: &str) -> Result<Self, RuleErrors> {
        let rules: Self =
            toml::from_str(text).map_err(|error| RuleErrors(vec![error.to_string().trim_end().to_owned()]))?;
        let problems = rules.problems();
        if problems.is_empty() {
            Ok(rules)
        } else {
            Err(RuleErrors(problems))
        }
    }

    /// An id that none of `taken` has, made of a template's name.
    #[must_use]
    pub fn free_id(template: &str, taken: &HashSet<String>) -> String {
        let name = template.replace('_', "-");
        let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
        let mut ids = std::iter::once(name.clone()).chain(numbered);
        ids.find(|id| !taken.contains(id)).unwrap_or(name)
    }

    /// The same rules as a file, to be edited and imported again.
    ///
    /// # Errors
    /// Only when a value has no TOML form, which no parsed rule has.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// What is wrong with them, a line a problem.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let doubled = self.rule.iter().filter(|rule| !seen.insert(rule.id.as_str()));
        let mut problems: Vec<_> = doubled
            .map(|rule| format!("rule `{}`: the id stands twice", rule.id))
            .collect();
        problems.extend(self.rule.iter().flat_map(|rule| {
            rule.problems()
                .into_iter()
                .map(move |problem| format!("rule `{}`: {problem}", rule.id))
        }));
        problems
    }
}

impl Rule {
    /// The moment the rule counts from.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        self.when.anchor.unwrap_or_else(|| default_anchor(self.about))
    }
}

const fn default_anchor(about: ItemKind) -> Anchor {
    match about {
        ItemKind::Booking => Anchor::Start,
        ItemKind::Renewal => Anchor::EndsOn,
        ItemKind::Case | ItemKind::Reply => Anchor::Opened,
    }
}

/// The anchor an offset counts from when it names none.
#[must_use]
pub const fn anchor_of(when: When, about: ItemKind) -> Anchor {
    match when.anchor {
        Some(anchor) => anchor,
        None => default_anchor(about),
    }
}
