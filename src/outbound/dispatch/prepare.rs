//! Between claim and carrier: load what a claim is about, look for the last time, render, write the attempts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;

use super::asking::{Asking, asks_of};
use super::attempt::attempt;
use super::surroundings::{PackedSurroundings, Surroundings};
use super::{DispatchError, Dispatcher, links, mail};
use crate::carrier::{Content, Mail, Outgoing};
use crate::domain::business::Business;
use crate::domain::consent::{Verdict, verdict};
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::message::{Asks, Channel, Event, Purpose, Reason, State, next};
use crate::domain::question::Turn;
use crate::domain::quiet_hours::Calendar;
use crate::domain::recheck::{Decision, LastLook, decide};
use crate::domain::replan::Hold;
use crate::domain::segments;
use crate::outbound::answer::{answer_of, in_its_own_words};
use crate::outbound::notice;
use crate::outbound::plan::{again, lane};
use crate::outbound::recipient::{desk_of, is_alert};
use crate::outbound::ways::{Offered, can_reply};
use crate::store::attempt::PackedAttempts;
use crate::store::claim::{Claimed, Lease};
use crate::store::outbox::{Again, Settlement};
use crate::store::{self, StoreError, Tx};
use crate::texts::{Rendered, Subject, TextError, Ways};

/// A message on its way to a carrier; its attempt is written.
#[derive(Clone, Debug)]
pub struct Job {
    pub message: Claimed,
    pub lease_owner: String,
    pub attempt_id: String,
    pub channel: Channel,
    pub business: Arc<Business>,
    pub customer: Arc<Customer>,
    pub segments: i64,
    pub outgoing: Outgoing,
}

/// What left the claim: what goes to carriers, and how many messages were dealt with without one.
#[derive(Debug, Default)]
pub struct Prepared {
    #[expect(
        clippy::vec_box,
        reason = "a job is large, and moves from list to task and to list again"
    )]
    pub jobs: Vec<Box<Job>>,
    pub dealt_with: u64,
}

/// Messages that are about to be leased, and what they are about.
pub(super) struct Claim {
    pub lease: Lease,
    messages: Vec<Claimed>,
    surroundings: PackedSurroundings,
    asking: Asking,
}

impl Claim {
    /// Takes up to `limit` due messages of a lane, whose lease has yet to be written. None: nothing is due.
    pub(super) async fn take(
        tx: &mut Tx,
        dispatcher: &Dispatcher,
        lane: &str,
        limit: usize,
        now: Instant,
    ) -> Result<Option<Self>, DispatchError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut messages = again::due(tx, &dispatcher.zones, lane, limit, now).await?;
        if messages.is_empty() {
            return Ok(None);
        }
        let owner = dispatcher.started.owner(now);
        let lease_until = now + TimeDelta::from_std(dispatcher.settings.lease).unwrap_or(TimeDelta::minutes(2));
        let surroundings = PackedSurroundings::fetch(tx, dispatcher, &messages, now).await?;
        let lease = Lease::of(&mut messages, owner, lease_until)?;
        let asking = Asking::load(tx, &messages, &surroundings.addresses).await?;
        Ok(Some(Self {
            lease,
            messages,
            surroundings,
            asking,
        }))
    }

    /// Looks at every message for the last time, renders what goes, and packs its attempts. Needs no database, so that the
    /// database can be at work meanwhile.
    pub(super) fn look(mut self, dispatcher: &Dispatcher, now: Instant) -> Result<Looked, StoreError> {
        let mut looked = Looked::default();
        let mut said = HashSet::new();
        let surroundings = self.surroundings.read(&self.messages)?;
        for message in self.messages {
            match surroundings.ready(dispatcher, &self.lease.owner, message, &self.asking, &mut said, now) {
                Ready::Send(job) => {
                    surroundings.note_question(&job, &mut self.asking, now);
                    looked.jobs.push(job);
                }
                Ready::Call { message, phone, script } => looked.calls.push((message, phone, script)),
                Ready::Held { message, hold } => looked.held.push((message, hold)),
                Ready::Not {
                    message,
                    event,
                    reason,
                    again,
                } => looked.stopped.push((message, event, reason, again)),
            }
        }
        looked.owner = self.lease.owner;
        looked.asking = self.asking;
        looked.items = surroundings.items;
        let attempts: Vec<_> = looked.jobs.iter().map(|job| attempt(dispatcher, job, now)).collect();
        looked.attempts = PackedAttempts::of(&attempts)?;
        Ok(looked)
    }
}

