//! What a report comes nearest to, and whether it says the same.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use storyline_config::Phase;
use storyline_store::{DevelopmentId, Relation};

use super::{
    case::Case,
    count::Count,
    dates::DateValue,
    fact::Dated,
    phase::{Cue, may_move},
    similarity::{Likeness, hours_between},
    step::Step,
    thread::Known,
};

/// The most that similarity can come to before it fades.
const SAMENESS_MAX: f64 = 3.0;
/// What is farther is not looked at.
const NEARNESS_MIN: f64 = 0.05;

/// The report an item comes nearest to.
#[derive(Clone, Copy)]
pub(super) struct Near {
    pub(super) development: DevelopmentId,
    pub(super) score: f64,
    pub(super) cosine: f64,
    /// What of the likeness comes from words other than the storyline's own.
    pub(super) apart: f64,
}

/// How much the time and the step of two reports say that they tell one thing.
#[derive(Default)]
struct Together {
    burst: f64,
    /// From how much likeness on the burst counts in full.
    alike: f64,
    stage: f64,
    day: f64,
}

impl Together {
    /// How much that is where so much of their likeness comes from words other than the storyline's own.
    ///
    /// The hour alone proves nothing: such words must agree.
    fn at(&self, apart: f64) -> f64 {
        if self.burst > 0.0 {
            self.burst * (apart / self.alike).min(1.0) + self.stage + self.day
        } else {
            self.stage + self.day
        }
    }
}

