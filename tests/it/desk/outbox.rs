//! The outbox at the desk: what is shown of it, what can be done about a message, and what is refused.

use daybefore::carrier::memory::Memory;
use daybefore::carrier::{Failure, Outcome};
use daybefore::domain::message::{Channel, Reason, State};
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::browser::Answer;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

/// Ana comes on 4 December; Eva sits at the desk on the 1st.
async fn planned() -> (TestApp, Browser) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva)
}

async fn id_of(app: &TestApp, rule: &str) -> String {
    app.message("B-1", rule).await.message_id
}

impl Browser {
    /// Sends a form of the outbox with this session's field.
    async fn steers(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(app).await;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post(app, path, &fields).await
    }

    /// The same, and reads the page that it leads to.
    async fn reads_after(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.steers(app, path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        let next = answer.header("location").to_owned();
        let page = self.get(app, &next).await;
        assert_eq!(page.status, 200, "{next}: {}", page.body);
        page.html()
    }

    /// Presses a message's own button.
    async fn one(&mut self, app: &TestApp, act: &str, id: &str) -> String {
        self.reads_after(app, "/outbox", &[("one", &format!("{act}:{id}"))])
            .await
    }
}

#[tokio::test]
async fn a_message_is_held_and_let_go_by_its_own_button_and_its_story_says_by_whom() {
    let (app, mut eva) = planned().await;
    let id = id_of(&app, "day-before").await;
    let list = eva.get(&app, "/outbox").await.html();
    assert!(
        list.contains("reminder by text") && list.contains(&format!("hold:{id}")),
        "{list}"
    );
    let page = eva.one(&app, "hold", &id).await;
    assert!(page.contains("On hold now: 1."), "{page}");
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    let held = eva.get(&app, "/outbox?show=held").await.html();
    assert!(
        held.contains("somebody stopped it") && held.contains("On hold (1)"),
        "{held}"
    );
    let page = eva.one(&app, "release", &id).await;
    assert!(page.contains("Let go: 1."), "{page}");
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    let mut tx = app.app.store().read().await.unwrap();
    let history = store::history::of(&mut tx, &id).await.unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|line| (line.event.as_str(), line.detail.as_str()))
        .collect();
    assert_eq!(told, [("held", "by The eva"), ("released", "by The eva")]);
}

#[tokio::test]
async fn those_that_are_ticked_are_held_together_and_the_others_go_on() {
    let (app, mut eva) = planned().await;
    app.book("B-2", "2026-12-05 09:00").await;
    app.book("B-3", "2026-12-06 09:00").await;
    let one = id_of(&app, "day-before").await;
    let two = app.message("B-2", "day-before").await.message_id;
    let fields = [
        ("id", one.as_str()),
        ("id", two.as_str()),
        ("act", "hold"),
        ("template", "booking_reminder"),
    ];
    let answer = eva.steers(&app, "/outbox", &fields).await;
    let next = answer.header("location").to_owned();
    assert!(
        next.contains("template=booking_reminder") && next.contains("n=2"),
        "the list as it was: {next}"
    );
    for (id, state) in [("B-1", State::Held), ("B-2", State::Held), ("B-3", State::Planned)] {
        assert_eq!(app.state(id, "day-before").await, state, "{id}");
    }
}

#[tokio::test]
async fn all_of_a_day_are_held_only_when_the_user_is_sure() {
    let (app, mut eva) = planned().await;
    app.book("B-2", "2026-12-04 11:00").await;
    app.book("B-3", "2026-12-06 09:00").await;
    let list = eva.get(&app, "/outbox?from=2026-12-03&to=2026-12-03").await.html();
    assert!(list.contains("With all that fit on Thursday 3 December"), "{list}");
    let fields = [("act", "hold"), ("from", "2026-12-03"), ("to", "2026-12-03")];
    let asked = eva.steers(&app, "/outbox/all", &fields).await;
    assert_eq!(asked.status, 200);
    assert!(
        asked.html().contains("Hold 2 messages, Thursday 3 December?"),
        "{}",
        asked.html()
    );
    assert_eq!(app.state("B-1", "day-before").await, State::Planned, "asked only");
    let sure = [fields.as_slice(), &[("sure", "yes")]].concat();
    let page = eva.reads_after(&app, "/outbox/all", &sure).await;
    assert!(page.contains("On hold now: 2."), "{page}");
    assert_eq!(app.state("B-2", "day-before").await, State::Held);
    assert_eq!(app.state("B-3", "day-before").await, State::Planned);
    let no_day = eva
        .steers(&app, "/outbox/all", &[("act", "hold"), ("sure", "yes")])
        .await;
    assert_eq!(no_day.status, 400, "a day at a time");
}

