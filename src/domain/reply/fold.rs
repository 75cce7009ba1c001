//! One spelling for words that people type in many: lower case, no accents, no apostrophes.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents; letters that do not decompose by their usual replacement.
pub(in crate::domain) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for char in word.chars().flat_map(char::to_lowercase).nfkd() {
        match char {
            'ß' => folded.push_str("ss"),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // Cyrillic and Greek letters that look like ours, from a keyboard that was not switched.
            'с' => folded.push('c'),
            'о' | 'ø' => folded.push('o'),
            'к' => folded.push('k'),
            char if is_combining_mark(char) || is_apostrophe(char) => {}
            char => folded.push(char),
        }
    }
    folded
}

/// The other spelling of umlauts: `schön` is also typed `schoen`. Nothing when the word has none.
pub(super) fn fold_umlauts(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let spelled = lower.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    (spelled != lower).then(|| fold(&spelled))
}

pub(super) const fn is_apostrophe(char: char) -> bool {
    matches!(char, '\'' | '’' | '‘' | '´' | '`' | 'ʼ' | '′')
}

/// Whether two words are one typing mistake apart (two for long words): a letter too many, too few, wrong or swapped.
pub(super) fn is_near(typed: &[char], listed: &[char]) -> bool {
    let allowed = if listed.len() >= 9 { 2 } else { 1 };
    if typed.len().abs_diff(listed.len()) > allowed {
        return false;
    }
    // Optimal string alignment distance over three rows.
    let width = listed.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, typed_char) in typed.iter().enumerate() {
        let mut next = vec![row + 1; width];
        for (column, listed_char) in listed.iter().enumerate() {
            let cost = usize::from(typed_char != listed_char);
            let mut best = (last[column] + cost).min(last[column + 1] + 1).min(next[column] + 1);
            let swapped = row > 0 && column > 0 && *typed_char == listed[column - 1] && typed[row - 1] == *listed_char;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            next[column + 1] = best;
        }
        if next.iter().min().is_some_and(|least| *least > allowed) {
            return false;
        }
        before = last;
        last = next;
    }
    last[width - 1] <= allowed
}

/// `yesss` and `okkk` with fewer of the repeated letters.
pub(super) fn unstretched(word: &str) -> Vec<String> {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for char in word.chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == char => *count += 1,
            _ => runs.push((char, 1)),
        }
    }
    let spelled = |most: &dyn Fn(usize, usize) -> usize| -> String {
        let runs = runs.iter().enumerate();
        runs.flat_map(|(at, (char, count))| std::iter::repeat_n(*char, most(at, *count)))
            .collect()
    };
    let last = runs.len().saturating_sub(1);
    let long = runs.iter().any(|(_, count)| *count > 2);
    let mut variants = Vec::new();
    if long {
        variants.push(spelled(&|_, count| count.min(2)));
        variants.push(spelled(&|_, count| if count > 2 { 1 } else { count }));
        variants.push(spelled(&|_, _| 1));
    } else if runs.last().is_some_and(|(_, count)| *count == 2) {
        variants.push(spelled(&|at, count| if at == last { 1 } else { count }));
    }
    variants
}

/// `st0p` with letters for the digits that stand for them.
pub(super) fn in_letters(word: &str) -> String {
    if !word.chars().any(char::is_alphabetic) {
        return word.to_owned();
    }
    word.chars()
        .map(|char| match char {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            char => char,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_spelling() {
        for (typed, folded) in [
            ("D’Accord", "daccord"),
            ("można", "mozna"),
            ("Größe", "grosse"),
            ("ŁÓDŹ", "lodz"),
            ("ＳＴＯＰ", "stop"),
        ] {
            assert_eq!(fold(typed), folded);
        }
        assert_eq!(fold_umlauts("schön").as_deref(), Some("schoen"));
        assert_eq!(fold_umlauts("gut"), None);
    }

    #[test]
    fn a_typing_mistake_is_near() {
        let near = |typed: &str, listed: &str| {
            is_near(&typed.chars().collect::<Vec<_>>(), &listed.chars().collect::<Vec<_>>())
        };
        assert!(near("confrim", "confirm") && near("tomorow", "tomorrow") && near("unsubcribe", "unsubscribe"));
        assert!(near("unsubsribbe", "unsubscribe") && !near("confess", "confirm") && !near("unscrew", "unsubscribe"));
    }
}
