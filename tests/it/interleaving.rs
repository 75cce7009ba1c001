//! Sends, answers, moves, cancellations, opt-outs, imports and restarts in any order: after an opt-out nothing in its
//! scope is sent, a digit confirms nothing, a letter rates nothing, and what was said three times was said once.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use daybefore::domain::instant::Instant;
use daybefore::domain::item::{BookingStatus, ItemKind};
use daybefore::inbound::act::{self, Said, Way};
use daybefore::store;
use proptest::prelude::*;

use crate::support::any_order::{self, config, play};
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::texting::Webhook;

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    Import {
        booking: usize,
        day: u64,
        hour: u32,
        status: &'static str,
    },
    Live {
        hours: i64,
    },
    Outage {
        hours: i64,
    },
    Restart,
    Replan,
    /// A text from that phone.
    Reply {
        phone: usize,
        text: &'static str,
    },
    /// The customer cancels the visit by its link.
    Click {
        booking: usize,
    },
    /// Somebody at the desk settles what has waited longest.
    Settle,
    /// Every webhook so far comes once more, the last one first.
    Replay,
}

/// Two phones; the first is Ana's and Carl's, the second Ben's.
const PHONES: [&str; 2] = ["+491713920012", "+491713920013"];
const CUSTOMERS: [(&str, usize); 3] = [("Ana", 0), ("Ben", 1), ("Carl", 0)];

const LETTERS: [&str; 6] = [
    "C",
    "R",
    "yes",
    "ok see you tomorrow",
    "I can't come, sorry",
    "I'm running late",
];
const DIGITS: [&str; 4] = ["5", "1", "10", "2"];
const OPT_OUTS: [&str; 4] = ["STOP", "please stop texting me", "CANCEL", "unsubscribe"];
const OTHERS: [&str; 4] = ["Thanks", "START", "wrong number", "what does it cost?"];

fn act() -> impl Strategy<Value = Act> {
    let status = prop::sample::select(vec!["booked", "booked", "", "cancelled", "completed", "confirmed"]);
    let text = prop_oneof![
        5 => prop::sample::select(LETTERS.to_vec()),
        4 => prop::sample::select(DIGITS.to_vec()),
        2 => prop::sample::select(OPT_OUTS.to_vec()),
        2 => prop::sample::select(OTHERS.to_vec()),
    ];
    prop_oneof![
        5 => (0..3_usize, 1..6_u64, 8..18_u32, status)
            .prop_map(|(booking, day, hour, status)| Act::Import { booking, day, hour, status }),
        5 => (1..30_i64).prop_map(|hours| Act::Live { hours }),
        1 => (1..30_i64).prop_map(|hours| Act::Outage { hours }),
        1 => Just(Act::Restart),
        1 => Just(Act::Replan),
        8 => (0..2_usize, text).prop_map(|(phone, text)| Act::Reply { phone, text }),
        1 => (0..3_usize).prop_map(|booking| Act::Click { booking }),
        1 => Just(Act::Settle),
        1 => Just(Act::Replay),
    ]
}

struct World {
    app: TestApp,
    webhooks: Vec<Webhook>,
    /// From when to when each phone wanted no texts.
    silences: Vec<(usize, Instant, Option<Instant>)>,
    known: [bool; 3],
}

impl World {
    async fn start() -> Self {
        Self {
            app: TestApp::garage().start().await,
            webhooks: Vec::new(),
            silences: Vec::new(),
            known: [false; 3],
        }
    }

    async fn act(mut self, act: &Act) -> Self {
        // Two things never happen at the very same moment: the ledger's later line counts.
        self.app.run_until_instant(self.app.now() + TimeDelta::seconds(1)).await;
        match act {
            Act::Import {
                booking,
                day,
                hour,
                status,
            } => self.import(*booking, *day, *hour, status).await,
            Act::Live { hours } => {
                let until = self.app.now() + TimeDelta::hours(*hours);
                self.app.run_until_instant(until).await;
            }
            Act::Outage { hours } => self.app.clock.advance_to(self.app.now() + TimeDelta::hours(*hours)),
            Act::Restart => self.app = self.app.restart().await,
            Act::Replan => {
                self.app.replan().await;
            }
            Act::Reply { phone, text } => self.reply(*phone, text).await,
            Act::Click { booking } => self.click(*booking).await,
            Act::Settle => {
                if let Some(row) = self.app.inbox().await.first() {
                    self.app.desk_settles(&row.id).await;
                }
            }
            Act::Replay => self.replay().await,
        }
        self
    }

    async fn import(&mut self, booking: usize, day: u64, hour: u32, status: &str) {
        let (name, phone) = CUSTOMERS[booking];
        let row = format!(
            "B-{booking},C-{booking},{name},{},{} {hour:02}:00,{status}",
            PHONES[phone],
            any_order::day(day)
        );
        let header = "external_id,customer_id,name,phone,starts_at,status";
        let summary = self.app.import_bookings(&format!("{header}\n{row}\n")).await;
        assert_eq!(summary.refused, 0);
        self.known[booking] = true;
    }

