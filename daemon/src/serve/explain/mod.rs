//! Why an item was, or was not, matched, new, alerted.
//!
//! What was decided is read from the log with its reasons. For the
//! storylines the item did not belong to, the writer is asked again: that is
//! how things stand now, which is also what a person can change.

mod decided;
mod sought;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State as Given, http::Uri};
use serde_json::{Value, json};
use sought::{Found, Sought};
use storyline_store::{Item, Report};

use super::{doors::Doors, problem::Problem, query::Query};

/// `GET /v1/explain`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let query = Query::of(&uri);
    let hint = "give ref=%2342, an item, development or alert, or an address";
    let asked = query.text("ref").filter(|it| !it.is_empty());
    let asked = asked.ok_or_else(|| Problem::bad("nothing was asked about", hint))?;
    let mut sought = Sought::of(asked);
    if let Sought::Page(url) = &sought
        && let Some(item) = doors.shelf.item_at(url)
    {
        sought = Sought::Item(item.id);
    }
    let (head, looked_for) = (doors.head(), sought.clone());
    let found = doors.fold(move |past| sought::find(past, &looked_for, head)).await?;
    let item = match &sought {
        Sought::Item(id) => doors.shelf.item(*id),
        _ => found.report.as_ref().and_then(|it| doors.shelf.item(it.item)),
    };
    let item = item.or_else(|| found.report.as_ref().map(item_of));
    if item.is_none() && found.events.is_empty() {
        let detail = format!("nothing is known of {asked:?}");
        return Err(Problem::unknown("unknown_item", detail, "it was never read, or is no longer kept"));
    }
    let decisions = decisions(&doors, item.as_ref(), &found).await;
    Ok(Json(json!({
        "ref": asked,
        "item": item.as_ref().map(shape),
        "decisions": decisions,
        "events": found.events.iter().map(super::events::shape).collect::<Vec<_>>(),
    })))
}

/// What was decided, and for all other storylines what would be now.
async fn decisions(doors: &Doors, item: Option<&Item>, found: &Found) -> Vec<Value> {
    let Some(item) = item else { return Vec::new() };
    let mut decisions = decided::of(item.id, &found.events);
    let name = |it: &Value| it.get("storyline").and_then(Value::as_str).map(str::to_owned);
    let told: BTreeSet<_> = decisions.iter().filter_map(name).collect();
    // A daemon that is stopping still tells what it decided.
    let now = doors.handle.explain(item.clone()).await.unwrap_or_default();
    let now = match now {
        Value::Array(list) => list,
        Value::Object(mut fields) => match fields.remove("decisions") {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    decisions.extend(now.into_iter().filter(|it| name(it).is_none_or(|it| !told.contains(&it))));
    decisions.sort_by_cached_key(|it| (!it["relevant"].as_bool().unwrap_or_default(), name(it)));
    decisions
}

fn shape(it: &Item) -> Value {
    json!({
        "id": it.id,
        "key": it.key,
        "feed": it.feed,
        "outlet": it.outlet,
        "title": it.title,
        "text": it.text,
        "link": it.link,
        "published": it.published,
        "seen": it.seen,
    })
}

/// A report as the item it was, as far as the log kept it.
fn item_of(it: &Report) -> Item {
    Item {
        id: it.item,
        key: it.key.clone(),
        feed: it.feed.clone(),
        outlet: it.outlet.clone(),
        guid: None,
        link: it.url.clone(),
        lang: it.lang.clone(),
        title: it.title.clone(),
        text: it.text.clone(),
        published: it.published,
        seen: it.effective,
        effective: it.effective,
        date_flag: None,
        authors: Vec::new(),
        source: None,
        categories: Vec::new(),
        revision: false,
        late: it.late,
    }
}
