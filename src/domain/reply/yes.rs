//! Is it a yes? Only when every word of the message belongs into a yes.

use super::Booked;
use super::clock::{Times, times};
use super::emoji::Tone;
use super::lexicon::{LEXICON, Language};
use super::matching::{Hit, Reading};
use super::says::Says;
use super::token::{Break, Kind};
use crate::domain::message::Asks;

/// What can be said about a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A yes to the last word, with this certainty.
    Yes(u8),
    /// There is a yes in it, with something else.
    Partly,
    /// There is a faint yes in it with something else, or a yes with what sounds like a wish, another plan or a doubt.
    Doubted,
    /// There is a yes in it, and something that keeps it from being one, whatever it resembles.
    Withheld,
    /// A yes, to another time, or to one that nobody can check.
    OtherTime,
    None,
}

/// Reads the message as if only these languages were spoken; `own` is the customer's.
pub(super) fn verdict(
    reading: &Reading,
    asks: Asks,
    languages: &[Language],
    own: Option<Language>,
    booked: Booked,
) -> Verdict {
    let hits = reading.heard(languages, asks);
    let times = times(reading, &hits, booked);
    let weight = weight(reading, &hits, asks, own);
    if weight == Weight::None {
        return Verdict::None;
    }
    if times.other {
        return Verdict::OtherTime;
    }
    let renews = hits.iter().any(|hit| hit.says == Says::Renew);
    let merely_received = asks == Asks::Renewal && !renews && hits.iter().any(|hit| hit.says == Says::Received);
    let hangs = reading.conditions(languages).next().is_some();
    if merely_received
        || hangs
        || is_mocked(reading, &hits)
        || belongs_elsewhere(reading, &hits, asks, &times)
        || hits.iter().any(|hit| forbids(hit.says))
        || has_open_question(reading, &hits)
    {
        return Verdict::Withheld;
    }
    if hits.iter().any(|hit| doubts(hit.says)) {
        return Verdict::Doubted;
    }
    if hits.iter().any(|hit| speaks_against(hit.says)) {
        return if weight == Weight::Weak {
            Verdict::Doubted
        } else {
            Verdict::Partly
        };
    }
    let covered = covered(reading, &hits, &times, weight);
    let strict = covered.iter().all(|covered| *covered);
    let spoken = own.or_else(|| LEXICON.language("en"));
    let loose = || {
        languages.first() == spoken.as_ref()
            && weight == Weight::Strong
            && is_harmless(reading, &hits, asks, &covered)
            && is_about_it(reading, &hits, asks, &times, languages)
    };
    if !strict && !loose() {
        return if times.unknown {
            Verdict::OtherTime
        } else if weight == Weight::Weak || reading.all(Says::Request).next().is_some() {
            Verdict::Doubted
        } else {
            Verdict::Partly
        };
    }
    if times.unknown {
        return Verdict::OtherTime;
    }
    let corrected = hits.iter().any(|hit| hit.corrected);
    let certainty = match weight {
        Weight::Strong => 98,
        Weight::Weak | Weight::None => 93,
    };
    let certainty = if strict { certainty } else { certainty - 8 };
    Verdict::Yes(if corrected { certainty - 8 } else { certainty })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    None,
    /// "OK", a thumb.
    Weak,
    /// "Yes", "see you tomorrow", the letter.
    Strong,
}

fn is_core(says: Says, asks: Asks) -> Option<Weight> {
    match (says, asks) {
        (Says::Yes, _)
        | (Says::Coming, Asks::Confirm)
        | (Says::Renew, Asks::Renewal)
        | (Says::Solved, Asks::Solved) => Some(Weight::Strong),
        (Says::Fine, _) | (Says::Received, Asks::Confirm) => Some(Weight::Weak),
        _ => None,
    }
}

fn weight(reading: &Reading, hits: &[&Hit], asks: Asks, own: Option<Language>) -> Weight {
    let foreign = |hit: &Hit| {
        own.is_some_and(|own| {
            hit.language != own
                && hit
                    .at
                    .iter()
                    .all(|at| LEXICON.is_false_friend(&reading.tokens[*at].text, own))
        })
    };
    let words = hits
        .iter()
        .filter(|hit| !foreign(hit))
        .filter_map(|hit| is_core(hit.says, asks));
    let thumbs = reading
        .tokens
        .iter()
        .filter(|token| token.kind == Kind::Emoji(Tone::Yes))
        .map(|_| Weight::Weak);
    words.chain(thumbs).max().unwrap_or(Weight::None)
}

