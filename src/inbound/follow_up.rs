//! What follows from an answer about how it was.

use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::domain::question::Question;
use crate::domain::rating::Scale;
use crate::store::rating::Rating;
use crate::store::{self, StoreError, Tx};

/// A rating as it came, by text, link or telephone.
#[derive(Clone, Copy, Debug)]
pub struct NewRating<'a> {
    /// What it answers.
    pub question: &'a Question,
    pub score: i64,
    /// As it was given.
    pub raw: Option<&'a str>,
    pub comment: Option<&'a str>,
    pub channel: Channel,
}

/// Keeps a rating; of several for one message the latest counts.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn rated(tx: &mut Tx, rating: &NewRating<'_>, now: Instant) -> Result<Rating, StoreError> {
    let question = rating.question;
    let row = Rating {
        id: new_id(now),
        business_id: question.business_id.clone(),
        customer_id: question.customer_id.clone(),
        item_kind: question.item_kind,
        item_id: question.item_id.clone(),
        message_id: question.message_id.clone(),
        scale: question.scale.unwrap_or(Scale::Csat),
        version: "1".to_owned(),
        score: rating.score,
        raw: rating.raw.map(str::to_owned),
        comment: rating.comment.map(str::to_owned),
        channel: rating.channel,
        counts: true,
        at: now,
    };
    store::rating::add(tx, &row).await?;
    store::question::answer(tx, &question.id, now).await?;
    Ok(row)
}
