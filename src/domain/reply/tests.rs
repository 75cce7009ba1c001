use proptest::prelude::*;

use super::*;

fn read(asked: Asks, text: &str) -> Understood {
    understand(asked, Locale::parse("en").ok(), text, Booked::default())
}

/// Answers of every kind, none of which depends on capitals.
const ANSWERS: &[&str] = &[
    "yes",
    "c",
    "r",
    "ok",
    "see you tomorrow",
    "no problem, i'll be there",
    "i can't make it",
    "please cancel my appointment",
    "stop",
    "cancel",
    "unsubscribe",
    "please stop texting me",
    "take me off your list",
    "5",
    "4 but slow",
    "five stars",
    "5 stars thanks",
    "it took 5 days",
    "10/10",
    "help",
    "info",
    "start",
    "thanks",
    "wrong number",
    "running late",
    "where do i park?",
    "yes. where do i park?",
    "terrible service",
    "ja, passt",
    "keine sms mehr bitte",
    "d'accord, à demain",
    "ne m'écrivez plus",
    "sí, allí estaré",
    "denme de baja",
    "tak, będę",
    "proszę nie pisać więcej",
    "1",
    "maybe",
];

fn any_answer() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ANSWERS)
}

fn any_question() -> impl Strategy<Value = Asks> {
    prop::sample::select(Asks::ALL)
}

proptest! {
    #[test]
    fn any_text_at_all_is_read_the_same_way_twice(text in any::<String>(), asked in any_question()) {
        prop_assert_eq!(read(asked, &text), read(asked, &text));
    }

    #[test]
    fn marks_digits_and_pictures_in_any_order_are_read(text in "[0-9.,:;/?!()*#@&%€$+hH 'a-c⭐★👍👎\u{fe0f}\u{20e3}\u{1f3fd}\n>\"„“-]{0,60}", asked in any_question()) {
        let understood = read(asked, &text);
        prop_assert_eq!(understood.score.is_some(), understood.action == Action::Rating);
    }

    #[test]
    fn capitals_and_spaces_change_nothing(answer in any_answer(), asked in any_question(), capitals in any::<u64>(), spaces in 1usize..4) {
        let text: String = answer.chars().enumerate().flat_map(|(at, char)| {
            let upper = capitals >> (at % 64) & 1 == 1;
            if upper { char.to_uppercase().collect::<Vec<_>>() } else { vec![char] }
        }).collect();
        let text = format!(" {}\n", text.replace(' ', &" ".repeat(spaces)));
        let (left, right) = (read(asked, &text), read(asked, answer));
        prop_assert_eq!((left.intent, left.action, left.score), (right.intent, right.action, right.score), "{}", text);
    }

    #[test]
    fn what_is_quoted_below_changes_nothing(answer in any_answer(), asked in any_question(), body in "[^\r\n]{0,80}") {
        let quoted = format!("{answer}\n\nOn Tue, 3 May 2026 at 17:00, Garage <info@garage.example> wrote:\n> {body}\n> stop");
        prop_assert_eq!(read(asked, &quoted), read(asked, answer));
        prop_assert_eq!(read(asked, &format!("{answer}\n> {body}")), read(asked, answer));
    }

    #[test]
    fn where_it_was_sent_from_changes_nothing(answer in any_answer(), asked in any_question()) {
        for signature in ["Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone"] {
            prop_assert_eq!(read(asked, &format!("{answer}\n\n{signature}")), read(asked, answer));
        }
    }

    #[test]
    fn digits_are_no_yes_and_letters_are_no_score(number in 0u32..2000, letter in "[A-Za-z]") {
        prop_assert_ne!(read(Asks::Confirm, &number.to_string()).action, Action::Accept);
        prop_assert_ne!(read(Asks::Rating, &letter).action, Action::Rating);
    }
}

#[test]
fn a_scale_has_its_own_numbers() {
    let score = |scale, text| understand(Asked::rating(scale), None, text, Booked::default()).score;
    assert_eq!(score(Scale::Nps, "0"), Some(0));
    assert_eq!(score(Scale::Nps, "10"), Some(10));
    assert_eq!(score(Scale::Ces, "7"), Some(7));
    assert_eq!(score(Scale::Ces, "8"), None);
    assert_eq!(score(Scale::Csat, "10/10"), Some(5));
}

#[test]
fn a_time_is_a_yes_only_when_it_is_the_booked_one() {
    let nine = NaiveTime::from_hms_opt(9, 0, 0);
    let locale = Locale::parse("de").ok();
    let action = |text, at: Option<NaiveTime>| understand(Asks::Confirm, locale, text, at.into()).action;
    assert_eq!(action("9 Uhr passt", nine), Action::Accept);
    assert_eq!(action("10 Uhr passt", nine), Action::Desk);
    assert_eq!(action("halb zehn passt", nine), Action::Desk);
    assert_eq!(action("9 Uhr passt", None), Action::Desk);
}

