//! What people at the desk have written to customers: the words of messages that no template makes.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::conversation::Answer;
use crate::domain::instant::Instant;
use crate::domain::item::Written;

/// An answer about to be written down.
#[derive(Clone, Debug)]
pub struct NewAnswer<'a> {
    pub id: &'a str,
    pub business_id: &'a str,
    pub customer_id: &'a str,
    /// Of the form that it came with.
    pub token: &'a str,
    pub answer: &'a Answer,
}

/// An answer as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub business_id: String,
    pub customer_id: String,
    pub subject: Option<String>,
    pub words: Option<String>,
    pub in_reply_to: Option<String>,
    pub asked_at: Option<Instant>,
    pub written_by: String,
    pub written_at: Instant,
}

row!(Kept {
    business_id,
    customer_id,
    subject,
    words,
    in_reply_to,
    asked_at,
    written_by,
    written_at
});

/// The columns of a `Kept`.
macro_rules! kept_columns {
    () => {
        "business_id, customer_id, subject, words, in_reply_to, asked_at, written_by, written_at"
    };
}

/// Writes an answer down. False: something was sent with that form already.
pub async fn add(tx: &mut Tx, new: &NewAnswer<'_>, now: Instant) -> Result<bool, StoreError> {
    let answer = new.answer;
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO answer (id, business_id, customer_id, token, subject, words, in_reply_to, asked_at, written_by, \
            written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (token) DO NOTHING",
    )
    .bind(new.id).bind(new.business_id).bind(new.customer_id).bind(new.token).bind(&answer.subject)
    .bind(&answer.words).bind(&answer.in_reply_to).bind(answer.asked_at).bind(&answer.written_by).bind(now)
    .execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// What was sent with a form.
pub async fn of_token(tx: &mut Tx, token: &str) -> Result<Option<Kept>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", kept_columns!(), " FROM answer WHERE token = $1"))
        .bind(token).fetch_optional(c).await)?,
    )
}

/// An answer, as what a message is about.
pub(super) async fn written(tx: &mut Tx, id: &str) -> Result<Option<Written>, StoreError> {
    let kept: Option<Kept> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", kept_columns!(), " FROM answer WHERE id = $1"
    )).bind(id).fetch_optional(c).await)?;
    Ok(kept.map(|kept| Written {
        id: id.to_owned(),
        business_id: kept.business_id,
        customer_id: kept.customer_id,
        at: kept.written_at,
        about: None,
        answer: Some(Answer {
            subject: kept.subject,
            words: kept.words,
            in_reply_to: kept.in_reply_to,
            asked_at: kept.asked_at,
            written_by: kept.written_by,
        }),
    }))
}

/// When a customer last said anything, in whatever way.
pub async fn last_asked(tx: &mut Tx, customer_id: &str) -> Result<Option<Instant>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM reply WHERE customer_id = $1 \
            UNION ALL SELECT MAX(opened_at) FROM desk_item WHERE customer_id = $1) AS said",
    ).bind(customer_id).fetch_one(c).await)?)
}

/// A mail that another one answers: its Message-ID and its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub message_id: Option<String>,
    pub subject: Option<String>,
    pub at: Instant,
}

row!(Answered {
    message_id,
    subject,
    at
});

/// The last mail that a customer has sent. Its subject stands among the raw pairs.
pub async fn last_mail_from(tx: &mut Tx, customer_id: &str) -> Result<Option<(Answered, String)>, StoreError> {
    let row: Option<(String, String, Instant)> = on!(tx, c => sqlx::query_as(
        "SELECT inbound.provider_id, inbound.pairs, reply.at FROM reply JOIN inbound ON inbound.id = reply.id \
         WHERE reply.customer_id = $1 AND inbound.channel = 'email' ORDER BY reply.at DESC LIMIT 1",
    ).bind(customer_id).fetch_optional(c).await)?;
    Ok(row.map(|(message_id, pairs, at)| {
        let mail = Answered {
            message_id: Some(message_id),
            subject: None,
            at,
        };
        (mail, pairs)
    }))
}

/// The last mail that has gone to a customer.
pub async fn last_mail_to(tx: &mut Tx, customer_id: &str) -> Result<Option<Answered>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT attempt.provider_id AS message_id, attempt.subject, attempt.started_at AS at FROM message \
            JOIN attempt ON attempt.message_id = message.id \
         WHERE message.customer_id = $1 AND attempt.channel = 'email' AND attempt.state IN ('accepted', 'delivered') \
         ORDER BY attempt.started_at DESC LIMIT 1",
    ).bind(customer_id).fetch_optional(c).await)?)
}

/// Blanks what was written before `before`. Returns how many answers that were.
pub async fn blank_words(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    let blanked = on!(tx, c => sqlx::query(
        "UPDATE answer SET words = NULL, subject = NULL WHERE words IS NOT NULL AND written_at < $1",
    ).bind(before).execute(c).await)?;
    Ok(blanked.rows_affected())
}
