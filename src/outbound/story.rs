//! Why: the story of a message, an item, a case or a customer, from what stands in the database.

mod after_visit;

use super::answer::answer_of;
use super::dispatch::Dispatcher;
use super::listing::{ListError, Listed, listed};
use super::notice;
use super::plan::Desk;
use super::wording::{hold_in_words, message_in_words};
use crate::domain::attempt::Attempt;
use crate::domain::consent::Verdict;
use crate::domain::consent::verdict;
use crate::domain::conversation::Answer;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::message::{Channel, Reason, State};
use crate::domain::quiet_hours::Calendar;
use crate::domain::rule::{Anchor, Rule};
use crate::store::report::Line;
use crate::store::{self, StoreError, Tx};

/// A story: a heading, facts, and what happened when.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Story {
    /// Whose it is.
    #[serde(skip)]
    pub business_id: String,
    pub title: String,
    /// The same for a page: in words, without our ids.
    pub headline: String,
    pub facts: Vec<(String, String)>,
    pub events: Vec<Happening>,
}

/// One line of a story.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Happening {
    pub at: Instant,
    /// On the business's wall clock.
    pub local: String,
    pub what: String,
    /// The message that it is about, where the story is another's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The stories that somebody may mean by an id: of a message, booking, renewal, case or customer, by our id or their own.
