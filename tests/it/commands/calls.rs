//! `daybefore calls`.

use daybefore::domain::item::RenewalStatus;

use crate::support::program::with_short_ids;
use crate::support::test_app::TestApp;

/// A policy ends on the 20th; on the 13th the agent has a call to make.
async fn agency() -> (TestApp, String) {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2026-12-20", "active").await;
    app.run_until("2026-12-13 12:00").await;
    let calls = app.daybefore("calls --json").json();
    let id = calls[0]["id"].as_str().expect("an id").to_owned();
    (app, id)
}

#[tokio::test]
async fn it_lists_whom_to_phone_and_what_to_say() {
    let (app, _) = agency().await;
    let listed = app.daybefore("calls").said();
    assert_eq!(listed, app.daybefore("calls list --business shop").said());
    insta::assert_snapshot!(with_short_ids(&listed), @r#"
    +491713920012  Ana Košir  before 2026-12-19 18:00  [ID-1]
        "Hello Ana Košir, this is Garage Müller. Do you have two minutes?"
        "Your policy (Golf) ends on Sunday, December 20. I would like to go through it with you before then."
        Say what it covers today. Speak of prices only if you are asked.
        Ask: "Has anything changed: car, home, family, work?" Listen first, and note it.
        If they want to renew: agree on it, and say what they will get in writing, and when.
        If something has changed: promise a new proposal, and name the day.
        If they hesitate: ask what is missing. Do not press; agree on a day for the next call.
        "Thank you for your time. You reach us whenever you need us."
        Note down how it went: renewed, call again, or declined and why.
    "#);
    let json = app.daybefore("calls --json").json();
    assert_eq!(
        (&json[0]["customer_name"], &json[0]["due_local"]),
        (&"Ana Košir".into(), &"2026-12-19 18:00".into())
    );
}

#[tokio::test]
async fn what_came_of_a_call_is_noted_once() {
    let (app, id) = agency().await;
    let done = format!("calls done {id} --outcome renewed --by Eva");
    assert_eq!(
        app.daybefore(&done).said(),
        "noted: renewed; the renewal is renewed: nothing more is sent about its end\n"
    );
    assert_eq!(app.renewal_status("P-1").await, RenewalStatus::Renewed);
    let again = app.daybefore(&done).refused();
    assert!(
        again.starts_with("this call was made already: `daybefore why 0"),
        "{again}"
    );
    let made = with_short_ids(&app.daybefore("calls --made").said());
    assert!(
        made.starts_with("+491713920012  Ana Košir  renewed by Eva, ") && made.ends_with("  [ID-1]\n"),
        "no script that is over: {made}"
    );
    assert_eq!(app.daybefore("calls").said(), "nobody is to be phoned\n");
}

#[tokio::test]
async fn who_wants_to_be_called_again_is_on_the_list_again() {
    let (app, id) = agency().await;
    assert_eq!(
        app.daybefore(&format!("calls done {id} --outcome call_back")).refused(),
        "when does the customer want to be called? `--again \"2026-12-01 10:00\"` puts the call back on the list; \
         `--outcome reached` takes it off"
    );
    let past = [
        "calls",
        "done",
        &id,
        "--outcome",
        "call_back",
        "--again",
        "2020-01-01 10:00",
    ];
    assert_eq!(
        app.daybefore_with(&past).refused(),
        "--again 2020-01-01 10:00 is over: name a later time"
    );
    let later = [
        "calls",
        "done",
        &id,
        "--outcome",
        "call_back",
        "--again",
        "2099-01-01 10:00",
    ];
    assert_eq!(
        app.daybefore_with(&later).said(),
        "noted: wants to be called again; on the list again for 2099-01-01 10:00\n"
    );
    assert!(app.daybefore("calls").said().contains("not before 2099-01-01 10:00"));
}

#[tokio::test]
async fn a_mistyped_outcome_is_told_the_nearest() {
    let app = TestApp::agency().start().await;
    let told = app.daybefore("calls done X --outcome reachd").mistyped();
    assert_eq!(
        told,
        "error: invalid value 'reachd' for '--outcome <OUTCOME>'\n  \
         [possible values: reached, no_answer, call_back, wrong_number, renewed, declined]\n\n  \
         tip: a similar value exists: 'reached'"
    );
    let told = app
        .daybefore("calls done X --outcome call_back --again tomorrow")
        .mistyped();
    assert!(
        told.ends_with("`tomorrow` is no local time: write it like 2026-12-01 10:00"),
        "{told}"
    );
}

#[tokio::test]
async fn an_empty_list_says_so_and_a_call_that_is_not_there_is_named() {
    let app = TestApp::agency().start().await;
    assert_eq!(app.daybefore("calls").said(), "nobody is to be phoned\n");
    assert_eq!(app.daybefore("calls --made").said(), "nobody was phoned\n");
    assert_eq!(app.daybefore("calls --json").said(), "");
    assert_eq!(
        app.daybefore("calls done nope --outcome reached").refused(),
        "there is no call `nope`: `daybefore calls` shows them"
    );
}
