//! The inbox: conversations that wait for a person, each with all that was said, and what can be done about it.

mod list;
mod page;
mod settle;
mod who;
mod write;

use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::desk_of;
use crate::app::App;
use crate::domain::conversation::Conversation;
use crate::domain::customer::Customer;
use crate::domain::user::Role;
use crate::outbound::plan::Desk;
use crate::store::{self, Tx};

pub(super) use list::shown as conversations;
pub(in super::super) use list::{inbox, new};
pub(in super::super) use page::talk;
pub(in super::super) use settle::{assign, done, seen, settle};
pub(in super::super) use who::who;
pub(in super::super) use write::write;

/// A conversation of the business that the address names.
struct Talk {
    desk: Desk,
    row: Conversation,
    /// None: nobody knows who it is.
    customer: Option<Customer>,
}

impl Talk {
    /// By its id, a customer's, or that of a row of the inbox that is part of it. What is another business's is not there,
    /// nor is for staff what several businesses may be meant by.
    async fn load(tx: &mut Tx, app: &App, staff: &Staff, id: &str) -> Result<Self, WebError> {
        let desk = desk_of(tx, app, staff).await?;
        let business_id = desk.business.id.as_str();
        let row = match store::conversation::find(tx, id).await? {
            Some(row) => Some(row),
            None => of_customer_or_row(tx, app, business_id, id).await?,
        };
        let row = row.filter(|row| row.business_id == business_id && (!row.shared || is_owner(staff)));
        let row = row.ok_or(WebError::NotFound)?;
        let customer = match &row.customer_id {
            Some(id) => store::customer::find(tx, id).await?,
            None => None,
        };
        Ok(Self { desk, row, customer })
    }

    fn path(&self) -> String {
        format!("/inbox/{}", self.row.id)
    }
}

async fn of_customer_or_row(
    tx: &mut Tx,
    app: &App,
    business_id: &str,
    id: &str,
) -> Result<Option<Conversation>, WebError> {
    if let Some(customer) = store::customer::find(tx, id).await? {
        let now = app.dispatcher.clock.now();
        return Ok(Some(Conversation::with(&customer.id, &customer.business_id, now)));
    }
    let row = store::desk_item::find(tx, id).await?;
    match row.filter(|row| row.business_id.as_deref() == Some(business_id)) {
        Some(row) => Ok(store::conversation::of_row(tx, &row).await?),
        None => Ok(None),
    }
}

/// Whether the user may see what other businesses may be meant by as well.
fn is_owner(staff: &Staff) -> bool {
    staff.role() == Some(Role::Owner)
}

/// Who can see to a conversation: everybody who signs in for the business, and whoever looks at the demonstration.
async fn users(tx: &mut Tx, staff: &Staff, business_id: &str) -> Result<Vec<(String, String)>, WebError> {
    let users = store::user::of_business(tx, business_id).await?;
    let mut users: Vec<_> = users.into_iter().map(|(user, _)| (user.id, user.name)).collect();
    if users.iter().all(|(id, _)| *id != staff.user.id) {
        users.push((staff.user.id.clone(), staff.user.name.clone()));
    }
    Ok(users)
}

/// Whoever sees to it, unless they have left.
fn owner_of(row: &Conversation, users: &[(String, String)], staff: &Staff) -> Value {
    let owner = users.iter().find(|(id, _)| row.owner_id.as_ref() == Some(id));
    owner.map_or(
        Value::Null,
        |(id, name)| json!({ "id": id, "name": name, "me": *id == staff.user.id }),
    )
}
