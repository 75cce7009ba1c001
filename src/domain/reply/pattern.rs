//! One line of a language's file: the words of a phrase, and what may stand between them.
//!
//! ```text
//! don't/do not (ever) text me     alternatives, an optional word
//! {stop} ..3 {texting}            sets of words, a gap of up to three words of the same sentence (`..` alone: two)
//! remov*                          a stem
//! half past #                     a number, in digits or as a word
//! ^yes$                           only at the start, only at the end of a sentence
//! ```

use std::collections::BTreeMap;

/// What one place of a phrase takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One of these words; `*` at the end makes a stem.
    Words(Vec<String>),
    Number,
    Gap(usize),
    Start,
    End,
}

/// The phrases that a line stands for, optional words spelled out; or what is wrong with it.
pub(super) fn phrases(line: &str, sets: &BTreeMap<String, Vec<String>>) -> Result<Vec<Vec<Part>>, String> {
    let mut phrases: Vec<Vec<Part>> = vec![Vec::new()];
    for piece in line.split_whitespace() {
        let (piece, start) = piece.strip_prefix('^').map_or((piece, false), |rest| (rest, true));
        let (piece, end) = piece.strip_suffix('$').map_or((piece, false), |rest| (rest, true));
        if start {
            for phrase in &mut phrases {
                phrase.push(Part::Start);
            }
        }
        if !piece.is_empty() {
            let (inner, optional) = match piece.strip_prefix('(') {
                Some(rest) => (
                    rest.strip_suffix(')')
                        .ok_or_else(|| format!("`{piece}` is not closed"))?,
                    true,
                ),
                None => (piece, false),
            };
            let part = part(inner, sets)?;
            let mut longer = phrases.clone();
            for phrase in &mut longer {
                phrase.extend(part.iter().cloned());
            }
            if optional {
                longer.append(&mut phrases);
            }
            phrases = longer;
        }
        if end {
            for phrase in &mut phrases {
                phrase.push(Part::End);
            }
        }
    }
    Ok(phrases.into_iter().flat_map(spelled_apart).collect())
}

fn part(piece: &str, sets: &BTreeMap<String, Vec<String>>) -> Result<Vec<Part>, String> {
    if piece == "#" {
        return Ok(vec![Part::Number]);
    }
    if let Some(length) = piece.strip_prefix("..") {
        let length = if length.is_empty() { Ok(2) } else { length.parse() };
        return length
            .map(|length| vec![Part::Gap(length)])
            .map_err(|_| format!("`{piece}` is no gap"));
    }
    let mut words = Vec::new();
    for alternative in piece.split(['/', '|']) {
        match alternative.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => words.extend(
                sets.get(name)
                    .ok_or_else(|| format!("there is no set `{name}`"))?
                    .iter()
                    .cloned(),
            ),
            None if alternative.is_empty() => return Err(format!("`{piece}` has an empty alternative")),
            None => words.push(alternative.to_owned()),
        }
    }
    Ok(vec![Part::Words(words)])
}

const JOINS: [char; 3] = ['_', '\'', '-'];

/// `d'accord` is also typed as two words, and `can_not` stands for two.
fn spelled_apart(phrase: Vec<Part>) -> Vec<Vec<Part>> {
    let mut variants: Vec<Vec<Part>> = vec![Vec::new()];
    for part in phrase {
        let Part::Words(words) = &part else {
            for variant in &mut variants {
                variant.push(part.clone());
            }
            continue;
        };
        let mut together = Vec::new();
        let mut apart: Vec<Vec<Part>> = Vec::new();
        for word in words {
            if word.contains(JOINS) {
                let halves = word.split(JOINS).filter(|half| !half.is_empty());
                apart.push(halves.map(|half| Part::Words(vec![half.to_owned()])).collect());
            }
            if !word.contains('_') {
                together.push(word.replace('-', ""));
            }
        }
        let mut next = Vec::new();
        for variant in &variants {
            if !together.is_empty() {
                let mut longer = variant.clone();
                longer.push(Part::Words(together.clone()));
                next.push(longer);
            }
            for halves in &apart {
                let mut longer = variant.clone();
                longer.extend(halves.iter().cloned());
                next.push(longer);
            }
        }
        variants = next;
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Part {
        Part::Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_line_stands_for_every_way_to_say_it() {
        let sets = BTreeMap::from([("stop".to_owned(), vec!["stop".to_owned(), "quit".to_owned()])]);
        assert_eq!(
            phrases("(please) {stop} ..3 text*", &sets).unwrap(),
            [
                vec![
                    words(&["please"]),
                    words(&["stop", "quit"]),
                    Part::Gap(3),
                    words(&["text*"])
                ],
                vec![words(&["stop", "quit"]), Part::Gap(3), words(&["text*"])],
            ]
        );
        assert_eq!(
            phrases("^d'accord$", &sets).unwrap(),
            [
                vec![Part::Start, words(&["d'accord"]), Part::End],
                vec![Part::Start, words(&["d"]), words(&["accord"]), Part::End],
            ]
        );
    }

    #[test]
    fn what_is_wrong_with_a_line_is_told() {
        let sets = BTreeMap::new();
        assert_eq!(phrases("{no} way", &sets).unwrap_err(), "there is no set `no`");
        assert!(phrases("(open", &sets).is_err() && phrases("a//b", &sets).is_err() && phrases("..x", &sets).is_err());
    }
}
