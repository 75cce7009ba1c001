//! Texts at the desk: how they read is shown before they are saved, what would go wrong is refused, and earlier ones come
//! back.

use daybefore::domain::policy::PolicyKind;
use daybefore::domain::user::Role;
use daybefore::store;
use daybefore::store::text_override::TextOverride;

use crate::support::browser::Answer;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];
const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];
const SMS: &str = "/texts/booking_reminder/sms";
const MAIL: &str = "/texts/booking_reminder/email";

async fn own(app: &TestApp) -> Vec<TextOverride> {
    let mut tx = app.app.store().read().await.expect("a transaction");
    store::text_override::of_business(&mut tx, BUSINESS)
        .await
        .expect("texts")
}

fn hidden(page: &Answer, name: &str) -> String {
    let html = page.html();
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
    rest.split('"').next().unwrap_or_default().to_owned()
}

impl Browser {
    /// Sends the form of a text as the page has it, with what was typed.
    async fn writes(&mut self, app: &TestApp, page: &Answer, path: &str, typed: &[(&str, &str)]) -> Answer {
        let (csrf, version) = (hidden(page, "csrf"), hidden(page, "version"));
        let known = [("csrf", csrf.as_str()), ("version", version.as_str()), ("locale", "en")];
        let known = known
            .iter()
            .filter(|(name, _)| typed.iter().all(|(typed, _)| typed != name));
        let fields: Vec<_> = known.copied().chain(typed.iter().copied()).collect();
        self.post(app, path, &fields).await
    }

    async fn saves(&mut self, app: &TestApp, path: &str, typed: &[(&str, &str)]) -> Answer {
        let page = self.get(app, path).await;
        let typed: Vec<_> = typed.iter().copied().chain([("step", "save")]).collect();
        self.writes(app, &page, path, &typed).await
    }
}

async fn garage() -> (TestApp, Browser) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    let eva = app.signed_in("eva", OWNER).await;
    (app, eva)
}

#[tokio::test]
async fn every_text_stands_there_with_where_it_comes_from() {
    let (app, mut eva) = garage().await;
    let page = eva.get(&app, "/texts").await.html();
    assert!(
        page.contains("reminder by text") && page.contains("the end of every mail"),
        "{page}"
    );
    assert!(
        !page.contains("your own wording") && page.contains("built in"),
        "{page}"
    );
    assert_eq!(
        eva.saves(&app, SMS, &[("sms", "{{ business }}: {{ when }}!")])
            .await
            .status,
        303
    );
    let page = eva.get(&app, "/texts").await.html();
    assert_eq!(page.matches("your own wording").count(), 1, "{page}");
    assert!(page.contains("own wording in: en"), "{page}");
    let polish = eva.get(&app, "/texts?locale=pl").await.html();
    assert!(
        !polish.contains("your own wording") && polish.contains("zapraszamy"),
        "{polish}"
    );
    assert_eq!(eva.get(&app, "/texts?locale=xx").await.status, 400);
}

#[tokio::test]
async fn a_text_is_shown_as_a_real_customer_would_read_it_and_nothing_is_written() {
    let (app, mut eva) = garage().await;
    let page = eva.get(&app, SMS).await;
    let shown = page.html();
    assert!(
        shown.contains("Garage Müller: see you tomorrow, Tuesday, December 15, at 9:00 AM"),
        "{shown}"
    );
    assert!(shown.contains("Ana Košir, B-1"), "{shown}");
    assert!(
        shown.contains("<code>customer</code></td><td class=\"long\">Ana Košir"),
        "{shown}"
    );
    let before = app.database().await;
    let looked = eva
        .writes(&app, &page, SMS, &[("sms", "Dear {{ customer }}, {{ when }} “ok”")])
        .await;
    assert_eq!(looked.status, 200);
    let shown = looked.html();
    assert!(
        shown.contains("Dear Ana Košir, tomorrow, Tuesday, December 15, at 9:00 AM “ok”"),
        "{shown}"
    );
    assert!(shown.contains("1 SMS parts") && shown.contains("UCS-2"), "{shown}");
    assert!(shown.contains("more than twice as dear: š “ ”"), "{shown}");
    assert!(
        shown.contains("Worth a look:") && shown.contains("“ makes a text message cost"),
        "{shown}"
    );
    assert_eq!(app.database().await, before);
    let sample = eva
        .writes(
            &app,
            &page,
            SMS,
            &[("sms", "Dear {{ customer }}"), ("example", "sample")],
        )
        .await;
    assert!(sample.html().contains("Dear Mary Cole"), "{}", sample.html());
}

