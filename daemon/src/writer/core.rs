//! What an input means: everything between the queue and the log, without either (pure).
//!
//! The writer and the backtest think with the same [`Core`]. It stages what it
//! would record and takes it in at once, so that the next item of a page is
//! judged against the one before; the writer then commits what is staged, or,
//! where the disk refuses, throws the whole core away and replays the log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Baseline, Config, FeedId};
use storyline_store::{Event, FeedRecord, Item, Recorded, Seen, Seq, State};

use super::{
    hearing::{explained, hear_tongues, in_tongue},
    misses::Misses,
    recall::{Past, Standing},
    seen::{Looking, Sight},
    staged::{Staged, Staging},
};
use crate::{
    detect::{self, Definitions, Judgement, Memory, Rules, tongue},
    plan,
    plan::{Occasion, Situation, Visits},
    poll::{Outcome, Page, Visit, manners},
};

/// Everything a decision rests on.
#[derive(Debug, Clone)]
pub struct Core {
    pub(super) config: Arc<Config>,
    pub(super) definitions: Definitions,
    pub(super) state: State,
    memory: Memory,
    feeds: BTreeMap<FeedId, Arc<FeedRecord>>,
    /// The zone sentences tell the time in.
    zone: TimeZone,
    /// Feeds that still wait for their first visit of this run.
    pub(super) awaited: BTreeSet<FeedId>,
    /// Those of them that have not been read since a long stop: what they bring is told in one digest.
    stopped: BTreeSet<FeedId>,
    /// Feeds whose visit is not committed yet, and whether they were among the stopped.
    unsure: BTreeMap<FeedId, bool>,
    /// Alerts the page in hand has raised.
    page_raised: u32,
    staging: Staging,
    promised: bool,
    pub(super) tally: Tally,
    pub(super) misses: Misses,
}

/// What was read since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Items that were judged.
    pub items: u64,
    /// Those that belonged to a storyline.
    pub matched: u64,
    /// The items of the last day that came nearest to belonging, each to another storyline, and what they lacked.
    pub nearest_misses: Vec<String>,
}

/// What one item came to.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The last event it recorded, its alerts included; none if it moved nothing.
    pub seq: Option<Seq>,
    /// How many events it recorded, its alerts included.
    pub events: usize,
    /// What was decided; empty for an item that was known, or belongs to nothing.
    pub judgements: Vec<Judgement>,
}

impl Core {
    /// Takes up where a log left off.
    pub fn new(config: Arc<Config>, zone: TimeZone, past: Past) -> Self {
        Self {
            definitions: Definitions::compile(&config),
            awaited: config.feeds.keys().cloned().collect(),
            config,
            state: past.state,
            memory: past.memory,
            feeds: past.feeds,
            zone,
            stopped: BTreeSet::new(),
            unsure: BTreeMap::new(),
            page_raised: 0,
            staging: Staging::default(),
            promised: false,
            tally: Tally::default(),
            misses: Misses::default(),
        }
    }

    /// Judges by other rules than the shipped ones, until another configuration is put in force.
    #[must_use]
    pub fn judging_by(mut self, rules: Rules) -> Self {
        self.definitions = Definitions::with_rules(&self.config, rules);
        self
    }

    /// Where things stand, what is staged included.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The configuration in force.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// What detection remembers, what is staged included.
    #[cfg(test)]
    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Where things stand and what is remembered, to be kept; costs little, however much that is.
    pub fn standing(&self) -> Standing {
        Standing { state: self.state.clone(), memory: self.memory.kept() }
    }

    /// How far each feed is read.
    pub fn feeds(&self) -> &BTreeMap<FeedId, Arc<FeedRecord>> {
        &self.feeds
    }

    /// What was read since the start.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Remembers that nothing was read for long: each feed's next page is a return, not news.
    pub fn returned(&mut self) {
        self.stopped = self.config.feeds.keys().cloned().collect();
        // Its one digest waits for what all of them bring.
        self.awaited.clone_from(&self.stopped);
    }

    /// Hands over what is to be committed.
    pub fn take_staged(&mut self) -> Staged {
        Staged { parts: self.staging.take(&self.feeds), promised: std::mem::take(&mut self.promised) }
    }

    /// Ends the part in hand where it is large; only between two messages or items, when all that belongs to either is
    /// staged.
    pub(super) fn make_room(&mut self) {
        if self.staging.is_large() {
            self.staging.close(&self.feeds);
        }
    }

    /// As [`make_room`](Self::make_room) in the middle of a page: with what its feed was seen to carry so far.
    fn make_room_within(&mut self, feed: &FeedId, before: &FeedRecord, seen: &Seen) {
        if self.staging.is_large() {
            let record = FeedRecord { seen: seen.clone(), ..before.clone() };
            self.feeds.insert(feed.clone(), Arc::new(record));
            self.staging.touch(feed.clone(), seen.0.len());
            self.staging.close(&self.feeds);
        }
    }

