//! Which path is answered by what.

use std::sync::Arc;

use axum::{Router, routing::get};

use super::{doors::Doors, problem::Problem, status, storyline};

/// Every path with its answer.
pub(super) fn router(doors: Arc<Doors>) -> Router {
    Router::new()
        .route("/v1/status", get(status::get))
        .route("/v1/storylines/{id}", get(storyline::get))
        .route("/healthz", get(status::healthy))
        .route("/readyz", get(status::ready))
        .fallback(async || {
            Problem::unknown("no_such_path", "nothing is at this path", "GET /v1/openapi.json lists what is")
        })
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(doors)
}
