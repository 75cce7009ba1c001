//! Lives through the plot, step by step.

use chrono::{Days, NaiveDate, TimeDelta};

use super::answers;
use super::own_system::OwnSystem;
use super::plot::{Deed, Step, local, span, steps};
use super::samples::{self, AGENCY, BOOKINGS, GARAGE, POLICIES};
use super::{DemonstrationError, Intake, News};
use crate::clock::VirtualClock;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::outbound::dispatch::Dispatcher;
use crate::outbound::import::{self, Import, ImportKind};
use crate::outbound::plan::{Desk, replan_customer};
use crate::outbound::rehearsal::live_through;
use crate::store::ledger::NewConsent;
use crate::store::{self, Tx};

/// How far the clock runs before the progress is shown again.
const STRIDE: TimeDelta = TimeDelta::hours(6);

/// The demonstration under way.
struct World<'a> {
    dispatcher: &'a Dispatcher,
    bookings: OwnSystem,
    policies: OwnSystem,
    news: Vec<News>,
}

/// Makes the businesses, imports their files and lives through the fortnight. `taken_in` hears of the import, `reached`
/// of the time as it passes.
///
/// # Errors
/// When a step fails.
pub async fn live(
    dispatcher: &Dispatcher,
    clock: &VirtualClock,
    mut taken_in: impl FnMut(Intake),
    mut reached: impl FnMut(Instant),
) -> Result<Vec<News>, DemonstrationError> {
    let (begin, end) = span(&dispatcher.zones)?;
    samples::make_businesses(dispatcher, begin).await?;
    taken_in(samples::take_in(dispatcher, begin).await?);
    let mut world = World {
        dispatcher,
        bookings: OwnSystem::read(BOOKINGS)?,
        policies: OwnSystem::read(POLICIES)?,
        news: Vec::new(),
    };
    world.note_addresses(begin).await?;
    let mut now = begin;
    for (at, step) in steps(&dispatcher.zones)?.into_iter().filter(|(at, _)| *at <= end) {
        while now < at {
            now = at.min(now + STRIDE);
            live_through(dispatcher, clock, now).await?;
            reached(now);
        }
        world.take(&step, at).await?;
    }
    live_through(dispatcher, clock, end).await?;
    reached(end);
    Ok(world.news)
}

