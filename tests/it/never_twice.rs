//! Whatever happens in whatever order, with any answer of the carriers: nothing goes twice, to the wrong person, at the
//! wrong time, about the wrong time, or is lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use daybefore::carrier::{AskError, Carrier, Failure, Found, Lookup, Outcome, Outgoing, Receipt, Stage};
use daybefore::domain::instant::Instant;
use daybefore::domain::message::{Channel, State};
use proptest::prelude::*;

use crate::support::any_order::{self, config, play};
use crate::support::test_app::TestApp;

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    /// A row for that booking: a day and an hour from the first day on, and a status.
    Import {
        booking: usize,
        day: u64,
        hour: u32,
        status: &'static str,
    },
    /// Time goes by, with everything at work.
    Live {
        hours: i64,
    },
    /// Time goes by, and nobody works.
    Outage {
        hours: i64,
    },
    Restart,
    Replan,
    OptOut {
        customer: usize,
    },
    Resume,
    /// The provider tells of the newest text.
    Receipt {
        status: &'static str,
        code: Option<i64>,
    },
}

/// What the carriers answer, in turn; after that they accept.
#[derive(Clone, Debug)]
enum Answer {
    Accept,
    Reject {
        bad_address: bool,
    },
    Retry {
        whole_sender: bool,
    },
    OptedOut,
    Stop {
        spent: bool,
    },
    Faulty,
    /// Nobody knows; whether the provider has it after all.
    Doubt {
        stored: bool,
    },
}

const CUSTOMERS: [(&str, &str); 2] = [
    ("+491713920012", "ana@example.com"),
    ("+491713920013", "ben@example.com"),
];

fn act() -> impl Strategy<Value = Act> {
    let status = prop::sample::select(vec![
        "booked",
        "booked",
        "booked",
        "",
        "cancelled",
        "completed",
        "confirmed",
        "change_requested",
    ]);
    let receipt = prop::sample::select(vec![
        ("sent", None),
        ("delivered", None),
        ("undelivered", Some(30005)),
        ("undelivered", Some(30003)),
        ("failed", Some(21610)),
    ]);
    prop_oneof![
        6 => (0..3_usize, 0..9_u64, 7..19_u32, status).prop_map(|(booking, day, hour, status)| Act::Import { booking, day, hour, status }),
        6 => (1..40_i64).prop_map(|hours| Act::Live { hours }),
        1 => (1..40_i64).prop_map(|hours| Act::Outage { hours }),
        1 => Just(Act::Restart),
        1 => Just(Act::Replan),
        1 => (0..2_usize).prop_map(|customer| Act::OptOut { customer }),
        2 => Just(Act::Resume),
        2 => receipt.prop_map(|(status, code)| Act::Receipt { status, code }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        6 => Just(Answer::Accept),
        1 => any::<bool>().prop_map(|bad_address| Answer::Reject { bad_address }),
        2 => any::<bool>().prop_map(|whole_sender| Answer::Retry { whole_sender }),
        1 => Just(Answer::OptedOut),
        1 => any::<bool>().prop_map(|spent| Answer::Stop { spent }),
        1 => Just(Answer::Faulty),
        2 => any::<bool>().prop_map(|stored| Answer::Doubt { stored }),
    ]
}

/// What the provider really took over, as (message, attempt), and what it lists when it is asked.
#[derive(Default)]
struct Provider {
    answers: Vec<Answer>,
    took: Vec<(String, Outgoing)>,
}

impl Provider {
    fn answer(&mut self, outgoing: &Outgoing) -> Outcome {
        let failure = Failure {
            code: Some(1),
            text: "no".to_owned(),
        };
        let answer = self.answers.pop().unwrap_or(Answer::Accept);
        let takes = matches!(answer, Answer::Accept | Answer::Doubt { stored: true });
        let provider_id = format!("P-{}", outgoing.attempt_id);
        if takes {
            self.took.push((provider_id.clone(), outgoing.clone()));
        }
        match answer {
            Answer::Accept => Outcome::Accepted { provider_id },
            Answer::Reject { bad_address } => Outcome::Rejected { bad_address, failure },
            Answer::Retry { whole_sender } => Outcome::Retry {
                after: None,
                limit: None,
                whole_sender,
                failure,
            },
            Answer::OptedOut => Outcome::OptedOut { failure },
            Answer::Stop { spent } => Outcome::Stop { spent, failure },
            Answer::Faulty => Outcome::Faulty { failure },
            Answer::Doubt { .. } => Outcome::Unknown { failure },
        }
    }
}

struct Line(Arc<Mutex<Provider>>);

#[async_trait]
impl Carrier for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    async fn send(&self, outgoing: &Outgoing) -> Outcome {
        self.0.lock().expect("a lock").answer(outgoing)
    }

    /// What could be it: the same words to the same phone, not older.
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Found>, AskError> {
        let provider = self.0.lock().expect("a lock");
        let could_be = |(_, outgoing): &&(String, Outgoing)| {
            outgoing.to == lookup.to && text(outgoing) == lookup.text && outgoing.now >= lookup.started_at
        };
        Ok(provider.took.iter().filter(could_be).map(|(id, _)| found(id)).collect())
    }

    async fn receipt(&self, _provider_id: &str) -> Result<Option<Receipt>, AskError> {
        Ok(None)
    }

    async fn probe(&self) -> Result<String, AskError> {
        Ok("a test".to_owned())
    }
}

