//! Satisfaction at the desk: figures that are honest about how few they are of, comments, causes, and the table to take along.

use daybefore::domain::case::Cause;
use daybefore::domain::user::Role;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

/// Six customers had their visit on 2 December and were asked on the 3rd; Eva sits at the desk.
async fn asked(answers: &[(i64, Option<&str>)]) -> (TestApp, Browser) {
    let app = TestApp::garage().start().await;
    let rows = |status: &str| -> String {
        let service = |at: usize| if at < 3 { "Oil" } else { "=Tyres, \"all\" four" };
        let row = |at: usize| {
            let service = service(at).replace('"', "\"\"");
            format!("B-{at},Customer {at},+49171392003{at},\"{service}\",2026-12-02 09:00,{status}\n")
        };
        let header = "external_id,name,phone,service,starts_at,status\n".to_owned();
        (0..6).map(row).fold(header, |table, row| table + &row)
    };
    app.import_known_bookings(&rows("booked")).await;
    app.run_until("2026-12-02 12:00").await;
    app.import_bookings(&rows("completed")).await;
    app.run_until("2026-12-03 12:00").await;
    for (at, (score, words)) in answers.iter().enumerate() {
        app.rates(&format!("B-{at}"), *score, *words).await;
    }
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva)
}

#[tokio::test]
async fn where_nobody_has_answered_there_is_no_score_and_no_nought() {
    let app = TestApp::garage().start().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva.get(&app, "/satisfaction").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let html = page.html();
    assert!(
        html.contains("no answers yet") && html.contains("nobody got the question yet"),
        "{html}"
    );
    for wrong in ["0 %", "0.0", "NaN", "<svg", "None", "none</"] {
        assert!(!html.contains(wrong), "{wrong}: {html}");
    }
    assert!(
        html.contains("January 2026") && html.contains("December 2026"),
        "the last twelve months"
    );
    let table = eva.get(&app, "/satisfaction.csv").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(
        table.body.contains("all,,0,0,0,,,,0,,,,,,,0,,,,0,,,,,,\r\n"),
        "{}",
        table.body
    );
}

#[tokio::test]
async fn figures_come_with_how_many_they_are_of_and_an_interval_in_charts_and_the_same_table() {
    let (app, mut eva) = asked(&[(5, None), (4, Some("all well")), (1, Some("two hours <b>late</b>"))]).await;
    let page = eva.get(&app, "/satisfaction").await;
    let html = page.html();
    assert!(html.contains("Asked: 6. Arrived: 3. Answered: 3."), "{html}");
    // 2 of 3: Wilson 20.8 to 93.9.
    assert!(
        html.contains("66.7 %") && html.contains("20.8 to 93.9") && html.contains("n = 3"),
        "{html}"
    );
    assert!(
        html.contains("role=\"img\"") && html.contains("<title id=\"chart-csat-title\">"),
        "{html}"
    );
    assert_eq!(
        html.matches("class=\"mark\"").count(),
        2,
        "one month, two measures: {html}"
    );
    assert!(
        !html.contains("chart-nps") && !html.contains("NaN"),
        "nobody was asked for it: {html}"
    );
    assert!(html.contains("=Tyres, &quot;all&quot; four"), "{html}");
    assert!(
        html.contains("two hours &lt;b&gt;late") && !page.body.contains("<b>late"),
        "{html}"
    );
    let (first, second) = (html.find("two hours").unwrap(), html.find("all well").unwrap());
    assert!(
        first < second || html.matches("1 of 5").count() == 1,
        "the latest first"
    );
    assert!(
        html.contains("/customers/") && html.contains("/cases/") && html.contains("the case"),
        "{html}"
    );
}

#[tokio::test]
async fn causes_of_closed_cases_are_counted() {
    let (app, mut eva) = asked(&[(1, Some("late"))]).await;
    assert!(
        eva.get(&app, "/satisfaction")
            .await
            .html()
            .contains("No case was closed"),
        "it is open"
    );
    app.closes_the_case(Cause::Delay).await;
    let html = eva.get(&app, "/satisfaction?months=1").await.html();
    assert!(
        html.contains("<th scope=\"row\">delay</th><td class=\"num\">1</td>"),
        "{html}"
    );
    assert!(html.contains("causes-hatch") && html.contains("this month"), "{html}");
}

