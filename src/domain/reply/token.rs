//! Cuts a text into words, numbers, times, stars and emoji, and remembers what stood between them.

use super::emoji::{self, Tone};
use super::fold::{fold, is_apostrophe};

/// What one token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A whole number; nothing when it has decimals, a currency, a sign or too many digits.
    Number(Option<u32>),
    /// `9:30`, `9h`: certainly or probably a time of day.
    Clock(u32, u32),
    /// `4/5`.
    Fraction(u32, u32),
    /// `12.03.`, `12/03/2026`: its first two numbers, a day and a month in either order.
    Date(u32, u32),
    Emoji(Tone),
    /// `⭐⭐⭐`.
    Stars(u8),
    /// Addresses: they mean what is behind them.
    Link,
}

/// What stands before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    None,
    Comma,
    Dash,
    Sentence,
    Line,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they have nothing to do with each other")]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Folded; digits for numbers.
    pub(super) text: String,
    pub(super) before: Break,
    /// As typed it begins with a capital letter.
    pub(super) capital: bool,
    /// All of it is in capitals, and it has more than one letter.
    pub(super) shouted: bool,
    /// How many letters have an accent as typed: "sí" and "si" are two words.
    pub(super) accents: usize,
    /// Inside of quotation marks.
    pub(super) quoted: bool,
    /// A question mark follows.
    pub(super) asked: bool,
    /// How many letters stand before an apostrophe: two words in some languages.
    pub(super) elided: Option<usize>,
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader {
        chars: &chars,
        at: 0,
        before: Break::Line,
        quoting: false,
        tokens: Vec::new(),
    };
    while reader.at < reader.chars.len() {
        reader.step();
    }
    // A mark that nothing closes quotes nothing.
    if reader.quoting {
        reader.tokens.iter_mut().for_each(|token| token.quoted = false);
    }
    reader.tokens
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    before: Break,
    quoting: bool,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn digit(&self, ahead: usize) -> Option<u32> {
        self.peek(ahead).and_then(|char| char.to_digit(10))
    }

    fn push(&mut self, kind: Kind, raw: &str) {
        let letters: Vec<char> = raw.chars().filter(|char| char.is_alphabetic()).collect();
        let before = if self.tokens.is_empty() {
            Break::Line
        } else {
            self.before
        };
        self.tokens.push(Token {
            kind,
            text: fold(raw),
            before,
            capital: letters.first().is_some_and(|char| char.is_uppercase()),
            shouted: letters.len() > 1 && letters.iter().all(|char| char.is_uppercase()),
            accents: letters.iter().filter(|char| !char.is_ascii()).count(),
            quoted: self.quoting,
            asked: false,
            elided: raw.find(is_apostrophe).filter(|at| (1..=2).contains(at)),
        });
        self.before = Break::None;
    }

    fn step(&mut self) {
        let Some(char) = self.peek(0) else { return };
        if char.is_ascii_digit() {
            return self.number();
        }
        if let Some((tone, length)) = emoji::face(&self.chars[self.at..]) {
            self.at += length;
            return self.push(Kind::Emoji(tone), "");
        }
        if char.is_alphabetic() {
            return self.word();
        }
        if char == '⭐' || char == '★' || char == '🌟' || char == '☆' || char == '*' || char == '✨' {
            return self.stars();
        }
        self.at += 1;
        if char == '🔟' {
            return self.push(Kind::Number(Some(10)), "10");
        }
        if emoji::is_modifier(char) {
            return;
        }
        if let Some(tone) = emoji::tone(char) {
            return self.push(Kind::Emoji(tone), "");
        }
        self.mark(char);
    }

    /// White space and punctuation.
    fn mark(&mut self, char: char) {
        let found = match char {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => Break::Line,
            '.' | '!' | ';' | '…' | '¡' | '。' | '！' => Break::Sentence,
            '?' | '¿' | '？' | '‽' => {
                if char != '¿'
                    && let Some(last) = self.tokens.last_mut()
                {
                    last.asked = true;
                }
                Break::Sentence
            }
            '-' | '–' | '—' | '−' | '~' | '/' | '|' | '\\' | '→' => Break::Dash,
            '@' | '&' if self.peek(0).is_some_and(|next| next == ' ' || next.is_ascii_digit()) => {
                return self.push(Kind::Word, if char == '@' { "@" } else { "&" });
            }
            '€' | '$' | '£' | '%' | '°' | '#' => {
                return self.money();
            }
            '"' | '“' | '”' | '„' | '«' | '»' => {
                self.quoting = !self.quoting;
                Break::Comma
            }
            ' ' | '\t' => return,
            _ if char.is_control() || char.is_whitespace() => return,
            _ => Break::Comma,
        };
        self.before = self.before.max(found);
    }

    /// Money and the like, before or after its number.
    fn money(&mut self) {
        let after = self
            .tokens
            .last()
            .is_some_and(|last| matches!(last.kind, Kind::Number(_)));
        if !after && self.digit(0).is_some() {
            self.number();
        } else if !after {
            return;
        }
        if let Some(last) = self.tokens.last_mut() {
            last.kind = Kind::Number(None);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        if let Some(length) = link_length(&self.chars[start..]) {
            self.at += length;
            return self.push(Kind::Link, "");
        }
        while let Some(char) = self.peek(0) {
            let next_is_letter = self.peek(1).is_some_and(char::is_alphanumeric);
            // `a.m.` and `s.t.o.p`: single letters with points between them are one word.
            let single = self.at == start + 1 || (self.at > start + 1 && self.chars[self.at - 2] == '.');
            let pointed = char == '.'
                && single
                && self.peek(1).is_some_and(char::is_alphabetic)
                && !self.peek(2).is_some_and(char::is_alphanumeric);
            let inside = char.is_alphanumeric()
                || unicode_normalization::char::is_combining_mark(char)
                || (is_apostrophe(char) && next_is_letter)
                || pointed;
            if !inside {
                break;
            }
            self.at += 1;
        }
        let raw: String = self.chars[start..self.at].iter().filter(|char| **char != '.').collect();
        self.push(Kind::Word, &raw);
    }

    /// Stars count when they are all there is between other tokens; hollow ones do not.
    fn stars(&mut self) {
        let start = self.at;
        let mut count = 0u8;
        let mut asterisks = 0usize;
        while let Some(char) = self.peek(0) {
            match char {
                '⭐' | '★' | '🌟' | '✨' => count = count.saturating_add(1),
                '*' => asterisks += 1,
                '☆' => {}
                char if emoji::is_modifier(char) => {}
                ' ' if self.peek(1).is_some_and(|next| "⭐★🌟☆".contains(next)) => {}
                _ => break,
            }
            self.at += 1;
        }
        let alone = |at: Option<char>| at.is_none_or(char::is_whitespace);
        if asterisks > 0 {
            let after_number = start > 0
                && asterisks == 1
                && self
                    .tokens
                    .last()
                    .is_some_and(|last| matches!(last.kind, Kind::Number(_)));
            let bare = (start == 0 || alone(self.chars.get(start - 1).copied())) && alone(self.peek(0));
            if after_number && self.before == Break::None {
                self.push(Kind::Word, "*");
            } else if bare && asterisks <= 10 && (asterisks > 1 || self.chars.len() == 1) {
                self.push(Kind::Stars(u8::try_from(asterisks).unwrap_or(u8::MAX)), "");
            } else {
                self.before = self.before.max(Break::Comma);
            }
            return;
        }
        self.push(Kind::Stars(count), "");
    }

    fn digits(&mut self) -> (String, u32) {
        let start = self.at;
        while self.digit(0).is_some() {
            self.at += 1;
        }
        let raw: String = self.chars[start..self.at].iter().collect();
        let value = raw.parse().unwrap_or(u32::MAX);
        (raw, value)
    }

    fn number(&mut self) {
        let signed = self.at > 0
            && matches!(self.chars[self.at - 1], '-' | '−' | '+')
            && (self.at == 1 || self.chars[self.at - 2].is_whitespace());
        if self.peek(1) == Some('\u{20e3}') || (self.peek(1) == Some('\u{fe0f}') && self.peek(2) == Some('\u{20e3}')) {
            return self.keycaps();
        }
        let (raw, value) = self.digits();
        let two =
            |reader: &Self, from: usize| match (reader.digit(from), reader.digit(from + 1), reader.digit(from + 2)) {
                (Some(tens), Some(ones), None) => Some(tens * 10 + ones),
                _ => None,
            };
        match self.peek(0) {
            Some(separator @ (':' | '.' | 'h' | 'H')) if raw.len() <= 2 && value < 25 => {
                if let Some(minute) = two(self, 1).filter(|minute| *minute < 60)
                    && !(separator == '.' && matches!(self.peek(3), Some('.' | '/')))
                {
                    self.at += 3;
                    if matches!(self.peek(0), Some('h' | 'H')) && !self.peek(1).is_some_and(char::is_alphabetic) {
                        self.at += 1;
                    }
                    return self.push(Kind::Clock(value, minute), &raw);
                }
                if separator.eq_ignore_ascii_case(&'h') && !self.peek(1).is_some_and(char::is_alphanumeric) {
                    self.at += 1;
                    return self.push(Kind::Clock(value, 0), &raw);
                }
            }
            _ => {}
        }
        if let Some(kind) = self.date_or_fraction(value) {
            return self.push(kind, &raw);
        }
        if matches!(self.peek(0), Some('.' | ',')) && self.digit(1).is_some() {
            self.at += 1;
            let (decimals, fraction) = self.digits();
            let whole = fraction == 0 && decimals.len() == 1;
            return self.push(Kind::Number(whole.then_some(value)), &raw);
        }
        // `5th`, `2moro`: one word. `5x`, `9am`, `9uhr` and `5stars` are a number and a word.
        let suffix: String = self.chars[self.at..]
            .iter()
            .take_while(|char| char.is_alphanumeric())
            .collect();
        let kept = [
            "th", "st", "nd", "rd", "er", "ere", "eme", "moro", "morrow", "mrw", "day", "nite", "nd",
        ];
        if kept.contains(&suffix.to_lowercase().as_str()) {
            self.at += suffix.chars().count();
            return self.push(Kind::Word, &format!("{raw}{suffix}"));
        }
        let plus = self.peek(0) == Some('+');
        let known = (!signed && !plus && raw.len() <= 4).then_some(value);
        self.push(Kind::Number(known), &raw);
    }

    /// `5️⃣`; several in a row are one number.
    fn keycaps(&mut self) {
        let mut value = 0u32;
        let mut count = 0;
        loop {
            let length = match (self.peek(1), self.peek(2)) {
                (Some('\u{20e3}'), _) => 2,
                (Some('\u{fe0f}'), Some('\u{20e3}')) => 3,
                _ => break,
            };
            let Some(digit) = self.digit(0) else { break };
            value = value.saturating_mul(10).saturating_add(digit);
            count += 1;
            self.at += length;
        }
        self.push(Kind::Number((count <= 2).then_some(value)), &value.to_string());
    }

    fn date_or_fraction(&mut self, first: u32) -> Option<Kind> {
        let start = self.at;
        if self.peek(0) == Some(' ')
            && self.peek(1) == Some('/')
            && self.peek(2) == Some(' ')
            && self.digit(3).is_some()
        {
            self.at += 3;
            return Some(Kind::Fraction(first, self.digits().1));
        }
        let separator = self.peek(0).filter(|char| matches!(char, '.' | '/' | '-'))?;
        self.at += 1;
        if self.digit(0).is_none() {
            self.at = start;
            return None;
        }
        let (raw, second) = self.digits();
        let third = self.peek(0) == Some(separator) && self.digit(1).is_some();
        if third {
            self.at += 1;
            self.digits();
            return Some(Kind::Date(first, second));
        }
        match separator {
            '.' if self.peek(0) == Some('.') && (1..=12).contains(&second) && first <= 31 => {
                self.at += 1;
                Some(Kind::Date(first, second))
            }
            '/' if raw.len() <= 3 => Some(Kind::Fraction(first, second)),
            _ => {
                self.at = start;
                None
            }
        }
    }
}

