//! Users of the desk: their logins, their browsers, and what they press there.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use daybefore::domain::business::{Business, BusinessKind};
use daybefore::domain::ids::new_id;
use daybefore::domain::link::Token;
use daybefore::domain::password::Password;
use daybefore::domain::user::{LINK_FOR, Role, User};
use daybefore::store;
use daybefore::web;
use tower::ServiceExt as _;

use super::browser::Answer;
use super::test_app::TestApp;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A browser: it keeps the cookie that it was given, and says where it is.
#[derive(Clone, Debug)]
pub struct Browser {
    pub cookie: Option<String>,
    pub address: &'static str,
    /// Further headers of each request.
    pub headers: Vec<(&'static str, &'static str)>,
}

impl Browser {
    pub fn new() -> Self {
        Self {
            cookie: None,
            address: "203.0.113.5:40000",
            headers: Vec::new(),
        }
    }

    /// The same at another address.
    pub fn at(address: &'static str) -> Self {
        Self { address, ..Self::new() }
    }

    /// The same with one more header.
    pub fn saying(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub async fn ask(&mut self, app: &TestApp, method: Method, path: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("theme=dark; {cookie}"));
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).expect("a request");
        let peer: SocketAddr = self.address.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = web::router(app.app.clone()).oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        };
        if answer.headers.contains_key(header::SET_COOKIE) {
            let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default();
            self.cookie = Some(cookie.to_owned()).filter(|cookie| !cookie.ends_with('='));
        }
        answer
    }

    pub async fn get(&mut self, app: &TestApp, path: &str) -> Answer {
        self.ask(app, Method::GET, path, String::new()).await
    }

    pub async fn post(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.ask(app, Method::POST, path, body).await
    }

    /// Types a login and a password into the sign-in.
    pub async fn sign_in(&mut self, app: &TestApp, login: &str, password: &str) -> Answer {
        let fields = [("login", login), ("password", password)];
        self.post(app, "/sign-in", &fields).await
    }

    /// Sends a form with this session's field.
    pub async fn acts(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(app).await;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post(app, path, &fields).await
    }

    /// The same, and what the page says to which that leads.
    pub async fn does(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.acts(app, path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        let next = answer.header("location").to_owned();
        self.waits(app, &next).await.html()
    }

    /// What this browser's forms have in their hidden field.
    pub async fn csrf(&mut self, app: &TestApp) -> String {
        self.get(app, "/").await.csrf()
    }
}

impl Answer {
    /// The page as it is written, with its slashes: a template writes them as `&#x2f;` where they come from a value.
    pub fn html(&self) -> String {
        self.body.replace("&#x2f;", "/")
    }

    /// The hidden field by which a form is known as this session's.
    pub fn csrf(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl TestApp {
    /// A user who has chosen a password, in these businesses.
    pub async fn user(&self, login: &str, belongs: &[(&str, Role)]) -> String {
        let password = Password::parse(PASSWORD).expect("a password");
        let hash = self.app.door.hash(password).await.expect("a hash");
        let id = self.invited(login, belongs).await;
        let mut tx = self.app.store().write().await.expect("a transaction");
        store::user::set_password(&mut tx, &id, &hash).await.expect("set");
        tx.commit().await.expect("committed");
        id
    }

    /// A user who has not. `reads-de` reads German.
    pub async fn invited(&self, login: &str, belongs: &[(&str, Role)]) -> String {
        let user = User {
            id: new_id(self.now()),
            login: login.to_owned(),
            name: format!("The {login}"),
            locale: login.strip_prefix("reads-").unwrap_or("en").to_owned(),
            created_at: self.now(),
            ended_at: None,
            has_password: false,
        };
        let mut tx = self.app.store().write().await.expect("a transaction");
        assert!(store::user::add(&mut tx, &user).await.expect("added"));
        for (business, role) in belongs {
            store::user::allow(&mut tx, &user.id, business, *role)
                .await
                .expect("allowed");
        }
        tx.commit().await.expect("committed");
        user.id
    }

    /// The path of a new link by which a user chooses a password.
    pub async fn welcome_link(&self, user_id: &str) -> String {
        let token = Token::new(rand::random());
        let mut tx = self.app.store().write().await.expect("a transaction");
        store::user_link::add(&mut tx, &token.hash(), user_id, self.now() + LINK_FOR)
            .await
            .expect("added");
        tx.commit().await.expect("committed");
        format!("/welcome/{}", token.as_str())
    }

    /// A browser that is signed in as a new user with that role in the app's business.
    pub async fn signed_in(&self, login: &str, belongs: &[(&str, Role)]) -> Browser {
        self.user(login, belongs).await;
        let mut browser = Browser::new();
        let answer = browser.sign_in(self, login, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser
    }

    /// One more business, which has nothing to do with the app's own.
    pub async fn another_business(&self, id: &str) {
        let mut business = Business::new(id.to_owned(), BusinessKind::Garage, "DE");
        "Another Garage".clone_into(&mut business.name);
        "Europe/Berlin".clone_into(&mut business.zone);
        "de".clone_into(&mut business.locale);
        let mut tx = self.app.store().write().await.expect("a transaction");
        store::business::save(&mut tx, &business, self.now())
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
    }
}
