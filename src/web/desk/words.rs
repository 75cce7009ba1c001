//! What a page says, in its reader's language: `t("phrase", name=value)` in a template, and dates as that language writes
//! them: `t.day(…)`, `t.long_day(…)`, `t.time(…)`, `t.moment(…)`, `t.dated(…)` of what is written as ISO 8601, `t.told(…)` of
//! what may also be something else, `t.month(…)` and `t.long_month(…)`; and numbers: `t.number(value, decimals)`.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use minijinja::value::{Kwargs, Object, Value, from_args};
use minijinja::{Error, ErrorKind, State};

use crate::domain::locale::Locale;
use crate::texts::phrases::Phrases;

/// The words of one language.
#[derive(Debug)]
pub(in super::super) struct Words {
    language: &'static str,
    locale: Locale,
    phrases: &'static Phrases,
    dates: chrono::Locale,
    /// How a short and a long date are put together.
    patterns: [&'static str; 2],
}

impl Words {
    /// Those of a locale's language.
    pub(in super::super) fn of(locale: &Locale) -> Arc<Self> {
        let plain = ["%a %-d %b", "%A %-d %B"];
        let (dates, patterns) = match locale.language() {
            "de" => (chrono::Locale::de_DE, ["%a %-d. %b", "%A, %-d. %B"]),
            "fr" => (chrono::Locale::fr_FR, plain),
            "es" => (chrono::Locale::es_ES, ["%a %-d %b", "%A, %-d de %B"]),
            "pl" => (chrono::Locale::pl_PL, ["%a, %-d %b", "%A, %-d %B"]),
            _ => (chrono::Locale::en_GB, plain),
        };
        Arc::new(Self {
            language: locale.language(),
            locale: *locale,
            phrases: Phrases::of_desk(locale),
            dates,
            patterns,
        })
    }

    /// A phrase outside of a page.
    pub(super) fn say(&self, name: &str, values: &[(&str, String)]) -> Option<String> {
        let value = |name: &str| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone())
        };
        self.phrases.say(name, value)
    }

    fn date(&self, date: NaiveDate, pattern: &str) -> String {
        date.format_localized(pattern, self.dates).to_string()
    }

    fn day(&self, date: NaiveDate) -> String {
        self.date(date, self.patterns[0])
    }

    fn moment(&self, at: NaiveDateTime) -> String {
        format!("{}, {}", self.day(at.date()), time(at.time()))
    }
}

fn time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

impl Object for Words {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str()? == "language").then(|| Value::from(self.language))
    }

    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (name, values): (&str, Kwargs) = from_args(args)?;
        let value = |name: &str| values.get::<Value>(name).ok().map(|value| value.to_string());
        let said = self.phrases.say(name, value);
        values.assert_all_used()?;
        let unknown = || Error::new(ErrorKind::UndefinedError, format!("there is no phrase `{name}`"));
        said.map(Value::from).ok_or_else(unknown)
    }

    fn call_method(self: &Arc<Self>, _state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if method == "number" {
            let (value, decimals): (f64, Option<usize>) = from_args(args)?;
            return Ok(Value::from(self.locale.decimal(value, decimals.unwrap_or_default())));
        }
        let (text,): (&str,) = from_args(args)?;
        let (at, date) = (moment_of(text), date_of(text));
        let said = match (method, at, date) {
            ("day", _, Some(date)) | ("told", None, Some(date)) => self.day(date),
            ("long_day", _, Some(date)) => self.date(date, self.patterns[1]),
            ("month", _, Some(date)) => self.date(date, "%b"),
            ("long_month", _, Some(date)) => self.date(date, "%B %Y"),
            ("time", Some(at), _) => time(at.time()),
            ("second", Some(at), _) => at.format("%H:%M:%S").to_string(),
            ("moment" | "told", Some(at), _) => self.moment(at),
            ("dated", None, Some(date)) => format!("{} {}", self.day(date), date.format("%Y")),
            ("dated", Some(at), _) => format!("{} {}", self.day(at.date()), at.format("%Y, %H:%M")),
            ("told", None, None) => text.to_owned(),
            ("day" | "long_day" | "month" | "long_month" | "time" | "second" | "moment" | "dated", ..) => {
                return Err(Error::new(ErrorKind::InvalidOperation, format!("`{text}` is no time")));
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        };
        Ok(Value::from(said))
    }
}

fn moment_of(text: &str) -> Option<NaiveDateTime> {
    let forms = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
    ];
    forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

fn date_of(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, context};

    use super::*;

    fn said(language: &str, template: &str) -> Result<String, Error> {
        let words = Words::of(&Locale::parse(language).unwrap());
        Environment::new().render_str(template, context! { t => Value::from_dyn_object(words) })
    }

    #[test]
    fn a_phrase_is_said_in_the_readers_language_with_its_names() {
        let template = r#"{{ t("count_failed", count=3) }}"#;
        assert_eq!(said("en", template).unwrap(), "failed: 3");
        assert_eq!(said("de", template).unwrap(), "fehlgeschlagen: 3");
        assert!(said("en", r#"{{ t("no_such_phrase") }}"#).is_err());
        assert!(
            said("en", r#"{{ t("count_failed", cont=3) }}"#).is_err(),
            "a name that the phrase does not have"
        );
    }

    #[test]
    fn dates_are_written_as_the_language_writes_them() {
        let template =
            r#"{{ t.day("2026-12-04") }}|{{ t.long_day("2026-12-04") }}|{{ t.moment("2026-12-04T09:30:00.123") }}"#;
        assert_eq!(
            said("en", template).unwrap(),
            "Fri 4 Dec|Friday 4 December|Fri 4 Dec, 09:30"
        );
        assert_eq!(
            said("de", template).unwrap(),
            "Fr 4. Dez|Freitag, 4. Dezember|Fr 4. Dez, 09:30"
        );
        assert!(said("en", r#"{{ t.day("soon") }}"#).is_err());
        assert_eq!(said("en", r#"{{ t.told("soon") }}"#).unwrap(), "soon");
        let months = r#"{{ t.month("2026-12-04") }}|{{ t.long_month("2026-03-01") }}"#;
        assert_eq!(said("en", months).unwrap(), "Dec|March 2026");
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let template = "{{ t.number(-12.345, 1) }}|{{ t.number(75) }}";
        assert_eq!(said("en", template).unwrap(), "-12.3|75");
        assert_eq!(said("de", template).unwrap(), "-12,3|75");
    }
}
