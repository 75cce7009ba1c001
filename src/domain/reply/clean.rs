//! Takes away what the customer did not write: quoted originals, signatures, the repeated reminder.

use unicode_normalization::UnicodeNormalization;

use super::fold::fold;
use super::lexicon::LEXICON;
use super::says::Says;

/// The customer's own words.
pub(super) fn clean(text: &str) -> String {
    let plain = plain(text);
    let lines: Vec<&str> = plain.lines().collect();
    let own = without_quotes(&lines);
    let own = without_signature(own);
    own.iter()
        .map(|line| without_long_quotations(line))
        .filter(|line| !repeats_reminder(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A phone's way to send a thumb on a message as text: `Liked “Garage: see you tomorrow”`.
pub(super) fn tapback(text: &str) -> Option<Says> {
    let plain = plain(text);
    let line = plain.trim_start();
    let quote = line.find(OPENING)?;
    let lead = words(&line[..quote]);
    [Says::TapbackBad, Says::TapbackQuestion, Says::TapbackGood]
        .into_iter()
        .find(|says| LEXICON.lines(*says).any(|phrase| phrase == lead.as_slice()))
}

const OPENING: [char; 6] = ['“', '„', '«', '"', '”', '‟'];

/// Compatibility forms, invisible marks and foreign digits made plain.
fn plain(text: &str) -> String {
    text.nfkc()
        .filter(|char| {
            let direction = matches!(char, '\u{200b}'..='\u{200c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
            !direction && !matches!(char, '\u{feff}' | '\u{ad}' | '\u{fffc}' | '\u{fffd}')
        })
        .map(western_digit)
        .collect()
}

/// Where the other scripts' digits begin.
const ZEROS: [char; 5] = ['٠', '۰', '०', '০', '๐'];

fn western_digit(char: char) -> char {
    let value = ZEROS.iter().find_map(|zero| {
        let offset = u32::from(char).checked_sub(u32::from(*zero))?;
        char::from_digit(offset, 10)
    });
    value.unwrap_or(char)
}

/// The words of a line, folded, without the marks around them.
fn words(line: &str) -> Vec<String> {
    line.split_whitespace()
        .map(|word| fold(word.trim_matches(|char: char| !char.is_alphanumeric())))
        .filter(|word| !word.is_empty())
        .collect()
}

fn holds(words: &[String], phrase: &[String]) -> Option<usize> {
    words.windows(phrase.len().max(1)).position(|window| window == phrase)
}

fn says(words: &[String], says: Says) -> bool {
    LEXICON.lines(says).any(|phrase| holds(words, phrase).is_some())
}

/// Without lines that are quoted, and without what follows "On … wrote:" or "Original message".
fn without_quotes<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut own: Vec<&str> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let trimmed = line.trim();
        if trimmed.starts_with('>') {
            continue;
        }
        let marked = trimmed.starts_with(['-', '_', '*']) || trimmed.ends_with(':');
        if marked && says(&words(line), Says::Original) {
            break;
        }
        if is_head(lines, at) {
            // Its first half may stand on the line before.
            if at > 0 && !has_date(trimmed) && has_date(lines[at - 1]) && own.last() == Some(&lines[at - 1]) {
                own.pop();
            }
            let rest = &lines[at + 1..];
            let marked = rest.iter().any(|line| line.trim_start().starts_with('>'));
            let answered = own.iter().any(|line| !line.trim().is_empty());
            if answered && !marked {
                break;
            }
            continue;
        }
        own.push(line);
    }
    own
}

/// `On 3 May 2026 at 17:00, Garage <garage@example.com> wrote:`
fn is_head(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    let quoted_next = lines.get(at + 1).is_some_and(|next| next.trim_start().starts_with('>'));
    (line.ends_with(':') || quoted_next)
        && says(&words(line), Says::Wrote)
        && (has_date(line) || line.contains('@') || (at > 0 && has_date(lines[at - 1])))
}

fn has_date(line: &str) -> bool {
    line.chars().any(|char| char.is_ascii_digit())
}

/// Without "Sent from my phone", and without what follows "Kind regards" or two dashes.
fn without_signature(lines: Vec<&str>) -> Vec<String> {
    let mut own: Vec<String> = Vec::new();
    let mut in_signature = false;
    for line in lines {
        let words = words(line);
        let is_rule = line.trim().len() >= 2 && line.trim().chars().all(|char| matches!(char, '-' | '_' | '–' | '—'));
        let answered = own.iter().any(|line| !line.trim().is_empty());
        let closes = LEXICON
            .lines(Says::Signature)
            .any(|phrase| words.starts_with(phrase) && words.len() <= phrase.len() + 5);
        if words.first().is_some_and(|first| first == "ps") {
            in_signature = false;
        } else if answered && (is_rule || closes) {
            in_signature = true;
        }
        if !in_signature {
            own.push(without_sent_from(line, &words));
        }
    }
    own
}

fn without_sent_from(line: &str, words: &[String]) -> String {
    let start = LEXICON
        .lines(Says::SentFrom)
        .filter_map(|phrase| holds(words, phrase))
        .min();
    let Some(start) = start else {
        return line.to_owned();
    };
    // Words without letters or digits are not counted in `words`.
    let counted = |word: &&str| word.chars().any(char::is_alphanumeric);
    let mut kept: Vec<&str> = Vec::new();
    let mut count = 0;
    for word in line.split_whitespace() {
        if counted(&word) {
            if count == start {
                break;
            }
            count += 1;
        }
        kept.push(word);
    }
    kept.join(" ").trim_end_matches(['-', '–', '—', '*', '|']).to_owned()
}

/// Without quotations of five words and more: somebody else's words.
fn without_long_quotations(line: &str) -> String {
    const PAIRS: [(char, &[char]); 4] = [
        ('“', &['”', '“', '"']),
        ('„', &['“', '”', '"']),
        ('«', &['»']),
        ('"', &['"', '”']),
    ];
    let mut rest = line;
    let mut own = String::with_capacity(line.len());
    while let Some(start) = rest.find(OPENING) {
        let (before, from) = rest.split_at(start);
        own.push_str(before);
        let mut chars = from.chars();
        let open = chars.next().unwrap_or_default();
        let inner = chars.as_str();
        let closing = PAIRS
            .iter()
            .find(|(opening, _)| *opening == open)
            .map(|(_, closing)| *closing);
        let end = closing.and_then(|closing| inner.find(closing));
        match end {
            Some(end) if inner[..end].split_whitespace().count() >= 5 => {
                own.push(' ');
                let mut after = inner[end..].chars();
                after.next();
                rest = after.as_str();
            }
            _ => {
                own.push(open);
                rest = inner;
            }
        }
    }
    own.push_str(rest);
    own
}

/// Whether a line is our own reminder, sent back.
fn repeats_reminder(line: &str) -> bool {
    let words = words(line);
    words.len() >= 8 && says(&words, Says::Echo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_customers_own_words_are_left() {
        for (text, own) in [
            (
                "Yes\n\nOn 3 May 2026 at 17:00, Garage <g@example.com> wrote:\n> see you tomorrow",
                "Yes\n",
            ),
            (
                "Ja\nAm 3.5.2026 um 17:00 schrieb Garage:\nWir erwarten Sie morgen",
                "Ja",
            ),
            ("> see you tomorrow\nok", "ok"),
            ("Yes\n--\nJohn Smith\n555 1234", "Yes"),
            (
                "Ja, passt.\nMit freundlichen Grüßen\nPeter Müller\nTel. 0664 123",
                "Ja, passt.",
            ),
            ("Oui\nEnvoyé de mon iPhone", "Oui\n"),
            ("C Sent from my iPhone", "C"),
        ] {
            assert_eq!(clean(text), own, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_quotation_stays() {
        for text in [
            "On Monday I wrote you: no answer",
            "the \"best\" garage",
            "Am Montag passt: 9:00",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn a_thumb_on_our_message_is_told_from_words() {
        assert_eq!(tapback("Liked “Garage: see you tomorrow”"), Some(Says::TapbackGood));
        assert_eq!(tapback("Disliked “Garage: see you tomorrow”"), Some(Says::TapbackBad));
        assert_eq!(tapback("I liked your work"), None);
    }

    #[test]
    fn digits_of_other_scripts_are_digits() {
        assert_eq!(clean("٥ ５ ۴"), "5 5 4");
    }
}
