//! Ratings: the scales on which customers answer, and which answers are unhappy (FACTS 5).

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_end_of_each_scale_is_unhappy_and_the_middle_is_not() {
        for (scale, unhappy) in [(Scale::Csat, 1..=2), (Scale::Nps, 0..=6), (Scale::Ces, 1..=3)] {
            for score in scale.range() {
                assert_eq!(scale.is_unhappy(score), unhappy.contains(&score), "{scale} {score}");
            }
        }
    }
}
