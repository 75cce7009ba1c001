//! The words and phrases of all languages, read once from `src/domain/reply/data`: one file a language.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use super::fold::{fold, fold_umlauts, in_letters, is_near, unstretched};
use super::pattern::{Part, phrases};
use super::says::Says;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/domain/reply/data");

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let files = FOLDER.files().filter_map(|file| {
        let name = file.path().file_stem()?.to_str()?;
        Some((name, file.contents_utf8()?))
    });
    Lexicon::read(files)
});

/// A word of the vocabulary.
pub(super) type Id = u32;

/// Languages are numbered in the order of their file names.
pub(super) type Language = u8;

/// What one place of a phrase takes, as ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Words(Vec<Id>),
    Number,
    Gap(usize),
    Start,
    End,
}

#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub(super) says: Says,
    pub(super) language: Language,
    pub(super) slots: Vec<Slot>,
    /// Of a phrase that names a time or a day: which.
    pub(super) when: Option<When>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// This many minutes after the hour that is named.
    MinutesAdded(i32),
    MinuteOfDay(i32),
    /// From 1, a Monday.
    Weekday(u32),
    /// From 1, January.
    Month(u32),
}

#[derive(Debug, Default)]
pub(super) struct Lexicon {
    pub(super) languages: Vec<String>,
    pub(super) phrases: Vec<Phrase>,
    /// Phrases by the word they begin with; those that begin with a number are in `numbered`.
    pub(super) begins: HashMap<Id, Vec<usize>>,
    pub(super) numbered: Vec<usize>,
    /// Plain phrases for whole lines, folded words.
    lines: Vec<(Says, Vec<String>)>,
    words: HashMap<String, Id>,
    stems: HashMap<char, Vec<(String, Id)>>,
    /// By length, the words that a typing mistake may stand for.
    near: BTreeMap<usize, Vec<(Vec<char>, Id)>>,
    known: HashSet<String>,
    numbers: HashMap<(Id, Language), u32>,
    false_friends: HashSet<(String, Language)>,
    /// Lines that could not be read; a test wants none.
    pub(super) problems: Vec<String>,
}

/// Shorter words are too close to each other for guessing.
const SHORTEST_FUZZY: usize = 5;

