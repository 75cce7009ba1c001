//! For whoever watches the program: is it alive, is it ready, how much does it do.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use chrono::TimeDelta;
use serde_json::json;

use super::error::WebError;
use crate::app::App;
use crate::outbound::dispatch::lanes;
use crate::store;

/// The process answers.
pub(super) async fn live() -> &'static str {
    "alive\n"
}

/// The database answers, so that callbacks can be taken. A stopped sender is told here, but does not make the program
/// unready: nobody is helped if callbacks are turned away as well.
pub(super) async fn ready(State(app): State<App>) -> Result<impl IntoResponse, WebError> {
    let mut tx = app.store().read().await?;
    let paused = store::lane::paused(&mut tx).await?;
    let overdue = overdue(&app).await?;
    let body = json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "zone_data": app.dispatcher.zones.version(),
        "overdue": overdue,
        "stopped_senders": paused,
    });
    Ok(Json(body))
}

/// Counters and gauges in the OpenMetrics text form.
pub(super) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, WebError> {
    let paused = store::lane::paused(&mut app.store().read().await?).await?.len();
    let text = app
        .dispatcher
        .metrics
        .render(overdue(&app).await?, i64::try_from(paused).unwrap_or(i64::MAX))?;
    Ok((
        [(
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )],
        text,
    ))
}

/// Messages that should have left five minutes ago.
async fn overdue(app: &App) -> Result<i64, WebError> {
    let before = app.dispatcher.clock.now() - TimeDelta::minutes(5);
    let lanes = lanes(app.store()).await?;
    let mut tx = app.store().read().await?;
    let mut overdue = 0;
    for lane in &lanes {
        overdue += store::report::overdue(&mut tx, lane, before).await?;
    }
    Ok(overdue)
}
