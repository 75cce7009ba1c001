//! What users have changed of bookings and renewals at the desk, and what the file of such an item said last.

use super::db::{Tx, on};
use super::dialect::{listed, packed};
use super::error::StoreError;
use super::packed::{rows, text};
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, Item, ItemKind, Renewal};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskChange {
    pub id: String,
    pub business_id: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    /// The item's after it.
    pub revision: i64,
    /// None: it was added.
    pub before: Option<Item>,
    pub after: Item,
    /// The questions that it closed.
    pub questions: Vec<String>,
    pub made_by: String,
    pub made_at: Instant,
    pub undo_until: Instant,
    pub undone_at: Option<Instant>,
}

/// The same as it is stored.
struct Stored {
    id: String,
    business_id: String,
    item_kind: ItemKind,
    item_id: String,
    revision: i64,
    before: Option<String>,
    after: String,
    questions: String,
    made_by: String,
    made_at: Instant,
    undo_until: Instant,
    undone_at: Option<Instant>,
}

row!(Stored {
    id,
    business_id,
    item_kind,
    item_id,
    revision,
    before,
    after,
    questions,
    made_by,
    made_at,
    undo_until,
    undone_at
});

impl Stored {
    fn read(self) -> Result<DeskChange, StoreError> {
        Ok(DeskChange {
            before: self.before.map(|json| item(self.item_kind, &json)).transpose()?,
            after: item(self.item_kind, &self.after)?,
            questions: parsed(&self.questions)?,
            id: self.id,
            business_id: self.business_id,
            item_kind: self.item_kind,
            item_id: self.item_id,
            revision: self.revision,
            made_by: self.made_by,
            made_at: self.made_at,
            undo_until: self.undo_until,
            undone_at: self.undone_at,
        })
    }
}

/// The columns of a `Stored`.
macro_rules! change_columns {
    () => {
        "id, business_id, item_kind, item_id, revision, before, after, questions, made_by, made_at, undo_until, undone_at"
    };
}

fn parsed<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Inconsistent(error.to_string()))
}

fn item(kind: ItemKind, json: &str) -> Result<Item, StoreError> {
    Ok(match kind {
        ItemKind::Booking => Item::Booking(parsed::<Booking>(json)?),
        ItemKind::Renewal => Item::Renewal(parsed::<Renewal>(json)?),
        ItemKind::Case | ItemKind::Reply => {
            return Err(StoreError::Inconsistent(format!("a {kind} is not changed at the desk")));
        }
    })
}

fn json(item: &Item) -> Result<String, StoreError> {
    match item {
        Item::Booking(booking) => text(booking),
        Item::Renewal(renewal) => text(renewal),
        Item::Case(_) | Item::Reply(_) => Err(StoreError::Inconsistent(format!(
            "a {} is not changed at the desk",
            item.kind()
        ))),
    }
}

/// Notes a change.
pub async fn add(tx: &mut Tx, change: &DeskChange) -> Result<(), StoreError> {
    let before = change.before.as_ref().map(json).transpose()?;
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO desk_change (", change_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(&change.id).bind(&change.business_id).bind(change.item_kind).bind(&change.item_id).bind(change.revision)
    .bind(before).bind(json(&change.after)?).bind(text(&change.questions)?).bind(&change.made_by).bind(change.made_at)
    .bind(change.undo_until).bind(change.undone_at).execute(c).await)?;
    Ok(())
}

/// One change.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<DeskChange>, StoreError> {
    let row: Option<Stored> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", change_columns!(), " FROM desk_change WHERE id = $1"
    )).bind(id).fetch_optional(c).await)?;
    row.map(Stored::read).transpose()
}

/// The last change of an item that was not undone.
pub async fn latest(tx: &mut Tx, item_id: &str) -> Result<Option<DeskChange>, StoreError> {
    let row: Option<Stored> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", change_columns!(), " FROM desk_change WHERE item_id = $1 AND undone_at IS NULL \
         ORDER BY made_at DESC, id DESC LIMIT 1"
    )).bind(item_id).fetch_optional(c).await)?;
    row.map(Stored::read).transpose()
}

/// Until when nothing of an item's revision is sent, of these items those that were changed at the desk.
pub async fn undo_until(tx: &mut Tx, items: &[&str]) -> Result<Vec<(String, i64, Instant)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT item_id, revision, MAX(undo_until) FROM desk_change \
         WHERE item_id IN ", listed!("$1"), " AND undone_at IS NULL GROUP BY item_id, revision"
    )).bind(text(items)?).fetch_all(c).await)?)
}

/// Notes that a change was undone. False: it was before.
pub async fn undone(tx: &mut Tx, id: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE desk_change SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL",
    ).bind(id).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Whether anything about an item has left the house since `since`, or has gone on the list of calls.
pub async fn anything_left(tx: &mut Tx, item_id: &str, since: Instant) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM message WHERE item_id = $1 AND ( \
            EXISTS (SELECT 1 FROM attempt WHERE attempt.message_id = message.id AND attempt.started_at >= $2) \
            OR EXISTS (SELECT 1 FROM call WHERE call.message_id = message.id AND call.opened_at >= $2)) LIMIT 1",
    ).bind(item_id).bind(since).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Makes the messages, questions and changes of one revision of an item those of another, which says the same.
pub async fn carry_over(tx: &mut Tx, item_id: &str, from: i64, to: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE message SET item_revision = $3 WHERE item_id = $1 AND item_revision = $2")
        .bind(item_id).bind(from).bind(to).execute(c).await)?;
    on!(tx, c => sqlx::query("UPDATE question SET item_revision = $3 WHERE item_id = $1 AND item_revision = $2")
        .bind(item_id).bind(from).bind(to).execute(c).await)?;
    on!(tx, c => sqlx::query(
        "UPDATE desk_change SET revision = $3 WHERE item_id = $1 AND revision = $2 AND undone_at IS NULL",
    ).bind(item_id).bind(from).bind(to).execute(c).await)?;
    Ok(())
}

/// Forgets the changes that could last be undone before `before`. How many.
pub async fn prune(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM desk_change WHERE undo_until < $1")
        .bind(before).execute(c).await)?
        .rows_affected(),
    )
}

/// Keeps how its file left an item that is about to be changed at the desk; what is kept already stays.
pub async fn keep_said(tx: &mut Tx, item: &Item) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO file_said (item_id, item_kind, said) VALUES ($1, $2, $3) ON CONFLICT (item_id) DO NOTHING",
    ).bind(item.id()).bind(item.kind()).bind(json(item)?).execute(c).await)?;
    Ok(())
}

/// Notes what the file says now of items that were changed at the desk.
pub async fn said_anew(tx: &mut Tx, items: &[Item]) -> Result<(), StoreError> {
    for item in items {
        on!(tx, c => sqlx::query("UPDATE file_said SET said = $2 WHERE item_id = $1")
            .bind(item.id()).bind(json(item)?).execute(c).await)?;
    }
    Ok(())
}

/// How their file left items that were changed at the desk since.
pub async fn said(tx: &mut Tx, items: &[&str]) -> Result<Vec<Item>, StoreError> {
    let packed: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("item_kind, said"), " FROM file_said WHERE item_id IN ", listed!("$1")
    )).bind(text(items)?).fetch_one(c).await)?;
    let rows: Vec<(ItemKind, String)> = rows(&packed)?;
    rows.into_iter().map(|(kind, json)| item(kind, &json)).collect()
}
