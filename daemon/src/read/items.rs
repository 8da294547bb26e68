//! From entries to items: what an entry means for a feed that is followed.

use std::time::Duration;

use jiff::Timestamp;
use storyline_config::{
    Feed, FeedId,
    limit::{DATE_AHEAD_MAX, DATE_BEHIND_MAX},
};
use storyline_store::{DateFlag, Item};

use super::document::{Document, Entry};

/// How far ahead of the clock a stated date may lie and still be a date.
const ABSURD_AHEAD: Duration = Duration::from_hours(24);
/// Characters of a headline that is made of a text's first sentence.
const UNTITLED_CHARS_MAX: usize = 140;
/// The year before which nothing was published on the web.
const YEAR_MIN: i16 = 1990;

/// The items that a feed's document carries when it is seen at `now`, in document order.
///
/// An entry that only repeats an earlier one of the document is left out, and so is one that says nothing at all.
pub fn items(document: &Document, feed: &FeedId, config: &Feed, now: Timestamp) -> Vec<Item> {
    let entries = document.entries.iter().filter(|it| !it.repeat && says_something(it));
    entries.map(|entry| item(entry, feed, config, now)).collect()
}

fn says_something(entry: &Entry) -> bool {
    !entry.title.is_empty() || !entry.body.is_empty()
}

fn item(entry: &Entry, feed: &FeedId, config: &Feed, now: Timestamp) -> Item {
    let dated = dated(entry.published, entry.date_flag, now);
    Item {
        outlet: config.outlet.clone(),
        guid: entry.guid.clone(),
        link: entry.page.clone().or_else(|| entry.link.clone()),
        // What a person says of a feed counts more than what it says of itself.
        lang: config.lang.clone().or_else(|| entry.lang.clone()),
        text: entry.body.clone(),
        published: dated.published,
        effective: dated.effective,
        date_flag: dated.flag,
        authors: entry.authors.clone(),
        source: entry.source.clone(),
        categories: entry.categories.clone(),
        ..Item::named(feed.clone(), &entry.key, headline(entry), now)
    }
}

/// The headline; of a post that has none, as official accounts write them, its first sentence.
fn headline(entry: &Entry) -> String {
    if !entry.title.is_empty() {
        return entry.title.clone();
    }
    let body = entry.body.as_str();
    let sentence =
        [". ", "! ", "? ", "。"].iter().filter_map(|end| body.find(end).map(|at| at + end.len())).min();
    let sentence = body.get(..sentence.unwrap_or(body.len())).unwrap_or(body).trim_end();
    let end = sentence.char_indices().nth(UNTITLED_CHARS_MAX).map_or(sentence.len(), |(at, _)| at);
    let (kept, rest) = sentence.split_at(end);
    if rest.is_empty() {
        return kept.to_owned();
    }
    let word = kept.rfind(' ').unwrap_or(kept.len());
    format!("{}…", kept.get(..word).unwrap_or(kept))
}

/// A stated date, judged by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dated {
    /// The date, unless it is absurd.
    pub(super) published: Option<Timestamp>,
    /// The time the item counts from.
    pub(super) effective: Timestamp,
    /// What is wrong with the date.
    pub(super) flag: Option<DateFlag>,
}

/// Judges a stated date at the time its item is seen. `flag` is what is wrong with it by itself.
pub(super) fn dated(stated: Option<Timestamp>, flag: Option<DateFlag>, seen: Timestamp) -> Dated {
    let Some(at) = stated else {
        return Dated { published: None, effective: seen, flag: flag.or(Some(DateFlag::Missing)) };
    };
    let ahead = at.duration_since(seen);
    let year = at.to_zoned_datetime(jiff::tz::TimeZone::UTC).year();
    let absurd = year < YEAR_MIN || ahead > span(ABSURD_AHEAD);
    let published = (!absurd).then_some(at);
    if ahead > span(DATE_AHEAD_MAX) {
        // A day without a time may begin elsewhere before it begins here.
        return Dated { published, effective: seen, flag: Some(DateFlag::Future) };
    }
    if ahead < -span(DATE_BEHIND_MAX) {
        return Dated { published, effective: seen, flag: Some(DateFlag::Ancient) };
    }
    Dated { published, effective: at, flag }
}

