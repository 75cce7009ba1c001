//! Why, at the desk: the same story as `daybefore why`, in the words of the user's language.

use daybefore::domain::message::State;
use daybefore::domain::user::Role;

use crate::support::test_app::{BUSINESS, PHONE, TestApp};
use crate::support::whole_life;

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

async fn a_whole_life() -> TestApp {
    whole_life::a_whole_life("queue <b>x</b> overflow", "\"><script>late").await
}

/// What is between the tags of a page, a piece a line.
fn words(html: &str) -> String {
    let (_, main) = html.split_once("<main").expect("a page");
    let text: Vec<&str> = main
        .split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    text.join("\n")
}

#[tokio::test]
async fn a_messages_story_is_told_in_plain_words() {
    let app = a_whole_life().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = app.message("B-1", "day-before").await.message_id;
    let page = eva.get(&app, &format!("/messages/{id}")).await;
    let told = words(&page.html());
    for line in [
        "Reminder for Ana Košir",
        "Booking B-1",
        "Rule “day-before”, counted from the visit’s start. It goes by text, then mail. For: bookings and due dates.",
        "planned by the rule “day-before” for Fri 4 Dec, 09:00",
        "try 1: text to +49…0012 from +15017122661 by memory",
        "try 1: not taken over, to be tried again (code 30001):",
        "queue &lt;b&gt;x&lt;/b&gt; overflow",
        "try 2: taken over",
        "+49…0012: no: opted out",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!page.body.contains("<b>x") && !told.contains("put_back"), "{told}");
}

#[tokio::test]
async fn a_bookings_a_cases_and_a_customers_story_are_told_too() {
    let app = a_whole_life().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let case = app.cases().await.remove(0).id;
    let customer = app.plan().await[0].customer.clone();
    for (id, lines) in [
        (
            "B-1",
            vec![
                "Booking B-1",
                "confirmed by text message",
                "changed: standing confirmed → completed",
                "how was it?",
                "the customer gave 1 of 5:",
            ],
        ),
        (
            case.as_str(),
            vec![
                "Unhappy customer",
                "opened by a rating",
                "closed: delay by Ben",
                "alert: unhappy",
                "not sent: no usable phone number or address",
            ],
        ),
        (
            customer.as_str(),
            vec![
                "Ana Košir",
                "does not want any more: everything, whichever way",
                "reminder",
            ],
        ),
    ] {
        let page = eva.get(&app, &format!("/messages/{id}")).await;
        let told = words(&page.html());
        for line in lines {
            assert!(told.contains(line), "{id}: {line}\n{told}");
        }
        assert!(!page.body.contains("<script>"), "{id}");
    }
}

#[tokio::test]
async fn a_story_is_told_in_every_language_without_english_in_it() {
    let app = a_whole_life().await;
    let case = app.cases().await.remove(0).id;
    let message = app.message("B-1", "day-before").await.message_id;
    for (language, retried) in [
        ("de", "Versuch 1: nicht angenommen"),
        ("fr", "essai 1 : non pris en charge"),
        ("es", "intento 1: no aceptado"),
        ("pl", "próba 1: nieprzyjęta"),
    ] {
        let mut reader = app.signed_in(&format!("reads-{language}"), STAFF).await;
        for id in [message.as_str(), "B-1", &case, PHONE] {
            let id = id.replace('+', "%2B");
            let page = reader.get(&app, &format!("/messages/{id}")).await;
            assert_eq!(page.status, 200, "{language} {id}");
            let told = words(&page.html());
            for english in [
                "planned",
                "attempt",
                "closed",
                "the customer",
                "consent",
                "revision",
                "counts from",
            ] {
                assert!(!told.contains(english), "{language} {id}: {english}\n{told}");
            }
            assert_eq!(told.contains(retried), id == message, "{language} {id}\n{told}");
        }
    }
}

#[tokio::test]
async fn a_message_is_held_from_its_story_and_the_story_says_so() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = app.message("B-1", "day-before").await.message_id;
    let path = format!("/messages/{id}");
    let page = eva.get(&app, &path).await;
    assert!(page.html().contains(&format!("hold:{id}")), "{}", page.body);
    let (csrf, one) = (page.csrf(), format!("hold:{id}"));
    let fields = [("csrf", csrf.as_str()), ("one", &one), ("then", "story")];
    let answer = eva.post(&app, "/outbox", &fields).await;
    let next = answer.header("location").to_owned();
    assert!(next.starts_with(&path), "{next}");
    let told = words(&eva.get(&app, &next).await.html());
    assert!(
        told.contains("On hold now: 1.") && told.contains("put on hold by The eva"),
        "{told}"
    );
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
}
