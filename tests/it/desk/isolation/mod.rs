//! Whatever the router serves is tried by those whom it is not for: nobody signed in, another business's owner, staff where
//! only owners may, and forms of nobody's session. They learn nothing, and the database stays as it was.

mod planted;
mod routes;

use std::time::Duration;

use axum::http::Method;

use self::planted::{MARKS, two};
use self::routes::{Route, all};
use crate::support::browser::Answer;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

/// What nobody needs to sign in for.
const PUBLIC: &[&str] = &[
    "/api/v1",
    "/api/v1/imports/{kind}",
    "/api/v1/{*path}",
    "/desk.css",
    "/desk.js",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/r/page.css",
    "/r/{token}",
    "/set-up/{token}",
    "/sign-in",
    "/text_preview.js",
    "/u/{token}",
    "/webhooks/twilio/message",
    "/webhooks/twilio/status",
    "/welcome/{token}",
];

/// What only an owner may see or do, by method and path.
const OWNERS: &[&str] = &[
    "get /customers/{id}/erase",
    "get /import",
    "get /import/templates/{kind}",
    "get /import/{id}",
    "get /import/{id}/refused.csv",
    "get /rules/add",
    "get /rules/edit/{id}",
    "get /settings",
    "get /settings/holidays",
    "get /settings/keys",
    "get /settings/senders",
    "get /users",
    "get /users/{id}",
    "post /customers/{id}/erase",
    "post /import/{id}",
    "post /rules/change",
    "post /settings",
    "post /settings/holidays",
    "post /settings/keys",
    "post /settings/keys/{id}/revoke",
    "post /settings/senders",
    "post /settings/senders/resume",
    "post /settings/senders/test",
    "post /settings/senders/tests/{id}",
    "post /users",
    "post /users/{id}/end",
    "post /users/{id}/link",
    "post /users/{id}/out",
    "post /users/{id}/role",
];

/// The names in a query that lead to a row.
const QUERY: &[&str] = &[
    "customer",
    "id",
    "change",
    "after",
    "after_id",
    "before_id",
    "example",
    "again",
    "attempt",
    "copy",
    "call",
    "token",
];

/// Those that look for words.
const SEARCHES: [&str; 2] = ["q", "find"];

/// The names in forms that lead to a row.
const FORM: &[&str] = &[
    "customer", "id", "change", "attempt", "owner", "example", "token", "about", "base", "given",
];

/// The tables whose rows pages and forms name.
const TABLES: [&str; 6] = [
    "attempt",
    "booking",
    "customer",
    "customer_case",
    "desk_item",
    "message",
];

/// A form that any handler can read.
const FILLED: &[(&str, &str)] = &[
    ("step", "save"),
    ("status", "cancelled"),
    ("kind", "policy"),
    ("cause", "other"),
    ("note", "x"),
    ("outcome", "reached"),
    ("role", "staff"),
    ("words", "x"),
    ("text", "x"),
    ("to", "x"),
    ("channel", "sms"),
    ("purpose", "respond"),
    ("name", "x"),
    ("date", "2026-12-17"),
    ("time", "11:00"),
    ("ends_on", "2027-01-01"),
    ("lane", "sms"),
    ("seen", "1"),
    ("version", "1"),
    ("scope", "service"),
];

/// What a handler has to be asked to do before it looks at anything: most know a common word.
fn act_of(path: &str) -> &'static str {
    match path {
        "/inbox/{id}/answer" => "send",
        "/rules/change" => "off",
        _ => "confirm",
    }
}

fn is_public(route: &Route) -> bool {
    PUBLIC.contains(&route.path.as_str())
}

fn shows_nothing(what: &str, answer: &Answer) {
    let said = format!("{:?} {}", answer.headers, answer.html());
    for mark in MARKS {
        assert!(!said.contains(mark), "{what} shows {mark}: {}", answer.text());
    }
}

/// Asks; what does not end (server-sent events) is no answer.
async fn asks(app: &TestApp, browser: &mut Browser, method: &Method, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let asked = browser.ask(app, method.clone(), path, body);
    let answer = tokio::time::timeout(Duration::from_secs(20), asked).await;
    let answer = answer.unwrap_or_else(|_| panic!("{method} {path} does not end"));
    shows_nothing(&format!("{method} {path}"), &answer);
    answer
}

