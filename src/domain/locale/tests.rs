use chrono::{Days, NaiveDate, NaiveTime};

use super::*;

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_tag_is_read_in_its_usual_spellings() {
    for (text, tag, language) in [
        ("de", "de", "de"),
        ("de-AT", "de-AT", "de"),
        ("DE_at.UTF-8", "de-AT", "de"),
        (" en-Latn-gb ", "en-GB", "en"),
        ("es-419", "es-419", "es"),
        ("fr-LU", "fr-LU", "fr"),
    ] {
        assert_eq!((locale(text).tag(), locale(text).language()), (tag, language));
    }
    assert_eq!(locale("de-at"), locale("de-AT"));
}

#[test]
fn a_region_without_data_is_written_like_its_language() {
    assert_eq!(locale("fr-LU").money("9", "EUR"), "9,00 €");
}

#[test]
fn what_is_no_tag_is_refused_with_the_remedy() {
    for text in ["", "d", "german", "de--AT", "d3", "de-Ö", "1"] {
        assert!(matches!(Locale::parse(text), Err(LocaleError::Malformed(_))), "{text}");
    }
    let error = Locale::parse("sl-SI").unwrap_err().to_string();
    assert_eq!(
        error,
        "`sl-SI`: there are no texts in language `sl`; use one of en, de, fr, es, pl"
    );
}

#[test]
fn a_date_is_written_as_each_locale_writes_it() {
    let today = date("2026-12-01");
    for (tag, alone, inside) in [
        ("en", "Tuesday, December 15", "on Tuesday, December 15, at 9:00 AM"),
        ("en-CA", "Tuesday, December 15", "on Tuesday, December 15, at 9:00 a.m."),
        ("en-GB", "Tuesday 15 December", "on Tuesday 15 December at 09:00"),
        ("en-AU", "Tuesday 15 December", "on Tuesday 15 December at 9:00 am"),
        (
            "de",
            "Dienstag, 15. Dezember",
            "am Dienstag, 15. Dezember, um 09:00 Uhr",
        ),
        ("fr", "mardi 15 décembre", "le mardi 15 décembre à 09:00"),
        ("fr-CA", "mardi 15 décembre", "le mardi 15 décembre à 09 h 00"),
        ("es", "martes, 15 de diciembre", "el martes 15 de diciembre a las 09:00"),
        (
            "es-MX",
            "martes, 15 de diciembre",
            "el martes 15 de diciembre a las 9:00 a.m.",
        ),
        ("pl", "wtorek, 15 grudnia", "we wtorek 15 grudnia o 09:00"),
    ] {
        let day = date("2026-12-15");
        assert_eq!(locale(tag).date(day, today), alone);
        assert_eq!(locale(tag).on_at(day.and_hms_opt(9, 0, 0).unwrap(), today), inside);
    }
}

#[test]
fn near_days_have_their_word_and_the_date() {
    let (today, tomorrow) = (date("2026-12-31"), date("2027-01-01"));
    for (tag, text) in [
        ("en-US", "tomorrow, Friday, January 1, at 1:30 PM"),
        ("de-AT", "morgen, Freitag, 1. Jänner, um 13:30 Uhr"),
        ("fr", "demain, vendredi 1er janvier, à 13:30"),
        ("es", "mañana, viernes 1 de enero, a las 13:30"),
        ("es-US", "mañana, viernes 1 de enero, a la 1:30 p.m."),
        ("pl", "jutro, w piątek 1 stycznia, o 13:30"),
    ] {
        assert_eq!(locale(tag).on_at(tomorrow.and_hms_opt(13, 30, 0).unwrap(), today), text);
    }
    assert_eq!(locale("fr").on(today, today), "aujourd'hui, jeudi 31 décembre");
    assert_eq!(locale("de").day(tomorrow, tomorrow), Some("heute"));
    assert_eq!(locale("de").day(today, tomorrow), None);
}

