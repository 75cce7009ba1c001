//! HTTP: every route in one list.

mod acted;
mod api;
mod csv;
mod desk;
mod door;
mod error;
mod health;
mod kept;
mod public;
mod site;
mod staff;
mod uploaded;
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
        .route("/inbox/new", get(desk::new_talk))
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
        .route("/customers", get(desk::customers).post(desk::add))
        .route("/customers/new", get(desk::new))
        .route("/customers/{id}", get(desk::customer))
        .route("/customers/{id}/edit", get(desk::edit).post(desk::change))
        .route("/customers/{id}/number", post(desk::number_is_right))
        .route("/customers/{id}/notes", post(desk::note))
        .route("/customers/{id}/notes/{note}/strike", post(desk::strike))
        .route("/customers/{id}/consent", get(desk::consent).post(desk::tell))
        .route("/customers/{id}/export.json", get(desk::as_json))
        .route("/customers/{id}/export.txt", get(desk::as_text))
        .route("/customers/{id}/erase", get(desk::erasure).post(desk::erase))
        .route("/bookings", get(desk::bookings))
        .route("/bookings/{id}", get(desk::booking))
        .route("/renewals", get(desk::renewals))
        .route("/renewals/{id}", get(desk::renewal))
        .route("/rules", get(desk::rules))
        .route("/rules/add", get(desk::add_rule))
        .route("/rules/edit/{id}", get(desk::edit_rule))
        .route("/rules/change", post(desk::change_rule))
        .route("/texts", get(desk::texts))
        .route("/texts/{template}/{channel}", get(desk::text).post(desk::save_text))
        .route("/text_preview.js", get(desk::text_preview))
        .route("/changes", get(desk::changes))
        .route("/changes/{id}", get(desk::policy_change))
        .route("/phone", get(desk::phones))
        .route("/phone/sample", post(desk::sample))
        .route("/phone/{customer}", get(desk::phone).post(desk::answer))
        .route("/phone/{customer}/open", post(desk::open_link))
        .route("/outbox", get(desk::outbox).post(desk::act))
        .route("/outbox/all", post(desk::act_on_all))
        .route("/outbox/resume", post(desk::resume))
        .route("/outbox/tomorrow", get(desk::tomorrow))
        .route("/satisfaction", get(desk::satisfaction))
        .route("/satisfaction.csv", get(desk::satisfaction_csv))
        .route("/desk.css", get(desk::style))
        .merge(desk::visits())
        .merge(desk::settings::routes())
        .route("/desk.js", get(desk::script))
        .merge(door::routes())
        .fallback(error::nowhere)
        .layer(from_fn_with_state(app.clone(), error::as_a_page))
        .layer(from_fn(site::careful));
    desk.merge(api::routes())
        .merge(public::routes())
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
