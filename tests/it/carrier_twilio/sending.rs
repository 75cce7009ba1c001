//! Every answer that a provider can give, and what becomes of the message.

use std::time::Duration;

use daybefore::carrier::twilio::{Settings, Twilio};
use daybefore::carrier::{Carrier, Lookup, Outcome, Outgoing};

use super::{carrier, found, lookup, settings};
use crate::support::outgoing::{mail, text};
use crate::support::twilio_server::{Answer, TwilioServer};

const SERVICE: &str = "MG0123456789abcdef0123456789ABCDEF";

/// Sends one text to a provider with this answer.
async fn answered(answer: Answer) -> Outcome {
    let provider = TwilioServer::start().await;
    provider.next(answer);
    let outcome = carrier(&provider).send(&text("a-1", "Bis morgen!")).await;
    provider.assert_requests_valid();
    outcome
}

#[tokio::test]
async fn a_text_is_accepted_and_arrives_as_it_was_written() {
    let provider = TwilioServer::start().await;
    let body = "Hvala & se vidimo +jutri ob 9:00 = 100% 👍\nGarage Müller";
    let outcome = carrier(&provider).send(&text("a-1", body)).await;
    let message = &provider.messages()[0];
    assert_eq!(
        outcome,
        Outcome::Accepted {
            provider_id: message.sid.clone()
        }
    );
    assert_eq!(
        (message.to.as_str(), message.from.as_str(), message.body.as_str()),
        ("+38640123456", "+15017122661", body)
    );
    let callback = "https://desk.example.com/webhooks/twilio/status?m=a-1";
    assert_eq!(message.status_callback.as_deref(), Some(callback));
    provider.assert_requests_valid();
}

#[tokio::test]
async fn every_kind_of_setting_makes_a_request_that_the_published_description_allows() {
    let provider = TwilioServer::start().await;
    let with_query = "https://desk.example.com/status?b=1#rc=3&rp=all".parse().unwrap();
    let all = [
        settings(&provider),
        Settings {
            from: SERVICE.to_owned(),
            status_callback: None,
            ..settings(&provider)
        },
        Settings {
            validity_seconds: Some(36_000),
            status_callback: Some(with_query),
            ..settings(&provider)
        },
        Settings {
            user: Some("SK1".to_owned()),
            from: "Garage".to_owned(),
            ..settings(&provider)
        },
        Settings {
            base_url: format!("{}/", provider.base_url()),
            ..settings(&provider)
        },
        Settings {
            base_url: format!("{}/2010-04-01/", provider.base_url()),
            ..settings(&provider)
        },
    ];
    for settings in &all {
        let carrier = Twilio::new(settings).unwrap();
        for outgoing in [
            text("a-1", "Ž&=+ 👍"),
            Outgoing {
                to: "whatsapp:+38640123456".to_owned(),
                ..text("a 2/&", "x")
            },
        ] {
            let outcome = carrier.send(&outgoing).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        }
        carrier.find(&lookup("x")).await.unwrap();
        carrier.receipt("SM00000000000000000000000000000001").await.unwrap();
        carrier.probe().await.unwrap();
    }
    provider.assert_requests_valid();
    let callback = provider.messages()[5].status_callback.clone();
    assert_eq!(
        callback.as_deref(),
        Some("https://desk.example.com/status?b=1&m=a+2%2F%26#rc=3&rp=all")
    );
}

#[tokio::test]
async fn a_business_can_have_its_own_sender_and_a_service_goes_by_its_own_name() {
    let provider = TwilioServer::start().await;
    let carrier = carrier(&provider);
    carrier
        .send(&Outgoing {
            from: "+4915112345678".to_owned(),
            ..text("a-1", "x")
        })
        .await;
    carrier
        .send(&Outgoing {
            from: SERVICE.to_owned(),
            ..text("a-2", "x")
        })
        .await;
    let requests = provider.requests();
    assert_eq!(requests[0].one("From"), Some("+4915112345678"));
    assert_eq!(
        (requests[1].one("From"), requests[1].one("MessagingServiceSid")),
        (None, Some(SERVICE))
    );
    carrier
        .find(&Lookup {
            from: SERVICE.to_owned(),
            ..lookup("x")
        })
        .await
        .unwrap();
    assert_eq!(
        provider.requests()[2].one("From"),
        None,
        "a service chooses the sender itself"
    );
}

