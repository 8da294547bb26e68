//! Which items of a page are news to us, by what its feed was seen to carry (pure).
//!
//! Identity is the item's id; where that is not known with this content, the
//! very content is looked for: under another id, so that a feed which resets or
//! shifts its ids, moves to https or re-dates its items makes nothing old new
//! again, and among what the id said before, so that going back to an earlier
//! text is no news either.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use storyline_config::limit::{SEEN_AFTER, SEEN_ITEMS_MAX};
use storyline_store::{Item, Seen, SeenItem, Seq};
use xxhash_rust::xxh3::xxh3_64;

/// Unknown ids for which all that was seen is looked through; more of them are worth an index.
const LOOKED_THROUGH: usize = 4;
/// Earlier texts remembered of one item; of one that changes at every visit the last few are enough.
const EARLIER_MAX: u8 = 4;
const DAY_SECONDS: u64 = 24 * 3_600;

/// What we know of an item before it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing.
    New,
    /// All of it: the same content came before.
    Known(SeenItem),
    /// Its id: it carried another content before.
    Revised,
}

/// A feed's memory of what it carried, while a page or a batch is looked through.
#[derive(Debug)]
pub(super) struct Looking<'a> {
    seen: &'a mut Seen,
    /// By content; built when several ids are met that are not known.
    contents: Option<BTreeMap<u64, SeenItem>>,
    unknown: usize,
    /// The ids that were looked at: the feed carries them now.
    carried: BTreeSet<u64>,
    /// Whether ids alone say what is known.
    by_id: bool,
    day: u16,
}

/// Hash of what an item says: its title and text, dates and addresses apart.
pub(super) fn content(item: &Item) -> u64 {
    let mut bytes = Vec::with_capacity(item.title.len() + item.text.len() + 1);
    bytes.extend_from_slice(item.title.as_bytes());
    bytes.push(b'\n');
    bytes.extend_from_slice(item.text.as_bytes());
    xxh3_64(&bytes)
}

/// The day since 1970; 0 before it, and the last that 16 bits hold after that.
fn day(now: Timestamp) -> u16 {
    let days = now.as_second().div_euclid(24 * 3_600).clamp(0, i64::from(u16::MAX));
    u16::try_from(days).unwrap_or(u16::MAX)
}

impl<'a> Looking<'a> {
    pub(super) fn new(seen: &'a mut Seen, now: Timestamp) -> Self {
        Self { seen, contents: None, unknown: 0, carried: BTreeSet::new(), by_id: false, day: day(now) }
    }

    /// Looks at ids alone: whoever hands items in says which are the same, and two outlets may print the same words.
    pub(super) fn by_id(seen: &'a mut Seen, now: Timestamp) -> Self {
        Self { by_id: true, ..Self::new(seen, now) }
    }

    /// Looks an item up and remembers that its feed carries it today.
    pub(super) fn look(&mut self, item: &Item) -> Sight {
        let content = content(item);
        self.carried.insert(item.id.0);
        let sight = match self.seen.0.get_mut(&item.id.0) {
            Some(known) if known.content == content => {
                known.day = self.day;
                Sight::Known(*known)
            }
            Some(_) if self.by_id => Sight::Revised,
            None if self.by_id => Sight::New,
            known => {
                let unknown = if known.is_some() { Sight::Revised } else { Sight::New };
                self.by_content(content).map_or(unknown, Sight::Known)
            }
        };
        if let Sight::Known(known) = sight {
            self.put(item.id.0, SeenItem { day: self.day, ..known });
        }
        sight
    }

    /// What was seen up to here.
    pub(super) fn seen(&self) -> &Seen {
        self.seen
    }

    /// Puts what an id says now in the place of what it said before, which is remembered beside it.
    fn put(&mut self, id: u64, it: SeenItem) {
        let before = self.seen.0.insert(id, it).filter(|before| before.content != it.content);
        if let Some(before) = before.filter(|_| !self.by_id) {
            self.put_beside(id, SeenItem { day: self.day, ..before });
        }
    }

