//! What waits for a person at the desk: a customer's words, what they may mean, and by when somebody answers.

use chrono::TimeDelta;
use serde::Serialize;

use super::closed_list::closed_list;
use super::instant::Instant;
use super::item::ItemKind;
use super::message::Purpose;
use super::quiet_hours::Calendar;

closed_list! {
    /// What a person has to look at.
    DeskKind {
        /// The customer wants another time, or to talk about the renewal.
        Change = "change",
        /// The customer does not want it; nothing is cancelled by that alone.
        Decline = "decline",
        /// The customer has cancelled the visit by an explicit click.
        VisitCancelled = "visit_cancelled",
        RunningLate = "running_late",
        /// The customer wants the renewal: only the business renews.
        RenewalWanted = "renewal_wanted",
        /// The single word that ends all texts, with a visit ahead: the visit may have been meant.
        CancelOrOptOut = "cancel_or_opt_out",
        WrongPerson = "wrong_person",
        Question = "question",
        Complaint = "complaint",
        /// An answer to what has changed or ended meanwhile.
        LateAnswer = "late_answer",
        Unclear = "unclear",
        /// Nobody of that number is known.
        UnknownSender = "unknown_sender",
    }
}

impl DeskKind {
    /// The same for somebody at the desk.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Change => "wants another time or a call",
            Self::Decline => "does not want it",
            Self::VisitCancelled => "has cancelled the visit",
            Self::RunningLate => "is running late",
            Self::RenewalWanted => "wants the renewal",
            Self::CancelOrOptOut => "has ended all texts; may have meant the visit",
            Self::WrongPerson => "says that this is the wrong number",
            Self::Question => "asks something",
            Self::Complaint => "is unhappy",
            Self::LateAnswer => "has answered too late, or to what has changed",
            Self::Unclear => "has written something unclear",
            Self::UnknownSender => "is nobody that is known here",
        }
    }
}

/// A row of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeskItem {
    pub id: String,
    /// None: nobody knows the sender.
    pub business_id: Option<String>,
    pub customer_id: Option<String>,
    pub item_kind: Option<ItemKind>,
    pub item_id: Option<String>,
    /// The inbound message it came with.
    pub reply_id: Option<String>,
    pub kind: DeskKind,
    pub words: Option<String>,
    /// The messages about its item wait until it is done.
    pub holds: bool,
    pub opened_at: Instant,
    pub due_at: Instant,
    pub done_at: Option<Instant>,
    pub done_by: Option<String>,
    pub outcome: Option<String>,
}

/// By when somebody answers: at once where somebody is on the way, else hours by standing, in open hours.
#[must_use]
pub fn answer_by(kind: DeskKind, standing: Option<&str>, calendar: &Calendar, now: Instant) -> Instant {
    let hours = match (kind, standing) {
        (DeskKind::RunningLate, _) => return now,
        (_, Some("vip")) => 1,
        (_, Some("regular")) => 2,
        _ => 4,
    };
    calendar.open_for(now, TimeDelta::hours(hours), Purpose::Service)
}
