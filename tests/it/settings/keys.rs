//! Keys, and what they open: the business's own imports, and nothing else.

use axum::http::Method;
use daybefore::domain::user::Role;
use daybefore::store;
use serde_json::Value;

use crate::support::browser::Answer;
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::uploading::{OWNER, with_key};

const FILE: &[u8] =
    b"external_id,name,phone,starts_at,colour\nB-1,Ana,+491713920012,2026-12-15 09:00,red\nB-2,Bo,,soon,\n";
const PATH: &str = "/api/v1/imports/bookings";

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).expect("JSON")
}

async fn bookings(app: &TestApp, business: &str) -> usize {
    let mut tx = app.app.store().read().await.unwrap();
    let kind = daybefore::domain::item::ItemKind::Booking;
    store::item::page(&mut tx, kind, business, "", 10).await.unwrap().len()
}

#[tokio::test]
async fn a_system_hands_over_its_file_and_hears_what_became_of_each_row() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let key = app.key(&mut anna, "Workshop software").await;
    assert!(!app.is_on_disk(&key), "only its hash is kept");
    let tried = with_key(&app, &key, &format!("{PATH}?dry_run=true"), FILE).await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    let told = json(&tried);
    assert_eq!(
        (&told["dry_run"], &told["added"], &told["refused"]),
        (&true.into(), &1.into(), &1.into())
    );
    assert_eq!(bookings(&app, BUSINESS).await, 0, "nothing was changed");
    let told = json(&with_key(&app, &key, PATH, FILE).await);
    assert_eq!(
        (&told["dry_run"], &told["added"], &told["unchanged"]),
        (&false.into(), &1.into(), &0.into())
    );
    assert_eq!(told["ignored_columns"], serde_json::json!(["colour"]));
    let refusal = &told["refusals"][0];
    assert_eq!(
        (
            &refusal["line"],
            &refusal["column"],
            &refusal["value"],
            &refusal["external_id"]
        ),
        (&3.into(), &"starts_at".into(), &"soon".into(), &"B-2".into())
    );
    assert!(told["messages"]["planned"].as_u64().is_some_and(|planned| planned > 0));
    let told = json(&with_key(&app, &key, PATH, FILE).await);
    assert_eq!((&told["added"], &told["unchanged"]), (&0.into(), &1.into()));
    assert_eq!(app.uploads(), Vec::<String>::new(), "no file stays");
    let page = anna.get(&app, "/settings/keys").await.html();
    assert!(
        page.contains("Workshop software") && page.contains("09:00") && !page.contains(&key),
        "{page}"
    );
    assert!(anna.get(&app, "/import").await.html().contains("Workshop software"));
}

#[tokio::test]
async fn a_key_that_is_not_there_or_revoked_opens_nothing() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let key = app.key(&mut anna, "One").await;
    let bare = key.trim_start_matches("daybefore_");
    for wrong in ["", "nonsense", bare, &key[..20], &format!("{key}x")] {
        let answer = with_key(&app, wrong, PATH, FILE).await;
        assert_eq!(answer.status, 401, "{wrong}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(json(&answer)["code"], "no_key");
    }
    let mut tx = app.app.store().read().await.unwrap();
    let id = store::api_key::of_business(&mut tx, BUSINESS)
        .await
        .unwrap()
        .remove(0)
        .id;
    drop(tx);
    let page = anna.does(&app, &format!("/settings/keys/{id}/revoke"), &[]).await;
    assert!(page.contains("The key is revoked"), "{page}");
    assert_eq!(with_key(&app, &key, PATH, FILE).await.status, 401);
    assert_eq!(bookings(&app, BUSINESS).await, 0);
    assert_eq!(
        anna.acts(&app, &format!("/settings/keys/{id}/revoke"), &[])
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_cookie_opens_no_import_and_a_key_no_page() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let key = app.key(&mut anna, "One").await;
    let csrf = anna.csrf(&app).await;
    let answer = anna.post(&app, PATH, &[("csrf", &csrf)]).await;
    assert_eq!(answer.status, 401);
    let bearer = format!("Bearer {key}");
    for path in ["/", "/customers", "/settings/keys", "/import"] {
        let answer = app.visit(Method::GET, path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status, 303, "{path}");
    }
    let answer = with_key(&app, &key, "/sign-out", b"").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_key_touches_its_own_business_alone() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let mut ben = app.signed_in("ben", &[("other", Role::Owner)]).await;
    let key = app.key(&mut ben, "Theirs").await;
    app.book("B-1", "2026-12-20 09:00").await;
    let refused = with_key(&app, &key, &format!("{PATH}?business={BUSINESS}"), FILE).await;
    assert_eq!(
        (refused.status.as_u16(), &json(&refused)["code"]),
        (403, &"another_business".into())
    );
    let told = json(&with_key(&app, &key, PATH, FILE).await);
    assert_eq!(told["added"], 1, "B-1 is new there");
    assert_eq!((bookings(&app, "other").await, bookings(&app, BUSINESS).await), (1, 1));
    assert_eq!(app.message("B-1", "day-before").await.item.external_id, "B-1");
    let mut anna = app.signed_in("anna", OWNER).await;
    let mut tx = app.app.store().read().await.unwrap();
    let id = store::api_key::of_business(&mut tx, "other")
        .await
        .unwrap()
        .remove(0)
        .id;
    drop(tx);
    assert!(!anna.get(&app, "/settings/keys").await.body.contains("Theirs"));
    assert_eq!(
        anna.acts(&app, &format!("/settings/keys/{id}/revoke"), &[])
            .await
            .status,
        404
    );
    assert_eq!(with_key(&app, &key, PATH, FILE).await.status, 200);
}

#[tokio::test]
async fn what_can_not_be_taken_is_a_problem_that_says_why() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let key = app.key(&mut anna, "One").await;
    let huge = vec![b'x'; 64 * 1024 * 1024 + 1];
    for (path, body, status, code) in [
        (PATH, b"PK\x03\x04xlsx".as_slice(), 422, "not_such_a_file"),
        (PATH, b"", 422, "not_such_a_file"),
        (PATH, b"id;name\n1;x\n", 422, "not_such_a_file"),
        (PATH, &huge, 413, "too_large"),
        ("/api/v1/imports/cars", FILE, 404, "not_found"),
        ("/api/v1/else", FILE, 404, "not_found"),
        ("/api/v1/imports/bookings?dry_run=perhaps", FILE, 400, "bad_query"),
    ] {
        let answer = with_key(&app, &key, path, body).await;
        assert_eq!(
            (answer.status.as_u16(), &json(&answer)["code"]),
            (status, &code.into()),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let answer = app.visit(Method::GET, PATH, &[], "").await;
    assert_eq!(
        (answer.status.as_u16(), &json(&answer)["code"]),
        (405, &"post_only".into())
    );
    let running = app.app.uploads.begin(BUSINESS, "another").expect("none runs");
    let answer = with_key(&app, &key, PATH, FILE).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (409, "15"));
    drop(running);
    assert_eq!(with_key(&app, &key, PATH, FILE).await.status, 200);
    assert_eq!(app.uploads(), Vec::<String>::new());
}

#[tokio::test]
async fn two_keys_of_one_name_are_not_made() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    app.key(&mut anna, "One \"><b>").await;
    let answer = anna.acts(&app, "/settings/keys", &[("name", "One \"><b>")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.html().contains("There is a key of that name") && !answer.body.contains("<b>"));
    assert_eq!(anna.acts(&app, "/settings/keys", &[("name", " ")]).await.status, 422);
}
