//! Is it a score? Only when there is one number that can be nothing else.

use std::ops::RangeInclusive;

use super::emoji::Tone;
use super::lexicon::Language;
use super::matching::{Hit, Numeral, Reading};
use super::says::Says;
use super::token::{Break, Kind};
use super::{Asked, Scale, ends};

/// What the numbers of an answer to a rating question say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Score {
    /// One clear score, with this certainty.
    Clear(u8, u8),
    /// Numbers that are no clear score: two of them, out of range, or with a unit.
    Doubtful,
    None,
}

/// Finds the score, as if only these languages were spoken.
pub(super) fn score(reading: &Reading, asked: Asked, languages: &[Language]) -> Score {
    let hits = reading.heard(languages, asked.asks);
    let finder = Finder {
        reading,
        hits: &hits,
        languages,
        asked,
    };
    finder.score()
}

struct Finder<'a> {
    reading: &'a Reading,
    hits: &'a [&'a Hit],
    languages: &'a [Language],
    asked: Asked,
}

/// A number in the message.
#[derive(Clone, Copy, Debug)]
struct Figure {
    /// The first and one after the last of its tokens.
    start: usize,
    end: usize,
    /// Nothing when it can't be a score.
    value: Option<u32>,
    /// Said to be a score: stars, "5/5", "I give".
    named: bool,
    /// With a unit: days, minutes, euros.
    measured: bool,
}

/// How many words behind a score may deny it.
const LONGEST_DENIAL: usize = 4;

