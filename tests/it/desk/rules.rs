//! Rules at the desk: what a change would do is shown before it is saved, and what is saved is what goes out.

use daybefore::domain::message::{Reason, State};
use daybefore::domain::rule::{Rule, Rules};
use daybefore::domain::user::Role;
use daybefore::outbound::plan::again;
use daybefore::store;

use crate::support::browser::Answer;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];
const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

impl TestApp {
    async fn rules(&self) -> Rules {
        let mut tx = self.app.store().read().await.expect("a transaction");
        let rule = store::rule::of_business(&mut tx, BUSINESS).await.expect("rules");
        Rules { rule }
    }

    async fn rule(&self, id: &str) -> Rule {
        let rules = self.rules().await.rule;
        rules.into_iter().find(|rule| rule.id == id).expect("a rule")
    }

    async fn is_planned_to_the_end(&self) -> bool {
        let mut tx = self.app.store().read().await.expect("a transaction");
        !again::is_wanted(&mut tx, BUSINESS).await.expect("read")
    }
}

/// The fields of a page's form, as the browser would send them: inputs with their values, selects with what is chosen.
fn fields_of(page: &str) -> Vec<(String, String)> {
    let html = page.replace("&#x2f;", "/").replace("&amp;", "&");
    let (_, form) = html.split_once("<main").expect("a page");
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(rest.split('"').next().unwrap_or_default().to_owned())
    };
    let mut fields = Vec::new();
    let mut select: Option<(String, String)> = None;
    for tag in form.split('<') {
        let tag = tag.split('>').next().unwrap_or_default();
        if tag.starts_with("input ") {
            let name = attribute(tag, "name").expect("a name");
            fields.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("select ") {
            select = attribute(tag, "name").map(|name| (name, String::new()));
        } else if tag.starts_with("option ") {
            let is_chosen = tag.ends_with(" selected");
            if let (Some((_, value)), true) = (&mut select, is_chosen) {
                *value = attribute(tag, "value").unwrap_or_default();
            }
        } else if tag == "/select" {
            fields.extend(select.take());
        }
    }
    fields
}