/// A claim that was looked at, to be written down.
#[derive(Default)]
pub(super) struct Looked {
    owner: String,
    #[expect(clippy::vec_box, reason = "as those of `Prepared`, which they become")]
    jobs: Vec<Box<Job>>,
    /// Theirs.
    attempts: Vec<PackedAttempts>,
    /// With the number to phone and what to say.
    calls: Vec<(Claimed, String, String)>,
    held: Vec<(Claimed, Hold)>,
    stopped: Vec<(Claimed, Event, Option<Reason>, Option<Again>)>,
    asking: Asking,
    items: HashMap<String, Item>,
}

impl Looked {
    /// Writes the attempts, the questions and whatever does not go. What is to be sent may leave once this is committed.
    pub(super) async fn write(
        mut self,
        tx: &mut Tx,
        dispatcher: &Dispatcher,
        now: Instant,
    ) -> Result<Prepared, DispatchError> {
        for (message, phone, script) in self.calls {
            let call = store::call::NewCall {
                business_id: &message.business_id,
                customer_id: &message.customer_id,
                message_id: &message.id,
                phone: &phone,
                script: &script,
                call_at: None,
                due_at: message.useful_until,
            };
            store::call::open(tx, call, now).await?;
            self.stopped.push((message, Event::Accept, None, None));
        }
        store::attempt::insert_all(tx, &self.attempts).await?;
        self.asking.write(tx).await?;
        let public_url = dispatcher.settings.public_url.as_deref();
        links::issue(tx, public_url, &mut self.jobs, &self.items, now).await?;
        let stopped = self
            .stopped
            .iter()
            .map(|(message, event, reason, again)| stop(&self.owner, message, *event, *reason, again.as_ref(), now));
        let held = self.held.iter().map(|(message, hold)| Settlement {
            hold: Some(*hold),
            ..stop(&self.owner, message, Event::Hold, None, None, now)
        });
        let settlements: Vec<_> = stopped.chain(held).collect();
        store::outbox::settle_all(tx, &settlements).await?;
        Ok(Prepared {
            jobs: self.jobs,
            dealt_with: settlements.len() as u64,
        })
    }
}

/// What is to be done with a claimed message.
enum Ready {
    Send(Box<Job>),
    /// A person phones: the call goes on the list.
    Call {
        message: Claimed,
        phone: String,
        script: String,
    },
    Held {
        message: Claimed,
        hold: Hold,
    },
    Not {
        message: Claimed,
        event: Event,
        reason: Option<Reason>,
        again: Option<Again>,
    },
}