/// A carrier that answers so to the first message and accepts all others.
fn answering_once(outcome: Outcome) -> Memory {
    let carrier = Memory::default();
    carrier.then(outcome);
    carrier
}

/// The carrier refuses the reminder's number, and there is no mail address.
async fn failed() -> (TestApp, Browser) {
    let faulty = Outcome::Faulty {
        failure: Failure {
            code: Some(21617),
            text: "too long".to_owned(),
        },
    };
    let app = TestApp::garage().sms(answering_once(faulty)).start().await;
    let header = "external_id,name,phone,service,starts_at";
    app.import_known_bookings(&format!("{header}\nB-1,Ana,{PHONE},Oil,2026-12-04 09:00\n"))
        .await;
    app.run_until("2026-12-03 17:05").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Failed);
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva)
}

#[tokio::test]
async fn what_failed_is_sent_again_while_it_is_of_use() {
    let (app, mut eva) = failed().await;
    let id = id_of(&app, "day-before").await;
    let list = eva.get(&app, "/outbox?show=failed").await.html();
    assert!(
        list.contains("Failed (1)") && list.contains(&format!("retry:{id}")),
        "{list}"
    );
    let page = eva.one(&app, "retry", &id).await;
    assert!(page.contains("Going out again: 1."), "{page}");
    app.dispatch().await;
    assert_eq!(app.state("B-1", "day-before").await, State::Accepted);
}

#[tokio::test]
async fn what_failed_is_not_sent_again_when_its_moment_has_passed_or_the_customer_has_opted_out() {
    let (app, mut eva) = failed().await;
    let id = id_of(&app, "day-before").await;
    app.advance_to("2026-12-04 09:30");
    let page = eva.one(&app, "retry", &id).await;
    assert!(
        page.contains("Left as they are: 1.") && page.contains("its moment had passed"),
        "{page}"
    );
    assert_eq!(app.state("B-1", "day-before").await, State::Failed);

    let (app, mut eva) = failed().await;
    let id = id_of(&app, "day-before").await;
    app.customer_opts_out(PHONE, Some(Channel::Sms)).await;
    let page = eva.one(&app, "retry", &id).await;
    assert!(page.contains("the customer has opted out"), "{page}");
    assert_eq!(app.state("B-1", "day-before").await, State::Failed);
}

#[tokio::test]
async fn a_held_message_never_leaves_after_an_opt_out_whoever_lets_it_go() {
    let (app, mut eva) = planned().await;
    let id = id_of(&app, "day-before").await;
    eva.one(&app, "hold", &id).await;
    app.customer_opts_out(PHONE, None).await;
    app.customer_opts_out("ana@example.com", None).await;
    let page = eva.one(&app, "release", &id).await;
    assert!(page.contains("the customer has opted out"), "{page}");
    let before = app.sent().len();
    app.run_until("2026-12-04 10:00").await;
    assert_eq!(app.sent().len(), before);
    assert_ne!(app.state("B-1", "day-before").await, State::Accepted);
}

