//! A visit from its booking to a complaint that was closed: of all that a story tells, something.

use std::time::Duration;

use daybefore::carrier::{Failure, Outcome};
use daybefore::domain::case::Cause;
use daybefore::store;

use super::test_app::TestApp;

/// With a hold by hand, a retry after the provider has said `failure`, an answer, a complaint in these words, an opt-out.
pub async fn a_whole_life(failure: &str, complaint: &str) -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-02 10:00").await;
    let reminder = app.message("B-1", "day-before").await.message_id;
    let mut tx = app.app.store().write().await.unwrap();
    for event in ["held", "released"] {
        store::history::add(&mut tx, None, ("message", &reminder), event, "by hand", app.now())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    app.sms.then(Outcome::Retry {
        after: Some(Duration::from_mins(5)),
        limit: None,
        whole_sender: false,
        failure: Failure {
            code: Some(30001),
            text: failure.to_owned(),
        },
    });
    app.run_until("2026-12-03 18:00").await;
    app.customer_replies("C").await;
    app.run_until("2026-12-04 12:00").await;
    app.book_as("B-1", "2026-12-04 09:00", "completed").await;
    app.run_until("2026-12-05 12:00").await;
    app.rates("B-1", 1, Some(complaint)).await;
    app.closes_the_case(Cause::Delay).await;
    app.customer_opts_out("ana@example.com", None).await;
    app.run_until("2026-12-06 12:00").await;
    app
}
