//! Every pair of a message's state and an event, in one table; `docs/message-lifecycle.md` draws the same.

use daybefore::domain::message::{Event, State, next};

const EVENTS: [Event; 10] = [
    Event::Claim,
    Event::PutBack,
    Event::Accept,
    Event::Deliver,
    Event::Doubt,
    Event::Fail,
    Event::Hold,
    Event::Release,
    Event::Skip,
    Event::Revive,
];

/// A state, and where each of `EVENTS` leads from there.
type Row = (State, [Option<State>; 10]);

fn table() -> [Row; 8] {
    use State as S;
    let (planned, held, sending) = (Some(S::Planned), Some(S::Held), Some(S::Sending));
    let (unknown, accepted, delivered) = (Some(S::Unknown), Some(S::Accepted), Some(S::Delivered));
    let (skipped, failed, none) = (Some(S::Skipped), Some(S::Failed), None);
    [
        // claim, put back, accept, deliver, doubt, fail, hold, release, skip, revive
        (
            S::Planned,
            [
                sending, none, accepted, delivered, none, none, held, none, skipped, none,
            ],
        ),
        (
            S::Held,
            [none, none, none, none, none, none, none, planned, skipped, none],
        ),
        (
            S::Sending,
            [
                none, planned, accepted, delivered, unknown, failed, held, none, skipped, none,
            ],
        ),
        (
            S::Unknown,
            [
                none, planned, accepted, delivered, none, failed, none, none, skipped, none,
            ],
        ),
        (
            S::Accepted,
            [none, planned, none, delivered, none, failed, none, none, skipped, none],
        ),
        (S::Delivered, [none; 10]),
        (
            S::Skipped,
            [none, none, none, none, none, none, none, none, none, planned],
        ),
        (
            S::Failed,
            [none, none, none, none, none, none, none, none, none, planned],
        ),
    ]
}

#[test]
fn every_event_leads_where_the_picture_says_from_every_state() {
    let table = table();
    assert_eq!(table.map(|row| row.0), *State::ALL, "every state has its row");
    for (state, row) in table {
        for (event, expected) in EVENTS.into_iter().zip(row) {
            assert_eq!(next(state, event), expected, "{state} on {event:?}");
        }
    }
}

#[test]
fn nothing_that_was_delivered_ever_goes_out_again() {
    let reachable = EVENTS.iter().filter_map(|event| next(State::Delivered, *event)).count();
    assert_eq!(reachable, 0);
}