/// The length of an address that `rest` begins with.
fn link_length(rest: &[char]) -> Option<usize> {
    let length = rest.iter().take_while(|char| !char.is_whitespace()).count();
    let chunk: String = rest[..length].iter().collect();
    let lower = chunk.to_ascii_lowercase();
    let address = lower.starts_with("http://")
        || lower.starts_with("https://")
        || lower.starts_with("www.")
        || (lower.contains('@') && lower.split('@').next_back().is_some_and(|host| host.contains('.')));
    address.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).iter().map(|token| token.kind).collect()
    }

    #[test]
    fn numbers_times_and_fractions_are_told_apart() {
        assert_eq!(kinds("9:30"), [Kind::Clock(9, 30)]);
        assert_eq!(kinds("9h"), [Kind::Clock(9, 0)]);
        assert_eq!(kinds("14h05"), [Kind::Clock(14, 5)]);
        assert_eq!(kinds("5."), [Kind::Number(Some(5))]);
        assert_eq!(kinds("5/5"), [Kind::Fraction(5, 5)]);
        assert_eq!(kinds("4.5"), [Kind::Number(None)]);
        assert_eq!(kinds("5,0"), [Kind::Number(Some(5))]);
        assert_eq!(kinds("12.3."), [Kind::Date(12, 3)]);
        assert_eq!(kinds("12/03/2026"), [Kind::Date(12, 3)]);
        assert_eq!(kinds("5€"), [Kind::Number(None)]);
        assert_eq!(kinds("$5"), [Kind::Number(None)]);
        assert_eq!(kinds("5stars"), [Kind::Number(Some(5)), Kind::Word]);
        assert_eq!(kinds("-5"), [Kind::Number(None)]);
    }

    #[test]
    fn stars_keycaps_and_faces_are_seen() {
        assert_eq!(kinds("⭐⭐⭐⭐"), [Kind::Stars(4)]);
        assert_eq!(kinds("★★★★☆"), [Kind::Stars(4)]);
        assert_eq!(kinds("5️⃣"), [Kind::Number(Some(5))]);
        assert_eq!(kinds("👍🏽"), [Kind::Emoji(Tone::Yes)]);
        assert_eq!(kinds("ok :)"), [Kind::Word, Kind::Emoji(Tone::Warm)]);
    }

    #[test]
    fn words_are_folded_and_know_what_stands_before_them() {
        let tokens = tokens("D’accord, à DEMAIN!\nSee you @ 9 a.m.?");
        let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, ["daccord", "a", "demain", "see", "you", "@", "9", "am"]);
        assert_eq!(tokens[1].before, Break::Comma);
        assert_eq!(tokens[3].before, Break::Line);
        assert!(tokens[2].shouted && tokens[7].asked);
    }
}
