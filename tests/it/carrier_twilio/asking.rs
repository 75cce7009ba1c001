//! What a provider says about messages that it has: lists, receipts, the account.

use daybefore::carrier::twilio::{Settings, Twilio};
use daybefore::carrier::twilio_receipt::receipt;
use daybefore::carrier::{AskError, Carrier, Outcome, Stage};
use daybefore::domain::instant::Instant;

use super::{carrier, found, lookup, settings};
use crate::support::outgoing::{NOW, text};
use crate::support::twilio_server::TwilioServer;
use crate::support::twilio_store::Stored;

fn stored(sid: &str, body: &str, minutes: i64) -> Stored {
    Stored {
        sid: sid.to_owned(),
        to: "+38640123456".to_owned(),
        from: "+15017122661".to_owned(),
        body: body.to_owned(),
        status: "sent".to_owned(),
        direction: "outbound-api".to_owned(),
        error_code: None,
        created: Instant::from_millis(NOW.millis() + minutes * 60_000),
        status_callback: None,
    }
}

#[tokio::test]
async fn a_lookup_finds_only_what_could_be_the_message() {
    let provider = TwilioServer::start().await;
    provider.store(stored("yesterday", "x", -1440));
    provider.store(stored("clocks-differ", "x", -1));
    provider.store(stored("other-text", "y", 1));
    provider.store(Stored {
        direction: "inbound".to_owned(),
        ..stored("inbound", "x", 1)
    });
    provider.store(Stored {
        direction: "outbound-reply".to_owned(),
        ..stored("reply", "x", 1)
    });
    provider.store(Stored {
        to: "+38640999999".to_owned(),
        ..stored("somebody-else", "x", 1)
    });
    provider.store(stored("trial", "Sent from your Twilio trial account - x", 3));
    provider.store(stored("ours", "x", 2));
    assert_eq!(
        found(&carrier(&provider), "x").await,
        ["clocks-differ", "ours", "trial"],
        "oldest first"
    );
}

#[tokio::test]
async fn a_lookup_reads_every_page_wherever_the_provider_puts_it() {
    for (provider, lead) in [
        (TwilioServer::start().await, None),
        (TwilioServer::signalwire().await, None),
        (TwilioServer::signalwire().await, Some("")),
    ] {
        provider.limit_pages(2);
        if let Some(lead) = lead {
            provider.lead_pages_to(lead);
        }
        for number in 0..5 {
            provider.store(stored(&format!("s-{number}"), "x", number));
        }
        assert_eq!(found(&carrier(&provider), "x").await.len(), 5, "{lead:?}");
        assert_eq!(provider.requests().len(), 3);
        provider.assert_requests_valid();
    }
}

#[tokio::test]
async fn a_list_that_leads_elsewhere_or_never_ends_proves_nothing() {
    let elsewhere = TwilioServer::start().await;
    let provider = TwilioServer::start().await;
    provider.limit_pages(1);
    provider.lead_pages_to(&elsewhere.base_url());
    for number in 0..20 {
        provider.store(stored(&format!("s-{number}"), "x", number));
    }
    assert!(matches!(
        carrier(&provider).find(&lookup("x")).await,
        Err(AskError::Failed(_))
    ));
    assert!(
        elsewhere.requests().is_empty(),
        "our credentials stay with the provider"
    );
    provider.lead_pages_to("");
    assert!(matches!(
        carrier(&provider).find(&lookup("x")).await,
        Err(AskError::Failed(_))
    ));
}

#[tokio::test]
async fn signalwire_is_spoken_too() {
    let provider = TwilioServer::signalwire().await;
    let carrier = carrier(&provider);
    let later = Instant::from_millis(NOW.millis() + 5_000);
    provider.set_now(later);
    let outcome = carrier.send(&text("a-1", "x")).await;
    let stored = provider.messages().remove(0);
    let sid = stored.sid;
    assert_eq!(stored.created, later);
    assert_eq!(
        outcome,
        Outcome::Accepted {
            provider_id: sid.clone()
        }
    );
    assert_eq!(found(&carrier, "x").await, [sid.as_str()]);
    assert_eq!(carrier.receipt(&sid).await.unwrap().unwrap().stage, Stage::Queued);
}

#[tokio::test]
async fn a_receipt_says_the_same_by_callback_and_on_asking() {
    let provider = TwilioServer::start().await;
    let carrier = carrier(&provider);
    carrier.send(&text("a-1", "x")).await;
    let sid = provider.messages()[0].sid.clone();
    for (status, code, stage) in [
        ("sent", None, Stage::Sent),
        ("delivered", None, Stage::Final),
        ("undelivered", Some(30005), Stage::Final),
    ] {
        let pairs = provider.set_status(&sid, status, code);
        let (id, called_back) = receipt(&pairs, NOW).unwrap();
        let asked = carrier.receipt(&sid).await.unwrap().unwrap();
        assert_eq!(
            (id.as_str(), called_back.stage, asked.stage),
            (sid.as_str(), stage, stage)
        );
        assert_eq!(called_back.failure.is_some(), code.is_some());
        assert_eq!(asked.failure.is_some(), code.is_some());
    }
    assert_eq!(carrier.receipt("SM-nobody-knows").await.unwrap(), None);
}

#[tokio::test]
async fn the_probe_tells_a_working_account_from_a_refused_one() {
    let provider = TwilioServer::start().await;
    assert!(
        carrier(&provider)
            .probe()
            .await
            .unwrap()
            .ends_with("knows this account and it is active")
    );
    provider.without_account_resource();
    assert!(
        carrier(&provider)
            .probe()
            .await
            .unwrap()
            .ends_with("lists this account's messages")
    );
    let wrong = Twilio::new(&Settings {
        secret: "wrong".into(),
        ..settings(&provider)
    })
    .unwrap();
    let error = wrong.probe().await.unwrap_err().to_string();
    assert!(error.starts_with("HTTP 401, code 20003"), "{error}");
}
