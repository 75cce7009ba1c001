//! Lists by the page and what is counted of them: every bound column is read back, and every bind is told apart.

use daybefore::domain::call::CallOutcome;
use daybefore::domain::case::{Case, CaseSource, Cause};
use daybefore::domain::instant::Instant;
use daybefore::domain::item::ItemKind;
use daybefore::domain::message::{Asks, Channel, Reason, State};
use daybefore::domain::rating::Scale;
use daybefore::domain::replan::Hold;
use daybefore::store::lookup::Order;
use daybefore::store::message::Planned;
use daybefore::store::outbox_list::{Alike, Limits, Listing};
use daybefore::store::rating::{AskedAlike, Rating};
use daybefore::store::{self, Tx};

use super::fixtures::*;

const ALL: Limits = Limits { rows: 9, looked_at: 9 };

fn listing(states: &[State]) -> Listing<'_> {
    Listing {
        business_id: "b-1",
        states,
        channel: None,
        template: None,
        from: at(0),
        to: at(100),
        order: Order::NextFirst,
    }
}

/// `m-1` planned at 11, `m-2` and `m-3` held at 12 and 13.
async fn three(tx: &mut Tx) {
    insert_message(tx, "m-1", planned()).await;
    for (id, due) in [("m-2", 12), ("m-3", 13)] {
        let held = Planned {
            template: "other".to_owned(),
            channel: Some(Channel::Sms),
            state: State::Held,
            hold: Some(Hold::Case),
            due_at: at(due),
            ..planned()
        };
        insert_message(tx, id, held).await;
    }
}

async fn ids(tx: &mut Tx, listing: &Listing<'_>, after: Option<(Instant, &str)>, limits: Limits) -> Vec<String> {
    let page = store::outbox_list::page(tx, listing, after, limits).await.unwrap();
    page.lines.into_iter().map(|line| line.id).collect()
}

