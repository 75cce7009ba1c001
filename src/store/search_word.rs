//! What customers, bookings and renewals are found by: the words of names, vehicles and policies.

use std::borrow::Cow;

use super::alike::alike;
use super::db::{Tx, on};
use super::dialect::{listed, rows_of};
use super::error::StoreError;
use super::packed::text;
use crate::domain::customer::Customer;
use crate::domain::item::{Booking, Item, ItemKind, Renewal};
use crate::domain::search;

/// How many words a rare prefix may begin.
const FEW: i64 = 2_000;

/// How many rows are gone through at a time when a database gets its words.
const BATCH: i64 = 500;

/// What every search asks for: the words of `$1`'s rows of the kind `$2` that are `$3` or above and below `$4`.
macro_rules! in_range {
    () => {
        "business_id = $1 AND kind = $2 AND word >= $3 AND word < $4"
    };
}

/// That a row has a word in each of the ranges `$7`, too.
macro_rules! has_others {
    ($row:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM ",
            rows_of!("$7"),
            " AS other WHERE NOT EXISTS (SELECT 1 FROM search_word AS also WHERE also.about_id = ",
            $row,
            ".about_id AND also.word >= other.value ->> 0 AND also.word < other.value ->> 1))"
        )
    };
}

/// In the order of the words, until the page is full. One that is found by two of its words is found by the first. Said as
/// one range of the primary key: with the planner's statistics, equal signs had it go through every word and sort them.
macro_rules! in_order {
    () => {
        concat!(
            "SELECT word, about_id FROM search_word \
             WHERE (business_id, kind, word, about_id) > ($1, $2, $5, $6) AND (business_id, kind, word) < ($1, $2, $4) \
                AND NOT EXISTS (SELECT 1 FROM search_word AS earlier WHERE earlier.about_id = search_word.about_id \
                    AND earlier.word >= $3 AND earlier.word < search_word.word) AND ",
            has_others!("search_word"),
            " ORDER BY business_id, kind, word, about_id LIMIT $8"
        )
    };
}

/// Of those that have a word from `$9` until before `$10`, which are few. The join is a CROSS JOIN, which SQLite does not
/// turn round.
macro_rules! among_rare {
    () => {
        concat!(
            "SELECT MIN(word), search_word.about_id FROM (SELECT DISTINCT about_id FROM search_word \
                WHERE business_id = $1 AND kind = $2 AND word >= $9 AND word < $10) AS hit \
                CROSS JOIN search_word \
             WHERE search_word.about_id = hit.about_id AND ",
            in_range!(),
            " AND ",
            has_others!("search_word"),
            " GROUP BY search_word.about_id HAVING (MIN(word), search_word.about_id) > ($5, $6) \
             ORDER BY MIN(word), search_word.about_id LIMIT $8"
        )
    };
}

/// What has words: whose it is, its id, and the text that they are in.
struct Worded<'a> {
    business_id: &'a str,
    id: &'a str,
    text: Cow<'a, str>,
}

/// Keeps the words of customers' names. Whoever was erased is found by nothing.
pub(super) async fn of_customers(tx: &mut Tx, customers: &[&Customer]) -> Result<(), StoreError> {
    let mut worded = Vec::with_capacity(customers.len());
    for customer in customers {
        let name = if customer.erased { "" } else { &customer.name };
        worded.push(Worded {
            business_id: &customer.business_id,
            id: &customer.id,
            text: name.into(),
        });
    }
    keep(tx, "customer", &worded).await
}

/// Keeps the words of bookings' vehicles.
pub(super) async fn of_bookings(tx: &mut Tx, bookings: &[&Booking]) -> Result<(), StoreError> {
    let mut worded = Vec::with_capacity(bookings.len());
    for booking in bookings {
        worded.push(Worded {
            business_id: &booking.business_id,
            id: &booking.id,
            text: booking.vehicle.as_deref().unwrap_or_default().into(),
        });
    }
    keep(tx, "booking", &worded).await
}

/// Keeps the words of renewals' references and of what they are about.
pub(super) async fn of_renewals(tx: &mut Tx, renewals: &[&Renewal]) -> Result<(), StoreError> {
    let mut worded = Vec::with_capacity(renewals.len());
    for renewal in renewals {
        let [reference, subject] =
            [&renewal.reference, &renewal.subject].map(|text| text.as_deref().unwrap_or_default());
        worded.push(Worded {
            business_id: &renewal.business_id,
            id: &renewal.id,
            text: format!("{reference} {subject}").into(),
        });
    }
    keep(tx, "renewal", &worded).await
}

