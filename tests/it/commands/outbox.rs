//! `daybefore outbox`: what it does to a message, and what it refuses.

use daybefore::carrier::{Failure, Outcome};
use daybefore::domain::message::State;

use crate::support::test_app::{PHONE, TestApp};

/// Ana's reminder, which nobody knows whether it arrived.
async fn doubtful() -> (TestApp, String) {
    let app = TestApp::garage().start().await;
    let csv = format!("external_id,name,phone,service,starts_at\nB-1,Ana,{PHONE},Oil,2030-12-04 09:00\n");
    app.import_known_bookings(&csv).await;
    app.sms.then(Outcome::Unknown {
        failure: Failure {
            code: None,
            text: "no answer".to_owned(),
        },
    });
    app.advance_to("2030-12-03 17:00");
    app.dispatch().await;
    let id = app.message("B-1", "day-before").await.message_id;
    (app, id)
}

#[tokio::test]
async fn a_message_is_held_and_let_go_and_each_only_as_it_stands() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2030-12-04 09:00").await;
    let id = app.message("B-1", "day-before").await.message_id;
    let refused =
        |wanted: &str| format!("`{id}` is not a {wanted} message; `daybefore why {id}` tells where it stands");
    let run = |step: &str| app.daybefore(&format!("outbox {step} {id}"));
    assert_eq!(run("release").refused(), refused("held"));
    assert_eq!(run("retry").refused(), refused("failed"));
    assert_eq!(run("hold").said(), "held\n");
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    assert_eq!(run("hold").refused(), refused("planned"));
    assert_eq!(run("release").said(), "released\n");
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    assert_eq!(
        app.daybefore("outbox hold nothing").refused(),
        "`nothing` is not a planned message; `daybefore why nothing` tells where it stands"
    );
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_again_only_where_that_is_said() {
    let (app, id) = doubtful().await;
    assert_eq!(
        app.daybefore(&format!("outbox retry {id}")).refused(),
        format!("nobody knows whether `{id}` has arrived; to send it all the same, add --although-it-may-have-arrived")
    );
    assert_eq!(app.state("B-1", "day-before").await, State::Unknown);
    let told = app.daybefore(&format!("outbox retry --although-it-may-have-arrived {id}"));
    assert_eq!(told.said(), "it goes out again, if it is still of use\n");
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
}
