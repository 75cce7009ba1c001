//! What customers wrote beside their scores, the latest first.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::paging::one_page;
use super::Period;
use crate::domain::case::Case;
use crate::domain::instant::Instant;
use crate::store::rating::Rating;
use crate::store::{self, Tx};

/// How many a page holds.
const PAGE: i64 = 20;

/// A page of those of the period, before that moment and that answer, and where the next one begins.
pub(super) async fn page(
    tx: &mut Tx,
    period: &Period,
    before: Option<i64>,
    before_id: &str,
) -> Result<Value, WebError> {
    let begins = (before.map_or(Instant::FAR, Instant::from_millis), before_id);
    let business_id = &period.desk.business.id;
    let (ratings, more) = one_page(
        store::rating::comments(tx, business_id, period.from(), begins, PAGE + 1).await?,
        PAGE,
    );
    let mut ids: Vec<&str> = ratings.iter().map(|rating| rating.customer_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let customers = store::lookup::customers_of_ids(tx, &ids).await?;
    let cases = store::customer_case::of_customers(tx, &ids).await?;
    let row = |rating: &Rating| {
        let who = customers.iter().find(|customer| customer.id == rating.customer_id);
        json!({
            "at": period.desk.calendar.zone.local(rating.at), "score": rating.score, "most": rating.scale.range().end(),
            "scale": rating.scale, "unhappy": rating.scale.is_unhappy(rating.score), "counts": rating.counts,
            "words": rating.comment, "customer": rating.customer_id,
            "who": who.map(|customer| customer.name.as_str()), "case": case_of(&cases, rating).map(|case| &case.id),
        })
    };
    let last = ratings.last().filter(|_| more);
    Ok(json!({
        "rows": ratings.iter().map(row).collect::<Vec<_>>(),
        "next": last.map(|last| json!({ "before": last.at.millis(), "before_id": last.id })),
    }))
}

/// The case that an answer opened or added to.
fn case_of<'a>(cases: &'a [Case], rating: &Rating) -> Option<&'a Case> {
    let its = |case: &&Case| case.customer_id == rating.customer_id;
    let named = cases
        .iter()
        .filter(its)
        .find(|case| case.rating_id.as_deref() == Some(&rating.id));
    named.or_else(|| {
        let about = |case: &&Case| case.item_id.as_deref() == Some(&rating.item_id);
        let unhappy = rating.scale.is_unhappy(rating.score);
        cases.iter().filter(its).filter(about).find(|_| unhappy)
    })
}
