//! Does the customer want no more messages? Any clear wish counts, in any of the languages.

use super::emoji::Tone;
use super::lexicon::Says;
use super::matching::{Hit, Reading};
use super::token::{Break, Kind};

/// The certainty with which no more messages are wanted.
pub(super) fn wish(reading: &Reading, hits: &[&Hit]) -> Option<u8> {
    if is_alone(reading, hits, Says::OptOutBare, &[]) {
        return Some(99);
    }
    if is_alone(reading, hits, Says::OptOutWord, POLITE) {
        return Some(99);
    }
    if hits.iter().any(|hit| hit.says == Says::OptOutBlock) {
        return None;
    }
    if let Some(hit) = hits.iter().find(|hit| hit.says == Says::OptOut) {
        return Some(if hit.corrected { 88 } else { 96 });
    }
    if is_put_together(reading) {
        return Some(90);
    }
    let unwanted = reading.has(Says::Annoyed) || reading.has(Says::WrongPerson);
    hits.iter()
        .any(|hit| stands_out(reading, hit) || (unwanted && is_sentence(reading, hit)))
        .then_some(94)
}

/// What may stand beside a keyword without changing it.
const POLITE: &[Says] = &[
    Says::Thanks,
    Says::Greeting,
    Says::Closing,
    Says::Title,
    Says::Yes,
    Says::No,
    Says::Fine,
    Says::Polite,
];

/// Whether the message is this keyword, once or several times, and nothing else.
pub(super) fn is_alone(reading: &Reading, hits: &[&Hit], keyword: Says, beside: &[Says]) -> bool {
    let mut said = false;
    let mut covered = vec![false; reading.tokens.len()];
    for hit in hits {
        if hit.says == keyword {
            said = true;
        } else if !beside.contains(&hit.says) {
            continue;
        }
        hit.at.iter().for_each(|at| covered[*at] = true);
    }
    said && reading.tokens.iter().zip(covered).all(|(token, covered)| {
        covered || matches!(token.kind, Kind::Emoji(tone) if tone != Tone::Yes || !beside.is_empty())
    })
}

/// How many words may stand between two that belong together.
const REACH: usize = 4;

/// "Stop" and "texts", "delete" and "my number", "no more" and "messages", in one sentence and near each other.
fn is_put_together(reading: &Reading) -> bool {
    const PAIRS: [(Says, Says); 3] = [
        (Says::Cease, Says::Message),
        (Says::Erase, Says::Record),
        (Says::NoMore, Says::Message),
    ];
    !reading.has(Says::OptOutUnless)
        && PAIRS.iter().any(|(act, object)| {
            reading.all(*act).any(|act| {
                reading.all(*object).any(|object| {
                    let (first, second) = if act.start() < object.start() {
                        (act, object)
                    } else {
                        (object, act)
                    };
                    let apart = !first.at.iter().any(|at| second.at.contains(at));
                    let near = second.start().saturating_sub(first.end()) <= REACH;
                    let between = first.start() + 1..=second.start();
                    let sentence = between
                        .into_iter()
                        .all(|at| reading.tokens[at].before < Break::Sentence);
                    act.language == object.language && apart && near && sentence
                })
            })
        })
}

/// `Stop.` as a sentence of its own.
fn is_sentence(reading: &Reading, hit: &Hit) -> bool {
    let tokens = &reading.tokens;
    let ends = tokens.get(hit.end()).is_none_or(|next| next.before >= Break::Comma);
    hit.says == Says::OptOutWord && tokens[hit.start()].before >= Break::Sentence && ends && !tokens[hit.start()].asked
}

/// `STOP` in capitals as a sentence or at the beginning, in a message that is not all in capitals.
fn stands_out(reading: &Reading, hit: &Hit) -> bool {
    let tokens = &reading.tokens;
    let at = hit.start();
    let others = tokens.iter().enumerate().filter(|(other, _)| !hit.at.contains(other));
    let quiet = others
        .clone()
        .any(|(_, token)| token.kind == Kind::Word && token.text.len() > 1)
        && !others.clone().any(|(_, token)| token.shouted);
    let ends = tokens.get(hit.end()).is_none_or(|next| next.before >= Break::Comma);
    let starts = tokens[at].before >= Break::Sentence;
    hit.says == Says::OptOutWord && tokens[at].shouted && !tokens[at].asked && quiet && starts && (ends || at == 0)
}
