//! `daybefore inbox`.

use daybefore::domain::item::BookingStatus;

use crate::support::program::with_short_ids;
use crate::support::test_app::TestApp;

/// Ana was asked about her visit, and wants another time; a stranger has sent words that are nobody's.
async fn waiting() -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    app.customer_replies("R, what about Friday?").await;
    app.text_from("+4915112345678", "Who is this?").await;
    app
}

/// The ids of Ana's row and of the stranger's.
async fn rows(app: &TestApp) -> (String, String) {
    let (anas, strangers): (Vec<_>, Vec<_>) = app.inbox().await.into_iter().partition(|row| row.customer_id.is_some());
    (anas[0].id.clone(), strangers[0].id.clone())
}

#[tokio::test]
async fn it_lists_who_wants_what_by_when() {
    let app = waiting().await;
    insta::assert_snapshot!(with_short_ids(&app.daybefore("inbox list").said()), @"
    answer by 2026-12-15 10:00  Ana Košir (booking B-1) wants another time or a call: R, what about Friday?  [ID-1]
    answer by 2026-12-15 10:00  +4915112345678 is nobody that is known here: Who is this?  [ID-2]
    ");
    let rows = app.daybefore("inbox list --business shop --json").json();
    assert_eq!(rows[0]["customer_name"], "Ana Košir");
    assert_eq!(rows[0]["about"], "booking B-1");
    assert_eq!(rows[0]["due_local"].as_str().map(str::len), Some(16));
}

#[tokio::test]
async fn a_row_is_shown_whole_and_noted_as_done_once() {
    let app = waiting().await;
    let (id, _) = rows(&app).await;
    insta::assert_snapshot!(with_short_ids(&app.daybefore(&format!("inbox show {id}")).said()), @"
    ID-1: wants another time or a call
      customer   Ana Košir
      phone      +491713920012
      about      booking B-1
      words      R, what about Friday?
      answer by  2026-12-15 10:00
    what this number wrote last:
      2026-12-14 18:00  R, what about Friday?
    ");
    assert_eq!(app.daybefore(&format!("inbox show {id} --json")).json()[0]["id"], id);
    let done = ["inbox", "done", &id, "--note", "moved to Friday", "--by", "Petra"];
    assert_eq!(
        app.daybefore_with(&done).said(),
        "done; what it held goes on where it is still of use\n"
    );
    assert_eq!(
        app.daybefore_with(&done).refused(),
        format!("`{id}` is done already: `daybefore inbox show {id}`")
    );
    let shown = app.daybefore(&format!("inbox show {id}")).said();
    assert!(
        shown.contains("by Petra\n") && shown.contains("moved to Friday\n"),
        "{shown}"
    );
}

#[tokio::test]
async fn the_visit_of_a_row_is_cancelled_with_it() {
    let app = waiting().await;
    let (anas, strangers) = rows(&app).await;
    app.daybefore(&format!("inbox done {anas} --cancel-visit")).said();
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Cancelled);
    assert_eq!(
        app.daybefore(&format!("inbox done {strangers} --cancel-visit"))
            .refused(),
        format!("`{strangers}` is about no visit: cancel it in your own system and import that")
    );
}

#[tokio::test]
async fn an_empty_inbox_says_so_and_what_is_not_there_is_named() {
    let app = TestApp::garage().start().await;
    assert_eq!(app.daybefore("inbox list").said(), "nothing waits for a person\n");
    assert_eq!(app.daybefore("inbox list --json").said(), "");
    for line in ["inbox show nope", "inbox done nope", "inbox show nope --json"] {
        assert_eq!(
            app.daybefore(line).refused(),
            "`nope` is no row of the inbox: `daybefore inbox list` shows them"
        );
    }
    assert_eq!(
        app.daybefore("inbox list --business shpo").refused(),
        "there is no business `shpo`: `daybefore business list` shows them"
    );
}
