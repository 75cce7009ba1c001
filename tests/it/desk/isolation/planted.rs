//! Two businesses: one with something in every table, each text of it known again wherever it is shown; and another.

use std::collections::BTreeMap;

use daybefore::domain::case::Cause;
use daybefore::domain::user::Role;

use super::super::phone::sandboxed;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::uploading::OWNER;

/// What nobody of the other business may read: each text of the first has one of these in it.
pub const MARKS: &[&str] = &[
    "Kryptonit",
    "KRYPTONIT",
    "kryptonit",
    "1713920012",
    "392 0012",
    "1715550001",
];

const STRANGER: &str = "+491715550001";

pub struct Two {
    pub app: TestApp,
    /// The first business's owner and staff.
    pub olga: Browser,
    pub eva: Browser,
    /// The other's owner.
    pub otto: Browser,
    /// Of each table some ids of the first's rows.
    pub ids: BTreeMap<String, Vec<String>>,
}

/// What looks like an id.
fn is_id(word: &str) -> bool {
    (word.len() == 36 && word.matches('-').count() == 4)
        || (word.len() >= 22 && word.chars().all(|c| c.is_ascii_alphanumeric()))
}

impl Two {
    /// One row of each of these tables.
    pub fn rows_of(&self, tables: &[&str]) -> Vec<String> {
        let one = |table: &&str| self.ids.get(*table).and_then(|ids| ids.first()).cloned();
        let mut rows: Vec<String> = tables.iter().filter_map(one).collect();
        assert!(rows.len() == tables.len(), "{tables:?}: {:?}", self.ids.keys());
        rows.sort();
        rows.dedup();
        rows
    }

    /// Of each table that many ids.
    pub fn some_ids(&self, of_each: usize) -> Vec<String> {
        let mut some: Vec<String> = self
            .ids
            .values()
            .flat_map(|ids| ids.iter().take(of_each).cloned())
            .collect();
        some.sort();
        some.dedup();
        some
    }

    /// Rows of the other business's alone: ids that its own pages are asked for by.
    pub async fn own_ids(&self) -> Vec<String> {
        let mut own: Vec<String> = ids_of(&self.app.dump().await, "'other'")
            .into_values()
            .flatten()
            .collect();
        own.sort();
        own.dedup();
        own
    }

    /// What of the other business leads to the first's: nothing may be added that does, nor may a row be changed.
    pub fn leaks(&self, before: &str, after: &str) -> Vec<String> {
        let had: Vec<&str> = before.lines().collect();
        let has: std::collections::HashSet<&str> = after.lines().collect();
        let ids: Vec<&String> = self.ids.values().flatten().collect();
        let is_first = |line: &str| line.contains("'shop'") || ids.iter().any(|id| line.contains(id.as_str()));
        let gone = had.iter().filter(|line| is_first(line) && !has.contains(*line));
        let known: std::collections::HashSet<&str> = had.iter().copied().collect();
        let new = after.lines().filter(|line| !known.contains(line) && is_first(line));
        let gone = gone.map(|line| format!("gone: {line}"));
        gone.chain(new.map(|line| format!("new: {line}"))).collect()
    }
}

/// The ids in a dump's lines that hold `text`, by table.
fn ids_of(dump: &str, text: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in dump.lines().filter(|line| line.contains(text)) {
        let (table, row) = line.split_once(": ").expect("a row");
        let known = all.entry(table.to_owned()).or_default();
        for word in row.split(['\'', ',', '"']).filter(|word| is_id(word)) {
            if !known.iter().any(|id| id == word) {
                known.push(word.to_owned());
            }
        }
    }
    all.retain(|_, ids| !ids.is_empty());
    all
}