    /// Knows that what was taken is committed.
    pub(super) fn committed(&mut self) {
        self.unsure.clear();
    }

    /// Thinks again from what the log holds, as if nothing had been thought since the last commit.
    pub(super) fn fall_back(&mut self, config: Arc<Config>, past: Past) {
        let again = Self::new(config, self.zone.clone(), past);
        let thrown = std::mem::replace(self, again);
        let followed = |id: &FeedId| self.config.feeds.contains_key(id);
        let stopped = thrown.unsure.iter().filter(|(_, stopped)| **stopped).map(|(id, _)| id.clone());
        self.stopped = thrown.stopped.into_iter().chain(stopped).filter(followed).collect();
        self.awaited = thrown.awaited.into_iter().chain(thrown.unsure.into_keys()).filter(followed).collect();
        (self.tally, self.misses) = (thrown.tally, thrown.misses);
    }

    /// Records events that have one cause, and the alerts that follow from them.
    pub(super) fn cause(&mut self, events: Vec<Event>, occasion: Occasion, now: Timestamp) {
        let first = self.staging.len();
        for event in events {
            self.record(event, now);
        }
        let caused = self.staging.from(first);
        let alerts = plan::plan(&self.situation(now), caused, occasion, self.page_raised);
        for event in alerts {
            self.page_raised += u32::from(matches!(event, Event::AlertRaised { .. }));
            self.record(event, now);
        }
    }

