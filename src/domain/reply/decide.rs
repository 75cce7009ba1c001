//! Weighs what was found, and abstains when in doubt.

use super::clean::{clean, tapback};
use super::emoji::Tone;
use super::lexicon::{LEXICON, Language};
use super::matching::{Hit, Reading};
use super::rating::{Score, score};
use super::says::Says;
use super::second_opinion::{self, SecondOpinion};
use super::token::{Break, Kind};
use super::yes::{Verdict, names, names_it, speaks_against, verdict};
use super::{Action, Asked, Booked, Intent, Understood, opt_out};
use crate::domain::message::Asks;

/// Reads an answer; `language` is the customer's.
pub(super) fn decide(
    opinion: &SecondOpinion,
    asked: Asked,
    language: Option<&str>,
    text: &str,
    booked: Booked,
) -> Understood {
    let own = language.and_then(|language| LEXICON.language(language));
    let all = spoken(own);
    if let Some(says) = tapback(text) {
        return tapped(asked, says);
    }
    let reading = Reading::of(&clean(text));
    let features = second_opinion::of(&reading, asked.asks, language);
    let decision = Decision {
        asked,
        own,
        accept: opinion.accept.score(&features),
        opt_out: opinion.opt_out.score(&features),
        all: &all,
        hits: Vec::new(),
        reading: &reading,
        booked,
    };
    let decision = Decision {
        hits: decision.best_hits(),
        ..decision
    };
    let mut understood = decision.understood();
    understood.unhappy = decision.is_unhappy();
    understood
}

/// All languages, the customer's first, then English, which is mixed into all.
pub(super) fn spoken(own: Option<Language>) -> Vec<Language> {
    let english = LEXICON.language("en");
    let others = (0..LEXICON.languages.len()).filter_map(|number| Language::try_from(number).ok());
    let mut all: Vec<Language> = own.into_iter().chain(english).collect();
    all.extend(others);
    let mut seen = Vec::new();
    all.retain(|language| {
        let new = !seen.contains(language);
        seen.push(*language);
        new
    });
    all
}

const fn desk(intent: Intent, certainty: u8) -> Understood {
    Understood {
        intent,
        score: None,
        action: Action::Desk,
        certainty,
        unhappy: false,
    }
}

const fn acts(intent: Intent, action: Action, certainty: u8) -> Understood {
    Understood {
        intent,
        score: None,
        action,
        certainty,
        unhappy: false,
    }
}

/// A thumb on our message says less than the letter that we asked for.
fn tapped(asked: Asked, says: Says) -> Understood {
    match says {
        Says::TapbackGood if asked.asks == Asks::Nothing => acts(Intent::Thanks, Action::Ignore, 90),
        Says::TapbackQuestion => desk(Intent::Question, 60),
        _ => desk(Intent::Unclear, 50),
    }
}

/// Below this a yes of the rules resembles none, and waits for a person.
const UNLIKE_YES: i64 = 20;
/// From here on a yes with something beside it is taken for one.
const LIKE_YES: i64 = 55;
/// From here on one with a plain yes in it, where nothing is named that was asked about.
const LIKE_YES_TO_NOTHING: i64 = 90;
/// From here on even a faint one, or one with what sounds like a doubt.
const VERY_LIKE_YES: i64 = 80;

/// From here on a score may have a wish for no more messages beside it, and waits for a person.
const PERHAPS_WISH: i64 = 20;

struct Decision<'a> {
    asked: Asked,
    own: Option<Language>,
    /// How much it resembles a yes and an opt-out.
    accept: i64,
    opt_out: i64,
    all: &'a [Language],
    /// In the languages that explain most of the words.
    hits: Vec<&'a Hit>,
    reading: &'a Reading,
    booked: Booked,
}

