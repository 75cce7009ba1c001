//! What a story tells of ratings, cases and calls.

use super::told::{Fact, Story, What};
use crate::domain::case::Case;
use crate::domain::quiet_hours::Calendar;
use crate::store::{self, StoreError, Tx};

impl Story {
    /// What is known of a case, beside what every item has.
    pub(super) fn case(&mut self, clock: &Calendar, case: &Case) {
        self.fact(Fact::CallBy {
            local: clock.zone.local(case.due_at),
        });
        self.fact(Fact::Owner {
            name: case.owner.clone(),
        });
        if let Some((scale, score)) = case.scale.zip(case.score) {
            self.fact(Fact::Score {
                score,
                most: *scale.range().end(),
                scale,
            });
        }
        self.facts.extend(case.words.clone().map(|text| Fact::Words { text }));
        self.facts.extend(case.note.clone().map(|text| Fact::Note { text }));
        self.facts.extend(case.cause.map(|cause| Fact::Cause { cause }));
        self.facts.extend(case.solved.map(|solved| Fact::Solved { solved }));
    }

    /// The calls that a message has led to.
    pub(super) async fn calls(&mut self, tx: &mut Tx, clock: &Calendar, message_id: &str) -> Result<(), StoreError> {
        for call in store::call::of_message(tx, message_id).await? {
            let listed = What::OnCallList {
                not_before: call.call_at.map(|at| clock.zone.local(at)),
            };
            self.happened(clock, call.opened_at, listed);
            if let (Some(at), Some(outcome)) = (call.done_at, call.outcome) {
                let called = What::Called {
                    by: call.done_by,
                    outcome,
                    note: call.note,
                };
                self.happened(clock, at, called);
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
                let rated = What::Rated {
                    score: rating.score,
                    most: *rating.scale.range().end(),
                    scale: rating.scale,
                    comment: rating.comment,
                    counts: rating.counts,
                };
                self.happened(clock, rating.at, rated);
            }
        }
        Ok(())
    }
}
