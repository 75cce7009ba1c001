//! Which items a changed rule can touch within the coming days: by what it counts from, the next in time first.

use chrono::{NaiveDate, TimeDelta};

use super::AHEAD;
use crate::domain::instant::Instant;
use crate::domain::item::{BookingStatus, Item, ItemKind, RenewalKind, RenewalStatus};
use crate::domain::local::LocalDate;
use crate::domain::rule::{Anchor, Rule, anchor_of};
use crate::outbound::plan::Desk;
use crate::store::lookup::Order;
use crate::store::{self, StoreError, Tx};

/// How many items of a kind are looked at: what an answer can wait for.
const MOST: i64 = 700;

/// Hours, holidays and months of other lengths move a message by no more than this.
const MARGIN: TimeDelta = TimeDelta::days(4);

/// How far the end of a visit can be from its beginning.
const VISIT: TimeDelta = TimeDelta::days(14);

/// How long before its end something is renewed.
const RENEWED_BEFORE: TimeDelta = TimeDelta::days(120);

/// From when to when what a rule counts from must lie.
#[derive(Clone, Copy)]
struct Range {
    from: Instant,
    to: Instant,
}

/// The items that the rules can touch, and whether there are more than these.
pub(super) async fn candidates(
    tx: &mut Tx,
    desk: &Desk,
    rules: &[&Rule],
    now: Instant,
) -> Result<(Vec<Item>, bool), StoreError> {
    let of = |kind: ItemKind| rules.iter().filter(move |rule| rule.about == kind).copied();
    let (mut items, mut cut) = (Vec::new(), false);
    let bookings: Vec<_> = of(ItemKind::Booking).collect();
    if let Some(range) = range(&bookings, now) {
        cut |= bookings_in(tx, desk, &bookings, range, &mut items).await?;
    }
    let renewals: Vec<_> = of(ItemKind::Renewal).collect();
    if let Some(range) = range(&renewals, now) {
        cut |= renewals_in(tx, desk, &renewals, range, &mut items).await?;
    }
    let cases: Vec<_> = of(ItemKind::Case).collect();
    if let Some(range) = range(&cases, now) {
        let id = &desk.business.id;
        let open = store::customer_case::open_cases(tx, Some(id), MOST).await?;
        let closed = store::customer_case::closed_since(tx, id, range.from, MOST).await?;
        cut |= [open.len(), closed.len()].into_iter().any(is_full);
        items.extend(open.into_iter().chain(closed).map(Item::Case));
    }
    Ok((items, cut))
}

fn is_full(count: usize) -> bool {
    i64::try_from(count).is_ok_and(|count| count >= MOST)
}

async fn bookings_in(
    tx: &mut Tx,
    desk: &Desk,
    rules: &[&Rule],
    range: Range,
    items: &mut Vec<Item>,
) -> Result<bool, StoreError> {
    let mut statuses = Vec::new();
    for rule in rules {
        statuses.extend_from_slice(match rule.anchor() {
            Anchor::Completed | Anchor::Rated => &[BookingStatus::Completed][..],
            Anchor::Cancelled => &[BookingStatus::Cancelled],
            _ => &[
                BookingStatus::Booked,
                BookingStatus::Confirmed,
                BookingStatus::ChangeRequested,
                BookingStatus::InProgress,
            ],
        });
    }
    statuses.sort_unstable();
    statuses.dedup();
    let after = (range.from, "");
    let found = store::lookup::bookings(tx, &desk.business.id, &statuses, None, Order::NextFirst, after, MOST).await?;
    let cut = is_full(found.len()) && found.last().is_some_and(|last| last.starts_at <= range.to);
    let found = found.into_iter().filter(|booking| booking.starts_at <= range.to);
    items.extend(found.map(Item::Booking));
    Ok(cut)
}

async fn renewals_in(
    tx: &mut Tx,
    desk: &Desk,
    rules: &[&Rule],
    range: Range,
    items: &mut Vec<Item>,
) -> Result<bool, StoreError> {
    let (mut kinds, mut statuses) = (Vec::new(), Vec::new());
    for rule in rules {
        match rule.kind.as_deref().map(str::parse::<RenewalKind>) {
            Some(Ok(kind)) => kinds.push(kind),
            Some(Err(_)) => {}
            None => kinds.extend_from_slice(RenewalKind::ALL),
        }
        match rule.anchor() {
            Anchor::Completed | Anchor::Rated => {
                statuses.extend(
                    RenewalStatus::ALL
                        .iter()
                        .filter(|status| **status != RenewalStatus::Active),
                );
            }
            _ => statuses.push(RenewalStatus::Active),
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    statuses.sort_unstable();
    statuses.dedup();
    let date = |at: Instant| LocalDate(date_of(desk, at));
    let (after, to) = ((date(range.from), ""), date(range.to));
    let which = (kinds.as_slice(), statuses.as_slice());
    let found = store::lookup::renewals(tx, &desk.business.id, which, None, Order::NextFirst, after, MOST).await?;
    let cut = is_full(found.len()) && found.last().is_some_and(|last| last.ends_on <= to);
    items.extend(
        found
            .into_iter()
            .filter(|renewal| renewal.ends_on <= to)
            .map(Item::Renewal),
    );
    Ok(cut)
}

/// Dates compare as text: no later than the last one of four digits.
fn date_of(desk: &Desk, at: Instant) -> NaiveDate {
    desk.calendar.zone.date(at.min(Instant::FAR))
}

/// From when to when the items must start or end, of one or the other rule. None: no rule asks.
fn range(rules: &[&Rule], now: Instant) -> Option<Range> {
    rules.iter().map(|rule| range_of(rule, now)).reduce(|one, other| Range {
        from: one.from.min(other.from),
        to: one.to.max(other.to),
    })
}

fn range_of(rule: &Rule, now: Instant) -> Range {
    let anchor = rule.anchor();
    let due = TimeDelta::hours(rule.when.offset.in_hours());
    // What was due and is still of use goes as well.
    let until = if anchor_of(rule.useful_until, rule.about) == anchor {
        TimeDelta::hours(rule.useful_until.offset.in_hours()).max(due)
    } else {
        due.max(TimeDelta::zero())
    };
    let (from, to) = (now - until - MARGIN, now + AHEAD - due + MARGIN);
    match anchor {
        Anchor::Start | Anchor::EndsOn | Anchor::Opened => Range { from, to },
        Anchor::Completed | Anchor::Rated => Range {
            from: from - VISIT,
            to: to + RENEWED_BEFORE,
        },
        // Counted from when it was told to us, which may be long before it takes place.
        Anchor::Booked | Anchor::Changed | Anchor::Cancelled => Range {
            from: now - MARGIN,
            to: Instant::FAR,
        },
    }
}
