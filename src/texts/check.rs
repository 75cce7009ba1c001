//! Renders every text with many samples and reports what it costs and what would go wrong.

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

/// Longer text messages are refused by Twilio (FACTS 1.2), in characters.
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

    fn check_one(&self, place: &Place) -> Finding {
        let mut report = Report::default();
        let declared = catalogue::find(&place.template).zip(Locale::parse(&place.locale).ok());
        match declared {
            Some((template, locale)) => self.check_source(place, template, locale, &mut report),
            None => report.error("the template or its locale is not known; remove the text".to_owned()),
        }
        report.into_finding(place.clone())
    }

    fn check_source(&self, place: &Place, template: &Template, locale: Locale, report: &mut Report) {
        let business = place.business.as_deref().unwrap_or_default();
        let Some(found) = self.inner.resolve(business, template.name, &locale, place.part) else {
            return report.error("the text can't be found again; this is a fault of the program".to_owned());
        };
        if let Ok(text) = self.inner.env.get_template(&found.name) {
            report.hidden_spaces(text.source());
        }
        let unknown = self.unknown_names(&found.name, template.item);
        if !unknown.is_empty() {
            report.error(format!(
                "`{}` is not known in a text about a {}",
                unknown.join("`, `"),
                template.item
            ));
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
            Err(TextError::Render { line, problem, .. }) => report.error(format!("line {line}: {problem}")),
            Err(error) => report.error(error.to_string()),
        }
    }
}

/// An embedded text that can't even be parsed.
fn broken(error: &TextError) -> Option<Finding> {
    let TextError::Syntax { place, line, problem } = error else {
        return None;
    };
    let mut report = Report::default();
    report.error(format!("line {line}: {problem}"));
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
    fn error(&mut self, text: String) {
        self.problems.insert(Problem {
            severity: Severity::Error,
            text,
        });
    }

    fn warn(&mut self, text: String) {
        self.problems.insert(Problem {
            severity: Severity::Warning,
            text,
        });
    }

    fn sample(&mut self, part: Part, raw: &str, asks: Asks) {
        let text = clean(part, raw);
        if text.is_empty() {
            self.error(
                "comes out empty when optional facts are missing; say something outside the conditions".to_owned(),
            );
        }
        if part == Part::Subject && raw.trim().contains('\n') {
            self.error("a subject is one line; remove the line break".to_owned());
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
            let why = counted
                .forced_by
                .map(|char| format!(", because of `{char}`"))
                .unwrap_or_default();
            self.warn(format!(
                "a usual text message costs {} segments ({}{why}); more than {USUAL_PARTS} is dear, shorten it",
                counted.segments, counted.encoding,
            ));
        }
        if let Some(char) = text.chars().find(|char| "‘’“”„‚–—…«»".contains(*char)) {
            self.warn(format!(
                "`{char}` makes a text message cost more than twice as much; write it in plain characters"
            ));
        }
        if text.chars().count() > LONGEST_SMS {
            self.error(format!(
                "a text message can't be longer than {LONGEST_SMS} characters; shorten it"
            ));
        }
        self.usual.get_or_insert(counted);
        if self.worst.is_none_or(|worst| counted.segments > worst.segments) {
            self.worst = Some(counted);
        }
    }

    fn answers(&mut self, text: &str, asks: Asks) {
        let found = asked(text);
        for keyword in found.keywords {
            self.error(format!(
                "asks for the answer {keyword}, which telephone providers take as opting out or in; \
                 ask for C (yes) or R (change, call me), or for 1 to 5"
            ));
        }
        if asks == Asks::Rating && found.letters {
            self.warn("asks for letters, but a rating is answered with 1 to 5".to_owned());
        }
        if matches!(asks, Asks::Confirm | Asks::Renewal | Asks::Solved) && found.digits {
            self.warn("asks for digits, but this question is answered with C or R".to_owned());
        }
    }

    fn hidden_spaces(&mut self, source: &str) {
        for (at, line) in source.lines().enumerate() {
            if let Some(char) = line.chars().find(|char| matches!(char, '\u{a0}' | '\u{202f}')) {
                let code = u32::from(char);
                self.error(format!(
                    "line {}: has a no-break space (U+{code:04X}); type a plain space",
                    at + 1
                ));
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