#[tokio::test]
async fn an_error_code_decides_over_the_status() {
    assert!(matches!(
        answered(Answer::Error(400, 21610)).await,
        Outcome::OptedOut { .. }
    ));
    assert!(matches!(
        answered(Answer::Error(400, 21211)).await,
        Outcome::Rejected { bad_address: true, .. }
    ));
    assert!(matches!(
        answered(Answer::Error(400, 21612)).await,
        Outcome::Rejected { bad_address: false, .. }
    ));
    assert!(matches!(
        answered(Answer::Error(400, 21617)).await,
        Outcome::Faulty { .. }
    ));
    assert!(matches!(
        answered(Answer::Error(400, 21606)).await,
        Outcome::Stop { spent: false, .. }
    ));
    assert!(matches!(
        answered(Answer::Error(400, 30007)).await,
        Outcome::Stop { spent: true, .. }
    ));
    assert!(matches!(
        answered(Answer::Error(401, 20003)).await,
        Outcome::Stop { .. }
    ));
    assert!(matches!(
        answered(Answer::Error(404, 20404)).await,
        Outcome::Stop { .. }
    ));
    assert!(matches!(
        answered(Answer::Error(400, 21611)).await,
        Outcome::Retry { whole_sender: true, .. }
    ));
}

#[tokio::test]
async fn an_unknown_code_of_the_21000s_is_a_refusal_and_never_a_loop() {
    let outcome = answered(Answer::Error(400, 21_659)).await;
    let Outcome::Rejected {
        bad_address: false,
        failure,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(failure.code, Some(21_659));
    assert_eq!(failure.text, "Error 21659 for +*********56", "the number is masked");
}

#[tokio::test]
async fn a_status_without_a_code_decides_alone() {
    for status in [401, 403, 404] {
        let outcome = answered(Answer::Raw(status, "text/html", "<html>no</html>")).await;
        assert!(
            matches!(outcome, Outcome::Stop { spent: false, .. }),
            "{status}: {outcome:?}"
        );
    }
    let outcome = answered(Answer::Raw(400, "text/html", "")).await;
    assert!(
        matches!(outcome, Outcome::Rejected { bad_address: false, .. }),
        "{outcome:?}"
    );
    for status in [500, 502, 503] {
        let outcome = answered(Answer::Raw(status, "text/html", "<html>Bad Gateway</html>")).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{status}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_problem_document_is_read_like_an_error() {
    let body = r#"{"type":"https://x/21610","title":"Opted out","status":400,"code":21610,"detail":"no"}"#;
    let outcome = answered(Answer::Raw(400, "application/problem+json", body)).await;
    assert!(
        matches!(&outcome, Outcome::OptedOut { failure } if failure.text == "no"),
        "{outcome:?}"
    );
    let outcome = answered(Answer::Raw(
        400,
        "application/json",
        r#"{"code":"21610","message":null}"#,
    ))
    .await;
    assert!(
        matches!(outcome, Outcome::OptedOut { .. }),
        "a code in quotes: {outcome:?}"
    );
}

#[tokio::test]
async fn a_success_that_names_no_message_leaves_doubt() {
    for body in ["", "<html>Welcome to the hotel</html>", "[]", "{}", r#"{"sid":null}"#] {
        let outcome = answered(Answer::Raw(200, "text/html", body)).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{body}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_success_names_its_message_in_any_form() {
    for (body, id) in [
        (r#"{"sid":"MM1"}"#, "MM1"),
        (r#"{"sid":77}"#, "77"),
        (r#"{"sid":"0b7f-uuid","x":[{}]}"#, "0b7f-uuid"),
    ] {
        let outcome = answered(Answer::Raw(200, "application/json", body)).await;
        assert_eq!(
            outcome,
            Outcome::Accepted {
                provider_id: id.to_owned()
            }
        );
    }
    let body = r#"{"sid":"SM1","status":"failed","error_code":30005}"#;
    let outcome = answered(Answer::Raw(201, "application/json", body)).await;
    assert!(
        matches!(outcome, Outcome::Rejected { bad_address: true, .. }),
        "born dead: {outcome:?}"
    );
}

#[tokio::test]
async fn too_many_requests_waits_as_long_as_the_provider_asks() {
    let wait = async |header| match answered(Answer::TooMany(header)).await {
        Outcome::Retry {
            after,
            limit: None,
            whole_sender: true,
            ..
        } => after,
        outcome => panic!("{outcome:?}"),
    };
    assert_eq!(wait(None).await, None);
    assert_eq!(wait(Some("7")).await, Some(Duration::from_secs(7)));
    assert_eq!(
        wait(Some("Sun, 22 Nov 2026 04:02:00 GMT")).await,
        Some(Duration::from_mins(2))
    );
    assert_eq!(wait(Some("Sun, 22 Nov 2026 03:00:00 GMT")).await, None, "past");
    assert_eq!(wait(Some("999999")).await, Some(Duration::from_hours(1)), "capped");
    assert_eq!(wait(Some("soon")).await, None);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let outcome = answered(Answer::Raw(307, "text/html", "")).await;
    assert!(matches!(outcome, Outcome::Stop { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_provider_that_can_not_be_reached_got_nothing() {
    let provider = TwilioServer::start().await;
    // TLS to a port that speaks none, a closed port, a name that does not exist.
    let tls = provider.base_url().replace("http://", "https://");
    for base_url in [
        tls,
        "http://127.0.0.1:1".to_owned(),
        "http://no-such-host.invalid".to_owned(),
    ] {
        let carrier = Twilio::new(&Settings {
            base_url: base_url.clone(),
            ..settings(&provider)
        })
        .unwrap();
        let outcome = carrier.send(&text("a-1", "x")).await;
        assert!(
            matches!(outcome, Outcome::Retry { whole_sender: true, .. }),
            "{base_url}: {outcome:?}"
        );
    }
    assert!(provider.messages().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_slow_to_connect_got_nothing() {
    let provider = TwilioServer::start().await;
    // The kernel takes the connection, nobody ever answers its TLS hello.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", silent.local_addr().unwrap());
    let connect_timeout = Duration::from_millis(100);
    let settings = Settings {
        base_url,
        connect_timeout,
        ..settings(&provider)
    };
    let outcome = Twilio::new(&settings).unwrap().send(&text("a-1", "x")).await;
    assert!(
        matches!(outcome, Outcome::Retry { whole_sender: true, .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_doubt_and_the_list_resolves_it() {
    for answer in [
        Answer::StoreThen500,
        Answer::StoreThenCut,
        Answer::StoreThenHang,
        Answer::Cut,
    ] {
        let provider = TwilioServer::start().await;
        provider.next(answer.clone());
        let timeout = Duration::from_millis(if matches!(answer, Answer::StoreThenHang) {
            300
        } else {
            20_000
        });
        let carrier = Twilio::new(&Settings {
            timeout,
            ..settings(&provider)
        })
        .unwrap();
        let outcome = carrier.send(&text("a-1", "Bis morgen!")).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{answer:?}: {outcome:?}");
        let ids: Vec<_> = provider.messages().into_iter().map(|message| message.sid).collect();
        assert_eq!(found(&carrier, "Bis morgen!").await, ids, "{answer:?}");
        assert_eq!(
            provider
                .requests()
                .iter()
                .filter(|request| request.method == "POST")
                .count(),
            1,
            "sent once"
        );
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_neither_doubt_nor_a_second_text() {
    let provider = TwilioServer::start().await;
    provider.always(Answer::AcceptThenClose);
    let carrier = carrier(&provider);
    for number in 0..50 {
        let outcome = carrier.send(&text(&format!("a-{number}"), "x")).await;
        // The close may overtake the next request's first byte or not. Doubt is honest then, a second text never is.
        assert!(
            matches!(outcome, Outcome::Accepted { .. } | Outcome::Unknown { .. }),
            "{outcome:?}"
        );
    }
    let mut callbacks: Vec<_> = provider
        .messages()
        .into_iter()
        .map(|message| message.status_callback)
        .collect();
    let all = callbacks.len();
    callbacks.sort();
    callbacks.dedup();
    assert_eq!(callbacks.len(), all, "no attempt was taken twice");
}

#[tokio::test]
async fn a_mail_does_not_go_by_sms() {
    let provider = TwilioServer::start().await;
    let outcome = carrier(&provider).send(&mail("m-1", "ana@example.com")).await;
    assert!(matches!(outcome, Outcome::Rejected { bad_address: false, .. }));
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn settings_that_can_not_work_are_refused_by_name() {
    let provider = TwilioServer::start().await;
    let refused = |settings: Settings| Twilio::new(&settings).err().unwrap().to_string();
    for base_url in [
        "",
        "api.twilio.com",
        "ftp://api.twilio.com",
        "https://api.twilio.com?x=1",
    ] {
        let error = refused(Settings {
            base_url: base_url.to_owned(),
            ..settings(&provider)
        });
        assert!(error.starts_with("sms.base_url: "), "{error}");
    }
    assert!(
        refused(Settings {
            account_sid: String::new(),
            ..settings(&provider)
        })
        .starts_with("sms.account_sid: ")
    );
    assert!(
        refused(Settings {
            validity_seconds: Some(0),
            ..settings(&provider)
        })
        .starts_with("sms.validity_seconds: ")
    );
}
