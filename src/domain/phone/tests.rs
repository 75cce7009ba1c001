use super::{PhoneError, PhoneKind, mask, parse, takes_replies};

fn e164(raw: &str, region: &str) -> String {
    parse(raw, region)
        .unwrap_or_else(|error| panic!("{raw:?} in {region}: {error}"))
        .e164
}

fn refusal(raw: &str, region: &str) -> String {
    parse(raw, region).expect_err(raw).to_string()
}

#[test]
fn every_way_of_writing_a_number_gives_the_same_number() {
    for raw in [
        "+49 171 3920012",
        "0049 171 3920012",
        "00 49 (0) 171 / 39 200 12",
        "+49 (0)171 3920012",
        "(+49) 171 3920012",
        "0171/3920012",
        "0171 / 3920012",
        "0171-39 20 012",
        "0171.392.0012",
        "(0171) 3920012",
        "'0171 3920012",
        "=\"01713920012\"",
        "1713920012",
        "1713920012.0",
        "491713920012",
        "tel:+49-171-3920012",
        "TEL:0171-3920012",
        "tel:171-3920012;phone-context=+49",
        "\u{202A}+49 171 3920012\u{202C}",
        "\u{200E}0171\u{A0}3920012\u{200F}",
        "٠١٧١ ٣٩٢٠٠١٢",
        "０１７１３９２００１２",
        "Tel. 0171 3920012",
        "0171 3920012 (Frau)",
        "mobil: 0171 3920012",
        "++49 171 3920012",
        "whatsapp:+491713920012",
        " 0171\t3920012 ",
        "+49 0171 3920012",
        "+49–171–3920012",
    ] {
        assert_eq!(e164(raw, "DE"), "+491713920012", "{raw:?}");
    }
}

