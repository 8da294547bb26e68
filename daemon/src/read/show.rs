//! What `feeds test --json` prints about a document.

use jiff::{Timestamp, civil::Weekday};
use serde_json::{Map, Value, json};

use super::{
    document::{Document, Entry, Hints},
    error::ReadError,
    items::dated,
};

/// The document that says what was understood, or why nothing was. A date that cannot be at `now` is shown as none.
pub fn show(read: Result<&Document, &ReadError>, now: Timestamp) -> Value {
    match read {
        Ok(document) => {
            let mut shown = json!({
                "ok": true,
                "title": document.title,
                "kind": document.kind.as_str(),
                "lang": document.lang,
                "hints": hints(&document.hints),
                "entries": document.entries.iter().map(|it| entry(it, now)).collect::<Vec<_>>(),
            });
            if !document.children.is_empty() {
                let child = |it: &super::SitemapChild| json!({"url": it.url, "lastmod": it.lastmod.map(|at| at.to_string())});
                shown["children"] = document.children.iter().map(child).collect();
            }
            shown
        }
        Err(error) => json!({"ok": false, "error": error.to_string()}),
    }
}

fn entry(entry: &Entry, now: Timestamp) -> Value {
    let published = dated(entry.published, entry.date_flag, now).published;
    let mut shown = json!({
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": published.map(|at| at.to_string()),
        "body": entry.body,
        "authors": entry.authors,
        "source": entry.source,
        "categories": entry.categories,
        "lang": entry.lang,
    });
    if let Some(page) = &entry.page {
        shown["page"] = json!(page);
    }
    // Where others bear its id, it is followed by another name.
    if entry.key != entry.id {
        shown["followed_as"] = json!(entry.key);
    }
    if entry.repeat {
        shown["repeat"] = json!(true);
    }
    shown
}

/// What is asked, in the units feeds use: `ttl` in minutes, hours and days by their names.
fn hints(hints: &Hints) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() && value != json!([]) {
            out.insert(key.to_owned(), value);
        }
    };
    put("ttl", json!(hints.ttl.map(|it| it.as_secs() / 60)));
    put("skip_hours", json!(hints.skip_hours));
    put("skip_days", json!(hints.skip_days.iter().map(|it| day(*it)).collect::<Vec<_>>()));
    put("sy_interval", json!(hints.sy_interval().map(|it| it.as_secs())));
    put("hub", json!(hints.hub));
    put("self", json!(hints.self_link));
    put("next", json!(hints.next));
    put("prev_archive", json!(hints.prev_archive));
    Value::Object(out)
}

fn day(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
