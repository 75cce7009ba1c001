//! What customers read on the pages behind links, in every language that texts have.
//!
//! A phrase is plain text with `{names}` to fill in; the page escapes it. Adding a language is adding a file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use crate::domain::locale::Locale;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/pages");
static LANGUAGES: LazyLock<BTreeMap<String, Phrases>> = LazyLock::new(load);
static NONE: Phrases = Phrases(BTreeMap::new());

/// The phrases of one language, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases(BTreeMap<String, String>);

impl Phrases {
    /// The phrases of a locale's language.
    #[must_use]
    pub fn of(locale: &Locale) -> &'static Self {
        LANGUAGES.get(locale.language()).unwrap_or(&NONE)
    }

    /// Every phrase with what is known filled in, each name by its value as it is, even where that has braces itself.
    #[must_use]
    pub fn filled(&self, values: &[(&str, &str)]) -> BTreeMap<&str, String> {
        self.0
            .iter()
            .map(|(name, phrase)| (name.as_str(), fill(phrase, values).into_owned()))
            .collect()
    }
}

fn fill<'a>(phrase: &'a str, values: &[(&str, &str)]) -> Cow<'a, str> {
    if !phrase.contains('{') {
        return Cow::Borrowed(phrase);
    }
    let mut filled = String::with_capacity(phrase.len() * 2);
    let mut rest = phrase;
    while let Some((before, from)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = from.split_once('}') else {
            rest = from;
            break;
        };
        let known = values.iter().find(|(known, _)| *known == name);
        filled.push_str(known.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}

fn load() -> BTreeMap<String, Phrases> {
    let files = FOLDER
        .files()
        .filter(|file| file.path().extension().is_some_and(|kind| kind == "toml"));
    files
        .filter_map(|file| {
            let language = file.path().file_stem()?.to_str()?.to_owned();
            // A file that can't be read leaves its language without phrases: none in a build that passed its tests.
            let phrases = toml::from_str(file.contents_utf8()?).ok()?;
            Some((language, Phrases(phrases)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::languages;

    fn names_in(phrase: &str) -> Vec<&str> {
        let mut names: Vec<_> = phrase
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_language_has_the_same_phrases_with_the_same_names() {
        let english = Phrases::of(&Locale::parse("en").unwrap());
        assert!(english.0.len() > 50);
        for language in languages() {
            let phrases = Phrases::of(&Locale::parse(language).unwrap());
            assert!(phrases.0.keys().eq(english.0.keys()), "{language} differs from English");
            for (name, phrase) in &phrases.0 {
                assert!(!phrase.trim().is_empty(), "{language} {name}");
                assert_eq!(names_in(phrase), names_in(&english.0[name]), "{language} {name}");
            }
        }
    }

    #[test]
    fn names_are_filled_in_once_and_unknown_ones_left_out() {
        let values = [("business", "Zoe's {when} & <b>"), ("when", "tomorrow")];
        assert_eq!(
            fill("{business}: see you {when}{what}.", &values),
            "Zoe's {when} & <b>: see you tomorrow."
        );
        assert_eq!(fill("plain", &values), "plain");
        assert_eq!(fill("a { b", &values), "a  b");
    }
}
