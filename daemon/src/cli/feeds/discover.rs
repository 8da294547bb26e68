//! Which addresses of a page may be feeds (pure).

use html5gum::{StartTag, Token, Tokenizer};
use url::Url;

/// Addresses taken from one page.
const CANDIDATES_MAX: usize = 20;
/// Where feeds are on sites that do not say.
const USUAL: [&str; 6] = ["/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"];

/// What a page says are its feeds, then what looks like one, in the order of the page.
pub(super) fn candidates(page: &str, base: &Url) -> Vec<Url> {
    let (mut said, mut looks, mut base) = (Vec::new(), Vec::new(), base.clone());
    for token in Tokenizer::new(page).flatten() {
        let Token::StartTag(tag) = token else { continue };
        let href = attribute(&tag, "href");
        let Some(url) = href.and_then(|it| base.join(it.trim()).ok()) else { continue };
        match tag.name.as_slice() {
            b"base" => base = url,
            b"link" if is_alternate(&tag) => said.push(url),
            b"a" if looks_like_a_feed(&url) => looks.push(url),
            _ => {}
        }
    }
    let mut found: Vec<Url> = Vec::new();
    for mut url in said.into_iter().chain(looks) {
        url.set_fragment(None);
        if matches!(url.scheme(), "http" | "https") && !found.contains(&url) && found.len() < CANDIDATES_MAX {
            found.push(url);
        }
    }
    found
}

/// Where a site's feeds are if it does not say.
pub(super) fn usual(base: &Url) -> Vec<Url> {
    USUAL.iter().filter_map(|it| base.join(it).ok()).collect()
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// `<link rel="alternate" type="application/rss+xml">` and its like.
fn is_alternate(tag: &StartTag<()>) -> bool {
    let has = |name: &str, words: &[&str]| {
        let value = attribute(tag, name).unwrap_or_default().to_ascii_lowercase();
        value.split([' ', ';']).any(|it| words.contains(&it))
    };
    let kinds = [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
    ];
    has("rel", &["alternate", "feed"]) && has("type", &kinds)
}

fn looks_like_a_feed(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let last = path.rsplit('/').find(|it| !it.is_empty()).unwrap_or_default();
    matches!(last, "feed" | "feeds" | "rss" | "atom" | "rdf")
        || [".rss", ".atom", ".rdf"].iter().any(|it| last.ends_with(it))
        || (last.rsplit_once('.').is_some_and(|(_, it)| it == "xml")
            && ["rss", "feed", "atom"].iter().any(|it| path.contains(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_comes_before_what_looks_like_a_feed() {
        let check = |page: &str, want: &[&str]| {
            let found = candidates(page, &"https://news.example/world/".parse().unwrap());
            assert_eq!(found.iter().map(Url::as_str).collect::<Vec<_>>(), want, "{page}");
        };
        let said = "<link rel='alternate' type='application/rss+xml' href='/rss?a=1&amp;b=2'>";
        check(said, &["https://news.example/rss?a=1&b=2"]);
        check(
            &format!("<a href=feed.xml>x</a>{said}"),
            &["https://news.example/rss?a=1&b=2", "https://news.example/world/feed.xml"],
        );
        check(
            "<base href='https://other.example/'><a href='x.rss#top'>x</a>",
            &["https://other.example/x.rss"],
        );
        check("<link rel=stylesheet type=text/css href=/rss><link rel=alternate hreflang=de href=/de>", &[]);
        check(
            "<a href='javascript:rss'>x</a><a href='mailto:rss@news.example'>x</a><a href=/sitemap.xml>x</a>",
            &[],
        );
        check("<a href='/rss'>a</a><a href='/rss'>b</a>", &["https://news.example/rss"]);
        check("<a href='http://[/rss'>broken</a><link", &[]);
    }
}
