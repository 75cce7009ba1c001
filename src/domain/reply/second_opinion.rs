//! How much an answer resembles those that people have labelled: a linear score over its words, its letters and what the
//! rules heard in it. Alone it decides nothing that the rules see no sign of; `decide` says how the two are weighed.
//!
//! `examples/second_opinion.rs` makes the weights from `tests/replies/tuned`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::Asked;
use super::lexicon::LEXICON;
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::{Break, Kind, Token};
use crate::domain::locale::Locale;
use crate::domain::message::Asks;

/// One weight a bucket; features share a bucket when their hashes do.
pub const BUCKETS: usize = 1 << 16;

/// Makes sums of weights into hundredths of the margin between the two kinds of answers.
#[derive(Clone, Debug)]
pub struct Weights {
    /// The margin of a weight of one, in millionths.
    step: i64,
    weights: Vec<i8>,
}

impl Weights {
    /// From four bytes for the step and one for each bucket.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let (step, weights) = bytes.split_at(bytes.len().min(4));
        Self {
            step: step.iter().rev().fold(0, |step, byte| step << 8 | i64::from(*byte)),
            weights: weights.iter().map(|byte| byte.cast_signed()).collect(),
        }
    }

    /// Above nothing it resembles the wanted ones, in hundredths of the margin that training aims at.
    #[must_use]
    pub fn score(&self, features: &[u32]) -> i64 {
        let weight = |bucket: &u32| self.weights.get(*bucket as usize).copied().map_or(0, i64::from);
        let sum: i64 = features.iter().map(weight).sum();
        // The root in hundredths, and the step in millionths.
        let root = i64::try_from((features.len().max(1) * 10_000).isqrt()).unwrap_or(i64::MAX);
        sum * self.step / (100 * root)
    }
}

/// The weights for each of the two things that the program must not do wrongly.
#[derive(Clone, Debug)]
pub struct SecondOpinion {
    pub accept: Weights,
    pub opt_out: Weights,
}

pub(super) static EMBEDDED: LazyLock<SecondOpinion> = LazyLock::new(|| SecondOpinion {
    accept: Weights::read(include_bytes!("weights/accept.bin")),
    opt_out: Weights::read(include_bytes!("weights/opt_out.bin")),
});

/// The buckets of an answer's features, each once.
#[must_use]
pub fn features(asked: Asked, locale: Option<Locale>, text: &str) -> Vec<u32> {
    let own = locale.map(|locale| locale.language());
    of(&Reading::of(&super::clean::clean(text)), asked.asks, own)
}

pub(super) fn of(reading: &Reading, asks: Asks, own: Option<&str>) -> Vec<u32> {
    let mut features = Features::default();
    features.add(&["bias"]);
    features.add(&["asked", asks.as_str()]);
    features.add(&["language", own.unwrap_or_default()]);
    let words: Vec<&str> = reading.tokens.iter().flat_map(words_of).collect();
    for word in &words {
        features.add(&["word", word]);
        features.add(&["word", word, asks.as_str()]);
        features.letters(word);
    }
    let mut edged = vec!["^"];
    edged.extend(words);
    edged.push("$");
    for pair in edged.windows(2) {
        features.add(&["pair", pair[0], pair[1]]);
    }
    for three in edged.windows(3) {
        features.add(&["around", three[0], three[2]]);
    }
    let languages: Vec<_> = own
        .into_iter()
        .chain(["en"])
        .filter_map(|name| LEXICON.language(name))
        .collect();
    let outline = outline(reading, &reading.heard(&languages, asks));
    for run in (1..=3).flat_map(|length| outline.windows(length)) {
        features.add(&[&["heard"], run].concat());
        features.add(&[&["after", asks.as_str()], run].concat());
    }
    for says in BESIDE.iter().chain(&WISHED) {
        if reading.has(*says) {
            features.add(&["has", says.as_str()]);
        }
    }
    let wished = wished(reading);
    for run in (2..=3).flat_map(|length| wished.windows(length)) {
        features.add(&[&["wished"], run].concat());
    }
    features.buckets.into_iter().collect()
}