/// Whether a phrase of this kind keeps a yes from being one.
const fn forbids(says: Says) -> bool {
    matches!(
        says,
        Says::OptOutWord | Says::OptOutBare | Says::OptInWord | Says::HelpWord | Says::AutoReply | Says::WrongPerson
    )
}

/// Whether a phrase of this kind sounds like another plan, a doubt, or an answer to another question ("yes, I am cross").
const fn doubts(says: Says) -> bool {
    matches!(
        says,
        Says::Hedge | Says::Change | Says::Decline | Says::Late | Says::Complaint | Says::OptOut | Says::OptOutBlock
    )
}

/// Whether a phrase of this kind makes a yes doubtful, wherever it stands.
pub(super) const fn speaks_against(says: Says) -> bool {
    matches!(
        says,
        Says::OptOut
            | Says::OptOutBlock
            | Says::OptOutWord
            | Says::OptOutBare
            | Says::OptInWord
            | Says::HelpWord
            | Says::AutoReply
            | Says::WrongPerson
            | Says::Late
            | Says::Change
            | Says::Decline
            | Says::Complaint
            | Says::Question
            | Says::Condition
            | Says::Hedge
            | Says::No
            | Says::Negation
            | Says::Unsolved
    )
}

/// Whether anything is asked, except "see you tomorrow, ok?".
fn has_open_question(reading: &Reading, hits: &[&Hit]) -> bool {
    let asked: Vec<usize> = (0..reading.tokens.len())
        .filter(|at| reading.tokens[*at].asked)
        .collect();
    asked.iter().any(|last| {
        let tag = reading.starts_of(Says::Tag, last + 1);
        !tag.is_some_and(|start| {
            hits.iter()
                .any(|hit| hit.end() <= start && matches!(hit.says, Says::Yes | Says::Coming))
        })
    })
}

fn belongs(says: Says, weight: Weight, asks_time: bool) -> bool {
    match says {
        Says::Weekday | Says::Month => weight == Weight::Strong,
        Says::Clock => asks_time,
        _ => matches!(
            says,
            Says::Coming
                | Says::Yes
                | Says::Renew
                | Says::Solved
                | Says::Fine
                | Says::Received
                | Says::Tag
                | Says::Thanks
                | Says::Praise
                | Says::Morning
                | Says::Afternoon
                | Says::Day
                | Says::Title
                | Says::Greeting
                | Says::Closing
                | Says::Polite
                | Says::Harmless
        ),
    }
}

/// Which tokens belong to the yes.
fn covered(reading: &Reading, hits: &[&Hit], times: &Times, weight: Weight) -> Vec<bool> {
    let mut covered = vec![false; reading.tokens.len()];
    for hit in hits.iter().filter(|hit| belongs(hit.says, weight, false)) {
        hit.at.iter().for_each(|at| covered[*at] = true);
    }
    for at in &times.booked {
        covered[*at] = true;
    }
    for (at, token) in reading.tokens.iter().enumerate() {
        covered[at] |= match token.kind {
            Kind::Emoji(tone) => matches!(tone, Tone::Yes | Tone::Warm),
            Kind::Date(..) => weight == Weight::Strong && times.day_unknown,
            _ => false,
        };
    }
    names(reading, hits, &mut covered);
    covered
}

/// Whether it is said and not meant: in an idiom, or in quotation marks: `Yeah, "fixed"`.
fn is_mocked(reading: &Reading, hits: &[&Hit]) -> bool {
    let tokens = &reading.tokens;
    let quoted = |hit: &&Hit| {
        let kind = matches!(hit.says, Says::Fine | Says::Solved | Says::Praise);
        kind && hit.at.iter().all(|at| tokens[*at].quoted)
    };
    let beside = tokens.iter().any(|token| !token.quoted && token.kind == Kind::Word);
    reading.all(Says::Mockery).next().is_some() || beside && hits.iter().copied().any(|hit| quoted(&hit))
}

/// Whether the yes is one to something else, a letter or a bill, and nothing in the text is about what was asked.
fn belongs_elsewhere(reading: &Reading, hits: &[&Hit], asks: Asks, times: &Times) -> bool {
    let to_this = |hit: &&Hit| match asks {
        Asks::Renewal => hit.says == Says::Renew,
        _ => hit.says == Says::Coming && hit.at.len() > 1 || matches!(hit.says, Says::Weekday | Says::Day),
    };
    matches!(asks, Asks::Confirm | Asks::Renewal)
        && reading.all(Says::Elsewhere).next().is_some()
        && times.booked.is_empty()
        && !hits.iter().any(to_this)
}

