//! Everything that was said between the business and one customer, the latest first.

use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::rows::{state_name, tone};
use crate::domain::case::Case;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::State;
use crate::domain::note::Note;
use crate::outbound::plan::Desk;
use crate::store::call::Call;
use crate::store::rating::Rating;
use crate::store::thread::{Entry, EntryKind, SentMessage, WrittenReply};
use crate::store::{self, Tx};

/// How much of it a page holds.
const PAGE: i64 = 30;

/// Where a page begins: before this.
#[derive(Debug, Default, serde::Deserialize)]
pub(in super::super::super) struct Wanted {
    before: Option<i64>,
    #[serde(default)]
    before_id: String,
    #[serde(default)]
    before_kind: String,
}

/// A page of it, and where the next one begins.
pub(in super::super) async fn thread(
    tx: &mut Tx,
    desk: &Desk,
    customer_id: &str,
    wanted: &Wanted,
) -> Result<Value, WebError> {
    let begins = wanted.before.map(|at| {
        (
            Instant::from_millis(at),
            wanted.before_id.as_str(),
            wanted.before_kind.as_str(),
        )
    });
    let mut entries = store::thread::page(tx, customer_id, begins, PAGE + 1).await?;
    let size = usize::try_from(PAGE).unwrap_or_default();
    let more = entries.len() > size;
    entries.truncate(size);
    let told = Told::of(tx, &entries).await?;
    let next = entries.last().filter(|_| more);
    Ok(json!({
        "entries": entries.iter().filter_map(|entry| told.entry(desk, entry)).collect::<Vec<_>>(),
        "is_first": begins.is_none(),
        "next": next.map(|last| json!({
            "before": last.at.millis(), "before_id": last.id, "before_kind": last.kind,
        })),
    }))
}

/// The rows behind the entries of a page.
struct Told {
    messages: Vec<SentMessage>,
    replies: Vec<WrittenReply>,
    ratings: Vec<Rating>,
    calls: Vec<Call>,
    cases: Vec<Case>,
    notes: Vec<Note>,
}

impl Told {
    async fn of(tx: &mut Tx, entries: &[Entry]) -> Result<Self, WebError> {
        let ids = |kinds: &[EntryKind]| -> Vec<&str> {
            let of_kinds = entries.iter().filter(|entry| kinds.contains(&entry.kind));
            of_kinds.map(|entry| entry.id.as_str()).collect()
        };
        Ok(Self {
            messages: store::thread::messages(tx, &ids(&[EntryKind::Message])).await?,
            replies: store::thread::replies(tx, &ids(&[EntryKind::Reply])).await?,
            ratings: store::rating::of_ids(tx, &ids(&[EntryKind::Rating])).await?,
            calls: store::call::of_ids(tx, &ids(&[EntryKind::Call])).await?,
            cases: store::customer_case::of_ids(tx, &ids(&[EntryKind::CaseOpened, EntryKind::CaseClosed])).await?,
            notes: store::note::of_ids(tx, &ids(&[EntryKind::Note])).await?,
        })
    }

    fn entry(&self, desk: &Desk, entry: &Entry) -> Option<Value> {
        let id = &entry.id;
        let told = match entry.kind {
            EntryKind::Message => message(desk, self.messages.iter().find(|message| message.id == *id)?),
            EntryKind::Reply => reply(self.replies.iter().find(|reply| reply.id == *id)?),
            EntryKind::Rating => rating(self.ratings.iter().find(|rating| rating.id == *id)?),
            EntryKind::Call => call(self.calls.iter().find(|call| call.id == *id)?),
            EntryKind::CaseOpened => opened(self.cases.iter().find(|case| case.id == *id)?),
            EntryKind::CaseClosed => closed(self.cases.iter().find(|case| case.id == *id)?),
            EntryKind::Note => note(self.notes.iter().find(|note| note.id == *id)?),
        };
        Some(json!({ "kind": entry.kind, "at": desk.calendar.zone.local(entry.at), "told": told }))
    }
}

fn message(desk: &Desk, message: &SentMessage) -> Value {
    let has_page = matches!(message.item_kind, ItemKind::Booking | ItemKind::Renewal);
    json!({
        "id": message.id, "template": message.template, "channel": message.channel, "text": message.text,
        "state": state_name(message.state, message.channel), "reason": message.reason,
        "tone": tone(message.state, message.reason),
        "by": message.written_by, "goes": is_to_go(message.state).then(|| desk.calendar.zone.local(message.due_at)),
        "item_kind": message.item_kind, "item": Some(&message.item_id).filter(|_| has_page),
    })
}

const fn is_to_go(state: State) -> bool {
    matches!(state, State::Planned)
}

fn reply(reply: &WrittenReply) -> Value {
    json!({ "channel": reply.channel, "text": reply.body, "intent": reply.intent })
}

fn rating(rating: &Rating) -> Value {
    json!({
        "score": rating.score, "most": rating.scale.range().end(), "text": rating.comment, "counts": rating.counts,
        "unhappy": rating.scale.is_unhappy(rating.score), "message": rating.message_id,
    })
}

fn call(call: &Call) -> Value {
    json!({ "message": call.message_id, "outcome": call.outcome, "by": call.done_by, "text": call.note })
}

fn opened(case: &Case) -> Value {
    json!({ "id": case.id, "source": case.source, "text": case.words })
}

fn closed(case: &Case) -> Value {
    json!({ "id": case.id, "cause": case.cause, "text": case.note, "solved": case.solved })
}

fn note(note: &Note) -> Value {
    json!({ "by": note.author, "text": note.text, "struck": note.struck_at.is_some(), "struck_by": note.struck_by })
}