#[tokio::test]
async fn the_outbox_is_listed_by_each_of_what_it_is_asked_for() {
    let database = database().await;
    let mut tx = database.write().await;
    three(&mut tx).await;
    let both = [State::Planned, State::Held];
    let (all, held) = (listing(&both), listing(&[State::Held]));
    for listing in [&all, &held] {
        let planned = if listing.states.len() == 2 { &["m-1"][..] } else { &[] };
        let expect = |rest: &[&str]| -> Vec<String> { planned.iter().chain(rest).map(|id| (*id).to_owned()).collect() };
        assert_eq!(ids(&mut tx, listing, None, ALL).await, expect(&["m-2", "m-3"]));
        let backwards = Listing {
            order: Order::LastFirst,
            ..listing.clone()
        };
        let mut reversed = expect(&["m-2", "m-3"]);
        reversed.reverse();
        assert_eq!(ids(&mut tx, &backwards, None, ALL).await, reversed);
        assert_eq!(
            ids(&mut tx, &backwards, Some((at(13), "m-3")), ALL).await,
            reversed[1..]
        );
        assert_eq!(ids(&mut tx, listing, Some((at(12), "m-2")), ALL).await, ["m-3"]);
        for (changed, found) in [
            (
                Listing {
                    business_id: "b-2",
                    ..listing.clone()
                },
                vec![],
            ),
            (
                Listing {
                    from: at(13),
                    ..listing.clone()
                },
                vec!["m-3"],
            ),
            (
                Listing {
                    from: at(12),
                    to: at(13),
                    ..listing.clone()
                },
                vec!["m-2"],
            ),
            (
                Listing {
                    template: Some("other"),
                    ..listing.clone()
                },
                vec!["m-2", "m-3"],
            ),
            (
                Listing {
                    template: Some("none"),
                    ..listing.clone()
                },
                vec![],
            ),
            (
                Listing {
                    channel: Some(Channel::Sms),
                    ..listing.clone()
                },
                vec!["m-2", "m-3"],
            ),
            (
                Listing {
                    channel: Some(Channel::Call),
                    ..listing.clone()
                },
                vec![],
            ),
        ] {
            assert_eq!(ids(&mut tx, &changed, None, ALL).await, found, "{changed:?}");
        }
    }
    assert_eq!(
        ids(&mut tx, &listing(&[State::Sending, State::Failed]), None, ALL).await,
        [""; 0]
    );
    assert_eq!(
        store::outbox_list::stuck(&mut tx, "b-1", State::Held, 9).await.unwrap(),
        2
    );
    assert_eq!(
        store::outbox_list::stuck(&mut tx, "b-1", State::Held, 1).await.unwrap(),
        1
    );
    assert_eq!(
        store::outbox_list::stuck(&mut tx, "b-1", State::Failed, 9)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store::outbox_list::stuck(&mut tx, "b-2", State::Held, 9).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_page_that_is_full_and_one_that_has_looked_far_enough_say_where_the_next_begins() {
    let database = database().await;
    let mut tx = database.write().await;
    three(&mut tx).await;
    let both = [State::Planned, State::Held];
    for order in [Order::NextFirst, Order::LastFirst] {
        for states in [&both[..], &[State::Held]] {
            let listing = Listing {
                order,
                ..listing(states)
            };
            let one = Limits { rows: 1, looked_at: 9 };
            let page = store::outbox_list::page(&mut tx, &listing, None, one).await.unwrap();
            let last = page.lines.last().map(|line| (line.due_at, line.id.clone()));
            assert_eq!((page.lines.len(), page.next, page.cut), (1, last, false));
            let all = store::outbox_list::page(&mut tx, &listing, None, ALL).await.unwrap();
            assert_eq!((all.next, all.cut), (None, false));
        }
    }
    let none = Listing {
        template: Some("none"),
        ..listing(&both)
    };
    let two = Limits { rows: 9, looked_at: 2 };
    let page = store::outbox_list::page(&mut tx, &none, None, two).await.unwrap();
    assert!(page.lines.is_empty() && page.cut);
    assert_eq!(page.next, Some((at(12), "m-2".to_owned())));
    let rest = store::outbox_list::page(&mut tx, &none, Some((at(12), "m-2")), two)
        .await
        .unwrap();
    assert!(rest.lines.is_empty() && !rest.cut && rest.next.is_none());
}

#[tokio::test]
async fn a_day_is_counted_by_what_is_alike_and_read_as_dispatch_reads_it() {
    let database = database().await;
    let mut tx = database.write().await;
    three(&mut tx).await;
    let skipped = Planned {
        state: State::Skipped,
        reason: Some(Reason::TooLate),
        channel: None,
        due_at: at(14),
        ..planned()
    };
    insert_message(&mut tx, "m-4", skipped).await;
    let alike = store::outbox_list::alike_between(&mut tx, "b-1", at(11), at(15), 9)
        .await
        .unwrap();
    let one = |rule: &str, template: &str, channel, state, reason, hold, due| Alike {
        rule_id: rule.to_owned(),
        template: template.to_owned(),
        channel,
        state,
        reason,
        hold,
        count: 1,
        first: at(due),
        last: at(due),
    };
    let held = Some(Hold::Case);
    assert_eq!(
        alike,
        [
            one("m-1", "template", Some(Channel::Email), State::Planned, None, None, 11),
            one("m-2", "other", Some(Channel::Sms), State::Held, None, held, 12),
            one("m-3", "other", Some(Channel::Sms), State::Held, None, held, 13),
            one("m-4", "template", None, State::Skipped, Some(Reason::TooLate), None, 14),
        ]
    );
    for (business, from, to, limit, count) in [("b-2", 11, 15, 9, 0), ("b-1", 12, 14, 9, 2), ("b-1", 11, 15, 3, 3)] {
        let alike = store::outbox_list::alike_between(&mut tx, business, at(from), at(to), limit).await;
        assert_eq!(alike.unwrap().len(), count, "{business} {from} {to} {limit}");
    }
    for (business, day, after, limit, found) in [
        ("b-1", (11, 12), (0, ""), 9, true),
        ("b-1", (11, 12), (11, "m-1"), 9, false),
        ("b-1", (12, 20), (0, ""), 9, false),
        ("b-1", (0, 11), (0, ""), 9, false),
        ("b-2", (11, 12), (0, ""), 9, false),
        ("b-1", (11, 12), (0, ""), 0, false),
    ] {
        let (day, begins) = ((at(day.0), at(day.1)), (at(after.0), after.1));
        let planned = store::outbox_list::planned_between(&mut tx, business, day, begins, limit)
            .await
            .unwrap();
        assert_eq!(planned.len(), usize::from(found), "{business} {after:?} {limit}");
    }
    let claimed = store::outbox_list::of_ids(&mut tx, &["m-3", "m-1", "x"]).await.unwrap();
    assert_eq!(
        claimed.iter().map(|claimed| claimed.id.as_str()).collect::<Vec<_>>(),
        ["m-1", "m-3"]
    );
    assert_eq!((claimed[1].channel, claimed[1].due_at), (Some(Channel::Sms), at(13)));
    let lines = store::outbox_list::lines_of_ids(&mut tx, &["m-3"]).await.unwrap();
    assert_eq!(
        (lines[0].id.as_str(), lines[0].hold, lines[0].resends),
        ("m-3", held, 0)
    );
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let earliest = store::outbox_list::earliest_planned(&mut tx, &owned(&["sms", "email/b-1"]))
        .await
        .unwrap();
    assert_eq!(earliest, Some(at(11)));
    assert_eq!(
        store::outbox_list::earliest_planned(&mut tx, &owned(&["sms"]))
            .await
            .unwrap(),
        None
    );
}

fn rating(id: &str, comment: Option<&str>, millis: i64) -> Rating {
    Rating {
        id: id.to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        item_kind: ItemKind::Booking,
        item_id: "i-1".to_owned(),
        message_id: "m-1".to_owned(),
        scale: Scale::Nps,
        version: "version".to_owned(),
        score: 3,
        raw: None,
        comment: comment.map(str::to_owned),
        channel: Channel::Sms,
        counts: true,
        at: at(millis),
    }
}

#[tokio::test]
async fn questions_are_counted_and_comments_are_paged() {
    let database = database().await;
    let mut tx = database.write().await;
    let asked = Planned {
        state: State::Accepted,
        asks: Asks::Rating,
        ..planned()
    };
    insert_message(&mut tx, "m-1", asked.clone()).await;
    insert_message(&mut tx, "m-2", asked).await;
    store::rating::add(&mut tx, &rating("r-1", Some("first"), 71))
        .await
        .unwrap();
    store::rating::add(&mut tx, &rating("r-2", Some("second"), 71))
        .await
        .unwrap();
    store::rating::add(&mut tx, &rating("r-3", None, 72)).await.unwrap();
    let alike = |scale, score| AskedAlike {
        channel: Some(Channel::Email),
        state: State::Accepted,
        service: Some("service".to_owned()),
        scale,
        score,
        count: 1,
    };
    let counted = store::rating::asked_alike(&mut tx, "b-1", at(11), at(12), 9)
        .await
        .unwrap();
    assert_eq!(counted, [alike(None, None), alike(Some(Scale::Nps), Some(3))]);
    for (business, from, to, limit, count) in [
        ("b-2", 11, 12, 9, 0),
        ("b-1", 12, 20, 9, 0),
        ("b-1", 0, 11, 9, 0),
        ("b-1", 11, 12, 1, 1),
    ] {
        let counted = store::rating::asked_alike(&mut tx, business, at(from), at(to), limit)
            .await
            .unwrap();
        let questions: i64 = counted.iter().map(|alike| alike.count).sum();
        assert_eq!(questions, count, "{business} {from} {to} {limit}");
    }
    for (business, from, before, limit, found) in [
        ("b-1", 0, (99, ""), 9, vec!["r-2", "r-1"]),
        ("b-1", 0, (71, "r-2"), 9, vec!["r-1"]),
        ("b-1", 72, (99, ""), 9, vec![]),
        ("b-1", 0, (99, ""), 1, vec!["r-2"]),
        ("b-2", 0, (99, ""), 9, vec![]),
    ] {
        let begins = (at(before.0), before.1);
        let comments = store::rating::comments(&mut tx, business, at(from), begins, limit)
            .await
            .unwrap();
        let ids: Vec<_> = comments.iter().map(|comment| comment.id.as_str()).collect();
        assert_eq!(ids, found, "{business} {from} {before:?} {limit}");
    }
}

fn case(id: &str, due: i64, closed: Option<i64>) -> Case {
    Case {
        id: id.to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        item_kind: None,
        item_id: None,
        rating_id: None,
        scale: None,
        score: None,
        source: CaseSource::Desk,
        words: None,
        owner: None,
        revision: 1,
        opened_at: at(1),
        changed_at: at(1),
        due_at: at(due),
        closed_at: closed.map(at),
        cause: closed.map(|_| Cause::Delay),
        note: None,
        solved: None,
    }
}

#[tokio::test]
async fn cases_are_paged_and_their_causes_counted() {
    let database = database().await;
    let mut tx = database.write().await;
    for case in [case("k-1", 5, Some(21)), case("k-2", 6, Some(21)), case("k-3", 7, None)] {
        store::customer_case::save(&mut tx, &case, at(30)).await.unwrap();
    }
    for (business, before, limit, found) in [
        ("b-1", (99, ""), 9, vec!["k-2", "k-1"]),
        ("b-1", (21, "k-2"), 9, vec!["k-1"]),
        ("b-1", (99, ""), 1, vec!["k-2"]),
        ("b-2", (99, ""), 9, vec![]),
    ] {
        let begins = (at(before.0), before.1);
        let cases = store::customer_case::closed_before(&mut tx, business, begins, limit)
            .await
            .unwrap();
        let ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, found, "{business} {before:?} {limit}");
    }
    for (business, after, limit, count) in [
        ("b-1", (0, ""), 9, 1),
        ("b-1", (7, "k-3"), 9, 0),
        ("b-1", (0, ""), 0, 0),
        ("b-2", (0, ""), 9, 0),
    ] {
        let begins = (at(after.0), after.1);
        let cases = store::customer_case::open_after(&mut tx, business, begins, limit)
            .await
            .unwrap();
        assert_eq!(cases.len(), count, "{business} {after:?} {limit}");
    }
    for (business, from, to, causes) in [
        ("b-1", 21, 22, vec![(Cause::Delay, 2)]),
        ("b-1", 22, 99, vec![]),
        ("b-1", 0, 21, vec![]),
        ("b-2", 0, 99, vec![]),
    ] {
        let counted = store::customer_case::causes(&mut tx, business, at(from), at(to))
            .await
            .unwrap();
        assert_eq!(counted, causes, "{business} {from} {to}");
    }
}

#[tokio::test]
async fn calls_are_paged() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    store::call::open(&mut tx, CALL, at(50)).await.unwrap();
    let id = store::call::of_message(&mut tx, "m-1").await.unwrap().remove(0).id;
    for (business, now, after, limit, count) in [
        ("b-1", 60, (0, ""), 9, 1),
        ("b-1", 59, (0, ""), 9, 0),
        ("b-1", 62, (0, ""), 9, 0),
        ("b-1", 60, (61, id.as_str()), 9, 0),
        ("b-1", 60, (0, ""), 0, 0),
        ("b-2", 60, (0, ""), 9, 0),
    ] {
        let begins = (at(after.0), after.1);
        let calls = store::call::urgent_after(&mut tx, business, at(now), begins, limit)
            .await
            .unwrap();
        assert_eq!(calls.len(), count, "{business} {now} {after:?} {limit}");
    }
    store::call::done(&mut tx, &id, CallOutcome::Reached, None, "by", at(64))
        .await
        .unwrap();
    for (business, before, limit, count) in [
        ("b-1", (65, ""), 9, 1),
        ("b-1", (64, id.as_str()), 9, 0),
        ("b-1", (65, ""), 0, 0),
        ("b-2", (65, ""), 9, 0),
    ] {
        let begins = (at(before.0), before.1);
        let calls = store::call::made_before(&mut tx, business, begins, limit)
            .await
            .unwrap();
        assert_eq!(calls.len(), count, "{business} {before:?} {limit}");
    }
}
