//! A day's batch: how much is to go out, in how many segments, and what will not go.

use std::collections::BTreeMap;

use serde::Serialize;

use super::dispatch::{DispatchError, Dispatcher, Fate, foresee};
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Reason, State};
use crate::domain::segments::Encoding;
use crate::store::outbox_list::Alike;
use crate::store::{self, Tx};

/// How many messages of a day are counted.
pub const MOST_COUNTED: i64 = 20_000;

/// Of how many the texts are made to count their segments: each costs as much as sending it would.
pub const MOST_WRITTEN: i64 = 200;

/// A day's messages.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// By what they are and how they stand, in the order of the first one.
    pub alike: Vec<Alike>,
    /// There are more than were counted.
    pub is_cut: bool,
    pub segments: Segments,
    /// Messages that are planned and would not go as things stand, and why.
    pub foreseen: BTreeMap<Reason, i64>,
}

/// The segments of the first text messages of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Segments {
    /// Of how many texts.
    pub of: i64,
    pub total: i64,
    /// Of these texts those that one character makes dearer.
    pub ucs2: i64,
    /// There are more texts than were written.
    pub is_part: bool,
}

/// Whether a message in that state is still to go.
#[must_use]
pub const fn goes(state: State) -> bool {
    matches!(state, State::Planned | State::Sending)
}

/// The messages of a business that are due from `from` until before `to`.
///
/// # Errors
/// When the database fails.
pub async fn of(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    business_id: &str,
    (from, to): (Instant, Instant),
    now: Instant,
) -> Result<Batch, DispatchError> {
    let alike = store::outbox_list::alike_between(tx, business_id, from, to, MOST_COUNTED).await?;
    let counted: i64 = alike.iter().map(|alike| alike.count).sum();
    let mut batch = Batch {
        alike,
        is_cut: counted >= MOST_COUNTED,
        ..Batch::default()
    };
    let day = (from, to);
    let mut messages = store::outbox_list::planned_between(tx, business_id, day, (from, ""), MOST_WRITTEN + 1).await?;
    let most = usize::try_from(MOST_WRITTEN).unwrap_or_default();
    batch.segments.is_part = messages.len() > most;
    messages.truncate(most);
    for outlook in foresee(tx, dispatcher, messages, from.max(now)).await? {
        match outlook.fate {
            Fate::Goes {
                segments: Some(segments),
                ..
            } => {
                batch.segments.of += 1;
                batch.segments.total += i64::try_from(segments.segments).unwrap_or(i64::MAX);
                batch.segments.ucs2 += i64::from(segments.encoding == Encoding::Ucs2);
            }
            Fate::Skipped(reason) => *batch.foreseen.entry(reason).or_default() += 1,
            Fate::Goes { .. } | Fate::Waits(_) | Fate::Faulty => {}
        }
    }
    Ok(batch)
}

impl Batch {
    fn going_alike(&self) -> impl Iterator<Item = &Alike> {
        self.alike.iter().filter(|alike| goes(alike.state))
    }

    /// How many are to go.
    #[must_use]
    pub fn going(&self) -> i64 {
        self.going_alike().map(|alike| alike.count).sum()
    }

    /// How many of them are text messages.
    #[must_use]
    pub fn texts(&self) -> i64 {
        let texts = self.going_alike().filter(|alike| alike.channel == Some(Channel::Sms));
        texts.map(|alike| alike.count).sum()
    }

    #[must_use]
    pub fn first(&self) -> Option<Instant> {
        self.going_alike().map(|alike| alike.first).min()
    }

    #[must_use]
    pub fn last(&self) -> Option<Instant> {
        self.going_alike().map(|alike| alike.last).max()
    }
}
