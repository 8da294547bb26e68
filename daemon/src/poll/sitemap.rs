//! A list of sitemaps is visited with the newest of its children.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use storyline_config::limit::ENTRIES_MAX;
use storyline_store::{FeedTrouble, Item, Validators};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    Answer, Failure, Hints, Outcome, Page,
    doors::{Child, Doors, Reading},
    errand::{Errand, Yield, named, unreached},
    fetch::Ask,
    source::failure,
};
use crate::clock::between;

/// Children visited at one time.
const CHILDREN_MAX: usize = 20;
/// Children that say when they changed are visited if that is no longer ago.
const FRESH: Duration = Duration::from_hours(3 * 24);
/// Children that do not say are visited if they are among the last of the list.
const LAST_UNDATED: usize = 2;

/// The children to visit: of the index's host, newest first.
pub fn chosen(children: &[Child], index: &Url, now: Timestamp) -> Vec<Url> {
    let ours = |child: &Child| {
        let url = index.join(&child.url).ok()?;
        let visited = url.host() == index.host() && matches!(url.scheme(), "http" | "https") && url != *index;
        visited.then_some((child.lastmod, url))
    };
    let mut ours: Vec<_> = children.iter().filter_map(ours).collect();
    if ours.iter().all(|(lastmod, _)| lastmod.is_none()) {
        return ours.into_iter().rev().take(LAST_UNDATED).map(|(_, url)| url).collect();
    }
    ours.retain(|(lastmod, _)| lastmod.is_some_and(|it| between(it, now) <= FRESH));
    ours.sort_by_key(|it| std::cmp::Reverse(it.0));
    let mut urls: Vec<Url> = Vec::new();
    for (_, url) in ours {
        if urls.len() < CHILDREN_MAX && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

/// Visits the children of an index; their items together are the page.
pub(super) async fn visit<D: Doors>(
    errand: &Errand<D>,
    ask: &Ask,
    mut answer: Answer,
    children: &[Child],
) -> Yield {
    let Ok(index) = Url::parse(&answer.final_url) else {
        return (Some(answer), Outcome::Failed(nothing()));
    };
    if children.iter().any(|it| it.lastmod.is_none()) {
        // Such an index stays the same when its children change, so it is always asked for whole.
        answer.validators = Validators::default();
    }
    let urls = chosen(children, &index, errand.clock.now());
    let (mut items, mut known) = (Vec::new(), BTreeSet::new());
    let (mut bodies, mut first_failure, mut read) = (Vec::new(), None, 0);
    for url in &urls {
        let Some(start) = errand.gate.reserve(url.as_str()).await else { break };
        errand.clock.sleep_until(start).await;
        match child(errand, ask.clone().at(url), &mut answer).await {
            Ok((more, hash)) => {
                // Two children may list the same page, the newer first.
                items.extend(more.into_iter().filter(|it: &Item| known.insert(it.id)));
                items.truncate(ENTRIES_MAX);
                bodies.extend_from_slice(&hash.to_le_bytes());
                read += 1;
            }
            Err(failure) => {
                // What was missed is to be asked for again.
                answer.validators = Validators::default();
                first_failure.get_or_insert(failure);
            }
        }
        if matches!(answer.status, 429 | 503) {
            break;
        }
    }
    let outcome = match first_failure {
        Some(failure) if read == 0 => Outcome::Failed(failure),
        _ => Outcome::Page(Page { title: None, items, hints: Hints::default(), body_hash: xxh3_64(&bodies) }),
    };
    (Some(answer), outcome)
}

/// Items of one child with the hash of its bytes. One that asks to be left alone speaks for the whole visit.
async fn child<D: Doors>(
    errand: &Errand<D>,
    ask: Ask,
    answer: &mut Answer,
) -> Result<(Vec<Item>, u64), Failure> {
    let exchange = errand.doors.fetch(ask).await.map_err(|it| unreached(&it))?;
    let status = exchange.answer.status;
    if !(200..300).contains(&status) {
        if matches!(status, 429 | 503) {
            answer.status = status;
            answer.final_url.clone_from(&exchange.answer.final_url);
            answer.retry_after = exchange.answer.retry_after;
            answer.date = exchange.answer.date;
        }
        let trouble = FeedTrouble::Status;
        let error = format!("a sitemap of the list answered {}", named(status));
        return Err(Failure { trouble, error, status: Some(status), blocked: exchange.challenge });
    }
    let hash = xxh3_64(&exchange.bytes);
    match errand.read(exchange.bytes, exchange.content_type, &exchange.answer.final_url).await? {
        Reading::Page { items, .. } => Ok((items, hash)),
        // Lists of lists are not followed.
        Reading::Index(_) => Err(nothing()),
    }
}

fn nothing() -> Failure {
    failure(FeedTrouble::Unreadable, "the list names no sitemap that can be visited".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2025-02-12T12:00:00Z";

    fn child(url: &str, lastmod: Option<&str>) -> Child {
        Child { url: url.to_owned(), lastmod: lastmod.map(|it| it.parse().unwrap()) }
    }

    fn check(children: &[Child], expected: &[&str]) {
        let index = Url::parse("https://news.example.org/index.xml").unwrap();
        let found = chosen(children, &index, NOW.parse().unwrap());
        assert_eq!(found.iter().map(Url::path).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn fresh_children_of_the_same_host_are_visited_newest_first() {
        check(
            &[
                child("https://news.example.org/old", Some("2025-02-01T00:00:00Z")),
                child("https://news.example.org/a", Some("2025-02-10T00:00:00Z")),
                child("https://news.example.org/b", Some("2025-02-12T00:00:00Z")),
                child("https://news.example.org/b", Some("2025-02-12T00:00:00Z")),
                child("https://other.example.org/c", Some("2025-02-12T00:00:00Z")),
                child("file:///etc/passwd", Some("2025-02-12T00:00:00Z")),
                child("https://news.example.org/undated", None),
                child("/relative", Some("2025-02-11T00:00:00Z")),
            ],
            &["/b", "/relative", "/a"],
        );
    }

    #[test]
    fn without_dates_the_last_two_are_visited() {
        check(&["/1", "/2", "/3"].map(|it| child(it, None)), &["/3", "/2"]);
    }

    #[test]
    fn no_more_than_twenty_are_visited() {
        let many: Vec<_> = (0..50).map(|n| child(&format!("/{n}"), Some(NOW))).collect();
        let index = Url::parse("https://news.example.org/index.xml").unwrap();
        assert_eq!(chosen(&many, &index, NOW.parse().unwrap()).len(), CHILDREN_MAX);
    }
}
