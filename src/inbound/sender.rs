//! Whose a message is: who may have sent it, and what it may answer, by the two numbers it went between.

use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::question::{Question, STILL_MEANT};
use crate::outbound::dispatch::Dispatcher;
use crate::store::inbound::Inbound;
use crate::store::{self, StoreError, Tx};

/// The name under which the pool of numbers stands that a message went to.
const SERVICE_PAIR: &str = crate::carrier::twilio_inbound::SERVICE_PAIR;

/// What is known of a message's sender.
pub(super) struct Sender {
    /// Every business that sends from the number it was sent to.
    pub(super) business_ids: Vec<String>,
    /// Their customers with the sender's number.
    pub(super) customers: Vec<Customer>,
    /// What they were asked by text and may mean, the newest first.
    pub(super) questions: Vec<Question>,
}

impl Sender {
    pub(super) async fn load(tx: &mut Tx, dispatcher: &Dispatcher, inbound: &Inbound) -> Result<Self, StoreError> {
        let ours = our_names(inbound);
        let since = inbound.received_at - STILL_MEANT;
        let mut questions = store::question::asked_of(tx, &inbound.sender, since).await?;
        questions.retain(|question| ours.contains(&question.sender) && question.asked_at <= inbound.received_at);
        let mut business_ids: Vec<String> = store::business::all(tx)
            .await?
            .into_iter()
            .filter(|business| ours.contains(business.sms_from.as_ref().unwrap_or(&dispatcher.settings.sms_from)))
            .map(|business| business.id)
            .collect();
        let mut customers = store::customer::with_phone(tx, &inbound.sender).await?;
        // A number that nobody sends from any more: whoever knows the sender may have sent from it.
        if business_ids.is_empty() {
            business_ids = customers.iter().map(|customer| customer.business_id.clone()).collect();
        }
        customers.retain(|customer| business_ids.contains(&customer.business_id));
        business_ids.extend(questions.iter().map(|question| question.business_id.clone()));
        business_ids.sort();
        business_ids.dedup();
        Ok(Self {
            business_ids,
            customers,
            questions,
        })
    }

    /// The customer, where there can be no other.
    pub(super) fn only_customer(&self) -> Option<&Customer> {
        match self.customers.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// One customer of each business that knows the number.
    pub(super) fn one_of_each_business(&self) -> Vec<&Customer> {
        let mut found: Vec<&Customer> = Vec::new();
        for customer in &self.customers {
            if found.iter().all(|known| known.business_id != customer.business_id) {
                found.push(customer);
            }
        }
        found
    }

    /// The businesses that it can have been said to, each once: those that know the number, else those that send from the
    /// one it was sent to. None: nobody sends from that any more.
    pub(super) fn meant(&self) -> Vec<String> {
        let knowing = self.customers.iter().map(|customer| customer.business_id.clone());
        let mut ids: Vec<_> = knowing.collect();
        if ids.is_empty() {
            ids.clone_from(&self.business_ids);
        }
        ids.sort();
        ids.dedup();
        ids
    }

    /// What it may answer, in the order in which that is tried: what is open or can still be answered, the newest first,
    /// then what is over. Of letters and of digits one each.
    pub(super) fn candidates(&self, at: Instant) -> Vec<&Question> {
        let rank = |question: &&Question| match (question.is_open(at), question.takes_answer(at)) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        let mut ordered: Vec<_> = self.questions.iter().collect();
        ordered.sort_by_key(rank);
        let mut candidates: Vec<&Question> = Vec::new();
        for question in ordered {
            let digits = crate::domain::question::asks_digits;
            if candidates
                .iter()
                .all(|known| digits(known.asks) != digits(question.asks))
            {
                candidates.push(question);
            }
        }
        candidates
    }
}

/// How our messages may have named the number that was written to: by itself, or by its pool.
fn our_names(inbound: &Inbound) -> Vec<String> {
    let pairs: Vec<(String, String)> = serde_json::from_str(&inbound.pairs).unwrap_or_default();
    let service = pairs.into_iter().find(|(name, _)| name == SERVICE_PAIR);
    let service = service.map(|(_, sid)| sid).filter(|sid| !sid.is_empty());
    [inbound.recipient.clone()].into_iter().chain(service).collect()
}
