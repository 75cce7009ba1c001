//! Conversations: the inbox, a row a customer or unknown number, kept in line with what waits (`desk_item`).

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::conversation::{Conversation, UNKNOWN_PLACE, place};
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;

row!(Conversation {
    id,
    business_id,
    customer_id,
    address,
    shared,
    owner_id,
    due_at,
    place,
    waits_since,
    last_at,
    seen_at,
    done_at
});

/// The columns of a `Conversation`.
macro_rules! conversation_columns {
    () => {
        "id, business_id, customer_id, address, shared, owner_id, due_at, place, waits_since, last_at, seen_at, done_at"
    };
}

/// The number of a business's next change, where `$2` is the business.
macro_rules! next_version {
    () => {
        "(SELECT COALESCE(MAX(version), 0) + 1 FROM conversation WHERE business_id = $2)"
    };
}

/// What waits of these rows: when it is due (to the minute, so that standing decides among those of one moment), since
/// when it waits, when something last came in, and when something was last done.
macro_rules! waits {
    () => {
        "MIN(CASE WHEN desk_item.done_at IS NULL THEN desk_item.due_at - desk_item.due_at % 60000 END), \
         MIN(CASE WHEN desk_item.done_at IS NULL THEN desk_item.opened_at END), MAX(desk_item.opened_at), \
         MAX(desk_item.done_at)"
    };
}

/// Whose conversations a list shows.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    Everybodys,
    /// Those that this user sees to.
    Mine(&'a str),
    /// Those that none of these users sees to.
    Nobodys(&'a [&'a str]),
}

/// Where a page begins: after a conversation that was due then and has that place and id.
pub type After = (Instant, i64, String);

/// One conversation.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Conversation>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", conversation_columns!(), " FROM conversation WHERE id = $1"
    )).bind(id).fetch_optional(c).await)?)
}

/// That of a business with a number that nobody knows.
pub async fn of_address(tx: &mut Tx, business_id: &str, address: &str) -> Result<Option<Conversation>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", conversation_columns!(), " FROM conversation WHERE business_id = $1 AND address = $2"
    )).bind(business_id).bind(address).fetch_optional(c).await)?)
}

/// The conversation that a row of the inbox is part of.
pub async fn of_row(tx: &mut Tx, row: &DeskItem) -> Result<Option<Conversation>, StoreError> {
    match (&row.customer_id, &row.business_id) {
        (Some(customer_id), _) => find(tx, customer_id).await,
        (None, Some(business_id)) => match sender(tx, row).await? {
            Some(address) => of_address(tx, business_id, &address).await,
            None => Ok(None),
        },
        (None, None) => Ok(None),
    }
}

/// The number that a row of the inbox came from; none: it came from none, or it was erased.
async fn sender(tx: &mut Tx, row: &DeskItem) -> Result<Option<String>, StoreError> {
    let sender: Option<String> = on!(tx, c => sqlx::query_scalar("SELECT sender FROM inbound WHERE id = $1")
        .bind(&row.reply_id).fetch_optional(c).await)?;
    Ok(sender.filter(|sender| !sender.is_empty()))
}

/// What waits at a business of whomever a row of the inbox is from has changed.
pub async fn refresh(tx: &mut Tx, row: &DeskItem) -> Result<(), StoreError> {
    let Some(business_id) = &row.business_id else {
        return Ok(());
    };
    match &row.customer_id {
        Some(customer_id) => of_customer_changed(tx, business_id, customer_id).await,
        None => match sender(tx, row).await? {
            Some(address) => of_sender_changed(tx, business_id, &address, &row.id).await,
            None => Ok(()),
        },
    }
}

async fn of_customer_changed(tx: &mut Tx, business_id: &str, customer_id: &str) -> Result<(), StoreError> {
    let standing: Option<Option<String>> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT standing FROM customer WHERE id = $1",
    ).bind(customer_id).fetch_optional(c).await)?;
    let place = place(standing.flatten().as_deref());
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO conversation (id, business_id, customer_id, shared, place, due_at, waits_since, last_at, done_at, \
            version) \
         SELECT $1, $2, $1, FALSE, $3, ", waits!(), ", ", next_version!(), " FROM desk_item WHERE customer_id = $1 \
            HAVING MAX(desk_item.opened_at) IS NOT NULL \
         ON CONFLICT (id) DO UPDATE SET place = excluded.place, due_at = excluded.due_at, \
            waits_since = excluded.waits_since, last_at = excluded.last_at, done_at = excluded.done_at, \
            version = excluded.version"
    )).bind(customer_id).bind(business_id).bind(place).execute(c).await)?;
    Ok(())
}

