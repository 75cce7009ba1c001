//! Files that a browser or a business's own system hands over, and the forms of the settings.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use daybefore::domain::user::Role;
use daybefore::web;
use tower::ServiceExt as _;

use super::browser::Answer;
use super::desk::Browser;
use super::test_app::{BUSINESS, TestApp};

pub const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];
pub const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];
/// Where the parts of a form with a file end.
const BOUNDARY: &str = "----a-form-of-ours";

/// A part of such a form: its name, the file's name where it is one, and what is in it.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

fn form_with_file(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map_or_else(String::new, |file| {
            format!("; filename=\"{file}\"\r\nContent-Type: text/csv")
        });
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

impl Browser {
    /// Sends a form with a file as it is.
    pub async fn send_parts(&mut self, app: &TestApp, path: &str, parts: &[Part<'_>]) -> Answer {
        let mut request = Request::builder().method(Method::POST).uri(path).header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        );
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(form_with_file(parts))).expect("a request");
        let peer: SocketAddr = self.address.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        answer_of(app, request).await
    }

    /// Chooses a file on `/import` and presses the button; goes where that leads, until the page no longer renews itself.
    pub async fn uploads(&mut self, app: &TestApp, kind: &str, known: bool, file: &str) -> (String, Answer) {
        let csrf = self.csrf(app).await;
        let mut parts: Vec<Part<'_>> = vec![("csrf", None, csrf.as_bytes()), ("kind", None, kind.as_bytes())];
        parts.push(("file", Some("list.csv"), file.as_bytes()));
        if known {
            parts.push(("known", None, b"yes"));
        }
        let answer = self.send_parts(app, "/import", &parts).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let path = answer.header("location").to_owned();
        let page = self.waits(app, &path).await;
        (path.split('?').next().unwrap_or_default().to_owned(), page)
    }

    /// Looks at a page until it no longer renews itself.
    pub async fn waits(&mut self, app: &TestApp, path: &str) -> Answer {
        loop {
            let page = self.get(app, path).await;
            if page.header("refresh").is_empty() {
                return page;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Asks the site for something with a key.
pub async fn with_key(app: &TestApp, key: &str, path: &str, body: &[u8]) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(Body::from(body.to_vec()))
        .expect("a request");
    answer_of(app, request).await
}

async fn answer_of(app: &TestApp, request: Request<Body>) -> Answer {
    let response = web::router(app.app.clone()).oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 22).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("text"),
    }
}

impl TestApp {
    /// Makes a key at the desk, as an owner does. Returns the key, shown once.
    pub async fn key(&self, owner: &mut Browser, name: &str) -> String {
        let page = owner.acts(self, "/settings/keys", &[("name", name)]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let (_, rest) = page.body.split_once("value=\"daybefore_").expect("a key");
        let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        format!("daybefore_{token}")
    }

    /// What lies beside the database of files that were handed over.
    pub fn uploads(&self) -> Vec<String> {
        let folder = format!("{}-uploads", self.app.store().path().display());
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }
}
