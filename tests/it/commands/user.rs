//! `daybefore user`: who can sign in at the desk.

use daybefore::domain::user::Role;

use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, TestApp};

const ADD: [&str; 9] = [
    "user",
    "add",
    "Anna@Example.com",
    "--name",
    "Anna Bell",
    "--business",
    BUSINESS,
    "--role",
    "owner",
];

/// The path of the link that stands in what was printed.
fn link(told: &str) -> String {
    let (_, rest) = told.split_once("/welcome/").expect("a link");
    let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("/welcome/{token}")
}

#[tokio::test]
async fn a_user_is_added_chooses_a_password_and_is_ended() {
    // The commands go by the machine’s clock: a link that they make must not have ended for the app.
    let app = TestApp::garage().at("2020-01-01 09:00").start().await;
    app.another_business("other").await;
    let told = app.daybefore_with(&ADD).said();
    assert!(
        told.starts_with("added anna@example.com (Anna Bell)\nhttp://127.0.0.1:8080/welcome/"),
        "{told}"
    );
    assert!(told.contains("it works one time, until 20"), "{told}");
    let first = link(&told);
    assert_eq!(
        app.daybefore("user list").said(),
        "anna@example.com               invited  en     Anna Bell  owner of shop\n"
    );
    let second = link(&app.daybefore("user link ANNA@example.com").said());
    assert_eq!(
        Browser::new().get(&app, &first).await.status,
        404,
        "a newer one ends it"
    );
    let answer = Browser::new().post(&app, &second, &[("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303);
    let mut browser = Browser::new();
    assert_eq!(browser.sign_in(&app, "anna@example.com", PASSWORD).await.status, 303);
    assert_eq!(browser.get(&app, "/users").await.status, 200);

    let allowed = app.daybefore("user allow anna@example.com --business other").said();
    assert_eq!(allowed, "anna@example.com is staff of other\n");
    assert_eq!(browser.get(&app, "/?business=other").await.status, 200);
    let denied = app.daybefore("user deny anna@example.com --business other").said();
    assert_eq!(denied, "anna@example.com belongs to other no more\n");
    assert_eq!(browser.get(&app, "/?business=other").await.status, 404);

    let ended = app.daybefore("user end anna@example.com").said();
    assert_eq!(ended, "ended anna@example.com; signed out of 1 browser(s)\n");
    assert_eq!(browser.get(&app, "/").await.status, 303);
    assert_eq!(
        Browser::new().sign_in(&app, "anna@example.com", PASSWORD).await.status,
        422
    );
    let list = app.daybefore("user list --json").json();
    assert_eq!(
        (
            &list[0]["login"],
            &list[0]["has_password"],
            list[0]["ended_at"].is_string()
        ),
        (&"anna@example.com".into(), &true.into(), true)
    );
    assert_eq!(list[0]["businesses"][0]["role"], "owner");
    assert!(!list[0].to_string().contains("argon2"), "no hash leaves the database");
}

#[tokio::test]
async fn a_user_may_belong_to_several_businesses_each_with_a_role() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let more = ["--business", "other", "--role", "staff", "--locale", "fr", "--json"];
    let added = app.daybefore_with(&[&ADD[..], &more].concat()).json();
    assert_eq!(added[0]["login"], "anna@example.com");
    assert!(added[0]["link"].as_str().is_some_and(|link| link.contains("/welcome/")));
    assert_eq!(
        app.daybefore("user list").said(),
        "anna@example.com               invited  fr     Anna Bell  staff of other, owner of shop\n"
    );
}

#[tokio::test]
async fn what_can_not_be_done_is_told_with_its_remedy() {
    let app = TestApp::garage().start().await;
    app.user("ben", &[(BUSINESS, Role::Owner)]).await;
    let mut unknown = ADD;
    unknown[6] = "nothing";
    let mut spaced = ADD;
    spaced[2] = "anna bell";
    let mut taken = ADD;
    taken[2] = "BEN";
    for (arguments, problem) in [
        (
            &unknown[..],
            "there is no business `nothing`: `daybefore business list` shows them",
        ),
        (
            &spaced[..],
            "a login has no spaces: write a mail address, or a name like anna.bell",
        ),
        (
            &taken[..],
            "there is a user `ben` already, or was one: `daybefore user list` shows them",
        ),
        (
            &[&ADD[..], &["--business", "shop"]].concat(),
            "each --business needs a --role of its own: --business one --role owner --business other --role staff",
        ),
        (
            &["user", "link", "nobody"],
            "there is no user `nobody`: `daybefore user list` shows them",
        ),
        (
            &["user", "allow", "ben", "--business", "nothing"],
            "there is no business `nothing`: `daybefore business list` shows them",
        ),
    ] {
        assert_eq!(app.daybefore_with(arguments).refused(), problem);
    }
    app.daybefore("user end ben").said();
    for line in ["user end ben", "user link ben", "user allow ben --business shop"] {
        assert_eq!(app.daybefore(line).refused(), "ben has ended", "{line}");
    }
}
