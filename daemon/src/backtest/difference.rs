//! What two sets of decisions over the same items make otherwise (pure).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use storyline_config::StorylineId;
use storyline_store::{DevelopmentId, ItemId, Relation};

use super::Decision;

/// What the new decisions make otherwise than the old ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Alerts that would be opened, or not, or by another report.
    pub alerts: Alerts,
    /// Later stages of alerts both open: confirmed or moved in phase by another report, or not at all.
    pub stages: Vec<Staged>,
    /// Developments that fall apart or together.
    pub developments: Developments,
    /// Reports that would belong, or no longer.
    pub reports: Reports,
}

/// Alerts that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Alerts {
    /// Opened now, and not before.
    pub gained: Vec<Told>,
    /// Opened before, and no longer.
    pub lost: Vec<Told>,
    /// Opened by another report of the same development.
    pub moved: Vec<Moved>,
}

/// Developments that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Developments {
    /// One before, several now.
    pub split: Vec<Parted>,
    /// Several before, one now.
    pub merged: Vec<Parted>,
}

/// Reports that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reports {
    /// Those that belong now, and did not before.
    pub gained: Vec<Told>,
    /// Those that belonged, and do no longer.
    pub lost: Vec<Told>,
}

/// A report before a storyline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The name the item was given, else its id.
    pub id: String,
    /// The storyline.
    pub storyline: StorylineId,
    /// The item's headline.
    pub title: String,
    /// The time it counts from.
    pub at: Timestamp,
    /// How it relates to what was known.
    pub relation: Relation,
}

/// An alert opened by another report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The report that opened it before.
    pub from: Told,
    /// The one that opens it now.
    pub to: Told,
    /// How much later that is; less than 0 where it is earlier.
    pub seconds: i64,
}

/// A later stage of an alert that comes with another report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Staged {
    /// `confirmed` or `phase`.
    pub stage: &'static str,
    /// The report that opens the alert now.
    pub alert: Told,
    /// The report that brought the stage before; none if nothing did.
    pub from: Option<Told>,
    /// The one that brings it now; none if nothing does.
    pub to: Option<Told>,
}

/// A development that several others share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parted {
    /// Its storyline.
    pub storyline: StorylineId,
    /// The development on the one side.
    pub one: Part,
    /// Those on the other, the largest first.
    pub parts: Vec<Part>,
}

/// A development with the reports it shares with another side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The development.
    pub development: DevelopmentId,
    /// The headline of its first report.
    pub headline: String,
    /// The names of its reports.
    pub reports: Vec<String>,
}

type Key = (StorylineId, ItemId);

/// One side: a decision for each report, the first of several unless a later one opens an alert.
struct Side {
    decisions: BTreeMap<Key, Decision>,
    /// The report of each development that brought each stage.
    stages: BTreeMap<(StorylineId, DevelopmentId, &'static str), Key>,
}

/// The later stages of an alert that are compared.
const STAGES: [&str; 2] = ["confirmed", "phase"];

impl Side {
    fn of(decisions: &[Decision]) -> Self {
        let mut side: BTreeMap<Key, Decision> = BTreeMap::new();
        for it in decisions {
            let known = side.entry((it.storyline.clone(), it.item)).or_insert_with(|| it.clone());
            let mut changes = std::mem::take(&mut known.changes);
            changes.extend(&it.changes);
            if it.opens && !known.opens {
                *known = it.clone();
            }
            known.changes = changes;
        }
        let stages = stages(&side);
        Self { decisions: side, stages }
    }

    fn development(&self, key: &Key) -> Option<DevelopmentId> {
        self.decisions.get(key).and_then(|it| it.development)
    }

    /// The reports that are `wanted` and the other side has not so.
    fn alone(&self, other: &Self, wanted: impl Fn(&Decision) -> bool) -> Vec<Key> {
        let has = |key: &Key| other.decisions.get(key).is_some_and(&wanted);
        self.decisions
            .iter()
            .filter(|(key, it)| wanted(it) && !has(key))
            .map(|(key, _)| key.clone())
            .collect()
    }

    fn told(&self, key: &Key) -> Option<Told> {
        self.decisions.get(key).map(told)
    }

    fn all(&self, keys: &[Key]) -> Vec<Told> {
        let mut all: Vec<Told> = keys.iter().filter_map(|it| self.told(it)).collect();
        all.sort_by(|a, b| (a.at, &a.storyline, &a.id).cmp(&(b.at, &b.storyline, &b.id)));
        all
    }