impl Finder<'_> {
    fn score(&self) -> Score {
        let figures = self.figures();
        if figures.is_empty() {
            return Score::None;
        }
        let (lowest, highest) = ends(self.asked.scale);
        // "3. Took two days instead of one, and the bill was 412": beside what is plainly the score, others count something.
        let leads = figures.iter().find(|figure| self.leads(figure));
        let counts = |figure: &Figure| {
            leads.is_some_and(|leads| leads.start != figure.start && self.counts(figure, leads, lowest..=highest))
        };
        let candidates: Vec<&Figure> = figures
            .iter()
            .filter(|figure| !figure.measured && !counts(figure))
            .collect();
        let mut values: Vec<Option<u32>> = candidates.iter().map(|figure| figure.value).collect();
        values.dedup();
        let [Some(value)] = values[..] else {
            return Score::Doubtful;
        };
        let Ok(value) = u8::try_from(value) else {
            return Score::Doubtful;
        };
        // "5 - 6 days": nobody knows whether it is a score or a span.
        let span = figures
            .windows(2)
            .any(|pair| pair[0].end == pair[1].start && self.reading.tokens[pair[1].start].before == Break::Dash);
        let in_range = !span && (lowest..=highest).contains(&value);
        let stands = candidates.iter().any(|figure| self.stands_as_score(figure));
        let mocked = self.reading.all(Says::Mockery).next().is_some();
        if mocked || !in_range || !stands || self.is_taken_back(&candidates) || self.contradicts(value) {
            return Score::Doubtful;
        }
        let alone =
            candidates.len() == figures.len() && self.reading.tokens.len() == candidates[0].end - candidates[0].start;
        let named = candidates.iter().any(|figure| figure.named);
        Score::Clear(
            value,
            if alone {
                99
            } else if named {
                97
            } else {
                94
            },
        )
    }

    /// Whether this is plainly the score: named as one, or first of all and set apart.
    fn leads(&self, figure: &Figure) -> bool {
        let tokens = &self.reading.tokens;
        let apart = tokens.get(figure.end).is_none_or(|next| next.before >= Break::Comma);
        let digit = figure.start == 0 && tokens[0].kind != Kind::Word;
        let opens = digit || apart && (0..figure.start).all(|at| self.is_polite(at));
        !figure.measured && (figure.named || opens)
    }

    /// Whether a figure beside the score only counts or names something: it is written in letters, is off the scale, or
    /// stands in another sentence before the thing that it counts. "5 for Dave, 1 for the cleaner" are two scores.
    fn counts(&self, figure: &Figure, leads: &Figure, scale: RangeInclusive<u8>) -> bool {
        let tokens = &self.reading.tokens;
        let on_scale = figure
            .value
            .and_then(|value| u8::try_from(value).ok())
            .is_some_and(|value| scale.contains(&value));
        let apart = tokens[figure.start].before >= Break::Comma;
        let elsewhere = !self.reading.is_one_sentence(leads.start, figure.start);
        let thing = tokens.get(figure.end).is_some_and(|next| {
            next.before == Break::None
                && next.kind == Kind::Word
                && !self
                    .reading
                    .is_said_at(figure.end, |says| matches!(says, Says::Condition | Says::Hedge))
        });
        let corrects = self.said_before(figure.start, Says::No);
        let letters = tokens[figure.start].kind == Kind::Word;
        let between = figure.start > 0 && tokens[figure.start].before == Break::Dash;
        !figure.named && !corrects && !between && (letters || !on_scale && !apart || on_scale && thing && elsewhere)
    }

    /// Where the phrase of this kind ends that begins at a token.
    fn ends_of(&self, says: Says, start: usize) -> Option<usize> {
        self.reading.ends_of(says, start, self.languages)
    }

    fn said_before(&self, end: usize, says: Says) -> bool {
        self.hits.iter().any(|hit| hit.end() == end && hit.says == says)
    }

    fn number_at(&self, at: usize) -> Option<Numeral> {
        self.reading.number(at, self.languages)
    }

    fn figures(&self) -> Vec<Figure> {
        let tokens = &self.reading.tokens;
        let mut figures = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let hidden = self
                .hits
                .iter()
                .find(|hit| matches!(hit.says, Says::Scale | Says::Clock | Says::Neutral) && hit.at.contains(&at));
            if let Some(hit) = hidden {
                // "On a scale of 1 to 5" names no score; a time of day is a figure with a unit.
                if hit.says == Says::Clock && !hit.numbers.is_empty() && matches!(tokens[at].kind, Kind::Number(_)) {
                    figures.push(Figure {
                        start: at,
                        end: at + 1,
                        value: None,
                        named: false,
                        measured: true,
                    });
                }
                at += 1;
                continue;
            }
            let figure = self.figure(at);
            at = figure.map_or(at + 1, |figure| figure.end);
            figures.extend(figure);
        }
        figures
    }

    fn figure(&self, at: usize) -> Option<Figure> {
        let tokens = &self.reading.tokens;
        let figure = Figure {
            start: at,
            end: at + 1,
            value: None,
            named: false,
            measured: false,
        };
        match tokens[at].kind {
            Kind::Stars(count) => {
                // "⭐5", "5 ⭐": one star beside a number only says what the number is.
                if count == 1
                    && let Some(Numeral(value)) = self.number_at(at + 1)
                {
                    return Some(Figure {
                        end: at + 2,
                        value,
                        named: true,
                        ..figure
                    });
                }
                Some(Figure {
                    value: (count > 0).then_some(u32::from(count)),
                    named: true,
                    ..figure
                })
            }
            Kind::Fraction(score, of) => Some(Figure {
                value: self.of(score, of),
                named: true,
                ..figure
            }),
            Kind::Clock(..) | Kind::Date(..) => Some(Figure {
                measured: true,
                ..figure
            }),
            _ => {
                let Numeral(value) = self.number_at(at)?;
                if self.is_article(at, value) {
                    return None;
                }
                Some(self.number(figure, value))
            }
        }
    }

    /// "Eine 5", "one of the best": a word for one that counts nothing.
    fn is_article(&self, at: usize, value: Option<u32>) -> bool {
        let tokens = &self.reading.tokens;
        let goes_on = tokens
            .get(at + 1)
            .is_some_and(|next| next.before == Break::None && next.kind != Kind::Stars(1));
        let counts = [Says::Star, Says::OutOf, Says::Unit, Says::Condition];
        tokens[at].kind == Kind::Word
            && value == Some(1)
            && goes_on
            && !counts.iter().any(|says| self.ends_of(*says, at + 1).is_some())
    }

    fn number(&self, figure: Figure, value: Option<u32>) -> Figure {
        let tokens = &self.reading.tokens;
        let next = figure.end;
        let near = tokens.get(next).is_some_and(|token| token.before <= Break::Dash);
        if !near {
            let one = tokens[figure.start].kind == Kind::Word && value == Some(1);
            return figure.valued(value, !one && self.said_before(figure.start, Says::Give));
        }
        if let Some(end) = self.ends_of(Says::OutOf, next)
            && let Some(Numeral(Some(of))) = self.number_at(end)
        {
            let value = value.and_then(|value| self.of(value, of));
            return Figure {
                end: end + 1,
                ..figure.valued(value, true)
            };
        }
        if tokens[next].kind == Kind::Stars(1) {
            return Figure {
                end: next + 1,
                ..figure.valued(value, true)
            };
        }
        if let Some(end) = self.ends_of(Says::Star, next) {
            return Figure {
                end,
                ..figure.valued(value, true)
            };
        }
        let measured = [Says::Unit, Says::Morning, Says::Afternoon];
        if tokens[next].before == Break::None && measured.iter().any(|says| self.ends_of(*says, next).is_some()) {
            return Figure {
                measured: true,
                ..figure
            };
        }
        let genitive = tokens[next].text == "s";
        if genitive || tokens[next].before == Break::None && tokens[next].text == "x" {
            return Figure {
                measured: true,
                ..figure
            };
        }
        let one = tokens[figure.start].kind == Kind::Word && value == Some(1);
        figure.valued(value, !one && self.said_before(figure.start, Says::Give))
    }

    /// `5/5`, `8/10`: a mark of another scale where it is a whole one of ours.
    fn of(&self, score: u32, of: u32) -> Option<u32> {
        let (_, highest) = ends(self.asked.scale);
        let highest = u32::from(highest);
        if of == highest {
            return Some(score);
        }
        let whole = score <= of && (score * highest).is_multiple_of(of);
        (whole && matches!(of, 5 | 10 | 20 | 100)).then(|| score * highest / of)
    }

    /// At the beginning, at the end, as a sentence of its own, or named as a score.
    fn stands_as_score(&self, figure: &Figure) -> bool {
        if figure.named {
            return true;
        }
        let tokens = &self.reading.tokens;
        let is_word = tokens[figure.start].kind == Kind::Word;
        let opens = (0..figure.start).all(|at| self.is_polite(at));
        let next = tokens.get(figure.end);
        let closes = (figure.end..tokens.len()).all(|at| self.is_polite(at));
        let set_apart_after = next.is_none_or(|next| next.before > Break::None);
        // "A long story. From me a 5": what introduces the score stands apart with it.
        let set_apart_before = (0..=figure.start)
            .rev()
            .take_while(|at| *at == figure.start || (!is_word && self.gives(*at)))
            .any(|at| tokens[at].before >= Break::Comma || self.concludes(at));
        if opens && closes {
            return true;
        }
        // "one of the best": words are scores only when they stand apart.
        if is_word {
            let but = self.ends_of(Says::Condition, figure.end).is_some();
            return (opens && (set_apart_after || but))
                || (closes && set_apart_before && tokens[figure.start].before != Break::Dash);
        }
        (opens && self.may_follow(figure.end)) || (closes && set_apart_before)
    }

    /// What may follow a score at the beginning: anything set apart, "but", praise; not "days" and not another word
    /// that a number may count.
    fn may_follow(&self, at: usize) -> bool {
        let Some(next) = self.reading.tokens.get(at) else {
            return true;
        };
        if next.before > Break::None || matches!(next.kind, Kind::Emoji(_)) {
            return true;
        }
        self.ends_of(Says::Follow, at).is_some()
            || self.hits.iter().any(|hit| {
                hit.start() == at
                    && matches!(
                        hit.says,
                        Says::Condition
                            | Says::Thanks
                            | Says::Praise
                            | Says::Complaint
                            | Says::Greeting
                            | Says::Closing
                            | Says::Fine
                            | Says::Polite
                    )
            })
    }

    /// "So 4": what stands before a token says what the rest comes down to.
    fn concludes(&self, at: usize) -> bool {
        let mut so = self.reading.all(Says::So);
        so.any(|hit| hit.end() == at && self.languages.contains(&hit.language))
    }

    fn gives(&self, at: usize) -> bool {
        self.hits
            .iter()
            .any(|hit| hit.says == Says::Give && hit.at.contains(&at))
    }

    fn is_polite(&self, at: usize) -> bool {
        let token = &self.reading.tokens[at];
        if let Kind::Emoji(tone) = token.kind {
            return tone != Tone::Doubt;
        }
        self.hits.iter().any(|hit| {
            hit.at.contains(&at)
                && !hit.corrected
                && matches!(
                    hit.says,
                    Says::Thanks
                        | Says::Praise
                        | Says::Greeting
                        | Says::Closing
                        | Says::Polite
                        | Says::Give
                        | Says::Scale
                        | Says::Fine
                        | Says::Title
                )
        })
    }

    /// "Not a 5", "would be 5", "5?".
    fn is_taken_back(&self, candidates: &[&Figure]) -> bool {
        candidates.iter().any(|figure| {
            let tokens = &self.reading.tokens;
            let asked = tokens[figure.end - 1].asked;
            let reach = figure.start.saturating_sub(6);
            let clause = (reach..figure.start)
                .rev()
                .take_while(|at| tokens[at + 1].before < Break::Comma);
            let doubted = clause.into_iter().any(|at| {
                self.hits.iter().any(|hit| {
                    hit.at.contains(&at)
                        && matches!(hit.says, Says::Negation | Says::No | Says::Hedge | Says::Condition)
                })
            });
            let mut conditions = self.reading.conditions(self.languages);
            let hangs = conditions.any(|hit| self.reading.is_one_sentence(hit.start(), figure.start));
            asked || doubted || hangs || self.is_denied_behind(figure)
        })
    }

    /// "A 5 it is not": a few words behind the score, the last of which denies it.
    fn is_denied_behind(&self, figure: &Figure) -> bool {
        let tokens = &self.reading.tokens;
        let clause = (figure.end..tokens.len()).take_while(|at| tokens[*at].before < Break::Sentence);
        let behind: Vec<usize> = clause.take(LONGEST_DENIAL + 1).collect();
        // "2, unfortunately" denies nothing.
        let only_sad = self.ends_of(Says::Follow, figure.end) == behind.last().map(|last| last + 1);
        !only_sad
            && behind.len() <= LONGEST_DENIAL
            && behind.last().is_some_and(|last| {
                self.hits
                    .iter()
                    .any(|hit| hit.at.contains(last) && matches!(hit.says, Says::Negation | Says::No))
            })
    }

    /// One star with praise, or five with an outcry: somebody took the scale the other way round.
    fn contradicts(&self, value: u8) -> bool {
        let says = |says| self.hits.iter().any(|hit| hit.says == says);
        let (lowest, highest) = ends(self.asked.scale);
        let low = value <= lowest + 1 && self.asked.scale != Scale::Nps || self.asked.scale == Scale::Nps && value <= 2;
        let inverted = self.said_as_grade();
        (low && (says(Says::Praise) || inverted) && !says(Says::Complaint))
            || (value == highest && self.complains() && !says(Says::Praise) && !says(Says::Condition))
    }

    /// With a complaint that is meant: "never let me down" is none.
    fn complains(&self) -> bool {
        let denied = |complaint: &&Hit| {
            let near = complaint.start().saturating_sub(3)..complaint.start();
            self.hits
                .iter()
                .any(|hit| matches!(hit.says, Says::Negation | Says::No) && near.contains(&hit.start()))
        };
        let complaints = self.hits.iter().copied().filter(|hit| hit.says == Says::Complaint);
        complaints.into_iter().any(|complaint| !denied(&complaint))
    }

    /// A school grade, of which one is the best in some countries.
    fn said_as_grade(&self) -> bool {
        self.hits.iter().any(|hit| hit.says == Says::Grade)
    }
}

impl Figure {
    fn valued(self, value: Option<u32>, named: bool) -> Self {
        Self { value, named, ..self }
    }
}