impl Case<'_> {
    /// The known report an item comes nearest to, decayed by time.
    pub(super) fn nearest(&self) -> Option<Near> {
        self.nearest_of(|_| true)
    }

    /// What an item that counts otherwise than the development it is near to tells: another, which counted the same.
    pub(super) fn counted_alike(&self, near: Near) -> Option<Near> {
        let mine = &self.heard.features().numbers;
        let counts = |it: &Count| mine.iter().any(|own| own.what == it.what && !differ(own.value, it.value));
        self.nearest_of(|known| {
            known.development != Some(near.development) && known.features.numbers.iter().any(counts)
        })
    }

    /// The known report an item comes nearest to of some, decayed by time.
    pub(super) fn nearest_of(&self, wanted: impl Fn(&Known) -> bool) -> Option<Near> {
        let heard = self.heard;
        let span = heard.definitions.rules.table.novelty.span_hours;
        let told = self.day_told();
        let mut best: Option<Near> = None;
        for known in self.thread.newest() {
            let Some(development) = known.development else { continue };
            let itself = known.item == heard.item.id && !heard.is_revision;
            if known.relation == Relation::Background || itself {
                continue;
            }
            if hours_between(heard.item.effective, known.effective) > span {
                continue;
            }
            let mut fading = self.weighing().fading(heard.item.effective, known.effective);
            let of_day = |(day, tz): &(Date, TimeZone)| tz.to_datetime(known.effective).date() == *day;
            if told.as_ref().is_some_and(of_day) && self.weighing().titles_tell_one(heard.features(), known) {
                fading = fading.max(heard.definitions.rules.table.novelty.dated);
            }
            let most = SAMENESS_MAX * fading;
            if most < NEARNESS_MIN || best.is_some_and(|it| most < it.score) {
                continue;
            }
            // Whatever is cheaper was asked before.
            if !wanted(known) {
                continue;
            }
            let nearer = |score: f64| best.is_none_or(|it| score * fading > it.score);
            if let Some(Likeness { score, cosine, apart }) = self.compared(known, development, nearer) {
                best = Some(Near { development, score: score * fading, cosine, apart });
            }
        }
        best
    }

    /// How near an item is to one report, not yet decayed; none where that is not `nearer`.
    fn compared(
        &self,
        known: &Known,
        development: DevelopmentId,
        nearer: impl Fn(f64) -> bool,
    ) -> Option<Likeness> {
        let heard = self.heard;
        let goes_on = known.item == heard.item.id
            && heard.reading.sentences.len() > 1
            && !self.weighing().titles_agree(heard.features(), known);
        if goes_on {
            let it = self.weighing().likeness_to_itself(heard.features(), known);
            return it.filter(|it| nearer(it.score));
        }
        let together = self.together(known, development);
        let score = |it: &Likeness| it.score + together.at(it.apart);
        let it = self.weighing().likeness(heard.features(), known, |it| nearer(score(it)))?;
        Some(Likeness { score: score(&it), ..it }).filter(|it| nearer(it.score))
    }

    /// The past day that a report's title and lead are dated to, where they name no other, and the zone it is of.
    ///
    /// Whoever tells on Thursday what happened "on Tuesday" tells what was told on Tuesday, where the titles agree: the
    /// day may be that of what went before.
    fn day_told(&self) -> Option<(Date, TimeZone)> {
        let heard = self.heard;
        if !heard.definitions.rules.takes(Step::Decay) {
            return None;
        }
        let tz = heard.feed.map_or(TimeZone::UTC, |it| it.tz.clone());
        let today = tz.to_datetime(heard.item.effective).date();
        let mut lead = heard.dates().iter().filter(|it| it.sentence < 3);
        let DateValue::Day(day) = lead.next()?.mention.value? else { return None };
        let is_only = lead.all(|it| it.mention.value == Some(DateValue::Day(day)));
        (is_only && day < today).then_some((day, tz))
    }

    /// How much the time and the step of two reports say that they tell one thing.
    ///
    /// Where a storyline seldom moves, reports of one hour are of one event; and who tells that a phase
    /// has begun, soon after another did, tells what the other told.
    fn together(&self, known: &Known, development: DevelopmentId) -> Together {
        let rules = &self.heard.definitions.rules;
        if !rules.takes(Step::Burst) {
            return Together::default();
        }
        let novelty = &rules.table.novelty;
        let effective = self.heard.item.effective;
        let hours = |since: Timestamp| hours_between(effective, since);
        let own = self.thread.developments.get(&development).is_some_and(|it| it.is_of_day(effective));
        let moves = self.moves().saturating_sub(usize::from(own)) as f64;
        let burst = novelty.burst * (-hours(known.effective) / novelty.burst_hours).exp() / (1.0 + moves);
        let stage = match (self.cue(), self.thread.phase_by) {
            (Some(cue), Some((by, at))) if by == development && cue.phase == self.thread.phase => {
                novelty.stage * (-hours(at) / novelty.stage_hours).exp()
            }
            _ => 0.0,
        };
        Together { burst, alike: novelty.burst_alike, stage, day: self.day(development) }
    }

    /// How much a day says: who sets the same day for the same step tells of one plan.
    pub(super) fn day(&self, development: DevelopmentId) -> f64 {
        let plans = |cue: &Cue| cue.phase == Phase::Scheduled && self.thread.phase == Phase::Scheduled;
        if !self.cue().is_some_and(plans) {
            return 0.0;
        }
        let set = |it: &Dated| {
            let day = it.mention.value.filter(|value| it.mention.ahead && value.first() == value.last());
            let awaited = day.and_then(|it| self.thread.expectations.get(&it.last()));
            it.sentence <= 1 && awaited.is_some_and(|it| it.development == development)
        };
        let is_set = self.heard.dates().iter().any(set);
        if is_set { self.heard.definitions.rules.table.novelty.day } else { 0.0 }
    }

    /// Whether an item counts something otherwise than every report of the development it is near to.
    ///
    /// What the text counts besides is a side of the same event, unless others are named; and who counts fewer victims
    /// than were counted has not heard of them yet.
    pub(super) fn counts_anew(&self, near: Near) -> bool {
        if !self.heard.definitions.rules.takes(Step::Numbers) {
            return false;
        }
        let features = self.heard.features();
        let reports: Vec<&Known> = self.thread.reports_of(near.development).collect();
        let known: Vec<Count> = reports.iter().flat_map(|it| &it.features.numbers).copied().collect();
        let [in_title, ahead] = features.numbers_ahead;
        let is_other = self.weighing().names_others(features, &reports);
        let anew = |(at, mine): (usize, &Count)| {
            let is_told = is_other || at < in_title || mine.is_harm;
            let mut same = known.iter().filter(|it| it.what == mine.what).peekable();
            // What was told of other things may be the same in other words: `23 Somalis`, `23 pirates`.
            is_told
                && same.peek().is_some()
                && known.iter().all(|it| differ(it.value, mine.value))
                && (is_other || !mine.is_harm || same.all(|it| mine.value > it.value))
        };
        features.numbers.iter().take(ahead).enumerate().any(anew)
    }

    /// Whether an item brings a phase that the development it is near to did not.
    pub(super) fn moves_on(&self, near: Near) -> bool {
        let Some(cue) = self.cue().filter(|it| it.own && may_move(self.thread.phase, it)) else {
            return false;
        };
        let brought = self.thread.phase_by.is_some_and(|it| it.0 == near.development);
        // What ends or halts a thing is news, however much its report repeats of how it began.
        let ends = matches!(cue.phase, Phase::Paused | Phase::Concluded | Phase::Cancelled);
        // What was told last, within the hour, and is not how it began, is told again in plainer words.
        let developments = &self.thread.developments;
        let known = developments.get(&near.development);
        let hours = self.heard.definitions.rules.table.novelty.turn_hours;
        let fresh = known.is_some_and(|it| {
            hours_between(self.heard.item.effective, it.at) < hours
                && developments.values().all(|other| other.opened <= it.opened)
        });
        brought && cue.phase > Phase::Scheduled || ends && (brought || !fresh)
    }
}

/// Whether two counts are not about the same.
fn differ(a: f64, b: f64) -> bool {
    (a - b).abs() > 0.05 * b.abs().max(1.0)
}