///
/// # Errors
/// When the database fails.
pub async fn stories(dispatcher: &Dispatcher, id: &str) -> Result<Vec<Story>, ListError> {
    let mut tx = dispatcher.store.read().await?;
    let mut stories = Vec::new();
    let mut meant = store::report::meant_by(&mut tx, id).await?;
    if meant.is_empty() {
        let messages = store::report::by_provider_id(&mut tx, id).await?;
        meant.extend(messages.into_iter().map(|id| ("message".to_owned(), id)));
    }
    for (kind, id) in meant {
        stories.extend(match kind.as_str() {
            "message" => of_message(&mut tx, dispatcher, &id).await?,
            "booking" | "renewal" | "case" => of_item(&mut tx, dispatcher, &kind, &id).await?,
            _ => of_customer(&mut tx, dispatcher, &id).await?,
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
    let mut story = Story {
        business_id: line.business_id.clone(),
        title: format!("message {}", line.id),
        headline: format!(
            "{} for {}",
            capitalized(message_in_words(&line.template)),
            listed.customer_name
        ),
        ..Story::default()
    };
    story.fact(
        "about",
        format!(
            "{} {} of {}",
            listed.item.kind, listed.item.external_id, listed.customer_name
        ),
    );
    story.fact(
        "rule",
        match (rule, notice::in_words(&line.rule_id)) {
            (Some(rule), _) => explain_rule(rule),
            (None, Some(words)) => words.to_owned(),
            (None, None) => format!("{} (no longer among the rules)", line.rule_id),
        },
    );
    if let Some(answer) = item_answer(tx, &line).await? {
        story.fact("written by", answer.written_by);
    }
    story.fact(
        "due",
        format!("{} in {} ({} UTC)", local(clock, line.due_at), listed.zone, line.due_at),
    );
    story.fact("useful until", local(clock, line.useful_until));
    story.fact("now", state_in_words(&line));
    let checks = checks(tx, &desk, &line).await?;
    story.facts.extend(checks);
    story.words(&listed);
    story.happened(clock, line.created_at, planned_in_words(&line));
    for entry in store::history::of(tx, &line.id).await? {
        story.happened(clock, entry.at, format!("{}: {}", entry.event, entry.detail));
    }
    for attempt in store::attempt::of_message(tx, &line.id).await? {
        attempt_events(tx, &mut story, clock, &attempt).await?;
    }
    story.calls(tx, clock, &line.id).await?;
    if matches!(line.state, State::Skipped) {
        story.happened(clock, line.updated_at, state_in_words(&line));
    }
    story.events.sort_by_key(|event| event.at);
    Ok(Some(story))
}

/// What somebody at the desk has written, where the message says that.
async fn item_answer(tx: &mut Tx, line: &Line) -> Result<Option<Answer>, StoreError> {
    if line.rule_id != notice::ANSWER {
        return Ok(None);
    }
    let item = store::item::find(tx, line.item_kind, &line.item_id).await?;
    Ok(item.as_ref().and_then(answer_of).cloned())
}

async fn attempt_events(tx: &mut Tx, story: &mut Story, clock: &Calendar, attempt: &Attempt) -> Result<(), StoreError> {
    let to = masked(attempt.channel, &attempt.address);
    let from = if attempt.sender.is_empty() {
        String::new()
    } else {
        format!(" from {}", attempt.sender)
    };
    let what = format!(
        "attempt {}: {} to {to}{from} by {}",
        attempt.number, attempt.channel, attempt.carrier
    );
    story.happened(clock, attempt.started_at, what);
    for receipt in store::receipt::of_attempt(tx, &attempt.id, attempt.provider_id.as_deref()).await? {
        let code = if receipt.code.is_empty() {
            String::new()
        } else {
            format!(", code {}", receipt.code)
        };
        story.happened(
            clock,
            receipt.received_at,
            format!("receipt from {}: {}{code}", attempt.carrier, receipt.status),
        );
    }
    if let Some(settled_at) = attempt.settled_at {
        let code = attempt.code.map_or_else(String::new, |code| format!(" (code {code})"));
        let failure = attempt
            .failure
            .as_ref()
            .map_or_else(String::new, |failure| format!(": {failure}"));
        let id = attempt
            .provider_id
            .as_ref()
            .map_or_else(String::new, |id| format!(", provider's id {id}"));
        story.happened(
            clock,
            settled_at,
            format!("attempt {}: {}{code}{failure}{id}", attempt.number, attempt.state),
        );
    }
    Ok(())
}

/// What the checks would say now of this message's channels.
async fn checks(tx: &mut Tx, desk: &Desk, line: &Line) -> Result<Vec<(String, String)>, StoreError> {
    let Some(customer) = store::customer::find(tx, &line.customer_id).await? else {
        return Ok(Vec::new());
    };
    let consent = store::ledger::of_customer(tx, &customer).await?;
    let bad = store::ledger::bad_addresses(tx, &customer).await?;
    let rule = desk.rules.iter().find(|rule| rule.id == line.rule_id);
    let channels = match rule {
        Some(rule) => rule.channels.clone(),
        None if line.rule_id == notice::ANSWER => line.channel.into_iter().collect(),
        None => Vec::new(),
    };
    let say = |channel: Channel| {
        let Some(address) = customer.address(channel) else {
            return "no usable address".to_owned();
        };
        let verdict = match verdict(&consent, channel, line.purpose, desk.business.surveys_need_consent) {
            Verdict::Allowed => "may be written to",
            Verdict::OptedOut => "has opted out",
            Verdict::NoConsent => "has not consented to this purpose",
        };
        let bad = if bad.iter().any(|(_, known)| known == address) {
            "; the carrier called this address bad"
        } else {
            ""
        };
        format!("{} {verdict}{bad}", masked(channel, address))
    };
    Ok(channels
        .into_iter()
        .map(|channel| (format!("check {channel}"), say(channel)))
        .collect())
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
    let mut story = Story {
        business_id: item.business_id().to_owned(),
        title: format!("{kind} {}", item.external_id()),
        ..Story::default()
    };
    story.headline = capitalized(&story.title);
    story.fact("customer", customer.map_or_else(String::new, |customer| customer.name));
    match &item {
        Item::Case(case) => story.fact("opened", local(clock, case.opened_at)),
        _ => story.fact("local time or date", item.told().replace('T', " ")),
    }
    story.fact("status", item.status().to_owned());
    story.fact("revision", item.revision().to_string());
    if let Item::Case(case) = &item {
        story.case(clock, case);
    }
    story.ratings(tx, clock, item.customer_id(), Some(item.id())).await?;
    for entry in store::history::of(tx, id).await? {
        story.happened(clock, entry.at, format!("{}: {}", entry.event, entry.detail));
    }
    for line in &lines {
        let what = format!(
            "{} (rule {}): {}",
            message_in_words(&line.template),
            line.rule_id,
            state_in_words(line)
        );
        story.happened_to(clock, line, what);
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
    let mut story = Story {
        business_id: customer.business_id.clone(),
        title: format!("customer {}", customer.name),
        ..Story::default()
    };
    story.headline.clone_from(&customer.name);
    story.fact("id", customer.id.clone());
    story.fact(
        "phone",
        customer
            .phone
            .as_deref()
            .map_or_else(|| "none".to_owned(), |phone| masked(Channel::Sms, phone)),
    );
    story.fact(
        "email",
        customer
            .email
            .as_deref()
            .map_or_else(|| "none".to_owned(), |email| masked(Channel::Email, email)),
    );
    for line in store::ledger::lines_of(tx, &customer).await? {
        let scope = format!(
            "{} by {}",
            line.purpose
                .map_or_else(|| "everything".to_owned(), |purpose| purpose.to_string()),
            line.channel
                .map_or_else(|| "any channel".to_owned(), |channel| channel.to_string())
        );
        let what = if line.given {
            "consent given"
        } else {
            "consent withdrawn"
        };
        story.happened(clock, line.at, format!("{what}: {scope} (source: {})", line.source));
    }
    for entry in store::history::of(tx, id).await? {
        story.happened(clock, entry.at, format!("{}: {}", entry.event, entry.detail));
    }
    story.ratings(tx, clock, id, None).await?;
    for item in store::item::of_customer(tx, id).await? {
        for line in store::report::of_item(tx, item.id()).await? {
            let about = format!("{} {}", item.kind(), item.external_id());
            let what = format!(
                "{} for {about}: {}",
                message_in_words(&line.template),
                state_in_words(&line)
            );
            story.happened_to(clock, &line, what);
        }
    }
    story.events.sort_by_key(|event| event.at);
    Ok(Some(story))
}

impl Story {
    fn fact(&mut self, name: &str, value: String) {
        self.facts.push((name.to_owned(), value));
    }

    fn happened(&mut self, clock: &Calendar, at: Instant, what: String) {
        self.events.push(Happening {
            at,
            local: local(clock, at),
            what,
            message: None,
        });
    }

    fn happened_to(&mut self, clock: &Calendar, line: &Line, what: String) {
        let message = Some(line.id.clone());
        self.events.push(Happening {
            at: line.due_at,
            local: local(clock, line.due_at),
            what,
            message,
        });
    }

    fn words(&mut self, listed: &Listed) {
        if let Some(text) = &listed.text {
            self.fact("words", text.clone());
        }
    }
}

fn local(clock: &Calendar, at: Instant) -> String {
    clock.zone.local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn masked(channel: Channel, address: &str) -> String {
    match channel {
        Channel::Sms | Channel::Call => crate::domain::phone::mask(address),
        Channel::Email => crate::domain::email_address::mask(address),
    }
}

fn explain_rule(rule: &Rule) -> String {
    let channels: Vec<_> = rule.channels.iter().map(|channel| channel.as_str()).collect();
    let anchor = match rule.anchor() {
        Anchor::Start => "the visit's start",
        Anchor::Completed => "completion",
        Anchor::EndsOn => "the end date",
        Anchor::Booked => "the booking becoming known",
        Anchor::Opened => "the case being opened",
        Anchor::Rated => "the first answer how it went",
        Anchor::Changed => "a change becoming known",
        Anchor::Cancelled => "the cancellation becoming known",
    };
    format!(
        "{} (counts from {anchor}; on {}; {}; template {})",
        rule.id,
        channels.join(", then "),
        rule.purpose,
        rule.template
    )
}

fn planned_in_words(line: &Line) -> String {
    if line.rule_id == notice::ANSWER {
        return "put into the outbox".to_owned();
    }
    format!(
        "planned by rule {} for {} {} revision {}",
        line.rule_id, line.item_kind, line.told, line.item_revision
    )
}

/// Where a message stands, in a sentence.
#[must_use]
pub fn state_in_words(line: &Line) -> String {
    match (line.state, line.reason) {
        (State::Skipped, Some(reason)) => format!("not sent: {} ({reason})", reason_in_words(reason)),
        (State::Held, _) => line.hold.map_or("on hold", hold_in_words).to_owned(),
        (State::Planned, _) if line.attempts > 0 => format!("planned again after {} attempt(s)", line.attempts),
        (state, _) => state.to_string(),
    }
}

/// A reason for not sending, as somebody at the desk would say it.
#[must_use]
pub const fn reason_in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::TooLate => "its moment had passed",
        Reason::Superseded => "a newer message speaks for it",
        Reason::ItemCancelled => "the booking was cancelled",
        Reason::ItemDone => "what it is about is done already",
        Reason::Answered => "the customer has answered already",
        Reason::OptedOut => "the customer has opted out",
        Reason::NoConsent => "the customer has not consented to this kind of message",
        Reason::NoAddress => "no usable phone number or address",
        Reason::Undeliverable => "the carrier called the address bad",
        Reason::Duplicate => "the same words went to this customer already",
        Reason::ContactCap => "the customer was asked not long ago",
        Reason::CaseOpen => "a complaint is open",
        Reason::ByHand => "somebody decided so",
        Reason::Erased => "the customer's data were erased",
    }
}
