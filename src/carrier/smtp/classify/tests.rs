use super::*;

fn classified(stage: Stage, line: &str) -> String {
    let (code, text) = line.split_once(' ').unwrap();
    let code = code.parse().unwrap();
    let reply = Reply {
        code,
        detail: detail(code, text),
        text,
    };
    match refused(
        stage,
        &reply,
        Failure {
            code: None,
            text: String::new(),
        },
    ) {
        Outcome::Retry {
            after, whole_sender, ..
        } => {
            let wait = after
                .map(|after| format!(" in {}s", after.as_secs()))
                .unwrap_or_default();
            format!("retry{}{wait}", if whole_sender { " all" } else { "" })
        }
        Outcome::Rejected { bad_address: true, .. } => "bad address".to_owned(),
        Outcome::Rejected { bad_address: false, .. } => "rejected".to_owned(),
        Outcome::Stop { spent: false, .. } => "stop".to_owned(),
        Outcome::Faulty { .. } => "faulty".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn replies_have_the_classes_of_the_page() {
    use Stage::{Connect, Content, Data, Dot, Login, Recipient, Sender, StartTls};
    for (stage, line, expected) in [
        (Connect, "421 too busy", "retry all"),
        (Connect, "554 we do not talk to you", "stop"),
        (StartTls, "454 4.7.0 TLS not available", "retry all"),
        (Login, "535 5.7.8 bad credentials", "stop"),
        (Login, "454 4.7.0 not now", "retry all"),
        (Sender, "451 4.3.0 later", "retry all"),
        (Sender, "553 5.1.8 no such sender domain", "stop"),
        (Sender, "550 5.1.1 who are you", "stop"),
        (Recipient, "450 4.2.0 greylisted", "retry in 300s"),
        (Recipient, "450 mailbox busy", "retry in 300s"),
        (Recipient, "452 4.3.1 disk full", "retry all"),
        (Recipient, "450 4.7.1 throttled", "retry all"),
        (Recipient, "421 4.4.2 bye", "retry all"),
        (Recipient, "550 5.1.1 no such user", "bad address"),
        (Recipient, "550 5.1.2 no such domain", "bad address"),
        (Recipient, "550 5.1.10 null MX", "bad address"),
        (Recipient, "550 5.2.1 disabled", "bad address"),
        (Recipient, "550 no such user", "bad address"),
        (Recipient, "550 5.1.0 something about the address", "rejected"),
        (Recipient, "552 5.2.2 full", "rejected"),
        (Recipient, "550 5.4.1 access denied", "rejected"),
        (Recipient, "550 5.5.0 mailbox unavailable", "rejected"),
        (Recipient, "552 full", "rejected"),
        (Recipient, "550 Relaying denied", "stop"),
        (Recipient, "554 5.7.1 relay access denied", "stop"),
        (Recipient, "530 5.7.0 must authenticate", "stop"),
        (Recipient, "503 5.5.1 bad sequence", "stop"),
        (Data, "554 no valid recipients", "rejected"),
        (Content, "552 5.3.4 too big", "faulty"),
        (Dot, "550 5.6.0 malformed", "faulty"),
        (Dot, "550 5.6.7 address not supported", "rejected"),
        (Dot, "550 5.7.26 unauthenticated", "stop"),
        (Dot, "554 looks like spam", "rejected"),
        (Dot, "451 4.7.1 later", "retry all"),
        (Dot, "451 later", "retry"),
    ] {
        assert_eq!(classified(stage, line), expected, "{stage:?} {line}");
    }
}

#[test]
fn an_enhanced_code_counts_only_when_it_is_one() {
    assert_eq!(detail(550, "5.1.1 gone"), Some((1, 1)));
    assert_eq!(detail(550, "5.1.10"), Some((1, 10)));
    for text in [
        "",
        "gone",
        "4.1.1 other class",
        "5.1 short",
        "5.1.1.1 long",
        "5.x.1 odd",
        "1.2.3.4 is blocked",
    ] {
        assert_eq!(detail(550, text), None, "{text}");
    }
}

#[test]
fn only_the_dot_leaves_doubt() {
    for stage in [
        Stage::Connect,
        Stage::StartTls,
        Stage::Login,
        Stage::Sender,
        Stage::Data,
        Stage::Content,
    ] {
        assert!(matches!(timed_out(stage), Outcome::Retry { .. }), "{stage:?}");
    }
    assert!(matches!(timed_out(Stage::Dot), Outcome::Unknown { .. }));
}
