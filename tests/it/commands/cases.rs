//! `daybefore cases`.

use crate::support::program::with_short_ids;
use crate::support::test_app::{PHONE, TestApp};

/// Ana was here, and gave a two.
async fn unhappy() -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.book_as("B-1", "2026-12-02 09:00", "completed").await;
    app.run_until("2026-12-03 12:00").await;
    app.rates("B-1", 2, Some("The door has a scratch")).await;
    app
}

#[tokio::test]
async fn an_open_case_is_listed_shown_given_to_somebody_and_closed() {
    let app = unhappy().await;
    insta::assert_snapshot!(with_short_ids(&app.daybefore("cases list").said()), @r#"call by 2026-12-03 20:00  Ana Košir  +491713920012  nobody's yet  gave 2 of 5  "The door has a scratch"  [ID-1]"#);
    insta::assert_snapshot!(with_short_ids(&app.daybefore(&format!("cases show {PHONE}")).said()), @"
    case ID-1
      customer       Ana Košir
      opened         2026-12-03 12:00:00
      status         open
      revision       1
      call by        2026-12-03 20:00:00
      owner          nobody yet
      score          2 of 5 (csat)
      words          The door has a scratch
      2026-12-03 12:00:00  opened: by rating
      2026-12-03 12:00:00  alert: unhappy (rule case-alert): not sent: no usable phone number or address (no_address) [ID-2]
    ");
    let json = app.daybefore("cases list --business shop --json").json();
    assert_eq!(
        (&json[0]["status"], &json[0]["customer_name"], &json[0]["score"]),
        (&"open".into(), &"Ana Košir".into(), &2.into())
    );
    let id = json[0]["id"].as_str().expect("an id");
    assert_eq!(app.daybefore(&format!("cases show {id} --json")).json(), json);
    // As people write a number, and by our id.
    let spoken = ["cases", "assign", "0171 392 00 12", "--to", "Ben"];
    assert_eq!(app.daybefore_with(&spoken).said(), "Ben sees to it\n");
    assert!(app.daybefore("cases list").said().contains("  Ben's  gave 2 of 5  "));
    let close = [
        "cases", "close", id, "--cause", "damage", "--note", "polished", "--by", "Ben",
    ];
    assert_eq!(
        app.daybefore_with(&close).said(),
        "closed; what it held goes on where it is still of use\n"
    );
    assert_eq!(
        app.daybefore_with(&close).refused(),
        format!("case {id} is closed already: `daybefore cases show {id}` tells more")
    );
    assert_eq!(app.daybefore("cases list").said(), "no case is open\n");
    let closed = app.daybefore("cases list --closed").said();
    assert!(
        closed.starts_with("closed ") && closed.contains(" (damage)  Ana Košir"),
        "{closed}"
    );
}

#[tokio::test]
async fn a_case_is_opened_once_and_then_added_to() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let open = |words| ["cases", "open", PHONE, "--words", words, "--about", "B-1"];
    let first = with_short_ids(&app.daybefore_with(&open("Nobody calls back")).said());
    assert_eq!(
        first,
        "case ID-1; nothing else goes to this customer until it is closed\n"
    );
    let more = with_short_ids(&app.daybefore_with(&open("Still nobody")).said());
    assert_eq!(
        more,
        "added to the open case ID-1; nothing else goes to this customer until it is closed\n"
    );
    assert_eq!(app.cases().await.len(), 1);
    let mistaken = ["cases", "open", PHONE, "--about", "B-2"];
    assert_eq!(
        app.daybefore_with(&mistaken).refused(),
        "--about: this customer has no booking or renewal `B-2`"
    );
    assert_eq!(
        app.daybefore_with(&["cases", "assign", PHONE, "--to", " "]).refused(),
        "--to is empty: name who sees to it"
    );
}

#[tokio::test]
async fn an_empty_list_says_so_and_what_is_not_there_is_named() {
    let app = TestApp::garage().start().await;
    assert_eq!(app.daybefore("cases list").said(), "no case is open\n");
    assert_eq!(app.daybefore("cases list --closed").said(), "no case is closed\n");
    assert_eq!(app.daybefore("cases list --json").said(), "");
    for line in [
        "cases show nope",
        "cases close nope --cause price",
        "cases assign nope --to Ben",
    ] {
        assert_eq!(
            app.daybefore(line).refused(),
            "`nope` is no case, and no customer with an open one: `daybefore cases list` shows them"
        );
    }
    assert_eq!(
        app.daybefore("cases open nope").refused(),
        "`nope` is no customer here: name a customer by our id or your own, by phone (+49…) or by mail address"
    );
}

#[tokio::test]
async fn a_mistyped_cause_is_told_the_nearest() {
    let app = TestApp::garage().start().await;
    let told = app.daybefore("cases close X --cause prise").mistyped();
    assert!(told.ends_with("tip: a similar value exists: 'price'"), "{told}");
}
