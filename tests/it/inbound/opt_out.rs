//! Opting out: in whatever words, at once, also what is on its way; and what CANCEL may have meant.

use std::time::Duration;

use daybefore::carrier::Outcome;
use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::message::{Channel, Reason, State};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::support::meanwhile::Meanwhile;
use crate::support::program::{command, told};
use crate::support::test_app::{EMAIL, PHONE, TestApp};
use crate::support::texting::Webhook;

const BEN: &str = "+491713920013";
const CLEO: &str = "+491713920014";

/// Ana's visit on the 15th, whose reminder is due on the 14th at five.
async fn booked() -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-10 12:00").await;
    app
}

fn texts(app: &TestApp) -> Vec<String> {
    let texts = app.sent().into_iter().filter(|sent| sent.channel == Channel::Sms);
    texts.map(|sent| sent.text).collect()
}

#[tokio::test]
async fn after_stop_nothing_more_is_texted() {
    for stop in [
        "STOP",
        " stop. ",
        "Unsubscribe",
        "Stop texting me",
        "please don't text me anymore",
        "OPT OUT",
    ] {
        let app = booked().await;
        let before = texts(&app).len();
        app.customer_replies(stop).await;
        app.run_until("2026-12-18 12:00").await;
        let after: Vec<_> = texts(&app).split_off(before);
        let confirmations = after
            .iter()
            .filter(|text| text.contains("no more text messages"))
            .count();
        assert_eq!(after.len(), confirmations, "{stop}: {after:?}");
        assert!(confirmations <= 1, "{stop}");
        let reminder = app.message("B-1", "day-before").await;
        assert_eq!(
            reminder.channel,
            Some(Channel::Email),
            "{stop}: mail is another channel"
        );
    }
}

#[tokio::test]
async fn the_provider_confirms_its_own_keywords_and_we_the_others_once() {
    let app = booked().await;
    let before = texts(&app).len();
    app.customer_replies("STOP").await;
    app.dispatch().await;
    assert_eq!(texts(&app).len(), before, "the provider has said so");

    let app = booked().await;
    let before = texts(&app).len();
    app.customer_replies("please stop texting me").await;
    app.dispatch().await;
    app.customer_replies("I said stop texting me!!").await;
    app.dispatch().await;
    let after = texts(&app).split_off(before);
    assert_eq!(after, ["Garage Müller: you will get no more text messages from us."]);

    let app = booked().await;
    let before = texts(&app).len();
    app.receive_webhook(&Webhook::text(PHONE, "basta").with("OptOutType", "STOP"))
        .await;
    app.dispatch().await;
    assert_eq!(
        texts(&app).len(),
        before,
        "a keyword of the account's own is confirmed by the provider as well"
    );
    assert_eq!(app.message("B-1", "day-before").await.channel, Some(Channel::Email));
}

#[tokio::test]
async fn an_opt_out_at_night_is_confirmed_at_once_or_not_at_all() {
    let app = booked().await;
    app.run_until("2026-12-11 03:00").await;
    let before = texts(&app).len();
    app.customer_replies("please stop texting me").await;
    app.dispatch().await;
    assert_eq!(texts(&app).len(), before + 1);

    let app = booked().await;
    let before = texts(&app).len();
    app.customer_replies("please stop texting me").await;
    app.advance_to("2026-12-10 12:10");
    app.dispatch().await;
    assert_eq!(texts(&app).len(), before, "ten minutes later it is too late to say so");
}

#[tokio::test]
async fn cancel_alone_ends_the_texts_and_asks_about_the_visit_by_mail() {
    let app = booked().await;
    let before = texts(&app).len();
    app.customer_replies("Cancel").await;
    app.dispatch().await;
    assert_eq!(
        app.booking_status("B-1").await,
        BookingStatus::Booked,
        "no visit is cancelled by a guess"
    );
    assert_eq!(app.inbox_kinds().await, [DeskKind::CancelOrOptOut]);
    assert_eq!(texts(&app).len(), before);
    let mail = app.sent().last().expect("a mail").clone();
    assert_eq!((mail.channel, mail.to.as_str()), (Channel::Email, EMAIL));
    assert!(mail.text.contains("is still booked"), "{}", mail.text);
    app.customer_replies("CANCEL").await;
    app.dispatch().await;
    let asked = app
        .sent()
        .iter()
        .filter(|sent| sent.text.contains("is still booked"))
        .count();
    assert_eq!(asked, 1, "once is enough");
}

#[tokio::test]
async fn cancel_alone_without_a_visit_ahead_is_an_opt_out_and_nothing_else() {
    let app = booked().await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.customer_replies("CANCEL").await;
    assert_eq!(app.inbox_kinds().await, []);
}

#[tokio::test]
async fn somebody_unknown_opts_out_before_they_become_a_customer() {
    let app = TestApp::garage().start().await;
    app.customer_replies("STOP").await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-16 12:00").await;
    assert_eq!(texts(&app), Vec::<String>::new());
}

