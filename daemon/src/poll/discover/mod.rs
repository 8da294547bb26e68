//! The feeds of a site: those its page announces, else those it links to, else those that are usually there.
//!
//! # Promises
//!
//! * Each feed was fetched and read; its address is absolute.
//! * A feed's own address finds itself.

mod page;

use std::collections::BTreeSet;

use serde::Serialize;
use url::Url;

use self::page::{Candidate, candidates};
use super::{
    errand::named,
    fetch::{Ask, Exchange, FetchError, Fetcher},
};
use crate::read;

/// Candidates of one kind that are fetched.
const CANDIDATES_MAX: usize = 12;
/// Where feeds usually are.
const USUAL: [&str; 8] = [
    "/feed",
    "/rss",
    "/feed.xml",
    "/rss.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
];

/// A feed of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundFeed {
    /// Its address.
    pub url: Url,
    /// The name it gives itself, else the one its site gives it.
    pub title: Option<String>,
    /// `rss`, `rdf`, `atom`, `json` or `sitemap`.
    pub kind: &'static str,
}

/// Why a site cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// There is no answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// There is no page.
    #[error("the server answered {}", named(*.0))]
    Status(u16),
}

/// Finds the feeds of a site from any of its pages, or the feed that is there.
///
/// # Errors
///
/// [`FindError`] where the page itself cannot be had; a site without feeds is no error.
pub async fn find(fetcher: &Fetcher, url: &Url) -> Result<Vec<FoundFeed>, FindError> {
    let page = fetcher.fetch(&Ask::plain(url)).await?;
    let status = page.answer.status;
    if !(200..300).contains(&status) {
        return Err(FindError::Status(status));
    }
    if let Some(feed) = confirmed(url, None, &page) {
        return Ok(vec![feed]);
    }
    let base = Url::parse(&page.answer.final_url).unwrap_or_else(|_| url.clone());
    let (announced, linked) = candidates(&page.bytes, &base);
    let usual = USUAL.iter().filter_map(|it| base.join(it).ok());
    let usual = usual.map(|url| Candidate { url, title: None }).collect();
    let mut asked = BTreeSet::new();
    for (candidates, one_is_enough) in [(announced, false), (linked, false), (usual, true)] {
        let found = confirm(fetcher, candidates, one_is_enough, &mut asked).await;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Those candidates that are feeds. Two addresses that lead to the same one count once.
async fn confirm(
    fetcher: &Fetcher,
    candidates: Vec<Candidate>,
    one_is_enough: bool,
    asked: &mut BTreeSet<String>,
) -> Vec<FoundFeed> {
    let mut found = Vec::new();
    for Candidate { url, title } in candidates.into_iter().take(CANDIDATES_MAX) {
        if !asked.insert(url.to_string()) {
            continue;
        }
        let Ok(exchange) = fetcher.fetch(&Ask::plain(&url)).await else { continue };
        let led_elsewhere = exchange.answer.final_url != url.as_str();
        if led_elsewhere && !asked.insert(exchange.answer.final_url.clone()) {
            continue;
        }
        found.extend(confirmed(&url, title, &exchange));
        if one_is_enough && !found.is_empty() {
            break;
        }
    }
    found
}

fn confirmed(url: &Url, title: Option<String>, exchange: &Exchange) -> Option<FoundFeed> {
    if !(200..300).contains(&exchange.answer.status) {
        return None;
    }
    let from = Url::parse(&exchange.answer.final_url).ok()?;
    let document = read::read(&exchange.bytes, exchange.content_type.as_deref(), &from).ok()?;
    Some(FoundFeed { url: url.clone(), title: document.title.or(title), kind: document.kind.as_str() })
}

#[cfg(test)]
mod tests {
    use storyline_config::Network;

    use super::*;
    use crate::poll::fetch::{
        Limits,
        scripted::{Server, send, to},
    };

    const FEED: &[u8] =
        b"<rss version='2.0'><channel><title>News</title><item><title>A</title></item></channel></rss>";

    async fn found(server: &Server, path: &str) -> Result<Vec<String>, FindError> {
        let network = Network { allow: vec!["127.0.0.1/32".parse().unwrap()], proxy: None };
        let fetcher = Fetcher::limited(&network, Limits::default()).unwrap();
        let feeds = find(&fetcher, &server.url(path)).await?;
        Ok(feeds.iter().map(|it| format!("{} {}", it.url.path(), it.kind)).collect())
    }

    #[tokio::test]
    async fn a_page_announces_its_feeds_and_each_is_confirmed() {
        let server = Server::start("127.0.0.1", |path| match path {
            "/" => send(
                "200 OK",
                "content-type: text/html\r\n",
                b"<html><head><base href='/deep/'><link rel=alternate type=application/rss+xml href=a.xml>\
                  <link rel='alternate' type='application/atom+xml' href='/gone.xml'>\
                  <link rel='alternate' type='application/rss+xml' href='/moved.xml'></head><body>Hello</body></html>",
            ),
            "/moved.xml" => to("301 Moved Permanently", "/deep/a.xml"),
            "/deep/a.xml" => send("200 OK", "", FEED),
            _ => send("404 Not Found", "", b""),
        })
        .await;
        assert_eq!(found(&server, "/").await, Ok(vec!["/deep/a.xml rss".to_owned()]));
        assert_eq!(found(&server, "/deep/a.xml").await, Ok(vec!["/deep/a.xml rss".to_owned()]));
        assert_eq!(found(&server, "/none").await, Err(FindError::Status(404)));
    }

    #[tokio::test]
    async fn a_page_that_announces_none_may_link_to_one_or_have_one_at_a_usual_place() {
        let server = Server::start("127.0.0.1", |path| match path {
            "/links" => send(
                "200 OK",
                "",
                b"<html><body><a href='/about'>x</a><a href='/news/rss'>RSS</a></body></html>",
            ),
            "/news/rss" | "/atom.xml" => send("200 OK", "", FEED),
            "/bare" => send("200 OK", "", b"<html><body>Nothing here</body></html>"),
            _ => send("404 Not Found", "", b"<html></html>"),
        })
        .await;
        assert_eq!(found(&server, "/links").await, Ok(vec!["/news/rss rss".to_owned()]));
        assert_eq!(found(&server, "/bare").await, Ok(vec!["/atom.xml rss".to_owned()]));
        let none = Server::start("127.0.0.1", |path| match path {
            "/" => send("200 OK", "", b"<html><body>Nothing</body></html>"),
            _ => send("404 Not Found", "", b""),
        })
        .await;
        assert_eq!(found(&none, "/").await, Ok(Vec::new()));
    }
}