    /// Remembers an earlier text of an item; the oldest of too many goes.
    fn put_beside(&mut self, id: u64, earlier: SeenItem) {
        let mut next = earlier;
        for place in 0..EARLIER_MAX {
            let beside = xxh3_64(&[&id.to_le_bytes()[..], &[place]].concat());
            match self.seen.0.insert(beside, next) {
                Some(it) if it.content != earlier.content => next = it,
                _ => return,
            }
        }
    }

    fn by_content(&mut self, content: u64) -> Option<SeenItem> {
        let seen = &*self.seen;
        self.unknown += 1;
        if self.contents.is_none() && self.unknown <= LOOKED_THROUGH {
            return seen.0.values().rev().find(|it| it.content == content).copied();
        }
        let index = || seen.0.values().map(|it| (it.content, *it)).collect();
        self.contents.get_or_insert_with(index).get(&content).copied()
    }

    /// Remembers what came of an item: the last event it recorded, and how many.
    pub(super) fn judged(&mut self, item: &Item, seq: Option<Seq>, events: usize) {
        let events = u16::try_from(events).unwrap_or(u16::MAX);
        let it = SeenItem { content: content(item), seq, events, day: self.day };
        if let Some(contents) = &mut self.contents {
            contents.insert(it.content, it);
        }
        self.put(item.id.0, it);
    }

    /// Forgets what the feed has not carried for long, and the oldest beyond the cap.
    pub(super) fn forget(mut self) {
        let oldest =
            self.day.saturating_sub(u16::try_from(SEEN_AFTER.as_secs() / DAY_SECONDS).unwrap_or(u16::MAX));
        self.seen.0.retain(|_, it| it.day >= oldest);
        self.forget_beyond_cap();
    }

    /// Forgets the oldest beyond the cap; what the feed carries now goes last, for it would be news again.
    pub(super) fn forget_beyond_cap(&mut self) {
        if self.seen.0.len() <= SEEN_ITEMS_MAX {
            return;
        }
        let age = |(id, it): (&u64, &SeenItem)| (self.carried.contains(id), it.day, *id);
        let mut by_age: Vec<(bool, u16, u64)> = self.seen.0.iter().map(age).collect();
        by_age.sort_unstable();
        let surplus = by_age.len() - SEEN_ITEMS_MAX;
        for (_, _, id) in by_age.iter().take(surplus) {
            self.seen.0.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: i64 = 1_739_318_400;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_second(T0 + days * 24 * 3_600).unwrap()
    }

    fn item(key: &str, title: &str) -> Item {
        crate::testing::item("feed", key, title, "", at(0))
    }

    #[test]
    fn items_that_are_handed_in_are_the_same_by_id_alone() {
        let mut seen = Seen::default();
        let (first, other) = (item("a", "Talks begin"), item("b", "Talks begin"));
        let mut looking = Looking::by_id(&mut seen, at(0));
        assert_eq!(looking.look(&first), Sight::New);
        looking.judged(&first, Some(Seq(7)), 2);
        assert_eq!(looking.look(&other), Sight::New);
        assert!(matches!(looking.look(&first), Sight::Known(it) if it.seq == Some(Seq(7))));
    }

    /// Looks items up one after another, each judged where it is not known.
    fn look(seen: &mut Seen, now: Timestamp, items: &[Item]) -> Vec<&'static str> {
        let mut looking = Looking::new(seen, now);
        let words = items.iter().map(|it| match looking.look(it) {
            Sight::New => {
                looking.judged(it, Some(Seq(7)), 2);
                "new"
            }
            Sight::Revised => {
                looking.judged(it, None, 0);
                "revised"
            }
            Sight::Known(_) => "known",
        });
        let words = words.collect();
        looking.forget();
        words
    }

    #[test]
    fn an_item_is_new_once_and_revised_when_it_says_something_else() {
        let mut seen = Seen::default();
        let first = item("1", "Talks begin");
        assert_eq!(look(&mut seen, at(0), &[first.clone(), first.clone()]), ["new", "known"]);
        assert_eq!(
            look(&mut seen, at(1), &[item("1", "Talks end"), item("1", "Talks end")]),
            ["revised", "known"]
        );
    }

