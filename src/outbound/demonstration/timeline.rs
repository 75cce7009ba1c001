//! What came of the fortnight: who got what when, and why something was not sent, day by day, and the sums.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{DemonstrationError, News, span};
use crate::domain::message::{Channel, Reason, State};
use crate::domain::replan::Hold;
use crate::outbound::dispatch::Dispatcher;
use crate::outbound::listing::{self, Listed};
use crate::outbound::plan::Desk;
use crate::outbound::wording::message_in_words;
use crate::store;
use crate::store::report::Filter;

/// How long after the first import what it left out is due: until the hours begin in which texts may go.
const FIRST_MORNING: TimeDelta = TimeDelta::hours(2);

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Sent(Channel),
    ToPhone,
    NotSent(Reason),
    /// Anything else: planned still, held, failed.
    Other(State, Option<Hold>),
}

/// One line of the timeline, on the business's wall clock.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: NaiveDateTime,
    pub business_id: String,
    pub who: String,
    pub message: String,
    pub fate: Fate,
    pub text: String,
}

/// A day: its messages, and what else happened, both in order.
#[derive(Clone, Debug, Default)]
pub struct Day {
    pub entries: Vec<Entry>,
    pub news: Vec<(NaiveDateTime, String)>,
    /// What its evening brought, like `8 visits done`.
    pub evening: Vec<String>,
}

/// The whole of it.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub days: BTreeMap<NaiveDate, Day>,
    /// By business and kind of message: how many texts, mails and calls.
    pub sent: BTreeMap<(String, String), [u64; 3]>,
    pub not_sent: BTreeMap<Reason, u64>,
    pub calls_open: usize,
}

/// Reads the timeline from the database.
///
/// # Errors
/// When it can't be read.
pub async fn read(dispatcher: &Dispatcher, news: &[News]) -> Result<Timeline, DemonstrationError> {
    let (begin, end) = span(&dispatcher.zones)?;
    let filter = Filter {
        since: Some(begin),
        until: Some(end),
        ..Filter::default()
    };
    let mut timeline = Timeline::default();
    // What the first import itself left out is told by its sum, not line by line.
    let left_out = |line: &Listed| {
        line.reason.is_some() && (line.due_at <= begin + FIRST_MORNING || line.reason == Some(Reason::ByHand))
    };
    listing::list(dispatcher, &filter, |line| {
        if !left_out(&line) {
            timeline.note(line);
        }
    })
    .await?;
    let mut tx = dispatcher.store.read().await?;
    timeline.calls_open = store::call::open_calls(&mut tx, None)
        .await?
        .iter()
        .filter(|call| call.due_at > end)
        .count();
    for news in news {
        let desk = Desk::load(&mut tx, &dispatcher.zones, news.business_id).await?;
        let at = desk.calendar.zone.local(news.at);
        let day = timeline.days.entry(at.date()).or_default();
        if news.closing {
            day.evening.push(news.what.clone());
        } else {
            day.news.push((at, news.what.clone()));
        }
    }
    timeline.days.values_mut().for_each(|day| {
        // Ids are partly chance; names are not.
        day.entries
            .sort_by(|a, b| (a.at, &a.who, &a.message, &a.text).cmp(&(b.at, &b.who, &b.message, &b.text)));
        day.news.sort();
    });
    Ok(timeline)
}

fn fate(line: &Listed) -> Fate {
    match (line.state, line.reason, line.channel) {
        (State::Skipped, Some(reason), _) => Fate::NotSent(reason),
        (State::Accepted | State::Delivered, _, Some(Channel::Call)) => Fate::ToPhone,
        (State::Accepted | State::Delivered, _, Some(channel)) => Fate::Sent(channel),
        (state, _, _) => Fate::Other(state, line.hold),
    }
}

impl Timeline {
    fn note(&mut self, line: Listed) {
        let fate = fate(&line);
        let message = message_in_words(&line.template).to_owned();
        let column = match fate {
            Fate::Sent(Channel::Sms) => Some(0),
            Fate::Sent(_) => Some(1),
            Fate::ToPhone => Some(2),
            Fate::NotSent(reason) => {
                *self.not_sent.entry(reason).or_default() += 1;
                None
            }
            Fate::Other(..) => None,
        };
        if let Some(column) = column {
            self.sent.entry((line.business.clone(), message.clone())).or_default()[column] += 1;
        }
        let at = NaiveDateTime::parse_from_str(&line.due_local, "%Y-%m-%dT%H:%M:%S").unwrap_or_default();
        let entry = Entry {
            at,
            business_id: line.business,
            who: line.customer_name,
            message,
            fate,
            text: line.text.unwrap_or_default(),
        };
        self.days.entry(at.date()).or_default().entries.push(entry);
    }

    /// Keeps at most `most` messages of each day, of as many kinds as there are; returns how many were left out.
    pub fn shorten(&mut self, most: usize) -> usize {
        let mut seen = BTreeMap::new();
        let mut left_out = 0;
        for day in self.days.values_mut() {
            let kept = choice(&day.entries, &mut seen, most);
            left_out += day.entries.len() - kept.len();
            let entries = std::mem::take(&mut day.entries);
            day.entries = entries
                .into_iter()
                .enumerate()
                .filter(|(at, _)| kept.contains(at))
                .map(|(_, entry)| entry)
                .collect();
        }
        left_out
    }
}

/// How soon a kind of message has been shown often enough: what follows something that happened never, and what was
/// sent later than what was not.
fn weight(entry: &Entry) -> usize {
    match (entry.fate, entry.message.as_str()) {
        (Fate::Sent(_), "confirmation" | "change of time" | "cancellation") => 0,
        (Fate::Sent(_), _) => 1,
        _ => 3,
    }
}

/// The places of the entries to show: always the kind that was shown least so far.
fn choice(entries: &[Entry], seen: &mut BTreeMap<(String, Fate), usize>, most: usize) -> BTreeSet<usize> {
    let kind = |entry: &Entry| (entry.message.clone(), entry.fate);
    let mut kept = BTreeSet::new();
    while kept.len() < most.min(entries.len()) {
        let rest = (0..entries.len()).filter(|at| !kept.contains(at));
        let shown = |at: &usize| {
            let (entry, weight) = (&entries[*at], weight(&entries[*at]));
            let often = seen.get(&kind(entry)).copied().unwrap_or_default() * weight;
            // Of two kinds shown as often, the reminder is what people look for.
            (weight > 0, often, entry.message != "reminder")
        };
        let Some(next) = rest.min_by_key(shown) else { break };
        *seen.entry(kind(&entries[next])).or_default() += 1;
        kept.insert(next);
    }
    kept
}