    fn situation(&self, now: Timestamp) -> Situation<'_> {
        let zone = self.config.alerts.time_zone.as_ref().unwrap_or(&self.zone);
        Situation { config: &self.config, state: &self.state, zone, now }
    }

    pub(super) fn record(&mut self, event: Event, now: Timestamp) {
        let at = self.state.at.map_or(now, |last| last.max(now));
        let recorded = Recorded { seq: self.state.seq.next(), at, event };
        self.state.apply(&recorded);
        self.memory.observe(&recorded);
        self.staging.push(recorded);
    }

    /// Takes in what a visit brought. Answers how many items were not known.
    pub fn visited(&mut self, visit: &Visit, now: Timestamp) -> usize {
        let Some(feed) = self.config.feeds.get(&visit.feed).cloned() else {
            return 0; // It was removed by a reload while the visit was under way.
        };
        self.page_raised = 0;
        self.unsure.entry(visit.feed.clone()).or_insert_with(|| self.stopped.contains(&visit.feed));
        let before = self.feeds.get(&visit.feed).cloned().unwrap_or_default();
        let mut record = (*before).clone();
        let overlap = match &visit.outcome {
            Outcome::Page(page) => self.page(&visit.feed, &mut record, page, feed.baseline, now),
            Outcome::NotModified | Outcome::Failed(_) => manners::Overlap::default(),
        };
        let jitter = manners::jitter(&visit.feed, visit.started);
        record.schedule = manners::after(&record.schedule, visit, overlap, &feed, &self.config.poll, jitter);
        if let Outcome::Page(page) = &visit.outcome {
            record.schedule.baselined = true;
            record.schedule.oldest =
                page.items.iter().map(|it| it.effective).min().or(before.schedule.oldest);
        }
        let health = manners::events(&visit.feed, &before.schedule, &record.schedule);
        self.staging.touch(visit.feed.clone(), record.seen.0.len());
        self.feeds.insert(visit.feed.clone(), Arc::new(record));
        self.awaited.remove(&visit.feed);
        for event in health {
            self.cause(vec![event], Occasion::Live, now);
        }
        overlap.new
    }

    fn page(
        &mut self,
        feed: &FeedId,
        record: &mut FeedRecord,
        page: &Page,
        baseline: Baseline,
        now: Timestamp,
    ) -> manners::Overlap {
        let occasion = self.occasion(feed, record, baseline);
        let mut items: Vec<&Item> = page.items.iter().collect();
        items.sort_by_key(|it| (it.effective, it.id));
        let unseen = items.iter().filter(|it| !record.seen.0.contains_key(&it.id.0)).copied();
        hear_tongues(&mut record.tongues, unseen);
        let tongue = tongue::voted(&record.tongues).map(str::to_owned);
        let oldest = record.schedule.oldest;
        let mut overlap = manners::Overlap { items: items.len(), new: 0 };
        let mut seen = std::mem::take(&mut record.seen);
        let mut looking = Looking::new(&mut seen, now);
        for item in items {
            let late = record.schedule.baselined && oldest.is_some_and(|oldest| item.effective < oldest);
            let item = in_tongue(item, tongue.as_deref());
            let judged = self.look_and_judge(&mut looking, &item, late, occasion, now);
            overlap.new += usize::from(judged.is_some());
            self.make_room_within(feed, record, looking.seen());
        }
        looking.forget();
        record.seen = seen;
        if !record.schedule.baselined {
            let items = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
            self.record(Event::FeedBaselined { feed: feed.clone(), items }, now);
        }
        overlap
    }

    /// What a page of a feed is: its first, the first after a long stop, or news.
    fn occasion(&mut self, feed: &FeedId, record: &FeedRecord, baseline: Baseline) -> Occasion {
        let returned = self.stopped.remove(feed);
        if record.schedule.baselined {
            if returned { Occasion::Stop } else { Occasion::Live }
        } else {
            Occasion::FirstRun(baseline)
        }
    }

    /// Judges an item unless it is known; none if it is.
    fn look_and_judge(
        &mut self,
        looking: &mut Looking<'_>,
        item: &Item,
        late: bool,
        occasion: Occasion,
        now: Timestamp,
    ) -> Option<Judged> {
        match looking.look(item) {
            Sight::Known(_) => None,
            sight => Some(self.judge_sighted(looking, item, sight, late, occasion, now)),
        }
    }

    fn judge_sighted(
        &mut self,
        looking: &mut Looking<'_>,
        item: &Item,
        sight: Sight,
        late: bool,
        occasion: Occasion,
        now: Timestamp,
    ) -> Judged {
        let revision = sight == Sight::Revised;
        let late = late && !revision;
        let item = Item { revision, late, ..item.clone() };
        let judged = self.judge(&item, if late { Occasion::Late } else { occasion }, now);
        looking.judged(&item, judged.seq, judged.events);
        judged
    }

    fn judge(&mut self, item: &Item, occasion: Occasion, now: Timestamp) -> Judged {
        self.tally.items += 1;
        self.staging.hear(item.clone());
        if self.state.muted.contains(&item.outlet) {
            return Judged { seq: None, events: 0, judgements: Vec::new() };
        }
        let judgements = detect::judge(&self.definitions, &self.memory, item, now);
        self.tally.matched += u64::from(!judgements.is_empty());
        if judgements.is_empty() {
            self.misses.missed(item);
        }
        let before = self.state.seq;
        for judgement in &judgements {
            self.cause(judgement.clone().events(), occasion, now);
        }
        let after = self.state.seq;
        let events = usize::try_from(after.0.saturating_sub(before.0)).unwrap_or(usize::MAX);
        Judged { seq: Some(after).filter(|it| *it > before), events, judgements }
    }

    /// Takes in an item that was given to us. One that is known gets the answer it got first.
    pub fn ingest(&mut self, item: &Item, backfill: bool, now: Timestamp) -> Judged {
        self.page_raised = 0;
        let occasion = if backfill { Occasion::Backfill } else { Occasion::Live };
        let record = Arc::make_mut(self.feeds.entry(item.feed.clone()).or_default());
        let own = self.config.feeds.get(&item.feed).and_then(|it| it.lang.clone());
        if own.is_none() && !record.seen.0.contains_key(&item.id.0) {
            hear_tongues(&mut record.tongues, std::iter::once(item));
        }
        let item = &*in_tongue(item, own.as_deref().or_else(|| tongue::voted(&record.tongues)));
        let mut seen = std::mem::take(&mut record.seen);
        let mut looking = Looking::by_id(&mut seen, now);
        let judged = match looking.look(item) {
            Sight::Known(it) => {
                Judged { seq: it.seq, events: usize::from(it.events), judgements: Vec::new() }
            }
            sight => {
                let judged = self.judge_sighted(&mut looking, item, sight, false, occasion, now);
                self.staging.touch(item.feed.clone(), looking.seen().0.len());
                self.promised = true;
                judged
            }
        };
        looking.forget_beyond_cap();
        Arc::make_mut(self.feeds.entry(item.feed.clone()).or_default()).seen = seen;
        self.make_room();
        judged
    }

    /// Records what time alone brings about; `is_over` where the run ends and no digest need wait.
    pub fn tick(&mut self, is_over: bool, now: Timestamp) {
        self.page_raised = 0;
        for event in detect::due(&self.definitions, &self.memory, now) {
            self.cause(vec![event], Occasion::Live, now);
        }
        let visits = match (is_over, self.awaited.is_empty()) {
            (true, _) => Visits::Over,
            (false, true) => Visits::Settled,
            (false, false) => Visits::Underway,
        };
        for event in plan::due(&self.situation(now), visits) {
            self.record(event, now);
        }
        let (definitions, memory, config) = (&self.definitions, &self.memory, &self.config);
        let explain = |it: &Item| explained(config, definitions, memory, it, now);
        if self.misses.look(now, config.storylines.len(), explain) {
            self.tally.nearest_misses = self.misses.nearest();
        }
    }

    /// Records that the log could not be written for a while, and alerts of it.
    pub fn storage(&mut self, events: Vec<Event>, now: Timestamp) {
        self.page_raised = 0;
        self.cause(events, Occasion::Live, now);
    }

    /// Why an item does or does not belong, as things stand.
    pub fn explain(&self, item: &Item, now: Timestamp) -> Vec<detect::Explanation> {
        explained(&self.config, &self.definitions, &self.memory, item, now)
    }
}