/// Every field that may carry an id, carrying that one.
fn form<'a>(csrf: &'a str, id: &'a str, act: &'a str, one: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("csrf", csrf), ("act", act), ("one", one)];
    fields.extend(FILLED);
    fields.extend(FORM.iter().map(|name| (*name, id)));
    fields
}

#[test]
fn what_is_public_and_what_is_only_owners_is_there() {
    let all = all();
    for path in PUBLIC {
        assert!(
            all.iter().any(|route| route.path == *path),
            "{path} is no route any more"
        );
    }
    for named in OWNERS {
        let (method, path) = named.split_once(' ').expect("a method and a path");
        let is_there = all.iter().any(|route| route.path == path && route.takes(method));
        assert!(is_there, "{named} is no route any more");
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_sees_and_changes_nothing() {
    let two = two().await;
    let before = two.app.dump().await;
    let ids = two.some_ids(1);
    for route in all() {
        for id in if route.names_something() { &ids[..] } else { &ids[..1] } {
            let path = route.of(id);
            for method in [Method::GET, Method::POST] {
                if !(route.takes(method.as_str().to_lowercase().as_str()) || route.takes("any")) {
                    continue;
                }
                let fields = if method == Method::POST {
                    form("x", id, "confirm", "hold:x")
                } else {
                    Vec::new()
                };
                let answer = asks(&two.app, &mut Browser::new(), &method, &path, &fields).await;
                let status = answer.status.as_u16();
                if is_public(&route) {
                    continue;
                }
                if method == Method::GET {
                    assert_eq!(status, 303, "{path}");
                    assert!(answer.header("location").starts_with("/sign-in?next="), "{path}");
                } else {
                    assert_eq!(status, 401, "{path}");
                }
            }
        }
    }
    assert_eq!(two.app.dump().await, before);
}

#[tokio::test]
async fn another_businesss_rows_are_not_there_whatever_is_asked_for() {
    let mut two = two().await;
    let csrf = two.otto.csrf(&two.app).await;
    let before = two.app.dump().await;
    let ids = two.some_ids(2);
    for route in all().into_iter().filter(|route| !is_public(route)) {
        // By the business's own name.
        for method in [Method::GET, Method::POST] {
            if route.takes(method.as_str().to_lowercase().as_str()) && route.path != "/sign-out" {
                let path = format!("{}?business={BUSINESS}", route.of(&ids[0]));
                let fields = if method == Method::POST {
                    form(&csrf, &ids[0], "confirm", "hold:x")
                } else {
                    Vec::new()
                };
                let answer = asks(&two.app, &mut two.otto, &method, &path, &fields).await;
                let is_refused = answer.status == 404 || answer.status == 400 && route.path == "/import";
                assert!(is_refused, "{method} {path}: {} {}", answer.status, answer.text());
            }
        }
        // By the ids of its rows, under one's own business.
        if !route.names_something() {
            continue;
        }
        for id in &ids {
            let one = format!("hold:{id}");
            let path = route.of(id);
            if route.takes("get") {
                let answer = asks(&two.app, &mut two.otto, &Method::GET, &path, &[]).await;
                assert_eq!(answer.status, 404, "GET {path}");
            }
            if route.takes("post") {
                let fields = form(&csrf, id, act_of(&route.path), &one);
                let answer = asks(&two.app, &mut two.otto, &Method::POST, &path, &fields).await;
                assert_eq!(answer.status, 404, "POST {path}: {}", answer.text());
            }
        }
        assert_eq!(two.app.dump().await, before, "{}", route.path);
    }
}

#[tokio::test]
async fn another_businesss_rows_can_not_be_named_in_ones_own_pages() {
    let mut two = two().await;
    let ids = two.rows_of(&TABLES);
    let own = two.own_ids().await;
    // What is looked for is shown again in its field: these are in the first's rows, and no marks themselves.
    let words = ["squeak", "39200", "tyres"];
    for route in all() {
        if is_public(&route) || !route.takes("get") {
            continue;
        }
        let paths: Vec<String> = if route.names_something() {
            own.iter().map(|id| route.of(id)).collect()
        } else {
            vec![route.path.clone()]
        };
        for path in paths {
            let by_id = ids.iter().flat_map(|id| QUERY.iter().map(|name| (*name, id.as_str())));
            let by_word = words.iter().flat_map(|word| SEARCHES.map(|name| (name, *word)));
            for (name, id) in by_id.chain(by_word) {
                if path == "/events" {
                    let path = format!("/events?customer={id}");
                    assert_eq!(
                        asks(&two.app, &mut two.otto, &Method::GET, &path, &[]).await.status,
                        404,
                        "{path}"
                    );
                    continue;
                }
                let answer = asks(
                    &two.app,
                    &mut two.otto,
                    &Method::GET,
                    &format!("{path}?{name}={id}"),
                    &[],
                )
                .await;
                assert!(!answer.status.is_server_error(), "{path}?{name}={id}");
                if answer.status == 404 && route.names_something() {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn another_businesss_rows_can_not_be_changed_by_ones_own_forms() {
    let mut two = two().await;
    let ids = two.rows_of(&TABLES);
    let before = two.app.dump().await;
    for route in all() {
        let leaves = ["/sign-out", "/profile/sessions"].contains(&route.path.as_str());
        if is_public(&route) || !route.takes("post") || leaves {
            continue;
        }
        let csrf = two.otto.csrf(&two.app).await;
        let paths: Vec<String> = if route.names_something() {
            two.own_ids().await.iter().map(|id| route.of(id)).collect()
        } else {
            vec![route.path.clone()]
        };
        for path in paths {
            for id in &ids {
                let one = format!("hold:{id}");
                let fields = form(&csrf, id, "hold", &one);
                let answer = asks(&two.app, &mut two.otto, &Method::POST, &path, &fields).await;
                assert!(!answer.status.is_server_error(), "{path} with {id}: {}", answer.text());
                if answer.status == 404 {
                    break;
                }
            }
        }
        let leaks = two.leaks(&before, &two.app.dump().await);
        assert!(leaks.is_empty(), "{}: {}", route.path, leaks.join("\n"));
    }
}

#[tokio::test]
async fn what_only_owners_may_do_is_refused_to_staff_everywhere() {
    let mut two = two().await;
    let csrf = two.eva.csrf(&two.app).await;
    let before = two.app.dump().await;
    let ids = two.some_ids(1);
    let mut refused = Vec::new();
    for route in all().into_iter().filter(|route| !is_public(route)) {
        for method in [Method::GET, Method::POST] {
            if !route.takes(method.as_str().to_lowercase().as_str()) || route.path == "/events" {
                continue;
            }
            let named = format!("{} {}", method.as_str().to_lowercase(), route.path);
            // What staff may do is not done here.
            if method == Method::POST && !OWNERS.contains(&named.as_str()) {
                continue;
            }
            for id in if route.names_something() { &ids[..] } else { &ids[..1] } {
                let fields = if method == Method::POST {
                    form(&csrf, id, act_of(&route.path), "hold:x")
                } else {
                    Vec::new()
                };
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&fields)
                    .finish();
                let answer = two.eva.ask(&two.app, method.clone(), &route.of(id), body).await;
                if answer.status == 403 {
                    refused.push(named.clone());
                    break;
                }
            }
        }
    }
    refused.sort();
    refused.dedup();
    let mut owners = OWNERS.to_vec();
    owners.sort_unstable();
    assert_eq!(refused, owners);
    assert_eq!(two.app.dump().await, before);
}

#[tokio::test]
async fn no_form_is_taken_without_the_field_of_its_own_session() {
    let mut two = two().await;
    let others = two.otto.csrf(&two.app).await;
    let ids = two.some_ids(1);
    let before = two.app.dump().await;
    for route in all()
        .into_iter()
        .filter(|route| route.takes("post") && !is_public(route))
    {
        for id in if route.names_something() { &ids[..] } else { &ids[..1] } {
            for csrf in [None, Some(""), Some(others.as_str())] {
                let mut fields = form(csrf.unwrap_or_default(), id, "confirm", "hold:x");
                if csrf.is_none() {
                    fields.remove(0);
                }
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&fields)
                    .finish();
                let answer = two.olga.ask(&two.app, Method::POST, &route.of(id), body).await;
                // A form with a file is none of these at all: tests/it/settings/imports.rs.
                let expected = if route.path == "/import" { 400 } else { 403 };
                assert_eq!(answer.status, expected, "{} {csrf:?}", route.path);
            }
        }
    }
    assert_eq!(two.app.dump().await, before);
}
