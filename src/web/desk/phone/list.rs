//! The customers who got something, with the last of it and what they can answer.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::message::{Asks, Channel};
use crate::outbound::plan::Desk;
use crate::outbound::sandbox_phone;
use crate::outbound::wording::one_line;
use crate::store::sandbox_phone::Arrived;
use crate::store::{self, Tx};

/// How many customers a page lists.
const PAGE: usize = 20;

/// How much of a message the list shows.
const GIST: usize = 60;

/// A page of the list.
pub(super) struct List {
    customers: Vec<(String, Option<Asks>)>,
    pub rows: Value,
    pub next: Option<String>,
}

impl List {
    /// The first who is asked for that.
    pub(super) fn asked_for(&self, asks: Asks) -> Option<&str> {
        let found = self.customers.iter().find(|(_, asked)| *asked == Some(asks));
        found.map(|(id, _)| id.as_str())
    }

    /// Whose phone is shown where nobody was chosen: who is asked for a yes, else who is asked anything, else the first.
    pub(super) fn first(&self) -> Option<&str> {
        let asked = || self.customers.iter().find(|(_, asks)| asks.is_some());
        let any = || asked().or_else(|| self.customers.first()).map(|(id, _)| id.as_str());
        self.asked_for(Asks::Confirm).or_else(any)
    }
}

pub(super) async fn list(tx: &mut Tx, desk: &Desk, before: Option<&str>, now: Instant) -> Result<List, WebError> {
    let (latest, next) = sandbox_phone::latest(tx, &desk.business.id, before, PAGE).await?;
    let ids: Vec<&str> = latest.iter().map(|arrived| arrived.customer_id.as_str()).collect();
    let customers = store::lookup::customers_of_ids(tx, &ids).await?;
    let numbers: Vec<&str> = customers
        .iter()
        .filter_map(|customer| customer.phone.as_deref())
        .collect();
    let asked = sandbox_phone::asked(tx, &desk.business.id, &numbers, now).await?;
    let mut list = List {
        customers: Vec::new(),
        rows: Value::Null,
        next,
    };
    let mut rows = Vec::new();
    for arrived in &latest {
        let owner = customers.iter().find(|customer| customer.id == arrived.customer_id);
        let Some(owner) = owner.filter(|customer| !customer.erased) else {
            continue;
        };
        let question = asked.iter().rfind(|question| question.customer_id == owner.id);
        let asks = question.map(|question| question.asks);
        list.customers.push((owner.id.clone(), asks));
        rows.push(row(desk, arrived, owner, asks));
    }
    list.rows = rows.into();
    Ok(list)
}

fn row(desk: &Desk, arrived: &Arrived, owner: &Customer, asks: Option<Asks>) -> Value {
    let words = match arrived.channel {
        Channel::Email => arrived.subject.as_deref(),
        Channel::Sms | Channel::Call => arrived.text.as_deref(),
    };
    let gist = words.map(|words| {
        words
            .strip_prefix(&format!("{}: ", desk.business.name))
            .unwrap_or(words)
    });
    json!({
        "customer": owner.id, "who": owner.name, "address": arrived.address, "channel": arrived.channel,
        "at": desk.calendar.zone.local(arrived.at), "gist": gist.map(|gist| one_line(gist, GIST)), "asks": asks,
    })
}
