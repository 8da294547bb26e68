//! Items as lines of JSON, which `ingest` and `backtest` read.

use jiff::Timestamp;
use serde::Deserialize;
use storyline_config::{
    FeedId,
    limit::{ID_CHARS_MAX, REQUEST_BYTES_MAX},
};
use storyline_store::{DateFlag, Item};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    date, id,
    items::{Dated, dated},
    link, record,
    text::{self, Markup},
};

/// Why a line is no item. The message names what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It is no JSON object.
    #[error("this is no JSON object: {0}")]
    Json(String),
    /// It is longer than a line may be.
    #[error("the line is longer than {REQUEST_BYTES_MAX} bytes")]
    TooLong,
    /// A key that every item needs is absent, null or blank.
    #[error("the key {0:?} is missing or blank")]
    Missing(&'static str),
    /// The date cannot be read.
    #[error("{0:?} in \"published\" is no date; use RFC 3339, as in 2025-02-12T07:00:00Z")]
    Date(String),
}

impl LineError {
    /// A word for a program: `json`, `too_long`, `missing` or `date`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "json",
            Self::TooLong => "too_long",
            Self::Missing(_) => "missing",
            Self::Date(_) => "date",
        }
    }
}

/// An item as one line of JSON says it. Keys that are not named here are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// The sender's name for it.
    pub id: String,
    /// The feed it is from: a configured name, an address, anything.
    pub feed: Option<String>,
    /// Where it was published, for people.
    pub outlet: Option<String>,
    /// The publisher's own id.
    pub guid: Option<String>,
    /// Its page.
    pub link: Option<String>,
    /// Its language.
    pub lang: Option<String>,
    /// When it was published.
    pub published: Timestamp,
    /// `DateOnly` or `NoZone`, where the date says less than a moment.
    pub date_flag: Option<DateFlag>,
    /// Its headline.
    pub title: String,
    /// Its text or summary.
    pub summary: Option<String>,
}

/// The line before it is checked: any scalar will do for a text.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    feed: serde_json::Value,
    #[serde(default)]
    outlet: serde_json::Value,
    #[serde(default)]
    guid: serde_json::Value,
    #[serde(default)]
    link: serde_json::Value,
    #[serde(default)]
    lang: serde_json::Value,
    #[serde(default)]
    published: serde_json::Value,
    #[serde(default)]
    title: serde_json::Value,
    #[serde(default)]
    summary: serde_json::Value,
}

impl ItemLine {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// Names the key that is missing or cannot be read.
    pub fn parse(line: &str) -> Result<Self, LineError> {
        if line.len() > REQUEST_BYTES_MAX {
            return Err(LineError::TooLong);
        }
        if !line.trim_start().starts_with('{') {
            return Err(LineError::Json("it does not begin with '{'".to_owned()));
        }
        let written: Written =
            serde_json::from_str(line).map_err(|error| LineError::Json(error.to_string()))?;
        Self::check(&written)
    }

    fn check(written: &Written) -> Result<Self, LineError> {
        let published = words(&written.published).ok_or(LineError::Missing("published"))?;
        let stated = date::parse(&published);
        Ok(Self {
            id: words(&written.id).ok_or(LineError::Missing("id"))?,
            title: words(&written.title).ok_or(LineError::Missing("title"))?,
            published: stated.ok_or_else(|| LineError::Date(text::line(&published)))?.at,
            date_flag: stated.and_then(|it| it.flag),
            feed: words(&written.feed),
            outlet: words(&written.outlet),
            guid: words(&written.guid),
            link: words(&written.link),
            lang: words(&written.lang),
            summary: words(&written.summary),
        })
    }

    /// The name of the feed it is from: as given where that is a name, else made from what is given, always the same.
    pub fn feed_id(&self) -> FeedId {
        let given = self.feed.as_deref().or(self.outlet.as_deref()).unwrap_or("ingest");
        feed_id(given)
    }

