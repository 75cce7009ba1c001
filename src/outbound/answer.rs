//! Answers: what somebody at the desk writes to a customer. It goes through the outbox like everything else: a row says
//! that it is to go, its words stand beside (`store::answer`), dispatch looks for the last time and sends it once.

use chrono::TimeDelta;

use super::notice::ANSWER;
use super::plan::{Desk, lane};
use crate::domain::closed_list::closed_list;
use crate::domain::consent::{Verdict, verdict};
use crate::domain::conversation::{Answer, goes_at, useful_until};
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::domain::locale::Locale;
use crate::domain::message::{Asks, Channel, Purpose, State};
use crate::domain::rule::{Anchor, OnlyIf};
use crate::store::answer::NewAnswer;
use crate::store::message::{NewMessage, Planned};
use crate::store::{self, StoreError, Tx};
use crate::texts::Rendered;
use crate::texts::own_words::{self, LONGEST_SUBJECT, as_typed, is_too_long};
use crate::texts::phrases::Phrases;

/// The channels that somebody can write on.
pub const CHANNELS: [Channel; 2] = [Channel::Sms, Channel::Email];

/// A mail of ours that a written answer still belongs to.
const SAME_TALK: TimeDelta = TimeDelta::days(30);

/// Longest token of a form.
const LONGEST_TOKEN: usize = 64;

closed_list! {
    /// Why an answer does not go.
    Refusal {
        Erased = "erased",
        NoAddress = "no_address",
        OptedOut = "opted_out",
        BadAddress = "bad_address",
        WrongNumber = "wrong_number",
        Empty = "empty",
        TooLong = "too_long",
        NoSubject = "no_subject",
        LongSubject = "long_subject",
        /// Something else was sent with the same form.
        SentBefore = "sent_before",
    }
}

/// A channel, and why the customer can't be written to on it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WayOut {
    pub channel: Channel,
    /// None: there is none.
    pub address: Option<String>,
    pub refusal: Option<Refusal>,
}

/// What somebody has typed.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    pub channel: Channel,
    pub subject: &'a str,
    pub words: &'a str,
    pub by: &'a str,
    /// Of the form: it is sent once, however often the button is pressed.
    pub token: &'a str,
}

/// What has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It goes at that moment.
    At(Instant),
    /// It was sent with this form already.
    Already,
    Refused(Refusal),
}

/// On which channels a customer can be written to. An answer is service: it goes unless the customer wants none.
///
/// # Errors
/// When the database fails.
pub async fn ways_out(tx: &mut Tx, desk: &Desk, customer: &Customer) -> Result<Vec<WayOut>, StoreError> {
    let consent = store::ledger::of_customer(tx, customer).await?;
    let bad = store::ledger::bad_addresses(tx, customer).await?;
    let mut ways = Vec::new();
    for channel in CHANNELS {
        let address = customer.address(channel);
        let verdict = verdict(&consent, channel, Purpose::Service, desk.business.surveys_need_consent);
        let refusal = match address {
            _ if customer.erased => Some(Refusal::Erased),
            None => Some(Refusal::NoAddress),
            Some(_) if verdict != Verdict::Allowed => Some(Refusal::OptedOut),
            Some(address) if bad.iter().any(|(on, known)| *on == channel && known == address) => {
                Some(Refusal::BadAddress)
            }
            Some(address) if channel == Channel::Sms => {
                let held = store::held_number::is_held(tx, &customer.business_id, address).await?;
                held.then_some(Refusal::WrongNumber)
            }
            Some(_) => None,
        };
        ways.push(WayOut {
            channel,
            address: address.map(str::to_owned),
            refusal,
        });
    }
    Ok(ways)
}

/// What a mail to a customer answers, and so its subject: the customer's last mail, else ours of these days, else none.
///
/// # Errors
/// When the database fails.
pub async fn thread_of(
    tx: &mut Tx,
    desk: &Desk,
    customer: &Customer,
    now: Instant,
) -> Result<(Option<String>, String), StoreError> {
    if let Some((mail, pairs)) = store::answer::last_mail_from(tx, &customer.id).await? {
        let pairs: Vec<(String, String)> = serde_json::from_str(&pairs).unwrap_or_default();
        let subject = pairs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("subject"));
        let subject = subject.map_or_else(|| usual_subject(desk, customer), |(_, subject)| reply_to(&subject));
        return Ok((mail.message_id, subject));
    }
    let ours = store::answer::last_mail_to(tx, &customer.id).await?;
    let ours = ours.filter(|mail| now.since(mail.at) < SAME_TALK);
    Ok(match ours {
        Some(mail) => {
            let subject = mail.subject.as_deref().map(reply_to);
            (
                mail.message_id,
                subject.unwrap_or_else(|| usual_subject(desk, customer)),
            )
        }
        None => (None, usual_subject(desk, customer)),
    })
}

/// `Re: …`, once.
fn reply_to(subject: &str) -> String {
    let subject = own_words::subject(subject);
    let begins = subject.get(..3).unwrap_or_default();
    if begins.eq_ignore_ascii_case("re:") || subject.is_empty() {
        subject
    } else {
        format!("Re: {subject}")
    }
}

