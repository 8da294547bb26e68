//! Which path is answered by what; the description of the API is made from the same list.

use std::sync::Arc;

use axum::{
    Extension, Router,
    routing::{MethodRouter, get, post},
};
use serde_json::Value;

use super::{
    alerts, atom, doors::Doors, events, explain, feeds, items, json_feed, metrics, openapi, problem::Problem,
    status, store, storyline, stream, timeline, wishes,
};

/// One path with what answers there.
pub(super) struct Route {
    /// `get` or `post`.
    pub(super) method: &'static str,
    /// The path, with its parameters in braces.
    pub(super) path: &'static str,
    /// What it is for.
    pub(super) summary: &'static str,
    /// What may stand behind the question mark.
    pub(super) query: &'static [&'static str],
    /// The schema of the body, if it takes one.
    pub(super) body: Option<&'static str>,
    /// The schema, or the media type, of the answer.
    pub(super) answer: &'static str,
    answers: MethodRouter<Arc<Doors>>,
}

fn read(
    path: &'static str,
    query: &'static [&'static str],
    answer: &'static str,
    summary: &'static str,
    answers: MethodRouter<Arc<Doors>>,
) -> Route {
    Route { method: "get", path, summary, query, body: None, answer, answers }
}

fn wish(
    path: &'static str,
    body: Option<&'static str>,
    answer: &'static str,
    summary: &'static str,
    answers: MethodRouter<Arc<Doors>>,
) -> Route {
    Route { method: "post", path, summary, query: &[], body, answer, answers }
}

/// Every path with what answers there.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = reads();
    routes.extend(wishes());
    routes
}

fn reads() -> Vec<Route> {
    vec![
        read("/v1/status", &["at", "since"], "Status", "Where things stand, now or then", get(status::get)),
        read(
            "/v1/storylines/{id}",
            &["at", "since"],
            "Storyline",
            "One storyline, with all that is known of it",
            get(storyline::get),
        ),
        read(
            "/v1/storylines/{id}/timeline",
            &["at"],
            "Timeline",
            "A storyline's developments, all of them",
            get(timeline::get),
        ),
        read(
            "/v1/events",
            &["since", "limit", "storyline"],
            "Events",
            "The events themselves",
            get(events::get),
        ),
        read(
            "/v1/events/stream",
            &["since", "storyline"],
            "text/event-stream",
            "The events as they come; id is the seq, and Last-Event-ID resumes",
            get(stream::get),
        ),
        read(
            "/v1/alerts",
            &["limit", "before", "storyline"],
            "Alerts",
            "What people were told",
            get(alerts::get),
        ),
        read("/v1/feeds", &[], "Feeds", "How the feeds do", get(feeds::get)),
        read(
            "/v1/explain",
            &["ref"],
            "Explanation",
            "Why something was matched, new, alerted, or not",
            get(explain::get),
        ),
        read("/v1/store/verify", &[], "Verified", "Whether the log is what was written", get(store::verify)),
        read("/v1/store/export", &[], "application/x-ndjson", "The log as JSON lines", get(store::export)),
        read("/v1/openapi.json", &[], "application/json", "This description", get(openapi::get)),
        read("/metrics", &[], "text/plain", "Numbers for Prometheus", get(metrics::get)),
        read(
            "/feed.atom",
            &["storyline"],
            "application/atom+xml",
            "The last alerts as an Atom feed",
            get(atom::get),
        ),
        read(
            "/feed.json",
            &["storyline"],
            "application/feed+json",
            "The last alerts as a JSON Feed",
            get(json_feed::get),
        ),
        read("/healthz", &[], "Health", "Whether anyone is there", get(status::healthy)),
        read("/readyz", &[], "Status", "Whether events can be recorded; 503 while not", get(status::ready)),
    ]
}

fn wishes() -> Vec<Route> {
    vec![
        wish("/v1/alerts/{id}/ack", None, "Done", "Acknowledge an alert", post(alerts::acknowledge)),
        wish("/v1/alerts/{id}/retry", None, "Done", "Send dead deliveries again", post(alerts::retry)),
        wish("/v1/poll", Some("Poll"), "Polled", "Visit feeds now, within manners", post(wishes::poll)),
        wish("/v1/reload", None, "Reloaded", "Read the configuration again", post(wishes::reload)),
        wish(
            "/v1/snooze",
            Some("Snooze"),
            "Done",
            "Hold a storyline's alerts for a while",
            post(wishes::snooze),
        ),
        wish("/v1/store/backup", Some("Backup"), "Done", "Write a data directory", post(store::backup)),
        wish("/v1/mute", Some("Mute"), "Done", "Leave an outlet out", post(wishes::mute)),
        wish("/v1/drop", Some("Drop"), "Done", "Say that a development does not belong", post(wishes::drop)),
        Route {
            query: &["feed", "origin"],
            ..wish(
                "/v1/items",
                Some("application/x-ndjson"),
                "application/x-ndjson",
                "Give items, a line each; each is answered once it is on stable storage",
                post(items::post),
            )
        },
    ]
}

/// Joins the paths with their answers.
pub(super) fn router(doors: Arc<Doors>) -> Router {
    let routes = routes();
    let description: Arc<Value> = Arc::new(openapi::describe(&routes));
    let paths = routes.into_iter().fold(Router::new(), |router, it| router.route(it.path, it.answers));
    paths
        .fallback(async || {
            Problem::unknown("no_such_path", "nothing is at this path", "GET /v1/openapi.json lists what is")
        })
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .layer(Extension(description))
        .with_state(doors)
}
