//! Everything that was said between a business and one customer, in one line of time.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::closed_list::closed_list;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Channel, Reason, State};

closed_list! {
    /// What kind of thing happened.
    EntryKind {
        /// A message left the house, or tried to; or somebody at the desk has written it.
        Message = "message",
        Reply = "reply",
        Rating = "rating",
        /// A call was put on the list, or made.
        Call = "call",
        CaseOpened = "case_opened",
        CaseClosed = "case_closed",
        /// Somebody at the desk has noted something.
        Note = "note",
    }
}

/// Something that happened, by the id of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: Instant,
    pub id: String,
    pub kind: EntryKind,
}

row!(Entry { at, id, kind });

/// What happened between a business and a customer, the latest first, from before `before` on.
pub async fn page(
    tx: &mut Tx,
    customer_id: &str,
    before: Option<(Instant, &str, &str)>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let (at, id, kind) = before.unwrap_or((Instant::from_millis(i64::MAX), "", ""));
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT at, id, kind FROM ( \
            SELECT COALESCE((SELECT MAX(started_at) FROM attempt WHERE message_id = message.id), due_at) AS at, id, \
                'message' AS kind \
            FROM message WHERE customer_id = $1 AND channel IN ('sms', 'email') \
                AND (state IN ('sending', 'unknown', 'accepted', 'delivered', 'failed') OR template = 'answer') \
            UNION ALL SELECT at, id, 'reply' FROM reply WHERE customer_id = $1 \
            UNION ALL SELECT at, id, 'rating' FROM rating WHERE customer_id = $1 \
            UNION ALL SELECT at, id, 'note' FROM note WHERE customer_id = $1 \
            UNION ALL SELECT COALESCE(done_at, opened_at), id, 'call' FROM call WHERE customer_id = $1 \
            UNION ALL SELECT opened_at, id, 'case_opened' FROM customer_case WHERE customer_id = $1 \
            UNION ALL SELECT closed_at, id, 'case_closed' FROM customer_case \
                WHERE customer_id = $1 AND closed_at IS NOT NULL) AS entry \
         WHERE (at, id, kind) < ($2, $3, $4) ORDER BY at DESC, id DESC, kind DESC LIMIT $5",
    ).bind(customer_id).bind(at).bind(id).bind(kind).bind(limit).fetch_all(c).await)?)
}

/// A message with the words of its last attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMessage {
    pub id: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    pub template: String,
    pub channel: Option<Channel>,
    pub state: State,
    pub reason: Option<Reason>,
    /// None once retention has blanked it.
    pub text: Option<String>,
    /// Who at the desk has written it; none: a template.
    pub written_by: Option<String>,
    pub due_at: Instant,
}

row!(SentMessage {
    id,
    item_kind,
    item_id,
    template,
    channel,
    state,
    reason,
    text,
    written_by,
    due_at
});

/// Messages by their ids.
pub async fn messages(tx: &mut Tx, ids: &[&str]) -> Result<Vec<SentMessage>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT message.id, message.item_kind, message.item_id, message.template, message.channel, message.state, \
            message.reason, COALESCE(attempt.text, answer.words) AS text, answer.written_by, message.due_at \
         FROM message LEFT JOIN attempt \
            ON attempt.id = (SELECT MAX(id) FROM attempt WHERE message_id = message.id) \
         LEFT JOIN answer ON message.template = 'answer' AND answer.id = message.item_id \
         WHERE message.id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// What a customer wrote, and how it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenReply {
    pub id: String,
    pub channel: Channel,
    /// None once retention has blanked it.
    pub body: Option<String>,
    pub intent: String,
    pub action: String,
}

row!(WrittenReply {
    id,
    channel,
    body,
    intent,
    action
});

/// Replies by their ids.
pub async fn replies(tx: &mut Tx, ids: &[&str]) -> Result<Vec<WrittenReply>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT reply.id, inbound.channel, inbound.body, reply.intent, reply.action \
         FROM reply JOIN inbound ON inbound.id = reply.id WHERE reply.id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// How many messages a customer has, and when one of them last changed: who asks again sees that something did.
pub async fn mark(tx: &mut Tx, customer_id: &str) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), COALESCE(MAX(updated_at), 0) FROM message WHERE customer_id = $1",
    ).bind(customer_id).fetch_one(c).await)?)
}
