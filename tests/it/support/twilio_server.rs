//! A provider that speaks Twilio's Messages API on a port of its own, and fails on cue.
//!
//! ```text
//! let provider = TwilioServer::start().await;
//! provider.next(Answer::Error(400, 21610));        // the next create is refused
//! provider.always(Answer::StoreThen500);           // and all later ones are stored but answered with a 500
//! // … point a carrier at `provider.base_url()`, account `provider.account`, secret `SECRET` …
//! assert_eq!(provider.messages().len(), 1);        // what it took over
//! provider.assert_requests_valid();                // every request kept to the published OpenAPI description
//! ```
//!
//! List, fetch and account endpoints always work. The clock stands still at `outgoing::NOW` until `set_now`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use daybefore::domain::instant::Instant;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::outgoing::NOW;
use super::twilio_line::{Exchange, Scissors};
use super::twilio_openapi;
use super::twilio_store::{Dialect, Stored};

/// The password of every account here.
pub const SECRET: &str = "12345";

/// What becomes of a create request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 201, and the message is stored.
    Accept,
    /// 201 after a while; the message is stored at once.
    AcceptAfter(Duration),
    /// 201, then the connection is closed as if it had been idle for too long.
    AcceptThenClose,
    /// This status with `{"code": …}`.
    Error(u16, i64),
    /// 429, with this `Retry-After` if any.
    TooMany(Option<&'static str>),
    /// 500 after storing: what nobody can tell from a failure.
    StoreThen500,
    /// Stored, and no answer ever.
    StoreThenHang,
    /// Stored, and the connection is cut.
    StoreThenCut,
    /// Not stored, and the connection is cut: looks the same from outside.
    Cut,
    /// Any status, content type and body.
    Raw(u16, &'static str, &'static str),
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub method: String,
    pub path: String,
    pub content_type: String,
    /// Basic authentication with the account's or the API key's secret.
    pub authorized: bool,
    /// Form fields of a POST, query pairs of a GET.
    pub pairs: Vec<(String, String)>,
}

/// The provider. It stops when dropped.
pub struct TwilioServer {
    /// `AC…` at Twilio, a UUID at `SignalWire`.
    pub account: String,
    origin: String,
    inside: Arc<Mutex<Inside>>,
    serving: JoinHandle<()>,
}

struct Inside {
    dialect: Dialect,
    base_path: &'static str,
    account: String,
    script: VecDeque<Answer>,
    usual: Answer,
    page_limit: usize,
    next_page: Option<String>,
    account_resource: bool,
    now: Instant,
    requests: Vec<Recorded>,
    messages: Vec<Stored>,
}

type Shared = Arc<Mutex<Inside>>;

impl TwilioServer {
    /// Twilio itself.
    pub async fn start() -> Self {
        Self::start_as(Dialect::Twilio, "", format!("AC{}", "0123456789abcdef".repeat(2))).await
    }

    /// `SignalWire`: a base path, UUIDs, numbers that are numbers.
    pub async fn signalwire() -> Self {
        Self::start_as(
            Dialect::SignalWire,
            "/api/laml",
            "0b7f2f6e-aaaa-4bbb-8ccc-0123456789ab".to_owned(),
        )
        .await
    }

