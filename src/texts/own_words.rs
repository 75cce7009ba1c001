//! What somebody at the desk has typed: it goes out as it is, and is only looked at. Nothing in it is a placeholder.

use unicode_normalization::UnicodeNormalization as _;

use super::reply_words::asked;
use super::tidy;
use crate::domain::closed_list::closed_list;
use crate::domain::message::Channel;
use crate::domain::segments::{self, Encoding, Segmented};

/// Longer text messages are refused by Twilio (its error 21617), in characters.
pub const LONGEST_SMS: usize = 1_600;

/// Longest mail, in characters: more than anybody types.
pub const LONGEST_MAIL: usize = 20_000;

/// Longest subject, in characters.
pub const LONGEST_SUBJECT: usize = 200;

/// Parts that a text message may usually cost.
const USUAL_PARTS: usize = 2;

closed_list! {
    /// What its writer may want to know before it goes. None of it keeps it from going.
    Remark {
        /// One character makes the whole text cost more than twice as much.
        DearCharacter = "dear_character",
        /// It costs more than a usual text.
        Long = "long",
        /// Providers distrust texts with links.
        Link = "link",
        /// It asks for a word that providers take as opting out or in.
        Keyword = "keyword",
    }
}

/// What was found out about typed words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Looked {
    /// What a text message costs; none for a mail.
    pub cost: Option<Segmented>,
    pub remarks: Vec<Remark>,
    /// The word that a `Keyword` is about.
    pub keyword: Option<String>,
}

/// What was typed, as it goes out: line ends as everywhere, nothing before and after, letters composed; of a text message
/// also the spaces that look like others and cost more. Everything else stays as it is.
#[must_use]
pub fn as_typed(channel: Channel, typed: &str) -> String {
    let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
    let words = lines
        .nfc()
        .filter(|char| *char == '\n' || *char == '\t' || !char.is_control());
    let words: String = match channel {
        Channel::Sms => words.map(plain_space).collect(),
        Channel::Email | Channel::Call => words.collect(),
    };
    words.trim().to_owned()
}

const fn plain_space(char: char) -> char {
    match char {
        '\u{a0}' | '\u{202f}' => ' ',
        char => char,
    }
}

/// A subject as it goes out: one line.
#[must_use]
pub fn subject(typed: &str) -> String {
    tidy::one_line(typed)
}

/// Looks at words that `as_typed` has made.
#[must_use]
pub fn look(channel: Channel, words: &str) -> Looked {
    let cost = (channel == Channel::Sms).then(|| segments::count(words));
    let keyword = asked(words).keywords.into_iter().next();
    let mut remarks = Vec::new();
    if let Some(cost) = &cost {
        if cost.encoding == Encoding::Ucs2 {
            remarks.push(Remark::DearCharacter);
        }
        if cost.segments > USUAL_PARTS {
            remarks.push(Remark::Long);
        }
        if ["http://", "https://", "www."]
            .iter()
            .any(|link| words.to_ascii_lowercase().contains(link))
        {
            remarks.push(Remark::Link);
        }
        if keyword.is_some() {
            remarks.push(Remark::Keyword);
        }
    }
    Looked { cost, remarks, keyword }
}

/// Whether words are longer than the channel carries.
#[must_use]
pub fn is_too_long(channel: Channel, words: &str) -> bool {
    let most = match channel {
        Channel::Sms => LONGEST_SMS,
        Channel::Email | Channel::Call => LONGEST_MAIL,
    };
    words.chars().count() > most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_as_they_were_typed() {
        for (typed, goes) in [
            (
                "  Hello {{ customer }}\r\n\r\n\r\n{% if x %}  two  spaces \r\n",
                "Hello {{ customer }}\n\n\n{% if x %}  two  spaces",
            ),
            ("10\u{a0}h\u{202f}!", "10 h !"),
            ("cafe\u{301}\u{7}", "café"),
        ] {
            assert_eq!(as_typed(Channel::Sms, typed), goes);
        }
        assert_eq!(as_typed(Channel::Email, "10\u{a0}h"), "10\u{a0}h");
        assert_eq!(subject(" Re: x\r\nBcc: y "), "Re: x Bcc: y");
    }

    #[test]
    fn a_text_is_looked_at_and_a_mail_is_not() {
        let remarks = |words: &str| look(Channel::Sms, words).remarks;
        assert_eq!(remarks("See you at nine."), []);
        assert_eq!(remarks("See you at nine…"), [Remark::DearCharacter]);
        assert_eq!(remarks(&"x".repeat(400)), [Remark::Long]);
        assert_eq!(remarks("Look: HTTPS://a.example/x"), [Remark::Link]);
        let asks = look(Channel::Sms, "Reply STOP to end");
        assert_eq!(
            (asks.remarks, asks.keyword.as_deref()),
            (vec![Remark::Keyword], Some("STOP"))
        );
        assert_eq!(look(Channel::Email, "See https://a.example … Reply STOP").remarks, []);
    }

    #[test]
    fn what_no_carrier_takes_is_too_long() {
        assert!(!is_too_long(Channel::Sms, &"x".repeat(LONGEST_SMS)));
        assert!(is_too_long(Channel::Sms, &"x".repeat(LONGEST_SMS + 1)));
        assert!(!is_too_long(Channel::Email, &"x".repeat(LONGEST_SMS + 1)));
    }
}