impl Surroundings {
    fn ready(
        &self,
        dispatcher: &Dispatcher,
        owner: &str,
        mut message: Claimed,
        asking: &Asking,
        said: &mut HashSet<(String, String)>,
        now: Instant,
    ) -> Ready {
        let (Some(item), Some(customer), Some((business, calendar))) = (
            self.items.get(&message.item_id),
            self.customers.get(&message.customer_id),
            self.businesses.get(&message.business_id),
        ) else {
            return Ready::skip(message, Reason::Superseded);
        };
        let alert = is_alert(&message.template).then(|| Arc::new(desk_of(business, customer)));
        let reader = alert.as_ref().unwrap_or(customer);
        let decision = self.decide(&message, item, reader, business, calendar, now);
        let channel = match decision {
            Decision::Go(channel) => channel,
            Decision::Switch(channel) => return Ready::put_back(message, now, channel, business),
            Decision::Later(at) => {
                let channel = message.channel.unwrap_or(Channel::Sms);
                return Ready::put_back(message, at, channel, business);
            }
            Decision::Hold(hold) => return Ready::Held { message, hold },
            Decision::Skip(reason) => return Ready::skip(message, reason),
        };
        let Some(address) = reader.address(channel).map(str::to_owned) else {
            return Ready::skip(message, Reason::NoAddress);
        };
        let from = dispatcher.sender(channel, business);
        let mut by_reply = can_reply(channel, &from);
        match asking.turn(&message, asks_of(&message, item), channel, &from, &address, now) {
            Turn::Ask { .. } => {}
            // Its letters would be taken for the answer to another question: the link takes their place.
            Turn::Plain => (message.asks, by_reply) = (Asks::Nothing, false),
            Turn::Wait(until) if until > now => return Ready::put_back(message, until, channel, business),
            Turn::Wait(_) => return Ready::skip(message, Reason::TooLate),
        }
        let offered = Offered::new(&dispatcher.settings, &message.template, channel, by_reply);
        let rendered = match self.render(
            &message,
            channel,
            item,
            customer,
            business,
            calendar,
            offered.ways(),
            now,
        ) {
            Ok(rendered) => rendered,
            Err(error) => {
                tracing::error!(message = %message.id, template = %message.template, %error, "the text can't be made");
                return Ready::Not {
                    message,
                    event: Event::Fail,
                    reason: None,
                    again: None,
                };
            }
        };
        if channel == Channel::Call {
            return Ready::Call {
                message,
                phone: address,
                script: rendered.text,
            };
        }
        let about_another_item = (message.customer_id.clone(), rendered.text.clone());
        let repeated = self.said_lately(&message, &rendered.text);
        // Somebody who writes the same once more means it.
        if answer_of(item).is_none() && (repeated || !said.insert(about_another_item)) {
            return Ready::skip(message, Reason::Duplicate);
        }
        Ready::Send(Box::new(job(
            owner, message, channel, from, address, rendered, offered, item, reader, business, now,
        )))
    }

    /// What a message that goes asks, in the claim's own books.
    fn note_question(&self, job: &Job, asking: &mut Asking, now: Instant) {
        let item = self.items.get(&job.message.item_id);
        let calendar = self
            .businesses
            .get(&job.message.business_id)
            .map(|(_, calendar)| calendar);
        if let Some((item, calendar)) = item.zip(calendar) {
            asking.note(job, item, &calendar.zone, now);
        }
    }

    pub(super) fn decide(
        &self,
        message: &Claimed,
        item: &Item,
        customer: &Customer,
        business: &Business,
        calendar: &Calendar,
        now: Instant,
    ) -> Decision {
        let channels: Vec<Channel> = message
            .channels
            .split(',')
            .filter_map(|text| text.parse().ok())
            .collect();
        let look = LastLook {
            item,
            customer,
            // The customer's withdrawals do not speak for the business.
            consent: if is_alert(&message.template) || notice::goes_despite_opt_out(message.item_kind, &message.rule_id)
            {
                &[]
            } else {
                self.consent(customer)
            },
            surveys_need_consent: business.surveys_need_consent,
            bad_addresses: &self.obstacles.bad_addresses,
            calendar,
            item_revision: message.item_revision,
            anchor: message.anchor,
            only_if: message.only_if,
            purpose: message.purpose,
            channels: &channels,
            channel: message.channel,
            due_at: message.due_at,
            useful_until: message.useful_until,
            overtaken: self.overtaken.contains(&message.id),
            surveyed: self.surveyed.contains(&message.id),
            waits: self.obstacles.waits(&message.item_id, customer),
            answered: self.answered.contains(&message.id),
            at_any_hour: is_alert(&message.template) || notice::answers_now(item, now),
        };
        decide(&look, now)
    }

