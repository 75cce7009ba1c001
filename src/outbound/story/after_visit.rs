//! What a story tells of ratings, cases and calls.

use super::{Story, local};
use crate::domain::case::Case;
use crate::domain::quiet_hours::Calendar;
use crate::store::rating::Rating;
use crate::store::{self, StoreError, Tx};

impl Story {
    /// What is known of a case, beside what every item has.
    pub(super) fn case(&mut self, clock: &Calendar, case: &Case) {
        self.fact("call by", local(clock, case.due_at));
        let owner = case.owner.clone().unwrap_or_else(|| "nobody yet".to_owned());
        self.fact("owner", owner);
        if let Some((scale, score)) = case.scale.zip(case.score) {
            self.fact("score", format!("{} ({scale})", scale.in_words(score)));
        }
        for (name, value) in [("words", &case.words), ("note", &case.note)] {
            if let Some(value) = value {
                self.fact(name, value.clone());
            }
        }
        if let Some(cause) = case.cause {
            self.fact("cause", cause.to_string());
        }
        if let Some(solved) = case.solved {
            let words = if solved {
                "yes, says the customer"
            } else {
                "no, said the customer"
            };
            self.fact("solved", words.to_owned());
        }
    }

    /// The calls that a message has led to.
    pub(super) async fn calls(&mut self, tx: &mut Tx, clock: &Calendar, message_id: &str) -> Result<(), StoreError> {
        for call in store::call::of_message(tx, message_id).await? {
            let from = call
                .call_at
                .map_or_else(String::new, |at| format!(" not before {}", local(clock, at)));
            self.happened(clock, call.opened_at, format!("on the call list{from}"));
            if let (Some(at), Some(outcome)) = (call.done_at, call.outcome) {
                let by = call.done_by.as_deref().unwrap_or("desk");
                let note = call.note.map_or_else(String::new, |note| format!(": {note}"));
                self.happened(clock, at, format!("called by {by}: {}{note}", outcome.in_words()));
            }
        }
        Ok(())
    }

    /// What the customer said of how it went, about one item or all.
    pub(super) async fn ratings(
        &mut self,
        tx: &mut Tx,
        clock: &Calendar,
        customer_id: &str,
        item_id: Option<&str>,
    ) -> Result<(), StoreError> {
        for rating in store::rating::of_customer(tx, customer_id).await? {
            if item_id.is_none_or(|id| id == rating.item_id) {
                self.happened(clock, rating.at, in_words(&rating));
            }
        }
        Ok(())
    }
}

fn in_words(rating: &Rating) -> String {
    let comment = rating
        .comment
        .as_deref()
        .map_or_else(String::new, |words| format!(": \"{words}\""));
    let counts = if rating.counts {
        ""
    } else {
        " (does not count: another answer does)"
    };
    format!(
        "the customer gave {}{comment}{counts}",
        rating.scale.in_words(rating.score)
    )
}
