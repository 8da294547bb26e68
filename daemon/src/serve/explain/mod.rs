//! Why an item was, or was not, matched, new, alerted.
//!
//! What was decided is read from the log with its reasons. For the
//! storylines the item did not belong to, the writer is asked again: that is
//! how things stand now, which is also what a person can change.

mod decided;
mod sought;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State as Given, http::Uri};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sought::{Found, Sought};
use storyline_store::{DevelopmentId, Item, ItemId, Recorded, Report, State};

use super::{doors::Doors, problem::Problem, query::Query, subject};
use crate::{detect, plan};

/// `GET /v1/explain`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let query = Query::of(&uri);
    let hint = "give ref=%2342, an item, development or alert, or an address";
    let asked = query.text("ref").filter(|it| !it.is_empty());
    let asked = asked.ok_or_else(|| Problem::bad("nothing was asked about", hint))?;
    let mut sought = Sought::of(asked);
    let looked_for = sought.clone();
    let kept = doors.toil(move |doors| kept(doors, &looked_for)).await?;
    if let Some(item) = &kept {
        sought = Sought::Item(item.id);
    }
    let (head, looked_for) = (doors.head(), sought.clone());
    let found = doors.fold(move |past| sought::find(past, &looked_for, head)).await?;
    let item = match (&sought, kept) {
        (_, Some(kept)) => Some(kept),
        (Sought::Item(id), None) => on_shelf(&doors, Some(*id)).await?,
        (_, None) => on_shelf(&doors, found.report.as_ref().map(|it| it.item)).await?,
    };
    let item = item.or_else(|| found.report.as_ref().map(Report::as_item));
    if item.is_none() && found.events.is_empty() {
        let detail = format!("nothing is known of {asked:?}");
        return Err(Problem::unknown("unknown_item", detail, "it was never read, or is no longer kept"));
    }
    let decisions = decisions(&doors, item.as_ref(), &found).await;
    Ok(Json(json!({
        "ref": asked,
        "item": item.as_ref().map(shape),
        "muted": item.as_ref().is_some_and(|it| doors.handle.view().state.muted.contains(&it.outlet)),
        "decisions": decisions,
        "events": found.events.iter().map(super::events::shape).collect::<Vec<_>>(),
        "held": held(&doors, &found),
        "unheard": unheard(&doors, &found),
    })))
}

async fn on_shelf(doors: &Arc<Doors>, id: Option<ItemId>) -> Result<Option<Item>, Problem> {
    let Some(id) = id else { return Ok(None) };
    doors.toil(move |doors| doors.shelf.item(id)).await
}

/// The item that is kept under an address or a name, if it is asked for by one.
fn kept(doors: &Doors, sought: &Sought) -> Option<Item> {
    match sought {
        Sought::Page(url) => spellings(url).iter().find_map(|it| doors.shelf.item_at(it)),
        Sought::Key(name) => {
            let view = doors.handle.view();
            let mut feeds = view.feeds.keys().chain(view.config.feeds.keys());
            let known = feeds.find_map(|it| doors.shelf.item(ItemId::of(it, name)));
            known.or_else(|| doors.shelf.item_called(name))
        }
        _ => None,
    }
}

/// An address as it is written, and as a publisher may have written it: without what marks a place in the page, with
/// or without its last slash, over the other of the two schemes.
fn spellings(url: &str) -> Vec<String> {
    let bare = url.split('#').next().unwrap_or(url);
    let slash = bare.strip_suffix('/').map_or_else(|| format!("{bare}/"), str::to_owned);
    let other = |it: &str| match it.strip_prefix("https://") {
        Some(rest) => format!("http://{rest}"),
        None => it.replacen("http://", "https://", 1),
    };
    let all = [url.to_owned(), bare.to_owned(), slash.clone(), other(bare), other(&slash)];
    all.into_iter().collect()
}

/// What was decided, and for all other storylines what would be now.
async fn decisions(doors: &Doors, item: Option<&Item>, found: &Found) -> Vec<Value> {
    let Some(item) = item else { return Vec::new() };
    let view = doors.handle.view();
    let mut decisions = decided::of(&view.config, item.id, &found.events);
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
    for it in decisions.iter_mut().filter(|it| it["title_words"].is_null()) {
        it["title_words"] = json!(detect::title_words(&item.title, item.lang.as_deref()));
    }
    name_developments(&view.state, &mut decisions);
    // Where it belongs first, each storyline's in the order of the log, then what it comes nearest to.
    let untouched = |it: &Value| {
        let facets = it["facets"].as_array().map_or(&[][..], Vec::as_slice);
        let touched = facets.iter().filter(|it| it["touched"].as_array().is_some_and(|it| !it.is_empty()));
        if it["seq"].is_null() { 1_000 - touched.count() * 1_000 / facets.len().max(1) } else { 0 }
    };
    decisions
        .sort_by_cached_key(|it| (!it["relevant"].as_bool().unwrap_or_default(), untouched(it), name(it)));
    decisions
}

/// Why somebody was not told at once, event by event.
fn held(doors: &Doors, found: &Found) -> Vec<Value> {
    let config = doors.handle.view().config;
    let zone = config.alerts.time_zone.clone().unwrap_or_else(TimeZone::system);
    let why =
        |it: &Recorded| plan::why_held(&it.event, &zone).map(|why| json!({ "seq": it.seq, "why": why }));
    found.events.iter().filter_map(why).collect()
}

/// The sinks that never were to hear of it, as they are configured now.
fn unheard(doors: &Doors, found: &Found) -> Vec<Value> {
    let view = doors.handle.view();
    let alert = found.events.iter().rev().find_map(|it| subject::alert(&it.event));
    let alert = alert.and_then(|it| view.state.alerts.get(&it));
    let sinks = alert.map(|it| plan::unheard(&view.config, it)).unwrap_or_default();
    sinks.into_iter().map(|(sink, why)| json!({ "sink": sink, "why": why })).collect()
}

/// Says of every development that was compared with what it is about, as far as the state keeps it.
fn name_developments(state: &State, decisions: &mut [Value]) {
    let headline = |it: &Value| {
        let id: DevelopmentId = it.get("development")?.as_str()?.parse().ok()?;
        let mut storylines = state.storylines.values();
        storylines.find_map(|it| it.development(id).map(|it| it.headline.clone()))
    };
    for decision in decisions {
        let compared = decision.get_mut("compared").and_then(Value::as_array_mut).into_iter().flatten();
        for it in compared.filter(|it| it["headline"].is_null()) {
            it["headline"] = json!(headline(it));
        }
        for name in ["nearest", "disputes"] {
            if let Some(it) = decision.get_mut(name).filter(|it| it.is_object()) {
                it["headline"] = json!(headline(it));
            }
        }
    }
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
