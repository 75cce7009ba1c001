use proptest::prelude::*;

use super::*;

fn parts(text: &str) -> usize {
    count(text).segments
}

#[test]
fn the_vectors_of_the_calculator_hold() {
    for (text, segments) in [
        ("a".repeat(160), 1),
        ("a".repeat(161), 2),
        ("a".repeat(306), 2),
        ("a".repeat(307), 3),
        ("€".repeat(80), 1),
        ("€".repeat(81), 2),
        ("č".repeat(70), 1),
        ("č".repeat(71), 2),
        ("č".repeat(134), 2),
        ("č".repeat(135), 3),
        ("😀".repeat(35), 1),
        ("😀".repeat(36), 2),
        ("🇮🇹".repeat(18), 2),
        (format!("{}€{}", "a".repeat(152), "a".repeat(10)), 2),
        (format!("{}😀{}", "č".repeat(66), "č".repeat(5)), 2),
    ] {
        assert_eq!(parts(&text), segments, "{text}");
    }
}

#[test]
fn units_are_septets_or_utf16_code_units() {
    let mixed = format!("{}€{}", "a".repeat(152), "a".repeat(10));
    assert_eq!((count(&mixed).encoding, count(&mixed).units), (Encoding::Gsm7, 164));
    assert_eq!((count("😀č").encoding, count("😀č").units), (Encoding::Ucs2, 3));
    assert_eq!(count("a\r\nb").units, 4);
    assert_eq!(count("").segments, 0);
}

#[test]
fn the_whole_basic_table_costs_one_septet_and_the_extension_two() {
    let basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                 ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    assert_eq!(basic.chars().count(), 127, "128 places without the escape itself");
    for char in basic.chars() {
        assert_eq!(septets_of(char), 1, "{char:?}");
    }
    for char in "^{}\\[~]|€\u{c}".chars() {
        assert_eq!(septets_of(char), 2, "{char:?}");
    }
    let known = (0..=0x0010_ffff)
        .filter_map(char::from_u32)
        .filter(|char| septets_of(*char) > 0)
        .count();
    assert_eq!(known, 127 + 10, "and nothing else is known");
}

#[test]
fn the_first_character_outside_gsm7_is_named() {
    for (text, char) in [
        ("It’s", '’'),
        ("garçon – ê", 'ç'),
        ("`tick`", '`'),
        ("a\tb", '\t'),
        ("6:00\u{202f}PM", '\u{202f}'),
        ("mañana sábado", 'á'),
        ("środa", 'ś'),
    ] {
        assert_eq!(
            (count(text).encoding, count(text).forced_by),
            (Encoding::Ucs2, Some(char)),
            "{text}"
        );
    }
    assert_eq!(count("Grüße für Ça, mañana, là-bas, Øre").forced_by, None);
}

#[test]
fn a_decomposed_letter_is_composed_first() {
    assert_eq!(count("cafe\u{301}"), count("café"));
    assert_eq!(count("cafe\u{301}").encoding, Encoding::Gsm7);
}

#[test]
fn no_part_ends_inside_a_pair() {
    assert_eq!(
        parts(&format!("{}\r\n{}", "a".repeat(152), "a".repeat(152))),
        3,
        "CR LF"
    );
    assert_eq!(
        parts(&format!("{}[{}", "a".repeat(152), "a".repeat(151))),
        2,
        "escape pair fits the second part"
    );
    assert_eq!(
        parts(&format!("{}[{}", "a".repeat(152), "a".repeat(152))),
        3,
        "escape pair moved on"
    );
    assert_eq!(
        parts(&format!("{}🇮🇹{}", "č".repeat(65), "č".repeat(64))),
        3,
        "flag moved on"
    );
    assert_eq!(
        parts(&format!("č{}", "\u{336}".repeat(200))),
        3,
        "a grapheme longer than a part"
    );
}

proptest! {
    #[test]
    fn parts_always_hold_the_units(text in "[a-zA-Zéčß€\\[\\r\\n 😀🇮🇹\u{301}]{0,400}") {
        let counted = count(&text);
        let (alone, part) = match counted.encoding {
            Encoding::Gsm7 => (160, 153),
            Encoding::Ucs2 => (70, 67),
        };
        if counted.units <= alone {
            prop_assert_eq!(counted.segments, usize::from(counted.units > 0));
        } else {
            prop_assert!(counted.segments * part >= counted.units);
        }
    }
}