    /// The report of a development that brought a stage.
    fn stage(
        &self,
        storyline: &StorylineId,
        development: DevelopmentId,
        stage: &'static str,
    ) -> Option<&Decision> {
        self.decisions.get(self.stages.get(&(storyline.clone(), development, stage))?)
    }
}

/// The first report of each development that brought each stage.
fn stages(side: &BTreeMap<Key, Decision>) -> BTreeMap<(StorylineId, DevelopmentId, &'static str), Key> {
    let mut stages = BTreeMap::new();
    let mut by_time: Vec<(&Key, &Decision)> = side.iter().collect();
    by_time.sort_by_key(|(_, it)| (it.at, it.item));
    for (key, it) in by_time {
        let Some(development) = it.development else { continue };
        for stage in STAGES.into_iter().filter(|stage| it.changes.contains(*stage)) {
            stages.entry((key.0.clone(), development, stage)).or_insert_with(|| key.clone());
        }
    }
    stages
}

fn told(it: &Decision) -> Told {
    Told {
        id: it.id.clone(),
        storyline: it.storyline.clone(),
        title: it.title.clone(),
        at: it.at,
        relation: it.relation,
    }
}

impl Difference {
    /// What `new` makes otherwise than `old`; both are decisions over the same items.
    pub fn between(old: &[Decision], new: &[Decision]) -> Self {
        let (old, new) = (Side::of(old), Side::of(new));
        let opens = |it: &Decision| it.opens;
        let (mut lost, mut gained) = (old.alone(&new, opens), new.alone(&old, opens));
        let pairs = paired(&old, &new, &mut lost, &mut gained);
        let moved = pairs.iter().filter_map(|(from, to)| Some(moved(old.told(from)?, new.told(to)?)));
        let mut moved: Vec<Moved> = moved.collect();
        moved.sort_by(|a, b| (a.to.at, &a.to.id).cmp(&(b.to.at, &b.to.id)));
        let same =
            old.decisions.iter().filter(|(key, it)| it.opens && new.decisions.get(*key).is_some_and(opens));
        let same = same.map(|(key, _)| (key.clone(), key.clone()));
        let stages = same.chain(pairs).flat_map(|(from, to)| staged(&old, &new, &from, &to));
        let mut stages: Vec<Staged> = stages.collect();
        stages.sort_by(|a, b| (a.alert.at, &a.alert.id, a.stage).cmp(&(b.alert.at, &b.alert.id, b.stage)));
        let any = |_: &Decision| true;
        Self {
            alerts: Alerts { gained: new.all(&gained), lost: old.all(&lost), moved },
            stages,
            developments: Developments { split: parted(&old, &new), merged: parted(&new, &old) },
            reports: Reports { gained: new.all(&new.alone(&old, any)), lost: old.all(&old.alone(&new, any)) },
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Takes those alerts out of the lost and the gained that are one, opened by another report.
fn paired(old: &Side, new: &Side, lost: &mut Vec<Key>, gained: &mut Vec<Key>) -> Vec<(Key, Key)> {
    let mut pairs = Vec::new();
    lost.retain(|was| {
        let one = |is: &Key| {
            was.0 == is.0
                && (old.development(was) == old.development(is) && old.development(is).is_some()
                    || new.development(was) == new.development(is) && new.development(was).is_some())
        };
        let apart = |is: &Key| match (old.decisions.get(was), new.decisions.get(is)) {
            (Some(was), Some(is)) => is.at.duration_since(was.at).abs(),
            _ => jiff::SignedDuration::MAX,
        };
        let near = gained.iter().enumerate().filter(|(_, is)| one(is)).min_by_key(|(_, is)| apart(is));
        let Some(place) = near.map(|(place, _)| place) else { return true };
        pairs.push((was.clone(), gained.remove(place)));
        false
    });
    pairs
}

fn moved(from: Told, to: Told) -> Moved {
    let seconds = to.at.duration_since(from.at).as_secs();
    Moved { from, to, seconds }
}

/// The later stages of one alert that differ.
fn staged(old: &Side, new: &Side, from: &Key, to: &Key) -> Vec<Staged> {
    let (Some(was), Some(is), Some(alert)) = (old.development(from), new.development(to), new.told(to))
    else {
        return Vec::new();
    };
    let differing = STAGES.into_iter().filter_map(|stage| {
        let (before, now) = (old.stage(&from.0, was, stage), new.stage(&to.0, is, stage));
        // The report that opens it moved: its own stages moved with it.
        let own = before.is_some_and(|it| it.item == from.1) && now.is_some_and(|it| it.item == to.1);
        let same = before.map(|it| it.item) == now.map(|it| it.item);
        (!own && !same).then(|| Staged {
            stage,
            alert: alert.clone(),
            from: before.map(told),
            to: now.map(told),
        })
    });
    differing.collect()
}

/// The developments of one side whose reports lie in several of the other.
fn parted(one: &Side, other: &Side) -> Vec<Parted> {
    let mut shares: BTreeMap<(StorylineId, DevelopmentId), BTreeMap<DevelopmentId, BTreeSet<&Key>>> =
        BTreeMap::new();
    for (key, it) in &one.decisions {
        if let (Some(mine), Some(theirs)) = (it.development, other.development(key)) {
            shares.entry((key.0.clone(), mine)).or_default().entry(theirs).or_default().insert(key);
        }
    }
    let several = shares.into_iter().filter(|(_, parts)| parts.len() > 1);
    let parted = several.map(|((storyline, development), parts)| {
        let all: BTreeSet<&Key> = parts.values().flatten().copied().collect();
        let mut parts: Vec<Part> = parts.into_iter().map(|(id, keys)| part(id, &keys, other)).collect();
        parts.sort_by(|a, b| b.reports.len().cmp(&a.reports.len()).then(a.development.cmp(&b.development)));
        Parted { storyline, one: part(development, &all, one), parts }
    });
    parted.collect()
}

fn part(development: DevelopmentId, keys: &BTreeSet<&Key>, side: &Side) -> Part {
    let mut reports: Vec<&Decision> = keys.iter().filter_map(|it| side.decisions.get(*it)).collect();
    reports.sort_by_key(|it| (it.at, it.item));
    let headline = reports.first().map(|it| it.title.clone()).unwrap_or_default();
    Part { development, headline, reports: reports.iter().map(|it| it.id.clone()).collect() }
}
