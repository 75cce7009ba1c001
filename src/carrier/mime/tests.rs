use mail_parser::{MessageParser, MimeHeaders};

use super::*;
use crate::carrier::Content;
use crate::domain::instant::Instant;

/// 2026-11-22T04:00:00Z.
const NOW: Instant = Instant::from_millis(1_795_320_000_000);

fn outgoing(to: &str) -> Outgoing {
    Outgoing {
        attempt_id: "a-1".to_owned(),
        message_id: "m-1".to_owned(),
        from: "Garage Müller & Söhne <desk@garage.example>".to_owned(),
        to: to.to_owned(),
        content: Content::Sms { text: String::new() },
        now: NOW,
    }
}

fn simple() -> Mail {
    Mail {
        subject: "Termin".to_owned(),
        text: "Guten Tag".to_owned(),
        html: "<p>Guten Tag</p>".to_owned(),
        ..Mail::default()
    }
}

fn built(mail: &Mail) -> String {
    let built = build(&outgoing("ana@example.com"), mail, "").expect("a mail");
    String::from_utf8(built.message.formatted()).expect("ASCII")
}

/// The unfolded headers of the whole mail.
fn headers(mail: &str) -> Vec<String> {
    let head = mail.split("\r\n\r\n").next().expect("a head");
    head.replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
}

/// Content types in the order of the parts, nested ones indented by their depth.
fn structure(mail: &str) -> Vec<String> {
    let message = MessageParser::default().parse(mail).expect("a mail");
    let kinds = message.parts.iter().map(|part| {
        let kind = part.content_type().expect("a type");
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
    });
    kinds.collect()
}

#[test]
fn a_plain_mail_has_text_and_html_and_one_with_a_visit_the_invitation_twice() {
    assert_eq!(
        structure(&built(&simple())),
        ["multipart/alternative", "text/plain", "text/html"]
    );
    assert_eq!(
        structure(&built(&Mail {
            html: String::new(),
            ..simple()
        })),
        ["multipart/alternative", "text/plain"]
    );
    let calendar = Some(CalendarPart {
        method: "REQUEST",
        body: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned(),
    });
    let expected = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ];
    let mail = built(&Mail { calendar, ..simple() });
    assert_eq!(structure(&mail), expected);
    assert!(mail.contains("text/calendar; charset=utf-8; method=REQUEST"));
}

#[test]
fn the_head_says_who_when_and_that_a_machine_wrote_it() {
    let head = headers(&built(&simple()));
    for expected in [
        "To: ana@example.com",
        "Subject: Termin",
        "Date: Sun, 22 Nov 2026 04:00:00 +0000",
        "Message-ID: <m-1@garage.example>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "MIME-Version: 1.0",
    ] {
        assert!(head.iter().any(|line| line == expected), "{expected} in {head:#?}");
    }
    assert!(!head.iter().any(|line| line.starts_with("List-Unsubscribe")));
}

