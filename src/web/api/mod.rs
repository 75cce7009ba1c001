//! What a business's own systems may do, by a key that an owner has made. A cookie counts for nothing here, and a key for
//! nothing at the desk.

mod imports;
mod keyed;
mod problem;

use axum::Router;
use axum::routing::post;

use crate::app::App;
use problem::Problem;

/// The routes of the API.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/api/v1/imports/{kind}",
            post(imports::import).fallback(problem::post_only),
        )
        .route("/api/v1", axum::routing::any(problem::nothing_here))
        .route("/api/v1/{*path}", axum::routing::any(problem::nothing_here))
}
