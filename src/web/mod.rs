//! HTTP: every route in one list.

mod acted;
mod desk;
mod door;
mod error;
mod health;
mod public;
mod site;
mod staff;
mod webhooks;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::app::App;

/// Longest body that a webhook may send: providers' forms are a few kilobytes.
const LONGEST_BODY: usize = 64 * 1024;

/// Serves the site until `stopped`, then finishes the requests that are under way; pages that are told of changes are
/// under way for as long as somebody looks at them, and end then.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let live = Arc::clone(&app.live);
    let stopped = async move {
        stopped.await;
        live.close();
    };
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
        .route("/inbox/new", get(desk::new))
        .route("/inbox/{id}", get(desk::talk).post(desk::settle))
        .route("/inbox/{id}/answer", post(desk::write))
        .route("/inbox/{id}/assign", post(desk::take))
        .route("/inbox/{id}/done", post(desk::done))
        .route("/inbox/{id}/seen", post(desk::seen))
        .route("/inbox/{id}/who", post(desk::who))
        .route("/events", get(desk::events))
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
        .route("/users", get(desk::users))
        .route("/desk.css", get(desk::style))
        .route("/desk.js", get(desk::script))
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
        .layer(from_fn_with_state(app.clone(), site::tells))
        .with_state(app)
}
