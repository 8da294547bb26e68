//! The last alerts as a JSON Feed (version 1.1), for whoever would rather pull.

use std::sync::Arc;

use axum::{
    extract::State as Given,
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    doors::Doors,
    problem::Problem,
    pull::{Entry, Pull, asked},
};

/// `GET /feed.json`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Response, Problem> {
    let state = doors.handle.view().state;
    let storyline = asked(&uri, &state)?;
    let feed = feed(&Pull::of(&state, storyline.as_ref()));
    Ok(([(header::CONTENT_TYPE, "application/feed+json; charset=utf-8")], feed.to_string()).into_response())
}

fn feed(pull: &Pull<'_>) -> Value {
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": pull.title,
        "authors": [{ "name": "storyline" }],
        "items": pull.entries.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(it: &Entry<'_>) -> Value {
    let mut item = json!({
        "id": it.id,
        "title": it.title,
        "content_text": it.text,
        "date_published": it.published,
        "date_modified": it.updated,
        "tags": it.terms().collect::<Vec<_>>(),
    });
    if let (Some(item), Some(url)) = (item.as_object_mut(), it.link) {
        item.insert("url".to_owned(), url.into());
    }
    item
}
