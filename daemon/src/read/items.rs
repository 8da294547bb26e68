//! From entries to items: what an entry means for a feed that is followed.

use std::time::Duration;

use jiff::Timestamp;
use storyline_config::{
    Feed, FeedId,
    limit::{DATE_AHEAD_MAX, DATE_BEHIND_MAX},
};
use storyline_store::{DateFlag, Item, ItemId};

use super::document::{Document, Entry};

/// How far ahead of the clock a stated date may lie and still be a date.
const ABSURD_AHEAD: Duration = Duration::from_hours(24);
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
        id: ItemId::of(feed, &entry.id),
        key: None,
        feed: feed.clone(),
        outlet: config.outlet.clone(),
        guid: entry.guid.clone(),
        link: entry.link.clone(),
        // What a person says of a feed counts more than what it says of itself.
        lang: config.lang.clone().or_else(|| entry.lang.clone()),
        title: entry.title.clone(),
        text: entry.body.clone(),
        published: dated.published,
        seen: now,
        effective: dated.effective,
        date_flag: dated.flag,
        authors: entry.authors.clone(),
        source: entry.source.clone(),
        categories: entry.categories.clone(),
        revision: false,
        late: false,
    }
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
    use super::*;

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
