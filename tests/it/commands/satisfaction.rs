//! `daybefore satisfaction`.

use crate::support::test_app::TestApp;

/// Two customers are asked on 3 December; one gives a four.
async fn asked() -> TestApp {
    let app = TestApp::garage().start().await;
    let rows = |status: &str| {
        format!(
            "external_id,name,phone,service,starts_at,status\n\
             B-1,Ana,+491713920031,Oil,2026-12-02 09:00,{status}\n\
             B-2,Ben,+491713920032,Tyres,2026-12-02 10:00,{status}\n"
        )
    };
    app.import_known_bookings(&rows("booked")).await;
    app.run_until("2026-12-02 12:00").await;
    app.import_bookings(&rows("completed")).await;
    app.run_until("2026-12-03 12:00").await;
    app.rates("B-1", 4, None).await;
    app
}

#[tokio::test]
async fn it_tells_the_figures_and_how_far_to_trust_them() {
    let app = asked().await;
    insta::assert_snapshot!(app.daybefore("satisfaction --by service").said(), @"
                sent  delivered  answered  response  score                     95 % interval  mean  n
    shop Oil    1     1          1         100.0 %   CSAT 100.0 % gave 4 or 5  20.7 to 100.0  4.00  1
    shop Tyres  1     0          0         -         no answers                -              -     0
    With fewer than 30 answers look at the interval, not at the score.
    ");
    let json = app.daybefore("satisfaction --business shop --by month --json").json();
    assert_eq!(json.len(), 1);
    assert_eq!(
        (&json[0]["group"], &json[0]["csat"]["n"]),
        (&"2026-12".into(), &1.into())
    );
    assert_eq!(json[0]["csat"]["satisfied"]["value"], 100.0);
    let before = app.daybefore("satisfaction --until 2026-12-02 --json").json();
    assert_eq!(before[0]["sent"], 0);
}

#[tokio::test]
async fn who_has_asked_nobody_has_no_score() {
    let app = TestApp::garage().start().await;
    insta::assert_snapshot!(app.daybefore("satisfaction").said(), @"
          sent  delivered  answered  response  score       95 % interval  mean  n
    shop  0     0          0         -         no answers  -              -     0
    ");
}

#[tokio::test]
async fn a_mistake_is_told_how_to_write_it() {
    let app = TestApp::garage().start().await;
    let told = |line: &str| app.daybefore(line).mistyped();
    assert_eq!(
        told("satisfaction --since 1.12.2026"),
        "error: invalid value '1.12.2026' for '--since <DATE>': `1.12.2026` is no day: write it like 2026-01-31"
    );
    let by = told("satisfaction --by servic");
    assert!(by.ends_with("tip: a similar value exists: 'service'"), "{by}");
    assert_eq!(
        app.daybefore("satisfaction --since 2026-12-02 --until 2026-12-01")
            .refused(),
        "--since 2026-12-02 is after --until 2026-12-01: exchange them"
    );
    assert_eq!(
        app.daybefore("satisfaction --business shpo").refused(),
        "there is no business `shpo`: `daybefore business list` shows them"
    );
}
