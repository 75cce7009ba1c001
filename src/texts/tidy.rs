//! Clean plain text: NFC, single plain spaces, no carriage return.
//!
//! Names and vehicles come from other people's files, so line breaks in them must never reach a mail header,
//! and a no-break space must never turn a text message into UCS-2.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A value or a subject: everything on one line.
pub(super) fn one_line(text: &str) -> String {
    if is_clean_line(text.as_bytes()) {
        text.to_owned()
    } else {
        tidy(text, 0)
    }
}

/// A text of several lines: paragraphs are kept, more than one empty line is not.
pub(super) fn lines(text: &str) -> String {
    tidy(text, 2)
}

/// Plain ASCII that `tidy` would leave as it is.
fn is_clean_line(bytes: &[u8]) -> bool {
    let edges = [bytes.first(), bytes.last()].iter().all(|edge| *edge != Some(&b' '));
    edges
        && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !bytes
            .windows(2)
            .any(|pair| pair[0] == b' ' && matches!(pair[1], b' ' | b',' | b'.'))
}

fn tidy(text: &str, most_breaks: usize) -> String {
    let composed: Option<String> =
        (!text.is_ascii() && is_nfc_quick(text.chars()) != IsNormalized::Yes).then(|| text.nfc().collect());
    let text = composed.as_deref().unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let (mut breaks, mut space) = (0, false);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => (breaks, space) = (breaks + 1, true),
            '\r' if chars.peek() != Some(&'\n') => (breaks, space) = (breaks + 1, true),
            _ if char.is_whitespace() => space = true,
            _ if char.is_control() || is_invisible(char) => {}
            _ => {
                let shown_breaks = breaks.min(most_breaks);
                if out.is_empty() {
                } else if shown_breaks > 0 {
                    out.extend(std::iter::repeat_n('\n', shown_breaks));
                } else if space && !closes_hole(char, chars.peek()) {
                    out.push(' ');
                }
                out.push(char);
                (breaks, space) = (0, false);
            }
        }
    }
    out
}

/// A comma or full stop after a space is what a missing field leaves behind. Not `:`, `;`, `?`, `!`: French wants it.
fn closes_hole(char: char, next: Option<&char>) -> bool {
    matches!(char, ',' | '.') && next.is_none_or(|next| next.is_whitespace())
}

/// Zero-width marks that spreadsheets leave behind. The joiner stays: emoji are made with it.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_on_one_line() {
        for (text, clean) in [
            ("Ana\r\nBcc: x@y.z", "Ana Bcc: x@y.z"),
            ("Ana\rBcc", "Ana Bcc"),
            ("Ana\u{2028}\u{85}B", "Ana B"),
            ("  Ana\u{a0}\u{202f}\tNovak\u{feff}\u{0} ", "Ana Novak"),
            ("Zoe\u{301}", "Zoé"),
            ("VW Golf 1.9", "VW Golf 1.9"),
            ("", ""),
        ] {
            assert_eq!(one_line(text), clean);
        }
    }

    #[test]
    fn a_text_keeps_its_paragraphs_and_closes_holes() {
        assert_eq!(
            lines("\n\nDear  ,\r\n\r\n \n\nwe wait  . \nBye \n"),
            "Dear,\n\nwe wait.\nBye"
        );
        assert_eq!(lines("Bonjour ! Voir : ici ."), "Bonjour ! Voir : ici.");
        assert_eq!(lines("a .5 b ,c"), "a .5 b ,c");
    }
}
