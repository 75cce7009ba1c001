//! Writing to a customer: in the words that were typed, once, to nobody who wants none, at no hour that is wrong.

use daybefore::carrier::Content;
use daybefore::domain::message::{Channel, Reason, State};
use daybefore::domain::user::Role;
use daybefore::outbound::erasure::erase;
use daybefore::schedule::{self, Chore};

use super::talk::asked;
use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, EMAIL, PHONE, Sent, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];
const WORDS: &str = "Yes, {{ customer }}: Thursday at 9 {% if x %}is fine{# ha #}.";

/// What the form of a page holds.
fn token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// A form to be sent.
struct Form<'a> {
    channel: &'a str,
    words: &'a str,
    token: &'a str,
    more: &'a [(&'a str, &'a str)],
}

impl Browser {
    async fn writes(&mut self, app: &TestApp, ana: &str, form: &Form<'_>) -> (u16, String) {
        let csrf = self.csrf(app).await;
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("channel", form.channel),
            ("words", form.words),
        ];
        fields.push(("token", form.token));
        fields.extend(form.more);
        if !form.more.iter().any(|(name, _)| *name == "act") {
            fields.push(("act", "send"));
        }
        let answer = self.post(app, &format!("/inbox/{ana}/answer"), &fields).await;
        let location = answer
            .headers
            .get("location")
            .map(|_| answer.header("location").to_owned());
        let page = match location {
            Some(next) => self.get(app, &next).await.html(),
            None => answer.html(),
        };
        (answer.status.as_u16(), page)
    }

    async fn form(&mut self, app: &TestApp, ana: &str) -> String {
        token(&self.sees(app, &format!("/inbox/{ana}")).await)
    }
}

fn text<'a>(words: &'a str, token: &'a str) -> Form<'a> {
    Form {
        channel: "sms",
        words,
        token,
        more: &[("settles", "1")],
    }
}

/// What was sent after the reminder.
fn answers(app: &TestApp) -> Vec<Sent> {
    app.sent()
        .into_iter()
        .filter(|sent| sent.at > app.at("2026-12-03 17:05"))
        .collect()
}

#[tokio::test]
async fn an_answer_goes_once_in_the_very_words_to_that_customer() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    app.import_customers("external_id,name,phone\nK-9,Zoe,+491713920077\n")
        .await;
    let token = eva.form(&app, &ana).await;
    let (status, page) = eva.writes(&app, &ana, &text(WORDS, &token)).await;
    assert_eq!(status, 303);
    assert!(page.contains("Your answer goes out now."), "{page}");
    for again in ["second", "third"] {
        let (status, page) = eva.writes(&app, &ana, &text(WORDS, &token)).await;
        assert!(
            status == 303 && page.contains("Your answer goes out now."),
            "{again} click: {page}"
        );
    }
    app.dispatch().await;
    app.dispatch().await;
    let sent = answers(&app);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!((sent[0].text.as_str(), sent[0].to.as_str()), (WORDS, PHONE));
    assert_eq!(sent[0].channel, Channel::Sms);
    assert!(app.inbox().await.is_empty(), "what waited is answered");
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(
        page.contains("written by The eva") && page.contains("Yes, {{ customer }}"),
        "{page}"
    );
    let why = eva.sees(&app, &format!("/messages/{}", sent[0].message_id)).await;
    for part in ["somebody at the desk wrote it", "The eva", "Yes, {{ customer }}"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    let story = eva.sees(&app, &format!("/messages/{ana}")).await;
    assert!(story.contains("answered") && story.contains("The eva"), "{story}");
}

#[tokio::test]
async fn two_clicks_at_the_same_moment_send_one_answer() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    let mut twin = eva.clone();
    let form = text("Yes", &token);
    let (one, other) = tokio::join!(eva.writes(&app, &ana, &form), twin.writes(&app, &ana, &form));
    assert_eq!((one.0, other.0), (303, 303));
    app.dispatch().await;
    assert_eq!(answers(&app).len(), 1);
}

