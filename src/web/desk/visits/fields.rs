//! What a form holds, and the columns of a file that it stands for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Target;
use crate::domain::item::{Item, ItemKind};
use crate::outbound::desk_change::{Cells, Why, Wrong};

/// What a button asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Show what it would do.
    #[default]
    Preview,
    Save,
    /// Show the form again.
    Back,
}

/// The fields, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Fields {
    #[serde(skip_serializing)]
    pub step: Step,
    /// The id that the change gets.
    #[serde(skip_serializing)]
    pub change: String,
    /// The digest of what was shown.
    #[serde(skip_serializing)]
    pub seen: String,
    /// The fields as they stood when the form was made, as JSON.
    #[serde(skip_serializing)]
    pub base: String,
    pub customer: String,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub locale: String,
    pub known: String,
    pub number: String,
    pub past: String,
    pub date: String,
    pub time: String,
    pub minutes: String,
    pub service: String,
    pub vehicle: String,
    pub kind: String,
    pub subject: String,
    pub reference: String,
    pub ends_on: String,
    pub offer_amount: String,
    pub offer_currency: String,
    pub offer_url: String,
    pub status: String,
}

/// Another day and time that a customer has named.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Proposed {
    date: Option<String>,
    time: Option<String>,
}

impl Fields {
    /// The fields of an item as it is.
    pub(super) fn of(item: &Item) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        match item {
            Item::Booking(booking) => Self {
                date: booking.starts.format("%Y-%m-%d").to_string(),
                time: booking.starts.format("%H:%M").to_string(),
                minutes: booking
                    .duration_minutes
                    .map(|minutes| minutes.to_string())
                    .unwrap_or_default(),
                service: text(&booking.service),
                vehicle: text(&booking.vehicle),
                ..Self::default()
            },
            Item::Renewal(renewal) => Self {
                kind: renewal.kind.to_string(),
                subject: text(&renewal.subject),
                reference: text(&renewal.reference),
                ends_on: renewal.ends_on.to_string(),
                offer_amount: text(&renewal.offer_amount),
                offer_currency: text(&renewal.offer_currency),
                offer_url: text(&renewal.offer_url),
                ..Self::default()
            },
            Item::Case(_) | Item::Reply(_) => Self::default(),
        }
    }

    /// The same with what an address proposes in place of what is.
    pub(super) fn with(mut self, proposed: Proposed) -> Self {
        self.date = proposed.date.unwrap_or(self.date);
        self.time = proposed.time.unwrap_or(self.time);
        self
    }

    /// The same as a hidden field.
    pub(super) fn as_base(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was typed into a form that was made of something older than what is `now`: it stands in place of what is
    /// now, and what was left as it was gives way. None: nothing has changed since.
    pub(super) fn merged(&self, now: &Self) -> Option<Self> {
        let base: Self = serde_json::from_str(&self.base).ok()?;
        if base == *now {
            return None;
        }
        let (Ok(Value::Object(base)), Ok(Value::Object(typed)), Ok(Value::Object(mut merged))) = (
            serde_json::to_value(&base),
            serde_json::to_value(self),
            serde_json::to_value(now),
        ) else {
            return None;
        };
        for (name, value) in typed {
            if base.get(&name) != Some(&value) {
                merged.insert(name, value);
            }
        }
        serde_json::from_value(Value::Object(merged)).ok()
    }

    /// The same by the columns of a file.
    pub(super) fn cells(&self, target: &Target) -> Cells {
        let mut cells: Cells = match (target.kind(), target) {
            (_, Target::Become(..)) => vec![("ends_on", self.ends_on.clone())],
            (ItemKind::Renewal, _) => vec![
                ("kind", self.kind.clone()),
                ("subject", self.subject.clone()),
                ("reference", self.reference.clone()),
                ("ends_on", self.ends_on.clone()),
                ("offer_amount", self.offer_amount.replace(',', ".")),
                ("offer_currency", self.offer_currency.clone()),
                ("offer_url", self.offer_url.clone()),
            ],
            _ => vec![
                ("starts_at", format!("{} {}", self.date.trim(), self.time.trim())),
                ("duration_minutes", self.minutes.clone()),
                ("service", self.service.clone()),
                ("vehicle", self.vehicle.clone()),
            ],
        };
        if matches!(target, Target::Add(_)) {
            cells.push(("external_id", self.number.clone()));
            if self.customer.is_empty() {
                cells.extend([
                    ("name", self.name.clone()),
                    ("phone", self.phone.clone()),
                    ("email", self.email.clone()),
                    ("locale", self.locale.clone()),
                ]);
            }
        }
        cells
    }
}

/// The field beside which it is said, and the phrase that says it.
pub(super) fn told(wrong: &Wrong) -> (&str, String) {
    let field = match wrong.field.as_str() {
        "starts_at" => "date",
        "duration_minutes" => "minutes",
        "external_id" => "number",
        other => other,
    };
    let phrase = match wrong.why {
        Why::Unreadable => format!("visit_wrong_{field}"),
        Why::Gap => "visit_wrong_gap".to_owned(),
        Why::Past => "visit_wrong_past".to_owned(),
        Why::Taken => "visit_wrong_taken".to_owned(),
        Why::NotLater => "visit_wrong_not_later".to_owned(),
    };
    (field, phrase)
}
