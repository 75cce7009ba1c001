//! HTTP: every route in one list.

mod acted;
mod csv;
mod desk;
mod door;
mod error;
mod health;
mod public;
mod site;
mod staff;
mod webhooks;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::app::App;

/// Longest body that a webhook may send: providers' forms are a few kilobytes.
const LONGEST_BODY: usize = 64 * 1024;

/// Serves the site until `stopped`, then finishes the requests that are under way.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let site = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, site).with_graceful_shutdown(stopped).await
}

/// The whole site.
pub fn router(app: App) -> Router {
    let desk = Router::new()
        .route("/", get(desk::overview))
        .route("/days/{date}", get(desk::day))
        .route("/messages/{id}", get(desk::story))
        .route("/inbox", get(desk::inbox))
        .route("/inbox/{id}", get(desk::item).post(desk::settle))
        .route("/cases", get(desk::cases))
        .route("/cases/{id}", get(desk::case))
        .route("/cases/{id}/assign", post(desk::assign))
        .route("/cases/{id}/close", post(desk::close))
        .route("/calls", get(desk::calls))
        .route("/calls/{id}", post(desk::made))
        .route("/customers", get(desk::customers))
        .route("/customers/{id}", get(desk::customer))
        .route("/bookings", get(desk::bookings))
        .route("/bookings/{id}", get(desk::booking))
        .route("/renewals", get(desk::renewals))
        .route("/renewals/{id}", get(desk::renewal))
        .route("/outbox", get(desk::outbox).post(desk::act))
        .route("/outbox/all", post(desk::act_on_all))
        .route("/outbox/resume", post(desk::resume))
        .route("/outbox/tomorrow", get(desk::tomorrow))
        .route("/satisfaction", get(desk::satisfaction))
        .route("/satisfaction.csv", get(desk::satisfaction_csv))
        .route("/users", get(desk::users))
        .route("/desk.css", get(desk::style))
        .merge(door::routes())
        .layer(from_fn(site::careful));
    desk.merge(public::routes())
        .route("/webhooks/twilio/status", post(webhooks::twilio_status))
        .route(
            "/webhooks/twilio/message",
            post(webhooks::twilio_message).get(webhooks::twilio_message_by_get),
        )
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(app)
}
