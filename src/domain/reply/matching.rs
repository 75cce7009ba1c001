//! Finds the lexicon's phrases in a text's tokens, and which of them hold when several would.

use super::lexicon::{Id, LEXICON, Language, Slot, When};
use super::says::Says;
use super::token::{Break, Kind, Token, tokens};
use crate::domain::message::Asks;

/// A text as the rules look at it.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
    hits: Vec<Hit>,
    spelled: Vec<Spelled>,
}

/// A number; nothing when it can't be counted with, for its decimals or its currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numeral(pub(super) Option<u32>);

/// A phrase that was found.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) says: Says,
    pub(super) language: Language,
    /// The tokens that are words of the phrase; those in its gaps are not among them.
    pub(super) at: Vec<usize>,
    /// The numbers in it, in their order.
    pub(super) numbers: Vec<u32>,
    pub(super) when: Option<When>,
    /// A word was corrected to find it.
    pub(super) corrected: bool,
}

impl Hit {
    pub(super) fn start(&self) -> usize {
        self.at.first().copied().unwrap_or_default()
    }

    pub(super) fn end(&self) -> usize {
        self.at.last().map_or(0, |last| last + 1)
    }
}

#[derive(Debug)]
struct Spelled {
    ids: Vec<Id>,
    corrected: bool,
}

impl Reading {
    pub(super) fn of(text: &str) -> Self {
        let tokens = joined(&parted(tokens(text)));
        let spelled: Vec<Spelled> = tokens
            .iter()
            .map(|token| {
                let (ids, corrected) = match token.kind {
                    Kind::Word => LEXICON.ids(&token.text),
                    _ => (Vec::new(), false),
                };
                Spelled { ids, corrected }
            })
            .collect();
        let hits = Finder {
            tokens: &tokens,
            spelled: &spelled,
        }
        .all();
        Self { tokens, hits, spelled }
    }

    /// Whether a phrase of this kind is there, in any language, other readings of its words aside.
    pub(super) fn has(&self, says: Says) -> bool {
        self.hits.iter().any(|hit| hit.says == says)
    }

    /// What a yes or a score hangs on, in one of these languages.
    pub(super) fn conditions(&self, languages: &[Language]) -> impl Iterator<Item = &Hit> {
        self.all(Says::OnlyIf)
            .filter(|hit| languages.contains(&hit.language) && self.tokens[hit.start()].accents == 0)
    }

    /// Whether two tokens stand in the same sentence.
    pub(super) fn is_one_sentence(&self, one: usize, other: usize) -> bool {
        let between = one.min(other) + 1..=one.max(other);
        between.into_iter().all(|at| self.tokens[at].before < Break::Sentence)
    }

    /// Every phrase of this kind, mistyped ones too.
    pub(super) fn guessed(&self, says: Says) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.says == says)
    }

    /// Every phrase of this kind as it is typed, in any language, other readings of its words aside.
    pub(super) fn all(&self, says: Says) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.says == says && !hit.corrected)
    }

    /// Whether a token alone, as it is typed, is a phrase of such a kind in any language.
    pub(super) fn is_said_at(&self, at: usize, kind: fn(Says) -> bool) -> bool {
        self.hits
            .iter()
            .any(|hit| hit.at.contains(&at) && !hit.corrected && kind(hit.says))
    }

    /// Where the phrase of this kind begins that ends before token `end`, other readings of its words aside.
    pub(super) fn starts_of(&self, says: Says, end: usize) -> Option<usize> {
        self.hits
            .iter()
            .find(|hit| hit.says == says && hit.end() == end)
            .map(Hit::start)
    }

    /// Where the phrase of this kind ends that begins at a token, other readings of its words aside.
    pub(super) fn ends_of(&self, says: Says, start: usize, languages: &[Language]) -> Option<usize> {
        let begins = |hit: &&Hit| hit.says == says && hit.start() == start && languages.contains(&hit.language);
        self.hits.iter().filter(begins).map(Hit::end).max()
    }

    /// Whether a token is, as it is typed, a word of any language's lists.
    pub(super) fn is_listed(&self, at: usize) -> bool {
        let spelled = &self.spelled[at];
        (!spelled.ids.is_empty() && !spelled.corrected) || LEXICON.is_known(&self.tokens[at].text)
    }

    /// The value of a token that is a number, in digits or as a word of these languages.
    pub(super) fn number(&self, at: usize, languages: &[Language]) -> Option<Numeral> {
        match self.tokens.get(at)?.kind {
            Kind::Number(value) => Some(Numeral(value)),
            Kind::Word => {
                if self.spelled[at].corrected && self.tokens[at].text.ends_with("ish") {
                    return None;
                }
                let ids = &self.spelled[at].ids;
                let text = &self.tokens[at].text;
                let own = |language: &&Language| {
                    !languages
                        .iter()
                        .any(|other| other != *language && LEXICON.is_false_friend(text, *other))
                };
                languages
                    .iter()
                    .filter(own)
                    .find_map(|language| LEXICON.number(ids, *language))
                    .map(|value| Numeral(Some(value)))
            }
            _ => None,
        }
    }

    /// The phrases that hold when only these languages are spoken: longer ones hide the shorter ones in them.
    pub(super) fn heard(&self, languages: &[Language], asks: Asks) -> Vec<&Hit> {
        let matters = |hit: &&Hit| languages.contains(&hit.language) && hit.says.matters(asks);
        let mut hits: Vec<&Hit> = self.hits.iter().filter(matters).collect();
        hits.sort_by_key(|hit| {
            let preference = languages.iter().position(|language| *language == hit.language);
            (
                std::cmp::Reverse(hit.at.len()),
                hit.corrected,
                hit.says,
                preference,
                hit.start(),
            )
        });
        let mut taken = vec![false; self.tokens.len()];
        hits.retain(|hit| {
            let free = hit.at.iter().all(|at| !taken[*at]);
            if free {
                hit.at.iter().for_each(|at| taken[*at] = true);
            }
            free
        });
        hits.sort_by_key(|hit| hit.start());
        hits
    }
}

