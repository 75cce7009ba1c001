//! Customers, bookings and renewals are listed, and found by whatever somebody knows of them.

use axum::http::StatusCode;
use daybefore::outbound::erasure::erase;

use super::open;
use crate::support::test_app::{BUSINESS, TestApp};

const CUSTOMERS: &str = "external_id,name,phone,email,standing
K-1,Ana Košir,0171 3920012,Ana@Example.com,vip
K-2,Jörg Müller,0171 3920013,joerg@example.com,
K-3,María García López,0171 3920014,maria@example.com,
";

const BOOKINGS: &str = "external_id,customer_id,name,phone,service,vehicle,starts_at,duration_minutes,status
B-1,K-1,,,Oil change,\"VW Golf, B-XY 1234\",2026-12-15 09:00,60,booked
B-2,K-2,,,Brakes,\"Opel Corsa, M-AB 77\",2026-12-15 11:00,60,booked
B-3,K-2,,,Tyres,\"Opel Corsa, M-AB 77\",2026-11-10 11:00,60,completed
";

const RENEWALS: &str = "external_id,customer_id,name,kind,subject,reference,ends_on,status
R-1,K-3,,policy,Car insurance,KFZ-88 123,2027-01-31,active
R-2,K-1,,inspection,Golf,,2026-11-20,active
";

async fn known() -> TestApp {
    let app = open(TestApp::garage()).await;
    app.import_customers(CUSTOMERS).await;
    app.import_bookings(BOOKINGS).await;
    app.import_renewals(RENEWALS).await;
    app
}

/// The names of the customers on a page, in its order.
async fn names(app: &TestApp, path: &str) -> Vec<String> {
    let answer = app.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    let links = answer.body.split("<a href=\"/customers/").skip(1);
    links
        .filter_map(|rest| Some(rest.split_once('>')?.1.split('<').next()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn customers_are_listed_by_name_and_found_by_anything_known_of_them() {
    let app = known().await;
    assert_eq!(
        names(&app, "/customers").await,
        ["Ana Košir", "Jörg Müller", "María García López"]
    );
    for (query, found) in [
        ("kosir", "Ana Košir"),
        ("Ana+Ko", "Ana Košir"),
        ("mueller+j", "Jörg Müller"),
        ("garc%C3%ADa", "María García López"),
        ("0171+3920013", "Jörg Müller"),
        ("%2B49+171+392+00+13", "Jörg Müller"),
        ("Ana@example.COM", "Ana Košir"),
        ("K-3", "María García López"),
        ("bxy1234", "Ana Košir"),
        ("M-AB+77", "Jörg Müller"),
        ("B-3", "Jörg Müller"),
        ("kfz88", "María García López"),
    ] {
        assert_eq!(names(&app, &format!("/customers?q={query}")).await, [found], "{query}");
    }
    let nobody = app.get("/customers?q=zzz").await;
    assert!(nobody.text().contains("Nothing fits."), "{}", nobody.text());
}

#[tokio::test]
async fn bookings_are_listed_by_day_in_parts_and_states() {
    let app = known().await;
    for (query, found) in [
        ("", vec!["Ana Košir", "Jörg Müller"]),
        ("?part=past", vec!["Jörg Müller"]),
        ("?part=all", vec!["Jörg Müller", "Ana Košir", "Jörg Müller"]),
        ("?state=completed", vec![]),
        ("?part=all&state=completed", vec!["Jörg Müller"]),
        ("?q=golf", vec!["Ana Košir"]),
        ("?q=muller&part=all", vec!["Jörg Müller", "Jörg Müller"]),
        ("?q=B-2", vec!["Jörg Müller"]),
    ] {
        assert_eq!(names(&app, &format!("/bookings{query}")).await, found, "{query}");
    }
}

#[tokio::test]
async fn renewals_are_listed_by_date_kind_and_state() {
    let app = known().await;
    for (query, found) in [
        ("", vec!["María García López"]),
        ("?part=past", vec!["Ana Košir"]),
        ("?part=all&kind=inspection", vec!["Ana Košir"]),
        ("?part=all&state=lapsed", vec![]),
        ("?part=all&q=KFZ-88", vec!["María García López"]),
    ] {
        assert_eq!(names(&app, &format!("/renewals{query}")).await, found, "{query}");
    }
}

#[tokio::test]
async fn a_long_list_goes_on_where_the_page_ended() {
    let app = open(TestApp::garage()).await;
    let rows = (0..120).map(|number| format!("K-{number},Ana Kosir {},\n", ["A", "B"][number % 2]));
    let csv = format!("external_id,name,phone\n{}", rows.collect::<String>());
    app.import_customers(&csv).await;
    for path in ["/customers?business=shop", "/customers?business=shop&q=kosir"] {
        let (mut seen, mut next) = (Vec::new(), path.to_owned());
        for _ in 0..3 {
            let page = app.get(&next).await.body;
            let ids = page.split("<a href=\"/customers/").skip(1);
            seen.extend(ids.filter_map(|rest| Some(rest.split_once('?')?.0.to_owned())));
            let after = page.rsplit("<a href=\"/customers?").next().unwrap_or_default();
            next = format!(
                "/customers?{}",
                after.split('"').next().unwrap_or_default().replace("&amp;", "&")
            );
        }
        assert_eq!(seen.len(), 120, "{path}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 120, "each once: {path}");
    }
}

#[tokio::test]
async fn a_renamed_or_erased_customer_is_not_found_by_what_was() {
    let app = known().await;
    app.import_customers("external_id,name,phone,email\nK-2,Jörg Maier,0171 3920013,joerg@example.com\n")
        .await;
    assert_eq!(names(&app, "/customers?q=maier").await, ["Jörg Maier"]);
    assert_eq!(names(&app, "/customers?q=mueller").await, [""; 0]);
    let mut tx = app.app.store().read().await.unwrap();
    let ana = daybefore::store::customer::by_external_id(&mut tx, BUSINESS, "K-1")
        .await
        .unwrap();
    drop(tx);
    let ana = ana.unwrap().id;
    erase(&app.app.dispatcher, &ana, app.now()).await.unwrap().unwrap();
    for query in ["kosir", "bxy1234", "0171 3920012", "K-1"] {
        assert_eq!(
            names(&app, &format!("/customers?q={}", query.replace(' ', "+"))).await,
            [""; 0],
            "{query}"
        );
    }
    assert!(!app.is_on_disk("kosir") && !app.is_on_disk("bxy1234"));
}
