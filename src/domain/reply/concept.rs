//! What words are about, under names that are the same in every language: "spare", "laisse" and "spokój" are all `leave`. So
//! what is learnt from answers in one language holds for the others.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use super::fold::{fold, fold_umlauts};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/domain/reply/concepts");

pub(super) static CONCEPTS: LazyLock<Concepts> = LazyLock::new(|| {
    let files = FOLDER.files().filter_map(|file| {
        let language = file.path().file_stem()?.to_str()?;
        Some((language, file.contents_utf8()?))
    });
    Concepts::read(files)
});

/// The concepts of each language's words.
#[derive(Debug, Default)]
pub(super) struct Concepts {
    languages: HashMap<&'static str, Words>,
}

#[derive(Debug, Default)]
struct Words {
    whole: HashMap<String, Vec<&'static str>>,
    /// What a word may begin with.
    stems: HashMap<String, Vec<&'static str>>,
}

impl Concepts {
    /// A file has a line for each concept, `leave: peace alone spar*`; the star stands for any ending.
    fn read(files: impl Iterator<Item = (&'static str, &'static str)>) -> Self {
        let mut concepts = Self::default();
        for (language, text) in files {
            let words = concepts.languages.entry(language).or_default();
            for (name, listed) in text.lines().filter_map(|line| line.split_once(": ")) {
                listed.split(' ').for_each(|word| words.add(name, word));
            }
        }
        concepts
    }

    /// What a folded word is about: in this language, or in English, which is mixed into all.
    pub(super) fn of(&self, language: Option<&str>, word: &str) -> BTreeSet<&'static str> {
        let own = language.and_then(|language| self.languages.get(language));
        let found = own.map(|words| words.of(word)).unwrap_or_default();
        match self.languages.get("en") {
            Some(english) if found.is_empty() => english.of(word),
            _ => found,
        }
    }
}

impl Words {
    fn add(&mut self, concept: &'static str, listed: &str) {
        let stem = listed.strip_suffix('*');
        let words = if stem.is_some() {
            &mut self.stems
        } else {
            &mut self.whole
        };
        let word = stem.unwrap_or(listed);
        for spelling in [Some(fold(word)), fold_umlauts(word)].into_iter().flatten() {
            words.entry(spelling).or_default().push(concept);
        }
    }

    fn of(&self, word: &str) -> BTreeSet<&'static str> {
        let begins = word.char_indices().map(|(at, char)| &word[..at + char.len_utf8()]);
        let stems = begins.filter_map(|stem| self.stems.get(stem));
        stems.chain(self.whole.get(word)).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(language: &str, word: &str) -> Vec<&'static str> {
        CONCEPTS.of(Some(language), word).into_iter().collect()
    }

    #[test]
    fn a_word_is_about_the_same_in_every_language() {
        for (language, word) in [
            ("en", "messages"),
            ("de", "nachrichten"),
            ("fr", "texto"),
            ("es", "mensajes"),
            ("pl", "wiadomosci"),
        ] {
            assert_eq!(of(language, word), ["message"], "{word}");
        }
    }

    #[test]
    fn umlauts_have_two_spellings_and_english_is_mixed_into_all() {
        assert_eq!(of("de", "horen"), of("de", "hoeren"));
        assert!(of("de", "horen").contains(&"stop"));
        assert_eq!(of("pl", "messages"), ["message"]);
        assert!(of("pl", "xyz").is_empty());
    }

    #[test]
    fn each_language_has_the_same_concepts_in_the_same_order() {
        let names = |text: &'static str| -> Vec<&str> {
            text.lines()
                .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("{line}")).0)
                .collect()
        };
        let files: Vec<_> = FOLDER
            .files()
            .filter_map(|file| file.contents_utf8())
            .map(names)
            .collect();
        assert!(files.len() == 5 && files[0].len() > 20, "{files:?}");
        assert!(files.windows(2).all(|two| two[0] == two[1]), "{files:#?}");
    }
}