/// A run of the program and all that is known of it from outside.
struct World {
    app: TestApp,
    provider: Arc<Mutex<Provider>>,
    /// Since when each customer has opted out.
    opted_out: HashMap<usize, Instant>,
    /// Each booking's local time and whether it is cancelled, from when on.
    history: HashMap<usize, Vec<(Instant, String, bool)>>,
    /// The attempts that the provider told the end of, and whether they failed.
    ends: HashMap<String, bool>,
}

impl World {
    async fn start(answers: Vec<Answer>) -> Self {
        let provider = Arc::new(Mutex::new(Provider {
            answers,
            took: Vec::new(),
        }));
        let mut app = TestApp::garage().start().await;
        app.texts_go_to(Arc::new(Line(provider.clone())));
        Self {
            app,
            provider,
            opted_out: HashMap::new(),
            history: HashMap::new(),
            ends: HashMap::new(),
        }
    }

    async fn act(mut self, act: &Act) -> Self {
        // No two things happen at the same moment: then it would be open which of them came first.
        let now = self.app.now() + TimeDelta::seconds(1);
        self.app.clock.advance_to(now);
        match act {
            Act::Import {
                booking,
                day,
                hour,
                status,
            } => self.import(*booking, *day, *hour, status).await,
            Act::Live { hours } => self.live(now + TimeDelta::hours(*hours)).await,
            Act::Outage { hours } => self.app.clock.advance_to(now + TimeDelta::hours(*hours)),
            Act::Restart => {
                self.app = self.app.restart().await;
                self.app.texts_go_to(Arc::new(Line(self.provider.clone())));
            }
            Act::Replan => {
                self.app.replan().await;
            }
            Act::OptOut { customer } => {
                let (phone, email) = CUSTOMERS[*customer];
                self.app.customer_opts_out(phone, None).await;
                self.app.customer_opts_out(email, None).await;
                self.opted_out.entry(*customer).or_insert(now);
            }
            Act::Resume => {
                self.app.operator_resumes().await;
            }
            Act::Receipt { status, code } => self.receipt(status, *code).await,
        }
        self
    }

    async fn import(&mut self, booking: usize, day: u64, hour: u32, status: &str) {
        let starts = format!("{} {hour:02}:00", any_order::day(day));
        let (phone, email) = CUSTOMERS[booking % 2];
        let row = format!(
            "B-{booking},C-{booking},Customer {},{phone},{email},{starts},Service {booking},{status}",
            booking % 2
        );
        let header = "external_id,customer_id,name,phone,email,starts_at,service,status";
        let summary = self.app.import_bookings(&format!("{header}\n{row}\n")).await;
        assert_eq!(summary.refused, 0);
        let was_cancelled = self
            .history
            .get(&booking)
            .and_then(|known| known.last())
            .is_some_and(|last| last.2);
        let cancelled = status == "cancelled" || (status.is_empty() && was_cancelled);
        self.history
            .entry(booking)
            .or_default()
            .push((self.app.now(), starts, cancelled));
    }

    async fn live(&self, until: Instant) {
        self.app.run_until_instant(until).await;
    }

    async fn receipt(&mut self, status: &str, code: Option<i64>) {
        let newest = self.provider.lock().expect("a lock").took.last().cloned();
        if let Some((provider_id, outgoing)) = newest {
            // Of two ends the first counts.
            if status != "sent" {
                self.ends.entry(outgoing.attempt_id.clone()).or_insert(code.is_some());
            }
            self.app
                .receive_status(&outgoing.attempt_id, &provider_id, status, code)
                .await;
        }
    }

    /// What reached a customer: texts that the provider took over, and mails.
    fn arrived(&self) -> Vec<Outgoing> {
        let took = self.provider.lock().expect("a lock").took.clone();
        took.into_iter()
            .map(|(_, outgoing)| outgoing)
            .chain(self.app.email.sent())
            .collect()
    }

