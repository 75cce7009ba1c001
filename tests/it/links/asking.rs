//! Ratings, renewals and complaints answered on a page.

use axum::http::StatusCode;
use daybefore::carrier::Content;
use daybefore::domain::case::Cause;
use daybefore::domain::desk_item::DeskKind;
use daybefore::inbound::case::{self, Closing};
use daybefore::store;

use crate::support::setup::Setup;
use crate::support::test_app::{BUSINESS, TestApp};

/// Ana was at the garage on 1 December and is asked by mail how it went.
async fn asked_in(setup: Setup) -> TestApp {
    let app = setup.start().await;
    app.import_bookings(
        "external_id,customer_id,name,phone,email,starts_at,status\n\
         B-1,C-1,Ana,,ana@example.com,2026-12-01 08:00,completed\n",
    )
    .await;
    app.run_until("2026-12-02 18:00").await;
    app
}

/// Scores and comments, and whether they count, in the order they came.
async fn ratings(app: &TestApp) -> Vec<(i64, Option<String>, bool)> {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let ids: Vec<String> = app.plan().await.into_iter().map(|line| line.customer).collect();
    let mut rated = store::rating::of_customer(&mut tx, &ids[0]).await.expect("read");
    // The clock of a test stands still: what counts came last.
    rated.sort_by_key(|rating| (rating.at, rating.counts));
    rated
        .into_iter()
        .map(|rating| (rating.score, rating.comment, rating.counts))
        .collect()
}

async fn inbox(app: &TestApp) -> Vec<DeskKind> {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let waiting = store::desk_item::waiting(&mut tx, Some(BUSINESS)).await.expect("read");
    waiting.into_iter().map(|row| row.kind).collect()
}

#[tokio::test]
async fn a_score_in_the_link_is_only_chosen() {
    let app = asked_in(TestApp::garage()).await;
    let link = app.link("/r/");
    let page = app.get(&format!("{link}?score=4")).await;
    assert!(page.body.contains("value=\"4\" checked"), "{}", page.body);
    assert_eq!(page.body.matches("type=\"radio\"").count(), 5);
    assert_eq!(page.body.matches("checked").count(), 1);
    for other in ["0", "6", "-1", "4.5", "four", "999999999999999999999"] {
        assert!(
            !app.get(&format!("{link}?score={other}")).await.body.contains("checked"),
            "{other}"
        );
    }
    assert_eq!(ratings(&app).await, []);
}

#[tokio::test]
async fn a_rating_is_saved_once_and_can_be_changed_within_a_day() {
    let app = asked_in(TestApp::garage()).await;
    let link = app.link("/r/");
    let answer = app
        .press(&link, "rate", &[("score", "5"), ("words", "Quick & friendly")])
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.text().contains("Thank you. You gave 5 of 5."),
        "{}",
        answer.text()
    );
    let good = (5, Some("Quick & friendly".to_owned()), true);
    assert_eq!(ratings(&app).await, std::slice::from_ref(&good));
    let before = app.database().await;
    app.press(&link, "rate", &[("score", "5"), ("words", "Quick & friendly")])
        .await;
    assert!(app.database().await == before, "the same once more is no news");

    let answer = app.press(&link, "rate", &[("score", "4"), ("words", "")]).await;
    assert!(answer.text().contains("You gave 4 of 5."), "{}", answer.text());
    assert_eq!(ratings(&app).await, [(5, good.1, false), (4, None, true)]);

    app.advance_to("2026-12-04 09:00");
    let page = app.get(&link).await;
    assert!(
        page.text().contains("You gave 4 of 5.") && !page.body.contains("radio"),
        "{}",
        page.text()
    );
    let late = app
        .post(&link, &[("do", "rate"), ("revision", "1"), ("score", "1")])
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(ratings(&app).await.len(), 2);
}

