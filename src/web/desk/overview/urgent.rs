//! What has a clock: unhappy customers, what waits for an answer, whom to phone. The most urgent of each.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::talk::conversations;
use super::MOST_COUNTED;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::user::Role;
use crate::outbound::plan::Desk;
use crate::store::conversation::Whose;
use crate::store::{self, Tx};

/// How many of each are shown.
const SHOWN: i64 = 5;

/// Puts them into the page, and how many there are.
pub(super) async fn add(
    tx: &mut Tx,
    desk: &Desk,
    staff: &Staff,
    now: Instant,
    page: &mut Value,
) -> Result<(), WebError> {
    let business = desk.business.id.as_str();
    let cases = store::customer_case::open_cases(tx, Some(business), SHOWN).await?;
    let calls = store::call::most_urgent(tx, business, now, SHOWN).await?;
    let mut ids: Vec<&str> = cases.iter().map(|case| case.customer_id.as_str()).collect();
    ids.extend(calls.iter().map(|call| call.customer_id.as_str()));
    let customers = store::lookup::customers_of_ids(tx, &ids).await?;
    let who = |id: &str| customers.iter().find(|customer| customer.id == id);
    let name = |customer: Option<&Customer>| customer.map(|customer| customer.name.clone());
    let local = |at: Instant| desk.calendar.zone.local(at);
    page["cases"] = cases
        .iter()
        .map(|case| {
            let owner = who(&case.customer_id);
            json!({
                "id": case.id, "by": local(case.due_at), "overdue": case.due_at < now, "who": name(owner),
                "phone": owner.and_then(|owner| owner.phone.as_deref()), "owner": case.owner, "words": case.words,
                "score": case.scale.zip(case.score).map(|(scale, score)| scale.in_words(score)),
            })
        })
        .collect();
    page["calls"] = calls
        .iter()
        .map(|call| {
            json!({
                "id": call.id, "who": name(who(&call.customer_id)), "customer": call.customer_id, "phone": call.phone,
                "script": call.script, "by": local(call.due_at), "overdue": call.due_at < now,
            })
        })
        .collect();
    page["open_cases"] = json!(store::customer_case::open_count(tx, business).await?);
    let owner = staff.role() == Some(Role::Owner);
    let (waiting, _) = store::conversation::counts(tx, business, owner, MOST_COUNTED).await?;
    page["waiting"] = json!(waiting);
    let urgent = store::conversation::waiting(tx, business, Whose::Everybodys, owner, None, SHOWN).await?;
    page["inbox"] = conversations(tx, desk, staff, &urgent, now).await?;
    page["open_calls"] = json!(store::call::open_count(tx, business, now).await?);
    Ok(())
}
