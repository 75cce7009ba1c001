//! The row of an attempt that is about to begin.

use super::Dispatcher;
use super::prepare::Job;
use crate::carrier::Content;
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::instant::Instant;

/// What is written down before a job may leave.
pub(super) fn attempt(dispatcher: &Dispatcher, job: &Job, now: Instant) -> Attempt {
    let (subject, text) = match &job.outgoing.content {
        Content::Sms { text } => (None, text),
        Content::Email(mail) => (Some(mail.subject.clone()), &mail.text),
    };
    let carrier = dispatcher.carrier(job.channel).map_or("desk", |carrier| carrier.name());
    Attempt {
        id: job.attempt_id.clone(),
        message_id: job.message.id.clone(),
        business_id: job.message.business_id.clone(),
        number: job.message.attempts,
        channel: job.channel,
        carrier: carrier.to_owned(),
        sender: job.outgoing.from.clone(),
        address: job.outgoing.to.clone(),
        subject,
        text: Some(text.clone()),
        segments: job.segments,
        state: AttemptState::Started,
        provider_id: None,
        stage: None,
        provider_status: None,
        code: None,
        failure: None,
        started_at: now,
        settled_at: None,
        look_at: None,
        looks: 0,
    }
}
