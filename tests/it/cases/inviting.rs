//! Everybody who answered gets the same invitation to review, whatever the answer: Google's policy
//! (<https://support.google.com/contributionpolicy/answer/7400114>) and the FTC's rule (16 CFR 465) want no choice
//! among them.

use daybefore::domain::message::{Channel, Reason, State};

use crate::support::test_app::{BUSINESS, Sent, TestApp};

const URL: &str = "https://reviews.example/garage-mueller";

/// One customer a score, all with the same visit and the same consent.
async fn asked(consent: &str, review_url: Option<&str>) -> TestApp {
    let setup = TestApp::garage();
    let setup = match review_url {
        Some(url) => setup.review_url(url),
        None => setup,
    };
    let app = setup.start().await;
    let rows = |status: &str| -> String {
        let header = "external_id,name,phone,email,service,starts_at,status,consent_marketing";
        let row = |score: i64| {
            let name = ["Ana", "Ben", "Cem", "Dag", "Eva"][usize::try_from(score - 1).unwrap()];
            let mail = if score % 2 == 0 {
                format!("{name}@example.com")
            } else {
                String::new()
            };
            format!("B-{score},{name},+49171392002{score},{mail},Oil,2026-12-02 09:00,{status},{consent}")
        };
        let rows: Vec<_> = (1..=5).map(row).collect();
        format!("{header}\n{}\n", rows.join("\n"))
    };
    app.import_known_bookings(&rows("booked")).await;
    app.run_until("2026-12-02 12:00").await;
    app.import_bookings(&rows("completed")).await;
    app.run_until("2026-12-03 12:00").await;
    for score in 1..=5 {
        app.rates(&format!("B-{score}"), score, (score < 3).then_some("Bad"))
            .await;
    }
    app
}

fn invitations(app: &TestApp) -> Vec<Sent> {
    app.sent().into_iter().filter(|sent| sent.text.contains(URL)).collect()
}

#[tokio::test]
async fn low_and_high_scores_get_the_same_words_at_the_same_moment() {
    let app = asked("yes", Some(URL)).await;
    assert_eq!(app.cases().await.len(), 2, "the two lowest are cases, and stay open");
    app.run_until("2026-12-11 00:00").await;
    let sent = invitations(&app);
    assert_eq!(sent.len(), 5);
    for invitation in &sent {
        assert_eq!(app.local(invitation.at), "2026-12-04 11:00");
        assert_eq!(invitation.channel, Channel::Sms);
        assert_eq!(invitation.text.as_bytes(), sent[0].text.as_bytes());
    }
}

#[tokio::test]
async fn by_mail_they_differ_in_the_name_alone() {
    let app = asked("yes", Some(URL)).await;
    let mut bodies = Vec::new();
    for score in 1..=5 {
        let line = app.message(&format!("B-{score}"), "review-invitation").await;
        let mut tx = app.app.store().read().await.unwrap();
        let desk = daybefore::outbound::plan::Desk::load(&mut tx, &app.app.dispatcher.zones, BUSINESS)
            .await
            .unwrap();
        let texts = app.app.dispatcher.texts.texts(&mut tx).await.unwrap();
        let customer = daybefore::store::customer::find(&mut tx, &line.customer)
            .await
            .unwrap()
            .unwrap();
        let item = daybefore::store::item::of_customer(&mut tx, &line.customer)
            .await
            .unwrap()
            .remove(0);
        let subject = daybefore::texts::Subject {
            business: &desk.business,
            customer: &customer,
            item: &item,
            asks: daybefore::domain::message::Asks::Nothing,
            told_before: None,
            may_offer: true,
            today: desk.calendar.zone.date(app.now()),
            zone: &desk.calendar.zone,
            ways: daybefore::texts::Ways::REPLY,
        };
        let mail = texts.write("review_invitation", Channel::Email, &subject).unwrap();
        bodies.push((
            mail.subject,
            mail.text.replace(&customer.name, "NAME"),
            mail.html.unwrap().replace(&customer.name, "NAME"),
        ));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
}

#[tokio::test]
async fn without_consent_nobody_is_invited_whatever_the_score() {
    let app = asked("", Some(URL)).await;
    app.run_until("2026-12-11 00:00").await;
    assert!(invitations(&app).is_empty());
    for score in 1..=5 {
        let message = app.message(&format!("B-{score}"), "review-invitation").await;
        assert_eq!(message.reason, Some(Reason::NoConsent), "{score}");
    }
}

#[tokio::test]
async fn without_a_place_to_review_nothing_is_planned() {
    let app = asked("yes", None).await;
    app.run_until("2026-12-11 00:00").await;
    assert!(!app.plan_lines().await.contains("review-invitation"));
}

#[tokio::test]
async fn a_second_answer_brings_no_second_invitation_and_counts_instead_of_the_first_within_a_day() {
    let app = asked("yes", Some(URL)).await;
    app.run_until("2026-12-03 18:00").await;
    let second = app.rates("B-5", 2, None).await;
    assert!(second.counts);
    app.run_until("2026-12-05 12:00").await;
    let third = app.rates("B-5", 4, None).await;
    assert!(!third.counts, "a day is over; it is kept all the same");
    app.run_until("2026-12-11 00:00").await;
    let to_eva = invitations(&app).iter().filter(|sent| sent.to.ends_with('5')).count();
    assert_eq!(to_eva, 1);
    let mut tx = app.app.store().read().await.unwrap();
    let kept = daybefore::store::rating::of_message(&mut tx, &second.message_id)
        .await
        .unwrap();
    let kept: Vec<_> = kept.iter().map(|rating| (rating.score, rating.counts)).collect();
    assert_eq!(kept, [(5, false), (2, true), (4, false)]);
    assert_eq!(app.state("B-5", "review-invitation").await, State::Accepted);
}
