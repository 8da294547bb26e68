//! What time alone brings about: digests close, what was held is let out.

use std::collections::BTreeSet;

use storyline_config::{AlertCause, Severity};
use storyline_store::{AlertId, DeliveryDigest, DevelopmentState, Event, ExpectationState};

use super::{
    Occasion, Situation, Visits,
    desk::Desk,
    digest, health, severity,
    stage::{self, Change, Stage},
};

/// Warnings told one by one after the digest of a long stop.
const STOP_WARNINGS: usize = 5;

/// Plans what has become due by `situation.now`.
///
/// The events are recorded in the order returned, directly after `situation.state.seq`.
pub fn due(situation: &Situation<'_>, visits: Visits) -> Vec<Event> {
    let mut desk = Desk::new(situation, 0);
    let stopped = digest::close(&mut desk, visits);
    for stage in stop_warnings(&desk.situation, &stopped) {
        desk.raise_at_once(&stage);
    }
    for change in waited_out(&desk.situation) {
        desk.consider(&change, Occasion::Live);
    }
    let health = health::of_time(&desk.situation);
    for stage in &health.told {
        desk.offer(stage, Occasion::Live);
    }
    for stage in &health.covered {
        desk.suppress(stage, "network", String::new());
    }
    desk.finish()
}

/// Developments whose time to be confirmed has run out.
fn waited_out(situation: &Situation<'_>) -> Vec<Change> {
    let Situation { config, state, now, .. } = *situation;
    if state.waiting.is_empty() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for (id, storyline) in state.storylines.iter().filter(|(_, it)| !it.retired) {
        let Some(rule) = config.storylines.get(id).map(|it| &it.alert) else { continue };
        for it in storyline.developments.iter().filter(|it| it.state != DevelopmentState::Disputed) {
            let waits = state.waiting.contains_key(&AlertId::of_development(it.id));
            if waits && !it.dropped && super::rule::lets_out(rule, state, it, now) {
                let mut change = Change::none(id.clone());
                change.touched.insert(it.id);
                changes.push(change);
            }
        }
    }
    changes
}

/// The last warnings among what a long stop held back.
fn stop_warnings(situation: &Situation<'_>, stopped: &[AlertId]) -> Vec<Stage> {
    let told: BTreeSet<AlertId> = stopped.iter().copied().collect();
    let gathered = situation.state.gathered.iter().rev();
    let mut seen = BTreeSet::new();
    let mut warnings: Vec<Stage> = gathered
        .filter(|it| it.digest == DeliveryDigest::Stop)
        .filter(|it| told.contains(&it.alert) && severity(it.kind) == Severity::Warning)
        .filter(|it| seen.insert(it.alert))
        // Another sink's digest may have closed before, and let it out.
        .filter(|it| situation.state.alerts.get(&it.alert).is_none_or(|known| known.seq < it.seq))
        // What went on since is no warning any more: a phase that was left, say.
        .filter_map(|it| again(situation, it).filter(|it| severity(it.kind) == Severity::Warning))
        .take(STOP_WARNINGS)
        .collect();
    warnings.reverse();
    warnings
}

/// The stage of an alert that was gathered, as things stand now.
fn again(situation: &Situation<'_>, gathered: &storyline_store::Gathered) -> Option<Stage> {
    let id = gathered.storyline.as_ref()?;
    let storyline = situation.state.storylines.get(id)?;
    let named = storyline.developments.iter().find(|it| AlertId::of_development(it.id) == gathered.alert);
    if let Some(it) = named {
        let mut change = Change::none(id.clone());
        change.add_waited(situation.state, it.id);
        let on = &situation.config.storylines.get(id)?.alert.on;
        return change.stage(situation, on);
    }
    let missed = storyline.expectations.iter().rev();
    let it =
        missed.filter(|it| it.state == ExpectationState::Overdue).find(|it| it.what == gathered.headline)?;
    let mut stage = stage::overdue(situation.state, id, &it.what, gathered.seq, gathered.at);
    stage.alert = gathered.alert;
    stage.changes = vec![AlertCause::Overdue];
    Some(stage)
}
