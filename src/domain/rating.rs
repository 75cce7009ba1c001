//! Ratings: the scales on which customers say how it was.

use super::closed_list::closed_list;

closed_list! {
    /// How a rating is counted: 1 to 5, 0 to 10, or 1 to 7 (FACTS 5).
    Scale { Csat = "csat", Nps = "nps", Ces = "ces" }
}

impl Scale {
    /// The scores that can be given.
    #[must_use]
    pub const fn range(self) -> std::ops::RangeInclusive<i64> {
        match self {
            Self::Csat => 1..=5,
            Self::Nps => 0..=10,
            Self::Ces => 1..=7,
        }
    }
}
