//! What the customer's page tells: how often they came, their vehicles and what comes next; in every language.

use super::{OWNER, STAFF, ana, desk};
use crate::support::test_app::TestApp;

#[tokio::test]
async fn visits_ratings_standing_and_vehicles_are_known() {
    let app = TestApp::garage().start().await;
    app.import_customers("external_id,name,phone,standing\nC-1,Ana Košir,+491713920012,regular\n")
        .await;
    app.import_known_bookings(
        "external_id,customer_id,service,vehicle,starts_at,status\n\
         B-1,C-1,Oil change,B-AK 4711,2024-03-04 09:00,completed\n\
         B-2,C-1,Tyres,B-AK 4711,2025-10-06 09:00,completed\n\
         B-3,C-1,Tyres,B-AK 4711,2026-04-06 09:00,no_show\n\
         B-4,C-1,Inspection,b-ak 4711,2026-12-15 09:00,booked\n\
         B-5,C-1,Wash,Trailer <b>,2025-05-06 09:00,completed\n",
    )
    .await;
    app.import_renewals("external_id,customer_id,kind,subject,ends_on\nR-1,C-1,inspection,Trailer <b>,2027-05-01\n")
        .await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva.get(&app, &format!("/customers/{}", ana(&app).await.id)).await;
    let text = page.text();
    for part in [
        "regular is answered sooner",
        "Visits 3: first Mon 4 Mar 2024, last Mon 6 Oct 2025",
        "Did not come 1",
        "b-ak 4711 Mon 6 Oct 2025 Tyres Tue 15 Dec 2026, 09:00 Inspection",
        "Tue 6 May 2025 Wash Sat 1 May 2027 inspection",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!page.body.contains("Trailer <b>"));
}

#[tokio::test]
async fn every_page_speaks_every_language() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    eva.does(&app, &format!("/customers/{id}/notes"), &[("text", "x")])
        .await;
    app.text_from(crate::support::test_app::PHONE, "STOP").await;
    app.text_from(crate::support::test_app::PHONE, "wrong number").await;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), OWNER).await;
        for path in [
            "/customers/new?name=Zo%C3%AB&phone=1".to_owned(),
            format!("/customers/{id}?said=saved"),
            format!("/customers/{id}/edit"),
            format!("/customers/{id}/consent?sms=1&service=1&given=no&said=consent_given"),
            format!("/customers/{id}/erase"),
            "/customers?said=erased".to_owned(),
        ] {
            let page = reader.get(&app, &path).await;
            assert_eq!(page.status, 200, "{language} {path}: {}", page.body);
            assert!(
                page.body.contains(&format!("<html lang=\"{language}\">")),
                "{language} {path}"
            );
            assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
            assert!(!page.body.contains("style="), "{path}");
        }
        for typed in [
            vec![("phone", "12"), ("email", "x")],
            vec![("phone", "+491713920099"), ("email", "")],
        ] {
            let fields = reader.typing(&app, &id, &typed).await;
            let answer = reader
                .acts(&app, &format!("/customers/{id}/edit"), &super::borrowed(&fields))
                .await;
            assert!(
                [200, 422].contains(&answer.status.as_u16()),
                "{language}: {}",
                answer.body
            );
        }
        let answer = reader
            .acts(&app, &format!("/customers/{id}/consent"), &[("given", "yes")])
            .await;
        assert_eq!(answer.status, 422, "{language}");
    }
}
