//! What a change does to the messages: the planner's own doing, read from the outbox before and after.

use serde_json::json;

use super::{Entry, EntryError, Made, Wish, make};
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::domain::link;
use crate::domain::message::{Reason, State};
use crate::domain::rule::Anchor;
use crate::domain::undo::UNDO_FOR;
use crate::outbound::plan::Desk;
use crate::store::report::Line;
use crate::store::{self, Store, Tx};

/// What becomes of messages.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// That it is booked, changed or cancelled, told to the customer because of the change.
    pub notices: Vec<Line>,
    /// As they were planned, and as they are.
    pub moved: Vec<(Line, Line)>,
    pub planned: Vec<Line>,
    /// Planned before, and not sent now.
    pub dropped: Vec<Line>,
    /// Wanted by a rule, and not sent for some reason.
    pub unsent: Vec<Line>,
}

/// A change that was made in a transaction, and what it does.
#[derive(Clone, Debug)]
pub struct Preview {
    pub made: Made,
    pub effects: Effects,
    /// The same as long as the change does the same.
    pub digest: String,
    /// Whether something leaves at once: it is of no use after the time in which the change could be undone.
    pub at_once: bool,
}

impl Preview {
    /// Makes the change in the caller's transaction, and tells what it does. Rolled back, it was a preview; committed, it
    /// is done.
    ///
    /// # Errors
    /// When the change can't be made; then the transaction must not be committed.
    pub async fn make(tx: &mut Tx, store: &Store, desk: &Desk, entry: &Entry<'_>) -> Result<Self, EntryError> {
        let before = match &entry.wish {
            Wish::Add { .. } => Vec::new(),
            Wish::Edit { id, .. } | Wish::Become { id, .. } => store::report::of_item(tx, id).await?,
        };
        let made = make(tx, store, desk, entry).await?;
        let after = store::report::of_item(tx, made.after.id()).await?;
        let effects = effects(desk, before, after);
        let now = entry.hand.now;
        let at_once = effects
            .coming()
            .any(|line| line.state == State::Planned && line.due_at <= now);
        Ok(Self {
            digest: digest(&made, &effects, now),
            at_once,
            made,
            effects,
        })
    }
}

impl Effects {
    /// Whatever goes, as it goes now.
    fn coming(&self) -> impl Iterator<Item = &Line> {
        let moved = self.moved.iter().map(|(_, after)| after);
        self.notices.iter().chain(moved).chain(&self.planned)
    }
}

const fn is_open(line: &Line) -> bool {
    matches!(line.state, State::Planned | State::Held)
}

fn effects(desk: &Desk, mut before: Vec<Line>, after: Vec<Line>) -> Effects {
    let (mut effects, mut gone, mut come) = (Effects::default(), Vec::new(), Vec::new());
    for line in after {
        let at = before.iter().position(|known| known.id == line.id);
        let known = at.map(|at| before.swap_remove(at));
        match (known, is_open(&line)) {
            (Some(known), true) if is_open(&known) => {
                if (known.due_at, known.hold, known.channel) != (line.due_at, line.hold, line.channel) {
                    effects.moved.push((known, line));
                }
            }
            (_, true) => come.push(line),
            (Some(known), false) if is_open(&known) => gone.push(line),
            (Some(_), false) => {}
            (None, false) => effects.unsent.push(line),
        }
    }
    for line in come {
        // What was planned for the item as it was, and is planned for it as it is.
        let same = gone.iter().position(|gone: &Line| gone.rule_id == line.rule_id);
        match same.map(|at| gone.swap_remove(at)) {
            Some(was) => effects.moved.push((was, line)),
            None if is_notice(desk, &line) => effects.notices.push(line),
            None => effects.planned.push(line),
        }
    }
    // Where the same is wanted of the item as it is and can't go, that reason tells more.
    let says_more = |line: &Line| {
        let again = effects.unsent.iter().any(|unsent| unsent.rule_id == line.rule_id);
        line.reason == Some(Reason::Superseded) && again
    };
    gone.retain(|line| !says_more(line));
    effects.dropped = gone;
    effects
}

/// Whether a message tells the change itself.
fn is_notice(desk: &Desk, line: &Line) -> bool {
    let rule = desk.rules.iter().find(|rule| rule.id == line.rule_id);
    rule.is_some_and(|rule| matches!(rule.anchor(), Anchor::Booked | Anchor::Changed | Anchor::Cancelled))
}

/// Of what the change was made, and all that it does. What goes as soon as it can't be undone any more goes "soon",
/// whenever that is; ids are of each making.
fn digest(made: &Made, effects: &Effects, now: Instant) -> String {
    let when = |line: &Line| match line.due_at {
        due if due <= now => "now".to_owned(),
        due if due == now + UNDO_FOR => "soon".to_owned(),
        due => due.to_string(),
    };
    let told = |line: &Line| {
        json!([
            line.rule_id,
            line.state,
            line.reason,
            line.hold,
            line.channel,
            line.told,
            line.told_before,
            when(line)
        ])
    };
    let lines = |lines: &[Line]| {
        let mut told: Vec<_> = lines.iter().map(|line| told(line).to_string()).collect();
        told.sort();
        told
    };
    let before = match &made.before {
        Some(Item::Booking(booking)) => json!(booking),
        Some(Item::Renewal(renewal)) => json!(renewal),
        _ => json!(null),
    };
    let customer = &made.customer;
    let moved: Vec<_> = effects.moved.iter().map(|(_, after)| after.clone()).collect();
    let whole = json!({
        "before": before, "name": customer.name, "phone": customer.phone, "email": customer.email,
        "locale": customer.locale, "notices": lines(&effects.notices), "moved": lines(&moved),
        "planned": lines(&effects.planned), "dropped": lines(&effects.dropped), "unsent": lines(&effects.unsent),
    });
    link::hash(&whole.to_string())
}