    async fn check(&self) {
        let plan = self.app.plan().await;
        let by_id: HashMap<_, _> = plan.iter().map(|line| (line.message_id.as_str(), line)).collect();
        let mut times: HashMap<(&str, Channel), u32> = HashMap::new();
        for outgoing in &self.arrived() {
            let line = by_id[outgoing.message_id.as_str()];
            let booking: usize = line
                .item
                .external_id
                .trim_start_matches("B-")
                .parse()
                .expect("a number");
            let channel = if outgoing.to.starts_with('+') {
                Channel::Sms
            } else {
                Channel::Email
            };
            let lost_on_the_way = self.ends.get(&outgoing.attempt_id).copied().unwrap_or(false);
            *times.entry((&line.message_id, channel)).or_default() += u32::from(!lost_on_the_way);
            self.check_person(booking, outgoing);
            self.check_hours(&line.rule, outgoing);
            self.check_item(booking, &line.rule, outgoing, line.item.revision);
        }
        let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "twice: {twice:?}\n{}", self.app.plan_lines().await);
        let over = self.app.now() + TimeDelta::days(60);
        assert!(
            plan.iter().all(|line| line.due_at < over),
            "nothing is put off for ever"
        );
    }

    fn check_person(&self, booking: usize, outgoing: &Outgoing) {
        let (phone, email) = CUSTOMERS[booking % 2];
        assert!(
            outgoing.to == phone || outgoing.to == email,
            "the wrong person: {outgoing:?}"
        );
        let since = self.opted_out.get(&(booking % 2));
        assert!(
            since.is_none_or(|since| outgoing.now < *since),
            "after an opt-out: {outgoing:?}"
        );
    }

    fn check_hours(&self, rule: &str, outgoing: &Outgoing) {
        let local = self.app.local(outgoing.now);
        let clock = &local[11..];
        let from = if rule == "satisfaction" { "09:00" } else { "08:00" };
        assert!((from..="20:15").contains(&clock), "at night: {local} {rule}");
    }

    /// What was said about a visit was true when it was said.
    fn check_item(&self, booking: usize, rule: &str, outgoing: &Outgoing, revision: i64) {
        let (_, starts, cancelled) = self.history[&booking]
            .iter()
            .rev()
            .find(|(at, ..)| *at <= outgoing.now)
            .expect("known by then");
        assert_eq!(
            *cancelled,
            rule == "cancelled",
            "revision {revision} at {}: {rule}",
            self.app.local(outgoing.now)
        );
        let starts_at = self.app.at(starts);
        // A cancellation names the time that the customer knows.
        if !matches!(rule, "satisfaction" | "cancelled") {
            assert!(outgoing.now <= starts_at, "after the visit: {rule}");
            let day = starts[8..10].trim_start_matches('0');
            assert!(
                text(outgoing).contains(&format!("December {day}")),
                "about another time than {starts}: {outgoing:?}"
            );
        }
    }

    /// At the end of all days nothing is left that has not come to its end.
    async fn check_nothing_is_lost(self) {
        self.app.operator_resumes().await;
        let end = self.app.at("2027-03-01 12:00");
        self.live(end).await;
        self.app.operator_resumes().await;
        self.live(end + TimeDelta::hours(12)).await;
        self.app.operator_resumes().await;
        self.live(end + TimeDelta::hours(24)).await;
        self.check().await;
        let ended = [
            State::Accepted,
            State::Delivered,
            State::Skipped,
            State::Failed,
            State::Held,
        ];
        for line in self.app.plan().await {
            assert!(ended.contains(&line.state), "lost: {line:?}");
        }
    }
}

fn found(provider_id: &str) -> Found {
    let receipt = Receipt {
        status: "sent".to_owned(),
        stage: Stage::Sent,
        failure: None,
    };
    Found {
        provider_id: provider_id.to_owned(),
        receipt,
    }
}

fn text(outgoing: &Outgoing) -> &str {
    match &outgoing.content {
        daybefore::carrier::Content::Sms { text } => text,
        daybefore::carrier::Content::Email(mail) => &mail.text,
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn any_sequence_of_events_keeps_every_promise(
        acts in prop::collection::vec(act(), 5..30),
        answers in prop::collection::vec(answer(), 0..25),
    ) {
        play(async {
            let mut world = World::start(answers).await;
            for act in &acts {
                world = world.act(act).await;
            }
            world.check_nothing_is_lost().await;
        });
    }
}
