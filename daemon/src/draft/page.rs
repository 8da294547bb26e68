//! A saved web page: its headline, date and paragraphs.

use std::collections::BTreeMap;

use html5gum::{EndTag, StartTag, Token, Tokenizer};
use url::Url;

use super::article::{Article, clean, moment};

/// Elements whose text is no part of the article.
const ASIDE: &[&str] = &[
    "aside", "button", "figure", "footer", "form", "head", "header", "nav", "noscript", "script", "style",
    "svg",
];
/// Elements that hold a paragraph.
const BLOCK: &[&str] = &["p", "li", "h2", "h3", "blockquote"];

#[derive(Default)]
struct Page {
    meta: BTreeMap<String, String>,
    heading: String,
    window: String,
    paragraphs: Vec<String>,
    /// How many of [`ASIDE`] are open; an `h1` in a header counts all the same.
    aside: usize,
    open: Option<&'static str>,
    text: String,
    script: String,
}

/// Reads a web page.
pub(super) fn read(source: &str) -> Article {
    let mut page = Page::default();
    for token in Tokenizer::new(source) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag),
            Token::EndTag(tag) => page.end(&tag),
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text.value);
                page.text.push_str(&text);
            }
            _ => {}
        }
    }
    page.close();
    page.article()
}

impl Page {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let get = |key: &str| {
            tag.attributes.get(key.as_bytes()).map(|it| String::from_utf8_lossy(&it.value).into_owned())
        };
        let mut note = |key: &str, value: Option<String>| {
            if let Some(value) = value.filter(|it| !it.trim().is_empty()) {
                self.meta.entry(key.to_owned()).or_insert(value);
            }
        };
        match name.as_str() {
            "html" => note("lang", get("lang")),
            "time" => note("time", get("datetime")),
            "link" if get("rel").is_some_and(|it| it.eq_ignore_ascii_case("canonical")) => {
                note("link", get("href"));
            }
            "meta" => {
                if let Some(key) = get("property").or_else(|| get("name")).or_else(|| get("itemprop")) {
                    note(&key.to_ascii_lowercase(), get("content"));
                }
            }
            _ => {}
        }
        if let Some(block) = BLOCK.iter().chain(&["h1", "title"]).find(|it| **it == name) {
            self.close();
            self.open = Some(block);
        } else if ASIDE.contains(&name.as_str()) && !tag.self_closing {
            self.close();
            self.aside += 1;
        } else if name == "br" {
            self.text.push(' ');
        }
    }

    fn end(&mut self, tag: &EndTag<()>) {
        let name = String::from_utf8_lossy(&tag.name);
        if name == "script" {
            self.script.push_str(&self.text);
        }
        if self.open.is_some_and(|it| it == name) {
            self.close();
        } else if ASIDE.contains(&name.as_ref()) {
            self.close();
            self.aside = self.aside.saturating_sub(1);
        }
    }

    /// Puts what was read where it belongs.
    fn close(&mut self) {
        let text = clean(&std::mem::take(&mut self.text).replace('\n', " "));
        match self.open.take() {
            Some("h1") if self.heading.is_empty() => self.heading = text,
            Some("title") if self.window.is_empty() => self.window = text,
            Some("h1" | "title") | None => {}
            Some(_) if self.aside == 0 && !text.is_empty() => self.paragraphs.push(text),
            Some(_) => {}
        }
    }

    fn article(self) -> Article {
        let meta = |keys: &[&str]| keys.iter().find_map(|key| self.meta.get(*key)).map(|it| clean(it));
        let date = meta(&[
            "article:published_time",
            "datepublished",
            "date",
            "dc.date",
            "dcterms.created",
            "pubdate",
            "time",
            "article:modified_time",
        ])
        .or_else(|| quoted_after(&self.script, "\"datePublished\""));
        let title = if self.heading.is_empty() { meta(&["og:title", "twitter:title"]) } else { None };
        let link = meta(&["link", "og:url"]);
        Article {
            title: title.unwrap_or(if self.heading.is_empty() { self.window } else { self.heading }),
            text: self.paragraphs.join("\n"),
            published: date.and_then(|it| moment(&it)).map(|it| it.0),
            lang: meta(&["lang"]).and_then(|it| it.split(['-', '_']).next().map(str::to_ascii_lowercase)),
            outlet: meta(&["og:site_name"]).or_else(|| {
                let host = link.as_deref().and_then(|it| Url::parse(it).ok())?.host_str()?.to_owned();
                Some(host.trim_start_matches("www.").to_owned())
            }),
            link,
            ..Article::empty()
        }
    }
}

/// The string after a key in JSON.
fn quoted_after(text: &str, key: &str) -> Option<String> {
    let rest = text.get(text.find(key)? + key.len()..)?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    rest.split('"').next().map(str::to_owned)
}
