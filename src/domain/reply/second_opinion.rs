//! How much an answer resembles those that people have labelled: a linear score over its words, its letters, what the
//! rules heard in it, and what its words are about. Alone it decides nothing that the rules see no sign of; `decide` says how the two are weighed.
//!
//! `examples/second_opinion.rs` makes the weights from `tests/replies/tuned`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::Asked;
use super::concept::CONCEPTS;
use super::lexicon::LEXICON;
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::{Break, Kind, Token};
use crate::domain::locale::Locale;
use crate::domain::message::Asks;

/// One weight a bucket; features share a bucket when their hashes do, but concepts have the second half to themselves.
pub const BUCKETS: usize = 2 * HALF as usize;
const HALF: u32 = 1 << 16;

/// Something that an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    pub bucket: u32,
    /// How much it counts, in ten-thousandths: the less, the more features the answer has.
    pub share: u16,
}

/// How much words, letters and outlines count together, in ten-thousandths.
const OF_WORDS: u16 = 10_000;
/// How much concepts count together: of the shares from 0.4 to 1 the one that did best on authors left out.
const OF_CONCEPTS: u16 = 7_000;

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
    pub fn score(&self, features: &[Feature]) -> i64 {
        let weighed = |feature: &Feature| {
            let weight = self.weights.get(feature.bucket as usize).copied().unwrap_or_default();
            i64::from(weight) * i64::from(feature.share)
        };
        let sum: i64 = features.iter().map(weighed).sum();
        // Shares are ten-thousandths, and the step is in millionths.
        sum * self.step / 100_000_000
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

/// An answer's features, each once.
#[must_use]
pub fn features(asked: Asked, locale: Option<Locale>, text: &str) -> Vec<Feature> {
    let own = locale.map(|locale| locale.language());
    of(&Reading::of(&super::clean::clean(text)), asked.asks, own)
}

pub(super) fn of(reading: &Reading, asks: Asks, own: Option<&str>) -> Vec<Feature> {
    let said = said(reading, asks, own).buckets;
    let meant = meant(reading, asks, own)
        .buckets
        .into_iter()
        .map(|bucket| bucket + HALF);
    let mut features = shared(said, OF_WORDS);
    features.extend(shared(meant.collect(), OF_CONCEPTS));
    features
}

/// Features that count `all` together: each the root of their number less.
fn shared(buckets: BTreeSet<u32>, all: u16) -> Vec<Feature> {
    let all = usize::from(all);
    let share = (all * all / buckets.len().max(1)).isqrt();
    let share = u16::try_from(share).unwrap_or(u16::MAX);
    buckets.into_iter().map(|bucket| Feature { bucket, share }).collect()
}

/// How far behind a word another one still belongs to it, and what stands right behind it.
const REACH: usize = 8;
const NEAR: usize = 3;
/// How far a third one may be behind the second.
const THIRD: usize = 5;

/// What the words are about: each concept, and which ones follow each other in a sentence.
fn meant(reading: &Reading, asks: Asks, own: Option<&str>) -> Features {
    let mut features = Features::default();
    let mut all = BTreeSet::new();
    let starts = |at: &usize| *at == 0 || reading.tokens[*at].before >= Break::Sentence;
    let mut starts: Vec<usize> = (0..reading.tokens.len()).filter(starts).collect();
    starts.push(reading.tokens.len());
    for sentence in starts.windows(2) {
        let concepts: Vec<_> = reading.tokens[sentence[0]..sentence[1]]
            .iter()
            .map(|token| CONCEPTS.of(own, &token.text))
            .collect();
        for (at, first) in concepts.iter().enumerate() {
            for one in first {
                features.add(&["one", one]);
                features.add(&["asked", asks.as_str(), one]);
                features.behind(&concepts, at, one);
                all.insert(*one);
            }
        }
    }
    for (at, one) in all.iter().enumerate() {
        for other in all.iter().skip(at + 1) {
            features.add(&["beside", one, other]);
        }
    }
    // Long answers are seldom a wish, and those with a question seldom a yes.
    let words = (reading.tokens.len() / 3).min(8).to_string();
    features.add(&["words", &words]);
    if reading.tokens.iter().any(|token| token.asked) {
        features.add(&["question"]);
    }
    features
}

fn said(reading: &Reading, asks: Asks, own: Option<&str>) -> Features {
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
    features
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
        let bucket = (hash ^ hash >> 32) % u64::from(HALF);
        self.buckets.insert(u32::try_from(bucket).unwrap_or_default());
    }

    /// What follows a concept in its sentence.
    fn behind(&mut self, concepts: &[BTreeSet<&str>], at: usize, one: &str) {
        for next in at + 1..concepts.len().min(at + 1 + REACH) {
            for other in concepts[next].iter().filter(|other| **other != one) {
                self.add(&["two", one, other]);
                if next - at <= NEAR {
                    self.add(&["near", one, other]);
                }
                for third in concepts[next + 1..].iter().take(THIRD).flatten() {
                    if third != other && *third != one {
                        self.add(&["three", one, other, third]);
                    }
                }
            }
        }
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
