//! What follows from an answer about how it was.

use super::act::{self, Said};
use crate::domain::desk_item::DeskKind;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::domain::question::Question;
use crate::domain::rating::Scale;
use crate::domain::zone::Zones;
use crate::outbound::plan::PlanError;
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
    /// There are unhappy words with it, whatever the score.
    pub unhappy: bool,
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
    store::question::free(tx, &question.address, now).await?;
    Ok(row)
}

/// The customer says whether their closed case is solved.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn solved(
    tx: &mut Tx,
    zones: &Zones,
    question: &Question,
    said: &Said<'_>,
    solved: bool,
    now: Instant,
) -> Result<(), PlanError> {
    store::question::answer(tx, &question.id, now).await?;
    store::question::free(tx, &question.address, now).await?;
    if let Some(mut case) = store::customer_case::find(tx, &question.item_id).await? {
        case.solved = Some(solved);
        store::customer_case::save(tx, &case, now).await?;
    }
    if !solved {
        act::ask_person(tx, zones, said, DeskKind::Complaint, now).await?;
    }
    Ok(())
}

/// The customer is unhappy, in words and without a rating.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn complained(tx: &mut Tx, zones: &Zones, said: &Said<'_>, now: Instant) -> Result<(), PlanError> {
    act::ask_person(tx, zones, said, DeskKind::Complaint, now).await?;
    Ok(())
}