#[tokio::test]
async fn the_table_to_take_along_has_the_same_numbers_and_no_formulas() {
    let (app, mut eva) = asked(&[(5, None), (4, None), (1, None), (5, None)]).await;
    let table = eva.get(&app, "/satisfaction.csv?months=3").await;
    assert_eq!(table.status, 200);
    assert_eq!(
        table.header("content-disposition"),
        "attachment; filename=\"satisfaction.csv\""
    );
    assert_eq!(table.header("cache-control"), "no-store");
    let lines: Vec<_> = table.body.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert!(
        lines[0].starts_with("group,name,sent,delivered,answered,response_percent,"),
        "{}",
        lines[0]
    );
    insta::assert_snapshot!(format!("\n{}", lines[1..].join("\n").trim_end()), @r#"

    all,,6,4,4,100.0,51.0,100.0,4,75.0,30.1,95.4,3.75,1.89,5.00,0,,,,0,,,,,,
    month,2026-10,0,0,0,,,,0,,,,,,,0,,,,0,,,,,,
    month,2026-11,0,0,0,,,,0,,,,,,,0,,,,0,,,,,,
    month,2026-12,6,4,4,100.0,51.0,100.0,4,75.0,30.1,95.4,3.75,1.89,5.00,0,,,,0,,,,,,
    service,"'=Tyres, ""all"" four",3,1,1,100.0,20.7,100.0,1,100.0,20.7,100.0,5.00,1.00,5.00,0,,,,0,,,,,,
    service,Oil,3,3,3,100.0,43.9,100.0,3,66.7,20.8,93.9,3.33,1.00,5.00,0,,,,0,,,,,,
    "#);
}

#[tokio::test]
async fn months_are_those_of_the_businesss_clock() {
    let (app, mut eva) = asked(&[(5, None)]).await;
    let html = eva.get(&app, "/satisfaction?months=1").await.html();
    assert!(
        html.contains("December 2026") && !html.contains("November 2026"),
        "{html}"
    );
    for odd in ["months=13", "months=-1", "months=x", "months="] {
        let page = eva.get(&app, &format!("/satisfaction?{odd}")).await;
        assert_eq!(page.status, 200, "{odd}");
        assert!(page.html().contains("January 2026"), "{odd}: the usual ones");
    }
}

#[tokio::test]
async fn comments_are_paged_from_the_latest_back() {
    let (app, mut eva) = asked(&[(5, Some("first"))]).await;
    let path = app.app.store().path().clone();
    let many = "INSERT INTO rating (id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, \
        comment, channel, counts, at) \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) \
        SELECT 'x' || i, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, \
            'comment ' || i || '.', channel, FALSE, at + i / 3 FROM rating, n";
    crate::store::raw(&path, many).await.unwrap();
    let mut seen = Vec::new();
    let mut next = "/satisfaction".to_owned();
    loop {
        let html = eva.get(&app, &next).await.html();
        let words = html.split("<p class=\"said\">").skip(1);
        seen.extend(words.map(|rest| rest.split('<').next().unwrap_or_default().to_owned()));
        let Some((before, _)) = html.split_once("#comments\">Earlier") else {
            break;
        };
        let (_, link) = before.rsplit_once("href=\"").expect("a link");
        next = link.replace("&amp;", "&");
    }
    assert_eq!(seen.len(), 31, "{seen:?}");
    assert_eq!((seen[0].as_str(), seen[30].as_str()), ("comment 30.", "first"));
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 31, "each once");
}

#[tokio::test]
async fn another_businesss_figures_are_not_there() {
    let (app, _) = asked(&[(1, Some("two hours late"))]).await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    for path in ["/satisfaction", "/satisfaction.csv"] {
        let own = stranger.get(&app, path).await;
        assert_eq!(own.status, 200, "{path}");
        assert!(!own.body.contains("two hours") && !own.body.contains("Oil"), "{path}");
        let theirs = stranger.get(&app, &format!("{path}?business={BUSINESS}")).await;
        assert_eq!(theirs.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_figures_are_read_in_every_language() {
    let (app, _) = asked(&[(5, Some("gut")), (1, None)]).await;
    app.closes_the_case(Cause::Price).await;
    for (language, share) in [
        ("en", "50.0 %"),
        ("de", "50,0 %"),
        ("fr", "50,0 %"),
        ("es", "50,0 %"),
        ("pl", "50,0%"),
    ] {
        let mut reader = app.signed_in(&format!("reads-{language}"), STAFF).await;
        let page = reader.get(&app, "/satisfaction").await;
        assert_eq!(page.status, 200, "{language}: {}", page.body);
        assert!(page.html().contains(share), "{language}: {}", page.html());
    }
}
