//! Rows of a renewals file: policies, warranties, inspections, services that end or fall due on a date.

use chrono::{Datelike, NaiveDate};

use super::cells::{CellProblem, Row};
use super::customer_match::Person;
use super::items::{Before, take_in};
use super::known::Known;
use super::{RowResult, Taking};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, Renewal, RenewalKind, RenewalStatus};
use crate::domain::local::LocalDate;
use crate::outbound::plan::Desk;

/// The documented columns.
pub(super) const COLUMNS: &[&str] = &[
    "external_id",
    "customer_id",
    "name",
    "phone",
    "email",
    "locale",
    "kind",
    "subject",
    "reference",
    "ends_on",
    "offer_amount",
    "offer_currency",
    "offer_url",
    "status",
    "consent_service",
    "consent_survey",
    "consent_marketing",
];

/// What a row says of a renewal; empty cells say nothing.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub kind: RenewalKind,
    pub subject: Option<String>,
    pub reference: Option<String>,
    pub ends_on: LocalDate,
    pub offer_amount: Option<String>,
    pub offer_currency: Option<String>,
    pub offer_url: Option<String>,
    pub status: Option<RenewalStatus>,
}

impl Cells {
    pub(super) fn read(row: &Row) -> Result<Self, CellProblem> {
        row.required("kind", "write one of policy, warranty, inspection, service")?;
        row.required(
            "ends_on",
            "write the date on which it ends or falls due, like 2026-12-31",
        )?;
        let kinds: Vec<_> = RenewalKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let statuses: Vec<_> = RenewalStatus::ALL.iter().map(|status| status.as_str()).collect();
        Ok(Self {
            kind: row
                .one_of("kind", &kinds)?
                .ok_or_else(|| row.problem("kind", "it is empty"))?,
            subject: row.plain("subject"),
            reference: row.plain("reference"),
            ends_on: row
                .parsed("ends_on", date)?
                .ok_or_else(|| row.problem("ends_on", "it is empty"))?,
            offer_amount: row.parsed("offer_amount", amount)?,
            offer_currency: row.parsed("offer_currency", currency)?,
            offer_url: row.parsed("offer_url", web_address)?,
            status: row.one_of("status", &statuses)?,
        })
    }

    /// What somebody at the desk has changed since the file last `said` something stays, where the row still says the
    /// same. Returns what it says now.
    fn leave_to_desk(&mut self, said: &Renewal, before: &Renewal, now: Instant) -> Renewal {
        let says = updated(said, self, &said.customer_id, now);
        let news = |same: bool, cell: &mut Option<String>| {
            if same {
                *cell = None;
            }
        };
        news(says.subject == said.subject, &mut self.subject);
        news(says.reference == said.reference, &mut self.reference);
        news(says.offer_amount == said.offer_amount, &mut self.offer_amount);
        news(says.offer_currency == said.offer_currency, &mut self.offer_currency);
        news(says.offer_url == said.offer_url, &mut self.offer_url);
        if says.kind == said.kind {
            self.kind = before.kind;
        }
        if says.ends_on == said.ends_on {
            self.ends_on = before.ends_on;
            if says.status == said.status {
                self.status = None;
            }
        }
        says
    }
}

/// Takes in one row.
pub(super) fn take(
    known: &mut Known,
    taking: &Taking<'_>,
    mut cells: Cells,
    person: &Person,
    external_id: &str,
) -> RowResult {
    let (desk, now) = (taking.desk, taking.now);
    let before = match known.items.remove(external_id) {
        Some(Item::Renewal(renewal)) => Some(renewal),
        _ => None,
    };
    let current = before.as_ref().and_then(|renewal| known.customer(&renewal.customer_id));
    let matched = person.find(known, taking, current.cloned());
    if let Some(before) = &before
        && let Some(Item::Renewal(said)) = known.said.get(&before.id)
    {
        let says = cells.leave_to_desk(said, before, now);
        known.changes.said.push(Item::Renewal(says));
    }
    let renewal = match &before {
        Some(before) => updated(before, &cells, &matched.customer.id, now),
        None => new(&cells, external_id, &matched.customer.id, desk, now),
    };
    let before = before.as_ref().map(|before| Before {
        customer_id: &before.customer_id,
        difference: describe(before, &renewal),
    });
    take_in(known, taking, Item::Renewal(renewal), matched, before)
}