#[tokio::test]
async fn the_same_words_may_be_meant_twice_and_other_words_are_not_lost_with_an_old_form() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    for _ in 0..2 {
        let token = eva.form(&app, &ana).await;
        eva.writes(&app, &ana, &text("One moment please", &token)).await;
    }
    let token = eva.form(&app, &ana).await;
    eva.writes(&app, &ana, &text("Yes", &token)).await;
    let (status, page) = eva.writes(&app, &ana, &text("No, sorry", &token)).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("sent with this form already") && page.contains("No, sorry"),
        "{page}"
    );
    let fresh = self::token(&page);
    assert_ne!(fresh, token);
    eva.writes(&app, &ana, &text("No, sorry", &fresh)).await;
    app.dispatch().await;
    let mut words: Vec<_> = answers(&app).into_iter().map(|sent| sent.text).collect();
    words.sort();
    assert_eq!(words, ["No, sorry", "One moment please", "One moment please", "Yes"]);
}

#[tokio::test]
async fn a_crash_between_writing_and_sending_loses_and_doubles_nothing() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    eva.writes(&app, &ana, &text(WORDS, &token)).await;
    let app = app.restart().await;
    app.dispatch().await;
    let app = app.restart().await;
    app.dispatch().await;
    assert_eq!(
        answers(&app).iter().map(|sent| sent.text.as_str()).collect::<Vec<_>>(),
        [WORDS]
    );
}

#[tokio::test]
async fn nobody_who_wants_no_more_is_written_to() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    app.customer_replies("STOP").await;
    let before = app.plan().await.len();
    let (status, page) = eva.writes(&app, &ana, &text("Yes", &token)).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("They want no more messages this way.") && page.contains("Yes</textarea>"),
        "{page}"
    );
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(page.contains("value=\"sms\" disabled"), "{page}");
    assert_eq!(app.plan().await.len(), before);
    app.dispatch().await;
    assert!(answers(&app).iter().all(|sent| sent.text != "Yes"));
}

#[tokio::test]
async fn a_stop_between_writing_and_sending_stops_it() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    eva.writes(&app, &ana, &text("Yes", &token)).await;
    app.customer_replies("STOP").await;
    app.dispatch().await;
    assert!(
        answers(&app).iter().all(|sent| sent.text != "Yes"),
        "{:?}",
        answers(&app)
    );
    let plan = app.plan().await;
    let written = plan.iter().find(|line| line.rule == "answer").unwrap();
    assert_eq!(
        (written.state, written.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(
        page.contains("the customer has opted out") && page.contains("Yes"),
        "its writer sees it: {page}"
    );
}

#[tokio::test]
async fn at_night_it_waits_for_the_morning_unless_the_customer_has_just_written() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    app.advance_to("2026-12-03 22:00");
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(
        page.contains("It goes Fri 4 Dec, 08:00") && !page.contains("Send now"),
        "{page}"
    );
    let (_, page) = eva.writes(&app, &ana, &text("Yes", &token(&page))).await;
    assert!(
        page.contains("It goes as soon as the hours allow it.") && page.contains("goes Fri 4 Dec, 08:00"),
        "{page}"
    );
    app.dispatch().await;
    assert!(answers(&app).is_empty());
    // She writes again, and waits at her phone.
    app.customer_replies("hello, anybody there?").await;
    app.advance_to("2026-12-03 22:20");
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(page.contains("It goes at once."), "{page}");
    eva.writes(&app, &ana, &text("We are", &token(&page))).await;
    app.dispatch().await;
    assert_eq!(
        answers(&app).iter().map(|sent| sent.text.as_str()).collect::<Vec<_>>(),
        ["We are"]
    );
    app.run_until("2026-12-04 08:30").await;
    let sent = answers(&app);
    let yes = sent.iter().find(|sent| sent.text == "Yes").expect("the first answer");
    assert_eq!(app.local(yes.at), "2026-12-04 08:00");
}

