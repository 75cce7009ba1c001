//! Why: the story of a message, an item, a case or a customer, from what stands in the database.

mod after_visit;
mod english;
mod past;
mod told;

use super::answer::answer_of;
use super::dispatch::Dispatcher;
use super::listing::{ListError, listed};
use super::notice;
use super::plan::Desk;
use crate::domain::attempt::Attempt;
use crate::domain::consent::verdict;
use crate::domain::conversation::Answer;
use crate::domain::customer::Customer;
use crate::domain::item::Item;
use crate::domain::message::{Channel, State};
use crate::domain::quiet_hours::Calendar;
use crate::domain::rule::Rule;
use crate::store::report::Line;
use crate::store::{self, StoreError, Tx};

pub use english::{InEnglish, in_english, reason_in_words};
pub use past::{Change, Past};
pub use told::{Fact, Happening, Standing, Story, Subject, What, Wish};

/// The stories that somebody may mean by an id: of a message, booking, renewal, case or customer, by our id or their own.
///
/// # Errors
/// When the database fails.
pub async fn stories(dispatcher: &Dispatcher, id: &str) -> Result<Vec<Story>, ListError> {
    let mut tx = dispatcher.store.read().await?;
    let meant = store::report::meant_by(&mut tx, id).await?;
    tell(&mut tx, dispatcher, meant).await
}

/// The same, or where there are none, those of the messages that a provider knows by the id: that takes a look at every
/// attempt.
///
/// # Errors
/// When the database fails.
pub async fn stories_by_any_id(dispatcher: &Dispatcher, id: &str) -> Result<Vec<Story>, ListError> {
    let known = stories(dispatcher, id).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    let mut tx = dispatcher.store.read().await?;
    let messages = store::report::by_provider_id(&mut tx, id).await?;
    let meant = messages.into_iter().map(|id| ("message".to_owned(), id)).collect();
    tell(&mut tx, dispatcher, meant).await
}

async fn tell(tx: &mut Tx, dispatcher: &Dispatcher, meant: Vec<(String, String)>) -> Result<Vec<Story>, ListError> {
    let mut stories = Vec::new();
    for (kind, id) in meant {
        stories.extend(match kind.as_str() {
            "message" => of_message(tx, dispatcher, &id).await?,
            "booking" | "renewal" | "case" => of_item(tx, dispatcher, &kind, &id).await?,
            _ => of_customer(tx, dispatcher, &id).await?,
        });
    }
    Ok(stories)
}

async fn of_message(tx: &mut Tx, dispatcher: &Dispatcher, id: &str) -> Result<Option<Story>, ListError> {
    let Some(line) = store::report::message(tx, id).await? else {
        return Ok(None);
    };
    let desk = Desk::load(tx, &dispatcher.zones, &line.business_id).await?;
    let texts = dispatcher.texts.texts(tx).await?;
    let listed = listed(tx, dispatcher, &texts, &desk, line.clone()).await?;
    let rule = desk.rules.iter().find(|rule| rule.id == line.rule_id);
    let clock = &desk.calendar;
    let subject = Subject::Message {
        id: line.id.clone(),
        template: line.template.clone(),
        customer: listed.customer_name.clone(),
    };
    let mut story = Story::new(line.business_id.clone(), subject);
    story.fact(Fact::About {
        item_kind: line.item_kind,
        item: line.item_id.clone(),
        name: listed.item.external_id.clone(),
        customer: listed.customer_name.clone(),
        customer_id: line.customer_id.clone(),
    });
    story.fact(Fact::Rule {
        id: line.rule_id.clone(),
        rule: rule.map(wish),
        notice: rule.is_none() && notice::in_words(&line.rule_id).is_some(),
    });
    if let Some(answer) = written_answer(tx, &line).await? {
        story.fact(Fact::WrittenBy {
            name: answer.written_by,
        });
    }
    story.fact(Fact::Due {
        local: clock.zone.local(line.due_at),
        zone: listed.zone.clone(),
        at: line.due_at,
    });
    story.fact(Fact::UsefulUntil {
        local: clock.zone.local(line.useful_until),
    });
    let standing = Standing::of(&line);
    story.fact(Fact::Now { standing });
    story.facts.extend(checks(tx, &desk, &line, rule).await?);
    if let Some(text) = listed.text {
        story.fact(Fact::Words { text });
    }
    story.happened(clock, line.created_at, planned(&line));
    story.past(tx, clock, &line.id).await?;
    for attempt in store::attempt::of_message(tx, &line.id).await? {
        attempt_events(tx, &mut story, clock, &attempt).await?;
    }
    story.calls(tx, clock, &line.id).await?;
    if matches!(line.state, State::Skipped) {
        story.happened(clock, line.updated_at, What::Stands { standing });
    }
    story.events.sort_by_key(|event| event.at);
    Ok(Some(story))
}

