//! Ratings: the scales on which customers answer, and which answers are unhappy (docs/satisfaction.md).

use std::ops::RangeInclusive;

use super::closed_list::closed_list;

closed_list! {
    /// What a rating question asks for.
    Scale {
        /// Satisfaction, 1 (bad) to 5 (great).
        Csat = "csat",
        /// Recommendation, 0 (never) to 10 (certainly).
        Nps = "nps",
        /// "It was easy", 1 (disagree) to 7 (agree).
        Ces = "ces",
    }
}

impl Scale {
    /// The scores that can be given.
    #[must_use]
    pub const fn range(self) -> RangeInclusive<i64> {
        match self {
            Self::Csat => 1..=5,
            Self::Nps => 0..=10,
            Self::Ces => 1..=7,
        }
    }

    /// Whether somebody who answers this is to be called: the two lowest of five, a detractor, effort.
    #[must_use]
    pub const fn is_unhappy(self, score: i64) -> bool {
        match self {
            Self::Csat => score <= 2,
            Self::Nps => score <= 6,
            Self::Ces => score <= 3,
        }
    }

    /// The score and the best one, as a person says it: `1 of 5`.
    #[must_use]
    pub fn in_words(self, score: i64) -> String {
        format!("{score} of {}", self.range().end())
    }
}

/// The words that stand beside a score at the beginning of an answer: `1, two hours late` says `two hours late`. None
/// where there are none.
#[must_use]
pub fn words_beside(score: i64, text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = text.split_at(digits);
    let words = if number.parse() == Ok(score) {
        // `4/5`: how much there was to give.
        let rest = rest
            .strip_prefix('/')
            .map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        rest.trim_start_matches(|c: char| !c.is_alphanumeric())
    } else {
        text
    };
    (words.chars().filter(|c| c.is_alphabetic()).count() > 1).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_beside_a_score_are_told_without_it() {
        for (score, text, words) in [
            (1, "1, two hours late", Some("two hours late")),
            (5, " 5/5 - great!", Some("great!")),
            (10, "10 top", Some("top")),
            (4, "four, but slow", Some("four, but slow")),
            (1, "12 Minuten gewartet: 1", Some("12 Minuten gewartet: 1")),
            (5, "5", None),
            (5, "5/5 :)", None),
            (2, "2 \u{fe0f}\u{20e3}", None),
            (3, "", None),
        ] {
            assert_eq!(words_beside(score, text), words, "{text}");
        }
    }

    #[test]
    fn the_low_end_of_each_scale_is_unhappy_and_the_middle_is_not() {
        for (scale, unhappy) in [(Scale::Csat, 1..=2), (Scale::Nps, 0..=6), (Scale::Ces, 1..=3)] {
            for score in scale.range() {
                assert_eq!(scale.is_unhappy(score), unhappy.contains(&score), "{scale} {score}");
            }
        }
    }
}