impl Lexicon {
    fn read<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut lexicon = Self::default();
        let mut files: Vec<_> = files.collect();
        files.sort_unstable();
        for (language, text) in files {
            let number = Language::try_from(lexicon.languages.len()).unwrap_or(Language::MAX);
            lexicon.languages.push(language.to_owned());
            lexicon.read_file(number, language, text);
        }
        lexicon.finish();
        lexicon
    }

    fn read_file(&mut self, language: Language, name: &str, text: &str) {
        let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut section = "";
        for (number, line) in text.lines().enumerate() {
            let line = line.split(" ## ").next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with("##") {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
                continue;
            }
            if let Err(problem) = self.read_line(language, section, line, &mut sets) {
                self.problems.push(format!("{name}.txt:{}: {problem}", number + 1));
            }
        }
    }

    fn read_line(
        &mut self,
        language: Language,
        section: &str,
        line: &str,
        sets: &mut BTreeMap<String, Vec<String>>,
    ) -> Result<(), String> {
        match section {
            "sets" => {
                let (name, words) = line.split_once(':').ok_or("a set is `name: words`")?;
                let mut list = Vec::new();
                for word in words.split_whitespace() {
                    match word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                        Some(name) => list.extend(
                            sets.get(name)
                                .ok_or_else(|| format!("there is no set `{name}`"))?
                                .clone(),
                        ),
                        None => list.push(word.to_owned()),
                    }
                }
                sets.entry(name.trim().to_owned()).or_default().extend(list);
                return Ok(());
            }
            "known" => {
                self.known.extend(line.split_whitespace().map(fold));
                return Ok(());
            }
            "false_friends" => {
                self.false_friends
                    .extend(line.split_whitespace().map(|word| (fold(word), language)));
                return Ok(());
            }
            _ => {}
        }
        let says: Says = section.parse().map_err(|_| no_section(section))?;
        match says {
            Says::Number => {
                let (value, words) = line.split_once(' ').ok_or("a number is `5 five`")?;
                let value: u32 = value.parse().map_err(|_| format!("`{value}` is no number"))?;
                for word in words.split_whitespace() {
                    let id = self.id(word);
                    self.numbers.insert((id, language), value);
                }
                Ok(())
            }
            Says::Clock => {
                let (minutes, phrase) = line.split_once(' ').ok_or("a clock phrase is `+30 half past #`")?;
                let number = |text: &str| text.parse().map_err(|_| format!("`{minutes}` is no number of minutes"));
                let when = match minutes.strip_prefix('=') {
                    Some(fixed) => When::MinuteOfDay(number(fixed)?),
                    None => When::MinutesAdded(number(minutes.trim_start_matches('+'))?),
                };
                self.add(says, language, phrase, Some(when), sets)
            }
            Says::Weekday | Says::Month => {
                let (number, words) = line
                    .split_once(' ')
                    .ok_or("a day is `1 monday`, a month `12 december`")?;
                let number = number.parse().map_err(|_| format!("`{number}` is no number"))?;
                let when = if says == Says::Weekday {
                    When::Weekday(number)
                } else {
                    When::Month(number)
                };
                split_phrases(words).try_for_each(|phrase| self.add(says, language, phrase, Some(when), sets))
            }
            _ if says >= Says::TapbackGood => {
                self.lines.push((says, line.split_whitespace().map(fold).collect()));
                Ok(())
            }
            _ => split_phrases(line).try_for_each(|phrase| self.add(says, language, phrase, None, sets)),
        }
    }

    fn add(
        &mut self,
        says: Says,
        language: Language,
        line: &str,
        when: Option<When>,
        sets: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), String> {
        for parts in phrases(line, sets)? {
            let slots: Vec<Slot> = parts
                .into_iter()
                .map(|part| match part {
                    Part::Words(words) => {
                        let mut ids: Vec<Id> = words.iter().map(|word| self.id(word)).collect();
                        ids.sort_unstable();
                        ids.dedup();
                        Slot::Words(ids)
                    }
                    Part::Number => Slot::Number,
                    Part::Gap(length) => Slot::Gap(length),
                    Part::Start => Slot::Start,
                    Part::End => Slot::End,
                })
                .collect();
            let phrase = self.phrases.len();
            match slots.iter().find(|slot| !matches!(slot, Slot::Start)) {
                Some(Slot::Words(ids)) => {
                    for id in ids {
                        self.begins.entry(*id).or_default().push(phrase);
                    }
                }
                Some(Slot::Number) => self.numbered.push(phrase),
                _ => return Err("a phrase begins with a word or a number".to_owned()),
            }
            self.phrases.push(Phrase {
                says,
                language,
                slots,
                when,
            });
        }
        Ok(())
    }

    fn id(&mut self, word: &str) -> Id {
        let folded = fold(word);
        if let Some(id) = self.words.get(&folded) {
            return *id;
        }
        let id = Id::try_from(self.words.len()).unwrap_or(Id::MAX);
        if let Some(stem) = folded.strip_suffix('*') {
            let stems = self.stems.entry(stem.chars().next().unwrap_or_default()).or_default();
            stems.push((stem.to_owned(), id));
        }
        self.words.insert(folded, id);
        if let Some(other) = fold_umlauts(word) {
            match other.strip_suffix('*') {
                Some(stem) => {
                    let stems = self.stems.entry(stem.chars().next().unwrap_or_default()).or_default();
                    stems.push((stem.to_owned(), id));
                }
                None => {
                    self.words.entry(other).or_insert(id);
                }
            }
        }
        id
    }

    fn finish(&mut self) {
        for (word, id) in &self.words {
            let chars: Vec<char> = word.chars().collect();
            if chars.len() >= SHORTEST_FUZZY && !word.ends_with('*') {
                self.near.entry(chars.len()).or_default().push((chars, *id));
            }
        }
        self.near.values_mut().for_each(|words| words.sort_unstable());
    }

    /// Whether a word is listed as one that is never corrected.
    pub(super) fn is_known(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// The number of a language.
    pub(super) fn language(&self, name: &str) -> Option<Language> {
        let position = self.languages.iter().position(|language| language == name)?;
        Language::try_from(position).ok()
    }

    /// The value of a number word in a language.
    pub(super) fn number(&self, ids: &[Id], language: Language) -> Option<u32> {
        ids.iter().find_map(|id| self.numbers.get(&(*id, language)).copied())
    }

    /// Whether a word of another language means something else in this one.
    pub(super) fn is_false_friend(&self, word: &str, language: Language) -> bool {
        self.false_friends.contains(&(word.to_owned(), language))
    }

    /// Phrases for whole lines.
    pub(super) fn lines(&self, says: Says) -> impl Iterator<Item = &[String]> {
        self.lines
            .iter()
            .filter(move |(of, _)| *of == says)
            .map(|(_, words)| words.as_slice())
    }

    /// Every word of the vocabulary that a folded word may be, and whether that took a correction.
    pub(super) fn ids(&self, word: &str) -> (Vec<Id>, bool) {
        let exact = self.exact(word);
        if !exact.is_empty() || self.known.contains(word) {
            return (exact, false);
        }
        for shorter in unstretched(word) {
            let ids = self.exact(&shorter);
            if !ids.is_empty() {
                return (ids, false);
            }
        }
        let letters = in_letters(word);
        if letters != word {
            return (self.exact(&letters), true);
        }
        (self.nearest(word), true)
    }

    fn exact(&self, word: &str) -> Vec<Id> {
        let mut ids: Vec<Id> = self.words.get(word).copied().into_iter().collect();
        if let Some(stems) = word.chars().next().and_then(|first| self.stems.get(&first)) {
            ids.extend(
                stems
                    .iter()
                    .filter(|(stem, _)| word.starts_with(stem.as_str()))
                    .map(|(_, id)| *id),
            );
        }
        ids
    }

    fn nearest(&self, word: &str) -> Vec<Id> {
        let typed: Vec<char> = word.chars().collect();
        if typed.len() < SHORTEST_FUZZY {
            return Vec::new();
        }
        let mut found = Vec::new();
        for words in self
            .near
            .range(typed.len().saturating_sub(2)..=typed.len() + 2)
            .map(|(_, words)| words)
        {
            for (listed, id) in words {
                let same_start = listed[0] == typed[0] || (listed[0] == typed[1] && listed[1] == typed[0]);
                if same_start && is_near(&typed, listed) {
                    found.push(*id);
                }
            }
        }
        found
    }
}

fn no_section(section: &str) -> String {
    let known: Vec<&str> = Says::ALL.iter().map(|says| says.as_str()).collect();
    format!(
        "there is no section `{section}`, only sets, known, false_friends, {}",
        known.join(", ")
    )
}

/// Several phrases may share a line, separated by `|`; inside brackets it only separates words.
fn split_phrases(line: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0u32;
    line.split(move |char| {
        match char {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        char == '|' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_language_can_be_read() {
        assert_eq!(LEXICON.problems, Vec::<String>::new());
        assert!(LEXICON.languages.len() >= 5);
    }

    #[test]
    fn a_word_stretched_or_mistyped_is_found() {
        let same = |typed: &str, listed: &str| {
            let (ids, _) = LEXICON.ids(typed);
            ids.iter().any(|id| LEXICON.words.get(listed) == Some(id))
        };
        for (typed, listed) in [
            ("yuppp", "yup"),
            ("tomorrowww", "tomorrow"),
            ("confrim", "confirm"),
            ("st0p", "stop"),
        ] {
            assert!(same(typed, listed), "{typed}");
        }
        assert!(!same("stoop", "shop") && !same("ke", "ok"));
    }
}