#[tokio::test]
async fn what_a_complaint_holds_is_not_let_go_by_hand() {
    let (app, mut eva) = planned().await;
    let line = app.message("B-1", "day-before").await;
    app.complains(&line.customer, "The brakes squeal").await.unwrap();
    let page = eva.one(&app, "release", &line.message_id).await;
    assert!(page.contains("a complaint is open"), "{page}");
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    let list = eva.get(&app, "/outbox?show=held").await.html();
    assert!(!list.contains("release:"), "no button that does nothing: {list}");
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_again_only_by_a_clear_decision() {
    let unknown = Outcome::Unknown {
        failure: Failure {
            code: None,
            text: "no answer".to_owned(),
        },
    };
    let app = TestApp::garage().sms(answering_once(unknown)).start().await;
    app.import_known_bookings(&format!(
        "external_id,name,phone,service,starts_at\nB-1,Ana,{PHONE},Oil,2026-12-04 09:00\n"
    ))
    .await;
    app.advance_to("2026-12-03 17:00");
    app.dispatch().await;
    assert_eq!(app.state("B-1", "day-before").await, State::Unknown);
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = id_of(&app, "day-before").await;
    let list = eva.get(&app, "/outbox?show=unknown").await.html();
    assert!(
        list.contains("Send again though it may have arrived") && !list.contains("retry:"),
        "{list}"
    );
    let page = eva.one(&app, "retry", &id).await;
    assert!(page.contains("nobody knows whether it has arrived"), "{page}");
    let ticked = eva.steers(&app, "/outbox", &[("id", &id), ("act", "send_again")]).await;
    assert_eq!(ticked.status, 400, "one by one");
    assert_eq!(app.state("B-1", "day-before").await, State::Unknown);
    let page = eva.one(&app, "send_again", &id).await;
    assert!(page.contains("Going out again, perhaps a second time: 1."), "{page}");
    app.dispatch().await;
    assert_eq!(app.state("B-1", "day-before").await, State::Accepted);
    assert_eq!(app.sent().len(), 2);
}

#[tokio::test]
async fn a_stopped_sender_says_what_to_mend_and_goes_on_by_a_button() {
    let stop = Outcome::Stop {
        spent: false,
        failure: Failure {
            code: Some(20003),
            text: "Authenticate <b>x</b>".to_owned(),
        },
    };
    let app = TestApp::garage().sms(answering_once(stop)).start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.dispatch().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva.get(&app, "/outbox").await;
    assert!(
        page.body.contains("Texts are not going out") && page.body.contains("whether the account is active and paid"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("&lt;b&gt;x") && !page.body.contains("<b>x"),
        "{}",
        page.body
    );
    let page = eva.reads_after(&app, "/outbox/resume", &[("lane", "sms")]).await;
    assert!(
        page.contains("Sending goes on.") && !page.contains("Texts are not going out"),
        "{page}"
    );
    let page = eva.reads_after(&app, "/outbox/resume", &[("lane", "sms")]).await;
    assert!(page.contains("Somebody had done that already."), "{page}");
}

#[tokio::test]
async fn the_list_is_filtered_by_channel_message_and_day_and_what_was_typed_is_kept() {
    let (app, mut eva) = planned().await;
    app.renew("R-1", "inspection", "2027-01-15", "").await;
    let mails = eva.get(&app, "/outbox?channel=email").await.html();
    assert!(
        mails.contains("inspection due by mail") && !mails.contains("reminder by text"),
        "{mails}"
    );
    let reminders = eva.get(&app, "/outbox?template=booking_reminder").await.html();
    assert!(
        reminders.contains("reminder by text") && !reminders.contains("inspection due by"),
        "{reminders}"
    );
    let day = eva.get(&app, "/outbox?from=2026-12-03&to=2026-12-03").await.html();
    assert!(
        day.contains("reminder by text") && !day.contains("inspection due by"),
        "{day}"
    );
    let wrong = eva
        .get(&app, "/outbox?from=3.12.2026&channel=pigeon&show=nonsense")
        .await
        .html();
    assert!(wrong.contains("is no day") && wrong.contains("3.12.2026"), "{wrong}");
    let skipped = eva
        .get(&app, "/outbox?show=not_sent&from=2026-12-01&to=2027-02-01")
        .await;
    assert_eq!(skipped.status, 200);
    assert_eq!(app.message("B-1", "day-before").await.reason, None::<Reason>);
}

#[tokio::test]
async fn pages_of_the_outbox_begin_where_the_last_one_ended() {
    let (app, mut eva) = planned().await;
    let mut csv = "external_id,name,phone,service,starts_at\n".to_owned();
    for number in 0..60 {
        let row = format!("C-{number},Guest {number},+4917139200{number:02},Oil,2026-12-08 09:00\n");
        csv.push_str(&row);
    }
    app.import_known_bookings(&csv).await;
    let first = eva.get(&app, "/outbox?template=booking_reminder").await.html();
    let (_, rest) = first.split_once("&amp;after=").expect("a next page");
    let query = rest.split('"').next().unwrap().replace("&amp;", "&");
    let second = eva
        .get(&app, &format!("/outbox?template=booking_reminder&after={query}"))
        .await
        .html();
    let shown = |page: &str| page.matches("hold:").count();
    assert_eq!((shown(&first), shown(&second)), (50, 11));
    assert!(!second.contains("Next page"), "{second}");
}

#[tokio::test]
async fn tomorrows_batch_is_told_with_its_texts_segments_and_cost() {
    let app = TestApp::garage()
        .setting("sms.price_per_segment", "0.08 EUR")
        .start()
        .await;
    app.book("B-1", "2026-12-03 09:00").await;
    let header = "external_id,name,phone,email,service,starts_at";
    app.import_known_bookings(&format!(
        "{header}\nB-2,<b>x</b> \u{141}ucja,+491713920013,,Oil,2026-12-03 10:00\n"
    ))
    .await;
    app.advance_to("2026-12-01 12:00");
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva.get(&app, "/outbox/tomorrow").await;
    let html = page.html();
    assert!(
        html.contains("Wednesday 2 December") && html.contains("<strong>2</strong>go out"),
        "{html}"
    );
    assert!(
        html.contains("segments in 2 texts") && html.contains("for these texts"),
        "{html}"
    );
    assert!(
        html.contains("GSM-7") && html.contains("see you tomorrow, Thursday, December 3, at 9:00 AM"),
        "{html}"
    );
    assert!(!page.body.contains("<b>x"), "{}", page.body);
    let id = id_of(&app, "day-before").await;
    let fields = [("one", format!("hold:{id}")), ("then", "tomorrow".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let after = eva
        .reads_after(&app, "/outbox/tomorrow".trim_end_matches("/tomorrow"), &fields)
        .await;
    assert!(
        after.contains("On hold now: 1.") && after.contains("What does not go, and why"),
        "{after}"
    );
    assert!(after.contains("somebody stopped it"), "{after}");
}

#[tokio::test]
async fn another_businesss_messages_can_be_neither_seen_nor_steered() {
    let (app, _) = planned().await;
    let id = id_of(&app, "day-before").await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    for path in ["/outbox", "/outbox?show=all&from=2026-12-01", "/outbox/tomorrow"] {
        let shown = stranger.get(&app, path).await;
        assert_eq!(shown.status, 200, "{path}");
        assert!(!shown.body.contains(&id) && !shown.body.contains("Ana"), "{path}");
        let with = if path.contains('?') { "&" } else { "?" };
        let other = format!("{path}{with}business={BUSINESS}");
        assert_eq!(stranger.get(&app, &other).await.status, 404, "{other}");
    }
    let one = stranger
        .steers(&app, "/outbox", &[("one", &format!("hold:{id}"))])
        .await;
    assert_eq!(one.status, 404);
    for (path, fields) in [
        ("/outbox", vec![("id", id.as_str()), ("act", "hold")]),
        (
            "/outbox/all",
            vec![
                ("act", "hold"),
                ("from", "2026-12-03"),
                ("to", "2026-12-03"),
                ("sure", "yes"),
            ],
        ),
    ] {
        assert_eq!(stranger.steers(&app, path, &fields).await.status, 303, "{path}");
        let theirs = format!("{path}?business={BUSINESS}");
        assert_eq!(stranger.steers(&app, &theirs, &fields).await.status, 404, "{path}");
    }
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
}

#[tokio::test]
async fn a_form_without_its_sessions_field_steers_nothing() {
    let (app, mut eva) = planned().await;
    let id = id_of(&app, "day-before").await;
    let one = format!("hold:{id}");
    for (path, fields) in [
        ("/outbox", vec![("one", one.as_str())]),
        ("/outbox", vec![("id", id.as_str()), ("act", "hold"), ("csrf", "x")]),
        (
            "/outbox/all",
            vec![
                ("act", "hold"),
                ("from", "2026-12-03"),
                ("to", "2026-12-03"),
                ("sure", "yes"),
            ],
        ),
        ("/outbox/resume", vec![("lane", "sms")]),
    ] {
        assert_eq!(eva.post(&app, path, &fields).await.status, 403, "{path}");
    }
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
}

#[tokio::test]
async fn the_outbox_is_read_in_every_language() {
    let (app, mut eva) = planned().await;
    let id = id_of(&app, "day-before").await;
    eva.one(&app, "hold", &id).await;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), STAFF).await;
        for path in [
            "/outbox",
            "/outbox?show=held&did=retry&n=1&left=2&why=reason_too_late.hold_case.nonsense",
            "/outbox/tomorrow",
        ] {
            let page = reader.get(&app, path).await;
            assert_eq!(page.status, 200, "{language} {path}: {}", page.body);
            assert!(!page.body.contains("nonsense"), "{language} {path}");
        }
    }
}