#[tokio::test]
async fn an_edited_text_is_used_for_messages_that_were_planned_before() {
    let (app, mut eva) = garage().await;
    let saved = eva
        .saves(&app, SMS, &[("sms", "{{ business }}: bring the keys, {{ when }}.\r\n")])
        .await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = eva.get(&app, saved.header("location")).await.html();
    assert!(page.contains("Saved.") && page.contains("your own wording"), "{page}");
    assert_eq!(own(&app).await[0].body, "{{ business }}: bring the keys, {{ when }}.\n");
    app.run_until("2026-12-14 17:30").await;
    let last = app.sent().pop().expect("sent");
    assert_eq!(
        last.text,
        "Garage Müller: bring the keys, tomorrow, Tuesday, December 15, at 9:00 AM."
    );
}

#[tokio::test]
async fn what_the_check_refuses_is_not_saved_and_stays_in_the_field() {
    let (app, mut eva) = garage().await;
    for (body, says) in [
        ("Dear {{ custmer }}", "There is no name custmer for this message."),
        ("Dear {{ customer", "can’t be read"),
        ("{% if vehicle %}{{ vehicle }}{% endif %}", "Nothing is left of it"),
        (
            "See you {{ when }}. Reply CANCEL to cancel.",
            "It asks for the answer CANCEL",
        ),
        ("See you\u{a0}soon", "Line 1 has a space that can’t break"),
        ("", "Nothing is left of it"),
    ] {
        let answer = eva.saves(&app, SMS, &[("sms", body)]).await;
        assert_eq!(answer.status, 422, "{body}");
        let page = answer.html();
        assert!(
            page.contains(says) && page.contains("Nothing was saved"),
            "{body}: {page}"
        );
        assert!(page.contains(&format!("\n{body}</textarea>")), "{body}: {page}");
    }
    assert_eq!(own(&app).await, []);
    let answer = eva
        .saves(&app, MAIL, &[("subject", "{% if x"), ("body", "Hello {{ when }}")])
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(own(&app).await, [], "not half of it either");
    let answer = eva
        .saves(
            &app,
            MAIL,
            &[
                ("subject", "<b>{{ when }}</b>"),
                ("body", "</textarea><script>x</script>"),
            ],
        )
        .await;
    assert_eq!(answer.status, 303, "markup is text");
    let page = eva.get(&app, answer.header("location")).await.body;
    assert!(!page.contains("<script>x") && !page.contains("<b>tomorrow"), "{page}");
}

