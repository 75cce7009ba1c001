//! How names, vehicles and policies are found by what somebody types: in any spelling, from the start of any word.

use super::reply::fold;

/// Words of one text that are kept, and letters of each: nobody types more.
const MOST_WORDS: usize = 10;
const MOST_LETTERS: usize = 24;

/// What a text is found by: each of its words with what follows it, without spaces. `VW Golf, B-XY 12` is found by
/// `golf`, `bxy12` and `b-xy 1` alike. Behind a hyphen only a name begins a word; a single sign is none, unless alone.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for chunk in text.split_whitespace() {
        for (at, token) in tokens(chunk).into_iter().enumerate() {
            let is_name = token.chars().count() > 2 && token.chars().all(char::is_alphabetic);
            parts.push((token, at == 0 || is_name));
        }
    }
    let starts: Vec<bool> = parts.iter().map(|(_, starts)| *starts).collect();
    let tokens: Vec<String> = parts.into_iter().map(|(token, _)| token).collect();
    let begun = (0..tokens.len()).filter(|at| starts[*at]);
    let mut words: Vec<String> = begun.map(|from| cut(&tokens[from..].concat())).collect();
    words.truncate(MOST_WORDS);
    words.sort();
    words.dedup();
    if words.len() > 1 {
        words.retain(|word| word.chars().count() > 1);
    }
    words
}

/// What somebody looks for, cut at spaces only: every one of these must begin a word of the text. The longest, which fits
/// least, comes first.
#[must_use]
pub fn sought(query: &str) -> Vec<String> {
    let chunks = query.split_whitespace().map(|chunk| cut(&tokens(chunk).concat()));
    let mut sought: Vec<String> = chunks.filter(|chunk| !chunk.is_empty()).collect();
    sought.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    sought.dedup();
    sought.truncate(MOST_WORDS);
    sought
}

/// The first text that no longer begins with this one: the end of a range of prefixes.
#[must_use]
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// The words of a text, of letters and digits alone.
fn tokens(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(without_umlauts).collect()
}

/// `ae` is written `a`, so that Müller, Mueller and Muller are the same.
fn without_umlauts(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut may_be_umlaut = false;
    for letter in word.chars() {
        let is_second = may_be_umlaut && letter == 'e';
        may_be_umlaut = !is_second && matches!(letter, 'a' | 'o' | 'u');
        if !is_second {
            plain.push(letter);
        }
    }
    plain
}

fn cut(word: &str) -> String {
    word.chars().take(MOST_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, text: &str) -> bool {
        let sought = sought(query);
        !sought.is_empty()
            && sought
                .iter()
                .all(|prefix| words(text).iter().any(|word| word.starts_with(prefix.as_str())))
    }

    #[test]
    fn somebody_is_found_by_any_part_of_the_name_in_any_spelling() {
        for (query, name) in [
            ("kosir", "Ana  Košir"),
            ("Košir Ana", "Ana Košir"),
            ("ana k", "Ana Košir"),
            ("garcia", "María García López"),
            ("mueller", "Jörg Müller"),
            ("müller", "Joerg Mueller"),
            ("muell", "Muller"),
            ("o'brien", "Sinéad O’Brien"),
            ("lukasz", "Łukasz Wójcik"),
            ("ludenscheidt", "Eva Müller-Lüdenscheidt"),
            ("x", "X"),
            ("manue", "Manuel"),
            ("manu", "Manuel"),
        ] {
            assert!(
                finds(query, name),
                "{query} in {name}: {:?} {:?}",
                sought(query),
                words(name)
            );
        }
        assert!(!finds("osir", "Ana Košir"), "not from the middle of a word");
        assert!(!finds("ana b", "Ana Košir"), "every word counts");
        assert!(!finds(" -, ", "Ana Košir"), "nothing finds nothing");
        assert!(!finds("A-K", "Ana Košir"), "what is typed in one stands in one");
    }

    #[test]
    fn a_vehicle_is_found_by_its_plate_however_that_is_spaced() {
        for query in ["B-XY 1234", "bxy1234", "B-XY 12", "BXY 1234", "golf", "vw golf", "1234"] {
            assert!(finds(query, "VW Golf, B-XY 1234"), "{query}");
        }
    }

    #[test]
    fn a_range_of_prefixes_ends_behind_all_that_begin_so() {
        assert!("kosir" >= "kos" && *"kosir" < *after_prefix("kos"));
        assert!(*"kot" > *after_prefix("kos"));
    }

    #[test]
    fn long_texts_are_kept_short() {
        let text: Vec<_> = (10..60).map(|number| format!("word{number}")).collect();
        let words = words(&text.join(" "));
        assert_eq!(words.len(), MOST_WORDS);
        assert!(words.iter().all(|word| word.len() <= MOST_LETTERS));
    }
}
