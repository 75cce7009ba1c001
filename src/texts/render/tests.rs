use chrono::NaiveDate;

use super::*;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::texts::about::{AboutBusiness, AboutCustomer, AboutItem, Offer, Ways};
use crate::texts::store::Override;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn visit(locale: &str) -> About<'static> {
    About {
        business: AboutBusiness {
            id: "garage-1",
            name: "Garage Lind",
            phone: Some("030 5550142"),
            email: None,
            address: Some("Bergweg 1\r\n10115 Berlin"),
            review_link: None,
        },
        customer: AboutCustomer { name: "Ana Novak" },
        item: AboutItem::Booking {
            service: Some("Service"),
            vehicle: Some("VW Golf"),
            starts: date("2026-12-15").and_hms_opt(9, 0, 0).unwrap(),
            was: None,
            confirmed: false,
        },
        asks: Asks::Confirm,
        locale: Locale::parse(locale).unwrap(),
        today: date("2026-12-14"),
        ways: Ways::REPLY,
    }
}

fn policy(offer: Option<Offer<'static>>) -> About<'static> {
    let item = AboutItem::Renewal {
        kind: "policy",
        subject: Some("Car insurance"),
        reference: None,
        ends_on: date("2027-01-13"),
        offer,
    };
    About {
        item,
        asks: Asks::Renewal,
        ..visit("en-GB")
    }
}

fn sms(template: &str, about: &About<'_>) -> String {
    Texts::embedded().render(template, Channel::Sms, about).unwrap().text
}

fn with_own(part: Part, body: &str) -> Texts {
    let own = Override {
        business_id: "garage-1".to_owned(),
        template: "booking_reminder".to_owned(),
        locale: "en".to_owned(),
        part,
        body: body.to_owned(),
    };
    Texts::with_overrides(vec![own]).unwrap()
}

fn own_sms(body: &str, about: &About<'_>) -> Result<String, TextError> {
    Ok(with_own(Part::Sms, body)
        .render("booking_reminder", Channel::Sms, about)?
        .text)
}

#[test]
fn a_reminder_speaks_each_language() {
    for (locale, text) in [
        (
            "en-US",
            "Garage Lind: see you tomorrow, Tuesday, December 15, at 9:00 AM (Service, VW Golf). \
             Reply C to confirm, R to change. Tel. 030 5550142",
        ),
        (
            "de-CH",
            "Garage Lind: Wir erwarten Sie morgen, Dienstag, 15. Dezember, um 09:00 Uhr (Service, VW Golf). \
             Antwort: C = ja, R = ändern. Tel. 030 5550142",
        ),
        (
            "fr",
            "Garage Lind : nous vous attendons demain, mardi 15 décembre, à 09:00 (Service, VW Golf). \
             Répondez C = oui, R = changer. Tél. 030 5550142",
        ),
        (
            "es",
            "Garage Lind: le esperamos mañana, martes 15 de diciembre, a las 09:00 (Service, VW Golf). \
             Responda C = confirmo, R = cambiar. Tel. 030 5550142",
        ),
        (
            "pl",
            "Garage Lind: zapraszamy jutro, we wtorek 15 grudnia, o 09:00 (Service, VW Golf). \
             Odp. C = tak, R = zmiana. Tel. 030 5550142",
        ),
    ] {
        assert_eq!(sms("booking_reminder", &visit(locale)), text);
    }
}

#[test]
fn tomorrow_is_said_only_the_day_before() {
    let about = About {
        today: date("2026-12-10"),
        ..visit("en")
    };
    assert!(sms("booking_reminder", &about).contains("see you on Tuesday, December 15, at 9:00 AM"));
}

#[test]
fn what_is_confirmed_is_not_asked_again_and_what_is_unknown_leaves_no_hole() {
    let mut about = visit("en");
    about.item = AboutItem::Booking {
        service: None,
        vehicle: Some(" "),
        starts: date("2026-12-15").and_hms_opt(9, 0, 0).unwrap(),
        was: None,
        confirmed: true,
    };
    about.business.phone = None;
    assert_eq!(
        sms("booking_reminder", &about),
        "Garage Lind: see you tomorrow, Tuesday, December 15, at 9:00 AM."
    );
    assert_eq!(
        own_sms("{{ business }},  {{ service }}  see you .\r\n", &about).unwrap(),
        "Garage Lind, see you."
    );
}

#[test]
fn price_and_link_appear_only_with_an_offer() {
    let offer = Offer {
        amount: "1412.5",
        currency: "GBP",
        url: Some("https://offer.example/1"),
    };
    let with = Texts::embedded()
        .render("policy_offer", Channel::Email, &policy(Some(offer)))
        .unwrap();
    assert!(
        with.text.contains("£1,412.50") && with.text.contains("https://offer.example/1"),
        "{}",
        with.text
    );
    let without = Texts::embedded()
        .render("policy_offer", Channel::Email, &policy(None))
        .unwrap();
    assert!(
        !without.text.contains("prepared") && !without.text.contains("http"),
        "{}",
        without.text
    );
    assert_eq!(
        without.subject.unwrap(),
        "Garage Lind: your policy (Car insurance) ends on Wednesday 13 January"
    );
}

#[test]
fn a_mail_has_paragraphs_in_text_and_html() {
    let about = About {
        ways: Ways {
            link: Some("https://garage.example/r/a?b=1&c"),
            ..Ways::REPLY
        },
        ..visit("en-GB")
    };
    let mail = Texts::embedded()
        .render("booking_reminder", Channel::Email, &about)
        .unwrap();
    assert_eq!(
        mail.text,
        "Hello Ana Novak,\n\n\
         A short reminder: we expect you tomorrow, Tuesday 15 December, at 09:00 (Service, VW Golf).\n\n\
         Please confirm, change or cancel your visit here:\nhttps://garage.example/r/a?b=1&c\n\n\
         Kind regards\nGarage Lind\nBergweg 1, 10115 Berlin\n030 5550142"
    );
    let html = mail.html.unwrap();
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en-GB\">"), "{html}");
    assert!(html.contains("<p>Hello Ana Novak,</p>"), "{html}");
    assert!(
        html.contains("<a href=\"https://garage.example/r/a?b=1&amp;c\">"),
        "{html}"
    );
    assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
}

