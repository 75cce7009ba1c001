//! What a story is made of: what it is about, what is known, and what happened, as data. `english` puts it into words for
//! the command line, the desk into its user's language.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::past::Past;
use crate::domain::attempt::AttemptState;
use crate::domain::call::CallOutcome;
use crate::domain::case::Cause;
use crate::domain::consent::Verdict;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Channel, Purpose, Reason, State};
use crate::domain::quiet_hours::Calendar;
use crate::domain::rating::Scale;
use crate::domain::replan::Hold;
use crate::domain::rule::Anchor;
use crate::store::report::Line;

/// What there is to tell of a message, booking, renewal, case or customer. Times are on the business's wall clock.
#[derive(Clone, Debug)]
pub struct Story {
    /// Whose it is.
    pub business_id: String,
    pub subject: Subject,
    pub facts: Vec<Fact>,
    pub events: Vec<Happening>,
}

/// What a story is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    Message {
        id: String,
        template: String,
        customer: String,
    },
    Item {
        item_kind: ItemKind,
        id: String,
        name: String,
    },
    Customer {
        id: String,
        name: String,
    },
}

/// Something that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    About {
        item_kind: ItemKind,
        item: String,
        name: String,
        customer: String,
        customer_id: String,
    },
    /// The rule that wanted a message; none: it is not among the rules any more, or a notice.
    Rule {
        id: String,
        rule: Option<Wish>,
        notice: bool,
    },
    /// Who at the desk has written a message.
    WrittenBy {
        name: String,
    },
    Due {
        local: NaiveDateTime,
        zone: String,
        #[serde(skip)]
        at: Instant,
    },
    UsefulUntil {
        local: NaiveDateTime,
    },
    Now {
        standing: Standing,
    },
    /// Whether a message may go on a channel; the address masked, none: there is none.
    Check {
        channel: Channel,
        address: Option<String>,
        #[serde(serialize_with = "as_name")]
        verdict: Verdict,
        bad: bool,
    },
    /// What was or will be sent, or what the customer said.
    Words {
        text: String,
    },
    Customer {
        name: String,
        customer_id: String,
    },
    Opened {
        local: NaiveDateTime,
    },
    /// The local time or date that an item is told by.
    Told {
        told: String,
    },
    Status {
        item_kind: ItemKind,
        status: &'static str,
    },
    Revision {
        revision: i64,
    },
    CallBy {
        local: NaiveDateTime,
    },
    Owner {
        name: Option<String>,
    },
    Score {
        score: i64,
        most: i64,
        #[serde(skip)]
        scale: Scale,
    },
    Note {
        text: String,
    },
    Cause {
        cause: Cause,
    },
    Solved {
        solved: bool,
    },
    Id {
        id: String,
    },
    /// Masked; none: there is none.
    Phone {
        masked: Option<String>,
    },
    Email {
        masked: Option<String>,
    },
}

/// What a rule wants, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wish {
    pub anchor: Anchor,
    pub channels: Vec<Channel>,
    pub purpose: Purpose,
    pub template: String,
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub state: State,
    pub reason: Option<Reason>,
    pub hold: Option<Hold>,
    pub channel: Option<Channel>,
    pub attempts: i64,
}

/// Something that happened, or will.
#[derive(Clone, Debug)]
pub struct Happening {
    pub at: Instant,
    pub local: NaiveDateTime,
    pub what: What,
    /// The message that it is about, where the story is another's.
    pub message: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    Planned {
        rule: String,
        item_kind: ItemKind,
        told: String,
        revision: i64,
    },
    /// A line of the history.
    Past {
        past: Past,
    },
    /// A try begins.
    Tried {
        number: i64,
        channel: Channel,
        to: String,
        from: String,
        carrier: String,
    },
    Receipt {
        carrier: String,
        status: String,
        code: String,
    },
    /// What came of a try.
    Ended {
        number: i64,
        state: AttemptState,
        code: Option<i64>,
        failure: Option<String>,
        provider_id: Option<String>,
    },
    OnCallList {
        not_before: Option<NaiveDateTime>,
    },
    Called {
        by: Option<String>,
        outcome: CallOutcome,
        note: Option<String>,
    },
    /// A message was skipped.
    Stands {
        standing: Standing,
    },
    Rated {
        score: i64,
        most: i64,
        #[serde(skip)]
        scale: Scale,
        comment: Option<String>,
        counts: bool,
    },
    /// A message of an item.
    Message {
        template: String,
        rule: String,
        standing: Standing,
    },
    /// A message to a customer, and what it was about.
    MessageAbout {
        template: String,
        item_kind: ItemKind,
        name: String,
        standing: Standing,
    },
    Consent {
        given: bool,
        purpose: Option<Purpose>,
        channel: Option<Channel>,
        source: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_name<S: serde::Serializer>(verdict: &Verdict, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match verdict {
        Verdict::Allowed => "allowed",
        Verdict::OptedOut => "opted_out",
        Verdict::NoConsent => "no_consent",
    })
}

impl Standing {
    #[must_use]
    pub const fn of(line: &Line) -> Self {
        Self {
            state: line.state,
            reason: line.reason,
            hold: line.hold,
            channel: line.channel,
            attempts: line.attempts,
        }
    }
}

impl Story {
    pub(super) fn new(business_id: String, subject: Subject) -> Self {
        Self {
            business_id,
            subject,
            facts: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(super) fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    pub(super) fn happened(&mut self, clock: &Calendar, at: Instant, what: What) {
        self.events.push(Happening {
            at,
            local: clock.zone.local(at),
            what,
            message: None,
        });
    }

    pub(super) fn happened_to(&mut self, clock: &Calendar, line: &Line, what: What) {
        self.happened(clock, line.due_at, what);
        if let Some(event) = self.events.last_mut() {
            event.message = Some(line.id.clone());
        }
    }
}
