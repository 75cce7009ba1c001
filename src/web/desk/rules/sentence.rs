//! A rule as a sentence in the reader's language.

use crate::domain::item::ItemKind;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::domain::rating::Scale;
use crate::domain::rule::{Anchor, Offset, OnlyIf, Rule, When, anchor_of};
use crate::texts::phrases::Phrases;

/// Says rules in one language.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Sayer {
    phrases: &'static Phrases,
    language: &'static str,
}

impl Sayer {
    pub(in super::super) fn new(locale: &Locale) -> Self {
        Self {
            phrases: Phrases::of_desk(locale),
            language: locale.language(),
        }
    }

    /// A phrase; a test holds that every one is there.
    pub(in super::super) fn say(self, name: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| {
            let known = values.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        };
        self.phrases.say(name, value).unwrap_or_default()
    }

    /// `The day before the visit, at 17:00, by text message, else by mail: reminder; asks for a yes; at the latest …`.
    pub(in super::super) fn rule(self, rule: &Rule) -> String {
        let mut channels = rule
            .channels
            .iter()
            .map(|channel| self.say(&format!("by_{channel}"), &[]));
        let first = channels.next().unwrap_or_default();
        let by = channels.fold(first, |before, next| {
            self.say("rule_else", &[("first", &before), ("next", &next)])
        });
        let when = capitalized(&self.moment(rule.when, rule.about));
        let mut what = self.say(&format!("message_{}", rule.template), &[]);
        // A question would end the sentence.
        if what.ends_with('?') {
            what = self.say("rule_quoted", &[("what", &what)]);
        }
        let mut said = vec![self.say("rule_says", &[("when", &when), ("by", &by), ("what", &what)])];
        if let Some(service) = &rule.service {
            said.push(self.say("rule_for_service", &[("service", service)]));
        }
        said.extend(self.asks(rule));
        if rule.only_if != OnlyIf::Always {
            said.push(self.say(&format!("rule_if_{}", rule.only_if), &[]));
        }
        let until = self.moment(rule.useful_until, rule.about);
        said.push(self.say("rule_until", &[("when", &until)]));
        said.join("; ")
    }

    fn asks(self, rule: &Rule) -> Option<String> {
        match rule.asks {
            Asks::Nothing => None,
            Asks::Rating => {
                let range = rule.scale.unwrap_or(Scale::Csat).range();
                let [low, high] = [range.start(), range.end()].map(i64::to_string);
                Some(self.say("rule_asks_rating", &[("low", &low), ("high", &high)]))
            }
            asks => Some(self.say(&format!("rule_asks_{asks}"), &[])),
        }
    }

    /// `7 days before the visit, at 17:00`.
    pub(in super::super) fn moment(self, when: When, about: ItemKind) -> String {
        let anchor = anchor_of(when, about);
        let (unit, count, at) = match when.offset {
            Offset::Hours(hours) => ("hours", hours, None),
            Offset::Days(days, at) => ("days", days, at),
            Offset::Months(months, at) => ("months", months, at),
        };
        let moment = if count == 0 {
            let of_day = unit != "hours" && (at.is_some() || anchor == Anchor::EndsOn);
            self.say(&format!("{}_{anchor}", if of_day { "day" } else { "zero" }), &[])
        } else {
            let side = if count < 0 { "before" } else { "after" };
            let anchor = self.say(&format!("{side}_{anchor}"), &[]);
            self.say(
                "rule_moment",
                &[("span", &self.span(unit, count.unsigned_abs())), ("anchor", &anchor)],
            )
        };
        match at {
            Some(at) => self.say(
                "rule_at",
                &[("moment", &moment), ("time", &at.format("%H:%M").to_string())],
            ),
            None => moment,
        }
    }

    fn span(self, unit: &str, count: u64) -> String {
        let name = format!("span_{unit}_{}", plural(self.language, count));
        self.say(&name, &[("n", &count.to_string())])
    }
}

/// The form of a noun beside that number.
fn plural(language: &str, count: u64) -> &'static str {
    match (language, count % 10, count % 100) {
        _ if count == 1 => "one",
        ("pl", 2..=4, tens) if !(12..=14).contains(&tens) => "few",
        _ => "many",
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::languages;
    use crate::domain::rule::Rules;

    fn said(language: &str, preset: &str, id: &str) -> String {
        let rules = Rules::parse(Rules::preset(preset).unwrap()).unwrap();
        let rule = rules.rule.iter().find(|rule| rule.id == id).unwrap();
        Sayer::new(&Locale::parse(language).unwrap()).rule(rule)
    }

    #[test]
    fn a_rule_is_a_sentence() {
        assert_eq!(
            said("en", "garage", "day-before"),
            "The day before the visit, at 17:00, by text message, else by mail: reminder; asks for a yes; at the latest 2 \
             hours before the visit"
        );
        assert_eq!(
            said("de", "garage", "satisfaction"),
            "Am Tag nach dem Ende, um 10:00, per SMS, sonst per E-Mail: „Wie war es?“; bittet um eine Bewertung von 1 bis 5; \
             spätestens 4 Tage nach dem Ende, um 20:00"
        );
        assert_eq!(
            said("pl", "garage", "day-before"),
            "Dzień przed wizytą, o 17:00, SMS-em, a jeśli się nie da, e-mailem: przypomnienie; prosi o potwierdzenie; \
             najpóźniej 2 godziny przed wizytą"
        );
    }

    #[test]
    fn every_rule_of_a_preset_can_be_said_in_every_language_without_a_gap() {
        for language in languages() {
            for preset in ["garage", "insurance"] {
                for rule in Rules::parse(Rules::preset(preset).unwrap()).unwrap().rule {
                    let said = said(language, preset, &rule.id);
                    let gaps = [", ,", ": ;", "  ", ";;", " ;", "{"];
                    assert!(
                        !gaps.iter().any(|gap| said.contains(gap)),
                        "{language} {}: {said}",
                        rule.id
                    );
                }
            }
        }
    }

    #[test]
    fn every_moment_has_its_words() {
        let sayer = Sayer::new(&Locale::parse("en").unwrap());
        for anchor in Anchor::ALL {
            for side in ["before", "after", "zero", "day"] {
                assert_ne!(sayer.say(&format!("{side}_{anchor}"), &[]), "", "{side}_{anchor}");
            }
        }
        for unit in ["hours", "days", "months"] {
            for count in [1, 2, 5, 12, 22] {
                assert_ne!(sayer.span(unit, count), "", "{unit} {count}");
            }
        }
        for only_if in OnlyIf::ALL.iter().skip(1) {
            assert_ne!(sayer.say(&format!("rule_if_{only_if}"), &[]), "");
        }
    }

    #[test]
    fn polish_counts_in_three_forms() {
        let forms: Vec<_> = [1, 2, 4, 5, 12, 22].iter().map(|count| plural("pl", *count)).collect();
        assert_eq!(forms, ["one", "few", "few", "many", "many", "few"]);
        assert_eq!(plural("en", 2), "many");
    }
}
