//! Addresses: resolved, http or https, without credentials.

use std::borrow::Cow;

use storyline_config::limit::LINK_BYTES_MAX;
use url::Url;

/// The absolute address that `text` means at `base`; none where it is no address of a page.
pub(super) fn resolve(base: &Url, text: &str) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > LINK_BYTES_MAX {
        return None;
    }
    let mut url = match Url::parse(text) {
        Ok(url) => url,
        // Some leave out the scheme; no page of theirs is called www.
        Err(url::ParseError::RelativeUrlWithoutBase) if text.starts_with("www.") => {
            base.join(&format!("//{text}")).ok()?
        }
        Err(url::ParseError::RelativeUrlWithoutBase) => base.join(text).ok()?,
        Err(_) => return None,
    };
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > LINK_BYTES_MAX {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    }
    Some(url)
}

/// [`resolve`], as text.
pub(super) fn absolute(base: &Url, text: &str) -> Option<String> {
    resolve(base, text).map(String::from)
}

/// The link, and the page's own address where the link goes through another host, which counts clicks and may be gone
/// tomorrow.
pub(super) fn past_counters(link: Option<String>, own: Option<String>) -> (Option<String>, Option<String>) {
    let host = |text: &str| Url::parse(text).ok().and_then(|it| it.host_str().map(str::to_owned));
    let Some(link) = link else { return (own, None) };
    let page = own.filter(|own| host(&link) != host(own));
    (Some(link), page)
}

/// Whether a text is an http address as it stands.
pub(super) fn is_web(text: &str) -> bool {
    let starts = |scheme: &str| text.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
    starts("http://") || starts("https://")
}

/// The address without what only tells where a click came from, so that it can name a page.
pub(super) fn canonical(link: &str) -> Cow<'_, str> {
    let tracks =
        |key: &str| key.starts_with("utm_") || matches!(key, "fbclid" | "gclid" | "mc_cid" | "mc_eid");
    if !["utm_", "clid=", "mc_"].iter().any(|it| link.contains(it)) {
        return link.into();
    }
    let Ok(mut url) = Url::parse(link) else { return link.into() };
    if !url.query_pairs().any(|(key, _)| tracks(&key)) {
        return link.into();
    }
    let kept: Vec<_> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !tracks(pair.split('=').next().unwrap_or(pair)))
        .collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    String::from(url).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_absolute_safe_and_of_a_page() {
        #[track_caller]
        fn check(text: &str, expected: Option<&str>) {
            let base = "https://paper.example/dir/feed.xml".parse().unwrap();
            assert_eq!(absolute(&base, text).as_deref(), expected);
        }
        check(" /a ", Some("https://paper.example/a"));
        check("//cdn.example/b c", Some("https://cdn.example/b%20c"));
        check("www.paper.example/x", Some("https://www.paper.example/x"));
        check("../1.html", Some("https://paper.example/1.html"));
        check("http://me:secret@paper.example/x", Some("http://paper.example/x"));
        check("javascript:alert(1)", None);
        check("file:///etc/passwd", None);
        check("data:text/html,x", None);
        check("", None);
        check(&format!("https://paper.example/{}", "a".repeat(LINK_BYTES_MAX)), None);
    }

    #[test]
    fn a_page_is_linked_past_those_who_count_clicks() {
        #[track_caller]
        fn check(link: Option<&str>, own: Option<&str>, expected: (Option<&str>, Option<&str>)) {
            let found = past_counters(link.map(str::to_owned), own.map(str::to_owned));
            assert_eq!((found.0.as_deref(), found.1.as_deref()), expected);
        }
        let counted = Some("http://feeds.counter.example/~r/p/1");
        let (own, other) = (Some("https://p.example/1"), Some("https://p.example/1?x=1"));
        check(counted, own, (counted, own));
        check(None, own, (own, None));
        check(counted, None, (counted, None));
        check(other, own, (other, None));
        check(None, None, (None, None));
    }

    #[test]
    fn where_a_click_came_from_does_not_name_a_page() {
        assert_eq!(canonical("https://p.example/a?id=7&utm_source=rss"), "https://p.example/a?id=7");
        assert_eq!(canonical("https://p.example/a?utm_source=rss#top"), "https://p.example/a#top");
        assert_eq!(canonical("https://p.example/a?id=7"), "https://p.example/a?id=7");
    }
}
