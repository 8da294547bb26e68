//! What is remembered of one storyline: its reports, its developments, where it stands.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use storyline_config::Phase;
use storyline_store::{Certainty, DevelopmentId, DevelopmentState, FactKey, ItemId, Relation, Report};

use super::{
    development::Development,
    features::{Features, bits},
    origin::Houses,
    stem::Identity,
    texts::Texts,
};

/// Developments whose centre is remembered; a quiet storyline keeps the last ones.
const DEVELOPMENTS_MAX: usize = 256;
/// Days whose reports are counted.
const DAYS_MAX: usize = 15;
/// What the words of a report count that is the first of its development.
const WHOLE: u32 = 1000;
/// Facts and expectations remembered.
const FACTS_MAX: usize = 512;

/// What is remembered of one storyline.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) phase: Phase,
    pub(super) certainty: Option<Certainty>,
    /// The development that brought the phase, and when.
    pub(super) phase_by: Option<(DevelopmentId, Timestamp)>,
    pub(super) developments: BTreeMap<DevelopmentId, Development>,
    pub(super) facts: BTreeMap<(FactKey, String), Certainty>,
    pub(super) expectations: BTreeMap<Date, Expectation>,
    /// Reports by day.
    pub(super) days: BTreeMap<Date, u32>,
    pub(super) last_surge: Option<Timestamp>,
    /// Whether its silence was told.
    pub(super) is_quiet: bool,
    pub(super) last_report: Option<Timestamp>,
    /// The outlets that reported, whom others may credit.
    pub(super) houses: Houses,
    /// The reports in the order they came; each has the number of the one before it and one.
    reports: VecDeque<Known>,
    /// The number of the oldest report.
    first: u32,
    /// Title hashes with the reports that have them.
    titles: BTreeSet<(u64, u32)>,
    items: BTreeMap<ItemId, Vec<u32>>,
    /// How much a stem was told: the shares of the reports it stands in.
    words: HashMap<u32, u32, BuildHasherDefault<Identity>>,
    /// The shares of all reports.
    shares: u64,
    /// In how many reports a kind of action is named.
    kinds: BTreeMap<u8, u32>,
    bytes: usize,
}

/// A report that is to be remembered, read.
#[derive(Debug, Clone)]
pub(super) struct Reported<'a> {
    pub(super) report: &'a Report,
    pub(super) features: Arc<Features>,
    /// The words of its outlet's name.
    pub(super) house: &'a [u64],
}

/// A report that is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) item: ItemId,
    /// The time it counts from.
    pub(super) effective: Timestamp,
    /// When it was recorded.
    at: Timestamp,
    pub(super) origin: String,
    pub(super) development: Option<DevelopmentId>,
    pub(super) relation: Relation,
    /// Whether it came without touching every facet.
    pub(super) joined: bool,
    /// How much its words count among the storyline's.
    share: u32,
    pub(super) features: Arc<Features>,
}

/// Something that is to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Expectation {
    /// The first day it may happen on; the last is what it is known by.
    pub(super) from: Date,
    pub(super) due: Timestamp,
    pub(super) what: String,
    pub(super) development: DevelopmentId,
}

impl Thread {
    /// Remembers a report.
    pub(super) fn report(
        &mut self,
        at: Timestamp,
        Reported { report, features, house }: Reported<'_>,
        development: Option<DevelopmentId>,
        relation: Relation,
        joined: bool,
    ) {
        let number = self.first.wrapping_add(super::definitions::number(self.reports.len()));
        self.titles.insert((features.title, number));
        self.items.entry(report.item).or_default().push(number);
        let share = self.counts(development);
        features.terms.iter().for_each(|(stem, _)| *self.words.entry(*stem).or_default() += share);
        self.shares += u64::from(share);
        kinds(&features).for_each(|it| *self.kinds.entry(it).or_default() += 1);
        if let Some(it) = development.and_then(|it| self.developments.get_mut(&it)) {
            it.reports = it.reports.saturating_add(1);
            if relation != Relation::Background {
                it.at = it.at.max(report.effective);
            }
        }
        self.bytes += features.bytes();
        let day = TimeZone::UTC.to_datetime(report.effective).date();
        *self.days.entry(day).or_default() += 1;
        while self.days.len() > DAYS_MAX {
            self.days.pop_first();
        }
        self.last_report = self.last_report.max(Some(report.effective));
        self.is_quiet = false;
        self.houses.add(house, &report.outlet);
        let (item, origin) = (report.item, report.origin.clone());
        let effective = report.effective;
        self.reports.push_back(Known {
            item,
            effective,
            at,
            origin,
            development,
            relation,
            joined,
            share,
            features,
        });
    }

