//! Renders every text with many samples and reports what it costs and what would go wrong.

mod wrong;

use std::collections::BTreeSet;

use minijinja::Value;

use super::about::About;
use super::catalogue::{self, Part, Template};
use super::error::{Place, TextError};
use super::facts::Facts;
use super::render::clean;
use super::reply_words::asked;
use super::samples::samples;
use super::store::{Found, Texts};
use crate::domain::closed_list::closed_list;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::domain::segments::{self, Segmented};
pub use wrong::Wrong;

/// Longer text messages are refused by Twilio (its error 21617), in characters.
const LONGEST_SMS: usize = 1600;
/// Parts that a text message may usually cost.
const USUAL_PARTS: usize = 2;

closed_list! {
    /// How bad a problem is: an error must be mended before the text is used.
    Severity { Error = "error", Warning = "warning" }
}

/// Something wrong with a text, in one line with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Problem {
    pub severity: Severity,
    pub text: String,
    /// For pages, which say it in their reader's language.
    #[serde(skip)]
    pub wrong: Wrong,
}

/// What was found out about one part of one template in one locale.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Finding {
    pub place: Place,
    /// Characters of the longest sample.
    pub length: usize,
    /// Cost of the usual sample as a text message; none for other parts.
    pub usual: Option<Segmented>,
    /// Cost of the worst sample: long names, everything known, with a link.
    pub worst: Option<Segmented>,
    /// The usual sample, as a customer would get it; empty when it can't be rendered.
    pub example: String,
    /// Errors first.
    pub problems: Vec<Problem>,
}

impl Finding {
    /// Whether the text can be used; warnings don't count.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }
}

impl Texts {
    /// Checks every text, or only the texts of one business.
    #[must_use]
    pub fn check(&self, only_business: Option<&str>) -> Vec<Finding> {
        let wanted = |place: &&Place| only_business.is_none() || place.business.as_deref() == only_business;
        let mut findings: Vec<Finding> = self
            .inner
            .places
            .iter()
            .filter(wanted)
            .map(|place| self.check_one(place))
            .collect();
        if only_business.is_none() {
            findings.extend(self.inner.broken.iter().filter_map(broken));
        }
        findings
    }

    /// Checks the text that is kept in one place.
    #[must_use]
    pub fn check_one(&self, place: &Place) -> Finding {
        let mut report = Report::default();
        let declared = catalogue::find(&place.template).zip(Locale::parse(&place.locale).ok());
        match declared {
            Some((template, locale)) => self.check_source(place, template, locale, &mut report),
            None => report.error(Wrong::UnknownPlace),
        }
        report.into_finding(place.clone())
    }

    fn check_source(&self, place: &Place, template: &Template, locale: Locale, report: &mut Report) {
        let business = place.business.as_deref().unwrap_or_default();
        let Some(found) = self.inner.resolve(business, template.name, &locale, place.part) else {
            return report.error(Wrong::Lost);
        };
        if let Ok(text) = self.inner.env.get_template(&found.name) {
            report.hidden_spaces(text.source());
        }
        let names = self.unknown_names(&found.name, template.item);
        if !names.is_empty() {
            let item = template.item;
            report.error(Wrong::UnknownNames { names, item });
        }
        for about in samples(business, template, locale) {
            self.check_sample(&found, place, &about, report);
        }
    }

    fn check_sample(&self, found: &Found<'_>, place: &Place, about: &About<'_>, report: &mut Report) {
        let facts = Value::from_object(Facts::new(about));
        let item = catalogue::find(&place.template).map_or(about.item.item(), |declared| declared.item);
        match self.raw(found, &place.template, place.part, item, &facts) {
            Ok(raw) => report.sample(place.part, &raw, about.asks),
            Err(TextError::Render { line, problem, .. }) => report.error(Wrong::Line { line, problem }),
            Err(error) => report.error(Wrong::Other(error.to_string())),
        }
    }
}

/// An embedded text that can't even be parsed.
fn broken(error: &TextError) -> Option<Finding> {
    let TextError::Syntax { place, line, problem } = error else {
        return None;
    };
    let mut report = Report::default();
    report.error(Wrong::Line {
        line: *line,
        problem: problem.clone(),
    });
    Some(report.into_finding(place.clone()))
}

/// What the samples of one text have shown so far.
#[derive(Default)]
struct Report {
    length: usize,
    example: Option<String>,
    usual: Option<Segmented>,
    worst: Option<Segmented>,
    problems: BTreeSet<Problem>,
}

impl Report {
    fn error(&mut self, wrong: Wrong) {
        self.note(Severity::Error, wrong);
    }

    fn warn(&mut self, wrong: Wrong) {
        self.note(Severity::Warning, wrong);
    }

    fn note(&mut self, severity: Severity, wrong: Wrong) {
        let text = wrong.to_string();
        self.problems.insert(Problem { severity, text, wrong });
    }

    fn sample(&mut self, part: Part, raw: &str, asks: Asks) {
        let text = clean(part, raw);
        if text.is_empty() {
            self.error(Wrong::Empty);
        }
        if part == Part::Subject && raw.trim().contains('\n') {
            self.error(Wrong::SubjectOfLines);
        }
        self.length = self.length.max(text.chars().count());
        if part == Part::Sms {
            self.cost(&text);
        }
        if part != Part::Call {
            self.answers(&text, asks);
        }
        // The first sample is the usual one.
        self.example.get_or_insert(text);
    }

    fn cost(&mut self, text: &str) {
        let counted = segments::count(text);
        if self.usual.is_none() && counted.segments > USUAL_PARTS {
            self.warn(Wrong::Dear {
                segments: counted.segments,
                encoding: counted.encoding,
                because: counted.forced_by,
            });
        }
        if let Some(char) = text.chars().find(|char| "‘’“”„‚–—…«»".contains(*char)) {
            self.warn(Wrong::DearCharacter(char));
        }
        if text.chars().count() > LONGEST_SMS {
            self.error(Wrong::TooLong);
        }
        self.usual.get_or_insert(counted);
        if self.worst.is_none_or(|worst| counted.segments > worst.segments) {
            self.worst = Some(counted);
        }
    }

    fn answers(&mut self, text: &str, asks: Asks) {
        let found = asked(text);
        for keyword in found.keywords {
            self.error(Wrong::Keyword(keyword));
        }
        if asks == Asks::Rating && found.letters {
            self.warn(Wrong::Letters);
        }
        if matches!(asks, Asks::Confirm | Asks::Renewal | Asks::Solved) && found.digits {
            self.warn(Wrong::Digits);
        }
    }

    fn hidden_spaces(&mut self, source: &str) {
        for (at, line) in source.lines().enumerate() {
            if let Some(char) = line.chars().find(|char| matches!(char, '\u{a0}' | '\u{202f}')) {
                self.error(Wrong::NoBreakSpace { line: at + 1, char });
            }
        }
    }

    fn into_finding(self, place: Place) -> Finding {
        Finding {
            place,
            length: self.length,
            usual: self.usual,
            worst: self.worst,
            example: self.example.unwrap_or_default(),
            problems: self.problems.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
