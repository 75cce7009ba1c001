//! The words that a provider acts on by itself, before we see them: those of Twilio, "Update to FCC's SMS
//! Opt-Out Keywords" (14 May 2025).

/// What a provider has done by itself about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// It lets no more texts through to this number, and has said so.
    Stop,
    /// It lets them through again, and has said so.
    Start,
    /// It has told who sends, and how to end it.
    Help,
}

const STOP: [&str; 8] = [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
];
const START: [&str; 3] = ["START", "UNSTOP", "YES"];
const HELP: [&str; 2] = ["HELP", "INFO"];

/// What the provider has done about a message to `recipient` of ours. Only the single word counts; `opt_out_type` is what
/// the provider says of it, also where the word is one of the account's own. To a short code it does nothing unasked.
#[must_use]
pub fn acted_on(body: &str, opt_out_type: &str, recipient: &str) -> Option<Keyword> {
    match opt_out_type {
        "STOP" => return Some(Keyword::Stop),
        "START" => return Some(Keyword::Start),
        "HELP" => return Some(Keyword::Help),
        _ => {}
    }
    if !recipient.starts_with('+') {
        return None;
    }
    let word = body.trim().to_ascii_uppercase();
    let is_one_of = |words: &[&str]| words.contains(&word.as_str());
    if is_one_of(&STOP) {
        Some(Keyword::Stop)
    } else if is_one_of(&START) {
        Some(Keyword::Start)
    } else if is_one_of(&HELP) {
        Some(Keyword::Help)
    } else {
        None
    }
}

/// Whether the customer has written CANCEL and nothing else: the one such word that may mean a visit.
#[must_use]
pub fn is_cancel(body: &str) -> bool {
    let word = body.trim_matches(|char: char| !char.is_alphanumeric());
    word.eq_ignore_ascii_case("cancel")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "+15017122661";

    #[test]
    fn only_the_single_word_is_acted_on() {
        assert_eq!(acted_on(" stop ", "", OURS), Some(Keyword::Stop));
        assert_eq!(acted_on("Cancel", "", OURS), Some(Keyword::Stop));
        assert_eq!(acted_on("yes", "", OURS), Some(Keyword::Start));
        assert_eq!(acted_on("INFO", "", OURS), Some(Keyword::Help));
        for words in ["STOP PLEASE", "opt out", "please stop texting me", "", "C"] {
            assert_eq!(acted_on(words, "", OURS), None, "{words}");
        }
    }

    #[test]
    fn what_the_provider_says_counts_whatever_the_word() {
        assert_eq!(acted_on("dość", "STOP", OURS), Some(Keyword::Stop));
        assert_eq!(acted_on("hm", "HELP", "12345"), Some(Keyword::Help));
    }

    #[test]
    fn to_a_short_code_nothing_is_done_unasked() {
        assert_eq!(acted_on("STOP", "", "12345"), None);
    }

    #[test]
    fn cancel_alone_is_told_from_cancel_among_others() {
        assert!(is_cancel(" Cancel. "));
        assert!(!is_cancel("cancel my appointment"));
        assert!(!is_cancel("STOP"));
    }
}
