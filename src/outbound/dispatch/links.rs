//! Puts a token of its own into every link of the messages that are about to leave, and writes down what each is good
//! for. A message that is tried again gets new tokens; the ones before it go on working, since it may have arrived.

use std::collections::HashMap;

use chrono::{NaiveTime, TimeDelta};

use super::prepare::Job;
use crate::carrier::{Content, Outgoing};
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::link::{LinkPurpose, PLACEHOLDER, Token};
use crate::outbound::answer::answer_of;
use crate::store::link::Link;
use crate::store::{self, StoreError, Tx};

/// Fills in the placeholders of `jobs`, whose attempts are written already: what is kept has no token.
pub(super) async fn issue(
    tx: &mut Tx,
    public_url: Option<&str>,
    jobs: &mut [Box<Job>],
    items: &HashMap<String, Item>,
    now: Instant,
) -> Result<(), StoreError> {
    let Some(public_url) = public_url else { return Ok(()) };
    let placeholders =
        [LinkPurpose::Respond, LinkPurpose::Unsubscribe].map(|purpose| (purpose, purpose.url(public_url, PLACEHOLDER)));
    let mut links = Vec::new();
    for job in jobs {
        let item = items.get(&job.message.item_id);
        // What somebody has typed is not ours to fill in.
        if item.and_then(answer_of).is_some() {
            continue;
        }
        let about = item.map(happens_at);
        for (purpose, placeholder) in &placeholders {
            if !mentions(&job.outgoing, placeholder) {
                continue;
            }
            let token = Token::new(rand::random());
            links.push(Link {
                token_hash: token.hash(),
                purpose: *purpose,
                business_id: job.message.business_id.clone(),
                customer_id: job.message.customer_id.clone(),
                message_id: job.message.id.clone(),
                channel: job.channel,
                address: job.outgoing.to.clone(),
                created_at: now,
                expires_at: purpose.expires_at(now, about),
            });
            fill_in(&mut job.outgoing, placeholder, &purpose.url(public_url, token.as_str()));
        }
    }
    store::link::insert_all(tx, &links).await
}

/// When the visit begins, or the last day of a renewal is over everywhere.
pub(in crate::outbound) fn happens_at(item: &Item) -> Instant {
    match item {
        Item::Booking(booking) => booking.starts_at,
        Item::Case(case) => case.changed_at,
        Item::Reply(written) => written.about.as_ref().map_or(written.at, |booking| booking.starts_at),
        Item::Renewal(renewal) => {
            Instant::from(renewal.ends_on.0.and_time(NaiveTime::MIN).and_utc()) + TimeDelta::days(2)
        }
    }
}

fn mentions(outgoing: &Outgoing, link: &str) -> bool {
    match &outgoing.content {
        Content::Sms { text } => text.contains(link),
        Content::Email(mail) => {
            mail.text.contains(link) || mail.html.contains(link) || mail.unsubscribe_url.as_deref() == Some(link)
        }
    }
}

fn fill_in(outgoing: &mut Outgoing, placeholder: &str, link: &str) {
    let fill = |text: &mut String| *text = text.replace(placeholder, link);
    match &mut outgoing.content {
        Content::Sms { text } => fill(text),
        Content::Email(mail) => {
            fill(&mut mail.text);
            fill(&mut mail.html);
            mail.unsubscribe_url.iter_mut().for_each(fill);
        }
    }
}
