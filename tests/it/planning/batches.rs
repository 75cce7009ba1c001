//! A file taken in row by row and the same file taken in as one batch leave the same database: rows of one batch may be
//! about one customer, one id, one address, and each must see what those before it have done.

use std::collections::BTreeMap;

use daybefore::outbound::erasure::erase;
use daybefore::outbound::import::{Import, ImportKind, RowReport, Summary, run_in_batches};
use daybefore::store;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use crate::support::test_app::{BUSINESS, TestApp};

const PHONES: [&str; 5] = ["+491713920012", "0171 3920013", "", "+49 30 901820", "12"];
const EMAILS: [&str; 4] = ["ana@example.com", "ben@example.com", "", "nobody"];
const NAMES: [&str; 5] = ["Ana Košir", "ana  košir", "Ben \"B\" O'Neil", "", "Carl"];
const CONSENTS: [&str; 5] = ["", "", "yes", "no", "perhaps"];
const STATUSES: [&str; 7] = ["", "", "booked", "cancelled", "completed", "confirmed", "lost"];
const NOTES: [&str; 4] = ["", "two\nlines", "nul \0 and \\u0041", "quote \" and , comma"];

/// What one row says of somebody: which of the values above.
type Person = (usize, usize, usize, usize, usize, usize);

fn person() -> impl Strategy<Value = Person> {
    (0..4_usize, 0..5_usize, 0..5_usize, 0..4_usize, 0..5_usize, 0..5_usize)
}

#[derive(Clone, Debug)]
enum Act {
    Bookings(Vec<(usize, Person, u32, usize)>),
    Renewals(Vec<(usize, Person, u32, usize)>),
    Customers(Vec<(usize, Person, usize)>),
    /// Whatever is due until then is sent.
    Live(i64),
    OptOut(usize),
    /// The customer with that name is forgotten.
    Erase(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let items = || prop::collection::vec((0..7_usize, person(), 1..30_u32, 0..7_usize), 1..10);
    prop_oneof![
        5 => items().prop_map(Act::Bookings),
        2 => items().prop_map(Act::Renewals),
        2 => prop::collection::vec((0..4_usize, person(), 0..4_usize), 1..8).prop_map(Act::Customers),
        2 => (1..200_i64).prop_map(Act::Live),
        1 => (0..2_usize).prop_map(Act::OptOut),
        1 => (0..5_usize).prop_map(Act::Erase),
    ]
}

/// A cell, in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn cells((customer, name, phone, email, survey, marketing): Person) -> String {
    let customer = ["", "", "C-1", "C-2"][customer];
    let cells = [
        customer,
        NAMES[name],
        PHONES[phone],
        EMAILS[email],
        CONSENTS[survey],
        CONSENTS[marketing],
    ];
    cells.map(quoted).join(",")
}

const PERSON: &str = "customer_id,name,phone,email,consent_survey,consent_marketing";

/// The file of an act, where it is one.
fn file(act: &Act) -> Option<(ImportKind, String)> {
    match act {
        Act::Bookings(rows) => {
            let row = |(id, person, day, status): &(usize, Person, u32, usize)| {
                let (cells, status) = (cells(*person), STATUSES[*status]);
                format!(
                    "B-{id},{cells},{},2026-12-{day:02} 09:00,{status}\n",
                    quoted(NOTES[id % 4])
                )
            };
            let rows: String = rows.iter().map(row).collect();
            Some((
                ImportKind::Bookings,
                format!("external_id,{PERSON},vehicle,starts_at,status\n{rows}"),
            ))
        }
        Act::Renewals(rows) => {
            let row = |(id, person, day, status): &(usize, Person, u32, usize)| {
                let kind = ["warranty", "service", "inspection"][id % 3];
                let status = ["", "", "active", "renewed", "declined", "lapsed", "lost"][*status];
                format!("R-{id},{},{kind},2027-01-{day:02},{status}\n", cells(*person))
            };
            let rows: String = rows.iter().map(row).collect();
            Some((
                ImportKind::Renewals,
                format!("external_id,{PERSON},kind,ends_on,status\n{rows}"),
            ))
        }
        Act::Customers(rows) => {
            let row = |(id, person, notes): &(usize, Person, usize)| {
                let person = (0, person.1, person.2, person.3, person.4, person.5);
                format!("C-{id}{},{}\n", &cells(person)[2..], quoted(NOTES[*notes]))
            };
            let rows: String = rows.iter().map(row).collect();
            let columns = &PERSON["customer_id,".len()..];
            Some((ImportKind::Customers, format!("external_id,{columns},notes\n{rows}")))
        }
        Act::Live(_) | Act::OptOut(_) | Act::Erase(_) => None,
    }
}

