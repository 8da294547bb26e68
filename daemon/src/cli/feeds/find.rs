//! `storyline feeds find`: the feeds of a site, each confirmed by a fetch.

use serde_json::{Value, json};
use storyline_config::Config;
use url::Url;

use super::{
    super::out,
    Exit, Failure, Global,
    discover::{candidates, usual},
    list, text,
    try_one::{fetched, understood},
};
use crate::read::Document;

/// Runs the command: 1 if there is none, 75 if the page cannot be had.
pub(super) async fn run(url: &Url, global: &Global) -> Result<Exit, Failure> {
    let config = global.loaded()?.config;
    let page = match fetched(url, &config.network).await {
        Ok(page) => page,
        Err(failed) => return Err(Failure::new(Exit::TryAgain, text(&failed, "error"), "")),
    };
    let feeds = if let Ok(document) = understood(&page, url) {
        vec![shape(url, &document)]
    } else {
        let base = page.answer.final_url.parse().unwrap_or_else(|_| url.clone());
        let page = String::from_utf8_lossy(&page.bytes);
        let said = confirmed(candidates(&page, &base), &config).await;
        if said.is_empty() { confirmed(usual(&base), &config).await } else { said }
    };
    let exit = if feeds.is_empty() { Exit::No } else { Exit::Done };
    out::show(global, json!({ "feeds": feeds }), render)?;
    Ok(exit)
}

/// Those that can be read, asked one after the other within manners.
async fn confirmed(candidates: Vec<Url>, config: &Config) -> Vec<Value> {
    let mut feeds = Vec::new();
    for url in candidates {
        tokio::time::sleep(config.poll.host_gap).await;
        let Ok(exchange) = fetched(&url, &config.network).await else { continue };
        if let Ok(document) = understood(&exchange, &url) {
            feeds.push(shape(&url, &document));
        }
    }
    feeds
}

fn shape(url: &Url, document: &Document) -> Value {
    json!({ "url": url, "title": document.title, "kind": document.kind.as_str() })
}

fn render(answer: &Value) -> String {
    let feeds = list(answer, "feeds");
    if feeds.is_empty() {
        return "no feed was found\n".to_owned();
    }
    let line = |it: &Value| format!("{}  {} ({})\n", text(it, "url"), text(it, "title"), text(it, "kind"));
    feeds.iter().map(line).collect()
}