impl World<'_> {
    async fn take(&mut self, step: &Step, now: Instant) -> Result<(), DemonstrationError> {
        match step {
            Step::Deed(deed) => self.deed(deed, now).await,
            Step::Answer(answer) => {
                self.news.push(answers::take(self.dispatcher, answer, now).await?);
                Ok(())
            }
            Step::GarageCloses(day) => self.garage_closes(*day, now).await,
            Step::AgencyCloses(day) => self.agency_closes(*day, now).await,
        }
    }

    async fn deed(&mut self, deed: &Deed, now: Instant) -> Result<(), DemonstrationError> {
        let (id, what) = match deed {
            Deed::Books(line) => {
                let id = self.bookings.add(line)?;
                let what = format!("new booking {id} for {}", self.start_of(&id));
                (id, what)
            }
            Deed::Moves { id, to } => {
                let before = self.start_of(id);
                self.bookings.set(id, "starts_at", to);
                (
                    (*id).to_owned(),
                    format!("booking {id} moved from {before} to {}", self.start_of(id)),
                )
            }
            Deed::Cancels { id } => {
                self.bookings.set(id, "status", "cancelled");
                (
                    (*id).to_owned(),
                    format!("booking {id} of {} cancelled", self.start_of(id)),
                )
            }
        };
        self.news.push(News {
            at: now,
            business_id: GARAGE,
            what,
            closing: false,
        });
        let export = self.bookings.export(&[id])?;
        self.import(GARAGE, ImportKind::Bookings, &export, now).await
    }

    fn start_of(&self, id: &str) -> String {
        local(&self.bookings.cell(id, "starts_at"))
            .format("%-d %b %H:%M")
            .to_string()
    }

    async fn garage_closes(&mut self, day: NaiveDate, now: Instant) -> Result<(), DemonstrationError> {
        let today = day.to_string();
        let visits = self.bookings.ids(|cell| {
            cell("starts_at").starts_with(&today) && ["booked", "confirmed"].contains(&cell("status").as_str())
        });
        let missed = visits.iter().filter(|id| one_in(19, id)).count();
        let done = visits.len() - missed;
        for id in &visits {
            self.bookings
                .set(id, "status", if one_in(19, id) { "no_show" } else { "completed" });
        }
        if visits.is_empty() {
            return Ok(());
        }
        let missed = if missed == 0 {
            String::new()
        } else {
            format!(", {missed} did not come")
        };
        self.news.push(News {
            at: now,
            business_id: GARAGE,
            what: format!("{done} visits done{missed}"),
            closing: true,
        });
        let export = self.bookings.export(&visits)?;
        self.import(GARAGE, ImportKind::Bookings, &export, now).await
    }

    async fn agency_closes(&mut self, day: NaiveDate, now: Instant) -> Result<(), DemonstrationError> {
        let ends: Vec<_> = (1..=4)
            .filter_map(|days| day.checked_add_days(Days::new(days)))
            .map(|day| day.to_string())
            .collect();
        let renewed = self.policies.ids(|cell| {
            cell("status") == "active" && ends.contains(&cell("ends_on")) && one_in(3, &cell("external_id"))
        });
        if renewed.is_empty() {
            return Ok(());
        }
        for id in &renewed {
            self.policies.set(id, "status", "renewed");
        }
        let policies = if renewed.len() == 1 { "policy" } else { "policies" };
        self.news.push(News {
            at: now,
            business_id: AGENCY,
            what: format!("{} {policies} renewed", renewed.len()),
            closing: true,
        });
        let export = self.policies.export(&renewed)?;
        self.import(AGENCY, ImportKind::Renewals, &export, now).await
    }

    async fn import(
        &self,
        business_id: &str,
        kind: ImportKind,
        file: &[u8],
        now: Instant,
    ) -> Result<(), DemonstrationError> {
        let import = Import {
            business_id,
            kind,
            known_to_customers: false,
            now,
        };
        import::run(
            &self.dispatcher.store,
            &self.dispatcher.zones,
            &import,
            file,
            |_| {},
            |_| {},
        )
        .await?;
        Ok(())
    }

    /// One customer has asked for no more messages; one number is a landline that looks like a mobile.
    async fn note_addresses(&mut self, now: Instant) -> Result<(), DemonstrationError> {
        let mut tx = self.dispatcher.store.write().await?;
        let desk = Desk::load(&mut tx, &self.dispatcher.zones, GARAGE).await?;
        if let Some(customer) = find(&mut tx, "K1115").await? {
            let refusal = NewConsent {
                business_id: GARAGE,
                customer_id: Some(&customer.id),
                address: None,
                channel: None,
                purpose: None,
                given: false,
                source: "desk",
                wording: None,
            };
            store::ledger::add(&mut tx, &refusal, now).await?;
            replan_customer(&mut tx, &desk, &customer, now).await?;
            let what = format!("{} asks for no more messages", customer.name);
            self.news.push(News {
                at: now,
                business_id: GARAGE,
                what,
                closing: false,
            });
        }
        if let Some(customer) = find(&mut tx, "K1062").await? {
            let number = customer.phone.clone().unwrap_or_default();
            let landline = "the number can't take texts: a landline";
            store::ledger::add_bad_address(&mut tx, Channel::Sms, &number, Some(30006), landline, now).await?;
            replan_customer(&mut tx, &desk, &customer, now).await?;
            self.news.push(News {
                at: now,
                business_id: GARAGE,
                what: format!("{}'s number is a landline", customer.name),
                closing: false,
            });
        }
        Ok(tx.commit().await?)
    }
}

async fn find(tx: &mut Tx, external_id: &str) -> Result<Option<Customer>, DemonstrationError> {
    Ok(store::customer::by_external_id(tx, GARAGE, external_id).await?)
}

/// A choice without chance: about one id in `n`, always the same ones.
fn one_in(n: u32, id: &str) -> bool {
    let sum: u32 = id
        .bytes()
        .rev()
        .zip(1..)
        .map(|(byte, place)| u32::from(byte) * place)
        .sum();
    sum.is_multiple_of(n)
}
