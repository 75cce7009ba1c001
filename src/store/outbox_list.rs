//! The outbox as a list, a page at a time, and one day of it counted.
//!
//! A page looks at a limited number of messages, whatever is filtered out of them: where nothing fits, it says how far it
//! has looked, and the next page goes on from there.

use super::claim::{Claimed, claimed_columns};
use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::lookup::Order;
use super::packed::text;
use super::report::{Line, line_columns};
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Reason, State};
use crate::domain::replan::Hold;

/// The states of which an index of their own is kept.
const STUCK: [State; 3] = [State::Held, State::Failed, State::Unknown];

/// Which messages of a business a list shows.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    pub business_id: &'a str,
    pub states: &'a [State],
    pub channel: Option<Channel>,
    pub template: Option<&'a str>,
    /// Due from then on, and before `to`.
    pub from: Instant,
    pub to: Instant,
    pub order: Order,
}

/// How much one page may hold, and how many messages it may look at for that.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub rows: i64,
    pub looked_at: i64,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    pub lines: Vec<Line>,
    /// Where the next page begins. None: this is the last one.
    pub next: Option<(Instant, String)>,
    /// The page is not full, and yet there may be more behind `next`: so far were messages looked at.
    pub cut: bool,
}

/// The messages that a page can look at: `$1` and `$2` the bounds, `$3` and `$4` what the page begins after; of those that
/// are stuck the ones of the business `$6` in `$state`.
macro_rules! ahead {
    (time $columns:expr, $is_after:literal, $order:literal, $state:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM message WHERE due_at >= $1 AND due_at < $2 AND (due_at, id) ",
            $is_after,
            " ($3, $4) ORDER BY due_at",
            $order,
            ", id",
            $order
        )
    };
    (stuck $columns:expr, $is_after:literal, $order:literal, $state:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM message WHERE business_id = $6 AND state IN ('held', 'failed', 'unknown') AND state = ",
            $state,
            " AND due_at >= $1 AND due_at < $2 AND (due_at, id) ",
            $is_after,
            " ($3, $4) ORDER BY due_at",
            $order,
            ", id",
            $order
        )
    };
}

/// Of the first `$5` of them those that a list shows.
macro_rules! shown {
    ($source:ident $is_after:literal, $order:literal) => {
        concat!(
            "SELECT ",
            line_columns!(),
            " FROM (",
            ahead!($source line_columns!(), $is_after, $order, "$11"),
            " LIMIT $5) AS seen WHERE business_id = $6 AND state IN ",
            listed!("$7"),
            " AND ($8 IS NULL OR channel = $8) AND ($9 IS NULL OR template = $9) ORDER BY due_at",
            $order,
            ", id",
            $order,
            " LIMIT $10"
        )
    };
}

/// The last of the first of them. Skips in the index what the page has looked at, and no more.
macro_rules! last_seen {
    ($source:ident $is_after:literal, $order:literal) => {
        concat!(
            ahead!($source "due_at, id", $is_after, $order, "$7"),
            " LIMIT 1 OFFSET $5"
        )
    };
}

/// A page of a list, after the moment and the id that `after` has.
pub async fn page(
    tx: &mut Tx,
    listing: &Listing<'_>,
    after: Option<(Instant, &str)>,
    limits: Limits,
) -> Result<Page, StoreError> {
    let stuck = match listing.states {
        [state] if STUCK.contains(state) => Some(*state),
        _ => None,
    };
    let statement = match (stuck, listing.order) {
        (None, Order::NextFirst) => shown!(time ">", ""),
        (None, Order::LastFirst) => shown!(time "<", " DESC"),
        (Some(_), Order::NextFirst) => shown!(stuck ">", ""),
        (Some(_), Order::LastFirst) => shown!(stuck "<", " DESC"),
    };
    let (begins, begins_id) = after.unwrap_or(match listing.order {
        Order::NextFirst => (Instant::from_millis(i64::MIN), ""),
        Order::LastFirst => (Instant::from_millis(i64::MAX), ""),
    });
    let states = text(listing.states)?;
    let mut lines: Vec<Line> = on!(&mut *tx, c => {
        let query = sqlx::query_as(statement)
            .bind(listing.from).bind(listing.to).bind(begins).bind(begins_id).bind(limits.looked_at)
            .bind(listing.business_id).bind(states).bind(listing.channel).bind(listing.template)
            .bind(limits.rows.saturating_add(1));
        match stuck {
            Some(state) => query.bind(state),
            None => query,
        }.fetch_all(c).await
    })?;
    let rows = usize::try_from(limits.rows).unwrap_or(usize::MAX);
    if lines.len() > rows {
        lines.truncate(rows);
        let next = lines.last().map(|last| (last.due_at, last.id.clone()));
        return Ok(Page {
            lines,
            next,
            cut: false,
        });
    }
    let statement = match (stuck, listing.order) {
        (None, Order::NextFirst) => last_seen!(time ">", ""),
        (None, Order::LastFirst) => last_seen!(time "<", " DESC"),
        (Some(_), Order::NextFirst) => last_seen!(stuck ">", ""),
        (Some(_), Order::LastFirst) => last_seen!(stuck "<", " DESC"),
    };
    let last: Option<(Instant, String)> = on!(&mut *tx, c => {
        let query = sqlx::query_as(statement)
            .bind(listing.from).bind(listing.to).bind(begins).bind(begins_id)
            .bind(limits.looked_at.saturating_sub(1));
        match stuck {
            Some(state) => query.bind(listing.business_id).bind(state),
            None => query,
        }.fetch_optional(c).await
    })?;
    Ok(Page {
        lines,
        cut: last.is_some(),
        next: last,
    })
}

