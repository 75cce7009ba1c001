//! A made-up customer is asked at once, by the business's own rules, and is gone without a trace when that is wished.

use daybefore::domain::message::State;
use daybefore::domain::user::Role;
use daybefore::outbound::sample;

use super::phone::{STAFF, sandboxed};
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

impl Browser {
    /// Presses a button of the sample. Returns the page after it.
    async fn sample(&mut self, app: &TestApp, act: &str) -> String {
        let csrf = self.csrf(app).await;
        let answer = self.post(app, "/phone/sample", &[("act", act), ("csrf", &csrf)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let next = answer.header("location").to_owned();
        let page = self.get(app, &next).await;
        assert_eq!(page.status, 200, "{next}: {}", page.body);
        page.html()
    }
}

#[tokio::test]
async fn a_new_garage_and_a_new_agency_try_the_whole_loop_and_take_it_away() {
    for (setup, asks, stands) in [
        (TestApp::garage(), "asks: are you coming?", ">confirmed<"),
        (TestApp::agency(), "asks: shall we renew?", "wants the renewal"),
    ] {
        let (app, mut eva) = sandboxed(setup).await;
        let page = eva.sample(&app, "send").await;
        assert!(page.contains("the question goes at once"), "{page}");
        assert!(page.contains("A message is on its way."), "{page}");
        let customer = sample::find(&mut app.app.store().read().await.unwrap(), BUSINESS)
            .await
            .unwrap()
            .unwrap();
        let path = format!("/phone/{}", customer.id);
        assert_eq!(eva.get(&app, &path).await.header("refresh"), "2");
        app.dispatch().await;
        let page = eva.get(&app, &path).await;
        assert_eq!(page.header("refresh"), "", "it has come");
        let page = page.html();
        assert!(page.contains("Sample customer") && page.contains(asks), "{page}");
        let after = eva.texts(&app, &customer.id, "C").await;
        assert!(after.contains("Sent. The business has it."), "{after}");
        let today = eva.get(&app, "/").await.html();
        assert!(today.contains("Sample customer") && today.contains(stands), "{today}");

        let page = eva.sample(&app, "remove").await;
        assert!(
            page.contains("The sample is gone.") && !page.contains("Sample customer"),
            "{page}"
        );
        app.dispatch().await;
        for path in ["/", "/phone", "/inbox", "/customers", "/calls"] {
            let page = eva.get(&app, path).await.html();
            assert!(
                !page.contains("Sample customer") && !page.contains("(erased)"),
                "{path}: {page}"
            );
        }
        assert!(app.plan().await.iter().all(|line| line.state != State::Planned));
        let page = eva.sample(&app, "send").await;
        assert!(page.contains("the question goes at once"), "again: {page}");
    }
}

#[tokio::test]
async fn one_question_at_a_time_and_none_at_night() {
    let (app, mut eva) = sandboxed(TestApp::garage()).await;
    eva.sample(&app, "send").await;
    app.dispatch().await;
    let page = eva.sample(&app, "send").await;
    assert!(page.contains("has not answered yet"), "{page}");
    assert_eq!(
        app.plan().await.iter().filter(|line| line.rule == "day-before").count(),
        1
    );

    let (app, mut eva) = sandboxed(TestApp::garage().at("2026-12-01 22:30")).await;
    let page = eva.sample(&app, "send").await;
    assert!(page.contains("outside the hours"), "{page}");
    app.dispatch().await;
    let customer = app.plan().await[0].customer.clone();
    let page = eva.get(&app, &format!("/phone/{customer}")).await.html();
    assert!(page.contains("planned for Wed 2 Dec, 08:00"), "{page}");
    app.run_until("2026-12-02 08:00").await;
    let page = eva.get(&app, &format!("/phone/{customer}")).await.html();
    assert!(page.contains("asks: are you coming?"), "{page}");
}

#[tokio::test]
async fn no_sample_is_made_for_real_customers_or_in_another_business() {
    let app = TestApp::garage().start().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let csrf = eva.csrf(&app).await;
    let fields = [("act", "send"), ("csrf", csrf.as_str())];
    assert_eq!(eva.post(&app, "/phone/sample", &fields).await.status, 404);

    let (app, mut eva) = sandboxed(TestApp::garage()).await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let csrf = stranger.csrf(&app).await;
    let path = format!("/phone/sample?business={BUSINESS}");
    for act in ["send", "remove"] {
        let answer = stranger.post(&app, &path, &[("act", act), ("csrf", &csrf)]).await;
        assert_eq!(answer.status, 404, "{act}");
    }
    assert_eq!(
        eva.post(&app, "/phone/sample", &[("act", "send"), ("csrf", "x")])
            .await
            .status,
        403
    );
    let page = stranger.sample(&app, "send").await;
    assert!(page.contains("Nothing goes"), "it has no rules: {page}");
    assert!(app.plan().await.is_empty());
}
