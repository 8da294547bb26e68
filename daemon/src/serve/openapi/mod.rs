//! The API described for programs: `OpenAPI` 3.1, made from the list of routes.

use std::sync::Arc;

use axum::{Extension, Json};
use serde_json::{Map, Value, json};

use super::router::Route;

/// The shapes of what is sent and answered.
const SCHEMAS: &str = include_str!("schemas.json");

/// `GET /v1/openapi.json`.
pub(super) async fn get(Extension(description): Extension<Arc<Value>>) -> Json<Value> {
    Json(Value::clone(&description))
}

/// Describes the routes.
pub(super) fn describe(routes: &[Route]) -> Value {
    let mut paths = Map::new();
    for it in routes {
        let path = paths.entry(it.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(it.method.to_owned(), operation(it));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "storyline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Where storylines stand, what happened, and why; over a Unix socket.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "http://localhost", "description": "the daemon's Unix socket" }],
        "paths": paths,
        "components": { "schemas": serde_json::from_str::<Value>(SCHEMAS).unwrap_or_default() },
    })
}

fn operation(it: &Route) -> Value {
    let mut operation = json!({
        "summary": it.summary,
        "parameters": parameters(it),
        "responses": {
            "200": { "description": "The answer", "content": content(it.answer) },
            "default": {
                "description": "What went wrong",
                "content": { "application/problem+json": { "schema": reference("Problem") } },
            },
        },
    });
    if let (Some(body), Some(fields)) = (it.body, operation.as_object_mut()) {
        fields.insert("requestBody".to_owned(), json!({ "content": content(body) }));
    }
    operation
}

/// A schema by its name; a media type stands for itself.
fn content(answer: &str) -> Value {
    if answer.contains('/') {
        json!({ answer: { "schema": { "type": "string" } } })
    } else {
        json!({ "application/json": { "schema": reference(answer) } })
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn parameters(it: &Route) -> Vec<Value> {
    let id = it
        .path
        .contains("{id}")
        .then(|| json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }));
    let query = it.query.iter().map(|name| {
        json!({
            "name": name, "in": "query", "required": *name == "ref",
            "description": meaning(name),
            "schema": { "type": if *name == "limit" { "integer" } else { "string" } },
        })
    });
    id.into_iter().chain(query).collect()
}

fn meaning(parameter: &str) -> &'static str {
    match parameter {
        "at" => "As of then: a place in the log (%2342 or 42), or a time (RFC 3339)",
        "since" => "What comes after: a place in the log, or a time",
        "limit" => "How many at the most; more than 1,000 counts as 1,000",
        "before" => "Those whose seq is smaller",
        "storyline" => "Those of one storyline",
        "ref" => "An event (%2342), an item, development or alert by its id, or an address",
        "feed" => "The feed of lines that name none",
        "origin" => "backfill: the past is filled in, and nobody is alerted",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::router::routes, *};

    #[test]
    fn every_route_is_described_and_every_shape_it_names_is_there() {
        let description = describe(&routes());
        for it in routes() {
            assert!(description["paths"][it.path][it.method].is_object(), "{} {}", it.method, it.path);
        }
        let schemas = description["components"]["schemas"].as_object().unwrap();
        let text = description.to_string();
        let named = text.split("#/components/schemas/").skip(1).filter_map(|it| it.split('"').next());
        let missing: BTreeSet<_> = named.filter(|it| !schemas.contains_key(*it)).collect();
        assert_eq!(missing, BTreeSet::new());
    }
}