async fn keep(tx: &mut Tx, kind: &str, worded: &[Worded<'_>]) -> Result<(), StoreError> {
    for group in alike(worded, |one, other| one.business_id == other.business_id) {
        let mut rows = Vec::new();
        for one in &group {
            rows.extend(search::words(&one.text).into_iter().map(|word| (word, one.id)));
        }
        let ids: Vec<_> = group.iter().map(|one| one.id).collect();
        let rows = text(&rows)?;
        on!(&mut *tx, c => sqlx::query(concat!(
            "DELETE FROM search_word WHERE about_id IN ", listed!("$1"), " AND (word, about_id) NOT IN ( \
                SELECT value ->> 0, value ->> 1 FROM ", rows_of!("$2"), ")"
        )).bind(text(&ids)?).bind(&rows).execute(c).await)?;
        on!(&mut *tx, c => sqlx::query(concat!(
            "INSERT INTO search_word (business_id, kind, word, about_id) \
             SELECT $2, $3, value ->> 0, value ->> 1 FROM ", rows_of!("$1"), " WHERE TRUE \
             ON CONFLICT (business_id, kind, word, about_id) DO NOTHING"
        )).bind(&rows).bind(group[0].business_id).bind(kind).execute(c).await)?;
    }
    Ok(())
}

/// Gives a database that was filled before there were words its words; nothing where there are some.
pub(super) async fn fill(tx: &mut Tx) -> Result<(), StoreError> {
    let any: Option<i64> =
        on!(tx, c => sqlx::query_scalar("SELECT 1 FROM search_word LIMIT 1").fetch_optional(c).await)?;
    if any.is_some() {
        return Ok(());
    }
    for business in super::business::all(tx).await? {
        let mut after = String::new();
        loop {
            let customers = super::customer::page(tx, &business.id, &after, BATCH).await?;
            let Some(last) = customers.last() else { break };
            after.clone_from(&last.id);
            of_customers(tx, &customers.iter().collect::<Vec<_>>()).await?;
        }
        for kind in [ItemKind::Booking, ItemKind::Renewal] {
            fill_items(tx, &business.id, kind).await?;
        }
    }
    Ok(())
}

async fn fill_items(tx: &mut Tx, business_id: &str, kind: ItemKind) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let items = super::item::page(tx, kind, business_id, &after, BATCH).await?;
        let Some(last) = items.last() else { return Ok(()) };
        last.id().clone_into(&mut after);
        let (mut bookings, mut renewals) = (Vec::new(), Vec::new());
        for item in &items {
            match item {
                Item::Booking(booking) => bookings.push(booking),
                Item::Renewal(renewal) => renewals.push(renewal),
                Item::Case(_) | Item::Reply(_) => {}
            }
        }
        of_bookings(tx, &bookings).await?;
        of_renewals(tx, &renewals).await?;
    }
}

/// The first ids of a business's customers, bookings or renewals in which every one of these prefixes begins a word, in the
/// order of the word that the first prefix begins. `after` is the word and the id at which the last page ended. Each with
/// that word.
pub async fn find(
    tx: &mut Tx,
    business_id: &str,
    kind: &str,
    prefixes: &[String],
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let Some((first, others)) = prefixes.split_first() else {
        return Ok(Vec::new());
    };
    let (after_word, after_id) = after.unwrap_or((first, ""));
    let rare = rare(&mut *tx, business_id, kind, prefixes).await?;
    let statement = match rare {
        Some(_) => among_rare!(),
        None => in_order!(),
    };
    let range = |prefix: &String| (prefix.clone(), search::after_prefix(prefix));
    let others: Vec<_> = others.iter().map(range).collect();
    Ok(on!(tx, c => {
        let query = sqlx::query_as(statement)
            .bind(business_id).bind(kind).bind(first).bind(search::after_prefix(first)).bind(after_word).bind(after_id)
            .bind(text(&others)?).bind(limit);
        match rare {
            Some(rare) => query.bind(rare).bind(search::after_prefix(rare)),
            None => query,
        }.fetch_all(c).await
    })?)
}

/// The one of the prefixes behind the first that few words begin with, where many begin with the first: all words of the
/// first would be gone through for the few that are wanted.
async fn rare<'a>(
    tx: &mut Tx,
    business_id: &str,
    kind: &str,
    prefixes: &'a [String],
) -> Result<Option<&'a String>, StoreError> {
    if prefixes.len() < 2 {
        return Ok(None);
    }
    let (mut rarest, mut fewest) = (0, FEW);
    for (at, prefix) in prefixes.iter().enumerate() {
        let count: i64 = on!(&mut *tx, c => sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT word FROM search_word \
                WHERE business_id = $1 AND kind = $2 AND word >= $3 AND word < $4 LIMIT $5) AS some",
        ).bind(business_id).bind(kind).bind(prefix).bind(search::after_prefix(prefix)).bind(fewest).fetch_one(c).await)?;
        if count < fewest {
            (rarest, fewest) = (at, count);
        }
    }
    Ok(prefixes.get(rarest).filter(|_| rarest > 0))
}
