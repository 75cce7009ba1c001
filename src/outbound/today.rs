//! What a business looks at first in the morning: who comes and what ends soon, where each stands with its customer, what
//! was said last and what comes next.

use super::plan::Desk;
use crate::domain::coming::{Coming, Ending, Said, coming, ending};
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Renewal, RenewalStatus};
use crate::domain::local::LocalDate;
use crate::domain::message::State;
use crate::store::report::Line;
use crate::store::{self, StoreError, Tx};

/// Visits that are on the calendar: all but what was cancelled.
const ON_CALENDAR: [BookingStatus; 6] = [
    BookingStatus::Booked,
    BookingStatus::Confirmed,
    BookingStatus::ChangeRequested,
    BookingStatus::InProgress,
    BookingStatus::Completed,
    BookingStatus::NoShow,
];

/// What ends and is, or was, to be talked about.
const TO_TALK_ABOUT: [RenewalStatus; 3] = [RenewalStatus::Active, RenewalStatus::Renewed, RenewalStatus::Declined];

/// What was said about an item, and what waits about it.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub customer: Option<Customer>,
    /// What waits for a person, the oldest first.
    pub waiting: Vec<DeskItem>,
    /// The last message that went.
    pub last: Option<Line>,
    /// The next one that is to go.
    pub next: Option<Line>,
}

/// A visit of a day.
#[derive(Clone, Debug)]
pub struct Visit {
    pub booking: Booking,
    pub coming: Coming,
    pub around: Around,
}

/// Something that ends soon.
#[derive(Clone, Debug)]
pub struct Due {
    pub renewal: Renewal,
    pub ending: Ending,
    pub around: Around,
}

/// The visits from `from` until before `to` by their start, at most `limit` of them, and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn visits(
    tx: &mut Tx,
    desk: &Desk,
    span: (Instant, Instant),
    limit: i64,
) -> Result<(Vec<Visit>, i64), StoreError> {
    let (bookings, count) = store::lookup::bookings_between(tx, &desk.business.id, &ON_CALENDAR, span, limit).await?;
    let pairs: Vec<_> = bookings
        .iter()
        .map(|booking| (booking.id.as_str(), booking.customer_id.as_str()))
        .collect();
    let known = Known::load(tx, &pairs).await?;
    let visit = |booking: Booking| Visit {
        coming: coming(&booking, &known.said(&booking.id), &known.answered(&booking.id)),
        around: known.around(&booking.id, &booking.customer_id, booking.revision),
        booking,
    };
    Ok((bookings.into_iter().map(visit).collect(), count))
}

/// What ends from `from` until `to`, by its date, at most `limit` of it, and how much there is.
///
/// # Errors
/// When the database fails.
pub async fn dues(
    tx: &mut Tx,
    desk: &Desk,
    span: (LocalDate, LocalDate),
    limit: i64,
) -> Result<(Vec<Due>, i64), StoreError> {
    let (renewals, count) = store::lookup::renewals_between(tx, &desk.business.id, &TO_TALK_ABOUT, span, limit).await?;
    let pairs: Vec<_> = renewals
        .iter()
        .map(|renewal| (renewal.id.as_str(), renewal.customer_id.as_str()))
        .collect();
    let known = Known::load(tx, &pairs).await?;
    let due = |renewal: Renewal| Due {
        ending: ending(&renewal, &known.said(&renewal.id), &known.answered(&renewal.id)),
        around: known.around(&renewal.id, &renewal.customer_id, renewal.revision),
        renewal,
    };
    Ok((renewals.into_iter().map(due).collect(), count))
}

/// All that is known about a handful of items, read at once.
struct Known {
    customers: Vec<Customer>,
    lines: Vec<Line>,
    waiting: Vec<DeskItem>,
    answered: Vec<(String, i64)>,
}

impl Known {
    /// Of items and whose each is.
    async fn load(tx: &mut Tx, pairs: &[(&str, &str)]) -> Result<Self, StoreError> {
        let items: Vec<&str> = pairs.iter().map(|(item, _)| *item).collect();
        let mut owners: Vec<&str> = pairs.iter().map(|(_, customer)| *customer).collect();
        owners.sort_unstable();
        owners.dedup();
        Ok(Self {
            customers: store::lookup::customers_of_ids(tx, &owners).await?,
            lines: store::report::of_items(tx, &items).await?,
            waiting: store::desk_item::waiting_about_all(tx, &items).await?,
            answered: store::question::answered_about(tx, &items).await?,
        })
    }

    fn lines_of(&self, item_id: &str) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.item_id == item_id)
    }

    fn said(&self, item_id: &str) -> Vec<Said> {
        let said = |line: &Line| Said {
            revision: line.item_revision,
            asks: line.asks,
            state: line.state,
            reason: line.reason,
        };
        self.lines_of(item_id).map(said).collect()
    }

    fn answered(&self, item_id: &str) -> Vec<i64> {
        let of_item = self.answered.iter().filter(|(id, _)| id == item_id);
        of_item.map(|(_, revision)| *revision).collect()
    }

    fn around(&self, item_id: &str, customer_id: &str, revision: i64) -> Around {
        let gone = |line: &&Line| matches!(line.state, State::Accepted | State::Delivered);
        let to_go = |line: &&Line| {
            line.item_revision == revision && matches!(line.state, State::Planned | State::Held | State::Sending)
        };
        let waiting = self
            .waiting
            .iter()
            .filter(|row| row.item_id.as_deref() == Some(item_id));
        Around {
            customer: self
                .customers
                .iter()
                .find(|customer| customer.id == customer_id)
                .cloned(),
            waiting: waiting.cloned().collect(),
            last: self.lines_of(item_id).rfind(gone).cloned(),
            next: self.lines_of(item_id).find(to_go).cloned(),
        }
    }
}
