use mail_parser::MessageParser;
use tempfile::TempDir;

use super::*;
use crate::carrier::Mail;
use crate::domain::instant::Instant;

fn outgoing(attempt: &str, content: Content) -> Outgoing {
    Outgoing {
        attempt_id: attempt.to_owned(),
        message_id: "m/1".to_owned(),
        from: String::new(),
        to: "ana@example.com".to_owned(),
        content,
        now: Instant::from_millis(1_795_320_000_000),
    }
}

fn sms(text: &str) -> Content {
    Content::Sms { text: text.to_owned() }
}

fn files(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path().join("out")).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn sandbox(folder: &TempDir) -> Sandbox {
    let settings = Settings {
        folder: Some(folder.path().join("out")),
        from: "desk@garage.example".to_owned(),
    };
    Sandbox::new(settings).unwrap()
}

#[tokio::test]
async fn everything_is_accepted_and_said_to_be_delivered() {
    let sandbox = Sandbox::new(Settings::default()).unwrap();
    let outcome = sandbox.send(&outgoing("a-1", sms("x"))).await;
    assert_eq!(
        outcome,
        Outcome::Accepted {
            provider_id: "sandbox-a-1".to_owned()
        }
    );
    let receipt = sandbox.receipt("sandbox-a-1").await.unwrap().unwrap();
    assert_eq!(
        (receipt.status.as_str(), receipt.stage, receipt.failure),
        ("delivered", Stage::Final, None)
    );
    assert_eq!(sandbox.receipt("SM1").await.unwrap(), None);
    assert_eq!(sandbox.probe().await.unwrap(), "nothing is sent");
}

#[tokio::test]
async fn all_attempts_of_a_text_share_one_file() {
    let folder = TempDir::new().unwrap();
    let sandbox = sandbox(&folder);
    sandbox.send(&outgoing("a-1", sms("first"))).await;
    sandbox.send(&outgoing("a-2", sms("second"))).await;
    assert_eq!(files(&folder), ["m_1.txt"]);
    let text = std::fs::read_to_string(folder.path().join("out/m_1.txt")).unwrap();
    assert_eq!(
        text,
        "To: ana@example.com\nFrom: \nDate: 2026-11-22T04:00:00Z\nMessage: m/1\n\nsecond\n"
    );
}

#[tokio::test]
async fn a_mail_is_written_as_it_would_be_sent() {
    let folder = TempDir::new().unwrap();
    let mail = Mail {
        subject: "Ölwechsel".to_owned(),
        text: "Bis morgen".to_owned(),
        ..Mail::default()
    };
    sandbox(&folder)
        .send(&outgoing("a-1", Content::Email(Box::new(mail))))
        .await;
    assert_eq!(files(&folder), ["m_1.eml"]);
    let bytes = std::fs::read(folder.path().join("out/m_1.eml")).unwrap();
    assert_eq!(
        MessageParser::default().parse(&bytes).unwrap().subject(),
        Some("Ölwechsel")
    );
}

#[tokio::test]
async fn a_folder_that_is_gone_is_tried_again_and_not_lost() {
    let folder = TempDir::new().unwrap();
    let sandbox = sandbox(&folder);
    std::fs::remove_dir(folder.path().join("out")).unwrap();
    let outcome = sandbox.send(&outgoing("a-1", sms("x"))).await;
    assert!(
        matches!(outcome, Outcome::Retry { whole_sender: true, .. }),
        "{outcome:?}"
    );
}