#[test]
fn one_click_is_offered_for_https_only() {
    let with = |url: &str| {
        headers(&built(&Mail {
            unsubscribe_url: Some(url.to_owned()),
            ..simple()
        }))
    };
    let list = |head: &[String]| {
        head.iter()
            .filter(|line| line.starts_with("List-"))
            .cloned()
            .collect::<Vec<_>>()
    };
    let expected = [
        "List-Unsubscribe: <https://g.example/u/x>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ];
    assert_eq!(list(&with("https://g.example/u/x")), expected);
    assert_eq!(
        list(&with("http://localhost:8080/u/x")),
        ["List-Unsubscribe: <http://localhost:8080/u/x>"]
    );
    let long = format!("https://g.example/{}", "x".repeat(2000));
    for url in [
        "",
        "javascript:alert(1)",
        "https://g.example/\r\nBcc: eve@example.com",
        &long,
    ] {
        assert!(
            !list(&with(url))
                .iter()
                .any(|line| line.contains("eve@") && line.contains(' ') && !line.contains('<'))
        );
        assert!(!with(url).iter().any(|line| line.starts_with("Bcc")), "{url}");
    }
}

#[test]
fn whoever_reads_mails_of_the_business_can_be_asked_instead() {
    let with = |mailbox: &str| {
        let mail = Mail {
            unsubscribe_url: Some("https://g.example/u/x".to_owned()),
            unsubscribe_mailbox: Some(mailbox.to_owned()),
            ..simple()
        };
        let head = headers(&built(&mail));
        let line = head.iter().find_map(|line| line.strip_prefix("List-Unsubscribe: "));
        line.expect("the header").to_owned()
    };
    let both = "<https://g.example/u/x>, <mailto:desk@g.example?subject=unsubscribe>";
    assert_eq!(with("desk@g.example"), both);
    assert_eq!(with("Desk <desk@g.example>"), both);
    for odd in [
        "",
        "no address",
        "a@b>, <https://evil.example/",
        "a\r\nBcc: eve@example.com",
    ] {
        assert_eq!(with(odd), "<https://g.example/u/x>", "{odd}");
    }
}

#[test]
fn no_text_of_a_customer_can_begin_a_header() {
    let evil = "Ana\r\nBcc: eve@example.com\r\n\r\nhello\u{0}\u{2028}";
    let mail = Mail {
        subject: evil.to_owned(),
        to_name: evil.to_owned(),
        ..simple()
    };
    let message = Outgoing {
        message_id: evil.to_owned(),
        ..outgoing("ana@example.com")
    };
    let bytes = build(&message, &mail, "").expect("a mail").message.formatted();
    let text = String::from_utf8(bytes).expect("ASCII");
    assert!(
        !headers(&text)
            .iter()
            .any(|line| line.to_ascii_lowercase().starts_with("bcc"))
    );
    let parsed = MessageParser::default().parse(&text).expect("a mail");
    assert_eq!(
        parsed.to().and_then(|to| to.first()?.address()),
        Some("ana@example.com")
    );
    assert!(parsed.bcc().is_none());
    assert!(
        parsed
            .subject()
            .is_some_and(|subject| subject.starts_with("Ana") && !subject.contains(['\r', '\n']))
    );
}

#[test]
fn names_and_subjects_beyond_ascii_come_back_whole() {
    let subject = "Ölwechsel für Ihren Škoda — morgen um 9:00 👍 ".repeat(4);
    let mail = built(&Mail {
        subject: subject.clone(),
        to_name: "Košir, Ana \"Anči\"".to_owned(),
        ..simple()
    });
    assert!(
        mail.is_ascii() && mail.lines().all(|line| line.len() <= 78),
        "folded and encoded"
    );
    let parsed = MessageParser::default().parse(&mail).expect("a mail");
    assert_eq!(parsed.subject(), Some(subject.trim()));
    assert_eq!(
        parsed.to().and_then(|to| to.first()?.name()),
        Some("Košir, Ana \"Anči\"")
    );
    assert_eq!(
        parsed.from().and_then(|from| from.first()?.name()),
        Some("Garage Müller & Söhne")
    );
}

#[test]
fn a_bad_address_is_told_apart_by_whose_it_is() {
    for to in [
        "",
        "ana",
        "ana@",
        "@example.com",
        "ana@exa mple.com",
        "a@b.example, c@d.example",
    ] {
        let outcome = build(&outgoing(to), &simple(), "").err();
        assert!(
            matches!(outcome, Some(Outcome::Rejected { bad_address: true, .. })),
            "{to}"
        );
    }
    let nobody = Outgoing {
        from: String::new(),
        ..outgoing("ana@example.com")
    };
    assert!(matches!(
        build(&nobody, &simple(), "our desk").err(),
        Some(Outcome::Stop { .. })
    ));
    assert!(build(&nobody, &simple(), "desk@garage.example").is_ok());
}

#[test]
fn what_a_person_wrote_is_plain_names_what_it_answers_and_lets_others_answer() {
    let answer = |in_reply_to: Option<&str>| {
        built(&Mail {
            html: String::new(),
            by_hand: true,
            in_reply_to: in_reply_to.map(str::to_owned),
            ..simple()
        })
    };
    let mail = answer(Some("<m-1@garage.example>"));
    assert_eq!(structure(&mail), ["text/plain"]);
    let head = headers(&mail);
    for line in ["In-Reply-To: <m-1@garage.example>", "References: <m-1@garage.example>"] {
        assert!(head.iter().any(|header| header == line), "{head:?}");
    }
    assert!(
        !mail.contains("Auto-Submitted") && !mail.contains("X-Auto-Response-Suppress"),
        "{mail}"
    );
    for no_id in [None, Some("sandbox-1"), Some("<a@b>\r\nBcc: c@d"), Some("<a@b>, <c@d>")] {
        let mail = answer(no_id);
        assert!(!mail.contains("In-Reply-To") && !mail.contains("Bcc"), "{mail}");
    }
}
