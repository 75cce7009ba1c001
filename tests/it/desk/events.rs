//! Open pages are told that something has changed, and never what; strangers and those who have left are told nothing.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use daybefore::domain::user::Role;
use daybefore::store;
use daybefore::web;
use futures::StreamExt as _;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::talk::asked;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

/// How long a test waits for what must come.
const SURELY: Duration = Duration::from_secs(20);

/// A page that listens.
struct Listening(BodyDataStream);

impl Listening {
    /// The next event's name. None: the stream has ended.
    async fn hears(&mut self) -> Option<String> {
        loop {
            let next = tokio::time::timeout(SURELY, self.0.next())
                .await
                .expect("something comes")?;
            let text = String::from_utf8(next.expect("bytes").to_vec()).expect("text");
            let Some(rest) = text.strip_prefix("event: ") else {
                continue;
            };
            assert_eq!(
                rest.split_once('\n').map(|(_, data)| data.trim()),
                Some("data: changed"),
                "{text}"
            );
            return rest.split('\n').next().map(str::to_owned);
        }
    }
}

async fn listens(app: &TestApp, browser: &Browser, query: &str) -> Result<Listening, StatusCode> {
    let request = Request::get(format!("/events{query}"))
        .header(header::COOKIE, browser.cookie.clone().unwrap_or_default())
        .body(Body::empty())
        .unwrap();
    let answer = web::router(app.app.clone()).oneshot(request).await.unwrap();
    if answer.status() != StatusCode::OK {
        return Err(answer.status());
    }
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    Ok(Listening(answer.into_body().into_data_stream()))
}

#[tokio::test]
async fn a_page_hears_of_a_reply_an_act_a_case_and_a_message() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let mut page = listens(&app, &eva, &format!("?customer={ana}")).await.unwrap();
    app.customer_replies("hello, anybody there?").await;
    assert_eq!(page.hears().await.as_deref(), Some("inbox"));
    app.customer_replies("this is the worst garage I know, I am so angry")
        .await;
    assert!(["cases", "messages", "inbox"].contains(&page.hears().await.unwrap().as_str()));
    eva.does(&app, &format!("/inbox/{ana}/done"), &[]).await;
    page.hears().await.expect("an event");
}

#[tokio::test]
async fn what_changed_before_the_page_listened_is_told_at_once() {
    let (app, eva, _) = asked("Can we do Thursday instead?").await;
    let mut page = listens(&app, &eva, "?version=0").await.unwrap();
    assert_eq!(page.hears().await.as_deref(), Some("inbox"));
}

#[tokio::test]
async fn what_another_process_writes_is_heard_too() {
    let (app, eva, _) = asked("Can we do Thursday instead?").await;
    let mut page = listens(&app, &eva, "").await.unwrap();
    let path = app.app.store().path();
    crate::store::raw(&path, "UPDATE conversation SET version = version + 1")
        .await
        .unwrap();
    assert_eq!(page.hears().await.as_deref(), Some("inbox"));
}

#[tokio::test]
async fn a_stranger_hears_nothing_of_another_business() {
    let (app, _, ana) = asked("Can we do Thursday instead?").await;
    app.another_business("other").await;
    let stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    for query in [
        format!("?business={BUSINESS}"),
        format!("?customer={ana}"),
        "?customer=x".to_owned(),
    ] {
        let refused = listens(&app, &stranger, &query).await.err();
        assert_eq!(refused, Some(StatusCode::NOT_FOUND), "{query}");
    }
    assert_eq!(
        listens(&app, &Browser::new(), "").await.err(),
        Some(StatusCode::SEE_OTHER)
    );
    let mut page = listens(&app, &stranger, "").await.unwrap();
    app.text_from(PHONE, "hello?").await;
    app.app.live.close();
    assert_eq!(page.hears().await, None, "nothing was told until the end");
}

#[tokio::test]
async fn who_signs_out_or_leaves_hears_no_more() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let mut page = listens(&app, &eva, "").await.unwrap();
    let csrf = eva.csrf(&app).await;
    eva.post(&app, "/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(page.hears().await, None, "signed out");

    let mut ben = app.signed_in("ben", &[(BUSINESS, Role::Staff)]).await;
    let mut page = listens(&app, &ben, "").await.unwrap();
    let mut tx = app.app.store().write().await.unwrap();
    let ben_id = store::user::of_login(&mut tx, "ben").await.unwrap().unwrap().id;
    store::user::deny(&mut tx, &ben_id, BUSINESS).await.unwrap();
    tx.commit().await.unwrap();
    app.customer_replies("hello?").await;
    assert_eq!(page.hears().await, None, "belongs there no more");
    assert_eq!(ben.get(&app, &format!("/inbox/{ana}")).await.status, 404);
    assert_eq!(app.app.live.count(), 0);
}

#[tokio::test]
async fn a_user_has_so_many_pages_and_gets_back_those_that_are_closed() {
    let (app, eva, _) = asked("Can we do Thursday instead?").await;
    let mut pages = Vec::new();
    let refused = loop {
        match listens(&app, &eva, "").await {
            Ok(page) => pages.push(page),
            Err(status) => break status,
        }
        assert!(pages.len() < 100);
    };
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
    pages.pop();
    assert!(listens(&app, &eva, "").await.is_ok());
}

#[tokio::test]
async fn the_server_stops_although_pages_listen() {
    let (app, eva, _) = asked("Can we do Thursday instead?").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(web::serve(app.app.clone(), listener, async move {
        stopped.await.ok();
    }));
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /events HTTP/1.1\r\nhost: {address}\r\ncookie: {}\r\n\r\n",
        eva.cookie.clone().unwrap()
    );
    tokio::io::AsyncWriteExt::write_all(&mut connection, request.as_bytes())
        .await
        .unwrap();
    let mut start = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut connection, &mut start)
        .await
        .unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    stop.send(()).unwrap();
    tokio::time::timeout(SURELY, server)
        .await
        .expect("it stops")
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn the_script_is_a_file_of_ours() {
    let app = TestApp::garage().start().await;
    let script = Browser::new().get(&app, "/desk.js").await;
    assert_eq!(script.status, 200);
    assert!(script.header("content-type").starts_with("text/javascript"));
    for forbidden in ["eval(", "http://", "https://", "onclick"] {
        assert!(!script.body.contains(forbidden), "{forbidden}");
    }
}
