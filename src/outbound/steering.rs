//! What a person may do to messages in the outbox: hold, release, send again. What can't work is refused, with the reason.
//!
//! A message that is let go or sent again is looked at once more before it leaves, like every other: an act here can only
//! put it back into the queue.

use super::dispatch::{DispatchError, Dispatcher, Fate, foresee};
use crate::domain::attempt::AttemptState;
use crate::domain::closed_list::closed_list;
use crate::domain::instant::Instant;
use crate::domain::message::{Asks, Event, Reason, State, next};
use crate::domain::replan::Hold;
use crate::store::attempt::AttemptEnd;
use crate::store::outbox::{Again, Settlement};
use crate::store::report::Line;
use crate::store::{self, StoreError, Tx};

closed_list! {
    /// What a person does to a message.
    Act {
        Hold = "hold",
        Release = "release",
        /// Sends a failed message again.
        Retry = "retry",
        /// Sends again what may have arrived.
        SendAgain = "send_again",
    }
}

/// Why an act is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such message.
    NotThere,
    /// It is in no state for that.
    Is(State),
    /// It would wait all the same.
    Waits(Hold),
    /// It would not be sent all the same.
    NotSent(Reason),
    /// Its text can't be made.
    Faulty,
    /// Nobody knows whether it has arrived: only `SendAgain` sends it twice.
    MayHaveArrived,
}

/// What came of an act, message by message.
#[derive(Clone, Debug, Default)]
pub struct Steered {
    pub done: Vec<String>,
    pub refused: Vec<(String, Refusal)>,
}

impl Act {
    /// What can be done with a message as it stands.
    #[must_use]
    pub const fn of(line: &Line) -> &'static [Self] {
        match (line.state, line.hold) {
            (State::Planned, _) => &[Self::Hold],
            (State::Held, Some(Hold::Person)) => &[Self::Release],
            (State::Failed, _) if line.resends == 0 => &[Self::Retry],
            (State::Failed | State::Unknown, _) => &[Self::SendAgain],
            _ => &[],
        }
    }

    /// What the message's history calls it.
    const fn event(self) -> &'static str {
        match self {
            Self::Hold => "held",
            Self::Release => "released",
            Self::Retry => "put back",
            Self::SendAgain => "sent again",
        }
    }
}

/// Does it to each of these messages of a business (none: of any), unless it can't work. `by` is what the history says of
/// whoever did it.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn steer(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    business_id: Option<&str>,
    ids: &[&str],
    act: Act,
    by: &str,
    now: Instant,
) -> Result<Steered, DispatchError> {
    let mut steered = Steered::default();
    let mut lines = store::outbox_list::lines_of_ids(tx, ids).await?;
    lines.retain(|line| business_id.is_none_or(|wanted| wanted == line.business_id));
    let missing = ids.iter().filter(|id| lines.iter().all(|line| line.id != **id));
    steered.refused = missing.map(|id| ((*id).to_owned(), Refusal::NotThere)).collect();
    let mut fit = Vec::new();
    for line in lines {
        match unfit(&line, act) {
            Some(refusal) => steered.refused.push((line.id, refusal)),
            None => fit.push(line),
        }
    }
    let refused = if act == Act::Hold {
        Vec::new()
    } else {
        obstacles(tx, dispatcher, &fit, now).await?
    };
    for line in &fit {
        if let Some((_, refusal)) = refused.iter().find(|(id, _)| *id == line.id) {
            steered.refused.push((line.id.clone(), *refusal));
            continue;
        }
        let done = match act {
            Act::Hold => store::message::hold(tx, &line.id, true, now).await?,
            Act::Release => store::message::hold(tx, &line.id, false, now).await?,
            Act::Retry => store::message::retry(tx, &line.id, now).await?,
            Act::SendAgain => send_again(tx, line, now).await?,
        };
        if !done {
            return Err(StoreError::Stale("a message of the outbox").into());
        }
        let about = ("message", line.id.as_str());
        store::history::add(tx, Some(&line.business_id), about, act.event(), by, now).await?;
        steered.done.push(line.id.clone());
    }
    Ok(steered)
}

/// Why an act does not fit a message as it stands.
fn unfit(line: &Line, act: Act) -> Option<Refusal> {
    if Act::of(line).contains(&act) {
        return None;
    }
    Some(match (act, line.state, line.hold) {
        (Act::Release, State::Held, Some(hold)) => Refusal::Waits(hold),
        (Act::Retry, State::Failed | State::Unknown, _) => Refusal::MayHaveArrived,
        (_, State::Skipped, _) => line.reason.map_or(Refusal::Is(State::Skipped), Refusal::NotSent),
        (_, state, _) => Refusal::Is(state),
    })
}

/// Of messages that are to go into the queue, those that would not leave it.
async fn obstacles(
    tx: &mut Tx,
    dispatcher: &Dispatcher,
    lines: &[Line],
    now: Instant,
) -> Result<Vec<(String, Refusal)>, DispatchError> {
    let ids: Vec<_> = lines.iter().map(|line| line.id.as_str()).collect();
    let messages = store::outbox_list::of_ids(tx, &ids).await?;
    let outlooks = foresee(tx, dispatcher, messages, now).await?;
    let refused = outlooks.into_iter().filter_map(|outlook| {
        let refusal = match outlook.fate {
            Fate::Goes { .. } => return None,
            Fate::Waits(hold) => Refusal::Waits(hold),
            Fate::Skipped(reason) => Refusal::NotSent(reason),
            Fate::Faulty => Refusal::Faulty,
        };
        Some((outlook.message.id, refusal))
    });
    Ok(refused.collect())
}

/// Puts a message of which nobody knows whether it arrived back into the queue, as `rescue` does by itself once. False:
/// somebody else has moved it.
async fn send_again(tx: &mut Tx, line: &Line, now: Instant) -> Result<bool, StoreError> {
    if line.state == State::Failed {
        return store::message::retry(tx, &line.id, now).await;
    }
    for attempt in store::attempt::of_message(tx, &line.id).await? {
        let end = AttemptEnd {
            failure: Some("nobody knows whether it arrived, and somebody had it sent again"),
            ..AttemptEnd::new(&attempt.id, AttemptState::Failed, now)
        };
        store::attempt::settle(tx, &end, AttemptState::Unknown).await?;
    }
    if line.asks != Asks::Nothing {
        store::question::take_back(tx, &[&line.id]).await?;
    }
    let again = Again {
        due_at: now,
        channel: None,
        lane: line.lane.clone(),
    };
    let settlement = Settlement {
        again: Some(again),
        resend: line.resends == 0,
        ..Settlement::new(
            &line.id,
            State::Unknown,
            next(State::Unknown, Event::PutBack).unwrap_or(State::Planned),
            now,
        )
    };
    store::outbox::settle(tx, &settlement).await
}