/// Whether anything names the visit itself, its day or its time, or what else was asked; "see you there" and "ok" do not: private
/// texts are full of them.
pub(super) fn names_it(reading: &Reading, asks: Asks, languages: &[Language], booked: Booked) -> bool {
    let hits = reading.heard(languages, asks);
    let matter = reading.all(Says::Matter).any(|hit| languages.contains(&hit.language));
    let named = |hit: &&Hit| match asks {
        Asks::Renewal => hit.says == Says::Renew,
        Asks::Solved => hit.says == Says::Solved,
        _ => matches!(hit.says, Says::Day | Says::Weekday | Says::Month),
    };
    matter || hits.iter().any(named) || !times(reading, &hits, booked).booked.is_empty()
}

/// Whether the text has to do with what was asked, beside a short yes: a day or the booked time, the car, or two yeses.
/// A private text that begins with "yes" has nothing of the kind.
fn is_about_it(reading: &Reading, hits: &[&Hit], asks: Asks, times: &Times, languages: &[Language]) -> bool {
    let cores = hits
        .iter()
        .filter(|hit| is_core(hit.says, asks) == Some(Weight::Strong));
    let matter = reading
        .all(Says::Matter)
        .any(|hit| languages.first() == Some(&hit.language));
    let settled = hits.iter().any(|hit| match asks {
        Asks::Renewal => hit.says == Says::Renew,
        Asks::Solved => hit.says == Says::Solved,
        _ => hit.says == Says::Day,
    });
    matter || settled || !times.booked.is_empty() || cores.count() > 1
}

/// The longest tale beside a yes, in unknown words.
const LONGEST_ASIDE: usize = 24;

/// Whether unknown words beside a clear yes may be let through: nothing is wished for in the whole text, and none of them
/// is known, in any language, to speak against a yes.
fn is_harmless(reading: &Reading, hits: &[&Hit], asks: Asks, covered: &[bool]) -> bool {
    // "Sort of yes": a word before it may take a short yes back.
    let weakened = |hit: &Hit| {
        let start = hit.start();
        hit.at.len() == 1 && start > 0 && !covered[start - 1] && reading.tokens[start].before == Break::None
    };
    let clear = hits.iter().any(|hit| {
        let spelled = !hit.corrected && hit.at.iter().any(|at| reading.tokens[*at].text.len() > 1);
        is_core(hit.says, asks) == Some(Weight::Strong) && spelled && !weakened(hit)
    });
    let open: Vec<usize> = (0..covered.len()).filter(|at| !covered[*at]).collect();
    let wished = reading.all(Says::Request).next().is_some();
    let plain = |at: &usize| match reading.tokens[*at].kind {
        Kind::Word => !reading.is_said_at(*at, speaks_against),
        Kind::Emoji(tone) => !matches!(tone, Tone::Bad | Tone::Doubt),
        _ => false,
    };
    clear && !wished && open.len() <= LONGEST_ASIDE && open.iter().all(plain)
}

/// Names are not in any list: they are known by their place, after a greeting, a title or at the end.
pub(super) fn names(reading: &Reading, hits: &[&Hit], covered: &mut [bool]) {
    let tokens = &reading.tokens;
    let said_before = |at: usize, kinds: &[Says]| hits.iter().any(|hit| hit.end() == at && kinds.contains(&hit.says));
    let may_be_name = |at: usize| tokens[at].kind == Kind::Word && !reading.is_listed(at) && !tokens[at].asked;
    for at in 0..tokens.len() {
        if covered[at] || !may_be_name(at) {
            continue;
        }
        let titled = at > 0 && tokens[at].before <= Break::Comma && said_before(at, &[Says::Title]);
        let greeted = at > 0 && tokens[at].before <= Break::Comma && said_before(at, &[Says::Greeting]);
        if titled || (greeted && tokens[at].capital) {
            covered[at] = true;
            if tokens
                .get(at + 1)
                .is_some_and(|next| next.capital && next.before == Break::None)
                && may_be_name(at + 1)
            {
                covered[at + 1] = true;
            }
        }
    }
    // The end of the message: at most three words, after a closing, or capitals set apart.
    let end = tokens
        .iter()
        .rposition(|token| !matches!(token.kind, Kind::Emoji(_)))
        .map_or(0, |last| last + 1);
    let start = (0..end)
        .rev()
        .take_while(|at| !covered[*at] && may_be_name(*at))
        .last()
        .unwrap_or(end);
    if start == 0 || start == end || end - start > 3 {
        return;
    }
    let closed = said_before(start, &[Says::Closing, Says::Thanks]);
    let apart = tokens[start].before >= Break::Comma;
    let capital = (start..end).all(|at| tokens[at].capital);
    let short = end - start <= 2;
    if (closed && (capital || short)) || (apart && capital) {
        covered[start..end].fill(true);
    }
}