/// What somebody at the desk has written, where the message says that.
async fn written_answer(tx: &mut Tx, line: &Line) -> Result<Option<Answer>, StoreError> {
    if line.rule_id != notice::ANSWER {
        return Ok(None);
    }
    let item = store::item::find(tx, line.item_kind, &line.item_id).await?;
    Ok(item.as_ref().and_then(answer_of).cloned())
}

fn wish(rule: &Rule) -> Wish {
    Wish {
        anchor: rule.anchor(),
        channels: rule.channels.clone(),
        purpose: rule.purpose,
        template: rule.template.clone(),
    }
}

fn planned(line: &Line) -> What {
    What::Planned {
        rule: line.rule_id.clone(),
        item_kind: line.item_kind,
        told: line.told.clone(),
        revision: line.item_revision,
    }
}

async fn attempt_events(tx: &mut Tx, story: &mut Story, clock: &Calendar, attempt: &Attempt) -> Result<(), StoreError> {
    let tried = What::Tried {
        number: attempt.number,
        channel: attempt.channel,
        to: masked(attempt.channel, &attempt.address),
        from: attempt.sender.clone(),
        carrier: attempt.carrier.clone(),
    };
    story.happened(clock, attempt.started_at, tried);
    for receipt in store::receipt::of_attempt(tx, &attempt.id, attempt.provider_id.as_deref()).await? {
        let told = What::Receipt {
            carrier: attempt.carrier.clone(),
            status: receipt.status,
            code: receipt.code,
        };
        story.happened(clock, receipt.received_at, told);
    }
    if let Some(settled_at) = attempt.settled_at {
        let ended = What::Ended {
            number: attempt.number,
            state: attempt.state,
            code: attempt.code,
            failure: attempt.failure.clone(),
            provider_id: attempt.provider_id.clone(),
        };
        story.happened(clock, settled_at, ended);
    }
    Ok(())
}

/// What the checks would say now of this message's channels.
async fn checks(tx: &mut Tx, desk: &Desk, line: &Line, rule: Option<&Rule>) -> Result<Vec<Fact>, StoreError> {
    let Some(customer) = store::customer::find(tx, &line.customer_id).await? else {
        return Ok(Vec::new());
    };
    let consent = store::ledger::of_customer(tx, &customer).await?;
    let bad = store::ledger::bad_addresses(tx, &customer).await?;
    let channels = match rule {
        Some(rule) => rule.channels.clone(),
        None if line.rule_id == notice::ANSWER => line.channel.into_iter().collect(),
        None => Vec::new(),
    };
    let check = |channel: Channel| {
        let address = customer.address(channel);
        Fact::Check {
            channel,
            address: address.map(|address| masked(channel, address)),
            verdict: verdict(&consent, channel, line.purpose, desk.business.surveys_need_consent),
            bad: address.is_some_and(|address| bad.iter().any(|(_, known)| known == address)),
        }
    };
    Ok(channels.into_iter().map(check).collect())
}

