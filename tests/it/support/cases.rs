//! What customers and the desk do about how it went: rate, complain, close.

use daybefore::domain::case::{Case, CaseSource, Cause};
use daybefore::domain::message::Channel;
use daybefore::inbound::act::{self, Acted, Said, Way};
use daybefore::inbound::case::{self, Closing, Unhappy};
use daybefore::inbound::follow_up::{self, NewRating};
use daybefore::store;
use daybefore::store::rating::Rating;

use super::test_app::{BUSINESS, TestApp};

impl TestApp {
    /// The customer answers the satisfaction check of that item.
    pub async fn rates(&self, external_id: &str, score: i64, comment: Option<&str>) -> Rating {
        let question = self.question(external_id, "satisfaction").await.expect("asked");
        let rating = NewRating {
            question: &question,
            score,
            raw: None,
            comment,
            complains: false,
            channel: Channel::Sms,
            source: CaseSource::Rating,
        };
        let mut tx = self.app.store().write().await.expect("a transaction");
        let zones = &self.app.dispatcher.zones;
        let rated = follow_up::rated(&mut tx, zones, &rating, self.now())
            .await
            .expect("rated");
        tx.commit().await.expect("committed");
        rated
    }

    /// Every case, the oldest first.
    pub async fn cases(&self) -> Vec<Case> {
        let mut tx = self.app.store().read().await.expect("a transaction");
        store::customer_case::page(&mut tx, BUSINESS, "", 100)
            .await
            .expect("read")
    }

    /// Somebody at the desk hears that the customer is unhappy.
    pub async fn complains(&self, customer_id: &str, words: &str) -> Option<Case> {
        let unhappy = Unhappy {
            words: Some(words),
            by: Some("Ben"),
            ..Unhappy::new(CaseSource::Desk)
        };
        let mut tx = self.app.store().write().await.expect("a transaction");
        let case = case::open_for(&mut tx, &self.app.dispatcher.zones, customer_id, &unhappy, self.now())
            .await
            .expect("opened");
        tx.commit().await.expect("committed");
        case
    }

    /// Somebody closes the one open case.
    pub async fn closes_the_case(&self, cause: Cause) -> bool {
        let all = self.cases().await;
        let open = all.iter().find(|case| case.is_open()).expect("an open case");
        let closing = Closing {
            cause,
            note: Some("called"),
            by: "Ben",
        };
        let mut tx = self.app.store().write().await.expect("a transaction");
        let closed = case::close(&mut tx, &self.app.dispatcher.zones, open, &closing, self.now())
            .await
            .expect("closed");
        tx.commit().await.expect("committed");
        closed
    }

    /// The customer answers whether it is solved.
    pub async fn answers_solved(&self, case_id: &str, solved: bool, words: Option<&str>) -> Acted {
        let question = self.question(case_id, "case-solved").await.expect("asked");
        let said = Said {
            business_id: BUSINESS,
            customer_id: &question.customer_id,
            item: Some((question.item_kind, &question.item_id)),
            revision: Some(question.item_revision),
            question_id: Some(&question.id),
            way: Way::Text,
            words,
            reply_id: None,
            by: None,
        };
        let zones = &self.app.dispatcher.zones;
        let mut tx = self.app.store().write().await.expect("a transaction");
        let acted = if solved {
            act::confirm(&mut tx, zones, &said, self.now()).await
        } else {
            act::want_change(&mut tx, zones, &said, self.now()).await
        };
        tx.commit().await.expect("committed");
        acted.expect("acted")
    }

    /// The customer's data are gone, as `daybefore erase` leaves them for the plan.
    pub async fn erases(&self, customer_id: &str) {
        let mut tx = self.app.store().write().await.expect("a transaction");
        let mut customer = store::customer::find(&mut tx, customer_id)
            .await
            .expect("read")
            .expect("a customer");
        customer.erased = true;
        store::customer::save(&mut tx, &customer, self.now())
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
    }
}
