//! What a page says of its feeds (pure).

use html5gum::{StartTag, Token, Tokenizer};
use url::Url;

/// As much of a page as is looked through.
const PAGE_BYTES_MAX: usize = 512 << 10;
/// What a feed is announced as.
const TYPES: [&str; 7] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/rss",
    "application/xml",
    "text/xml",
];
/// How the path of an address ends that is likely a feed's.
const ENDINGS: [&str; 10] =
    ["/feed", "/rss", "/atom", ".rss", ".atom", ".rdf", "rss.xml", "feed.xml", "atom.xml", "feed.json"];

/// An address that may be a feed's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The address.
    pub(super) url: Url,
    /// What the page calls it.
    pub(super) title: Option<String>,
}

/// The feeds a page announces, and those it only links to, in its order.
pub(super) fn candidates(page: &[u8], url: &Url) -> (Vec<Candidate>, Vec<Candidate>) {
    let page = page.get(..PAGE_BYTES_MAX).unwrap_or(page);
    let (mut base, mut announced, mut linked) = (url.clone(), Vec::new(), Vec::new());
    let mut script = false;
    for token in Tokenizer::new(page) {
        let Ok(token) = token;
        let tag = match token {
            Token::StartTag(tag) => tag,
            Token::EndTag(tag) => {
                script &= tag.name.as_slice() != b"script";
                continue;
            }
            _ => continue,
        };
        script |= tag.name.as_slice() == b"script";
        if script {
            continue;
        }
        let Some(href) = attribute(&tag, b"href") else { continue };
        match tag.name.as_slice() {
            b"base" => base = url.join(href.trim()).unwrap_or(base),
            b"link" if announces(&tag, &href) => {
                announced.extend(candidate(&base, &href, attribute(&tag, b"title")))
            }
            b"a" => linked.extend(candidate(&base, &href, None).filter(|it| likely(&it.url))),
            _ => {}
        }
    }
    (announced, linked)
}

fn announces(tag: &StartTag<()>, href: &str) -> bool {
    let rel = attribute(tag, b"rel").unwrap_or_default().to_ascii_lowercase();
    let is = |word: &str| rel.split_ascii_whitespace().any(|it| it == word);
    let kind = attribute(tag, b"type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // Plain JSON is what programs talk to each other far more often than a feed.
    let json = kind == "application/json" && href.contains("feed");
    is("feed") || (is("alternate") && !is("stylesheet") && (TYPES.contains(&kind) || json))
}

fn candidate(base: &Url, href: &str, title: Option<String>) -> Option<Candidate> {
    let mut url = base.join(href.trim()).ok().filter(|it| matches!(it.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    let title = title.map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    let title = title.map(|it| it.replace(char::is_control, "")).filter(|it| !it.is_empty());
    Some(Candidate { url, title })
}

fn likely(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    ENDINGS.iter().any(|it| path.ends_with(it))
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|it| String::from_utf8_lossy(&it.value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, announced: &[&str], linked: &[&str]) {
        let url = Url::parse("https://example.org/news/").unwrap();
        let (found, links) = candidates(page.as_bytes(), &url);
        let text = |it: Vec<Candidate>| it.into_iter().map(|it| it.url.to_string()).collect::<Vec<_>>();
        assert_eq!((text(found), text(links)), (owned(announced), owned(linked)), "{page}");
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn feeds_are_announced_by_link_elements() {
        check(
            r#"<LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF="a.xml#x">"#,
            &["https://example.org/news/a.xml"],
            &[],
        );
        check(
            r"<link rel='alternate nofollow' type=application/atom+xml href=//cdn.example/f />",
            &["https://cdn.example/f"],
            &[],
        );
        check(r#"<link rel="feed" href="/f">"#, &["https://example.org/f"], &[]);
        check(
            r#"<base href="/x/"><link rel=alternate type=text/xml href=f>"#,
            &["https://example.org/x/f"],
            &[],
        );
        check(
            r#"<link rel=alternate type=application/json href=/wp-json/1><link rel=alternate type=application/json href=/feed.json>"#,
            &["https://example.org/feed.json"],
            &[],
        );
        check(r#"<link rel="stylesheet" href="a.css"><link rel=alternate hreflang=de href=/de>"#, &[], &[]);
        check(r#"<!-- <link rel=feed href=/f> --><script>"<link rel=feed href=/g>"</script>"#, &[], &[]);
    }

    #[test]
    fn links_count_by_how_they_end() {
        check(
            "<a href='/feed/'>f</a><a href='/feedback'>x</a><a href='javascript:rss'>x</a><a href='?rss'>x</a>",
            &[],
            &["https://example.org/feed/"],
        );
        check(
            "<a href='https://other.example/all.rss?x=1'>f</a>",
            &[],
            &["https://other.example/all.rss?x=1"],
        );
    }
}