async fn of_item(tx: &mut Tx, dispatcher: &Dispatcher, kind: &str, id: &str) -> Result<Option<Story>, ListError> {
    let kind = kind
        .parse()
        .map_err(|_| StoreError::Inconsistent(format!("`{kind}` is no kind of item")))?;
    let Some(item) = store::item::find(tx, kind, id).await? else {
        return Ok(None);
    };
    let customer = store::customer::find(tx, item.customer_id()).await?;
    let lines = store::report::of_item(tx, id).await?;
    let desk = Desk::load(tx, &dispatcher.zones, item.business_id()).await?;
    let clock = &desk.calendar;
    let subject = Subject::Item {
        item_kind: kind,
        id: item.id().to_owned(),
        name: item.external_id().to_owned(),
    };
    let mut story = Story::new(item.business_id().to_owned(), subject);
    story.fact(Fact::Customer {
        name: customer.map_or_else(String::new, |customer| customer.name),
        customer_id: item.customer_id().to_owned(),
    });
    story.fact(match &item {
        Item::Case(case) => Fact::Opened {
            local: clock.zone.local(case.opened_at),
        },
        _ => Fact::Told { told: item.told() },
    });
    story.fact(Fact::Status {
        item_kind: kind,
        status: item.status(),
    });
    story.fact(Fact::Revision {
        revision: item.revision(),
    });
    if let Item::Case(case) = &item {
        story.case(clock, case);
    }
    story.ratings(tx, clock, item.customer_id(), Some(item.id())).await?;
    story.past(tx, clock, id).await?;
    for line in &lines {
        let message = What::Message {
            template: line.template.clone(),
            rule: line.rule_id.clone(),
            standing: Standing::of(line),
        };
        story.happened_to(clock, line, message);
    }
    story.events.sort_by_key(|event| event.at);
    Ok(Some(story))
}

async fn of_customer(tx: &mut Tx, dispatcher: &Dispatcher, id: &str) -> Result<Option<Story>, ListError> {
    let Some(customer) = store::customer::find(tx, id).await? else {
        return Ok(None);
    };
    let desk = Desk::load(tx, &dispatcher.zones, &customer.business_id).await?;
    let clock = &desk.calendar;
    let mut story = known_of(&customer);
    for line in store::ledger::lines_of(tx, &customer).await? {
        let consent = What::Consent {
            given: line.given,
            purpose: line.purpose,
            channel: line.channel,
            source: line.source,
        };
        story.happened(clock, line.at, consent);
    }
    story.past(tx, clock, id).await?;
    story.ratings(tx, clock, id, None).await?;
    for item in store::item::of_customer(tx, id).await? {
        for line in store::report::of_item(tx, item.id()).await? {
            let message = What::MessageAbout {
                template: line.template.clone(),
                item_kind: item.kind(),
                name: item.external_id().to_owned(),
                standing: Standing::of(&line),
            };
            story.happened_to(clock, &line, message);
        }
    }
    story.events.sort_by_key(|event| event.at);
    Ok(Some(story))
}

fn known_of(customer: &Customer) -> Story {
    let subject = Subject::Customer {
        id: customer.id.clone(),
        name: customer.name.clone(),
    };
    let mut story = Story::new(customer.business_id.clone(), subject);
    story.fact(Fact::Id {
        id: customer.id.clone(),
    });
    story.fact(Fact::Phone {
        masked: customer.phone.as_deref().map(|phone| masked(Channel::Sms, phone)),
    });
    story.fact(Fact::Email {
        masked: customer.email.as_deref().map(|email| masked(Channel::Email, email)),
    });
    story
}

impl Story {
    async fn past(&mut self, tx: &mut Tx, clock: &Calendar, about: &str) -> Result<(), StoreError> {
        for line in store::history::of(tx, about).await? {
            let past = Past::read(&line);
            self.happened(clock, line.at, What::Past { past });
        }
        Ok(())
    }
}

fn masked(channel: Channel, address: &str) -> String {
    match channel {
        Channel::Sms | Channel::Call => crate::domain::phone::mask(address),
        Channel::Email => crate::domain::email_address::mask(address),
    }
}
