//! The figures: who was asked, who got it, who answered what.

use daybefore::domain::satisfaction::Estimate;
use daybefore::outbound::satisfaction::{By, Figures, Span, figures};

use crate::support::test_app::TestApp;

/// Ten customers are asked on 3 December; the first `answers.len()` answer.
async fn asked(answers: &[i64]) -> TestApp {
    let app = TestApp::garage().start().await;
    let rows = |status: &str| -> String {
        let row = |at: usize| {
            let service = if at < 5 { "Oil" } else { "Tyres" };
            format!("B-{at},Customer {at},+49171392003{at},,{service},2026-12-02 09:00,{status}")
        };
        let rows: Vec<_> = (0..10).map(row).collect();
        format!(
            "external_id,name,phone,email,service,starts_at,status\n{}\n",
            rows.join("\n")
        )
    };
    app.import_known_bookings(&rows("booked")).await;
    app.run_until("2026-12-02 12:00").await;
    app.import_bookings(&rows("completed")).await;
    app.run_until("2026-12-03 12:00").await;
    for (at, score) in answers.iter().enumerate() {
        app.rates(&format!("B-{at}"), *score, None).await;
    }
    app
}

async fn counted(app: &TestApp, span: &Span, by: Option<By>) -> Vec<Figures> {
    let mut tx = app.app.store().read().await.unwrap();
    figures(&mut tx, &app.app.dispatcher.zones, span, by).await.unwrap()
}

fn value(estimate: Option<Estimate>) -> f64 {
    estimate.unwrap().rounded(1).value
}

#[tokio::test]
async fn a_business_that_asked_nobody_has_no_score() {
    let app = TestApp::garage().start().await;
    let figures = counted(&app, &Span::default(), None).await;
    assert_eq!(figures.len(), 1);
    assert_eq!((figures[0].sent, figures[0].csat.n), (0, 0));
    assert_eq!((figures[0].csat.satisfied, figures[0].nps.score), (None, None));
    assert_eq!(figures[0].response.rate, None);
}

#[tokio::test]
async fn the_share_of_fours_and_fives_is_of_those_who_answered_and_the_rate_of_those_who_got_it() {
    let app = asked(&[5, 5, 4, 1]).await;
    // The texts are taken over by the carrier, but nothing says that they arrived, except an answer.
    let figures = counted(&app, &Span::default(), None).await.remove(0);
    assert_eq!(
        (figures.sent, figures.response.delivered, figures.response.answered),
        (10, 4, 4)
    );
    for at in 4..8 {
        let message = app.message(&format!("B-{at}"), "satisfaction").await;
        let attempt = app.attempts(&message.message_id).await.pop().unwrap();
        app.receive_status(&attempt.id, attempt.provider_id.as_deref().unwrap(), "delivered", None)
            .await;
    }
    let figures = counted(&app, &Span::default(), None).await.remove(0);
    assert_eq!(
        (figures.sent, figures.response.delivered, figures.response.answered),
        (10, 8, 4)
    );
    assert_eq!(value(figures.response.rate).to_string(), "50");
    assert_eq!((figures.csat.n, value(figures.csat.satisfied)), (4, 75.0));
    assert_eq!(figures.csat.mean.unwrap().rounded(2).value.to_string(), "3.75");
}

#[tokio::test]
async fn services_and_months_are_told_apart_by_the_business_clock() {
    let app = asked(&[5, 4, 4, 4, 4, 1]).await;
    let by_service = counted(&app, &Span::default(), Some(By::Service)).await;
    let shares: Vec<_> = by_service
        .iter()
        .map(|group| {
            (
                group.group.as_deref().unwrap(),
                group.csat.n,
                value(group.csat.satisfied),
            )
        })
        .collect();
    assert_eq!(shares, [("Oil", 5, 100.0), ("Tyres", 1, 0.0)]);
    let by_month = counted(&app, &Span::default(), Some(By::Month)).await;
    assert_eq!(by_month.len(), 1);
    assert_eq!(by_month[0].group.as_deref(), Some("2026-12"));
    let later = Span {
        since: Some("2026-12-04".parse().unwrap()),
        ..Span::default()
    };
    assert_eq!(counted(&app, &later, None).await[0].sent, 0);
    let that_day = Span {
        since: Some("2026-12-03".parse().unwrap()),
        until: Some("2026-12-03".parse().unwrap()),
        ..Span::default()
    };
    assert_eq!(counted(&app, &that_day, None).await[0].sent, 10);
}

#[tokio::test]
async fn of_two_answers_of_one_customer_the_latest_is_counted() {
    let app = asked(&[5]).await;
    app.rates("B-0", 1, None).await;
    let figures = counted(&app, &Span::default(), None).await.remove(0);
    assert_eq!((figures.response.answered, figures.csat.n), (1, 1));
    assert_eq!(value(figures.csat.satisfied).to_string(), "0");
}

#[tokio::test]
async fn another_scale_is_another_score() {
    let rules = daybefore::domain::rule::Rules::preset("garage").unwrap().replace(
        "template = \"satisfaction_check\"\npurpose = \"survey\"\nasks = \"rating\"",
        "template = \"recommendation_check\"\npurpose = \"survey\"\nasks = \"rating\"\nscale = \"nps\"",
    );
    let app = TestApp::garage().rules(&rules).start().await;
    app.book_as("B-1", "2026-12-01 08:00", "completed").await;
    app.run_until("2026-12-02 12:00").await;
    assert!(app.conversation().contains("Reply 0 to 10"), "{}", app.conversation());
    app.rates("B-1", 9, None).await;
    let figures = counted(&app, &Span::default(), None).await.remove(0);
    assert_eq!((figures.csat.n, figures.nps.n, value(figures.nps.score)), (0, 1, 100.0));
    assert!(app.cases().await.is_empty());
    app.rates("B-1", 6, None).await;
    assert_eq!(app.cases().await.len(), 1, "a detractor is unhappy");
}
