//! Calls: to-dos to phone somebody, and what came of them.

use super::closed_list::closed_list;
use super::item::ItemKind;

closed_list! {
    /// What came of a call.
    CallOutcome {
        Reached = "reached",
        NoAnswer = "no_answer",
        /// The customer wants to be called another time.
        CallBack = "call_back",
        WrongNumber = "wrong_number",
        /// The customer renewed on the telephone.
        Renewed = "renewed",
        /// The customer does not want it.
        Declined = "declined",
    }
}

impl CallOutcome {
    /// Whether a call about such an item can end so.
    #[must_use]
    pub const fn fits(self, about: ItemKind) -> bool {
        match self {
            Self::Renewed | Self::Declined => matches!(about, ItemKind::Renewal),
            Self::Reached | Self::NoAnswer | Self::CallBack | Self::WrongNumber => true,
        }
    }

    /// The same for somebody at the desk.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NoAnswer => "nobody answered",
            Self::CallBack => "wants to be called again",
            Self::WrongNumber => "wrong number",
            Self::Renewed => "renewed",
            Self::Declined => "declined",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_renewed_is_renewed_or_declined() {
        for outcome in CallOutcome::ALL {
            let renews = matches!(outcome, CallOutcome::Renewed | CallOutcome::Declined);
            assert!(outcome.fits(ItemKind::Renewal));
            assert_eq!(outcome.fits(ItemKind::Booking), !renews, "{outcome}");
            assert_eq!(outcome.fits(ItemKind::Case), !renews, "{outcome}");
        }
    }
}