#[tokio::test]
async fn the_built_in_wording_comes_back_with_one_click_and_an_earlier_one_from_the_changes() {
    let (app, mut eva) = garage().await;
    assert_eq!(eva.saves(&app, SMS, &[("sms", "First, {{ when }}")]).await.status, 303);
    assert_eq!(eva.saves(&app, SMS, &[("sms", "Second, {{ when }}")]).await.status, 303);
    let page = eva.get(&app, SMS).await;
    let back = eva
        .writes(&app, &page, SMS, &[("step", "built_in"), ("sms", "whatever")])
        .await;
    assert_eq!(back.status, 303);
    assert_eq!(own(&app).await, []);
    let list = eva.get(&app, "/changes").await.html();
    assert_eq!(list.matches("/changes/").count(), 3, "{list}");
    assert!(list.contains("The eva"), "{list}");
    let mut tx = app.app.store().read().await.unwrap();
    let changes = store::policy_change::page(&mut tx, BUSINESS, None, 9).await.unwrap();
    drop(tx);
    assert!(changes.iter().all(|change| change.what == PolicyKind::Texts));
    let second = eva.get(&app, &format!("/changes/{}", changes[1].id)).await.html();
    assert!(
        second.contains("<del>First, {{ when }}</del>") && second.contains("<ins>Second, {{ when }}</ins>"),
        "{second}"
    );
    let brought = eva.get(&app, &format!("{SMS}?locale=en&from={}", changes[1].id)).await;
    assert!(
        brought.html().contains("\nFirst, {{ when }}</textarea>"),
        "{}",
        brought.html()
    );
    assert_eq!(own(&app).await, [], "nothing until it is saved");
    let saved = eva
        .writes(&app, &brought, SMS, &[("step", "save"), ("sms", "First, {{ when }}")])
        .await;
    assert_eq!(saved.status, 303);
    assert_eq!(own(&app).await[0].body, "First, {{ when }}");
}

#[tokio::test]
async fn the_usual_wording_typed_again_is_no_wording_of_ones_own() {
    let (app, mut eva) = garage().await;
    let usual = daybefore::outbound::draft::built_in("booking_reminder", "en".parse().unwrap(), "sms".parse().unwrap());
    let saved = eva.saves(&app, SMS, &[("sms", &usual.unwrap())]).await;
    assert_eq!(saved.status, 303);
    assert!(
        saved.header("location").contains("said=text_same"),
        "{}",
        saved.header("location")
    );
    assert_eq!(own(&app).await, []);
}

#[tokio::test]
async fn the_second_of_two_who_write_at_once_is_told_and_overwrites_nothing() {
    let (app, mut eva) = garage().await;
    let mut ben = app.signed_in("ben", OWNER).await;
    let bens = ben.get(&app, SMS).await;
    assert_eq!(eva.saves(&app, SMS, &[("sms", "Eva, {{ when }}")]).await.status, 303);
    let told = ben
        .writes(&app, &bens, SMS, &[("step", "save"), ("sms", "Ben, {{ when }}")])
        .await;
    assert_eq!(told.status, 422);
    assert!(told.html().contains("changed meanwhile by The eva"), "{}", told.html());
    assert!(told.html().contains("\nBen, {{ when }}</textarea>"), "{}", told.html());
    assert_eq!(own(&app).await[0].body, "Eva, {{ when }}");
    let saved = ben
        .writes(&app, &told, SMS, &[("step", "save"), ("sms", "Ben, {{ when }}")])
        .await;
    assert_eq!(saved.status, 303, "now he has seen it");
}

#[tokio::test]
async fn staff_read_and_do_not_write() {
    let (app, mut eva) = garage().await;
    let page = eva.get(&app, SMS).await;
    let mut sam = app.signed_in("sam", STAFF).await;
    let csrf = sam.csrf(&app).await;
    for path in ["/texts", SMS, MAIL, "/changes"] {
        let shown = sam.get(&app, path).await;
        assert_eq!(shown.status, 200, "{path}");
        assert!(!shown.body.contains("value=\"save\""), "{path}");
    }
    for step in ["preview", "save", "built_in"] {
        let answer = sam
            .writes(
                &app,
                &page,
                SMS,
                &[("csrf", &csrf), ("step", step), ("sms", "x {{ when }}")],
            )
            .await;
        assert_eq!(answer.status, 403, "{step}");
    }
    let answer = eva
        .writes(
            &app,
            &page,
            SMS,
            &[("csrf", "x"), ("step", "save"), ("sms", "x {{ when }}")],
        )
        .await;
    assert_eq!(answer.status, 403, "without its session's field");
    assert_eq!(own(&app).await, []);
}

