//! Users: invited, given a new link or role, taken out, ended; and never the last owner.

use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::uploading::{OWNER, STAFF};

/// The path of the link that a page shows.
fn link(page: &str) -> String {
    let (_, rest) = page.split_once("/welcome/").expect("a link");
    let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("/welcome/{token}")
}

async fn id(app: &TestApp, login: &str) -> String {
    let mut tx = app.app.store().read().await.unwrap();
    store::user::of_login(&mut tx, login).await.unwrap().unwrap().id
}

const EVA: [(&str, &str); 4] = [
    ("login", "Eva@Example.com"),
    ("name", "Eva <b>Bell</b>"),
    ("locale", "de"),
    ("role", "staff"),
];

#[tokio::test]
async fn somebody_is_invited_by_a_link_that_is_shown_once() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = anna.acts(&app, "/users", &EVA).await;
    assert_eq!(page.status, 200);
    assert!(page.html().contains("https://desk.example.com/welcome/") && !page.body.contains("<b>Bell"));
    let link = link(&page.html());
    assert!(
        !anna.get(&app, "/users").await.html().contains("/welcome/"),
        "only once"
    );
    assert!(
        !app.is_on_disk(link.trim_start_matches("/welcome/")),
        "only its hash is kept"
    );
    let mut eva = Browser::new();
    assert_eq!(eva.post(&app, &link, &[("password", PASSWORD)]).await.status, 303);
    assert_eq!(eva.sign_in(&app, "eva@example.com", PASSWORD).await.status, 303);
    assert_eq!(eva.get(&app, "/inbox").await.status, 200);
    assert_eq!(eva.get(&app, "/users").await.status, 403);
    let again = anna.acts(&app, "/users", &EVA).await;
    assert_eq!(again.status, 422);
    assert!(again.html().contains("This login is taken") && again.html().contains("Eva@Example.com"));
}

#[tokio::test]
async fn a_new_link_ends_the_one_before() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let first = link(&anna.acts(&app, "/users", &EVA).await.html());
    let path = format!("/users/{}/link", id(&app, "eva@example.com").await);
    let second = link(&anna.acts(&app, &path, &[]).await.html());
    assert_eq!(Browser::new().get(&app, &first).await.status, 404);
    assert_eq!(Browser::new().get(&app, &second).await.status, 200);
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    // One who can't sign in yet is no owner to fall back on.
    app.invited("ben", OWNER).await;
    let me = format!("/users/{}", id(&app, "anna").await);
    for (act, fields) in [("role", vec![("role", "staff")]), ("out", vec![]), ("end", vec![])] {
        let page = anna.does(&app, &format!("{me}/{act}"), &fields).await;
        assert!(
            page.contains("nobody else who can sign in is an owner"),
            "{act}: {page}"
        );
    }
    assert_eq!(anna.get(&app, "/users").await.status, 200);
    app.user("cleo", OWNER).await;
    let answer = anna.acts(&app, &format!("{me}/role"), &[("role", "staff")]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(anna.get(&app, "/users").await.status, 403);
}

#[tokio::test]
async fn whoever_is_taken_out_is_out_at_once_and_only_here() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let both = [(BUSINESS, Role::Staff), ("other", Role::Staff)];
    let mut eva = app.signed_in("eva", &both).await;
    let path = format!("/users/{}", id(&app, "eva").await);
    let page = anna.does(&app, &format!("{path}/out"), &[]).await;
    assert!(
        page.contains("Taken out of the business") && !page.contains("The eva"),
        "{page}"
    );
    assert_eq!(eva.get(&app, &format!("/?business={BUSINESS}")).await.status, 404);
    assert_eq!(
        eva.get(&app, "/?business=other").await.status,
        200,
        "the other one is not touched"
    );
    assert_eq!(anna.get(&app, &path).await.status, 404);
    let mut fred = app.signed_in("fred", STAFF).await;
    let path = format!("/users/{}", id(&app, "fred").await);
    anna.does(&app, &format!("{path}/out"), &[]).await;
    assert_eq!(fred.get(&app, "/").await.status, 303, "signed out");
    assert_eq!(fred.post(&app, "/sign-out", &[]).await.status, 401);
}

#[tokio::test]
async fn who_belongs_to_somebody_elses_business_too_keeps_their_password_and_their_login() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let mut eva = app
        .signed_in("eva", &[(BUSINESS, Role::Staff), ("other", Role::Owner)])
        .await;
    let path = format!("/users/{}", id(&app, "eva").await);
    for act in ["link", "end"] {
        let page = anna.does(&app, &format!("{path}/{act}"), &[]).await;
        assert!(page.contains("belongs to another business too"), "{act}: {page}");
    }
    assert_eq!(eva.get(&app, "/?business=other").await.status, 200);
}

#[tokio::test]
async fn a_user_of_the_owners_other_business_is_let_in_and_a_strangers_login_is_taken() {
    let app = TestApp::garage().start().await;
    app.another_business("mine").await;
    app.another_business("theirs").await;
    let mut anna = app
        .signed_in("anna", &[(BUSINESS, Role::Owner), ("mine", Role::Owner)])
        .await;
    let mut eva = app.signed_in("eva", &[("mine", Role::Staff)]).await;
    app.user("fred", &[("theirs", Role::Staff)]).await;
    let invite = |login| [("login", login), ("name", "X"), ("locale", "en"), ("role", "staff")];
    let path = format!("/users?business={BUSINESS}");
    let page = anna.does(&app, &path, &invite("eva")).await;
    assert!(page.contains("Let in") && page.contains("The eva"), "{page}");
    assert_eq!(
        eva.get(&app, &format!("/?business={BUSINESS}")).await.status,
        200,
        "the password stays"
    );
    let refused = anna.acts(&app, &path, &invite("fred")).await;
    assert!(refused.status == 422 && !refused.body.contains("The fred"));
}

#[tokio::test]
async fn an_ended_user_is_out_for_good() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let path = format!("/users/{}/end", id(&app, "eva").await);
    let page = anna.does(&app, &path, &[]).await;
    assert!(page.contains("Ended:"), "{page}");
    assert_eq!(eva.get(&app, "/").await.status, 303);
    assert_eq!(Browser::new().sign_in(&app, "eva", PASSWORD).await.status, 422);
}