    /// The item, seen at `now`; its date is judged by that.
    pub fn item(&self, now: Timestamp) -> Item {
        let feed = self.feed_id();
        let guid = self.guid.as_deref().and_then(id::guid);
        let link = self.link.as_deref().and_then(web);
        let title = text::headline(&self.title, Markup::Html);
        let Dated { published, effective, flag } = dated(Some(self.published), self.date_flag, now);
        // A sender who gives no guid names the item himself, and a link may stand for many.
        let name = guid.as_deref().unwrap_or(&self.id);
        let named = Item::named(feed.clone(), name, title, now);
        Item {
            key: Some(self.id.clone()),
            outlet: self.outlet.as_deref().map_or_else(|| host(link.as_deref(), &feed), text::line),
            guid,
            link,
            lang: self.lang.as_deref().and_then(record::language),
            text: self.summary.as_deref().map(|it| text::body(it, Markup::Html)).unwrap_or_default(),
            published,
            effective,
            date_flag: flag,
            ..named
        }
    }
}

/// A text, or a number written as one; none where it is blank.
fn words(value: &serde_json::Value) -> Option<String> {
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn web(link: &str) -> Option<String> {
    let nowhere = Url::parse("invalid:").ok()?;
    link::absolute(&nowhere, link)
}

/// Who published something of which only the address is known.
fn host(link: Option<&str>, feed: &FeedId) -> String {
    let host = link.and_then(|it| Url::parse(it).ok()).and_then(|it| it.host_str().map(str::to_owned));
    host.map_or_else(|| feed.to_string(), |host| host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

/// A name made from anything: what can stand in a name stays, and a hash tells apart what looks the same.
fn feed_id(given: &str) -> FeedId {
    if let Ok(id) = given.parse() {
        return id;
    }
    let bare =
        given.trim().trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let mut name = String::new();
    for c in bare.to_lowercase().chars().take(ID_CHARS_MAX - 17) {
        let fits = c.is_ascii_alphanumeric() || c == '.';
        match c {
            c if fits => name.push(c),
            _ if !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name = format!("{}-{:016x}", name.trim_matches('-'), xxh3_64(given.as_bytes()));
    name.trim_start_matches('-').parse().unwrap_or_else(|_| feed_id("ingest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2025-02-12T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_line_becomes_an_item() {
        let line = r#"{"id":7,"feed":"https://www.paper.example/rss?a=1","outlet":"Paper","guid":null,"link":"https://paper.example/7",
            "lang":"en-GB","published":"2025-02-12T11:00:00Z","title":"Ferry <b>sails</b>","summary":"<p>At noon.</p>","other":[1]}"#;
        let item = ItemLine::parse(line).unwrap().item(now());
        assert_eq!(item.key.as_deref(), Some("7"));
        assert!(item.feed.as_str().starts_with("paper.example-rss-a-1-"), "{}", item.feed);
        assert_eq!(
            (item.outlet.as_str(), item.title.as_str(), item.text.as_str()),
            ("Paper", "Ferry sails", "At noon.")
        );
        assert_eq!(
            (item.lang.as_deref(), item.effective),
            (Some("en"), "2025-02-12T11:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn a_feed_is_named_by_whatever_is_given() {
        #[track_caller]
        fn check(given: &str, expected: &str) {
            assert!(feed_id(given).as_str().starts_with(expected), "{}", feed_id(given));
        }
        check("dw", "dw");
        check("https://www.paper.example/Feed.xml", "paper.example-feed.xml-");
        check("Neue Zeitung", "neue-zeitung-");
        check("Газета", "");
        check(&"x".repeat(500), "xxxx");
        assert_ne!(feed_id("a/b"), feed_id("a?b"));
    }

    #[test]
    fn an_error_names_what_is_wrong() {
        #[track_caller]
        fn check(line: &str, expected: &str) {
            let error = ItemLine::parse(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        check("nonsense", "no JSON object");
        check("[]", "no JSON object");
        check(r#"{"title":"a","published":"2025-02-12"}"#, "\"id\" is missing");
        check(r#"{"id":"1","title":" ","published":"2025-02-12"}"#, "\"title\" is missing");
        check(r#"{"id":"1","title":"a"}"#, "\"published\" is missing");
        check(r#"{"id":"1","title":"a","published":"soon"}"#, "\"soon\" in \"published\" is no date");
    }
}
