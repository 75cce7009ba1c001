//! Does the customer want no more messages? Any clear wish counts, in any of the languages.

use super::emoji::Tone;
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::{Break, Kind};

/// The certainty with which no more messages are wanted; `likeness` tells how much the text resembles such wishes.
pub(super) fn wish(reading: &Reading, hits: &[&Hit], likeness: i64) -> Option<u8> {
    if is_alone(reading, hits, Says::OptOutBare, &[]) {
        return Some(99);
    }
    if is_alone(reading, hits, Says::OptOutWord, POLITE) {
        return Some(99);
    }
    match said(reading, hits) {
        Some(certainty) => (likeness >= UNLIKE_WISH).then_some(certainty),
        None if denials(reading).next().is_some() => None,
        None => (refuses(reading) && likeness >= unheard(reading)).then_some(80),
    }
}

/// How much a text must resemble wishes when the rules hear none in it.
fn unheard(reading: &Reading) -> i64 {
    if reading.has(Says::OptOutBlock) {
        VERY_LIKE_WISH
    } else if reading.has(Says::Message) && !reading.has(Says::OptOutUnless) {
        LIKE_WISH_ABOUT_MESSAGES
    } else {
        LIKE_WISH
    }
}

/// Below this what the rules take for a wish resembles none.
const UNLIKE_WISH: i64 = -5;
/// From here on it is a wish, put in a way that the rules don't know, when anything is refused in it.
const LIKE_WISH: i64 = 70;
/// From here on, where messages are spoken of.
const LIKE_WISH_ABOUT_MESSAGES: i64 = 30;
/// From here on even beside words that are heard as no wish.
const VERY_LIKE_WISH: i64 = 100;

/// What denies a wish from before its first word: "don't ever" in "don't ever stop sending the reminders". The wish is the longer
/// phrase and would hide it.
fn denials(reading: &Reading) -> impl Iterator<Item = &Hit> {
    let denies = |block: &&Hit| {
        let inside = |wish: &Hit| block.start() < wish.start() && wish.start() < block.end();
        [Says::OptOut, Says::Cease]
            .iter()
            .any(|says| reading.all(*says).any(inside))
    };
    reading.all(Says::OptOutBlock).filter(denies)
}

/// Whether anything is refused or to end at all.
fn refuses(reading: &Reading) -> bool {
    const REFUSALS: [Says; 10] = [
        Says::OptOut,
        Says::OptOutWord,
        Says::OptOutBare,
        Says::Cease,
        Says::Erase,
        Says::NoMore,
        Says::Annoyed,
        Says::Decline,
        Says::Negation,
        Says::No,
    ];
    REFUSALS.iter().any(|says| reading.has(*says))
}

/// The certainty with which the rules hear a wish.
fn said(reading: &Reading, hits: &[&Hit]) -> Option<u8> {
    // "Why did I get no text? I never agreed to them, delete my number": what is no wish takes nothing from the next one.
    let heard = hits.iter().copied().filter(|hit| hit.says == Says::OptOutBlock);
    let blocks: Vec<&Hit> = heard.chain(denials(reading)).collect();
    let meant = |at: usize| !blocks.iter().any(|block| reading.is_one_sentence(block.start(), at));
    let wishes = hits.iter().filter(|hit| hit.says == Says::OptOut && meant(hit.start()));
    if let Some(corrected) = wishes.map(|hit| hit.corrected).min() {
        return Some(if corrected { 88 } else { 96 });
    }
    if is_put_together(reading, meant) {
        return Some(90);
    }
    let unwanted = reading.has(Says::Annoyed) || reading.has(Says::WrongPerson);
    hits.iter()
        .filter(|hit| meant(hit.start()))
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
fn is_put_together(reading: &Reading, meant: impl Fn(usize) -> bool) -> bool {
    const PAIRS: [(Says, Says); 3] = [
        (Says::Cease, Says::Message),
        (Says::Erase, Says::Record),
        (Says::NoMore, Says::Message),
    ];
    let elsewhere = |at: usize| {
        let mut unless = reading.all(Says::OptOutUnless);
        unless.any(|hit| reading.is_one_sentence(hit.start(), at))
    };
    PAIRS.iter().any(|(act, object)| {
        let mut acts = reading
            .guessed(*act)
            .filter(|act| meant(act.start()) && !elsewhere(act.start()));
        acts.any(|act| {
            reading
                .guessed(*object)
                .any(|object| stand_together(reading, act, object))
        })
    })
}

/// Near each other in one sentence, and at most one of them mistyped.
fn stand_together(reading: &Reading, act: &Hit, object: &Hit) -> bool {
    let (first, second) = if act.start() < object.start() {
        (act, object)
    } else {
        (object, act)
    };
    let apart = !first.at.iter().any(|at| second.at.contains(at));
    let near = second.start().saturating_sub(first.end()) <= REACH;
    let guessed = act.corrected && object.corrected;
    act.language == object.language
        && apart
        && near
        && !guessed
        && reading.is_one_sentence(first.start(), second.start())
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