    /// Opens a development with its first report.
    pub(super) fn open(&mut self, development: DevelopmentId, relation: Relation, report: &Report) {
        let it = self.developments.entry(development).or_default();
        self.bytes = self.bytes.saturating_sub(it.bytes());
        it.headline.clone_from(&report.title);
        it.is_denial = relation == Relation::Denial;
        it.at = it.at.max(report.effective);
        it.opened = report.effective;
        it.reports = it.reports.max(1);
        self.bytes += it.bytes();
        self.support(development, report);
        while self.developments.len() > DEVELOPMENTS_MAX {
            let oldest = self.developments.iter().min_by_key(|(id, it)| (it.at, **id)).map(|it| *it.0);
            if let Some(it) = oldest {
                self.close(it);
            }
        }
    }

    /// Counts a report's origin for a development.
    pub(super) fn support(&mut self, development: DevelopmentId, report: &Report) {
        if let Some(it) = self.developments.get_mut(&development) {
            let before = it.bytes();
            let half = it.origins.entry(report.origin.clone()).or_insert(report.half);
            *half = *half && report.half;
            self.bytes = (self.bytes + it.bytes()).saturating_sub(before);
        }
    }

    /// Forgets a development.
    fn close(&mut self, development: DevelopmentId) {
        if let Some(it) = self.developments.remove(&development) {
            self.bytes = self.bytes.saturating_sub(it.bytes());
        }
    }

    /// A development has origins enough.
    pub(super) fn confirm(&mut self, development: DevelopmentId) {
        if let Some(it) = self.developments.get_mut(&development) {
            it.state = DevelopmentState::Confirmed;
        }
        if self.phase_by.is_some_and(|it| it.0 == development) {
            self.certainty = Some(Certainty::Confirmed);
        }
    }

    /// A development was denied or corrected.
    pub(super) fn dispute(&mut self, development: DevelopmentId, by: DevelopmentId) {
        if let Some(it) = self.developments.get_mut(&development) {
            it.state = DevelopmentState::Disputed;
            it.disputed_by = Some(by);
        }
    }

    /// A person said that a development does not belong.
    pub(super) fn drop(&mut self, development: DevelopmentId) {
        self.close(development);
        let theirs = self.reports.iter_mut().filter(|it| it.development == Some(development));
        theirs.for_each(|it| (it.relation, it.development) = (Relation::Background, None));
        self.expectations.retain(|_, it| it.development != development);
    }

    /// The storyline entered a phase.
    pub(super) fn enter(&mut self, to: Phase, certainty: Certainty, by: DevelopmentId, at: Timestamp) {
        self.phase = to;
        self.certainty = Some(certainty);
        self.phase_by = Some((by, at));
    }

    /// A fact became known or surer.
    pub(super) fn know(&mut self, key: FactKey, value: &str, certainty: Certainty) {
        if self.facts.len() < FACTS_MAX || self.facts.contains_key(&(key, value.to_owned())) {
            self.facts.insert((key, value.to_owned()), certainty);
        }
    }

    /// Something is to happen by a date.
    pub(super) fn expect(&mut self, date: Date, it: Expectation) {
        if self.expectations.len() < FACTS_MAX {
            self.expectations.insert(date, it);
        }
    }

    /// What was expected has happened, or was missed.
    pub(super) fn forget_expectation(&mut self, date: Date) {
        self.expectations.remove(&date);
    }

    /// Much was written, and it was told.
    pub(super) fn surged(&mut self, at: Timestamp) {
        self.last_surge = Some(at);
    }

    /// Nothing was written, and it was told.
    pub(super) fn quieted(&mut self, _at: Timestamp) {
        self.is_quiet = true;
    }
}

/// Asking.
impl Thread {
    /// How much a report's words count: the more a development has, the less a further one tells of what is usual.
    fn counts(&self, development: Option<DevelopmentId>) -> u32 {
        let before = development.and_then(|it| self.developments.get(&it)).map_or(0, |it| it.reports);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than a whole")]
        let share = (f64::from(WHOLE) / (1.0 + f64::from(before)).sqrt()).round() as u32;
        share.max(1)
    }