    async fn start_as(dialect: Dialect, base_path: &'static str, account: String) -> Self {
        let inside = Arc::new(Mutex::new(Inside {
            dialect,
            base_path,
            account: account.clone(),
            script: VecDeque::new(),
            usual: Answer::Accept,
            page_limit: 1000,
            next_page: None,
            account_resource: true,
            now: NOW,
            requests: Vec::new(),
            messages: Vec::new(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Router::new().fallback(handle).with_state(Arc::clone(&inside));
        let service = app.into_make_service_with_connect_info::<Scissors>();
        let serving = tokio::spawn(async move {
            axum::serve(Exchange(listener), service).await.expect("serves");
        });
        Self {
            account,
            origin,
            inside,
            serving,
        }
    }

    /// Everything before `/2010-04-01`.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.origin, self.inside().base_path)
    }

    /// Scripts the next create; several calls queue up.
    pub fn next(&self, answer: Answer) {
        self.inside().script.push_back(answer);
    }

    /// What creates get when the script is empty.
    pub fn always(&self, answer: Answer) {
        self.inside().usual = answer;
    }

    /// Lists at most this many messages a page, whatever is asked for.
    pub fn limit_pages(&self, page_limit: usize) {
        self.inside().page_limit = page_limit;
    }

    /// Puts this text before every `next_page_uri`, for providers that leave out their path or point elsewhere.
    pub fn lead_pages_to(&self, start: &str) {
        self.inside().next_page = Some(start.to_owned());
    }

    /// Answers 404 for the account resource, as some look-alikes do.
    pub fn without_account_resource(&self) {
        self.inside().account_resource = false;
    }

    /// The moment that stored messages get as their date of creation.
    pub fn set_now(&self, now: Instant) {
        self.inside().now = now;
    }

    /// Adds a message that nobody sent through this server.
    pub fn store(&self, message: Stored) {
        self.inside().messages.push(message);
    }

    /// Moves a message on; the form of the status callback comes back, for `POST`ing to where it should go.
    pub fn set_status(&self, sid: &str, status: &str, error_code: Option<i64>) -> Vec<(String, String)> {
        let mut inside = self.inside();
        let account = inside.account.clone();
        let message = inside
            .messages
            .iter_mut()
            .find(|message| message.sid == sid)
            .expect("a stored message");
        status.clone_into(&mut message.status);
        message.error_code = error_code;
        message.callback(&account)
    }

    /// Everything it was asked, in order.
    pub fn requests(&self) -> Vec<Recorded> {
        self.inside().requests.clone()
    }

    /// Everything it took over, in order.
    pub fn messages(&self) -> Vec<Stored> {
        self.inside().messages.clone()
    }

    /// # Panics
    /// When a request broke a rule of the published description.
    pub fn assert_requests_valid(&self) {
        for request in self.requests() {
            if let Err(problem) = twilio_openapi::check(&request) {
                panic!("{problem} in {request:?}");
            }
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no handler panicked")
    }
}

impl Drop for TwilioServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Recorded {
    /// The first value of that name.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// Every value of that name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|pair| pair.0 == name)
            .map(|pair| pair.1.as_str())
            .collect()
    }
}

/// Reads and records a request, and hands it to its endpoint.
async fn handle(State(shared): State<Shared>, ConnectInfo(line): ConnectInfo<Scissors>, request: Request) -> Response {
    let Some(recorded) = read(request).await else {
        return error(400, 20001);
    };
    let endpoint = {
        let mut inside = shared.lock().expect("inside");
        inside.requests.push(recorded.clone());
        if !recorded.authorized {
            return error(401, 20003);
        }
        let root = format!("{}/2010-04-01/Accounts/{}", inside.base_path, inside.account);
        recorded.path.strip_prefix(&root).map(str::to_owned)
    };
    match (recorded.method.as_str(), endpoint.as_deref()) {
        ("POST", Some("/Messages.json")) => create(&shared, &line, &recorded).await,
        ("GET", Some("/Messages.json")) => shared.lock().expect("inside").list(&recorded),
        ("GET", Some(".json")) => shared.lock().expect("inside").account(),
        ("GET", Some(path)) => shared.lock().expect("inside").fetch(path),
        _ => error(404, 20404),
    }
}

/// None: the request was cut off before its end.
async fn read(request: Request) -> Option<Recorded> {
    let (head, body) = request.into_parts();
    let text = |name| {
        head.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let body = to_bytes(body, 1 << 20).await.ok()?;
    let encoded = if head.method == "POST" {
        &body[..]
    } else {
        head.uri.query().unwrap_or_default().as_bytes()
    };
    Some(Recorded {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        content_type: text(header::CONTENT_TYPE),
        authorized: authorized(&text(header::AUTHORIZATION)),
        pairs: url::form_urlencoded::parse(encoded).into_owned().collect(),
    })
}

fn authorized(value: &str) -> bool {
    use base64::Engine as _;
    let decoded = value
        .strip_prefix("Basic ")
        .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    decoded.is_some_and(|bytes| bytes.ends_with(format!(":{SECRET}").as_bytes()))
}

async fn create(shared: &Shared, line: &Scissors, request: &Recorded) -> Response {
    let (answer, stored) = {
        let mut inside = shared.lock().expect("inside");
        let answer = inside.script.pop_front().unwrap_or_else(|| inside.usual.clone());
        let keeps = matches!(
            answer,
            Answer::Accept
                | Answer::AcceptAfter(_)
                | Answer::AcceptThenClose
                | Answer::StoreThen500
                | Answer::StoreThenHang
                | Answer::StoreThenCut
        );
        (answer, keeps.then(|| inside.take_over(request)))
    };
    match answer {
        Answer::Accept => {}
        Answer::AcceptAfter(while_) => tokio::time::sleep(while_).await,
        Answer::AcceptThenClose => line.cut_after_answer(),
        Answer::Error(status, code) => return error(status, code),
        Answer::TooMany(wait) => return too_many(wait),
        Answer::StoreThen500 => return error(500, 20500),
        Answer::StoreThenHang => std::future::pending().await,
        // What is returned then goes nowhere.
        Answer::StoreThenCut | Answer::Cut => line.cut(),
        Answer::Raw(status, kind, body) => return raw(status, kind, body),
    }
    (StatusCode::CREATED, axum::Json(stored)).into_response()
}

impl Inside {
    fn take_over(&mut self, request: &Recorded) -> Value {
        let value = |name| request.one(name).unwrap_or_default().to_owned();
        let number = self.messages.len() + 1;
        let message = Stored {
            sid: match self.dialect {
                Dialect::Twilio => format!("SM{number:032x}"),
                Dialect::SignalWire => format!("00000000-0000-4000-8000-{number:012x}"),
            },
            to: value("To"),
            from: value("From"),
            body: value("Body"),
            status: if request.one("From").is_some() {
                "queued"
            } else {
                "accepted"
            }
            .to_owned(),
            direction: "outbound-api".to_owned(),
            error_code: None,
            created: self.now,
            status_callback: request.one("StatusCallback").map(str::to_owned),
        };
        let json = message.json(self.dialect, &self.account);
        self.messages.push(message);
        json
    }

    /// Newest first, filtered and paged as the real one does.
    fn list(&self, request: &Recorded) -> Response {
        let number = |name, usual| request.one(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
        let size = number("PageSize", 50).min(self.page_limit);
        let page = number("Page", 0);
        let wanted = |message: &&Stored| {
            request.one("To").is_none_or(|to| message.to == to)
                && request.one("From").is_none_or(|from| message.from == from)
        };
        let all: Vec<_> = self.messages.iter().rev().filter(wanted).collect();
        let messages: Vec<_> = all
            .iter()
            .skip(page * size)
            .take(size)
            .map(|message| message.json(self.dialect, &self.account))
            .collect();
        let next = (all.len() > (page + 1) * size).then(|| self.next_page_uri(request, page + 1));
        axum::Json(json!({"page": page, "page_size": size, "messages": messages, "next_page_uri": next}))
            .into_response()
    }

    fn next_page_uri(&self, request: &Recorded, page: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(
            request
                .pairs
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "Page" | "PageToken")),
        );
        query
            .append_pair("Page", &page.to_string())
            .append_pair("PageToken", "PASM1");
        let start = self.next_page.as_deref().unwrap_or(self.base_path);
        format!(
            "{start}/2010-04-01/Accounts/{}/Messages.json?{}",
            self.account,
            query.finish()
        )
    }

    fn fetch(&self, path: &str) -> Response {
        let sid = path
            .strip_prefix("/Messages/")
            .and_then(|rest| rest.strip_suffix(".json"));
        match self.messages.iter().find(|message| Some(message.sid.as_str()) == sid) {
            Some(message) => axum::Json(message.json(self.dialect, &self.account)).into_response(),
            None => error(404, 20404),
        }
    }

    fn account(&self) -> Response {
        if self.account_resource {
            return axum::Json(json!({"sid": self.account, "status": "active"})).into_response();
        }
        error(404, 20404)
    }
}

fn error(status: u16, code: i64) -> Response {
    let body = json!({
        "code": code,
        "message": format!("Error {code} for +38640123456"),
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    });
    (StatusCode::from_u16(status).expect("a status"), axum::Json(body)).into_response()
}

fn too_many(wait: Option<&'static str>) -> Response {
    let mut response = error(429, 20429);
    if let Some(wait) = wait {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.parse().expect("a header"));
    }
    response
}

fn raw(status: u16, kind: &'static str, body: &'static str) -> Response {
    let head = [
        (header::CONTENT_TYPE, kind),
        (header::LOCATION, "https://elsewhere.example/"),
    ];
    (StatusCode::from_u16(status).expect("a status"), head, body).into_response()
}