#[tokio::test]
async fn it_can_be_looked_at_first_and_what_is_wrong_is_said() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    let preview = [("act", "preview")];
    let look = |words: &'static str| Form {
        channel: "sms",
        words,
        token: &token,
        more: &preview,
    };
    let (status, page) = eva.writes(&app, &ana, &look("Yes")).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("One text, 3 characters (GSM-7)") && page.contains("Yes</textarea>"),
        "{page}"
    );
    let (_, page) = eva
        .writes(&app, &ana, &look("Yes… see https://x.example or reply STOP"))
        .await;
    for part in [
        "UCS-2",
        "“…” makes the text",
        "stop texts with links",
        "Who answers STOP",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let long = "x".repeat(1_601);
    for (words, says) in [
        ("  \r\n ", "Write something first."),
        (long.as_str(), "That is too long"),
    ] {
        let (status, page) = eva.writes(&app, &ana, &text(words, &token)).await;
        assert!(status == 422 && page.contains(says), "{says}: {page}");
    }
    app.dispatch().await;
    assert!(
        answers(&app).is_empty() && app.inbox().await.len() == 1,
        "nothing was sent or done"
    );
}

#[tokio::test]
async fn what_waits_stays_where_its_writer_wants_that() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    let form = Form {
        channel: "sms",
        words: "I ask the boss",
        token: &token,
        more: &[],
    };
    eva.writes(&app, &ana, &form).await;
    assert_eq!(app.inbox().await.len(), 1);
    app.dispatch().await;
    assert_eq!(answers(&app).len(), 1);
}

#[tokio::test]
async fn a_mail_is_plain_has_a_subject_and_belongs_to_the_one_before() {
    let app = TestApp::garage().start().await;
    let header = "external_id,name,email,service,starts_at";
    app.import_bookings(&format!("{header}\nB-1,Ana,{EMAIL},Oil change,2026-12-04 09:00\n"))
        .await;
    app.run_until("2026-12-03 17:30").await;
    let reminder = app.email.sent().pop().expect("a mail");
    let mut eva = app.signed_in("eva", STAFF).await;
    let mut tx = app.app.store().read().await.unwrap();
    let ana = daybefore::store::ledger::customers_at(&mut tx, BUSINESS, EMAIL)
        .await
        .unwrap()
        .remove(0);
    drop(tx);
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(page.contains("value=\"Re: "), "{page}");
    let first = token(&page);
    let form = Form {
        channel: "email",
        words: "Dear Ana\n\n  {{ x }}\n",
        token: &first,
        more: &[("subject", "")],
    };
    let (status, page) = eva.writes(&app, &ana, &form).await;
    assert!(status == 422 && page.contains("A mail needs a subject."), "{page}");
    let form = Form {
        more: &[("subject", "Your visit\r\nBcc: all@example.com")],
        ..form
    };
    eva.writes(&app, &ana, &form).await;
    app.dispatch().await;
    let sent = app.email.sent().pop().expect("a mail");
    let (Content::Email(answer), Content::Email(_)) = (&sent.content, &reminder.content) else {
        panic!("mails");
    };
    assert_eq!(answer.text, "Dear Ana\n\n  {{ x }}");
    assert_eq!(answer.subject, "Your visit Bcc: all@example.com");
    assert_eq!((answer.html.as_str(), answer.unsubscribe_url.as_ref()), ("", None));
    assert!(answer.by_hand && answer.calendar.is_none() && sent.to == EMAIL);
    assert!(answer.in_reply_to.is_some(), "it belongs to the reminder");
}

#[tokio::test]
async fn what_was_written_is_forgotten_with_the_customer_and_in_time() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    eva.writes(&app, &ana, &text("Your dog may come along", &token)).await;
    app.dispatch().await;
    app.advance_to("2026-12-20 09:00");
    assert!(app.is_on_disk("dog may come"));
    erase(&app.app.dispatcher, &ana, app.now()).await.unwrap().unwrap();
    assert!(!app.is_on_disk("dog may come"));
    eva.sign_in(&app, "eva", PASSWORD).await;
    assert!(eva.sees(&app, &format!("/inbox/{ana}")).await.contains("(erased)"));

    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let token = eva.form(&app, &ana).await;
    eva.writes(&app, &ana, &text("Your dog may come along", &token)).await;
    app.dispatch().await;
    app.advance_to("2028-03-01 09:00");
    schedule::run(&app.app, Chore::Retention, app.now()).await.unwrap();
    eva.sign_in(&app, "eva", PASSWORD).await;
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(
        !page.contains("dog may come") && !app.dump().await.contains("dog may come"),
        "{page}"
    );
}