/// `j'ai` is two words, unless it is listed as one.
fn parted(tokens: Vec<Token>) -> Vec<Token> {
    let mut parted = Vec::with_capacity(tokens.len());
    for token in tokens {
        let halves = token.elided.and_then(|at| token.text.split_at_checked(at));
        let Some((article, word)) = halves else {
            parted.push(token);
            continue;
        };
        let (ids, corrected) = LEXICON.ids(&token.text);
        if !ids.is_empty() && !corrected {
            parted.push(token);
            continue;
        }
        parted.push(Token {
            text: article.to_owned(),
            asked: false,
            ..token.clone()
        });
        parted.push(Token {
            text: word.to_owned(),
            before: Break::None,
            ..token.clone()
        });
    }
    parted
}

/// `s t o p` is one word.
fn joined(tokens: &[Token]) -> Vec<Token> {
    let single = |token: &Token| token.kind == Kind::Word && token.text.chars().count() == 1;
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut from = 0;
    while from < tokens.len() {
        let run = tokens[from..].iter().take_while(|token| single(token)).count();
        let word: String = tokens[from..from + run]
            .iter()
            .map(|token| token.text.as_str())
            .collect();
        if run >= 3 && LEXICON.ids(&word).0.iter().any(|_| true) && !LEXICON.ids(&word).1 {
            let last = tokens[from + run - 1].asked;
            joined.push(Token {
                text: word,
                asked: last,
                ..tokens[from].clone()
            });
            from += run;
            continue;
        }
        let kept = run.max(1);
        joined.extend_from_slice(&tokens[from..from + kept]);
        from += kept;
    }
    joined
}

struct Finder<'a> {
    tokens: &'a [Token],
    spelled: &'a [Spelled],
}

/// What has been matched of a phrase so far.
#[derive(Clone, Default)]
struct Trail {
    at: Vec<usize>,
    numbers: Vec<u32>,
}

impl Finder<'_> {
    fn all(&self) -> Vec<Hit> {
        let mut hits = Vec::new();
        for start in 0..self.tokens.len() {
            let spelled = self.spelled[start]
                .ids
                .iter()
                .filter_map(|id| LEXICON.begins.get(id))
                .flatten();
            let numbered = LEXICON.numbered.iter();
            for number in spelled.chain(numbered) {
                let phrase = &LEXICON.phrases[*number];
                let mut trail = Trail::default();
                if self.follows(&phrase.slots, start, phrase.language, &mut trail) {
                    hits.push(Hit {
                        says: phrase.says,
                        language: phrase.language,
                        corrected: trail.at.iter().any(|at| self.spelled[*at].corrected),
                        at: trail.at,
                        numbers: trail.numbers,
                        when: phrase.when,
                    });
                }
            }
        }
        hits
    }

    /// Whether the rest of a phrase is there from token `at` on.
    fn follows(&self, slots: &[Slot], at: usize, language: Language, trail: &mut Trail) -> bool {
        let Some((slot, rest)) = slots.split_first() else {
            return true;
        };
        let ends = self.tokens.get(at).is_none_or(|token| token.before >= Break::Sentence);
        match slot {
            Slot::Start => ends && at < self.tokens.len() && self.follows(rest, at, language, trail),
            Slot::End => ends && self.follows(rest, at, language, trail),
            Slot::Gap(longest) => (0..=*longest)
                .take_while(|skipped| *skipped == 0 || self.is_same_sentence(at + skipped - 1))
                .any(|skipped| {
                    let mut longer = trail.clone();
                    let found = self.follows(rest, at + skipped, language, &mut longer);
                    if found {
                        *trail = longer;
                    }
                    found
                }),
            Slot::Words(_) | Slot::Number if !trail.at.is_empty() && !self.is_same_sentence(at) => false,
            Slot::Words(ids) => {
                let found = self
                    .spelled
                    .get(at)
                    .is_some_and(|spelled| spelled.ids.iter().any(|id| ids.contains(id)));
                if found {
                    trail.at.push(at);
                }
                found && self.follows(rest, at + 1, language, trail)
            }
            Slot::Number => {
                let Some(token) = self.tokens.get(at) else { return false };
                let value = match token.kind {
                    Kind::Number(value) => value,
                    Kind::Word => LEXICON.number(&self.spelled[at].ids, language),
                    _ => None,
                };
                let Some(value) = value else { return false };
                trail.at.push(at);
                trail.numbers.push(value);
                self.follows(rest, at + 1, language, trail)
            }
        }
    }

    fn is_same_sentence(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.before < Break::Sentence)
    }
}
