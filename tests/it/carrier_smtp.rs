//! Mail: every stage at which a delivery can break off, and what a real mail server makes of ours.

use std::time::Duration;

use daybefore::carrier::smtp::{Settings, Smtp};
use daybefore::carrier::{AskError, Carrier, Content, Lookup, Outcome};
use daybefore::domain::invitation::Method;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use crate::support::ics;
use crate::support::mail_server::MailServer;
use crate::support::outgoing::{NOW, mail, mail_with_invitation, text};
use crate::support::smtp_server::{Act, At, SmtpServer};

/// Long enough for a busy machine, short enough to wait for where a server hangs.
const HANG: Duration = Duration::from_millis(300);
const PATIENT: Duration = Duration::from_secs(20);

fn settings(url: String) -> Settings {
    Settings {
        smtp_url: url.into(),
        from: "Garage Müller <desk@garage.example>".to_owned(),
        ca_file: None,
        timeout: PATIENT,
        helo: Some("desk.garage.example".to_owned()),
    }
}

fn carrier(server: &SmtpServer) -> Smtp {
    Smtp::new(&settings(server.url(""))).unwrap()
}

/// Sends one mail to a server with one cue.
async fn sent_with(at: At, act: Act) -> Outcome {
    let server = SmtpServer::start(&[(at, act)]);
    let timeout = if matches!(act, Act::Hang) { HANG } else { PATIENT };
    let carrier = Smtp::new(&Settings {
        timeout,
        ..settings(server.url("u:p@"))
    })
    .unwrap();
    carrier.send(&mail("m-1", "ana@example.com")).await
}

#[tokio::test]
async fn a_mail_is_accepted_under_its_message_id() {
    let server = SmtpServer::start(&[]);
    let outcome = carrier(&server).send(&mail("m-1", "ana@example.com")).await;
    assert_eq!(
        outcome,
        Outcome::Accepted {
            provider_id: "<m-1@garage.example>".to_owned()
        }
    );
    let expected = [
        "EHLO desk.garage.example",
        "MAIL FROM:<desk@garage.example>",
        "RCPT TO:<ana@example.com>",
        "DATA",
    ];
    assert_eq!(server.commands(), expected);
}