    async fn reply(&mut self, phone: usize, text: &'static str) {
        let before = (self.statuses().await, self.ratings().await);
        let webhook = Webhook::text(PHONES[phone], text);
        let now = self.app.now();
        self.app.receive_webhook(&webhook).await;
        self.webhooks.push(webhook);
        let after = (self.statuses().await, self.ratings().await);
        let newly_confirmed = after
            .0
            .iter()
            .any(|(id, status)| *status == BookingStatus::Confirmed && before.0.get(id) != Some(status));
        if DIGITS.contains(&text) || OPT_OUTS.contains(&text) {
            assert!(!newly_confirmed, "{text} confirmed a visit");
            assert_eq!(before.0, after.0, "{text} changed a visit");
        }
        if !DIGITS.contains(&text) {
            assert_eq!(before.1, after.1, "{text} rated something");
        }
        let confirmed = after
            .0
            .values()
            .filter(|status| **status == BookingStatus::Confirmed)
            .count();
        let confirmed_before = before
            .0
            .values()
            .filter(|status| **status == BookingStatus::Confirmed)
            .count();
        assert!(confirmed <= confirmed_before + 1, "one answer, one visit");
        if OPT_OUTS.contains(&text) && !self.is_silent(phone) {
            self.silences.push((phone, now, None));
        }
        if text == "START" {
            for silence in self.silences.iter_mut().filter(|silence| silence.0 == phone) {
                silence.2.get_or_insert(now);
            }
        }
    }

    fn is_silent(&self, phone: usize) -> bool {
        self.silences
            .iter()
            .any(|(whose, _, until)| *whose == phone && until.is_none())
    }

    async fn click(&self, booking: usize) {
        if !self.known[booking] {
            return;
        }
        let mut tx = self.app.app.store().write().await.expect("a transaction");
        let found = store::item::bookings_by_external_id(&mut tx, BUSINESS, &[&format!("B-{booking}")])
            .await
            .expect("read")
            .remove(0);
        let said = Said {
            business_id: BUSINESS,
            customer_id: &found.customer_id,
            item: Some((ItemKind::Booking, &found.id)),
            revision: Some(found.revision),
            question_id: None,
            way: Way::Link,
            words: None,
            reply_id: None,
            by: None,
        };
        act::cancel_visit(&mut tx, &self.app.app.dispatcher.zones, &said, self.app.now())
            .await
            .expect("done");
        tx.commit().await.expect("committed");
    }

    async fn replay(&self) {
        let before = self.app.dump().await;
        for webhook in self.webhooks.iter().rev() {
            self.app.receive_webhook(webhook).await;
        }
        assert_eq!(self.app.dump().await, before, "a replay changed something");
    }

    async fn statuses(&self) -> BTreeMap<usize, BookingStatus> {
        let mut statuses = BTreeMap::new();
        for booking in (0..3).filter(|booking| self.known[*booking]) {
            statuses.insert(booking, self.app.booking_status(&format!("B-{booking}")).await);
        }
        statuses
    }

    async fn ratings(&self) -> usize {
        let dump = self.app.dump().await;
        dump.lines().filter(|line| line.starts_with("rating: ")).count()
    }

    async fn check(self) {
        let end = self.app.now() + TimeDelta::days(90);
        self.app.run_until_instant(end).await;
        for (phone, from, until) in &self.silences {
            let during: Vec<_> = self
                .app
                .sms
                .sent()
                .into_iter()
                .filter(|sent| sent.to == PHONES[*phone] && sent.now >= *from)
                .filter(|sent| until.is_none_or(|until| sent.now < until))
                .collect();
            let (confirmations, others): (Vec<_>, Vec<_>) = during
                .iter()
                .partition(|sent| format!("{:?}", sent.content).contains("no more text messages"));
            assert!(others.is_empty(), "after an opt-out: {others:?}");
            assert!(confirmations.len() <= 1, "confirmed more than once: {confirmations:?}");
        }
        let dump = self.app.dump().await;
        let rows = |table: &str| {
            dump.lines()
                .filter(|line| line.starts_with(&format!("{table}: ")))
                .count()
        };
        assert_eq!(rows("reply"), rows("inbound"), "everything was read");
        assert_eq!(rows("inbound"), self.webhooks.len());
    }
}

proptest! {
    #![proptest_config(config(16))]

    #[test]
    fn any_order_of_what_people_do_keeps_every_promise(acts in prop::collection::vec(act(), 5..30)) {
        play(async {
            let mut world = World::start().await;
            for act in &acts {
                world = world.act(act).await;
            }
            world.check().await;
        });
    }
}