fn span(duration: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use storyline_config::{Baseline, Role, Source};
    use storyline_store::ItemId;

    use super::*;

    fn feed() -> Feed {
        Feed {
            source: Source::Feed("https://paper.example/feed".parse().unwrap()),
            outlet: "Paper".to_owned(),
            family: "Paper".to_owned(),
            role: Role::News,
            speaks_for: Vec::new(),
            about: Vec::new(),
            lang: Some("uk".to_owned()),
            tz: jiff::tz::TimeZone::UTC,
            interval: None,
            baseline: Baseline::Digest,
            tags: Vec::new(),
            headers: std::collections::BTreeMap::new(),
            secret_file: None,
        }
    }

    #[test]
    fn an_entry_is_one_item_however_often_and_whenever_it_is_seen() {
        let document = "<rss><channel><language>en</language><item><title>One</title><guid>1</guid><source>Wire</source></item>
            <item><title>One</title><guid>1</guid><source>Wire</source></item><item/><item><description>Two sails. Then more.</description></item></channel></rss>";
        let document =
            crate::read::read(document.as_bytes(), None, &"https://paper.example/".parse().unwrap()).unwrap();
        let id: FeedId = "paper".parse().unwrap();
        let seen = |at: &str| items(&document, &id, &feed(), at.parse().unwrap());
        let (first, later) = (seen("2025-02-12T12:00:00Z"), seen("2025-02-13T12:00:00Z"));
        assert_eq!(
            first.iter().map(|it| (it.title.as_str(), it.text.as_str())).collect::<Vec<_>>(),
            [("One", ""), ("Two sails.", "Two sails. Then more.")]
        );
        assert_eq!(first[0].id, ItemId::of(&id, "1"));
        assert_eq!((first[0].source.as_deref(), first[0].lang.as_deref()), (Some("Wire"), Some("uk")));
        assert_eq!(first[0].date_flag, Some(DateFlag::Missing));
        assert!(first.iter().zip(&later).all(|(a, b)| a.id == b.id && a.effective < b.effective));
    }

    #[test]
    fn a_long_first_sentence_is_cut_between_words() {
        let body = "word ".repeat(50);
        let document =
            format!("<rss><channel><item><description>{body}</description></item></channel></rss>");
        let document =
            crate::read::read(document.as_bytes(), None, &"https://paper.example/".parse().unwrap()).unwrap();
        assert_eq!(headline(&document.entries[0]), format!("{}…", "word ".repeat(28).trim_end()));
    }

    #[test]
    fn a_credible_date_counts_and_any_other_is_flagged() {
        #[track_caller]
        fn check(
            stated: Option<&str>,
            flag: Option<DateFlag>,
            effective: &str,
            published: bool,
            expected: Option<DateFlag>,
        ) {
            let now = "2025-02-12T12:00:00Z".parse().unwrap();
            let stated = stated.map(|it| it.parse().unwrap());
            let dated = dated(stated, flag, now);
            assert_eq!(dated.effective.to_string(), effective);
            assert_eq!(dated.published, stated.filter(|_| published));
            assert_eq!(dated.flag, expected);
        }
        let now = "2025-02-12T12:00:00Z";
        check(Some("2025-02-12T11:00:00Z"), None, "2025-02-12T11:00:00Z", true, None);
        check(Some("2025-02-12T12:10:00Z"), None, "2025-02-12T12:10:00Z", true, None);
        check(Some("2025-02-12T12:10:01Z"), None, now, true, Some(DateFlag::Future));
        check(Some("2025-02-13T12:00:01Z"), None, now, false, Some(DateFlag::Future));
        check(Some("2025-01-13T12:00:00Z"), None, "2025-01-13T12:00:00Z", true, None);
        check(Some("2025-01-13T11:59:59Z"), None, now, true, Some(DateFlag::Ancient));
        check(Some("1989-12-31T00:00:00Z"), None, now, false, Some(DateFlag::Ancient));
        check(
            Some("2025-02-12T00:00:00Z"),
            Some(DateFlag::DateOnly),
            "2025-02-12T00:00:00Z",
            true,
            Some(DateFlag::DateOnly),
        );
        check(None, Some(DateFlag::Bad), now, false, Some(DateFlag::Bad));
        check(None, Some(DateFlag::Missing), now, false, Some(DateFlag::Missing));
    }
}
