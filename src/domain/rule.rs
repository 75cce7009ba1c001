//! Rules: which items, when, on which channels, with which template, for which purpose, asking what.
//!
//! Their TOML form is what `daybefore rules export|import|check` speaks (DESIGN 4).

use std::collections::HashSet;
use std::fmt;

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serialize};

use super::closed_list::closed_list;
use super::item::ItemKind;
use super::message::{Asks, Channel, Purpose};
use super::rating::Scale;

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
            (Some(months), None, None) if months.abs() * 30 <= FARTHEST_DAYS => Offset::Months(months, at),
            (None, Some(days), None) if days.abs() <= FARTHEST_DAYS => Offset::Days(days, at),
            (None, None, Some(hours)) if at.is_none() && hours.abs() <= FARTHEST_DAYS * 24 => Offset::Hours(hours),
            (None, None, Some(_)) if at.is_some() => {
                return Err("`at` goes with days or months, not with hours".to_owned());
            }
            (None, None, None) => return Err("one of `days`, `hours` or `months` is missing".to_owned()),
            (Some(_), None, None) | (None, Some(_), None) | (None, None, Some(_)) => {
                return Err(format!("that is more than {FARTHEST_DAYS} days away"));
            }
            _ => return Err("only one of `days`, `hours` and `months` can be given".to_owned()),
        };
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

    /// The same rules as a file, to be edited and imported again.
    ///
    /// # Errors
    /// Only when a value has no TOML form, which no parsed rule has.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    fn problems(&self) -> Vec<String> {
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

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.about == ItemKind::Reply {
            problems.push("rules speak about bookings, renewals and cases; what answers a reply needs none".to_owned());
        }
        let id_fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 60 || !self.id.chars().all(id_fits) {
            problems.push("an id is made of lower-case letters, digits and `-`, 60 at most".to_owned());
        }
        if self.channels.is_empty() {
            problems.push("`channels` is empty: name at least one of sms, email, call".to_owned());
        }
        for (key, when) in [("when", self.when), ("useful_until", self.useful_until)] {
            if let Some(anchor) = when.anchor.filter(|anchor| !anchor_fits(self.about, *anchor)) {
                problems.push(format!("{key}: a {} has no `{anchor}`", self.about));
            }
        }
        if self.kind.is_some() && self.about != ItemKind::Renewal {
            problems.push("`kind` goes with about = \"renewal\"; bookings are told apart by `service`".to_owned());
        }
        if self.service.is_some() && self.about != ItemKind::Booking {
            problems.push("`service` goes with about = \"booking\"; renewals are told apart by `kind`".to_owned());
        }
        if !asks_fits(self.about, self.asks) {
            problems.push(format!("a {} can't be asked `{}`", self.about, self.asks));
        }
        if self.scale.is_some() && self.asks != Asks::Rating {
            problems.push("`scale` goes with asks = \"rating\"".to_owned());
        }
        problems
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

const fn anchor_fits(about: ItemKind, anchor: Anchor) -> bool {
    match anchor {
        Anchor::Start | Anchor::Changed | Anchor::Cancelled => matches!(about, ItemKind::Booking),
        Anchor::EndsOn => matches!(about, ItemKind::Renewal),
        Anchor::Opened => matches!(about, ItemKind::Case),
        Anchor::Booked | Anchor::Rated => !matches!(about, ItemKind::Case),
        Anchor::Completed => true,
    }
}

const fn asks_fits(about: ItemKind, asks: Asks) -> bool {
    match asks {
        Asks::Nothing => true,
        Asks::Rating => !matches!(about, ItemKind::Case),
        Asks::Confirm => matches!(about, ItemKind::Booking),
        Asks::Renewal => matches!(about, ItemKind::Renewal),
        Asks::Solved => matches!(about, ItemKind::Case),
    }
}
