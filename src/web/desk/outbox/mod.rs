//! The outbox: every message of a business, how it stands and why, and what a person can do about it.

mod acts;
mod filter;
mod senders;
mod tomorrow;

use std::collections::HashSet;

use axum::extract::{Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use self::filter::Wanted;
use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::Said;
use super::render;
use super::rows::{Row, rows};
use crate::app::App;
use crate::domain::message::Channel;
use crate::outbound::notice;
use crate::outbound::plan::Desk;
use crate::outbound::steering::Act;
use crate::store::outbox_list::Limits;
use crate::store::{self, Tx};
use crate::texts::catalogue;

pub(in super::super) use acts::{act, act_on_all};
pub(in super::super) use senders::resume;
pub(in super::super) use tomorrow::tomorrow;

#[cfg(test)]
pub(super) use acts::reasons;
pub(super) use acts::{Done, notice as done_notice};
pub(super) use filter::Show;

/// How many messages a page holds, and how many it looks at for them.
const LIMITS: Limits = Limits {
    rows: 50,
    looked_at: 10_000,
};

/// More of what is stuck than this is counted as "so many and more".
const MOST_STUCK: i64 = 1_000;

/// `GET /outbox`.
pub(in super::super) async fn outbox(
    staff: Staff,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    Query(done): Query<Done>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let business = staff.business().ok_or(WebError::NotFound)?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let range = wanted.range(&mut tx, &desk, now).await?;
    let found = store::outbox_list::page(&mut tx, &wanted.listing(&desk, range), wanted.after(), LIMITS).await?;
    let acts: Vec<_> = found.lines.iter().map(Act::of).collect();
    let possible: HashSet<Act> = acts.iter().flat_map(|acts| acts.iter().copied()).collect();
    let mut page = staff.page();
    page["here"] = json!("outbox");
    page["show"] = json!(wanted.shown());
    page["shows"] = json!(Show::ALL);
    page["counts"] = counts(&mut tx, &desk).await?;
    page["channels"] = json!(Channel::ALL);
    page["templates"] = json!(templates(&desk));
    page["wanted"] = json!(wanted);
    page["bad_day"] = json!(wanted.bad_day());
    page["query"] = json!(wanted.query());
    page["cut_at"] = json!(
        found
            .next
            .as_ref()
            .filter(|_| found.cut)
            .map(|(due_at, _)| desk.calendar.zone.local(*due_at))
    );
    page["next"] = json!(
        found
            .next
            .map(|(due_at, id)| json!({ "after": due_at.millis(), "after_id": id }))
    );
    page["rows"] = json!(with_acts(rows(&mut tx, &app, &desk, found.lines).await?, &acts));
    page["bulk"] = json!(
        Act::ALL
            .iter()
            .filter(|act| possible.contains(act) && **act != Act::SendAgain)
            .collect::<Vec<_>>()
    );
    page["whole"] = json!(wanted.whole_day());
    page["stopped"] = senders::stopped(&mut tx, &staff, &desk).await?;
    page["done"] = done_notice(&done);
    page["notice"] = json!(said.notice());
    render("outbox.html", &staff.locale()?, &page)
}

/// Rows with what can be done about each.
fn with_acts(rows: Vec<Row>, acts: &[&[Act]]) -> Vec<Value> {
    rows.into_iter()
        .zip(acts)
        .map(|(row, acts)| {
            let mut row = json!(row);
            row["acts"] = json!(acts);
            row
        })
        .collect()
}

/// How many messages are stuck, by what the list calls it.
async fn counts(tx: &mut Tx, desk: &Desk) -> Result<Value, WebError> {
    let mut counts = json!({});
    for show in [Show::Held, Show::Failed, Show::Unknown] {
        let mut count = 0;
        for state in show.states() {
            count += store::outbox_list::stuck(tx, &desk.business.id, *state, MOST_STUCK).await?;
        }
        counts[show.as_str()] = json!({ "count": count, "more": count >= MOST_STUCK });
    }
    Ok(counts)
}

/// What the business's messages are made of: its rules' templates and those of notices.
fn templates(desk: &Desk) -> Vec<&str> {
    let used: HashSet<&str> = desk.rules.iter().map(|rule| rule.template.as_str()).collect();
    let all = catalogue::TEMPLATES.iter().map(|template| template.name);
    all.filter(|name| used.contains(name) || notice::TEMPLATES.contains(name))
        .collect()
}