/// One of the two worlds, which differ in how many rows go together.
struct World {
    app: TestApp,
    rows: usize,
}

impl World {
    async fn start(rows: usize) -> Self {
        let app = TestApp::garage().start().await;
        Self { app, rows }
    }

    /// What an act says that it did, where it is an import.
    async fn act(&self, act: &Act) -> Option<(Summary, Vec<RowReport>)> {
        if let Some((kind, csv)) = file(act) {
            return Some(self.import(kind, &csv).await);
        }
        match act {
            Act::Live(hours) => {
                let until = self.app.now() + chrono::TimeDelta::hours(*hours);
                self.app.run_until_instant(until).await;
            }
            Act::OptOut(phone) => {
                let phone = ["+491713920012", "+491713920013"][*phone];
                self.app.customer_opts_out(phone, None).await;
                self.app.replan().await;
            }
            Act::Erase(phone) => self.erase(PHONES[*phone]).await,
            _ => {}
        }
        None
    }

    async fn import(&self, kind: ImportKind, csv: &str) -> (Summary, Vec<RowReport>) {
        let request = Import {
            business_id: BUSINESS,
            kind,
            known_to_customers: false,
            now: self.app.now(),
        };
        let dispatcher = &self.app.app.dispatcher;
        let mut reports = Vec::new();
        let note = |row: &RowReport| reports.push(row.clone());
        let file = csv.as_bytes();
        let done = run_in_batches(
            &dispatcher.store,
            &dispatcher.zones,
            &request,
            self.rows,
            file,
            note,
            |_| {},
        )
        .await;
        (done.expect("an import").0, reports)
    }

    /// Forgets the one who first had that number.
    async fn erase(&self, phone: &str) {
        let mut tx = self.app.app.store().read().await.expect("a transaction");
        let found = store::ledger::customers_at(&mut tx, BUSINESS, phone)
            .await
            .expect("read");
        drop(tx);
        if let Some(id) = found.iter().min() {
            let done = erase(&self.app.app.dispatcher, id, self.app.now()).await;
            done.expect("erased");
        }
    }

    /// The database without what is left to chance: an id is its place in its table.
    async fn dump(&self) -> String {
        let dump = self.app.dump().await;
        let mut places: BTreeMap<&str, String> = BTreeMap::new();
        let mut met: BTreeMap<&str, usize> = BTreeMap::new();
        for line in dump.lines() {
            let Some((table, row)) = line.split_once(": ") else {
                continue;
            };
            let Some(id) = row.strip_prefix('\'').and_then(|row| row.get(..36)) else {
                continue;
            };
            if id.matches('-').count() == 4 {
                let place = met.entry(table).or_default();
                *place += 1;
                places.insert(id, format!("{table} {place}"));
            }
        }
        let mut text = dump.clone();
        for (id, place) in places {
            text = text.replace(id, &place);
        }
        // How long migrations took, hashes under a key of each world's own, hashes of tokens.
        let by_chance = ["_sqlx_migrations", "erased_withdrawal", "link"];
        let by_chance = |line: &&str| by_chance.iter().any(|table| line.starts_with(table));
        let mut lines: Vec<_> = text.lines().filter(|line| !by_chance(line)).collect();
        lines.sort_unstable();
        lines.join("\n")
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 24,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    })]

    #[test]
    fn a_batch_comes_to_the_same_as_its_rows_one_by_one(acts in prop::collection::vec(act(), 1..7)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (single, whole) = (World::start(1).await, World::start(500).await);
            for act in &acts {
                prop_assert_eq!(single.act(act).await, whole.act(act).await, "{:?}", act);
            }
            prop_assert_eq!(single.dump().await, whole.dump().await);
            Ok(())
        })?;
    }
}