    #[expect(clippy::too_many_arguments, reason = "a text may speak of all of these")]
    pub(super) fn render(
        &self,
        message: &Claimed,
        channel: Channel,
        item: &Item,
        customer: &Customer,
        business: &Business,
        calendar: &Calendar,
        ways: Ways<'_>,
        now: Instant,
    ) -> Result<Rendered, TextError> {
        if let Some(own) = in_its_own_words(item) {
            return Ok(own);
        }
        let consent = self.consent(customer);
        // The ladder is service in neutral words; its price is marketing and shows only where that is consented to.
        let may_offer = verdict(consent, channel, Purpose::Marketing, false) == Verdict::Allowed;
        let subject = Subject {
            business,
            customer,
            item,
            asks: message.asks,
            told_before: message.told_before.as_deref(),
            may_offer,
            today: calendar.zone.date(now),
            zone: &calendar.zone,
            ways,
        };
        self.texts.write(&message.template, channel, &subject)
    }
}

impl Ready {
    const fn skip(message: Claimed, reason: Reason) -> Self {
        Self::Not {
            message,
            event: Event::Skip,
            reason: Some(reason),
            again: None,
        }
    }

    fn put_back(message: Claimed, due_at: Instant, channel: Channel, business: &Business) -> Self {
        let again = Again {
            due_at,
            channel: Some(channel),
            lane: lane(Some(channel), business),
        };
        Self::Not {
            message,
            event: Event::PutBack,
            reason: None,
            again: Some(again),
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a message is made of all of these")]
fn job(
    owner: &str,
    message: Claimed,
    channel: Channel,
    from: String,
    address: String,
    rendered: Rendered,
    offered: Offered,
    item: &Item,
    customer: &Arc<Customer>,
    business: &Arc<Business>,
    now: Instant,
) -> Job {
    let segments = if channel == Channel::Sms {
        i64::try_from(segments::count(&rendered.text).segments).unwrap_or(i64::MAX)
    } else {
        0
    };
    let content = match channel {
        Channel::Sms | Channel::Call => Content::Sms { text: rendered.text },
        Channel::Email => Content::Email(Box::new(Mail {
            calendar: mail::calendar(item, message.anchor, business, customer, &from, &address, now),
            subject: rendered.subject.unwrap_or_default(),
            text: rendered.text,
            html: rendered.html.unwrap_or_default(),
            to_name: customer.name.clone(),
            unsubscribe_url: offered.unsubscribe_link,
            unsubscribe_mailbox: business.email.clone(),
            by_hand: answer_of(item).is_some(),
            in_reply_to: answer_of(item).and_then(|answer| answer.in_reply_to.clone()),
        })),
    };
    let attempt_id = new_id(now);
    let outgoing = Outgoing {
        attempt_id: attempt_id.clone(),
        message_id: message.id.clone(),
        from,
        to: address,
        content,
        now,
    };
    Job {
        message,
        lease_owner: owner.to_owned(),
        attempt_id,
        channel,
        business: Arc::clone(business),
        customer: Arc::clone(customer),
        segments,
        outgoing,
    }
}

/// How a claimed message moves on without a carrier. Put back or held before any try, its attempt does not count; that
/// of a skipped one does, which is how a re-plan tells it from one that the plan itself skipped.
fn stop<'a>(
    owner: &'a str,
    message: &'a Claimed,
    event: Event,
    reason: Option<Reason>,
    again: Option<&Again>,
    now: Instant,
) -> Settlement<'a> {
    let held = event == Event::Hold;
    Settlement {
        owner,
        reason,
        uncount: event == Event::PutBack || held,
        again: again.cloned(),
        ..Settlement::new(
            &message.id,
            State::Sending,
            next(State::Sending, event).unwrap_or(State::Planned),
            now,
        )
    }
}
