//! What a definition leaves out: the items that belonged to nothing and came nearest (pure).

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use storyline_store::Item;

use crate::detect::Explanation;

/// Items that wait to be looked at again; under load the oldest are let go.
const WAITING_MAX: usize = 256;
/// Items and storylines looked at with one tick, one for the other: the writer has better to do.
const LOOKS_MAX: usize = 512;
/// How long a miss is shown.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Items that belonged to nothing, and those of them that came nearest.
#[derive(Debug, Clone, Default)]
pub(super) struct Misses {
    waiting: VecDeque<Item>,
    /// The nearest of each hour, so that yesterday's makes room for today's.
    nearest: Vec<Miss>,
}

/// An item that came near.
#[derive(Debug, Clone)]
struct Miss {
    at: Timestamp,
    /// The share of the storyline's facets that were touched.
    share: f64,
    said: String,
}

impl Misses {
    /// Remembers an item that belonged to nothing, to be looked at later.
    pub(super) fn missed(&mut self, item: &Item) {
        if self.waiting.len() == WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(item.clone());
    }

    /// Looks at some of what waits, the latest first; `explain` says of each of so many storylines why an item does not
    /// belong to it.
    pub(super) fn look(
        &mut self,
        now: Timestamp,
        storylines: usize,
        explain: impl Fn(&Item) -> Vec<Explanation>,
    ) {
        self.nearest.retain(|it| now.duration_since(it.at) < SHOWN_FOR);
        let items = (LOOKS_MAX / storylines.max(1)).max(1);
        for item in self.waiting.split_off(self.waiting.len().saturating_sub(items)) {
            for it in explain(&item) {
                self.consider(&item, &it, now);
            }
        }
    }

    fn consider(&mut self, item: &Item, it: &Explanation, now: Timestamp) {
        let touched = it.facets.iter().filter(|it| !it.touched.is_empty()).count();
        if it.relevant || touched == 0 {
            return;
        }
        let share = touched as f64 / it.facets.len() as f64;
        let said = format!("{} ({}): {}: {}", item.title, item.outlet, it.storyline, it.why);
        let miss = Miss { at: now, share, said };
        let hour = |at: Timestamp| at.as_second().div_euclid(3_600);
        match self.nearest.iter_mut().find(|it| hour(it.at) == hour(now)) {
            Some(best) if best.share < share => *best = miss,
            Some(_) => {}
            None => self.nearest.push(miss),
        }
    }

    /// The item of the last day that came nearest, and what it lacked.
    pub(super) fn nearest(&self) -> Option<&str> {
        let best = self.nearest.iter().max_by(|a, b| a.share.total_cmp(&b.share).then(a.at.cmp(&b.at)));
        best.map(|it| it.said.as_str())
    }
}

#[cfg(test)]
mod tests {
    use storyline_store::{FacetTouched, Touch};

    use super::*;
    use crate::writer::testing::item;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_739_318_400 + hours * 3_600).unwrap()
    }

    /// An explanation in which `touched` of three facets were touched.
    fn lacking(touched: usize) -> Explanation {
        let touch = || vec![Touch { alias: "a".to_owned(), field: "title".to_owned(), at: 0 }];
        let facet = |n| FacetTouched { facet: n, touched: if n < touched { touch() } else { Vec::new() } };
        Explanation {
            storyline: "munich".parse().unwrap(),
            relevant: false,
            why: "its place is missing".to_owned(),
            facets: (0..3).map(facet).collect(),
            nearest: None,
            relation: None,
            origin: None,
            rule_version: 1,
        }
    }

    fn look(misses: &mut Misses, now: Timestamp, title: &str, touched: usize) {
        misses.missed(&item("feed", title, title, "", now));
        misses.look(now, 1, |_| vec![lacking(touched)]);
    }

    #[test]
    fn no_tick_looks_at_more_than_it_may_and_the_latest_come_first() {
        let check = |storylines: usize, want: usize| {
            let mut misses = Misses::default();
            (0..WAITING_MAX).for_each(|n| misses.missed(&item("feed", &n.to_string(), "Title", "", at(0))));
            let looked = std::cell::RefCell::new(Vec::new());
            misses.look(at(0), storylines, |it| {
                looked.borrow_mut().push(it.key.clone().unwrap());
                Vec::new()
            });
            let looked = looked.into_inner();
            assert_eq!(looked.len(), want, "{storylines} storylines");
            assert_eq!(looked.last(), Some(&(WAITING_MAX - 1).to_string()));
            assert_eq!(misses.waiting.len(), WAITING_MAX - want);
        };
        check(7, 73);
        check(1_000, 1);
        check(0, WAITING_MAX);
    }

    #[test]
    fn the_nearest_miss_of_a_day_is_told_and_then_forgotten() {
        let mut misses = Misses::default();
        look(&mut misses, at(0), "Far", 0);
        assert_eq!(misses.nearest(), None);
        look(&mut misses, at(1), "Near", 2);
        look(&mut misses, at(2), "Less near", 1);
        assert_eq!(misses.nearest(), Some("Near (feed): munich: its place is missing"));
        look(&mut misses, at(25), "Far", 0);
        assert_eq!(misses.nearest(), Some("Less near (feed): munich: its place is missing"));
    }
}
