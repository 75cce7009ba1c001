//! What people read on pages, in every language that texts have: customers behind their links, and users at the desk.
//!
//! A phrase is plain text with `{names}` to fill in; the page escapes it. Adding a language is adding its files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, File, include_dir};

use crate::domain::locale::Locale;

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/pages");
static DESK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/desk");
static OF_PAGES: LazyLock<BTreeMap<String, Phrases>> = LazyLock::new(|| by_language(&PAGES));
static OF_DESK: LazyLock<BTreeMap<String, Phrases>> = LazyLock::new(|| by_language(&DESK));
static NONE: Phrases = Phrases(BTreeMap::new());

/// The phrases of one language, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrases(BTreeMap<String, String>);

impl Phrases {
    /// What customers read behind their links, in a locale's language.
    #[must_use]
    pub fn of_pages(locale: &Locale) -> &'static Self {
        OF_PAGES.get(locale.language()).unwrap_or(&NONE)
    }

    /// What users read at the desk, in a locale's language.
    #[must_use]
    pub fn of_desk(locale: &Locale) -> &'static Self {
        OF_DESK.get(locale.language()).unwrap_or(&NONE)
    }

    /// A phrase with its names filled in by what `value` knows. None: there is no such phrase.
    #[must_use]
    pub fn say(&self, name: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let phrase = self.0.get(name)?;
        Some(fill(phrase, |name| value(name).map(Cow::Owned)).into_owned())
    }

    /// Every phrase with what is known filled in, each name by its value as it is, even where that has braces itself.
    #[must_use]
    pub fn filled(&self, values: &[(&str, &str)]) -> BTreeMap<&str, String> {
        self.0
            .iter()
            .map(|(name, phrase)| (name.as_str(), fill(phrase, among(values)).into_owned()))
            .collect()
    }
}

fn among<'v>(values: &'v [(&str, &'v str)]) -> impl Fn(&str) -> Option<Cow<'v, str>> {
    move |name| {
        let known = values.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| Cow::Borrowed(*value))
    }
}

fn fill<'a, 'v>(phrase: &'a str, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> Cow<'a, str> {
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
        filled.push_str(&value(name).unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}

/// The phrases of a folder: one file a language, or a folder of files for each.
fn by_language(folder: &'static Dir<'_>) -> BTreeMap<String, Phrases> {
    let mut languages: BTreeMap<String, Phrases> = BTreeMap::new();
    let own = folder
        .files()
        .filter_map(|file| Some((file.path().file_stem()?.to_str()?, file)));
    let within = folder.dirs().flat_map(|dir| {
        let language = dir.path().file_name().and_then(|name| name.to_str());
        dir.files().filter_map(move |file| Some((language?, file)))
    });
    for (language, file) in own.chain(within) {
        languages
            .entry(language.to_owned())
            .or_default()
            .0
            .extend(phrases_in(file));
    }
    languages
}

/// A file that can't be read has no phrases: there is none in a build that passed its tests.
fn phrases_in(file: &File<'_>) -> BTreeMap<String, String> {
    let phrases = || toml::from_str(file.contents_utf8()?).ok();
    match file.path().extension() {
        Some(kind) if kind == "toml" => phrases().unwrap_or_default(),
        _ => BTreeMap::new(),
    }
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
    fn no_phrase_is_written_in_two_files_of_a_language() {
        let names = |file: &'static File<'_>| phrases_in(file).into_keys();
        for folder in DESK.dirs() {
            let mut all: Vec<String> = folder.files().flat_map(names).collect();
            all.sort();
            let twice: Vec<_> = all.windows(2).filter(|two| two[0] == two[1]).collect();
            assert!(twice.is_empty(), "{}: {twice:?}", folder.path().display());
        }
    }

    #[test]
    fn every_language_has_the_same_phrases_with_the_same_names() {
        let english = Locale::parse("en").unwrap();
        for of in [Phrases::of_pages, Phrases::of_desk] {
            let english = of(&english);
            assert!(english.0.len() > 50);
            for language in languages() {
                let phrases = of(&Locale::parse(language).unwrap());
                assert!(phrases.0.keys().eq(english.0.keys()), "{language} differs from English");
                for (name, phrase) in &phrases.0 {
                    assert!(!phrase.trim().is_empty(), "{language} {name}");
                    assert_eq!(names_in(phrase), names_in(&english.0[name]), "{language} {name}");
                }
            }
        }
    }

    #[test]
    fn every_file_can_be_read_and_no_phrase_stands_in_two() {
        for language in DESK.dirs() {
            let mut seen = BTreeMap::new();
            for file in language.files() {
                let phrases: BTreeMap<String, String> = toml::from_str(file.contents_utf8().unwrap()).unwrap();
                for name in phrases.into_keys() {
                    assert_eq!(
                        seen.insert(name.clone(), file.path()),
                        None,
                        "{name} of {}",
                        file.path().display()
                    );
                }
            }
        }
    }

    #[test]
    fn names_are_filled_in_once_and_unknown_ones_left_out() {
        let values = [("business", "Zoe's {when} & <b>"), ("when", "tomorrow")];
        let fill = |phrase| fill(phrase, among(&values)).into_owned();
        assert_eq!(
            fill("{business}: see you {when}{what}."),
            "Zoe's {when} & <b>: see you tomorrow."
        );
        assert_eq!(fill("plain"), "plain");
        assert_eq!(fill("a { b"), "a  b");
    }
}