#[tokio::test]
async fn no_other_score_is_taken() {
    let app = asked_in(TestApp::garage()).await;
    let link = app.link("/r/");
    for (score, status) in [
        ("0", StatusCode::CONFLICT),
        ("6", StatusCode::CONFLICT),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("five", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = app
            .press(&link, "rate", &[("score", score), ("words", "kept <here>")])
            .await;
        assert_eq!(answer.status, status, "{score}");
        assert!(
            answer.body.contains("kept &lt;here&gt;"),
            "the words stay in their field"
        );
    }
    assert_eq!(ratings(&app).await, []);
}

#[tokio::test]
async fn an_unhappy_rating_opens_a_case_and_its_closing_asks_by_link() {
    let app = asked_in(TestApp::garage()).await;
    app.press(
        &app.link("/r/"),
        "rate",
        &[("score", "1"), ("words", "The brakes squeal")],
    )
    .await;
    let mut tx = app.app.store().write().await.expect("a transaction");
    let open = store::customer_case::open_cases(&mut tx, Some(BUSINESS), 10)
        .await
        .expect("read");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].words.as_deref(), Some("The brakes squeal"));
    let closing = Closing {
        cause: Cause::WorkQuality,
        note: None,
        by: "Eva",
    };
    let zones = &app.app.dispatcher.zones;
    app.advance_to("2026-12-03 10:00");
    case::close(&mut tx, zones, &open[0], &closing, app.now())
        .await
        .expect("closed");
    tx.commit().await.expect("committed");
    app.run_until("2026-12-07 18:00").await;
    let link = app.link("/r/");
    let page = app.get(&link).await;
    assert!(
        page.text().contains("Is it solved?") && page.text().contains("Yes, it is solved"),
        "{}",
        page.text()
    );

    let answer = app.press(&link, "ask", &[("words", "Still squeals")]).await;
    assert!(answer.text().contains("We are on it."), "{}", answer.text());
    let mut tx = app.app.store().read().await.expect("a transaction");
    let reopened = store::customer_case::find(&mut tx, &open[0].id)
        .await
        .expect("read")
        .expect("a case");
    assert!(reopened.is_open());
    assert!(reopened.words.expect("words").contains("Still squeals"));
    drop(tx);
    let again = app
        .post(&link, &[("do", "ask"), ("revision", "1"), ("words", "Still squeals")])
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_policy_is_wanted_with_a_click_and_only_once() {
    let app = TestApp::agency().start().await;
    app.import_renewals(
        "external_id,customer_id,name,email,kind,subject,ends_on\nR-1,C-1,Ana,ana@example.com,policy,Home insurance,2027-01-05\n",
    )
    .await;
    app.run_until("2026-12-29 18:00").await;
    let link = app.link("/r/");
    let page = app.get(&link).await.text();
    assert!(
        page.contains("Your policy ends") && page.contains("Home insurance"),
        "{page}"
    );
    let answer = app.press(&link, "accept", &[]).await;
    assert!(answer.text().contains("We will take care of it"), "{}", answer.text());
    assert!(!answer.text().contains("Yes, please renew it"));
    assert_eq!(inbox(&app).await, [DeskKind::RenewalWanted]);
    app.post(&link, &[("do", "accept"), ("revision", &answer.revision())])
        .await;
    assert_eq!(inbox(&app).await.len(), 1);
    let answer = app
        .press(&link, "ask", &[("words", "Please call in the evening")])
        .await;
    assert!(answer.text().contains("We have your message"), "{}", answer.text());
    assert!(inbox(&app).await.contains(&DeskKind::Change));
}

#[tokio::test]
async fn a_text_from_a_name_is_rated_by_its_link() {
    let app = TestApp::garage().setting("sms.from", "GARAGE").start().await;
    app.import_bookings(
        "external_id,customer_id,name,phone,starts_at,status\nB-1,C-1,Ana,+491713920012,2026-12-01 08:00,completed\n",
    )
    .await;
    app.run_until("2026-12-02 18:00").await;
    let Content::Sms { text } = app.sms.sent().pop().expect("a text").content else {
        panic!("a text")
    };
    assert!(
        text.contains("Your rating: https://") && !text.contains("Reply"),
        "{text}"
    );
    let answer = app.press(&app.link("/r/"), "rate", &[("score", "3")]).await;
    assert!(answer.text().contains("You gave 3 of 5."), "{}", answer.text());
    assert_eq!(ratings(&app).await, [(3, None, true)]);
}