/// In the customer's language, or else the business's.
fn usual_subject(desk: &Desk, customer: &Customer) -> String {
    let business = &desk.business;
    let tags = [customer.locale.as_deref(), Some(business.locale.as_str())];
    let locale = tags.into_iter().flatten().find_map(|tag| Locale::parse(tag).ok());
    let value = |name: &str| (name == "business").then(|| business.name.clone());
    let said = locale.and_then(|locale| Phrases::of_desk(&locale).say("answer_subject", value));
    said.unwrap_or_else(|| business.name.clone())
}

/// Puts an answer into the outbox, once for each form.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn send(
    tx: &mut Tx,
    desk: &Desk,
    customer: &Customer,
    draft: &Draft<'_>,
    now: Instant,
) -> Result<Sent, StoreError> {
    let words = as_typed(draft.channel, draft.words);
    let subject = (draft.channel == Channel::Email).then(|| own_words::subject(draft.subject));
    if let Some(kept) = store::answer::of_token(tx, draft.token).await? {
        let is_same = kept.customer_id == customer.id && kept.words.as_ref() == Some(&words);
        return Ok(if is_same {
            Sent::Already
        } else {
            Sent::Refused(Refusal::SentBefore)
        });
    }
    let ways = ways_out(tx, desk, customer).await?;
    let way = ways.into_iter().find(|way| way.channel == draft.channel);
    let closed = way.map_or(Some(Refusal::NoAddress), |way| way.refusal);
    if let Some(refusal) = closed.or_else(|| unfit(draft, &words, subject.as_deref())) {
        return Ok(Sent::Refused(refusal));
    }
    let (in_reply_to, _) = match draft.channel {
        Channel::Email => thread_of(tx, desk, customer, now).await?,
        Channel::Sms | Channel::Call => (None, String::new()),
    };
    let answer = Answer {
        subject,
        words: Some(words),
        in_reply_to,
        asked_at: store::answer::last_asked(tx, &customer.id).await?,
        written_by: draft.by.to_owned(),
    };
    let id = new_id(now);
    let new = NewAnswer {
        id: &id,
        business_id: &desk.business.id,
        customer_id: &customer.id,
        token: draft.token,
        answer: &answer,
    };
    if !store::answer::add(tx, &new, now).await? {
        return Ok(Sent::Already);
    }
    let due_at = goes_at(answer.asked_at, &desk.calendar, now);
    let message = message(desk, customer, &id, draft.channel, due_at, now);
    store::message::insert(tx, &message, now).await?;
    let by = format!("by {}", draft.by);
    let lines = [
        ("message", message.id.as_str(), "written"),
        ("customer", customer.id.as_str(), "answered"),
    ];
    for (kind, id, event) in lines {
        store::history::add(tx, Some(&desk.business.id), (kind, id), event, &by, now).await?;
    }
    Ok(Sent::At(due_at))
}

/// What is wrong with the words themselves.
fn unfit(draft: &Draft<'_>, words: &str, subject: Option<&str>) -> Option<Refusal> {
    // No page of ours makes such a token.
    if draft.token.is_empty() || draft.token.len() > LONGEST_TOKEN {
        return Some(Refusal::SentBefore);
    }
    match subject {
        _ if words.is_empty() => Some(Refusal::Empty),
        _ if is_too_long(draft.channel, words) => Some(Refusal::TooLong),
        Some("") => Some(Refusal::NoSubject),
        Some(subject) if subject.chars().count() > LONGEST_SUBJECT => Some(Refusal::LongSubject),
        _ => None,
    }
}

fn message<'a>(
    desk: &'a Desk,
    customer: &'a Customer,
    answer_id: &'a str,
    channel: Channel,
    due_at: Instant,
    now: Instant,
) -> NewMessage<'a> {
    NewMessage {
        id: new_id(now),
        business_id: &desk.business.id,
        customer_id: &customer.id,
        item_kind: ItemKind::Reply,
        item_id: answer_id,
        item_revision: 1,
        rule_id: ANSWER,
        anchor: Anchor::Opened,
        told: String::new(),
        told_before: None,
        planned: Planned {
            template: ANSWER.to_owned(),
            purpose: Purpose::Service,
            asks: Asks::Nothing,
            only_if: OnlyIf::Always,
            channels: channel.to_string(),
            channel: Some(channel),
            lane: lane(Some(channel), &desk.business),
            state: State::Planned,
            reason: None,
            hold: None,
            due_at,
            useful_until: useful_until(due_at),
        },
    }
}

/// The answer that a message says; none: a template makes its words.
#[must_use]
pub const fn answer_of(item: &Item) -> Option<&Answer> {
    match item {
        Item::Reply(written) => written.answer.as_ref(),
        _ => None,
    }
}

/// The words of an answer, as a carrier gets them. None: it is no answer, or its words are gone.
#[must_use]
pub fn in_its_own_words(item: &Item) -> Option<Rendered> {
    let answer = answer_of(item)?;
    Some(Rendered {
        text: answer.words.clone()?,
        subject: answer.subject.clone(),
        html: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_answered_once() {
        for (subject, answer) in [
            ("Your visit", "Re: Your visit"),
            ("RE: Your visit", "RE: Your visit"),
            ("re", "Re: re"),
            ("é", "Re: é"),
            ("a\r\nBcc: b", "Re: a Bcc: b"),
            ("", ""),
        ] {
            assert_eq!(reply_to(subject), answer);
        }
    }
}
