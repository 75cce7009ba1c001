//! SMS encoding: how many parts a text costs, and which character makes it expensive.
//!
//! Runs for every text that is sent, so plain ASCII takes one pass over a table and allocates nothing.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::closed_list::closed_list;

closed_list! {
    /// How a text travels. One character outside GSM-7 turns the whole text into UCS-2.
    Encoding { Gsm7 = "GSM-7", Ucs2 = "UCS-2" }
}

/// What a text costs on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Segmented {
    pub encoding: Encoding,
    /// Septets for GSM-7, UTF-16 code units for UCS-2, after normalisation to NFC.
    pub units: usize,
    /// Parts that the carrier bills; 0 for an empty text.
    pub segments: usize,
    /// The first character that GSM-7 lacks: the reason for UCS-2.
    pub forced_by: Option<char>,
}

/// Units in a text that travels alone, and in each part of a split one (the rest is the part's header).
struct Room {
    alone: usize,
    part: usize,
}

const GSM7: Room = Room { alone: 160, part: 153 };
const UCS2: Room = Room { alone: 70, part: 67 };

/// Counts units and parts of a text as the network does (3GPP TS 23.038).
#[must_use]
pub fn count(text: &str) -> Segmented {
    let text = composed(text);
    let mut septets = 0;
    for char in text.chars() {
        match septets_of(char) {
            0 => return count_ucs2(&text, char),
            units => septets += units,
        }
    }
    let segments = if septets <= GSM7.alone {
        usize::from(septets > 0)
    } else {
        gsm7_parts(&text)
    };
    Segmented {
        encoding: Encoding::Gsm7,
        units: septets,
        segments,
        forced_by: None,
    }
}

/// The characters that GSM-7 lacks, each once, in the order of the text: any of them makes it UCS-2.
#[must_use]
pub fn outside_gsm7(text: &str) -> Vec<char> {
    let mut outside = Vec::new();
    for char in composed(text).chars() {
        if septets_of(char) == 0 && !outside.contains(&char) {
            outside.push(char);
        }
    }
    outside
}

/// The text in NFC: a decomposed `é` would force UCS-2 although GSM-7 has the letter.
fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

fn count_ucs2(text: &str, forced_by: char) -> Segmented {
    let units = text.chars().map(char::len_utf16).sum();
    let segments = if units <= UCS2.alone { 1 } else { ucs2_parts(text) };
    Segmented {
        encoding: Encoding::Ucs2,
        units,
        segments,
        forced_by: Some(forced_by),
    }
}

/// Parts of a split GSM-7 text: an escape pair and CR LF stay together.
fn gsm7_parts(text: &str) -> usize {
    let mut parts = Parts::new(GSM7.part);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let line_break = char == '\r' && chars.next_if_eq(&'\n').is_some();
        parts.add(septets_of(char) + usize::from(line_break));
    }
    parts.count
}

/// Parts of a split UCS-2 text: what a reader sees as one character stays together.
fn ucs2_parts(text: &str) -> usize {
    let mut parts = Parts::new(UCS2.part);
    for grapheme in text.graphemes(true) {
        let units = grapheme.chars().map(char::len_utf16).sum();
        if units <= UCS2.part {
            parts.add(units);
        } else {
            // Stacked marks that fill more than a part: no way but to split between code points.
            grapheme.chars().for_each(|char| parts.add(char.len_utf16()));
        }
    }
    parts.count
}

/// Fills parts one after the other; a part may end short.
struct Parts {
    room: usize,
    used: usize,
    count: usize,
}

impl Parts {
    const fn new(room: usize) -> Self {
        Self {
            room,
            used: 0,
            count: 1,
        }
    }

    const fn add(&mut self, units: usize) {
        if self.used + units > self.room {
            self.count += 1;
            self.used = 0;
        }
        self.used += units;
    }
}

/// Septets of a character in GSM-7: 1, 2 with the escape, 0 when GSM-7 lacks it.
fn septets_of(char: char) -> usize {
    match u8::try_from(char) {
        Ok(byte) => LATIN1[usize::from(byte)] as usize,
        Err(_) if BEYOND_LATIN1.contains(&char) => 1,
        Err(_) if char == '€' => 2,
        Err(_) => 0,
    }
}

/// The Greek capitals that have no Latin look-alike.
const BEYOND_LATIN1: [char; 10] = ['Δ', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ'];

/// The part of the basic table below U+0100 that is neither a letter nor a digit of ASCII.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
const EXTENSION: &[u8] = b"^{}\\[~]|\x0c";

static LATIN1: [u8; 256] = latin1();

/// Septets by code point below U+0100, built at compile time.
const fn latin1() -> [u8; 256] {
    let mut table = [0; 256];
    let basic = BASIC.as_bytes();
    let mut at = 0;
    while at < basic.len() {
        // A two-byte sequence below U+0100 is 110000xx 10yyyyyy.
        let code = if basic[at] < 0x80 {
            basic[at]
        } else {
            ((basic[at] & 0x03) << 6) | (basic[at + 1] & 0x3f)
        };
        table[code as usize] = 1;
        at += if basic[at] < 0x80 { 1 } else { 2 };
    }
    let mut code = 0;
    while code < 128u8 {
        if code.is_ascii_alphanumeric() {
            table[code as usize] = 1;
        }
        code += 1;
    }
    let mut at = 0;
    while at < EXTENSION.len() {
        table[EXTENSION[at] as usize] = 2;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests;
