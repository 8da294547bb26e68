//! Where a storyline stands: its phase apart from its heat, its developments, facts and expectations.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use storyline_config::{
    Phase, StorylineId,
    limit::{ORIGINS_KEPT, STRETCH_EVENTS, STRETCHES_MAX},
};

use super::development::{Development, ReportRef, Said};
use crate::{Certainty, DevelopmentId, FactKey, Seq};

const HOUR_SECONDS: i64 = 3_600;
/// Hours of reports kept for the heat: eight days, so that a day compares with the week before it.
const HEAT_HOURS: i64 = 8 * 24;

/// Where a storyline stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StorylineState {
    /// What people call it.
    pub title: String,
    /// The umbrella it belongs under.
    pub parent: Option<StorylineId>,
    /// The hash of its definition.
    pub definition: String,
    /// Whether it is no longer followed.
    pub retired: bool,
    /// What has happened.
    pub phase: Phase,
    /// The phase it came from.
    pub phase_from: Phase,
    /// How sure that is; none before anything is known.
    pub certainty: Option<Certainty>,
    /// Since when, by the report that said so.
    pub since: Option<Timestamp>,
    /// The development that moved it there.
    pub phase_by: Option<DevelopmentId>,
    /// The report that moved it there, where that was a later one of its development.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase_said: Option<Said>,
    /// The further report that was recorded last, as long as nothing else was reported after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_last: Option<Said>,
    /// Reports it ever had, copies and background included.
    pub reports: u64,
    /// Everyone its reports come from, as many as are kept.
    pub origins: BTreeSet<String>,
    /// Reports of its developments by who they come from, of those kept.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reports_of: BTreeMap<String, u64>,
    /// Developments it ever had.
    pub developments_ever: u64,
    /// Developments of those that a person said do not belong, and their reports.
    #[serde(skip_serializing_if = "LeftOut::is_none")]
    pub left_out: LeftOut,
    /// The last of them, in the order of the time they count from.
    pub developments: Vec<Arc<Development>>,
    /// What is known of dates, places and participants.
    pub facts: Vec<Fact>,
    /// What is to happen, and what was.
    pub expectations: Vec<Expectation>,
    /// Reports by the hour since 1970 they count from.
    pub hours: BTreeMap<i64, u32>,
    /// The stretches of the log, of [`STRETCH_EVENTS`] events each, in which something of its course stands, or of what
    /// people were told of it; all after the last where there are [`STRETCHES_MAX`].
    pub stretches: BTreeSet<u64>,
    /// Until when its alerts are held.
    pub snoozed_until: Option<Timestamp>,
}

/// What a person said does not belong to a storyline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOut {
    /// Developments.
    pub developments: u64,
    /// Their reports.
    pub reports: u64,
    /// Those that are kept, by the hour since 1970 they count from.
    pub hours: BTreeMap<i64, u32>,
}

/// Something known of a storyline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub key: FactKey,
    /// What is known.
    pub value: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// Since when.
    pub since: Timestamp,
    /// The development that says so.
    pub development: DevelopmentId,
}

/// Something that is to happen by a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// The first day it may happen on, where that is not the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The day, or the last of them.
    pub date: Date,
    /// The moment after which it is overdue.
    pub due: Timestamp,
    /// The words that say so.
    pub what: String,
    /// The development that set it.
    pub development: DevelopmentId,
    /// What became of it.
    pub state: ExpectationState,
}

/// What became of an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectationState {
    /// Its date is still to come, or nothing was decided yet.
    Open,
    /// It happened.
    Met,
    /// It was called off or put off before its date.
    Dropped,
    /// Its date passed without it, as far as is reported.
    Overdue,
}

/// How much is written about a storyline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heat {
    /// Reports of the last 24 hours.
    pub last_24h: u32,
    /// That against the days before.
    pub trend: Trend,
}

/// Which way the heat goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Half as much again as usual, or more.
    Rising,
    /// About as usual.
    Steady,
    /// Half of what is usual, or less.
    Falling,
    /// Nothing in a day.
    Quiet,
}

impl LeftOut {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl StorylineState {
    /// Whether it is known that something stands in the stretch of a place.
    pub(super) fn is_noted(&self, seq: Seq) -> bool {
        self.stretches.len() >= STRETCHES_MAX
            || self.stretches.contains(&(seq.0.saturating_sub(1) / STRETCH_EVENTS))
    }

    /// Something of its course stands at a place, or of what people were told of it.
    pub(super) fn stands_at(&mut self, seq: Seq) {
        if self.stretches.len() < STRETCHES_MAX {
            self.stretches.insert(seq.0.saturating_sub(1) / STRETCH_EVENTS);
        }
    }

    /// The places of the log between which its course stands, up to one: each after the first and up to the second.
    pub fn course(&self, to: Seq) -> Vec<(Seq, Seq)> {
        let all = self.stretches.len() >= STRETCHES_MAX;
        let last = self.stretches.last().copied().unwrap_or_default();
        let rest = if all { last + 1..to.0.div_ceil(STRETCH_EVENTS) } else { 0..0 };
        let stretches = self.stretches.iter().copied().chain(rest);
        let places =
            stretches.map(|it| (Seq(it * STRETCH_EVENTS), Seq(((it + 1) * STRETCH_EVENTS).min(to.0))));
        places.filter(|(after, to)| after < to).collect()
    }

    /// Counts a report that counts from `at`.
    pub(super) fn count_report(&mut self, at: Timestamp, origin: &str) {
        self.reports += 1;
        if self.origins.len() < ORIGINS_KEPT {
            self.origins.insert(origin.to_owned());
        }
        if self.origins.contains(origin) {
            *self.reports_of.entry(origin.to_owned()).or_default() += 1;
        }
        let hour = at.as_second().div_euclid(HOUR_SECONDS);
        *self.hours.entry(hour).or_default() += 1;
        let newest = self.hours.keys().next_back().copied().unwrap_or(hour);
        self.hours = self.hours.split_off(&(newest - HEAT_HOURS));
        self.left_out.hours = self.left_out.hours.split_off(&(newest - HEAT_HOURS));
    }

