//! The customer at the desk: the record, consent, notes, everything that is stored, and the end of it.

mod consenting;
mod editing;
mod erasing;
mod exporting;
mod importing;
mod noting;
mod showing;

use daybefore::domain::customer::Customer;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::browser::Answer;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];
const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];
const OTHER_PHONE: &str = "+491713920099";

/// A garage with Ana's visit a fortnight ahead; Eva sits at the desk.
async fn desk() -> (TestApp, Browser) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.dispatch().await;
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(10));
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva)
}

/// The only customer with that phone.
async fn at(app: &TestApp, phone: &str) -> Customer {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let mut found = store::customer::with_phone(&mut tx, phone).await.expect("read");
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

async fn ana(app: &TestApp) -> Customer {
    at(app, PHONE).await
}

/// A customer by our id.
async fn by_id(app: &TestApp, id: &str) -> Customer {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let found = store::customer::find(&mut tx, id).await.expect("read");
    found.expect("a customer")
}

impl Browser {
    /// The fields of the form on a customer's page of change, some of them typed anew.
    async fn typing(&mut self, app: &TestApp, id: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
        let page = self.get(app, &format!("/customers/{id}/edit")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let customer = by_id(app, id).await;
        let text = |text: Option<String>| text.unwrap_or_default();
        let mut fields: Vec<(String, String)> = [
            ("name", customer.name),
            ("phone", text(customer.phone)),
            ("email", text(customer.email)),
            ("locale", text(customer.locale)),
            ("channel", text(customer.channel.map(|channel| channel.to_string()))),
            ("standing", text(customer.standing)),
            ("notes", text(customer.notes)),
            ("seen", hidden(&page, "seen")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (name, value) in typed {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields
    }

    /// Changes a customer, and says yes to whatever is asked before. Returns what was asked and what is said after.
    async fn changes(&mut self, app: &TestApp, id: &str, typed: &[(&str, &str)]) -> (String, String) {
        let mut fields = self.typing(app, id, typed).await;
        let path = format!("/customers/{id}/edit");
        let first = self.acts(app, &path, &borrowed(&fields)).await;
        if first.status == 303 {
            let next = first.header("location").to_owned();
            return (String::new(), self.get(app, &next).await.html());
        }
        assert_eq!(first.status, 200, "{}", first.text());
        fields.push(("sure".to_owned(), hidden(&first, "sure")));
        (first.text(), self.does(app, &path, &borrowed(&fields)).await)
    }
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// The value of a hidden field.
fn hidden(page: &Answer, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .body
        .split_once(&field)
        .unwrap_or_else(|| panic!("{name} in {}", page.text()));
    rest.split('"').next().unwrap_or_default().to_owned()
}