#[tokio::test]
async fn start_brings_back_what_stop_took_and_no_more() {
    let app = booked().await;
    app.customer_replies("STOP").await;
    app.advance_to("2026-12-10 12:01");
    app.customer_replies("START").await;
    assert_eq!(app.message("B-1", "day-before").await.channel, Some(Channel::Sms));
    let mut tx = app.app.store().read().await.expect("a transaction");
    let lines = daybefore::store::ledger::of_address(&mut tx, crate::support::test_app::BUSINESS, PHONE)
        .await
        .expect("read");
    let given: Vec<_> = lines
        .iter()
        .filter(|line| line.given)
        .filter_map(|line| line.purpose)
        .collect();
    assert_eq!(
        given.iter().map(|purpose| purpose.as_str()).collect::<Vec<_>>(),
        ["service", "survey"],
        "marketing was never agreed to"
    );
}

#[tokio::test]
async fn help_is_answered_where_the_provider_does_not() {
    let app = booked().await;
    let before = texts(&app).len();
    app.customer_replies("HELP").await;
    app.dispatch().await;
    assert_eq!(texts(&app).len(), before);
    app.customer_replies("help please, who is this?").await;
    app.dispatch().await;
    assert!(texts(&app).len() <= before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_between_claim_and_send_stops_the_send() {
    let mut app = TestApp::garage().setting("dispatch.concurrency", "2").start().await;
    let header = "external_id,name,phone,starts_at";
    app.import_known_bookings(&format!(
        "{header}\nB-1,Ana,{PHONE},2026-12-15 09:00\nB-2,Ben,{BEN},2026-12-15 10:00\n"
    ))
    .await;
    app.advance_to("2026-12-14 17:00");
    let dispatcher = app.app.dispatcher.clone();
    let clock = app.now();
    // While the first text is on its way both are claimed; then each of them says stop.
    let carrier = Meanwhile::new(move |outgoing| {
        let dispatcher = dispatcher.clone();
        block_in_place(|| {
            Handle::current().block_on(async {
                let mut tx = dispatcher.store.write().await.expect("a transaction");
                for phone in [PHONE, BEN] {
                    let text = Webhook::text(phone, "STOP");
                    let received = daybefore::carrier::twilio_inbound::received(&text.pairs).expect("a text");
                    daybefore::inbound::receive::receive(&mut tx, "meanwhile", &received, clock)
                        .await
                        .expect("stored");
                }
                tx.commit().await.expect("committed");
                daybefore::inbound::reply::read_inbound(&dispatcher, clock)
                    .await
                    .expect("read");
            });
        });
        Box::pin(async move {
            Outcome::Accepted {
                provider_id: outgoing.attempt_id,
            }
        })
    });
    app.texts_go_to(carrier.clone());
    app.dispatch().await;
    assert_eq!(carrier.sent().len(), 1, "the other was not handed over");
    let states: Vec<_> = [
        app.message("B-1", "day-before").await,
        app.message("B-2", "day-before").await,
    ]
    .iter()
    .map(|line| (line.state, line.reason))
    .collect();
    assert!(states.contains(&(State::Accepted, None)), "{states:?}");
    assert!(states.contains(&(State::Skipped, Some(Reason::OptedOut))), "{states:?}");
}

#[tokio::test]
async fn a_withdrawal_by_another_process_between_claim_and_send_stops_the_send() {
    let mut app = TestApp::garage().setting("dispatch.concurrency", "3").start().await;
    app.import_known_bookings(&format!(
        "external_id,name,phone,starts_at\nB-1,Ana,{PHONE},2026-12-15 09:00\nB-2,Ben,{BEN},2026-12-15 10:00\n\
         B-3,Cleo,{CLEO},2026-12-15 11:00\n"
    ))
    .await;
    app.advance_to("2026-12-14 17:00");
    let folder = app.folder().to_owned();
    // While Ana's text is on its way all three are claimed; then somebody at the desk notes what the others have said.
    let carrier = Meanwhile::new(move |outgoing| {
        if outgoing.to == PHONE {
            for line in [
                format!("consent withdraw {BEN}"),
                format!("consent withdraw {CLEO}"),
                format!("consent give {CLEO} --purpose service"),
            ] {
                let arguments: Vec<_> = line.split(' ').collect();
                told(command(&folder, &arguments), "").said();
            }
            // The ledger is looked at again a tenth of a second after the last look.
            std::thread::sleep(Duration::from_millis(120));
        }
        Box::pin(async move {
            Outcome::Accepted {
                provider_id: outgoing.attempt_id,
            }
        })
    });
    app.texts_go_to(carrier.clone());
    app.dispatch().await;
    let called: Vec<_> = carrier.sent().into_iter().map(|outgoing| outgoing.to).collect();
    assert_eq!(called, [PHONE, CLEO]);
    let stopped = app.message("B-2", "day-before").await;
    assert_eq!(
        (stopped.state, stopped.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
}
