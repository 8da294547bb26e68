//! Definitions over items of the past, with the items' own clock (pure).
//!
//! It thinks with the very core the writer thinks with, and commits nothing. It
//! takes items by their effective time: what reached the daemon late, it judged
//! later than a backtest does.
//! [`Difference`] says what two runs, or a run and the log, make otherwise.

mod decision;
mod difference;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;
use storyline_config::{Config, Phase, StorylineId};
use storyline_store::{DateMention, DevelopmentId, Evidence, Item, ItemId, Relation};

pub use decision::{Decision, Recordings};
pub use difference::{Alerts, Developments, Difference, Moved, Part, Parted, Reports, Staged, Told};

use crate::{
    detect::{Fact, Judgement, Rules},
    writer::{Core, Past},
};

/// How often time alone is asked what it brought about.
const TICK: SignedDuration = SignedDuration::from_hours(1);
/// Ticks between two items at most; between what lies further apart they are longer.
const TICKS_MAX: i64 = 10_000;

/// One decision: what an item means for a storyline it belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The name the item was given.
    pub id: String,
    /// The storyline it belongs to.
    pub storyline: StorylineId,
    /// Whether it opens an alert.
    pub alert: bool,
    /// How it relates to what was known.
    pub relation: Relation,
    /// What it changes besides: `confirmed`, `phase`, `fact`.
    pub changes: Vec<&'static str>,
    /// The development it opens or belongs to.
    pub cluster: Option<DevelopmentId>,
    /// The storyline's phase after it.
    pub phase: Phase,
    /// The name of the item whose text it is.
    pub copy_of: Option<String>,
    /// Who it comes from.
    pub origin: String,
    /// The facts it names.
    pub facts: Vec<Fact>,
    /// The dates it names.
    pub dates: Vec<DateMention>,
    /// Why.
    pub evidence: Evidence,
    /// The item.
    #[serde(skip)]
    pub item: ItemId,
    /// Its headline.
    #[serde(skip)]
    pub title: String,
    /// The time it counts from.
    #[serde(skip)]
    pub at: Timestamp,
}

/// Items in the order they are judged: by effective time, then id, then the order they were given in.
pub fn in_order(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|it| (it.effective, it.id));
    items
}

/// Judges items one after the other, in the order they are given. A repeat that says nothing new gives no line.
pub fn backtest(config: &Config, items: impl Iterator<Item = Item>) -> impl Iterator<Item = Line> {
    backtest_by(config, Rules::default(), items)
}

/// Judges items as [`backtest`] does, by other rules than the shipped ones.
pub fn backtest_by(
    config: &Config,
    rules: Rules,
    items: impl Iterator<Item = Item>,
) -> impl Iterator<Item = Line> {
    // Whoever is told in the end plays no part in what is decided.
    let config = Config { sinks: BTreeMap::new(), feeds: config.feeds.clone(), ..config.clone() };
    let mut run = Run {
        core: Core::new(Arc::new(config), TimeZone::UTC, Past::default()).judging_by(rules),
        names: BTreeMap::new(),
        now: None,
    };
    let (mut items, mut waiting) = (items, VecDeque::new());
    std::iter::from_fn(move || {
        while waiting.is_empty() {
            waiting.extend(run.take(&items.next()?));
        }
        waiting.pop_front()
    })
}

/// How long the ticks between two items are: an hour, unless one of them has a date of another age.
fn step(now: Timestamp, until: Timestamp) -> SignedDuration {
    TICK.max(SignedDuration::from_secs(until.duration_since(now).as_secs() / TICKS_MAX + 1))
}

struct Run {
    core: Core,
    /// The names items were given.
    names: BTreeMap<ItemId, String>,
    now: Option<Timestamp>,
}

impl Run {
    fn take(&mut self, item: &Item) -> Vec<Line> {
        self.pass(item.effective);
        let name = item.key.clone().unwrap_or_else(|| item.id.to_string());
        let judged = self.core.ingest(item, false, item.effective);
        drop(self.core.take_staged());
        self.names.insert(item.id, name.clone());
        judged.judgements.iter().map(|it| self.line(&name, item, it)).collect()
    }

    /// Lets time pass up to an item.
    fn pass(&mut self, until: Timestamp) {
        let mut now = self.now.unwrap_or(until);
        let step = step(now, until);
        while let Ok(next) = now.checked_add(step)
            && next <= until
        {
            now = next;
            self.core.tick(false, now);
            drop(self.core.take_staged());
        }
        self.now = Some(now);
    }

    fn line(&self, name: &str, item: &Item, it: &Judgement) -> Line {
        Line {
            id: name.to_owned(),
            storyline: it.storyline.clone(),
            alert: it.opens(),
            relation: it.relation,
            changes: it.changes(),
            cluster: it.development,
            phase: it.phase,
            copy_of: it.copy_of.map(|id| self.names.get(&id).cloned().unwrap_or_else(|| id.to_string())),
            origin: it.report.origin.clone(),
            facts: it.facts.clone(),
            dates: it.dates.clone(),
            evidence: it.evidence.clone(),
            item: item.id,
            title: item.title.clone(),
            at: item.effective,
        }
    }
}