    /// The reports, the newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Known> {
        self.reports.iter().rev()
    }

    /// The reports with their numbers, the oldest first.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u32, &Known)> {
        (0..).zip(&self.reports).map(|(place, it): (u32, _)| (self.first.wrapping_add(place), it))
    }

    /// How many reports there are.
    pub(super) fn len(&self) -> usize {
        self.reports.len()
    }

    /// The reports of a development, the newest first.
    pub(super) fn reports_of(&self, development: DevelopmentId) -> impl Iterator<Item = &Known> {
        self.newest().filter(move |it| it.development == Some(development))
    }

    /// What an item was known to say, the first version first.
    pub(super) fn versions(&self, item: ItemId) -> impl Iterator<Item = &Known> {
        self.numbers(item).iter().filter_map(|it| self.known(*it))
    }

    /// The numbers of the reports of an item, in order.
    pub(super) fn numbers(&self, item: ItemId) -> &[u32] {
        self.items.get(&item).map_or(&[], Vec::as_slice)
    }

    /// A report by its number.
    pub(super) fn known(&self, number: u32) -> Option<&Known> {
        self.reports.get(self.place(number))
    }

    /// Where a report stands among those that are remembered.
    fn place(&self, number: u32) -> usize {
        number.wrapping_sub(self.first) as usize
    }

    /// The reports with the same title.
    pub(super) fn titled(&self, title: u64) -> impl Iterator<Item = u32> {
        self.titles.range((title, 0)..=(title, u32::MAX)).map(|it| it.1)
    }

    /// How much a stem tells: little where every report has it.
    ///
    /// `unread` reports without it are taken to be known besides, so that a young memory is not too sure.
    pub(super) fn rarity(&self, stem: u32, unread: f32) -> f32 {
        let all = self.shares as f32 / WHOLE as f32;
        let with = self.words.get(&stem).copied().unwrap_or_default() as f32 / WHOLE as f32;
        ((all + unread) / (with + 1.0)).ln().max(0.1)
    }

    /// How much each kind of action tells: little where every report has it.
    pub(super) fn rarity_of_kinds(&self) -> [f64; 64] {
        let all = self.reports.len() as f32;
        let rarity = |with: u32| f64::from(((all + 8.0) / (with as f32 + 1.0)).ln().max(0.1));
        let mut kinds = [rarity(0); 64];
        for (kind, with) in &self.kinds {
            if let Some(it) = kinds.get_mut(usize::from(*kind)) {
                *it = rarity(*with);
            }
        }
        kinds
    }

    /// How many developments were opened in the day around a time.
    pub(super) fn moves(&self, at: Timestamp) -> usize {
        self.developments.values().filter(|it| it.is_of_day(at)).count()
    }

    /// How many reports count from the day before a time.
    pub(super) fn last_day(&self, now: Timestamp) -> u32 {
        let start = now.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let count = self.reports.iter().filter(|it| it.effective > start && it.effective <= now).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Bytes that are taken, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// When the oldest report was recorded.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.reports.front().map(|it| it.at)
    }
}

/// Forgetting.
impl Thread {
    /// Shares what was read of its texts with whoever knows them, too.
    pub(super) fn share(&mut self, texts: &mut Texts) {
        for it in &mut self.reports {
            it.features = texts.hold(it.item, &it.features);
        }
    }

    /// Forgets the oldest report, and the development it was the last report of.
    pub(super) fn forget_whole(&mut self) -> Option<Known> {
        let known = self.forget_oldest()?;
        let last = |it: &DevelopmentId| self.developments.get(it).is_some_and(|it| it.at <= known.effective);
        if let Some(development) = known.development.filter(last) {
            self.close(development);
        }
        Some(known)
    }

    /// Forgets the oldest report; what it brought stays.
    pub(super) fn forget_oldest(&mut self) -> Option<Known> {
        let known = self.reports.pop_front()?;
        let number = self.first;
        self.first = self.first.wrapping_add(1);
        self.bytes = self.bytes.saturating_sub(known.features.bytes());
        self.shares = self.shares.saturating_sub(u64::from(known.share));
        self.titles.remove(&(known.features.title, number));
        if let Some(numbers) = self.items.get_mut(&known.item) {
            numbers.retain(|it| *it != number);
            if numbers.is_empty() {
                self.items.remove(&known.item);
            }
        }
        for kind in kinds(&known.features) {
            if let Some(count) = self.kinds.get_mut(&kind) {
                *count = count.saturating_sub(1);
            }
        }
        for (stem, _) in &known.features.terms {
            if let Some(count) = self.words.get_mut(stem) {
                *count = count.saturating_sub(known.share);
                if *count == 0 {
                    self.words.remove(stem);
                }
            }
        }
        Some(known)
    }
}

/// The kinds of action a report names.
fn kinds(features: &Features) -> impl Iterator<Item = u8> {
    bits(features.concepts).filter_map(|it| u8::try_from(it).ok())
}
