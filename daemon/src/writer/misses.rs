//! What a definition leaves out: the items that belonged to nothing and came nearest (pure).
//!
//! They decide nothing and are no events; whoever stops and starts again hands over those of the last day.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use storyline_config::StorylineId;
use storyline_store::{Item, ItemId};

use super::Core;
use crate::detect::Explanation;

/// Items that wait to be looked at again; under load the oldest are let go.
const WAITING_MAX: usize = 256;
/// Items and storylines looked at with one tick, one for the other: the writer has better to do.
const LOOKS_MAX: usize = 512;
/// How long a miss is shown.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Misses that are shown at one time.
const SHOWN_MAX: usize = 5;
/// Misses kept of one hour.
const HOURLY_MAX: usize = 8;
/// Misses kept in all: those of a day that began within an hour.
const DAILY_MAX: usize = 25 * HOURLY_MAX;

/// Items that belonged to nothing, and those of them that came nearest.
#[derive(Debug, Clone, Default)]
pub(super) struct Misses {
    waiting: VecDeque<Item>,
    /// The nearest to each storyline of each hour, so that yesterday's makes room for today's.
    nearest: Vec<Miss>,
}

/// An item that came near.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Miss {
    at: Timestamp,
    item: ItemId,
    storyline: StorylineId,
    /// The share of the storyline's facets that were touched.
    share: f64,
    said: String,
}

impl Misses {
    /// Those an earlier run kept, of storylines that are still followed.
    pub(super) fn take_up(&mut self, kept: Vec<Miss>, followed: impl Fn(&StorylineId) -> bool) {
        self.nearest = kept.into_iter().filter(|it| followed(&it.storyline)).collect();
        self.nearest.truncate(DAILY_MAX);
    }

    /// All that are kept, for a later run.
    pub(super) fn kept(&self) -> &[Miss] {
        &self.nearest
    }

    /// Remembers an item that belonged to nothing, to be looked at later.
    pub(super) fn missed(&mut self, item: &Item) {
        if self.waiting.len() == WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back(item.clone());
    }

    /// Looks at some of what waits, the latest first; `explain` says of each of so many storylines why an item does not
    /// belong to it. Answers whether it did, or something grew too old to be shown.
    pub(super) fn look(
        &mut self,
        now: Timestamp,
        storylines: usize,
        explain: impl Fn(&Item) -> Vec<Explanation>,
    ) -> bool {
        let before = self.nearest.len();
        // A clock that was ahead must not keep one longer.
        self.nearest.retain(|it| now.duration_since(it.at).abs() < SHOWN_FOR);
        let items = (LOOKS_MAX / storylines.max(1)).max(1);
        let looked = self.waiting.split_off(self.waiting.len().saturating_sub(items));
        for item in &looked {
            for it in explain(item) {
                self.consider(item, &it, now);
            }
        }
        !looked.is_empty() || before != self.nearest.len()
    }

    fn consider(&mut self, item: &Item, it: &Explanation, now: Timestamp) {
        let touched = it.facets.iter().filter(|it| !it.touched.is_empty()).count();
        if it.relevant || touched == 0 {
            return;
        }
        let share = touched as f64 / it.facets.len() as f64;
        let said = format!("{} ({}): {}: {}", item.title, item.outlet, it.storyline, it.why);
        let miss = Miss { at: now, item: item.id, storyline: it.storyline.clone(), share, said };
        let hour = |at: Timestamp| at.as_second().div_euclid(3_600);
        let this_hour = |other: &Miss| hour(other.at) == hour(now);
        let same = |other: &Miss| this_hour(other) && other.storyline == miss.storyline;
        if let Some(known) = self.nearest.iter_mut().find(|it| same(it)) {
            if known.share < share {
                *known = miss;
            }
            return;
        }
        if self.nearest.iter().filter(|it| this_hour(it)).count() < HOURLY_MAX {
            return self.nearest.push(miss);
        }
        let hourly = self.nearest.iter_mut().filter(|it| this_hour(it));
        if let Some(least) = hourly.min_by(|a, b| a.share.total_cmp(&b.share)).filter(|it| it.share < share) {
            *least = miss;
        }
    }

    /// The items of the last day that came nearest, each another item and to another storyline, and what they lacked.
    pub(super) fn nearest(&self) -> Vec<String> {
        let mut all: Vec<&Miss> = self.nearest.iter().collect();
        all.sort_by(|a, b| b.share.total_cmp(&a.share).then(b.at.cmp(&a.at)));
        let mut shown: Vec<&Miss> = Vec::new();
        for it in all {
            let another = |other: &&Miss| other.storyline != it.storyline && other.item != it.item;
            if shown.len() < SHOWN_MAX && shown.iter().all(another) {
                shown.push(it);
            }
        }
        shown.into_iter().map(|it| it.said.clone()).collect()
    }
}