/// What the rules heard, in its order, the same in every language: `^ yes | _ matter $` is "Sure, got the keys". What they
/// have no name for and what only decorates is said once, however many words it has.
fn outline<'a>(reading: &'a Reading, hits: &[&Hit]) -> Vec<&'a str> {
    let mut outline = vec!["^"];
    for (at, token) in reading.tokens.iter().enumerate() {
        if at > 0 && token.before > Break::None {
            outline.push("|");
        }
        let heard = match hits.iter().find(|hit| hit.at.contains(&at)) {
            Some(hit) if hit.start() < at => continue,
            Some(hit) if matches!(hit.says, Says::Harmless | Says::Polite | Says::Neutral) => "-",
            Some(hit) => hit.says.as_str(),
            None if token.kind == Kind::Word => "_",
            None => words_of(token).next().unwrap_or_default(),
        };
        if !(matches!(heard, "-" | "_") && outline.last() == Some(&heard)) {
            outline.push(heard);
        }
        if token.asked {
            outline.push("?");
        }
    }
    outline.push("$");
    outline
}

/// What is looked for beside other readings of its words.
const BESIDE: [Says; 5] = [
    Says::Annoyed,
    Says::Request,
    Says::Matter,
    Says::Mockery,
    Says::Elsewhere,
];

/// What a wish for no more messages is put together from.
const WISHED: [Says; 6] = [
    Says::Cease,
    Says::Message,
    Says::Erase,
    Says::Record,
    Says::NoMore,
    Says::OptOutUnless,
];

/// The parts of a wish in their order, sentence by sentence, the same in every language: `^ no_more message $` is "no need
/// of your reminders any longer", whatever stands between.
fn wished(reading: &Reading) -> Vec<&str> {
    let mut wished = vec!["^"];
    for (at, token) in reading.tokens.iter().enumerate() {
        if token.before >= Break::Sentence && at > 0 && wished.last() != Some(&"|") {
            wished.push("|");
        }
        for says in &WISHED {
            let begins = reading.guessed(*says).any(|hit| hit.start() == at);
            if begins && wished.last() != Some(&says.as_str()) {
                wished.push(says.as_str());
            }
        }
    }
    wished.push("$");
    wished
}

/// A token as one or two words; all numbers are the same.
fn words_of(token: &Token) -> impl Iterator<Item = &str> {
    let word = match token.kind {
        Kind::Word => token.text.as_str(),
        Kind::Number(_) => "0",
        Kind::Clock(..) => "0:00",
        Kind::Fraction(..) => "0/0",
        Kind::Date(..) => "0.0.",
        Kind::Emoji(tone) => tone.as_str(),
        Kind::Stars(_) => "*",
        Kind::Link => "@",
    };
    std::iter::once(word).chain(token.asked.then_some("?"))
}

#[derive(Debug, Default)]
struct Features {
    buckets: BTreeSet<u32>,
}

impl Features {
    /// FNV-1a over the parts, folded into the buckets.
    fn add(&mut self, parts: &[&str]) {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for part in parts {
            for byte in part.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        let bucket = (hash ^ hash >> 32) % BUCKETS as u64;
        self.buckets.insert(u32::try_from(bucket).unwrap_or_default());
    }

    /// Three to five letters in a row, and how the word begins.
    fn letters(&mut self, word: &str) {
        let letters: Vec<char> = format!("<{word}>").chars().collect();
        for length in 3..=5 {
            for run in letters.windows(length) {
                self.add(&["letters", &run.iter().collect::<String>()]);
            }
        }
        if letters.len() > 7 {
            self.add(&["stem", &letters[1..6].iter().collect::<String>()]);
        }
    }
}