async fn of_sender_changed(tx: &mut Tx, business_id: &str, address: &str, id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO conversation (id, business_id, address, place, shared, due_at, waits_since, last_at, done_at, version) \
         SELECT $1, $2, $3, $4, \
            EXISTS (SELECT 1 FROM inbound theirs JOIN desk_item other ON other.reply_id = theirs.id \
                WHERE theirs.sender = $3 AND other.customer_id IS NULL AND other.done_at IS NULL \
                    AND other.business_id <> $2), ",
            waits!(), ", ", next_version!(),
        " FROM inbound JOIN desk_item ON desk_item.reply_id = inbound.id \
            WHERE inbound.sender = $3 AND desk_item.business_id = $2 AND desk_item.customer_id IS NULL \
            HAVING MAX(desk_item.opened_at) IS NOT NULL \
         ON CONFLICT (business_id, address) WHERE address IS NOT NULL DO UPDATE SET shared = excluded.shared, \
            due_at = excluded.due_at, waits_since = excluded.waits_since, last_at = excluded.last_at, \
            done_at = excluded.done_at, version = excluded.version"
    )).bind(id).bind(business_id).bind(address).bind(UNKNOWN_PLACE).execute(c).await)?;
    Ok(())
}

/// Every business that a number which nobody knows has written to: whether others may be meant as well has changed.
pub async fn refresh_sharing(tx: &mut Tx, reply_id: &str) -> Result<(), StoreError> {
    for row in super::desk_item::of_reply(tx, reply_id).await? {
        refresh(tx, &row).await?;
    }
    Ok(())
}

/// What waits, the most urgent first. What other businesses see as well only for `owner`s.
pub async fn waiting(
    tx: &mut Tx,
    business_id: &str,
    whose: Whose<'_>,
    owner: bool,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Conversation>, StoreError> {
    macro_rules! page {
        (nobodys $users:expr) => {
            page!(concat!(" AND (owner_id IS NULL OR owner_id NOT IN ", $users, ")"))
        };
        ($of:expr) => {
            concat!(
                "SELECT ",
                conversation_columns!(),
                " FROM conversation WHERE business_id = $1 AND due_at IS NOT NULL AND ($2 OR NOT shared) \
                    AND (due_at, place, id) > ($3, $4, $5)",
                $of,
                " ORDER BY due_at, place, id LIMIT $6"
            )
        };
    }
    let (due_at, place, id) = after.unwrap_or((Instant::from_millis(i64::MIN), 0, String::new()));
    let (statement, users) = match whose {
        Whose::Everybodys => (page!(" AND $7 = ''"), String::new()),
        Whose::Mine(user) => (page!(" AND owner_id = $7"), user.to_owned()),
        Whose::Nobodys(users) => (page!(nobodys listed!("$7")), text(users)?),
    };
    Ok(on!(tx, c => sqlx::query_as(statement)
        .bind(business_id).bind(owner).bind(due_at).bind(place).bind(id).bind(limit).bind(users)
        .fetch_all(c).await)?)
}

/// What is done, the last first, from before a conversation that was done then.
pub async fn done(
    tx: &mut Tx,
    business_id: &str,
    owner: bool,
    before: Option<(Instant, String)>,
    limit: i64,
) -> Result<Vec<Conversation>, StoreError> {
    let (done_at, id) = before.unwrap_or((Instant::from_millis(i64::MAX), String::new()));
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", conversation_columns!(), " FROM conversation WHERE business_id = $1 AND due_at IS NULL \
            AND ($2 OR NOT shared) AND (done_at, id) < ($3, $4) ORDER BY done_at DESC, id DESC LIMIT $5"
    )).bind(business_id).bind(owner).bind(done_at).bind(id).bind(limit).fetch_all(c).await)?)
}

/// How many wait, and how many of those have something that nobody has looked at; counted up to `most`.
pub async fn counts(tx: &mut Tx, business_id: &str, owner: bool, most: i64) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), COUNT(CASE WHEN seen_at IS NULL OR seen_at < last_at THEN 1 END) FROM ( \
            SELECT seen_at, last_at FROM conversation \
            WHERE business_id = $1 AND due_at IS NOT NULL AND ($2 OR NOT shared) \
            ORDER BY due_at, place, id LIMIT $3) AS waiting",
    ).bind(business_id).bind(owner).bind(most).fetch_one(c).await)?)
}

/// The number of a business's last change.
pub async fn version(tx: &mut Tx, business_id: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COALESCE(MAX(version), 0) FROM conversation WHERE business_id = $1",
    ).bind(business_id).fetch_one(c).await)?)
}

/// Writes down who sees to a conversation and that somebody has looked at it. It may be that of a customer of whom nothing
/// has waited yet.
pub async fn save(tx: &mut Tx, talk: &Conversation) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO conversation (id, business_id, customer_id, address, shared, owner_id, due_at, place, waits_since, \
            last_at, seen_at, done_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ", next_version!(), ") \
         ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, seen_at = excluded.seen_at, \
            version = excluded.version"
    ))
    .bind(&talk.id).bind(&talk.business_id).bind(&talk.customer_id).bind(&talk.address).bind(talk.shared)
    .bind(&talk.owner_id).bind(talk.due_at).bind(talk.place).bind(talk.waits_since).bind(talk.last_at)
    .bind(talk.seen_at).bind(talk.done_at).execute(c).await)?;
    Ok(())
}

/// Takes a number that is not unknown any more out of a business's inbox; what it wrote has gone to a customer.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM conversation WHERE id = $1 AND customer_id IS NULL")
        .bind(id).execute(c).await)?;
    Ok(())
}