impl Core {
    /// The misses that a later run may take up.
    pub(super) fn misses(&self) -> &[Miss] {
        self.misses.kept()
    }

    /// Takes up misses that were kept, of storylines that are still followed.
    pub(super) fn take_up_misses(&mut self, kept: Vec<Miss>) {
        self.misses.take_up(kept, |it| self.config.storylines.contains_key(it));
        self.tally.nearest_misses = self.misses.nearest();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::item;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_739_318_400 + hours * 3_600).unwrap()
    }

    fn lacking(storyline: &str, touched: usize) -> Explanation {
        Explanation::lacking(storyline, "its place is missing", touched)
    }

    fn look(misses: &mut Misses, now: Timestamp, title: &str, storyline: &str, touched: usize) {
        misses.missed(&item("feed", title, title, "", now));
        misses.look(now, 1, |_| vec![lacking(storyline, touched)]);
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
    fn the_nearest_misses_of_a_day_are_told_and_then_forgotten() {
        let mut misses = Misses::default();
        look(&mut misses, at(0), "Far", "munich", 0);
        assert_eq!(misses.nearest(), Vec::<String>::new());
        look(&mut misses, at(1), "Near", "munich", 2);
        look(&mut misses, at(2), "Less near", "munich", 1);
        look(&mut misses, at(3), "Elsewhere", "minerals-deal", 1);
        let told = |names: [&str; 2]| names.map(|it| format!("{it}: its place is missing")).to_vec();
        assert_eq!(misses.nearest(), told(["Near (feed): munich", "Elsewhere (feed): minerals-deal"]));
        look(&mut misses, at(25), "Far", "munich", 0);
        assert_eq!(misses.nearest(), told(["Elsewhere (feed): minerals-deal", "Less near (feed): munich"]));
    }

    #[test]
    fn one_item_is_shown_once_however_many_storylines_it_came_near_to() {
        let mut misses = Misses::default();
        misses.missed(&item("feed", "One", "One", "", at(0)));
        misses.look(at(0), 1, |_| vec![lacking("munich", 1), lacking("saudi-meeting", 2)]);
        look(&mut misses, at(0), "Two", "munich", 1);
        let told = ["One (feed): saudi-meeting", "Two (feed): munich"];
        // Within the hour a storyline keeps the nearest only, and of two as near the first.
        assert_eq!(misses.nearest(), [format!("{}: its place is missing", told[0])]);
        look(&mut misses, at(1), "Two", "munich", 1);
        assert_eq!(misses.nearest(), told.map(|it| format!("{it}: its place is missing")));
    }

    #[test]
    fn what_an_earlier_run_kept_is_taken_up_but_for_what_is_no_longer_followed() {
        let mut misses = Misses::default();
        look(&mut misses, at(0), "Near", "munich", 2);
        look(&mut misses, at(1), "Elsewhere", "minerals-deal", 1);
        let kept = serde_json::to_vec(misses.kept()).unwrap();
        let mut again = Misses::default();
        again.take_up(serde_json::from_slice(&kept).unwrap(), |it| it.as_str() == "munich");
        assert_eq!(again.nearest(), ["Near (feed): munich: its place is missing"]);
        again.look(at(24), 1, |_| Vec::new());
        assert_eq!(again.nearest(), Vec::<String>::new(), "they grow old as if nothing had stopped");
        again.take_up(serde_json::from_slice(&kept).unwrap(), |_| true);
        again.look(at(0) - SHOWN_FOR, 1, |_| Vec::new());
        assert_eq!(again.nearest(), Vec::<String>::new(), "nor does a clock that was a day ahead keep them");
    }

    #[test]
    fn an_hour_keeps_the_nearest_of_many_storylines() {
        let mut misses = Misses::default();
        let many: Vec<Explanation> =
            (0..20).map(|n| lacking(&format!("s-{n:02}"), if n == 19 { 2 } else { 1 })).collect();
        misses.missed(&item("feed", "One", "One", "", at(0)));
        misses.look(at(0), 1, |_| many.clone());
        assert_eq!(misses.nearest.len(), HOURLY_MAX);
        assert!(misses.nearest()[0].contains("s-19"));
    }
}
