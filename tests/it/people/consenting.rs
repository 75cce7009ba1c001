//! A user notes what the customer has said about messages, with the proof; all that was ever said is shown.

use daybefore::domain::message::{Channel, Purpose, Reason, State};
use daybefore::domain::user::Role;
use daybefore::store;

use super::{ana, desk};
use crate::support::test_app::{BUSINESS, EMAIL, PHONE, TestApp};

/// Every line of the ledger about Ana, as `given channel purpose source wording`.
async fn lines(app: &TestApp) -> Vec<String> {
    let customer = ana(app).await;
    let mut tx = app.app.store().read().await.unwrap();
    let lines = store::ledger::lines_of(&mut tx, &customer).await.unwrap();
    let line = |line: store::ledger::LedgerLine| {
        let channel = line.channel.map_or("-", Channel::as_str);
        let purpose = line.purpose.map_or("-", Purpose::as_str);
        let wording = line.wording.unwrap_or_default();
        format!("{} {channel} {purpose} {} {wording}", line.given, line.source)
    };
    lines.into_iter().map(line).collect()
}

#[tokio::test]
async fn a_yes_is_noted_with_its_proof_for_each_purpose_and_way() {
    let (app, mut eva) = desk().await;
    let path = format!("/customers/{}/consent", ana(&app).await.id);
    let heard = [
        ("given", "yes"),
        ("marketing", "1"),
        ("sms", "1"),
        ("email", "1"),
        ("wording", "said so on the phone on 3 May <b>"),
    ];
    let page = eva.does(&app, &path, &heard).await;
    assert!(page.contains("Noted: the customer agrees."), "{page}");
    assert!(page.contains("desk (The eva)") && !page.contains("May <b>"), "{page}");
    assert_eq!(
        lines(&app).await,
        [
            "true sms marketing desk (The eva) said so on the phone on 3 May <b>",
            "true email marketing desk (The eva) said so on the phone on 3 May <b>"
        ]
    );
}

#[tokio::test]
async fn a_no_takes_off_what_is_planned_and_a_later_yes_brings_it_back() {
    let (app, mut eva) = desk().await;
    let path = format!("/customers/{}/consent", ana(&app).await.id);
    let all_ways = [("sms", "1"), ("email", "1"), ("call", "1"), ("service", "1")];
    let mut no = all_ways.to_vec();
    no.push(("given", "no"));
    let page = eva.does(&app, &path, &no).await;
    assert!(page.contains("Noted: the customer does not want that."), "{page}");
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(1));
    let mut yes = all_ways.to_vec();
    yes.extend([("given", "yes"), ("wording", "asked for it again at the counter")]);
    let page = eva.does(&app, &path, &yes).await;
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    // Every line is there, the one that no longer counts too.
    let history = page.split("Everything that was said").nth(1).unwrap();
    assert_eq!(history.matches("<tr><td").count(), 6, "{history}");
}

#[tokio::test]
async fn what_the_provider_has_ended_can_not_be_undone_at_the_desk() {
    let (app, mut eva) = desk().await;
    app.text_from(PHONE, "STOP").await;
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(1));
    let id = ana(&app).await.id;
    let path = format!("/customers/{id}/consent");
    let page = eva.get(&app, &path).await.text();
    assert!(page.contains("text START to"), "{page}");
    let before = lines(&app).await;
    let yes = [
        ("given", "yes"),
        ("service", "1"),
        ("sms", "1"),
        ("wording", "at the counter"),
    ];
    let answer = eva.acts(&app, &path, &yes).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer
            .text()
            .contains("Nothing was noted: texts are blocked until the customer has texted START."),
        "{}",
        answer.text()
    );
    assert!(answer.body.contains("at the counter"), "what was typed stays");
    assert_eq!(lines(&app).await, before);
    // By mail the customer can say yes anywhere.
    eva.does(
        &app,
        &path,
        &[("given", "yes"), ("service", "1"), ("email", "1"), ("wording", "x")],
    )
    .await;
    // The customer does what was said.
    app.text_from(PHONE, "START").await;
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(1));
    assert!(!eva.get(&app, &path).await.text().contains("text START to"));
    eva.does(
        &app,
        &path,
        &[("given", "yes"), ("survey", "1"), ("sms", "1"), ("wording", "x")],
    )
    .await;
}

#[tokio::test]
async fn a_wish_in_the_customers_own_words_can_be_undone_when_they_say_so() {
    let (app, mut eva) = desk().await;
    app.text_from(PHONE, "please stop texting me").await;
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(1));
    let path = format!("/customers/{}/consent", ana(&app).await.id);
    let yes = [
        ("given", "yes"),
        ("service", "1"),
        ("sms", "1"),
        ("wording", "called us on Monday"),
    ];
    eva.does(&app, &path, &yes).await;
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
}

#[tokio::test]
async fn a_form_that_does_not_say_enough_writes_nothing() {
    let (app, mut eva) = desk().await;
    let path = format!("/customers/{}/consent", ana(&app).await.id);
    for (fields, says) in [
        (
            vec![("given", "yes"), ("sms", "1"), ("service", "1")],
            "it is the proof",
        ),
        (vec![("given", "no"), ("service", "1")], "Tick at least one way."),
        (vec![("given", "no"), ("sms", "1")], "Tick at least one kind"),
        (vec![("sms", "1"), ("service", "1"), ("wording", "x")], "Choose whether"),
    ] {
        let answer = eva.acts(&app, &path, &fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        assert!(answer.text().contains(says), "{says} in {}", answer.text());
    }
    eva.changes(&app, &ana(&app).await.id, &[("email", "")]).await;
    let fields = [("given", "no"), ("email", "1"), ("service", "1")];
    let answer = eva.acts(&app, &path, &fields).await;
    assert!(
        answer.text().contains("no address for one of these ways"),
        "{}",
        answer.text()
    );
    assert_eq!(lines(&app).await, [""; 0]);
}

#[tokio::test]
async fn only_this_businesss_users_note_anything_and_only_by_their_own_form() {
    let (app, mut eva) = desk().await;
    app.customer_opts_out(EMAIL, Some(Channel::Email)).await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let id = ana(&app).await.id;
    let fields = [("given", "no"), ("sms", "1"), ("service", "1")];
    for path in [
        format!("/customers/{id}/consent"),
        format!("/customers/{id}/consent?business={BUSINESS}"),
    ] {
        assert_eq!(stranger.acts(&app, &path, &fields).await.status, 404, "{path}");
        assert_eq!(eva.post(&app, &path, &fields).await.status, 403, "{path}");
    }
    assert_eq!(lines(&app).await.len(), 1);
}