#[tokio::test]
async fn before_the_dot_a_lost_connection_is_tried_again() {
    for at in [At::Greeting, At::Ehlo, At::Auth, At::Mail, At::Rcpt, At::Data] {
        for act in [Act::HangUp, Act::Hang] {
            let outcome = sent_with(at, act).await;
            let Outcome::Retry { whole_sender, .. } = outcome else {
                panic!("{at:?} {act:?}: {outcome:?}")
            };
            assert_eq!(
                whole_sender,
                matches!(at, At::Greeting | At::Ehlo | At::Auth),
                "{at:?} {act:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_mail_whose_last_line_was_never_written_is_tried_again() {
    let server = SmtpServer::start(&[(At::Content, Act::HangUp)]);
    let mut long = mail("m-1", "ana@example.com");
    // More than the sockets' buffers hold, so that the writing itself fails.
    if let Content::Email(mail) = &mut long.content {
        mail.text = "a line of an endless story\r\n".repeat(500_000);
    }
    let outcome = carrier(&server).send(&long).await;
    assert!(
        matches!(
            outcome,
            Outcome::Retry {
                whole_sender: false,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn after_the_dot_a_lost_connection_leaves_doubt() {
    // A short mail is written in one go, dot and all: a connection lost while it is read tells nothing either.
    for (at, act) in [(At::Dot, Act::HangUp), (At::Dot, Act::Hang), (At::Content, Act::HangUp)] {
        let outcome = sent_with(at, act).await;
        assert!(
            matches!(outcome, Outcome::Unknown { .. }),
            "{at:?} {act:?}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_classified_by_stage_and_code() {
    let retry = |outcome: &Outcome, all| matches!(outcome, Outcome::Retry { whole_sender, .. } if *whole_sender == all);
    let stop = |outcome: &Outcome| matches!(outcome, Outcome::Stop { .. });
    let rejected =
        |outcome: &Outcome, bad| matches!(outcome, Outcome::Rejected { bad_address, .. } if *bad_address == bad);

    let outcome = sent_with(At::Greeting, Act::Say("421 4.3.2 closing")).await;
    assert!(retry(&outcome, true), "{outcome:?}");
    let outcome = sent_with(At::Auth, Act::Say("535 5.7.8 wrong password")).await;
    assert!(stop(&outcome), "{outcome:?}");
    let outcome = sent_with(At::Auth, Act::Say("454 4.7.0 not now")).await;
    assert!(retry(&outcome, true), "{outcome:?}");
    let outcome = sent_with(At::Mail, Act::Say("550 5.1.8 your domain does not exist")).await;
    assert!(stop(&outcome), "{outcome:?}");
    let outcome = sent_with(At::Rcpt, Act::Say("550 5.1.1 <ana@example.com>: no such user")).await;
    assert!(rejected(&outcome, true), "{outcome:?}");
    let outcome = sent_with(At::Rcpt, Act::Say("552 5.2.2 mailbox full")).await;
    assert!(rejected(&outcome, false), "{outcome:?}");
    let outcome = sent_with(At::Rcpt, Act::Say("450 4.2.0 greylisted")).await;
    assert!(retry(&outcome, false), "{outcome:?}");
    let outcome = sent_with(At::Rcpt, Act::Say("450 4.7.1 too much mail from you")).await;
    assert!(retry(&outcome, true), "{outcome:?}");
    let outcome = sent_with(At::Dot, Act::Say("451 4.3.0 try again")).await;
    assert!(retry(&outcome, true), "{outcome:?}");
    let outcome = sent_with(At::Dot, Act::Say("552 5.3.4 too big")).await;
    assert!(matches!(outcome, Outcome::Faulty { .. }), "{outcome:?}");
    let outcome = sent_with(At::Dot, Act::Say("550 5.7.1 not authenticated by DKIM")).await;
    assert!(stop(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_refusal_in_the_desk_does_not_show_the_address() {
    let outcome = sent_with(At::Rcpt, Act::Say("550 5.1.1 <ana@example.com>: no such user")).await;
    let Outcome::Rejected { failure, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(failure.code, Some(550));
    assert_eq!(
        failure.text,
        "permanent error (550): 5.1.1 <…@example.com>: no such user"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    for url in [
        "smtp://127.0.0.1:1?tls=none",
        "smtp://127.0.0.1:1",
        "smtp://no-such-host.invalid",
        "smtps://127.0.0.1:1",
    ] {
        let outcome = Smtp::new(&settings(url.to_owned()))
            .unwrap()
            .send(&mail("m-1", "ana@example.com"))
            .await;
        assert!(
            matches!(outcome, Outcome::Retry { whole_sender: true, .. }),
            "{url}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let server = SmtpServer::start(&[]);
    let url = server.url("u:p@").replace("?tls=none", "");
    let outcome = Smtp::new(&settings(url))
        .unwrap()
        .send(&mail("m-1", "ana@example.com"))
        .await;
    assert!(matches!(outcome, Outcome::Stop { .. }), "{outcome:?}");
    assert_eq!(server.commands(), ["EHLO desk.garage.example"]);
}

#[tokio::test]
async fn one_connection_carries_many_mails_even_after_a_refusal() {
    let server = SmtpServer::start(&[(At::Rcpt, Act::Say("550 5.1.1 no"))]);
    let carrier = carrier(&server);
    carrier.send(&mail("m-1", "nobody@example.com")).await;
    for number in 2..6 {
        let outcome = carrier.send(&mail(&format!("m-{number}"), "ana@example.com")).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
    assert_eq!((server.connections(), server.mails().len()), (1, 4));
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closed_is_replaced_and_the_mail_goes_once() {
    for act in [Act::HangUp, Act::Say("421 4.4.2 idle for too long")] {
        let server = SmtpServer::start(&[(At::Idle, act)]);
        let carrier = carrier(&server);
        for number in 1..3 {
            let outcome = carrier.send(&mail(&format!("m-{number}"), "ana@example.com")).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{act:?}: {outcome:?}");
        }
        assert_eq!((server.connections(), server.mails().len()), (2, 2), "{act:?}");
    }
}

#[tokio::test]
async fn every_attempt_of_a_message_has_the_same_message_id() {
    let server = SmtpServer::start(&[]);
    let carrier = carrier(&server);
    for _ in 0..2 {
        carrier.send(&mail("m-1", "ana@example.com")).await;
    }
    let mails = server.mails();
    let ids = mails.iter().map(|mail| {
        MessageParser::default()
            .parse(mail)
            .unwrap()
            .message_id()
            .unwrap()
            .to_owned()
    });
    assert_eq!(ids.collect::<Vec<_>>(), ["m-1@garage.example", "m-1@garage.example"]);
}

#[tokio::test]
async fn a_bad_address_is_told_without_asking_the_server() {
    let server = SmtpServer::start(&[]);
    let carrier = carrier(&server);
    for to in [
        "",
        "ana",
        "ana@",
        "ana@example.com\r\nRCPT TO:<eve@example.com>",
        "ana@exa mple.com",
    ] {
        let outcome = carrier.send(&mail("m-1", to)).await;
        assert!(
            matches!(outcome, Outcome::Rejected { bad_address: true, .. }),
            "{to}: {outcome:?}"
        );
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_address_beyond_ascii_needs_a_server_that_takes_it() {
    let server = SmtpServer::start(&[]);
    let outcome = carrier(&server).send(&mail("m-1", "köhler@example.com")).await;
    assert!(
        matches!(outcome, Outcome::Rejected { bad_address: false, .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_text_is_not_mailed_and_nothing_can_be_looked_up() {
    let server = SmtpServer::start(&[]);
    let carrier = carrier(&server);
    assert!(matches!(
        carrier.send(&text("a-1", "hi")).await,
        Outcome::Rejected { .. }
    ));
    let lookup = Lookup {
        from: String::new(),
        to: String::new(),
        text: String::new(),
        started_at: NOW,
    };
    assert!(matches!(carrier.find(&lookup).await, Err(AskError::Unsupported)));
    assert!(matches!(carrier.receipt("x").await, Err(AskError::Unsupported)));
}

#[tokio::test]
async fn the_probe_says_whether_the_server_lets_us_in() {
    let server = SmtpServer::start(&[]);
    let line = carrier(&server).probe().await.unwrap();
    assert!(
        line.starts_with("127.0.0.1:") && line.ends_with("in plain text lets us in"),
        "{line}"
    );
    let server = SmtpServer::start(&[(At::Auth, Act::Say("535 5.7.8 wrong password"))]);
    let error = Smtp::new(&settings(server.url("u:p@")))
        .unwrap()
        .probe()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("535") && error.contains("wrong password"), "{error}");
}

fn parse(mail: &[u8]) -> Message<'_> {
    MessageParser::default().parse(mail).expect("a mail")
}

/// The calendar part of a mail, and its method parameter.
fn calendar<'a>(message: &'a Message<'_>) -> (&'a str, &'a str) {
    let part = message
        .parts
        .iter()
        .find(|part| part.is_content_type("text", "calendar"))
        .expect("a calendar part");
    let PartType::Text(body) = &part.body else {
        panic!("the calendar part is no text")
    };
    (
        body,
        part.content_type()
            .and_then(|kind| kind.attribute("method"))
            .expect("a method"),
    )
}

/// A carrier for the real server, or nothing when the test is skipped.
fn real(url: fn(&MailServer) -> String) -> Option<(MailServer, Smtp)> {
    let server = MailServer::start()?;
    let carrier = Smtp::new(&Settings {
        ca_file: Some(server.ca_file()),
        ..settings(url(&server))
    })
    .unwrap();
    Some((server, carrier))
}

#[tokio::test]
async fn a_real_server_takes_mail_by_starttls_and_by_tls() {
    for url in [MailServer::starttls_url, MailServer::tls_url] {
        let Some((server, carrier)) = real(url) else { return };
        assert!(carrier.probe().await.is_ok());
        let outcome = carrier.send(&mail("m-1", "ana@example.com")).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        let mails = server.mails(1);
        let message = parse(&mails[0]);
        let sent = mail("m-1", "ana@example.com");
        let Content::Email(expected) = sent.content else {
            unreachable!()
        };
        assert_eq!(message.subject(), Some(expected.subject.as_str()));
        assert_eq!(
            message.from().and_then(|from| from.first()?.name()),
            Some("Garage Müller")
        );
        assert_eq!(message.to().and_then(|to| to.first()?.name()), Some("Ana Košir"));
        assert_eq!(
            message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(),
            expected.text.trim_end()
        );
        assert_eq!(
            message.body_html(0).unwrap().replace("\r\n", "\n").trim_end(),
            expected.html.trim_end()
        );
        let header = |name| message.header_raw(name).map(str::trim);
        assert_eq!(header("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(header("X-Auto-Response-Suppress"), Some("All"));
        assert_eq!(
            header("List-Unsubscribe"),
            Some("<https://garage.example/u/0123456789abcdef>")
        );
        assert_eq!(header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        assert_eq!(header("Message-ID"), Some("<m-1@garage.example>"));
        assert_eq!(message.date().unwrap().to_timestamp() * 1000, NOW.millis());
        assert!(
            String::from_utf8(mails[0].clone())
                .unwrap()
                .lines()
                .all(|line| line.len() <= 998)
        );
    }
}

#[tokio::test]
async fn a_real_server_delivers_request_change_and_cancellation() {
    let Some((server, carrier)) = real(MailServer::starttls_url) else {
        return;
    };
    let steps = [
        ("m-1", Method::Request, 0),
        ("m-2", Method::Request, 1),
        ("m-3", Method::Cancel, 2),
    ];
    for (count, (id, method, sequence)) in (1..).zip(steps) {
        carrier
            .send(&mail_with_invitation(id, "ana@example.com", method, sequence))
            .await;
        // Wait for each, so that the files are in the order of the steps.
        let mails = server.mails(count);
        let message = mails
            .iter()
            .map(|mail| parse(mail))
            .find(|message| message.message_id().unwrap().starts_with(id));
        let message = message.expect("the mail of this step");
        let (body, parameter) = calendar(&message);
        let value = |name| ics::value(body, name).unwrap();
        assert_eq!(
            (parameter, value("METHOD").as_str()),
            (method.as_str(), method.as_str())
        );
        assert_eq!(value("SEQUENCE"), sequence.to_string());
        assert_eq!(value("UID"), "booking-1@garage.example");
        assert_eq!(value("ORGANIZER"), "mailto:desk@garage.example");
        assert_eq!(value("ATTENDEE"), "mailto:ana@example.com");
        assert_eq!(
            value("STATUS"),
            if method == Method::Cancel {
                "CANCELLED"
            } else {
                "CONFIRMED"
            }
        );
        let file = message
            .attachments()
            .find(|part| part.attachment_name() == Some("invite.ics"))
            .expect("invite.ics");
        assert_eq!(file.contents(), body.as_bytes(), "the file is the calendar part");
    }
}

#[tokio::test]
async fn a_real_server_refuses_a_mailbox_and_a_password() {
    let Some((server, carrier)) = real(MailServer::tls_url) else {
        return;
    };
    let outcome = carrier.send(&mail("m-1", "nobody@example.com")).await;
    assert!(
        matches!(outcome, Outcome::Rejected { bad_address: true, .. }),
        "{outcome:?}"
    );
    let url = server.tls_url().replace("desk:", "desk:x");
    let wrong = Smtp::new(&Settings {
        ca_file: Some(server.ca_file()),
        ..settings(url)
    })
    .unwrap();
    let outcome = wrong.send(&mail("m-2", "ana@example.com")).await;
    assert!(matches!(outcome, Outcome::Stop { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_real_server_that_limits_mails_per_connection_gets_them_all() {
    let Some((server, carrier)) = real(MailServer::starttls_url) else {
        return;
    };
    for number in 1..=5 {
        let outcome = carrier.send(&mail(&format!("m-{number}"), "ana@example.com")).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{number}: {outcome:?}");
    }
    assert_eq!(server.mails(5).len(), 5);
}

#[tokio::test]
async fn a_real_server_whose_certificate_nobody_vouches_for_gets_no_mail() {
    for url in [MailServer::starttls_url, MailServer::tls_url] {
        let Some(server) = MailServer::start() else { return };
        let outcome = Smtp::new(&settings(url(&server)))
            .unwrap()
            .send(&mail("m-1", "ana@example.com"))
            .await;
        assert!(
            matches!(outcome, Outcome::Retry { whole_sender: true, .. }),
            "{outcome:?}"
        );
    }
}
