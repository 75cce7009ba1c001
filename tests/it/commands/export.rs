//! `daybefore export`.

use crate::support::test_app::{PHONE, TestApp};

#[tokio::test]
async fn everything_about_a_customer_is_printed_as_json_or_text() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.dispatch().await;
    let json = app.daybefore(&format!("export {PHONE}")).said();
    let whole: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(whole["customer"]["name"], "Ana Košir");
    assert_eq!(whole["bookings"][0]["external_id"], "B-1");
    assert!(
        whole["attempts"][0]["text"]
            .as_str()
            .expect("a text")
            .contains("thank you for booking")
    );
    let text = app.daybefore(&format!("export {PHONE} --text")).said();
    assert!(
        text.contains("name: Ana Košir") && text.contains("service: Oil change"),
        "{text}"
    );
    app.daybefore(&format!("erase {PHONE} --yes")).said();
    assert!(
        app.daybefore(&format!("export {PHONE}"))
            .refused()
            .contains("is no customer here")
    );
    let id = whole["customer"]["id"].as_str().expect("an id");
    assert!(app.daybefore(&format!("export {id}")).refused().contains("was erased"));
}