pub(super) fn new(cells: &Cells, external_id: &str, customer_id: &str, desk: &Desk, now: Instant) -> Renewal {
    let status = cells.status.unwrap_or(RenewalStatus::Active);
    Renewal {
        id: new_id(now),
        business_id: desk.business.id.clone(),
        customer_id: customer_id.to_owned(),
        external_id: external_id.to_owned(),
        kind: cells.kind,
        subject: cells.subject.clone(),
        reference: cells.reference.clone(),
        ends_on: cells.ends_on,
        offer_amount: cells.offer_amount.clone(),
        offer_currency: cells.offer_currency.clone(),
        offer_url: cells.offer_url.clone(),
        status,
        revision: 1,
        booked_at: now,
        changed_at: now,
        // Renewed before we knew of it: nobody remembers when, so there is no day after to ask on.
        completed_at: None,
    }
}

pub(super) fn updated(before: &Renewal, cells: &Cells, customer_id: &str, now: Instant) -> Renewal {
    let mut renewal = before.clone();
    customer_id.clone_into(&mut renewal.customer_id);
    renewal.kind = cells.kind;
    renewal.subject = cells.subject.clone().or(renewal.subject);
    renewal.reference = cells.reference.clone().or(renewal.reference);
    renewal.offer_amount = cells.offer_amount.clone().or(renewal.offer_amount);
    renewal.offer_currency = cells.offer_currency.clone().or(renewal.offer_currency);
    renewal.offer_url = cells.offer_url.clone().or(renewal.offer_url);
    renewal.ends_on = cells.ends_on;
    // With a new date a new term begins, whatever became of the last one.
    let renewed_term = if renewal.ends_on == before.ends_on {
        before.status
    } else {
        RenewalStatus::Active
    };
    renewal.status = cells.status.unwrap_or(renewed_term);
    if renewal.ends_on != before.ends_on {
        renewal.revision += 1;
        renewal.changed_at = now;
    }
    renewal.completed_at = match (renewal.status, before.status) {
        (RenewalStatus::Renewed, RenewalStatus::Renewed) => before.completed_at,
        (RenewalStatus::Renewed, _) => Some(now),
        // Its last term was renewed, and it lives on in this one.
        (RenewalStatus::Active, RenewalStatus::Active) if renewal.ends_on == before.ends_on => before.completed_at,
        _ => None,
    };
    renewal
}

/// What differs, as a person reads it; empty when nothing does.
pub(super) fn describe(before: &Renewal, after: &Renewal) -> String {
    let mut differences = Vec::new();
    let mut differ = |what: &str, before: String, after: String| {
        if before != after {
            differences.push(format!("{what} {before} -> {after}"));
        }
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    differ("ends_on", before.ends_on.to_string(), after.ends_on.to_string());
    differ("status", before.status.to_string(), after.status.to_string());
    differ("kind", before.kind.to_string(), after.kind.to_string());
    differ("subject", text(&before.subject), text(&after.subject));
    differ("reference", text(&before.reference), text(&after.reference));
    differ("offer_amount", text(&before.offer_amount), text(&after.offer_amount));
    differ(
        "offer_currency",
        text(&before.offer_currency),
        text(&after.offer_currency),
    );
    differ("offer_url", text(&before.offer_url), text(&after.offer_url));
    if before.customer_id != after.customer_id {
        differences.push("another customer".to_owned());
    }
    differences.join("; ")
}

fn date(text: &str) -> Result<LocalDate, String> {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) if (2000..=2100).contains(&date.year()) => Ok(LocalDate(date)),
        Ok(_) => Err("the year must be between 2000 and 2100".to_owned()),
        Err(_) => Err("no such date: write it like 2026-12-31 (year-month-day)".to_owned()),
    }
}

/// A price in the one form that is stored: digits, a point, digits.
fn amount(text: &str) -> Result<String, String> {
    let digits = |part: &str| !part.is_empty() && part.len() <= 12 && part.chars().all(|c| c.is_ascii_digit());
    let fits = match text.split_once('.') {
        Some((whole, cents)) => digits(whole) && digits(cents) && cents.len() <= 3,
        None => digits(text),
    };
    if fits {
        Ok(text.to_owned())
    } else {
        Err("write the price like 412.50: digits and a point".to_owned())
    }
}

fn currency(text: &str) -> Result<String, String> {
    if text.len() == 3 && text.chars().all(|c| c.is_ascii_alphabetic()) {
        Ok(text.to_uppercase())
    } else {
        Err("write the currency's three letters, like EUR".to_owned())
    }
}

fn web_address(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(url.to_string()),
        _ => Err("write a whole web address, like https://example.com/offer/1".to_owned()),
    }
}
