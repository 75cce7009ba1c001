//! What is said before a change is saved: whose the new address is as well, what was said there, and which messages the
//! change touches.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::rows::rows;
use crate::app::App;
use crate::domain::link;
use crate::domain::message::{Channel, Purpose};
use crate::domain::record::Read;
use crate::outbound::plan::Desk;
use crate::outbound::record::{Effects, NewAddress};
use crate::store::Tx;
use crate::store::report::Line;

/// How many messages of each kind are shown.
const SHOWN: usize = 10;

/// Whether there is anything that somebody should know before it is saved.
pub(super) fn is_needed(read: &Read, addresses: &[NewAddress; 2], effects: &Effects) -> bool {
    read.phone_is_part || addresses.iter().any(|address| !address.is_plain()) || !effects.is_empty()
}

/// What a form brings along once somebody has read what its addresses mean. Other addresses, or something new about
/// these, make another one. What the messages do meanwhile does not.
pub(super) fn mark(read: &Read, addresses: &[NewAddress; 2]) -> String {
    let said = |address: &NewAddress| {
        let others = address.shared_with.iter().map(|other| other.id.as_str());
        json!([
            others.collect::<Vec<_>>(),
            address.held,
            address.bad,
            address.refused,
            address.left_behind
        ])
    };
    let customer = &read.customer;
    let all = json!([
        customer.phone,
        customer.email,
        addresses.iter().map(said).collect::<Vec<_>>()
    ]);
    link::hash(&all.to_string())
}

/// The same for the page. The transaction has the change in it, and is dropped afterwards.
pub(super) async fn shown(
    tx: &mut Tx,
    app: &App,
    desk: &Desk,
    read: &Read,
    addresses: &[NewAddress; 2],
    effects: Effects,
) -> Result<Value, WebError> {
    let [phone, email] = addresses;
    let customer = &read.customer;
    Ok(json!({
        "sure": mark(read, addresses),
        "addresses": [of_address(phone, customer.phone.as_deref()), of_address(email, customer.email.as_deref())],
        "read_as": customer.phone.as_ref().filter(|_| read.phone_is_part),
        "left_behind": addresses.iter().any(|address| !address.left_behind.is_empty()),
        "redirected": messages(tx, app, desk, effects.redirected).await?,
        "begun": messages(tx, app, desk, effects.begun).await?,
        "ended": messages(tx, app, desk, effects.ended).await?,
        "leaving": messages(tx, app, desk, effects.leaving).await?,
    }))
}

fn of_address(address: &NewAddress, text: Option<&str>) -> Value {
    let scopes = |scopes: &[(Channel, Purpose)]| {
        let scopes = scopes.iter();
        scopes
            .map(|(channel, purpose)| json!({ "channel": channel, "purpose": purpose }))
            .collect::<Vec<_>>()
    };
    let others = address.shared_with.iter();
    json!({
        "address": text, "held": address.held, "bad": address.bad, "refused": scopes(&address.refused),
        "left_behind": scopes(&address.left_behind),
        "shared_with": others.map(|other| json!({ "id": other.id, "name": other.name })).collect::<Vec<_>>(),
    })
}

async fn messages(tx: &mut Tx, app: &App, desk: &Desk, mut lines: Vec<Line>) -> Result<Value, WebError> {
    let count = lines.len();
    lines.truncate(SHOWN);
    Ok(json!({ "count": count, "rows": rows(tx, app, desk, lines).await? }))
}
