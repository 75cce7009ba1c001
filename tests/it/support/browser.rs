//! Whoever opens a link: a person's browser, a mail program, a scanner.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use daybefore::carrier::Content;
use daybefore::web;
use tower::ServiceExt as _;

use super::test_app::{PUBLIC_URL, TestApp};

/// The body that RFC 8058 has mail programs send.
pub const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// An answer of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("plain text"))
    }

    /// The value of the hidden field in which a page remembers what it showed.
    pub fn revision(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"revision\" value=\"").expect("a revision");
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// The text of the page without its marks.
    pub fn text(&self) -> String {
        let (_, main) = self.body.split_once("<main>").unwrap_or(("", &self.body));
        let mut text = String::new();
        for piece in main.split('<') {
            text.push(' ');
            text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl TestApp {
    /// Asks the site for something.
    pub async fn visit(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = web::router(self.app.clone()).oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.visit(Method::GET, path, &[], "").await
    }

    /// Sends a form, as a browser does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = (header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded");
        self.visit(Method::POST, path, &[kind], &body).await
    }

    /// Opens the page and presses a button of it.
    pub async fn press(&self, path: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let revision = self.get(path).await.revision();
        let mut all = vec![("do", act), ("revision", revision.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    /// The path of the last link of that kind (`/r/` or `/u/`) that was sent.
    pub fn link(&self, kind: &str) -> String {
        self.links(kind).pop().expect("a link")
    }

    /// The paths of all links of that kind, in the order they were sent.
    pub fn links(&self, kind: &str) -> Vec<String> {
        let mut sent: Vec<_> = self.sms.sent();
        sent.extend(self.email.sent());
        sent.sort_by_key(|outgoing| outgoing.now);
        let start = format!("{PUBLIC_URL}{kind}");
        let texts = sent.iter().map(|outgoing| match &outgoing.content {
            Content::Sms { text } => text.clone(),
            Content::Email(mail) => mail.text.clone(),
        });
        texts
            .filter_map(|text| {
                let (_, rest) = text.split_once(&start)?;
                let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
                Some(format!("{kind}{token}"))
            })
            .collect()
    }

    /// The whole database as bytes: equal where nothing was written in between.
    pub async fn database(&self) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.db");
        self.app.store().copy_to(&copy).await.expect("copied");
        std::fs::read(copy).expect("read")
    }

    /// Whether a text stands anywhere in the database's files as they lie on the disk.
    pub fn is_on_disk(&self, text: &str) -> bool {
        let path = self.app.store().path();
        let folder = path.parent().expect("a folder");
        let mut files = std::fs::read_dir(folder).expect("listed").flatten();
        files.any(|file| {
            let bytes = std::fs::read(file.path()).unwrap_or_default();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    }
}