    #[test]
    fn an_item_that_goes_back_to_an_earlier_text_says_nothing_new() {
        let mut seen = Seen::default();
        let (a, b) = (item("1", "Talks begin"), item("1", "Talks end"));
        assert_eq!(look(&mut seen, at(0), std::slice::from_ref(&a)), ["new"]);
        assert_eq!(look(&mut seen, at(1), std::slice::from_ref(&b)), ["revised"]);
        for day in 2..40 {
            let it = if day % 2 == 0 { &a } else { &b };
            assert_eq!(look(&mut seen, at(day), std::slice::from_ref(it)), ["known"], "{day}");
        }
        assert_eq!(look(&mut seen, at(40), &[item("1", "Talks fail")]), ["revised"]);
    }

    #[test]
    fn a_feed_that_numbers_its_places_brings_only_what_is_new() {
        let mut seen = Seen::default();
        assert_eq!(look(&mut seen, at(0), &[item("1", "B"), item("2", "A")]), ["new", "new"]);
        let shifted = [item("1", "C"), item("2", "B"), item("3", "A")];
        assert_eq!(look(&mut seen, at(0), &shifted), ["revised", "known", "known"]);
    }

    #[test]
    fn a_feed_that_resets_its_ids_brings_nothing_new() {
        let mut seen = Seen::default();
        assert_eq!(look(&mut seen, at(0), &[item("1", "Talks begin")]), ["new"]);
        assert_eq!(look(&mut seen, at(0), &[item("https-1", "Talks begin")]), ["known"]);
        assert_eq!(seen.0.len(), 2);
        assert!(seen.0.values().all(|it| it.seq == Some(Seq(7)) && it.events == 2));
    }

    #[test]
    fn what_is_carried_no_more_is_forgotten_after_thirty_days() {
        let mut seen = Seen::default();
        look(&mut seen, at(0), &[item("1", "Old"), item("2", "Kept")]);
        look(&mut seen, at(20), &[item("2", "Kept")]);
        look(&mut seen, at(31), &[item("3", "Today")]);
        assert_eq!(look(&mut seen, at(31), &[item("2", "Kept"), item("1", "Old")]), ["known", "new"]);
    }

    #[test]
    fn a_feed_whose_texts_change_at_every_visit_brings_nothing_new() {
        let mut seen = Seen::default();
        for visit in 0..100 {
            let page: Vec<Item> =
                (0..50).map(|n| item(&n.to_string(), &format!("Talks {n}, {visit} comments"))).collect();
            let word = if visit == 0 { "new" } else { "revised" };
            assert_eq!(look(&mut seen, at(0), &page), [word; 50], "visit {visit}");
        }
        assert_eq!(seen.0.len(), 50 * (1 + usize::from(EARLIER_MAX)));
    }

    #[test]
    fn what_the_feed_carries_is_forgotten_last() {
        let mut seen = Seen::default();
        let items = |names: std::ops::Range<usize>| -> Vec<Item> {
            names.map(|n| item(&n.to_string(), &n.to_string())).collect()
        };
        look(&mut seen, at(0), &items(0..SEEN_ITEMS_MAX));
        let page = items(SEEN_ITEMS_MAX..SEEN_ITEMS_MAX + 1_000);
        assert_eq!(look(&mut seen, at(0), &page), ["new"; 1_000]);
        assert_eq!(look(&mut seen, at(0), &page), ["known"; 1_000]);
        assert_eq!(seen.0.len(), SEEN_ITEMS_MAX);
    }

    #[test]
    fn no_feed_makes_us_remember_more_than_the_cap() {
        let mut seen = Seen::default();
        let items: Vec<Item> =
            (0..SEEN_ITEMS_MAX + 10).map(|n| item(&n.to_string(), &n.to_string())).collect();
        look(&mut seen, at(0), &items);
        assert_eq!(seen.0.len(), SEEN_ITEMS_MAX);
    }
}