impl<'a> Decision<'a> {
    /// What is heard in the language that explains most words, the customer's first.
    fn best_hits(&self) -> Vec<&'a Hit> {
        let mut best: Vec<&Hit> = Vec::new();
        let mut most = 0;
        for languages in self.lenses() {
            let hits = self.reading.heard(&languages, self.asked.asks);
            let explained = hits.iter().map(|hit| hit.at.len()).sum::<usize>();
            // A word or two may mean something in any language.
            let own = best.is_empty() || explained >= most + 2;
            if explained > 0 && own {
                most = explained;
                best = hits;
            }
        }
        best
    }

    fn says(&self, says: Says) -> bool {
        self.hits.iter().any(|hit| hit.says == says)
    }

    fn understood(&self) -> Understood {
        if self.reading.tokens.is_empty() {
            return desk(Intent::Unclear, 30);
        }
        let all = self.reading.heard(self.all, self.asked.asks);
        if all.iter().any(|hit| hit.says == Says::AutoReply) {
            return acts(Intent::AutoReply, Action::Ignore, 93);
        }
        if let Some(certainty) = opt_out::wish(self.reading, &all, self.opt_out) {
            return acts(Intent::OptOut, Action::OptOut, certainty);
        }
        if opt_out::is_alone(self.reading, &all, Says::OptInWord, &[]) {
            return acts(Intent::OptIn, Action::OptIn, 98);
        }
        if opt_out::is_alone(self.reading, &all, Says::HelpWord, &[]) {
            return acts(Intent::Help, Action::Help, 98);
        }
        match self.asked.asks {
            Asks::Rating => self.rated(),
            Asks::Confirm | Asks::Renewal | Asks::Solved => self.answered(),
            Asks::Nothing => self.unasked(),
        }
    }

    fn rated(&self) -> Understood {
        let scores = self
            .lenses()
            .into_iter()
            .map(|languages| score(self.reading, self.asked, &languages));
        let mut doubtful = false;
        for found in scores {
            match found {
                Score::Clear(..) if self.opt_out >= PERHAPS_WISH && self.reading.tokens.len() > 1 => {
                    return desk(Intent::Rating, 50);
                }
                Score::Clear(value, certainty) if !self.asks_plainly() => {
                    return Understood {
                        score: Some(value),
                        ..acts(Intent::Rating, Action::Rating, certainty)
                    };
                }
                Score::Clear(..) => return desk(self.wish().unwrap_or(Intent::Question), 60),
                Score::Doubtful => {
                    doubtful = true;
                    break;
                }
                Score::None => {}
            }
        }
        if let Some(intent) = self.wish() {
            return desk(intent, 60);
        }
        if doubtful {
            return desk(Intent::Unclear, 40);
        }
        if self.is_pleasant() {
            return self.thanked();
        }
        desk(Intent::Unclear, 30)
    }

    /// Mere thanks answer no question, and nothing is to be done about them; praise may be meant as an answer.
    fn thanked(&self) -> Understood {
        let polite = self
            .hits
            .iter()
            .any(|hit| matches!(hit.says, Says::Thanks | Says::Greeting | Says::Closing));
        if polite && !self.says(Says::Praise) && !self.says(Says::Fine) {
            acts(Intent::Thanks, Action::Ignore, 90)
        } else {
            desk(Intent::Thanks, 70)
        }
    }

    fn answered(&self) -> Understood {
        let mut partly = Verdict::None;
        for languages in self.lenses() {
            match verdict(self.reading, self.asked.asks, &languages, self.own, self.booked) {
                // "Si" is a yes in one language and a condition in the customer's own.
                Verdict::Yes(_) if partly != Verdict::None && self.is_conditional() => {}
                Verdict::Yes(_) if matches!(partly, Verdict::OtherTime | Verdict::Withheld) => {}
                Verdict::Yes(_) if self.accept < UNLIKE_YES => partly = Verdict::Partly,
                Verdict::Yes(certainty) => return acts(Intent::Accept, Action::Accept, certainty),
                Verdict::None => {}
                other if partly == Verdict::None => partly = other,
                _ => {}
            }
        }
        // Something beside the yes that the rules can't place, in an answer like many others that were a yes.
        let like_others = match partly {
            Verdict::Partly if self.names_it() => self.accept >= LIKE_YES,
            Verdict::Partly => self.accept >= LIKE_YES_TO_NOTHING && self.says(Says::Yes),
            Verdict::Doubted => self.accept >= VERY_LIKE_YES && self.names_it(),
            _ => false,
        };
        if like_others && !self.asks_something() {
            return acts(Intent::Accept, Action::Accept, 80);
        }
        if let Some(intent) = self.wish() {
            return desk(intent, 70);
        }
        match partly {
            Verdict::OtherTime => desk(Intent::Change, 60),
            Verdict::Partly | Verdict::Doubted | Verdict::Withheld
                if self.reading.tokens.iter().any(|token| token.asked) =>
            {
                desk(Intent::Question, 60)
            }
            Verdict::Partly | Verdict::Doubted
                if self.says(Says::Condition) || self.says(Says::Negation) || self.says(Says::No) =>
            {
                desk(Intent::Unclear, 40)
            }
            Verdict::Partly | Verdict::Doubted | Verdict::Withheld => desk(Intent::Accept, 50),
            _ if self.asks_something() => desk(Intent::Question, 60),
            _ if self.is_pleasant() => self.thanked(),
            _ => desk(Intent::Unclear, 30),
        }
    }

    /// Whether the answer names what was asked, in the customer's language or in English.
    fn names_it(&self) -> bool {
        let english = LEXICON.language("en");
        let languages: Vec<Language> = self.own.into_iter().chain(english).collect();
        names_it(self.reading, self.asked.asks, &languages, self.booked)
    }

    /// Whether there is a condition in the customer's language, in a word that means something else in another.
    fn is_conditional(&self) -> bool {
        let Some(own) = self.own else { return false };
        self.reading.heard(&[own], self.asked.asks).iter().any(|hit| {
            let word = |at: &usize| LEXICON.is_false_friend(&self.reading.tokens[*at].text, own);
            hit.says == Says::Condition && hit.at.iter().any(word)
        })
    }

    fn unasked(&self) -> Understood {
        if let Some(intent) = self.wish() {
            return desk(intent, 60);
        }
        if self.asks_something() {
            return desk(Intent::Question, 60);
        }
        if self.is_pleasant() {
            return acts(Intent::Thanks, Action::Ignore, 90);
        }
        desk(Intent::Unclear, 30)
    }

    /// What the customer wants that needs a person.
    fn wish(&self) -> Option<Intent> {
        let asks = self.asked.asks;
        let order = [
            (Says::WrongPerson, Intent::WrongPerson),
            (Says::Late, Intent::Late),
            (Says::Change, Intent::Change),
            (Says::Decline, Intent::Decline),
            (Says::Complaint, Intent::Complaint),
            (Says::Unsolved, Intent::Complaint),
        ];
        let complains = matches!(asks, Asks::Rating | Asks::Solved) && self.says(Says::Complaint);
        if complains {
            return Some(Intent::Complaint);
        }
        let found = order
            .into_iter()
            .find(|(says, _)| self.says(*says))
            .map(|(_, intent)| intent);
        let unhappy = || {
            self.reading
                .tokens
                .iter()
                .any(|token| token.kind == Kind::Emoji(Tone::Bad))
        };
        match found {
            Some(Intent::Change | Intent::Decline) if asks == Asks::Solved => Some(Intent::Complaint),
            Some(intent) => Some(intent),
            None if self.asks_something() => Some(Intent::Question),
            None if self.says(Says::No) && asks == Asks::Solved => Some(Intent::Complaint),
            None if self.says(Says::No) && matches!(asks, Asks::Confirm | Asks::Renewal) => Some(Intent::Decline),
            None if unhappy() && asks == Asks::Rating => Some(Intent::Complaint),
            None => None,
        }
    }

    fn asks_something(&self) -> bool {
        self.says(Says::Question) || self.reading.tokens.iter().any(|token| token.asked)
    }

    /// With a question mark, or with a sentence that begins as questions do. A comment on a score may well hold "why".
    fn asks_plainly(&self) -> bool {
        let tokens = &self.reading.tokens;
        let begins = |hit: &&Hit| hit.says == Says::Question && tokens[hit.start()].before >= Break::Sentence;
        tokens.iter().any(|token| token.asked) || self.hits.iter().any(begins)
    }

    /// Thanks, praise and friendly pictures, and nothing else.
    fn is_pleasant(&self) -> bool {
        let mut covered = vec![false; self.reading.tokens.len()];
        let mut pleasant = false;
        for hit in &self.hits {
            pleasant |=
                matches!(hit.says, Says::Thanks | Says::Praise) || hit.says == Says::Closing && hit.at.len() > 1;
            if matches!(
                hit.says,
                Says::Thanks
                    | Says::Praise
                    | Says::Greeting
                    | Says::Closing
                    | Says::Fine
                    | Says::Polite
                    | Says::Title
                    | Says::Harmless
            ) {
                hit.at.iter().for_each(|at| covered[*at] = true);
            }
        }
        self.reasons(&mut covered);
        names(self.reading, &self.hits, &mut covered);
        let tokens = self.reading.tokens.iter().zip(covered);
        let mut all = true;
        for (token, covered) in tokens {
            let friendly = matches!(token.kind, Kind::Emoji(Tone::Warm | Tone::Yes));
            pleasant |= friendly;
            all &= covered || friendly;
        }
        pleasant && all
    }

    /// What is thanked for: a few words behind "thanks for", whatever they are, unless they speak against something.
    fn reasons(&self, covered: &mut [bool]) {
        for hit in self.hits.iter().filter(|hit| hit.says == Says::Thanks) {
            let start = hit.end();
            let tokens = &self.reading.tokens;
            let ends = |at: &usize| tokens[*at].before >= Break::Comma || tokens[*at].asked;
            let end = (start..tokens.len()).find(ends).unwrap_or(tokens.len());
            let given = self.reading.ends_of(Says::For, start, self.all).is_some();
            let plain = |at: usize| tokens[at].kind == Kind::Word && !self.reading.is_said_at(at, speaks_against);
            if given && end - start <= 7 && (start + 1..end).all(plain) {
                covered[start..end].fill(true);
            }
        }
    }

    fn is_unhappy(&self) -> bool {
        self.says(Says::Complaint)
            || self
                .reading
                .tokens
                .iter()
                .any(|token| token.kind == Kind::Emoji(Tone::Bad))
    }

    /// The languages to try: the customer's alone, with English, then each of the others.
    fn lenses(&self) -> Vec<Vec<Language>> {
        let english = LEXICON.language("en");
        let base: Vec<Language> = self.own.into_iter().collect();
        let mut lenses: Vec<Vec<Language>> = Vec::new();
        if !base.is_empty() {
            lenses.push(base.clone());
        }
        for other in english.into_iter().chain(self.all.iter().copied()) {
            if base.contains(&other) {
                continue;
            }
            let mut lens = vec![other];
            lens.extend(&base);
            lens.extend(english.filter(|english| !lens.contains(english)));
            if !lenses.contains(&lens) {
                lenses.push(lens);
            }
        }
        lenses
    }
}
