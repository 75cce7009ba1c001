//! What users add: for somebody known, or somebody who is not.

use daybefore::domain::item::BookingStatus;
use daybefore::domain::message::{Reason, State};
use insta::assert_snapshot;

use super::announced;
use crate::support::test_app::{EMAIL, PHONE, TestApp};
use crate::support::visits::Desk;

const BEN: [(&str, &str); 7] = [
    ("name", "Ben Maier"),
    ("phone", "0171 3920013"),
    ("locale", "en"),
    ("date", "2026-12-15"),
    ("time", "09:00"),
    ("service", "Brakes"),
    ("vehicle", "B-XY 17"),
];

#[tokio::test]
async fn a_visit_of_somebody_new_is_confirmed_once_it_can_not_be_undone_any_more() {
    let mut desk = Desk::of(TestApp::garage().start().await).await;
    let preview = desk.previews("/bookings/new", &BEN).await;
    let text = preview.text();
    for part in [
        "Ben Maier",
        "+491713920013",
        "The customer is told: confirmation",
        "2 minutes after saving",
        "reminder, by text",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(desk.bookings().await.is_empty(), "nothing is saved yet");
    desk.presses_save("/bookings/new", &preview).await;
    desk.wait(60).await;
    assert!(desk.app.sent().is_empty());
    desk.app.run_until("2026-12-16 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:02 sms to +491713920013: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Brakes, B-XY 17).
    2026-12-14 17:00 sms to +491713920013: Garage Müller: see you tomorrow, Tuesday, December 15, at 9:00 AM (Brakes, B-XY 17). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn two_clicks_add_one_visit() {
    let mut desk = Desk::of(TestApp::garage().start().await).await;
    let preview = desk.previews("/bookings/new", &BEN).await;
    let one = desk.presses_save("/bookings/new", &preview).await;
    let other = desk.presses_save("/bookings/new", &preview).await;
    assert_eq!(one.header("location"), other.header("location"));
    assert_eq!(desk.bookings().await.len(), 1);
    desk.wait(600).await;
    assert_eq!(desk.app.sent().len(), 1);
}

#[tokio::test]
async fn what_was_added_by_mistake_and_is_undone_is_never_spoken_of() {
    let mut desk = Desk::of(TestApp::garage().start().await).await;
    desk.saves("/bookings/new", &BEN).await;
    let number = desk.bookings().await[0].external_id.clone();
    desk.wait(100).await;
    desk.undoes(&number).await;
    assert_eq!(desk.booking(&number).await.status, BookingStatus::Cancelled);
    desk.app.run_until("2026-12-20 00:00").await;
    assert!(desk.app.sent().is_empty(), "{}", desk.app.conversation());
}

#[tokio::test]
async fn somebody_known_is_found_and_chosen_and_told_at_their_own_number() {
    let mut desk = announced().await;
    let found = desk.eva.get(&desk.app, "/bookings/new?find=kosir").await.html();
    let customer = desk.booking("B-1").await.customer_id;
    assert!(found.contains(&format!("customer={customer}")), "{found}");
    let form = desk
        .eva
        .get(&desk.app, &format!("/bookings/new?customer={customer}"))
        .await
        .html();
    assert!(form.contains("Ana Košir") && form.contains(PHONE), "{form}");
    let page = desk.eva.get(&desk.app, &format!("/customers/{customer}")).await.html();
    assert!(
        page.contains(&format!("/bookings/new?business=shop&amp;customer={customer}")),
        "{page}"
    );
    let fields = [
        ("customer", customer.as_str()),
        ("date", "2026-12-22"),
        ("time", "08:30"),
        ("service", "Tyres"),
    ];
    desk.saves("/bookings/new", &fields).await;
    desk.wait(600).await;
    let sent = desk.app.sent();
    assert_eq!((sent.len(), sent[1].to.as_str()), (2, PHONE));
    let bookings = desk.bookings().await;
    assert!(bookings.iter().all(|booking| booking.customer_id == customer));
}

#[tokio::test]
async fn somebody_typed_in_who_is_known_gets_no_second_record() {
    let mut desk = announced().await;
    let fields = [
        ("name", "ana košir"),
        ("phone", "0171 392 0012"),
        ("date", "2026-12-22"),
        ("time", "08:30"),
    ];
    let preview = desk.previews("/bookings/new", &fields).await;
    assert!(preview.text().contains("A customer of this name"), "{}", preview.text());
    desk.presses_save("/bookings/new", &preview).await;
    let bookings = desk.bookings().await;
    assert_eq!(bookings[0].customer_id, bookings[1].customer_id);
}

#[tokio::test]
async fn a_visit_of_somebody_who_wants_no_messages_is_added_in_silence() {
    let mut desk = announced().await;
    desk.app.customer_opts_out(PHONE, None).await;
    desk.app.customer_opts_out(EMAIL, None).await;
    let customer = desk.booking("B-1").await.customer_id;
    let fields = [
        ("customer", customer.as_str()),
        ("date", "2026-12-22"),
        ("time", "08:30"),
    ];
    let preview = desk.previews("/bookings/new", &fields).await;
    assert!(
        preview.text().contains("confirmation: the customer has opted out"),
        "{}",
        preview.text()
    );
    desk.presses_save("/bookings/new", &preview).await;
    desk.app.run_until("2026-12-30 00:00").await;
    assert_eq!(desk.app.sent().len(), 1);
}

#[tokio::test]
async fn a_visit_inside_the_lead_time_is_confirmed_only_and_the_page_says_so() {
    let mut desk = Desk::of(TestApp::garage().at("2026-12-14 18:00").start().await).await;
    let preview = desk.previews("/bookings/new", &BEN).await;
    assert!(
        preview.text().contains("reminder: its moment had passed"),
        "{}",
        preview.text()
    );
    desk.presses_save("/bookings/new", &preview).await;
    desk.app.run_until("2026-12-15 08:00").await;
    assert_eq!(desk.app.sent().len(), 1);
}

#[tokio::test]
async fn a_customer_who_knows_the_time_gets_no_confirmation() {
    let mut desk = Desk::of(TestApp::garage().start().await).await;
    desk.saves(
        "/bookings/new",
        &[&BEN[..], &[("known", "yes"), ("number", "B-77")]].concat(),
    )
    .await;
    desk.app.run_until("2026-12-02 00:00").await;
    assert!(desk.app.sent().is_empty());
    assert_eq!(
        desk.app.message("B-77", "confirmation").await.reason,
        Some(Reason::ByHand)
    );
    assert_eq!(desk.app.state("B-77", "day-before").await, State::Planned);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_what_was_typed_is_kept() {
    let mut desk = announced().await;
    let fields = [
        ("name", "Eva <b>x</b>"),
        ("phone", "12"),
        ("email", "nobody"),
        ("date", "soon"),
        ("time", "09:00"),
        ("minutes", "an hour"),
    ];
    let answer = desk.send("/bookings/new", &fields).await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    for part in ["Phone: this number", "Mail: this is no", "Day and time:", "How long:"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(
        answer.html().contains("value=\"Eva &lt;b&gt;x&lt;/b&gt;\""),
        "{}",
        answer.html()
    );
    for (fields, said) in [
        (
            vec![("date", "2026-12-22"), ("time", "08:30")],
            "Name: write who the customer is",
        ),
        (
            [&BEN[..], &[("number", "B-1")]].concat(),
            "something else has this number",
        ),
        (
            [&BEN[..3], &[("date", "2026-11-01"), ("time", "08:30")]].concat(),
            "This time has passed",
        ),
    ] {
        let answer = desk.send("/bookings/new", &fields).await;
        assert_eq!(answer.status, 422, "{said}: {}", answer.text());
        assert!(answer.text().contains(said), "{said} in {}", answer.text());
    }
    assert_eq!(desk.bookings().await.len(), 1);
}

#[tokio::test]
async fn going_back_from_the_preview_keeps_what_was_typed() {
    let mut desk = Desk::of(TestApp::garage().start().await).await;
    let back = desk
        .send("/bookings/new", &[&BEN[..], &[("step", "back")]].concat())
        .await;
    assert_eq!(back.status, 200);
    for value in ["Ben Maier", "0171 3920013", "2026-12-15", "09:00", "Brakes", "B-XY 17"] {
        assert!(back.html().contains(&format!("value=\"{value}\"")), "{value}");
    }
}

#[tokio::test]
async fn a_number_that_has_changed_since_it_was_shown_is_shown_anew() {
    let mut desk = announced().await;
    let customer = desk.booking("B-1").await.customer_id;
    let fields = [
        ("customer", customer.as_str()),
        ("date", "2026-12-22"),
        ("time", "08:30"),
    ];
    let preview = desk.previews("/bookings/new", &fields).await;
    let rows = format!("external_id,name,phone,email,starts_at\nB-1,Ana Košir,0171 3920019,{EMAIL},2026-12-15 09:00\n");
    desk.app.import_bookings(&rows).await;
    let answer = desk.presses_save("/bookings/new", &preview).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("+491713920019"), "{}", answer.text());
    assert_eq!(desk.bookings().await.len(), 1);
}

#[tokio::test]
async fn what_is_new_of_somebody_known_is_said_before_it_is_noted() {
    let app = TestApp::garage().start().await;
    app.import_bookings("external_id,name,phone,starts_at\nB-1,Ana Košir,0171 3920012,2026-12-15 09:00\n")
        .await;
    let mut desk = Desk::of(app).await;
    let known = [
        ("name", "Ana Košir"),
        ("phone", PHONE),
        ("date", "2026-12-22"),
        ("time", "08:30"),
    ];
    let preview = desk.previews("/bookings/new", &known).await;
    assert!(!preview.text().contains("What you typed is new"), "{}", preview.text());
    let preview = desk
        .previews("/bookings/new", &[&known[..], &[("email", EMAIL)]].concat())
        .await;
    assert!(preview.text().contains("What you typed is new"), "{}", preview.text());
}