#[test]
fn a_day_is_a_yes_only_when_it_is_the_booked_one() {
    let tuesday = NaiveDate::from_ymd_opt(2026, 12, 15).expect("a day");
    let booked = Booked::from(tuesday.and_hms_opt(9, 0, 0).expect("a time"));
    let action = |locale, text| understand(Asks::Confirm, Locale::parse(locale).ok(), text, booked).action;
    assert_eq!(action("en", "Yes, see you Tuesday"), Action::Accept);
    assert_eq!(action("en", "Yes, see you Wednesday"), Action::Desk);
    assert_eq!(action("de", "Ja, Dienstag 15.12. passt"), Action::Accept);
    assert_eq!(action("de", "Ja, Mittwoch passt"), Action::Desk);
    assert_eq!(action("es", "hasta el martes"), Action::Accept);
    assert_eq!(action("es", "hasta el jueves"), Action::Desk);
}

#[test]
fn what_hangs_on_something_is_no_yes_and_no_score() {
    let action =
        |asked: Asks, locale, text| understand(asked, Locale::parse(locale).ok(), text, Booked::default()).action;
    assert_eq!(action(Asks::Confirm, "es", "si me dan permiso, sí"), Action::Desk);
    assert_eq!(action(Asks::Confirm, "es", "Sí, me viene bien"), Action::Accept);
    assert_eq!(action(Asks::Confirm, "en", "yes if it stops raining"), Action::Desk);
    assert_eq!(action(Asks::Rating, "en", "5 if you throw in a wash"), Action::Desk);
    assert_eq!(action(Asks::Rating, "pl", "Dałabym 5, gdyby nie cena"), Action::Desk);
}

#[test]
fn numbers_beside_a_score_count_something_else() {
    let score = |text| understand(Asks::Rating, Locale::parse("en").ok(), text, Booked::default()).score;
    assert_eq!(score("4. Took 3 days instead of 2 and the bill was 412"), Some(4));
    assert_eq!(score("5 stars. Been coming 20 years"), Some(5));
    assert_eq!(score("8/10"), Some(4));
    assert_eq!(score("7/10"), None);
    assert_eq!(score("5. No, make it 4"), None);
    assert_eq!(score("4 or 5"), None);
}

#[test]
fn a_word_that_says_yes_in_another_language_is_none_here() {
    let action = |locale, text| understand(Asks::Confirm, Locale::parse(locale).ok(), text, Booked::default()).action;
    assert_eq!(action("pl", "ja"), Action::Desk);
    assert_eq!(action("fr", "si"), Action::Desk);
    assert_eq!(action("de", "yes"), Action::Accept);
}

#[test]
fn a_denial_behind_a_score_takes_it_back() {
    for (locale, text) in [
        ("de", "Eine 5 ist das sicher nicht"),
        ("en", "A 5 it is not"),
        ("fr", "un 5 certainement pas"),
    ] {
        let understood = understand(Asks::Rating, Locale::parse(locale).ok(), text, Booked::default());
        assert_eq!(understood.action, Action::Desk, "{text}");
    }
    assert_eq!(read(Asks::Rating, "5, can't complain").score, Some(5));
}

#[test]
fn messages_that_shall_not_stop_are_no_wish_for_none() {
    for (locale, text) in [
        ("en", "Don't ever stop sending the reminders, I'd forget everything"),
        ("de", "Bitte nicht aufhören mit den Erinnerungen"),
        ("es", "No dejen de mandarme recordatorios"),
        ("pl", "Nie przestawajcie przypominać, bo zapomnę"),
    ] {
        let understood = understand(Asks::Nothing, Locale::parse(locale).ok(), text, Booked::default());
        assert_eq!(understood.action, Action::Desk, "{text}");
    }
}

#[test]
fn what_is_said_in_mockery_is_no_yes_and_no_score() {
    for (asked, locale, text) in [
        (Asks::Confirm, "en", "sure, when hell freezes over"),
        (Asks::Confirm, "fr", "Oui, quand les poules auront des dents"),
        (Asks::Confirm, "pl", "taa jasne"),
        (Asks::Solved, "de", "ja klar \"behoben\", steht grad aufm Abschlepper"),
        (Asks::Rating, "en", "5 stars for overcharging, well done"),
    ] {
        let understood = understand(asked, Locale::parse(locale).ok(), text, Booked::default());
        assert_eq!(understood.action, Action::Desk, "{text}");
    }
}

#[test]
fn a_yes_to_another_matter_is_none_to_the_visit() {
    let action = |locale, text| understand(Asks::Confirm, Locale::parse(locale).ok(), text, Booked::default()).action;
    assert_eq!(action("en", "Yes I got the invoice"), Action::Desk);
    assert_eq!(action("de", "Ja die Rechnung ist angekommen"), Action::Desk);
    let tuesday = NaiveDate::from_ymd_opt(2026, 12, 15).expect("a day");
    let booked = Booked::from(tuesday.and_hms_opt(9, 0, 0).expect("a time"));
    let text = "Yes I got the invoice, see you Tuesday";
    let understood = understand(Asks::Confirm, Locale::parse("en").ok(), text, booked);
    assert_eq!(understood.action, Action::Accept);
}

#[test]
fn what_it_comes_down_to_is_a_score_and_regret_takes_none_back() {
    let score = |locale, text| understand(Asks::Rating, Locale::parse(locale).ok(), text, Booked::default()).score;
    assert_eq!(score("fr", "rapide, donc 5"), Some(5));
    assert_eq!(score("fr", "2 malheureusement"), Some(2));
}