async fn plant(app: &TestApp, olga: &mut Browser) {
    app.import_bookings(
        "external_id,name,phone,email,service,vehicle,starts_at,duration_minutes\n\
         KRYPTONIT-1,Kryptonit Ana,+491713920012,kryptonit@example.com,Kryptonit oil,KRYPTONIT 12,2026-12-04 09:00,60\n\
         KRYPTONIT-2,Kryptonit Ana,+491713920012,kryptonit@example.com,Kryptonit tyres,KRYPTONIT 12,2026-12-20 09:00,60\n",
    )
    .await;
    app.import_renewals(
        "external_id,name,phone,email,kind,subject,ends_on,offer_amount,offer_currency\n\
         KRYPTONIT-R,Kryptonit Ana,+491713920012,kryptonit@example.com,inspection,Kryptonit car,2027-01-20,412.50,EUR\n",
    )
    .await;
    app.run_until("2026-12-03 17:30").await;
    app.customer_replies("Kryptonit: can we do Thursday instead?").await;
    app.text_from(STRANGER, "Kryptonit: is my car ready?").await;
    let ana = super::super::talk::with_phone(app, "+491713920012").await;
    olga.does(
        app,
        &format!("/customers/{ana}/notes"),
        &[("text", "Kryptonit: drinks tea")],
    )
    .await;
    app.key(olga, "Kryptonit key").await;
    olga.does(app, "/settings/senders/test", &[("channel", "sms"), ("to", STRANGER)])
        .await;
    let file = "external_id,name,phone,starts_at\nKRYPTONIT-9,Kryptonit Bo,+491713920012x,never\n";
    olga.uploads(app, "bookings", false, file).await;
    app.complains(&ana, "Kryptonit: the brakes squeak").await;
    app.closes_the_case(Cause::WorkQuality).await;
    app.complains(&ana, "Kryptonit: they squeak again").await;
    app.invited("kryptonit-user", &[(BUSINESS, Role::Staff)]).await;
}

pub async fn two() -> Two {
    let (app, eva) = sandboxed(TestApp::garage()).await;
    let mut olga = app.signed_in("olga", OWNER).await;
    // What a stranger writes is shown to every business that shares the number: now there is but one.
    plant(&app, &mut olga).await;
    app.another_business("other").await;
    let mut otto = app.signed_in("otto", &[("other", Role::Owner)]).await;
    otto.csrf(&app).await;
    let file = "external_id,name,phone,starts_at\nO-1,Otto Own,+491713920555,2026-12-20 09:00\n";
    let (run, _) = otto.uploads(&app, "bookings", false, file).await;
    otto.does(&app, &run, &[("act", "import")]).await;
    let mut ids = ids_of(&app.dump().await, "'shop'");
    ids.remove("session");
    for rows in ids.values_mut() {
        rows.retain(|id| !id.is_empty());
    }
    Two {
        app,
        olga,
        eva,
        otto,
        ids,
    }
}

#[tokio::test]
async fn the_first_business_has_rows_everywhere_that_matters() {
    let two = two().await;
    let dump = two.app.dump().await;
    for table in [
        "api_key",
        "attempt",
        "booking",
        "business",
        "customer",
        "customer_case",
        "desk_item",
        "history",
        "import_run",
        "message",
        "note",
        "question",
        "renewal",
        "reply",
        "rule",
        "search_word",
        "test_message",
        "user_business",
    ] {
        let prefix = format!("{table}: ");
        let rows: Vec<_> = dump
            .lines()
            .filter(|line| line.starts_with(&prefix) && line.contains("'shop'"))
            .collect();
        assert!(!rows.is_empty(), "{table} has no row of the first business");
    }
    for table in [
        "attempt",
        "booking",
        "customer",
        "customer_case",
        "desk_item",
        "note",
        "api_key",
        "renewal",
        "search_word",
    ] {
        let prefix = format!("{table}: ");
        let mut rows = dump.lines().filter(|line| line.starts_with(&prefix));
        assert!(
            rows.any(|row| MARKS.iter().any(|mark| row.contains(mark))),
            "{table} has no mark"
        );
    }
    let mut olga = two.olga.clone();
    let page = olga.get(&two.app, "/customers").await;
    assert!(
        MARKS.iter().any(|mark| page.body.contains(mark)),
        "the marks are seen by whose they are"
    );
}