    /// Takes a report out of the count again.
    fn discount_report(&mut self, it: &ReportRef) {
        let hour = it.at.as_second().div_euclid(HOUR_SECONDS);
        if self.hours.contains_key(&hour) {
            *self.left_out.hours.entry(hour).or_default() += 1;
        }
        let Some(n) = self.reports_of.get_mut(&it.origin) else { return };
        *n = n.saturating_sub(1);
        if *n == 0 {
            self.reports_of.remove(&it.origin);
            self.origins.remove(&it.origin);
        }
    }

    /// A person said that a development does not belong: what it counted and what is known by it alone goes.
    pub(super) fn leave_out(&mut self, id: DevelopmentId) {
        let Some(it) = self.development_mut(id).filter(|it| !it.dropped) else { return };
        it.dropped = true;
        let (reports, reports_ever) = (it.reports.clone(), it.reports_ever);
        self.left_out.developments += 1;
        self.left_out.reports += reports_ever;
        for it in &reports {
            self.discount_report(it);
        }
        self.facts.retain(|it| it.development != id);
        let theirs = |it: &&mut Expectation| it.development == id && it.state == ExpectationState::Open;
        self.expectations.iter_mut().filter(theirs).for_each(|it| it.state = ExpectationState::Dropped);
    }

    /// How many developments belong to it.
    pub fn developments_counted(&self) -> u64 {
        self.developments_ever.saturating_sub(self.left_out.developments)
    }

    /// How many reports belong to it, copies and background included.
    pub fn reports_counted(&self) -> u64 {
        self.reports.saturating_sub(self.left_out.reports)
    }

    /// How much is written, as seen at `now`.
    pub fn heat(&self, now: Timestamp) -> Heat {
        let hour = now.as_second().div_euclid(HOUR_SECONDS);
        let within =
            |hours: &BTreeMap<i64, u32>, from, to| -> u32 { hours.range(from..=to).map(|(_, n)| n).sum() };
        let sum = |from: i64, to: i64| {
            within(&self.hours, from, to).saturating_sub(within(&self.left_out.hours, from, to))
        };
        let last_24h = sum(hour - 23, hour);
        let before = sum(hour - 23 - 7 * 24, hour - 24);
        let trend = match (u64::from(last_24h) * 7, u64::from(before)) {
            (0, _) => Trend::Quiet,
            (day, week) if day * 2 >= week * 3 => Trend::Rising,
            (day, week) if day * 2 <= week => Trend::Falling,
            _ => Trend::Steady,
        };
        Heat { last_24h, trend }
    }

    /// The development that came last and was not dropped.
    pub fn latest(&self) -> Option<&Development> {
        self.developments.iter().rev().map(AsRef::as_ref).find(|it| !it.dropped)
    }

    /// A development that is still kept.
    pub fn development(&self, id: DevelopmentId) -> Option<&Development> {
        self.developments.iter().rev().map(AsRef::as_ref).find(|it| it.id == id)
    }

    pub(super) fn development_mut(&mut self, id: DevelopmentId) -> Option<&mut Development> {
        self.developments.iter_mut().rev().find(|it| it.id == id).map(Arc::make_mut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_second(1_739_318_400 + n * HOUR_SECONDS).unwrap()
    }

    #[test]
    fn heat_compares_a_day_with_the_week_before_it() {
        let check = |before: u32, day: u32, want: Trend| {
            let mut it = StorylineState::default();
            (0..before).for_each(|_| it.count_report(hour(-30), "one"));
            (0..day).for_each(|_| it.count_report(hour(0), "one"));
            assert_eq!(it.heat(hour(1)), Heat { last_24h: day, trend: want }, "{before} before, {day} today");
        };
        check(0, 0, Trend::Quiet);
        check(0, 1, Trend::Rising);
        check(7, 1, Trend::Steady);
        check(14, 1, Trend::Falling);
        check(14, 3, Trend::Rising);
        check(700, 0, Trend::Quiet);
    }

    #[test]
    fn a_course_is_looked_for_only_where_it_stands() {
        let mut it = StorylineState::default();
        for seq in [1, STRETCH_EVENTS, 9 * STRETCH_EVENTS + 1] {
            it.stands_at(Seq(seq));
        }
        let (first, tenth) =
            ((Seq(0), Seq(STRETCH_EVENTS)), (Seq(9 * STRETCH_EVENTS), Seq(10 * STRETCH_EVENTS)));
        assert_eq!(it.course(Seq(u64::MAX)), [first, tenth]);
        assert_eq!(it.course(Seq(5)), [(Seq(0), Seq(5))]);
        assert_eq!(it.course(Seq(0)), []);
        (0..=STRETCHES_MAX as u64).for_each(|n| it.stands_at(Seq(n * STRETCH_EVENTS + 1)));
        assert_eq!(it.stretches.len(), STRETCHES_MAX);
        let to = Seq((STRETCHES_MAX as u64 + 7) * STRETCH_EVENTS + 3);
        assert_eq!(
            it.course(to).last(),
            Some(&(Seq(to.0 - 3), to)),
            "what was not noted is looked for everywhere"
        );
    }

    #[test]
    fn heat_forgets_what_is_older_than_its_week() {
        let mut it = StorylineState::default();
        it.count_report(hour(0), "one");
        it.count_report(hour(24 * 30), "one");
        assert_eq!(it.hours.len(), 1);
        assert_eq!(it.reports, 2);
    }
}
