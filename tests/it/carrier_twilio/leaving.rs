//! When a text leaves: told once, before the provider can have it, and kept back where it must not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use daybefore::carrier::twilio::{Settings, Twilio};
use daybefore::carrier::{Carrier, Leaving, Outcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{carrier, settings};
use crate::support::outgoing::text;
use crate::support::twilio_server::TwilioServer;

/// Whether it may leave, and how often that was asked.
#[derive(Default)]
struct Gate {
    open: AtomicBool,
    asked: AtomicUsize,
}

impl Gate {
    fn new(open: bool) -> Arc<Self> {
        let gate = Self::default();
        gate.open.store(open, Ordering::SeqCst);
        Arc::new(gate)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Leaving for Gate {
    fn now(&self) -> bool {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.open.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_text_tells_once_that_it_leaves() {
    let provider = TwilioServer::start().await;
    let carrier = carrier(&provider);
    // The second one goes over the connection of the first.
    for attempt in ["a-1", "a-2"] {
        let gate = Gate::new(true);
        let outcome = carrier.send_telling(&text(attempt, "Bis morgen!"), gate.clone()).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        assert_eq!(gate.asked(), 1);
    }
    assert_eq!(provider.messages().len(), 2);
    provider.assert_requests_valid();
}

#[tokio::test]
async fn a_text_that_may_not_leave_reaches_nobody() {
    let provider = TwilioServer::start().await;
    let carrier = carrier(&provider);
    let gate = Gate::new(false);
    let outcome = carrier.send_telling(&text("a-1", "Bis morgen!"), gate.clone()).await;
    assert_eq!(outcome, Outcome::kept_back());
    assert_eq!((gate.asked(), provider.messages().len()), (1, 0));
    // The carrier works on.
    let outcome = carrier.send_telling(&text("a-2", "Bis morgen!"), Gate::new(true)).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(provider.messages().len(), 1);
}

#[tokio::test]
async fn without_a_connection_nothing_leaves() {
    let provider = TwilioServer::start().await;
    let nobody = Settings {
        base_url: "http://127.0.0.1:1".to_owned(),
        ..settings(&provider)
    };
    let gate = Gate::new(true);
    let outcome = Twilio::new(&nobody)
        .unwrap()
        .send_telling(&text("a-1", "Bis morgen!"), gate.clone())
        .await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(gate.asked(), 0);
}

#[tokio::test]
async fn what_leaves_has_its_length_and_is_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider = TwilioServer::start().await;
    let here = Settings {
        base_url: format!("http://{}", listener.local_addr().unwrap()),
        ..settings(&provider)
    };
    let received = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut seen, mut part) = (Vec::new(), [0; 4096]);
        while !seen.ends_with(b"m%3Da-1") {
            let read = stream.read(&mut part).await.unwrap();
            assert!(read > 0, "{}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&part[..read]);
        }
        stream
            .write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
        String::from_utf8(seen).unwrap()
    });
    let carrier = Twilio::new(&here).unwrap();
    carrier.send_telling(&text("a-1", "Bis morgen!"), Gate::new(true)).await;
    let received = received.await.unwrap().to_lowercase();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
}
