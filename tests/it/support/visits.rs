//! Somebody who adds, moves and cancels at the desk: a form, the page that shows what it would do, the button.

use daybefore::domain::item::{Booking, Item, ItemKind, Renewal};
use daybefore::domain::user::Role;
use daybefore::store;

use super::browser::Answer;
use super::desk::Browser;
use super::test_app::{BUSINESS, TestApp};

/// Fields of a form, by name.
pub type Fields = Vec<(String, String)>;

/// Eva at the desk of a business.
pub struct Desk {
    pub app: TestApp,
    pub eva: Browser,
}

/// What stands in the hidden fields of a page.
pub fn hidden(page: &Answer) -> Fields {
    let mut fields = Vec::new();
    for input in page.body.split("<input type=\"hidden\" ").skip(1) {
        let part = |name: &str| {
            let (_, rest) = input.split_once(&format!("{name}=\""))?;
            Some(plain(rest.split('"').next()?))
        };
        if let (Some(name), Some(value)) = (part("name"), part("value")) {
            fields.push((name, value));
        }
    }
    fields
}

fn plain(text: &str) -> String {
    let marks = [
        ("&quot;", "\""),
        ("&#x2f;", "/"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    marks
        .iter()
        .fold(text.to_owned(), |text, (mark, plain)| text.replace(mark, plain))
}

impl Desk {
    pub async fn of(app: TestApp) -> Self {
        let eva = app.signed_in("eva", &[(BUSINESS, Role::Staff)]).await;
        Self { app, eva }
    }

    /// Sends a form with this session's field.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.eva.csrf(&self.app).await;
        let all: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.eva.post(&self.app, path, &all).await
    }

    /// Fills a form in and has shown what it would do.
    pub async fn previews(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.send(path, &[fields, &[("step", "preview")]].concat()).await;
        assert_eq!(page.status, 200, "{}", page.text());
        page
    }

    /// Presses "Save" on such a page.
    pub async fn presses_save(&mut self, path: &str, preview: &Answer) -> Answer {
        let fields = hidden(preview);
        let mut fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.push(("step", "save"));
        self.eva.post(&self.app, path, &fields).await
    }

    /// The whole way. Returns the page that it led to.
    pub async fn saves(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let preview = self.previews(path, fields).await;
        let saved = self.presses_save(path, &preview).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let page = self.eva.get(&self.app, saved.header("location")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page
    }

    /// The fields of an item's form as they stand, some of them typed over.
    pub async fn form(&mut self, path: &str, typed: &[(&str, &str)]) -> Fields {
        let page = self.eva.get(&self.app, path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let base = hidden(&page)
            .into_iter()
            .find(|(name, _)| name == "base")
            .expect("a base");
        let standing: serde_json::Value = serde_json::from_str(&base.1).expect("fields");
        let mut fields: Fields = standing
            .as_object()
            .expect("fields")
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        fields.push(base);
        for (name, value) in typed {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields
    }

    /// Changes what is typed over in an item's form.
    pub async fn edits(&mut self, path: &str, typed: &[(&str, &str)]) -> Answer {
        let fields = self.form(path, typed).await;
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.saves(path, &fields).await
    }

    pub async fn moves(&mut self, number: &str, date: &str, time: &str) -> Answer {
        let path = format!("/bookings/{}/change", self.booking(number).await.id);
        self.edits(&path, &[("date", date), ("time", time)]).await
    }

    pub async fn becomes(&mut self, number: &str, status: &str) -> Answer {
        let path = format!("/bookings/{}/become", self.booking(number).await.id);
        self.saves(&path, &[("status", status)]).await
    }

    /// Presses "Undo" where the page of a booking offers it. Returns the page after it.
    pub async fn undoes(&mut self, number: &str) -> Answer {
        let id = self.booking(number).await.id;
        let page = self.eva.get(&self.app, &format!("/bookings/{id}")).await;
        let change = hidden(&page).into_iter().find(|(name, _)| name == "change");
        let (_, change) = change.unwrap_or_else(|| panic!("nothing to undo: {}", page.text()));
        self.presses_undo(&id, &change).await
    }

    pub async fn presses_undo(&mut self, id: &str, change: &str) -> Answer {
        let answer = self.send(&format!("/bookings/{id}/undo"), &[("change", change)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.eva.get(&self.app, answer.header("location")).await
    }

    pub async fn booking(&self, number: &str) -> Booking {
        let mut tx = self.app.app.store().read().await.expect("a transaction");
        let found = store::item::bookings_by_external_id(&mut tx, BUSINESS, &[number]).await;
        found.expect("read").remove(0)
    }

    pub async fn renewal(&self, number: &str) -> Renewal {
        let mut tx = self.app.app.store().read().await.expect("a transaction");
        let found = store::item::renewals_by_external_id(&mut tx, BUSINESS, &[number]).await;
        found.expect("read").remove(0)
    }

    /// Every booking of the business.
    pub async fn bookings(&self) -> Vec<Booking> {
        let mut tx = self.app.app.store().read().await.expect("a transaction");
        let all = store::item::page(&mut tx, ItemKind::Booking, BUSINESS, "", 100)
            .await
            .expect("read");
        let booking = |item| match item {
            Item::Booking(booking) => Some(booking),
            _ => None,
        };
        all.into_iter().filter_map(booking).collect()
    }

    /// So many seconds pass, and whatever is due in them goes.
    pub async fn wait(&self, seconds: i64) {
        let until = self.app.now() + chrono::TimeDelta::seconds(seconds);
        self.app.run_until_instant(until).await;
    }
}
