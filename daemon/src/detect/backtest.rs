//! Definitions over items of the past, with the items' own clock.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use storyline_config::{Phase, StorylineId};
use storyline_store::{DateMention, DevelopmentId, Event, Evidence, Item, ItemId, Recorded, Relation, Seq};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    definitions::Definitions, due::due, fact::Fact, judge::judge, judgement::Judgement, memory::Memory,
};

/// How often time alone is asked what it brought about.
const TICK: SignedDuration = SignedDuration::from_hours(1);

/// One decision, as `backtest --json` prints it.
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
    /// What it changes besides.
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
}

/// Judges items one after the other, in the order they are given: by effective time, then id.
pub fn backtest(definitions: &Definitions, items: impl Iterator<Item = Item>) -> impl Iterator<Item = Line> {
    let mut past = Past {
        definitions,
        memory: Memory::default(),
        seen: BTreeMap::new(),
        seq: Seq::default(),
        now: None,
    };
    let mut waiting = VecDeque::new();
    let mut items = items;
    std::iter::from_fn(move || {
        while waiting.is_empty() {
            waiting.extend(past.take(items.next()?));
        }
        waiting.pop_front()
    })
}

struct Past<'a> {
    definitions: &'a Definitions,
    memory: Memory,
    /// What every item last said, and the name it was given.
    seen: BTreeMap<ItemId, (u64, String)>,
    seq: Seq,
    now: Option<Timestamp>,
}

impl Past<'_> {
    fn take(&mut self, mut item: Item) -> Vec<Line> {
        self.pass(item.effective);
        let content = content(&item);
        let name = item.key.clone().unwrap_or_else(|| item.id.to_string());
        match self.seen.get_mut(&item.id) {
            Some(known) if known.0 == content => return Vec::new(),
            Some(known) => {
                known.0 = content;
                item.revision = true;
            }
            None => _ = self.seen.insert(item.id, (content, name.clone())),
        }
        let now = item.effective;
        let judgements = judge(self.definitions, &self.memory, &item, now);
        let lines = judgements.iter().map(|it| self.line(&name, it)).collect();
        judgements.into_iter().flat_map(Judgement::events).for_each(|it| self.record(it, now));
        lines
    }

    /// Lets time pass up to an item.
    fn pass(&mut self, until: Timestamp) {
        let Some(mut now) = self.now else {
            self.now = Some(until);
            return;
        };
        while let Ok(next) = now.checked_add(TICK)
            && next <= until
        {
            now = next;
            for event in due(self.definitions, &self.memory, now) {
                self.record(event, now);
            }
        }
        self.now = Some(now);
    }

    fn record(&mut self, event: Event, at: Timestamp) {
        self.seq = self.seq.next();
        self.memory.observe(&Recorded { seq: self.seq, at, event });
    }

    fn line(&self, name: &str, it: &Judgement) -> Line {
        let copy_of =
            it.copy_of.map(|id| self.seen.get(&id).map_or_else(|| id.to_string(), |it| it.1.clone()));
        Line {
            id: name.to_owned(),
            storyline: it.storyline.clone(),
            alert: it.opens() && !it.report.late,
            relation: it.relation,
            changes: it.changes(),
            cluster: it.development,
            phase: it.phase,
            copy_of,
            origin: it.report.origin.clone(),
            facts: it.facts.clone(),
            dates: it.dates.clone(),
            evidence: it.evidence.clone(),
        }
    }
}

fn content(item: &Item) -> u64 {
    xxh3_64(format!("{}\0{}", item.title, item.text).as_bytes())
}