#[test]
fn a_hostile_name_breaks_neither_header_nor_page() {
    let mut about = visit("en");
    about.customer.name = "Ana\r\nBcc: all@x.example\r\n\r\n<script>alert(1)</script>";
    about.business.name = "Garage\r\nLind <b>";
    let mail = Texts::embedded()
        .render("booking_reminder", Channel::Email, &about)
        .unwrap();
    assert_eq!(
        mail.subject.unwrap(),
        "Garage Lind <b>: see you tomorrow, Tuesday, December 15, at 9:00 AM"
    );
    assert!(
        mail.text
            .starts_with("Hello Ana Bcc: all@x.example <script>alert(1)</script>,\n")
    );
    let html = mail.html.unwrap();
    assert!(
        !html.contains("<script>") && !html.contains("<b>") && html.contains("&lt;script&gt;"),
        "{html}"
    );
}

#[test]
fn a_text_comes_out_composed_and_without_hidden_spaces() {
    let mut about = visit("fr");
    about.business.name = "Garage\u{a0}Rene\u{301}\u{202f}";
    let text = sms("booking_cancelled", &about);
    assert!(text.starts_with("Garage René : "), "{text}");
    let text = own_sms("a\u{a0}b\u{202f}c\r\nd {{ business }}", &visit("en")).unwrap();
    assert_eq!(text, "a b c\nd Garage Lind");
}

#[test]
fn a_subject_is_one_line_whatever_its_text_says() {
    let texts = with_own(Part::Subject, "One\n\ntwo {{ customer }}\n");
    let mail = texts.render("booking_reminder", Channel::Email, &visit("en")).unwrap();
    assert_eq!(mail.subject.unwrap(), "One two Ana Novak");
}

#[test]
fn a_call_has_a_script_of_six_to_ten_lines() {
    for template in ["policy_call", "policy_lapsed_call"] {
        for locale in crate::domain::locale::languages() {
            let about = About {
                locale: Locale::parse(locale).unwrap(),
                ..policy(None)
            };
            let script = Texts::embedded().render(template, Channel::Call, &about).unwrap().text;
            assert!((6..=10).contains(&script.lines().count()), "{script}");
            assert!(script.lines().all(|line| !line.is_empty()), "{script}");
        }
    }
}

#[test]
fn a_fault_says_where_and_what() {
    let about = visit("en");
    let error = own_sms("See you\n{{ servce }}", &about).unwrap_err().to_string();
    let begin = "business `garage-1`: text booking_reminder/en/sms.txt, line 2: `servce` is not known in a text about \
                 a booking; known are business, phone,";
    assert!(error.starts_with(begin), "{error}");
    let render = |template, channel| Texts::embedded().render(template, channel, &about).unwrap_err();
    assert!(matches!(
        render("reminder", Channel::Sms),
        TextError::UnknownTemplate(_)
    ));
    assert!(matches!(
        render("booking_reminder", Channel::Call),
        TextError::NoPart { part: Part::Call, .. }
    ));
    assert!(matches!(
        render("policy_ends", Channel::Sms),
        TextError::WrongItem { .. }
    ));
    assert!(matches!(
        own_sms("{% if link %}x{% endif %}", &about),
        Err(TextError::Empty(_))
    ));
}

#[test]
fn a_text_cannot_reach_another_ones() {
    let include = "{% include \"booking_reminder/en/subject.txt@garage-2\" %}";
    assert!(own_sms(include, &visit("en")).is_err());
    assert!(own_sms("{% for n in range(1000000000) %}x{% endfor %}", &visit("en")).is_err());
}