#[tokio::test]
async fn another_businesss_texts_customers_and_changes_are_not_there() {
    let (app, mut eva) = garage().await;
    assert_eq!(eva.saves(&app, SMS, &[("sms", "Ours, {{ when }}")]).await.status, 303);
    let mut tx = app.app.store().read().await.unwrap();
    let change = store::policy_change::page(&mut tx, BUSINESS, None, 1)
        .await
        .unwrap()
        .remove(0)
        .id;
    drop(tx);
    let booking = hidden_option(&eva.get(&app, SMS).await);
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    for path in ["/texts", SMS, "/changes", &format!("/changes/{change}")] {
        let answer = stranger.get(&app, &format!("{path}?business={BUSINESS}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(stranger.get(&app, &format!("/changes/{change}")).await.status, 404);
    assert_eq!(
        stranger
            .get(&app, &format!("{SMS}?locale=en&from={change}"))
            .await
            .status,
        404
    );
    let shown = stranger.get(&app, &format!("{SMS}?locale=en&example={booking}")).await;
    assert_eq!(shown.status, 200);
    for ours in ["Ours", "Ana", "B-1", "The eva"] {
        assert!(!shown.body.contains(ours), "{ours}");
        assert!(
            !stranger.get(&app, "/texts?locale=en").await.body.contains(ours),
            "{ours}"
        );
        assert!(!stranger.get(&app, "/changes").await.body.contains(ours), "{ours}");
    }
    let csrf = stranger.csrf(&app).await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("step", "save"),
        ("locale", "en"),
        ("sms", "x {{ when }}"),
    ];
    let answer = stranger
        .post(&app, &format!("{SMS}?business={BUSINESS}"), &fields)
        .await;
    assert_eq!(answer.status, 404);
    let restore = [
        ("csrf", csrf.as_str()),
        ("act", "restore"),
        ("id", change.as_str()),
        ("step", "save"),
    ];
    assert_ne!(stranger.post(&app, "/rules/change", &restore).await.status, 303);
    assert_eq!(own(&app).await[0].body, "Ours, {{ when }}");
}

/// The first example that a page offers.
fn hidden_option(page: &Answer) -> String {
    let html = page.html();
    let (_, rest) = html.split_once("name=\"example\"><option value=\"").expect("examples");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_text_that_would_never_end_is_stopped() {
    let (app, mut eva) = garage().await;
    let loops = "{% for a in customer %}".repeat(8) + "x" + &"{% endfor %}".repeat(8);
    let answer = eva.saves(&app, SMS, &[("sms", &loops)]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(own(&app).await, []);
}

#[tokio::test]
async fn every_text_has_its_page_in_every_language() {
    let (app, mut eva) = garage().await;
    let list = eva.get(&app, "/texts").await.html();
    let paths = list
        .split("href=\"/texts/")
        .skip(1)
        .filter_map(|rest| rest.split('?').next());
    let paths: std::collections::BTreeSet<_> = paths.map(|path| format!("/texts/{path}")).collect();
    assert!(paths.len() > 30, "{paths:?}");
    for path in &paths {
        let page = eva.get(&app, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(!page.body.contains("This can’t be shown yet"), "{path}");
    }
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), OWNER).await;
        for path in [
            "/texts",
            SMS,
            MAIL,
            "/rules",
            "/rules/add?about=renewal",
            "/rules/edit/day-before",
            "/changes",
        ] {
            let page = reader.get(&app, path).await;
            assert_eq!(page.status, 200, "{language} {path}: {}", page.body);
            assert!(
                page.body.contains(&format!("<html lang=\"{language}\">")),
                "{language} {path}"
            );
        }
    }
    assert_eq!(eva.get(&app, "/texts/booking_reminder/call").await.status, 404);
    assert_eq!(eva.get(&app, "/texts/nothing/sms").await.status, 404);
    let script = eva.get(&app, "/text_preview.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
}
