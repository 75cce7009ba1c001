//! The program itself, killed in the middle of sending: each message goes out once, and each gets its provider's id.
//!
//! The one place where real time passes: a process can only be killed while it runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use daybefore::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::support::twilio_server::{Answer, SECRET, TwilioServer};

/// How often the program is killed; `KILLS=20 BURST=100` is the run of docs/performance.md.
fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(usual)
}

/// A program on a database of its own, sending to `provider`.
struct Program {
    folder: tempfile::TempDir,
    env: BTreeMap<&'static str, String>,
}

impl Program {
    fn new(provider: &TwilioServer) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let env = BTreeMap::from([
            ("DAYBEFORE_SERVER__LISTEN", "127.0.0.1:0".to_owned()),
            ("DAYBEFORE_SMS__CARRIER", "twilio".to_owned()),
            ("DAYBEFORE_SMS__BASE_URL", provider.base_url()),
            ("DAYBEFORE_SMS__ACCOUNT_SID", provider.account.clone()),
            ("DAYBEFORE_SMS__AUTH_TOKEN", SECRET.to_owned()),
            ("DAYBEFORE_SMS__FROM", "+15017122661".to_owned()),
        ]);
        Self { folder, env }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybefore"));
        command.current_dir(self.folder.path()).envs(&self.env).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the program starts");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn serve(&self) -> Child {
        self.command(&["serve"])
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// Bookings of `count` customers from `first` on: as many confirmations are due at once.
    fn import(&self, first: usize, count: usize) {
        let mut csv = String::from("external_id,name,phone,starts_at\n");
        for number in first..first + count {
            let phone = 1_000_000 + number;
            writeln!(csv, "B-{number},Customer {number},+49171{phone},2099-03-02 09:00").expect("written");
        }
        std::fs::write(self.folder.path().join("bookings.csv"), csv).expect("written");
        self.run(&["import", "bookings", "bookings.csv", "--business", "garage"]);
    }

    /// How many confirmations are in each state.
    fn states(&self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        for line in self.run(&["outbox", "list", "--json"]).lines() {
            let message: Value = serde_json::from_str(line).expect("a JSON object a line");
            if message["rule"] == "confirmation" {
                *states
                    .entry(message["state"].as_str().unwrap_or_default().to_owned())
                    .or_default() += 1;
            }
        }
        states
    }
}

async fn wait(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_bursts_each_message_goes_out_once_and_has_its_providers_id() {
    let (kills, burst) = (setting("KILLS", 3), setting("BURST", 40));
    let provider = TwilioServer::start().await;
    provider.always(Answer::AcceptAfter(Duration::from_millis(200)));
    let program = Program::new(&provider);
    let garage = "business add garage --name Garage --zone Europe/Berlin --locale en --region DE --preset garage \
        --service-hours 00:00-23:59";
    program.run(&garage.split_whitespace().collect::<Vec<_>>());

    for kill in 0..kills {
        let mut serving = program.serve();
        let before = provider.messages().len();
        // The program is on the machine's time, and matches messages by when the provider got them.
        provider.set_now(SystemClock::new().now());
        program.import(kill * burst, burst);
        while provider.messages().len() == before {
            wait(2).await;
        }
        // Spread over the burst: in the first calls, between answers, in the last calls.
        wait(20 + 330 * kill as u64 / kills as u64).await;
        serving.kill().expect("killed");
        serving.wait().expect("gone");
    }
    let mut serving = program.serve();
    // What was claimed and not handed over goes out at once. A call that was cut off on its way to the provider goes out
    // again only after that was asked twice, minutes apart.
    for _ in 0..400 {
        wait(1000).await;
        if program.states() == BTreeMap::from([("accepted".to_owned(), kills * burst)]) {
            break;
        }
    }
    let states = program.states();
    serving.kill().expect("killed");
    serving.wait().expect("gone");

    assert_eq!(states, BTreeMap::from([("accepted".to_owned(), kills * burst)]));
    let mut receivers: Vec<_> = provider.messages().into_iter().map(|message| message.to).collect();
    receivers.sort();
    let sent = receivers.len();
    receivers.dedup();
    assert_eq!(
        (sent, receivers.len()),
        (kills * burst, kills * burst),
        "each customer got one message"
    );
    let store = daybefore::store::Store::open(
        &program.folder.path().join("daybefore.db"),
        daybefore::store::Open::Existing,
    )
    .await
    .expect("opens");
    let mut tx = store.read().await.expect("reads");
    for message in provider.messages() {
        let attempt = daybefore::store::attempt::at_number(&mut tx, &message.to, &message.sid)
            .await
            .expect("reads");
        assert_eq!(
            attempt.map(|attempt| attempt.address),
            Some(message.to),
            "{} is known to us",
            message.sid
        );
    }
}
