//! A real browser for the suite: Debian's `chromium` and `chromium-driver`, spoken to by the W3C's `WebDriver` protocol
//! (www.w3.org/TR/webdriver2) and, for what that has no word for, by Chromium's own.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::skip::skip;

/// The variable that makes its lack a failure.
const REQUIRED: &str = "REQUIRE_BROWSER";

/// How long one command may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// axe-core in one file, as `just tools` puts it there.
const AXE: &str = "target/tools/axe.min.js";

/// How wide a window is: a telephone's, an old PC's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Telephone,
    Desk,
}

impl Width {
    const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Telephone => (390, 844),
            Self::Desk => (1280, 720),
        }
    }
}

/// A browser with one window, closed on drop.
pub struct Chromium {
    driver: Child,
    session: String,
    client: Client,
    profile: TempDir,
}

impl Chromium {
    /// Starts it, or says in one line why the test is skipped. With `REQUIRE_BROWSER=1` a skip is a failure.
    pub async fn start() -> Option<Self> {
        for program in ["/usr/bin/chromium", "/usr/bin/chromedriver"] {
            if !Path::new(program).exists() {
                let missing = format!("{program} is not installed (Debian: chromium, chromium-driver)");
                return skip(REQUIRED, &missing);
            }
        }
        // reqwest asks for one even where nothing is encrypted; the error says that there is one already.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(PATIENCE).build().expect("a client");
        let profile = TempDir::new().expect("a temporary folder");
        let (driver, port) = (0..ATTEMPTS)
            .find_map(|_| driver())
            .expect("chromedriver listens at some port");
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            client,
            profile,
        };
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--lang=en",
            &format!("--user-data-dir={}", browser.profile.path().display()),
        ];
        let options = json!({ "goog:chromeOptions": { "binary": "/usr/bin/chromium", "args": arguments } });
        let begun = browser
            .command(Method::POST, "", json!({ "capabilities": { "alwaysMatch": options } }))
            .await;
        let id = begun["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        browser.is_seen_at(Width::Desk, false).await;
        Some(browser)
    }

    /// One command of the protocol; an error of it fails the test.
    pub(super) async fn command(&self, method: Method, path: &str, body: Value) -> Value {
        self.tried(method, path, body)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(super) async fn tried(&self, method: Method, path: &str, body: Value) -> Result<Value, Value> {
        let url = format!("{}{path}", self.session);
        let mut request = self.client.request(method.clone(), url);
        if method == Method::POST {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("chromedriver answers");
        let is_fine = answer.status().is_success();
        let mut answer: Value = answer.json().await.expect("JSON");
        let value = answer["value"].take();
        if is_fine {
            Ok(value)
        } else {
            Err(value["message"].clone())
        }
    }

    /// A command of Chromium's own protocol.
    pub(super) async fn devtools(&self, name: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": name, "params": parameters });
        self.command(Method::POST, "/goog/cdp/execute", body).await
    }

    /// What the window is from now on.
    pub async fn is_seen_at(&self, width: Width, dark: bool) {
        let (pixels, height) = width.pixels();
        let mobile = width == Width::Telephone;
        let metrics = json!({ "width": pixels, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    pub async fn open(&self, url: &str) {
        self.command(Method::POST, "/url", json!({ "url": url })).await;
    }

    /// The value that a script returns; it runs whatever the page's policy says.
    pub async fn value(&self, script: &str) -> Value {
        self.value_of(script, json!([])).await
    }

    /// The same of a script that gets these `arguments`.
    pub(super) async fn value_of(&self, script: &str, arguments: Value) -> Value {
        let body = json!({ "script": script, "args": arguments });
        self.command(Method::POST, "/execute/sync", body).await
    }

    /// By how many pixels the page is wider than its window.
    pub async fn overhang(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.value(script).await.as_i64().expect("pixels")
    }

    /// What axe-core calls serious or critical on this page, a line each. None: axe-core is not there.
    pub async fn barriers(&self) -> Option<Vec<String>> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(AXE);
        let Ok(axe) = fs::read_to_string(&path) else {
            return skip(REQUIRED, &format!("{AXE} is not there: `just tools` puts it there"));
        };
        let script = format!("{axe}; return axe.run({{ resultTypes: ['violations'] }})");
        let found = self.value(&script).await;
        let violations = found["violations"].as_array().expect("a list");
        let is_bad = |violation: &&Value| matches!(violation["impact"].as_str(), Some("serious" | "critical"));
        let bad = violations.iter().filter(is_bad);
        Some(bad.map(in_one_line).collect())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to, the driver ends its browser; killed, it would leave it behind.
        if let Ok(session) = Url::parse(&self.session) {
            let asked = session.socket_addrs(|| None).and_then(|at| TcpStream::connect(&*at));
            let _answer = asked.and_then(|mut line| {
                write!(line, "DELETE {} HTTP/1.1\r\nHost: localhost\r\n\r\n", session.path())?;
                line.read(&mut [0; 1])
            });
        }
        // Both fail only if it is gone already.
        let _ended = self.driver.kill();
        let _reaped = self.driver.wait();
    }
}

/// It takes a port that is free in IPv6 and ends when another test has the same one in IPv4.
const ATTEMPTS: usize = 5;

/// A chromedriver and the port that it says it listens at.
fn driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("/usr/bin/chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let output = driver.stdout.take().expect("its output");
    let mut lines = BufReader::new(output).lines();
    let port = lines.find_map(|line| {
        let line = line.expect("text");
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    let Some(port) = port else {
        driver.wait().expect("it has ended");
        return None;
    };
    // Nobody reads on; a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

fn in_one_line(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let places: Vec<_> = nodes.map(|node| node["html"].as_str().unwrap_or_default()).collect();
    format!("{}: {} in {}", violation["id"], violation["help"], places.join(" | "))
}