/// How many messages of a business are in a state that is kept apart: held, failed or unknown. At most `limit` are counted.
pub async fn stuck(tx: &mut Tx, business_id: &str, state: State, limit: i64) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT id FROM message \
            WHERE business_id = $1 AND state IN ('held', 'failed', 'unknown') AND state = $2 LIMIT $3) AS bounded",
    ).bind(business_id).bind(state).bind(limit).fetch_one(c).await)?)
}

/// When the earliest message of these lanes that is still to go is due, whosever it is.
pub async fn earliest_planned(tx: &mut Tx, lanes: &[String]) -> Result<Option<Instant>, StoreError> {
    let mut earliest: Option<Instant> = None;
    for lane in lanes {
        let due: Option<Instant> = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT due_at FROM message WHERE state = 'planned' AND lane = $1 ORDER BY due_at LIMIT 1",
        ).bind(lane).fetch_optional(c).await)?;
        earliest = match (earliest, due) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    Ok(earliest)
}

/// Messages of a day that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    pub rule_id: String,
    pub template: String,
    pub channel: Option<Channel>,
    pub state: State,
    pub reason: Option<Reason>,
    pub hold: Option<Hold>,
    pub count: i64,
    pub first: Instant,
    pub last: Instant,
}

row!(Alike {
    rule_id,
    template,
    channel,
    state,
    reason,
    hold,
    count,
    first,
    last
});

/// The messages of a business that are due from `from` until before `to`, counted by what they are and how they stand. At
/// most `limit` are looked at, the first ones.
pub async fn alike_between(
    tx: &mut Tx,
    business_id: &str,
    from: Instant,
    to: Instant,
    limit: i64,
) -> Result<Vec<Alike>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT rule_id, template, channel, state, reason, hold, COUNT(*) AS count, MIN(due_at) AS first, \
            MAX(due_at) AS last \
         FROM (SELECT rule_id, template, channel, state, reason, hold, due_at FROM message \
            WHERE due_at >= $1 AND due_at < $2 AND business_id = $3 ORDER BY due_at, id LIMIT $4) AS bounded \
         GROUP BY rule_id, template, channel, state, reason, hold \
         ORDER BY MIN(due_at), rule_id, channel, state, reason, hold",
    ).bind(from).bind(to).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// The planned messages of a business that are due from `from` until before `to`, after the moment and the id that
/// `after` has, with all that dispatch knows of them.
pub async fn planned_between(
    tx: &mut Tx,
    business_id: &str,
    (from, to): (Instant, Instant),
    after: (Instant, &str),
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", claimed_columns!(), " FROM message \
         WHERE due_at >= $1 AND due_at < $2 AND (due_at, id) > ($3, $4) AND business_id = $5 AND state = 'planned' \
         ORDER BY due_at, id LIMIT $6"
    )).bind(from).bind(to).bind(after.0).bind(after.1).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// Messages by their ids, in the order they are due, with all that dispatch knows of them.
pub async fn of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Claimed>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", claimed_columns!(), " FROM message WHERE id IN ", listed!("$1"), " ORDER BY due_at, id"
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// Lines of messages by their ids, in the order they are due.
pub async fn lines_of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Line>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message WHERE id IN ", listed!("$1"), " ORDER BY due_at, id"
    )).bind(text(ids)?).fetch_all(c).await)?)
}