#[test]
fn regions_keep_their_own_habits() {
    for (raw, region, expected) in [
        ("040/123-456", "SI", "+38640123456"),
        ("00386 (0)40 123 456", "DE", "+38640123456"),
        ("604-555-0123", "CA", "+16045550123"),
        ("1 (604) 555-0123", "CA", "+16045550123"),
        ("011 49 171 3920012", "US", "+491713920012"),
        ("0049 171 3920012", "CA", "+491713920012"),
        ("06 39 98 12 34", "FR", "+33639981234"),
        ("07700 900123", "UK", "+447700900123"),
        ("601 234 567", "pl", "+48601234567"),
        ("06 6982 1234", "IT", "+390669821234"),
        ("+7 812 123-45-67", "DE", "+78121234567"),
        ("8 812 123-45-67", "RU", "+78121234567"),
        ("+49 171 3920012", "CA", "+491713920012"),
        ("+49 (0)30 23125 001", "CA", "+493023125001"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("06 20 123 4567", "HU", "+36201234567"),
        ("+1 345 949 2311", "US", "+13459492311"),
    ] {
        assert_eq!(e164(raw, region), expected, "{raw:?} in {region}");
    }
}

#[test]
fn the_kind_says_whether_a_text_can_arrive() {
    for (raw, region, kind, can_text) in [
        ("0171 3920012", "DE", PhoneKind::Mobile, true),
        ("030 23125001", "DE", PhoneKind::Landline, false),
        ("0800 3301000", "DE", PhoneKind::Other, false),
        ("236 555 0142", "CA", PhoneKind::Unknown, true),
        ("+1 778 555 0142", "DE", PhoneKind::Unknown, true),
        ("+33 6 39 98 12 34", "DE", PhoneKind::Unknown, true),
        ("06 6982 1234", "IT", PhoneKind::Landline, false),
        ("1-800-FLOWERS", "US", PhoneKind::Other, false),
    ] {
        let phone = parse(raw, region).unwrap();
        assert_eq!((phone.kind, phone.can_text()), (kind, can_text), "{raw}");
    }
}

#[test]
fn letters_are_dialled_only_when_the_digits_need_them() {
    assert_eq!(e164("1-800-FLOWERS", "US"), "+18003569377");
    assert_eq!(e164("0171 3920012 abends", "DE"), "+491713920012");
}

#[test]
fn an_extension_is_cut_off_and_named() {
    for raw in [
        "604 555 0123 ext 5",
        "604-555-0123 x5",
        "(604) 555-0123, ext. 5",
        "604 555 0123 #5",
        "tel:+1-604-555-0123;ext=5",
    ] {
        let phone = parse(raw, "CA").unwrap();
        assert_eq!(phone.e164, "+16045550123", "{raw}");
        assert!(phone.warning.unwrap().contains("extension 5"), "{raw}");
    }
}

#[test]
fn of_two_numbers_the_first_good_one_counts_and_the_other_is_named() {
    for raw in [
        "0171 3920012, 030 23125001",
        "0171 3920012 / 030 23125001",
        "0171/3920012 oder 030/23125001",
        "0171 3920012; 030 23125001",
        "+49 171 3920012 +49 30 23125001",
        "0171 3920012\n030 23125001",
    ] {
        let phone = parse(raw, "DE").unwrap();
        assert_eq!(phone.e164, "+491713920012", "{raw:?}");
        assert!(phone.warning.unwrap().contains("23125001"), "{raw:?}");
    }
    assert_eq!(e164("123456, 0171 3920012", "DE"), "+491713920012");
    assert_eq!(parse("0171 3920012, +491713920012", "DE").unwrap().warning, None);
}

#[test]
fn a_mobile_number_is_taken_before_a_landline() {
    let phone = parse("030 23125001 / 0171 3920012", "DE").unwrap();
    assert_eq!(phone.e164, "+491713920012");
    assert_eq!(
        phone.warning.unwrap(),
        "several numbers in one field: took +491713920012, left out `030 23125001`"
    );
}

#[test]
fn what_is_no_number_is_refused_with_its_remedy() {
    assert_eq!(
        refusal("12345", "DE"),
        "`12345` is too short for a number in DE; write it with its country code, like +49 171 3920012"
    );
    for (raw, region, says) in [
        ("4.01235E+10", "SI", "rounded by a spreadsheet"),
        ("4,9171E+11", "DE", "rounded by a spreadsheet"),
        ("0000000", "DE", "placeholder"),
        ("+0000000000", "DE", "placeholder"),
        ("1111111111", "CA", "placeholder"),
        ("555-0123", "CA", "too short"),
        ("604 155 0123", "CA", "not in use"),
        ("0604 555 0123", "CA", "too long"),
        ("+49 171 3920012 3920013 39", "DE", "too long"),
        ("0900 1234567", "DE", "premium"),
        ("1-900-555-0123", "US", "premium"),
        ("keine", "DE", "holds no phone number"),
        ("-", "DE", "holds no phone number"),
        ("n/a", "DE", "holds no phone number"),
        ("+999 123456789", "DE", "country code that does not exist"),
        ("kunde@example.com", "DE", "holds no phone number"),
        ("0171 3920012", "XX", "is not a region"),
    ] {
        let text = refusal(raw, region);
        assert!(text.contains(says), "{raw:?} in {region}: {text}");
    }
    assert_eq!(parse(" \u{200E} ", "DE"), Err(PhoneError::Empty));
}

#[test]
fn no_text_makes_it_panic() {
    let alphabet: Vec<char> = "0159+()/-. x#eé,;:\u{202A}٣🚗=\"'ab".chars().collect();
    let mut seed: u64 = 7;
    for _ in 0..3_000 {
        let mut text = String::new();
        for _ in 0..seed % 23 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push(alphabet[usize::try_from(seed >> 33).unwrap() % alphabet.len()]);
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for region in ["DE", "CA", "IT"] {
            if let Ok(phone) = parse(&text, region) {
                assert!(
                    phone.e164.len() <= 16 && phone.e164.starts_with('+'),
                    "{text:?} gave {}",
                    phone.e164
                );
                assert_eq!(
                    parse(&phone.e164, "PL").unwrap().e164,
                    phone.e164,
                    "{text:?} is not stable"
                );
            }
        }
    }
}

#[test]
fn a_masked_number_keeps_country_and_four_digits() {
    assert_eq!(mask("+491713920012"), "+49…0012");
    assert_eq!(mask("+16045550123"), "+1…0123");
    assert_eq!(mask("+38640123456"), "+386…3456");
    assert_eq!(mask("+4912"), "…");
    assert_eq!(mask("0171 3920012"), "…");
}

#[test]
fn a_name_cannot_be_answered() {
    for sender in ["+491713920012", "70007", "MG0123456789abcdef0123456789abcdef", ""] {
        assert!(takes_replies(sender), "{sender}");
    }
    for sender in ["Garage", "GARAGE 24", "MG123", "Auto24"] {
        assert!(!takes_replies(sender), "{sender}");
    }
}
