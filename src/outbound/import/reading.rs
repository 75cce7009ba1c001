//! Rows as they are read, before anything is known of what they are about.

use super::cells::{CellProblem, Row};
use super::customer_match::Person;
use super::{ImportKind, bookings, renewals};
use crate::domain::business::Business;

/// A row with an id, and what it says or what is wrong with it.
#[derive(Debug)]
pub(super) struct Reading {
    pub row: Row,
    pub external_id: String,
    pub said: Result<Said, CellProblem>,
}

/// What a row says of a person, and of something of theirs.
#[derive(Debug)]
pub(super) struct Said {
    pub person: Person,
    pub about: About,
}

/// What a row is about.
#[derive(Debug)]
pub(super) enum About {
    Booking(bookings::Cells),
    Renewal(renewals::Cells),
    /// The person alone.
    Customer,
}

impl Reading {
    /// Reads a row. One without an id can't be noted as met, and is refused at once.
    pub(super) fn new(mut row: Row, kind: ImportKind, business: &Business) -> Result<Self, CellProblem> {
        let external_id = row
            .required("external_id", "give every row the id it has in your own system")?
            .to_owned();
        let said = read(&mut row, kind, business);
        Ok(Self { row, external_id, said })
    }

    pub(super) fn person(&self) -> Option<&Person> {
        self.said.as_ref().ok().map(|said| &said.person)
    }

    /// The phone and the mail address that stand in it.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &str> {
        let person = self.person().into_iter();
        person.flat_map(|person| [person.number(), person.email.as_deref()].into_iter().flatten())
    }
}

fn read(row: &mut Row, kind: ImportKind, business: &Business) -> Result<Said, CellProblem> {
    let (about, id_column) = match kind {
        ImportKind::Bookings => (About::Booking(bookings::Cells::read(row)?), "customer_id"),
        ImportKind::Renewals => (About::Renewal(renewals::Cells::read(row)?), "customer_id"),
        ImportKind::Customers => {
            row.required("name", "write the customer's name")?;
            (About::Customer, "external_id")
        }
    };
    let person = Person::read(row, business, id_column)?;
    Ok(Said { person, about })
}