#[test]
fn the_year_is_shown_when_the_date_could_be_mistaken() {
    let today = date("2026-12-01");
    let far = date("2027-12-15");
    for (tag, text) in [
        ("en", "Wednesday, December 15, 2027"),
        ("en-GB", "Wednesday 15 December 2027"),
        ("de", "Mittwoch, 15. Dezember 2027"),
        ("fr", "mercredi 15 décembre 2027"),
        ("es", "miércoles, 15 de diciembre de 2027"),
        ("pl", "środa, 15 grudnia 2027"),
    ] {
        assert_eq!(locale(tag).date(far, today), text);
    }
    assert_eq!(locale("en").date(date("2027-09-15"), today), "Wednesday, September 15");
    assert_eq!(
        locale("en").date(date("2025-12-15"), today),
        "Monday, December 15, 2025"
    );
}

#[test]
fn noon_and_midnight_are_right_on_both_clocks() {
    let at = |hour| NaiveTime::from_hms_opt(hour, 5, 59).unwrap();
    assert_eq!(
        [0, 12, 23].map(|hour| locale("en").time(at(hour))),
        ["12:05 AM", "12:05 PM", "11:05 PM"]
    );
    assert_eq!(
        [0, 12, 23].map(|hour| locale("pl").time(at(hour))),
        ["00:05", "12:05", "23:05"]
    );
}

#[test]
fn money_is_written_as_each_locale_writes_it() {
    for (tag, amount, currency, text) in [
        ("en-US", "412.50", "EUR", "€412.50"),
        ("en-US", "1234567.5", "usd", "$1,234,567.50"),
        ("en-GB", "412", "GBP", "£412.00"),
        ("en-CA", "412.50", "CAD", "$412.50"),
        ("en-CA", "412.50", "USD", "US$412.50"),
        ("en", "412.50", "CHF", "CHF 412.50"),
        ("de", "1412.50", "EUR", "1.412,50 €"),
        ("de-AT", "412.50", "EUR", "€ 412,50"),
        ("de-CH", "1412.50", "CHF", "CHF 1'412.50"),
        ("fr", "1412.50", "EUR", "1 412,50 €"),
        ("fr-CH", "412.50", "CHF", "412.50 CHF"),
        ("es", "1412.50", "EUR", "1412,50 €"),
        ("es", "21412.50", "EUR", "21.412,50 €"),
        ("es-MX", "412.50", "MXN", "$412.50"),
        ("pl", "1412.50", "PLN", "1412,50 zł"),
        ("pl", "-21412.505", "PLN", "-21 412,505 zł"),
        ("en", "5000", "JPY", "JPY 5,000"),
        ("en", "on request", "", "on request"),
        ("en", "1,5", "EUR", "1,5 EUR"),
    ] {
        assert_eq!(locale(tag).money(amount, currency), text, "{tag}");
    }
}

#[test]
fn nothing_ever_comes_out_with_a_hidden_space_or_a_curly_mark() {
    let today = date("2028-02-28");
    for known in Locale::known() {
        for offset in 0..=366 {
            let day = today + Days::new(offset);
            let when = day.and_hms_opt(u32::try_from(offset % 24).unwrap(), 30, 0).unwrap();
            let text = [
                known.date(day, today),
                known.on(day, today),
                known.on_at(when, today),
                known.money(
                    &format!("{}.5", offset * 9973),
                    ["EUR", "PLN", "USD", "CHF"][usize::try_from(offset % 4).unwrap()],
                ),
            ]
            .join("|");
            assert!(
                !text.contains(['\u{a0}', '\u{202f}', '\u{2019}', '\u{2009}', '{', '}', '¤', '#']),
                "{text}"
            );
            assert!(!text.contains("  ") && text.trim() == text, "{text}");
        }
    }
}

#[test]
fn every_row_is_sound() {
    for known in Locale::known() {
        assert_eq!(Locale::parse(known.tag()).unwrap(), known);
        assert!(known.tag().starts_with(known.language()));
        assert!(languages().contains(&known.language()));
    }
}
