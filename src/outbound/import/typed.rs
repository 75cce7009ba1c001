//! What somebody types at the desk: read by the parsers of files, taken in like a row of one.

use super::cells::{CellProblem, Row};
use super::customer_match::Person;
use super::items::take_in;
use super::reading::{About, Reading, Said};
use super::{Import, ImportKind, Taking, batch, bookings, renewals};
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Item, ItemKind, Renewal};
use crate::outbound::plan::Desk;
use crate::store::{Store, StoreError, Tx};

/// What was typed, by the columns of a file.
pub type Cells = Vec<(&'static str, String)>;

/// Something new, to be added to a business.
pub(in crate::outbound) struct New<'a> {
    pub kind: ItemKind,
    /// With `external_id`.
    pub cells: Cells,
    /// Whose it is; none: of whom the cells tell.
    pub customer: Option<Customer>,
    /// The customer knows of it already: no confirmation.
    pub known_to_customer: bool,
    pub by: &'a str,
    pub now: Instant,
}

/// What has come of it.
pub(in crate::outbound) struct Added {
    pub item: Item,
    pub customer: Customer,
    pub is_new_customer: bool,
    /// Something was typed that was not known of the customer.
    pub completes_customer: bool,
    pub warnings: Vec<CellProblem>,
}

/// Writes and plans something new, as an import does.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed. Cells that can't be read are no failure
/// of the database: they are named, and nothing is written.
pub(in crate::outbound) async fn add(
    tx: &mut Tx,
    store: &Store,
    desk: &Desk,
    new: New<'_>,
) -> Result<Result<Added, Vec<CellProblem>>, StoreError> {
    let kind = file_of(new.kind);
    let row = Row::new(0, new.cells.clone());
    let reading = match Reading::new(row, kind, &desk.business) {
        Ok(reading) if reading.said.is_ok() => reading,
        Ok(_) => return Ok(Err(problems(kind, new.cells, desk))),
        Err(problem) => return Ok(Err(vec![problem])),
    };
    let import = Import {
        business_id: &desk.business.id,
        kind,
        known_to_customers: new.known_to_customer,
        now: new.now,
    };
    let import_id = new_id(new.now);
    let mut known = batch::load(tx, store, &import, std::slice::from_ref(&reading)).await?;
    let Reading { row, external_id, said } = reading;
    if !known.items.is_empty() {
        return Ok(Err(vec![row.problem("external_id", "this number is taken")]));
    }
    let Ok(Said { person, about }) = said else {
        return Ok(Err(problems(kind, new.cells, desk)));
    };
    let taking = Taking {
        desk,
        known_to_customers: new.known_to_customer,
        by: Some(new.by),
        now: new.now,
    };
    if let Some(customer) = &new.customer {
        known.put(customer.clone());
    }
    let person = if new.customer.is_some() {
        Person::default()
    } else {
        person
    };
    let matched = person.find(&mut known, &taking, new.customer);
    let (customer, is_new_customer) = (matched.customer.clone(), matched.is_new);
    let completes_customer = matched.changed;
    let item = match about {
        About::Booking(cells) => Item::Booking(bookings::new(&cells, &external_id, &customer.id, desk, new.now)),
        About::Renewal(cells) => Item::Renewal(renewals::new(&cells, &external_id, &customer.id, desk, new.now)),
        About::Customer => return Err(StoreError::Inconsistent("a customer is no item".to_owned())),
    };
    take_in(&mut known, &taking, item.clone(), matched, None);
    batch::save(tx, desk, &import, &import_id, known).await?;
    Ok(Ok(Added {
        item,
        customer,
        is_new_customer,
        completes_customer,
        warnings: row.warnings,
    }))
}

/// A booking as it is with what was typed in place of what it was; what was left empty is unknown.
pub(in crate::outbound) fn booking(
    before: &Booking,
    cells: Cells,
    desk: &Desk,
    now: Instant,
) -> Result<Booking, Vec<CellProblem>> {
    let read = bookings::Cells::read(&Row::new(0, cells.clone()));
    let read = read.map_err(|_| problems(ImportKind::Bookings, cells, desk))?;
    let mut after = bookings::updated(before, &read, &before.customer_id, desk, now);
    (after.service, after.vehicle, after.duration_minutes) = (read.service, read.vehicle, read.duration_minutes);
    Ok(after)
}

/// A booking in another status, as a file would put it there.
pub(in crate::outbound) fn booking_stands(
    before: &Booking,
    status: BookingStatus,
    desk: &Desk,
    now: Instant,
) -> Booking {
    let cells = bookings::Cells {
        service: None,
        vehicle: None,
        starts: before.starts,
        duration_minutes: None,
        status: Some(status),
    };
    bookings::updated(before, &cells, &before.customer_id, desk, now)
}

/// A renewal as it is with what was typed in place of what it was; what was left empty is unknown.
pub(in crate::outbound) fn renewal(
    before: &Renewal,
    cells: Cells,
    desk: &Desk,
    now: Instant,
) -> Result<Renewal, Vec<CellProblem>> {
    let read = renewals::Cells::read(&Row::new(0, cells.clone()));
    let read = read.map_err(|_| problems(ImportKind::Renewals, cells, desk))?;
    let mut after = renewals::updated(before, &read, &before.customer_id, now);
    (after.subject, after.reference) = (read.subject, read.reference);
    (after.offer_amount, after.offer_currency, after.offer_url) =
        (read.offer_amount, read.offer_currency, read.offer_url);
    Ok(after)
}

/// What differs between an item and the same later, as a person reads it.
pub(in crate::outbound) fn difference(before: &Item, after: &Item) -> String {
    match (before, after) {
        (Item::Booking(before), Item::Booking(after)) => bookings::describe(before, after),
        (Item::Renewal(before), Item::Renewal(after)) => renewals::describe(before, after),
        _ => String::new(),
    }
}

const fn file_of(kind: ItemKind) -> ImportKind {
    match kind {
        ItemKind::Renewal => ImportKind::Renewals,
        _ => ImportKind::Bookings,
    }
}

/// What stands in for a cell that must be there and can't be read, so that the rest can be.
const STAND_INS: [(&str, &str); 3] = [
    ("starts_at", "2026-12-15 09:00"),
    ("ends_on", "2026-12-31"),
    ("kind", "policy"),
];

/// Every cell that can't be read: the parsers stop at the first, so that cell is left out and the rest read again.
fn problems(kind: ImportKind, mut cells: Cells, desk: &Desk) -> Vec<CellProblem> {
    let mut problems: Vec<CellProblem> = Vec::new();
    loop {
        let row = Row::new(0, cells.clone());
        let mut found = Vec::new();
        found.extend(match kind {
            ImportKind::Bookings => bookings::Cells::read(&row).err(),
            ImportKind::Renewals => renewals::Cells::read(&row).err(),
            ImportKind::Customers => None,
        });
        found.extend(Person::read(&mut row.clone(), &desk.business, "customer_id").err());
        let known = problems.len();
        for problem in found {
            if problems.iter().all(|known| known.column != problem.column) {
                cells.retain(|(column, _)| *column != problem.column);
                let stand_in = STAND_INS.into_iter().find(|(column, _)| *column == problem.column);
                cells.extend(stand_in.map(|(column, text)| (column, text.to_owned())));
                problems.push(problem);
            }
        }
        if problems.len() == known {
            return problems;
        }
    }
}