impl Browser {
    /// Sends a form of a page with some fields changed and a button pressed.
    async fn sends(&mut self, app: &TestApp, page: &Answer, changed: &[(&str, &str)]) -> Answer {
        let mut fields = fields_of(&page.body);
        for (name, value) in changed {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(app, "/rules/change", &fields).await
    }

    /// A button beside a rule, and then, where the page after it offers that, "Save".
    async fn turns(&mut self, app: &TestApp, act: &str, id: &str) -> Answer {
        let looked = self.looks(app, act, id).await;
        assert_eq!(looked.status, 200, "{}", looked.body);
        self.sends(app, &looked, &[("step", "save")]).await
    }

    async fn looks(&mut self, app: &TestApp, act: &str, id: &str) -> Answer {
        let list = self.get(app, "/rules").await;
        let version = fields_of(&list.body)
            .into_iter()
            .find(|(name, _)| name == "version")
            .expect("a version")
            .1;
        let csrf = self.csrf(app).await;
        let fields = [("csrf", csrf.as_str()), ("act", act), ("id", id), ("version", &version)];
        self.post(app, "/rules/change", &fields).await
    }

    /// Edits a rule: form, what it would do, "Save".
    async fn edits(&mut self, app: &TestApp, id: &str, changed: &[(&str, &str)]) -> Answer {
        let form = self.get(app, &format!("/rules/edit/{id}")).await;
        assert_eq!(form.status, 200, "{}", form.body);
        let looked = self.sends(app, &form, changed).await;
        assert_eq!(looked.status, 200, "{}", looked.body);
        self.sends(app, &looked, &[("step", "save")]).await
    }
}

async fn garage() -> (TestApp, Browser) {
    let app = TestApp::garage().start().await;
    let eva = app.signed_in("eva", OWNER).await;
    (app, eva)
}

#[tokio::test]
async fn every_rule_stands_there_as_a_sentence() {
    let (app, mut eva) = garage().await;
    let page = eva.get(&app, "/rules").await.html();
    assert!(
        page.contains("The day before the visit, at 17:00, by text message, else by mail: reminder; asks for a yes"),
        "{page}"
    );
    assert_eq!(page.matches("id=\"rule-").count(), app.rules().await.rule.len());
    for heading in ["Visits", "Renewals and due dates: inspection", "Unhappy customers"] {
        assert!(page.contains(heading), "{heading}");
    }
}

#[tokio::test]
async fn what_a_change_would_do_is_shown_and_nothing_is_written_until_it_is_saved() {
    let (app, mut eva) = garage().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    let form = eva.get(&app, "/rules/edit/day-before").await;
    let before = app.database().await;
    let looked = eva.sends(&app, &form, &[("when_n", "2"), ("when_at", "09:30")]).await;
    let page = looked.html();
    assert!(page.contains("<strong>1</strong> go at another time"), "{page}");
    assert!(page.contains("Ana Košir") && page.contains("B-1"), "{page}");
    assert!(
        page.contains("Mon 14 Dec, 17:00") && page.contains("Sun 13 Dec, 09:30"),
        "{page}"
    );
    assert_eq!(app.database().await, before, "only looked at");
    let saved = eva.sends(&app, &looked, &[("step", "save")]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(
        app.local(app.message("B-1", "day-before").await.due_at),
        "2026-12-13 09:30"
    );
    assert!(app.is_planned_to_the_end().await);
    let list = eva.get(&app, saved.header("location")).await.html();
    assert!(
        list.contains("2 days before the visit, at 09:30") && list.contains("Saved."),
        "{list}"
    );
}

#[tokio::test]
async fn a_rule_that_is_edited_after_its_message_went_sends_nothing_again() {
    let (app, mut eva) = garage().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 17:30").await;
    let sent = app.sent().len();
    for (field, value) in [("when_at", "18:00"), ("when_at", "19:00"), ("asks", "nothing")] {
        assert_eq!(eva.edits(&app, "day-before", &[(field, value)]).await.status, 303);
        app.run_until_instant(app.now()).await;
    }
    app.run_until("2026-12-14 20:00").await;
    assert_eq!(app.sent().len(), sent);
    assert_eq!(app.rule("day-before").await.id, "day-before", "its id stays");
}

#[tokio::test]
async fn a_rule_that_is_turned_off_sends_nothing_and_on_again_it_does() {
    let (app, mut eva) = garage().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 10:00").await;
    let sent = app.sent().len();
    let looked = eva.looks(&app, "off", "day-before").await.html();
    assert!(looked.contains("<strong>1</strong> do not go any more"), "{looked}");
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    assert_eq!(eva.turns(&app, "off", "day-before").await.status, 303);
    assert_eq!(app.message("B-1", "day-before").await.reason, Some(Reason::Superseded));
    app.book("B-2", "2026-12-16 09:00").await;
    app.run_until("2026-12-03 10:00").await;
    let list = eva.get(&app, "/rules").await.html();
    assert!(list.contains("Off:"), "{list}");
    let on = eva.looks(&app, "on", "day-before").await.html();
    assert!(on.contains("<strong>2</strong> are planned anew"), "{on}");
    assert_eq!(eva.turns(&app, "on", "day-before").await.status, 303);
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    assert_eq!(eva.turns(&app, "off", "day-before").await.status, 303);
    app.run_until("2026-12-17 10:00").await;
    assert_eq!(
        app.sent().len(),
        sent + 1,
        "only the confirmation of the second: {}",
        app.conversation()
    );
}

#[tokio::test]
async fn a_message_of_a_rule_that_is_off_does_not_leave_while_the_rest_is_still_to_be_planned() {
    let (app, _) = garage().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 10:00").await;
    let sent = app.sent().len();
    let mut rules = app.rules().await;
    for rule in &mut rules.rule {
        rule.enabled = rule.id != "day-before";
    }
    let mut tx = app.app.store().write().await.unwrap();
    daybefore::outbound::policy::save_rules(&mut tx, BUSINESS, &rules, None, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        app.state("B-1", "day-before").await,
        State::Planned,
        "nobody has planned yet"
    );
    app.run_until("2026-12-15 08:00").await;
    assert_eq!(app.sent().len(), sent, "{}", app.conversation());
    // Whoever began it died; the worker of the next process takes it up.
    let app = app.restart().await;
    let (store, zones) = (app.app.store(), &app.app.dispatcher.zones);
    while again::go_on(store, zones, BUSINESS, app.now()).await.unwrap() {}
    assert!(app.is_planned_to_the_end().await);
}

#[tokio::test]
async fn a_new_rule_gets_an_id_that_no_rule_ever_had() {
    let (app, mut eva) = garage().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let form = eva.get(&app, "/rules/add?about=booking").await;
    let fields = [
        ("template", "booking_reminder"),
        ("when_n", "3"),
        ("asks", "confirm"),
        ("only_if", "not_confirmed"),
    ];
    let looked = eva.sends(&app, &form, &fields).await;
    assert!(
        looked.html().contains("<strong>1</strong> are planned anew"),
        "{}",
        looked.html()
    );
    assert_eq!(eva.sends(&app, &looked, &[("step", "save")]).await.status, 303);
    assert_eq!(app.state("B-1", "booking-reminder").await, State::Planned);
    assert_eq!(eva.turns(&app, "delete", "booking-reminder").await.status, 303);
    assert_eq!(
        app.message("B-1", "booking-reminder").await.reason,
        Some(Reason::Superseded)
    );
    let copy = eva.get(&app, "/rules/add?copy=day-before").await;
    let looked = eva.sends(&app, &copy, &[("when_n", "4")]).await;
    assert_eq!(eva.sends(&app, &looked, &[("step", "save")]).await.status, 303);
    assert_eq!(app.rule("booking-reminder-2").await.template, "booking_reminder");
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept() {
    let (app, mut eva) = garage().await;
    let before = app.rules().await;
    let form = eva.get(&app, "/rules/edit/day-before").await;
    for step in ["preview", "save"] {
        let changed = [
            ("when_n", "soon"),
            ("service", "<b>x</b>"),
            ("template", "policy_ends"),
            ("step", step),
        ];
        let answer = eva.sends(&app, &form, &changed).await;
        assert_eq!(answer.status, 422, "{step}");
        let page = answer.html();
        assert!(
            page.contains("Write a whole number, 0 or more.") && page.contains("value=\"soon\""),
            "{page}"
        );
        assert!(page.contains("&lt;b&gt;x") && !page.contains("<b>x"), "{page}");
    }
    let answer = eva.sends(&app, &form, &[("template", "policy_ends")]).await;
    assert!(
        answer.html().contains("This text is about something else."),
        "{}",
        answer.html()
    );
    assert_eq!(app.rules().await, before);
}

#[tokio::test]
async fn the_second_of_two_who_edit_at_once_is_told_and_overwrites_nothing() {
    let (app, mut eva) = garage().await;
    let mut ben = app.signed_in("ben", OWNER).await;
    let bens = ben.get(&app, "/rules/edit/day-before").await;
    let bens_look = ben.sends(&app, &bens, &[("when_at", "16:00")]).await;
    assert_eq!(eva.edits(&app, "day-before", &[("when_at", "18:00")]).await.status, 303);
    let told = ben.sends(&app, &bens_look, &[("step", "save")]).await;
    assert_eq!(told.status, 422);
    let page = told.html();
    assert!(
        page.contains("changed meanwhile by The eva") && page.contains("16:00"),
        "{page}"
    );
    let at = |rule: Rule| toml::to_string(&rule).unwrap().contains("18:00");
    assert!(at(app.rule("day-before").await));
    let look = ben.sends(&app, &told, &[]).await;
    assert_eq!(ben.sends(&app, &look, &[("step", "save")]).await.status, 303);
    assert!(!at(app.rule("day-before").await), "now he has seen it");
}

#[tokio::test]
async fn staff_look_and_do_not_touch() {
    let (app, mut eva) = garage().await;
    let form = eva.get(&app, "/rules/edit/day-before").await;
    let mut sam = app.signed_in("sam", STAFF).await;
    let page = sam.get(&app, "/rules").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("/rules/change"), "no buttons");
    for path in ["/rules/edit/day-before", "/rules/add"] {
        assert_eq!(sam.get(&app, path).await.status, 403, "{path}");
    }
    let before = app.rules().await;
    let csrf = sam.csrf(&app).await;
    for step in ["preview", "save"] {
        let answer = sam
            .sends(&app, &form, &[("csrf", &csrf), ("step", step), ("when_n", "3")])
            .await;
        assert_eq!(answer.status, 403, "{step}");
    }
    assert_eq!(app.rules().await, before);
}

#[tokio::test]
async fn another_businesss_rules_are_not_there() {
    let (app, mut eva) = garage().await;
    app.another_business("other").await;
    let form = eva.get(&app, "/rules/edit/day-before").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let csrf = stranger.csrf(&app).await;
    let before = app.rules().await;
    for path in ["/rules", "/rules/add", "/rules/edit/day-before"] {
        let answer = stranger.get(&app, &format!("{path}?business={BUSINESS}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(stranger.get(&app, "/rules/edit/day-before").await.status, 404);
    for (act, id) in [
        ("edit", "day-before"),
        ("off", "day-before"),
        ("delete", "day-before"),
        ("restore", "x"),
    ] {
        let answer = stranger
            .sends(
                &app,
                &form,
                &[("csrf", &csrf), ("act", act), ("id", id), ("step", "save")],
            )
            .await;
        assert_ne!(answer.status, 303, "{act}");
        assert_ne!(answer.status, 200, "{act}");
    }
    assert_eq!(app.rules().await, before);
    let answer = eva
        .sends(&app, &form, &[("csrf", "x"), ("when_n", "3"), ("step", "save")])
        .await;
    assert_eq!(answer.status, 403, "without its session's field");
    assert_eq!(app.rules().await, before);
}

#[tokio::test]
async fn a_rule_that_is_off_stays_off_in_a_file() {
    let (app, mut eva) = garage().await;
    assert_eq!(eva.turns(&app, "off", "day-before").await.status, 303);
    let rules = app.rules().await;
    let file = rules.to_toml().unwrap();
    assert_eq!(file.matches("enabled = false").count(), 1, "{file}");
    assert!(!file.contains("enabled = true"), "what is on says nothing");
    assert_eq!(Rules::parse(&file).unwrap(), rules);
}

#[tokio::test]
async fn what_was_before_a_change_comes_back_after_one_has_seen_what_that_does() {
    let (app, mut eva) = garage().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let before = app.rules().await;
    assert_eq!(eva.turns(&app, "delete", "day-before").await.status, 303);
    assert_eq!(eva.turns(&app, "off", "cancelled").await.status, 303);
    let list = eva.get(&app, "/changes").await.html();
    let ids = list
        .split("/changes/")
        .skip(1)
        .filter_map(|rest| rest.split('?').next());
    let ids: Vec<_> = ids.map(str::to_owned).collect();
    assert_eq!(ids.len(), 2, "{list}");
    let change = eva.get(&app, &format!("/changes/{}", ids[1])).await;
    let page = change.html();
    assert!(
        page.contains("The day before the visit, at 17:00") && page.contains("Deleted."),
        "{page}"
    );
    let looked = eva.sends(&app, &change, &[]).await;
    let page = looked.html();
    assert!(
        page.contains("<strong>1</strong> are planned anew") && page.contains("New:"),
        "{page}"
    );
    assert_ne!(app.rules().await, before, "only looked at");
    assert_eq!(eva.sends(&app, &looked, &[("step", "save")]).await.status, 303);
    assert_eq!(app.rules().await, before);
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    assert_eq!(
        eva.get(&app, "/changes").await.html().matches("/changes/").count(),
        3,
        "that too is a change"
    );
}
