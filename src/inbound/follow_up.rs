//! What follows from an answer about how it was: the rating is kept, an unhappy customer becomes somebody's case, and
//! everybody who answered is invited to review in the same way (a rule that counts from `rated`, whatever the score).

use super::case::{self, Unhappy};
use crate::domain::case::CaseSource;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::domain::question::{COUNTS_AGAIN, Question};
use crate::domain::rating::Scale;
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, Hints, PlanError, replan_item};
use crate::outbound::text_shelf::VERSION as TEXTS_VERSION;
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
    /// The words beside the score are unhappy, whatever the score.
    pub complains: bool,
    pub channel: Channel,
    /// Which way it came, for the case that it may open.
    pub source: CaseSource,
}

/// Keeps a rating; of several for one message the latest within a day of the first counts. An unhappy one opens a case,
/// or adds to the open one.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn rated(tx: &mut Tx, zones: &Zones, rating: &NewRating<'_>, now: Instant) -> Result<Rating, PlanError> {
    let question = rating.question;
    let desk = Desk::load(tx, zones, &question.business_id).await?;
    let customer = store::customer::find(tx, &question.customer_id).await?;
    let customer =
        customer.ok_or_else(|| StoreError::Inconsistent(format!("there is no customer {}", question.customer_id)))?;
    let earlier = store::rating::of_message(tx, &question.message_id).await?;
    let scale = question.scale.unwrap_or(Scale::Csat);
    let row = Rating {
        id: new_id(now),
        business_id: question.business_id.clone(),
        customer_id: question.customer_id.clone(),
        item_kind: question.item_kind,
        item_id: question.item_id.clone(),
        message_id: question.message_id.clone(),
        scale,
        version: version(tx, &question.message_id).await?,
        score: rating.score,
        raw: rating.raw.map(str::to_owned),
        comment: rating.comment.map(str::to_owned),
        channel: rating.channel,
        counts: earlier.first().is_none_or(|first| now.since(first.at) < COUNTS_AGAIN),
        at: now,
    };
    store::rating::add(tx, &row).await?;
    store::question::answer(tx, &question.id, now).await?;
    store::question::free(tx, &question.address, now).await?;
    if rating.complains || scale.is_unhappy(rating.score) {
        let unhappy = Unhappy {
            item: Some((question.item_kind, &question.item_id)),
            rating_id: Some(&row.id),
            words: rating.comment,
            ..Unhappy::new(rating.source)
        };
        case::open(tx, &desk, &customer, &unhappy, now).await?;
    }
    if earlier.is_empty()
        && let Some(item) = store::item::find(tx, question.item_kind, &question.item_id).await?
    {
        replan_item(tx, &desk, &item, &customer, Hints::default(), now).await?;
    }
    Ok(row)
}

/// Which wording was answered: the template, the program whose texts it is, and the businesses' own texts in force.
async fn version(tx: &mut Tx, message_id: &str) -> Result<String, StoreError> {
    let template = store::report::message(tx, message_id)
        .await?
        .map_or_else(String::new, |line| line.template);
    let own = store::setting::get(tx, TEXTS_VERSION).await?;
    let own = own.map_or_else(String::new, |version| format!(" own {version}"));
    Ok(format!("{template} {}{own}", env!("CARGO_PKG_VERSION")))
}
