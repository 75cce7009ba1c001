//! The first run: open to whoever has the link, while there is no user, and never again.

use daybefore::domain::business::BusinessKind;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::store::raw;
use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, TestApp};

const BEN: [(&str, &str); 3] = [
    ("name", "Ben Bell"),
    ("login", "Ben@Example.com"),
    ("password", PASSWORD),
];

const GARAGE: [(&str, &str); 6] = [
    ("business_name", "Bell’s  Garage"),
    ("business_id", ""),
    ("preset", "garage"),
    ("zone", "america/new_york"),
    ("locale", "en"),
    ("region", "us"),
];

fn fields<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<_> = GARAGE.into_iter().chain(BEN).collect();
    for field in &mut all {
        if let Some(changed) = change.iter().find(|changed| changed.0 == field.0) {
            *field = *changed;
        }
    }
    all
}

/// An installation on which nothing was done yet.
async fn fresh() -> TestApp {
    let app = TestApp::garage().start().await;
    for table in ["rule", "history", "business"] {
        raw(&app.app.store().path(), &format!("DELETE FROM {table}"))
            .await
            .unwrap();
    }
    app
}

fn set_up(app: &TestApp) -> String {
    format!("/set-up/{}", app.app.door.open_set_up().as_str())
}

#[tokio::test]
async fn the_first_user_founds_a_business_and_is_signed_in_as_its_owner() {
    let app = fresh().await;
    let path = set_up(&app);
    let mut browser = Browser::new();
    let sign_in = browser.get(&app, "/sign-in").await.text();
    assert!(sign_in.contains("Nobody can sign in yet"), "{sign_in}");
    assert_eq!(browser.get(&app, &path).await.status, 200);
    let answer = browser.post(&app, &path, &fields(&[])).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/"),
        "{}",
        answer.text()
    );
    let desk = browser.get(&app, "/").await;
    assert!(
        desk.body.contains("Bell’s Garage") && desk.body.contains("Ben Bell"),
        "{}",
        desk.body
    );
    assert_eq!(browser.get(&app, "/users").await.status, 200, "an owner");
    let mut tx = app.app.store().read().await.unwrap();
    let business = store::business::find(&mut tx, "bell-s-garage").await.unwrap().unwrap();
    assert_eq!(
        (
            business.kind,
            business.zone.as_str(),
            business.locale.as_str(),
            business.region.as_str()
        ),
        (BusinessKind::Garage, "America/New_York", "en-US", "US")
    );
    assert!(
        !store::rule::of_business(&mut tx, &business.id)
            .await
            .unwrap()
            .is_empty()
    );
    let user = store::user::of_login(&mut tx, "ben@example.com")
        .await
        .unwrap()
        .unwrap();
    assert!(user.has_password);
    assert_eq!(
        Browser::new().sign_in(&app, "ben@example.com", PASSWORD).await.status,
        303
    );
}

#[tokio::test]
async fn it_opens_once_and_only_to_its_own_link() {
    let app = fresh().await;
    assert_eq!(Browser::new().get(&app, "/set-up/").await.status, 404);
    let (before, path) = (set_up(&app), set_up(&app));
    for wrong in [
        before.as_str(),
        "/set-up/nonsense",
        "/set-up/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert_eq!(Browser::new().get(&app, wrong).await.status, 404, "{wrong}");
        assert_eq!(
            Browser::new().post(&app, wrong, &fields(&[])).await.status,
            404,
            "{wrong}"
        );
    }
    let mut there = Browser::new().saying("sec-fetch-site", "cross-site");
    assert_eq!(there.post(&app, &path, &fields(&[])).await.status, 403);
    assert_eq!(Browser::new().post(&app, &path, &fields(&[])).await.status, 303);
    assert_eq!(Browser::new().get(&app, &path).await.status, 404);
    let again = fields(&[("login", "eve"), ("business_id", "eve")]);
    assert_eq!(Browser::new().post(&app, &path, &again).await.status, 404);
    // Not even with a new link, were one made.
    let path = set_up(&app);
    assert_eq!(Browser::new().post(&app, &path, &again).await.status, 404);
}

#[tokio::test]
async fn a_mistake_is_told_beside_its_field_and_nothing_that_was_typed_is_lost() {
    let app = fresh().await;
    let path = set_up(&app);
    for (change, told) in [
        (("business_name", " "), "Write the name that your customers know."),
        (("business_id", "Bell Garage"), "Use lower-case letters"),
        (("preset", "bakery"), "Choose what you do."),
        (("zone", "Europe/Nowhere"), "That time zone is not known."),
        (("locale", "tlh"), "Choose one of the languages."),
        (("region", "QQ"), "No country has these two letters."),
        (("name", ""), "Write your name."),
        (("login", "ben bell"), "Leave out the spaces"),
        (("login", "ben@"), "That is no mail address."),
        (("password", "short"), "That is too short"),
    ] {
        let typed = fields(&[change]);
        let answer = Browser::new().post(&app, &path, &typed).await;
        assert_eq!(answer.status, 422, "{change:?}");
        let beside = format!(r#"id="{}-hint">{told}"#, change.0);
        assert!(answer.body.contains(&beside), "{change:?}: {}", answer.body);
        assert_eq!(answer.body.matches("aria-invalid").count(), 1, "{change:?}");
        for (name, value) in [("login", typed[7].1), ("name", typed[6].1), ("zone", typed[3].1)] {
            let kept = format!(r#"name="{name}" value="{value}""#);
            assert!(answer.html().contains(&kept), "{name}: {}", answer.body);
        }
        assert!(!answer.body.contains(PASSWORD));
    }
    let mut tx = app.app.store().read().await.unwrap();
    assert!(!store::user::any(&mut tx).await.unwrap() && store::business::all(&mut tx).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_made_by_commands_before_belongs_to_the_first_user() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let path = set_up(&app);
    let mut browser = Browser::new();
    let page = browser.get(&app, &path).await;
    assert!(
        page.text().contains("You will own: Another Garage , Garage Müller"),
        "{}",
        page.text()
    );
    assert!(!page.body.contains("business_name"));
    assert_eq!(browser.post(&app, &path, &BEN).await.status, 303);
    let mut tx = app.app.store().read().await.unwrap();
    let user = store::user::of_login(&mut tx, "ben@example.com")
        .await
        .unwrap()
        .unwrap();
    let belongs = store::user::memberships(&mut tx, &user.id).await.unwrap();
    let belongs: Vec<_> = belongs.iter().map(|one| (one.business_id.as_str(), one.role)).collect();
    assert_eq!(belongs, [("other", Role::Owner), (BUSINESS, Role::Owner)]);
}
