//! What follows from a judgement: confirmation, phase, facts; what is awaited has a file of its own.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use storyline_config::Phase;
use storyline_store::{Certainty, DevelopmentState, FactKey, Relation};

use super::{
    case::Case,
    expectation::{expect, is_left},
    fact::{Dated, Fact, facts},
    judgement::Judgement,
    phase::may_move,
    relevance::How,
    step::Step,
};

/// Fills in what a judgement changes.
pub(super) fn settle(case: &Case<'_>, judgement: &mut Judgement, now: Timestamp) {
    confirm(case, judgement);
    move_phase(case, judgement);
    let speaks = matches!(
        judgement.relation,
        Relation::New | Relation::Denial | Relation::Correction | Relation::Corroboration
    );
    // Who repeats another's words, or looks back, brings nothing of their own.
    if speaks {
        judgement.facts = all_facts(case, judgement);
    }
    if !speaks || case.it.how == How::Joined {
        return;
    }
    let sure = judgement.confirms.is_some() || is_confirmed(case, judgement);
    let mut news = judgement.facts.clone();
    // A second report of the same may bring a day or a place; whom else it names is no change.
    news.retain(|it| judgement.relation != Relation::Corroboration || it.key != FactKey::Participant);
    news.retain(|it| it.is_own);
    if sure {
        news.iter_mut()
            .filter(|it| it.certainty == Certainty::Reported)
            .for_each(|it| it.certainty = Certainty::Confirmed);
    }
    news.retain_mut(|it| {
        let known = case.thread.facts.get(&(it.key, it.value.clone()));
        // What was reported and is only surer now is told by what confirms it.
        it.is_noted |= known.is_some_and(|known| *known >= Certainty::Reported);
        known.is_none_or(|known| *known < it.certainty)
    });
    judgement.news = news;
    expect(case, judgement, now);
}

fn is_confirmed(case: &Case<'_>, judgement: &Judgement) -> bool {
    let development = judgement.development.and_then(|it| case.thread.developments.get(&it));
    development.is_some_and(|it| it.state == DevelopmentState::Confirmed)
}

/// Two origins confirm, or the party itself about its own act.
fn confirm(case: &Case<'_>, judgement: &mut Judgement) {
    if !matches!(
        judgement.relation,
        Relation::New | Relation::Denial | Relation::Correction | Relation::Corroboration
    ) {
        return;
    }
    let known = judgement.development.and_then(|it| case.thread.developments.get(&it));
    if known.is_some_and(|it| it.state != DevelopmentState::Provisional) {
        return;
    }
    if let Some(party) = judgement.report.speaks_for.clone() {
        judgement.by_party = Some(party);
    }
    let report = &judgement.report;
    let before = known.into_iter().flat_map(|it| &it.origins);
    let mut origins: BTreeMap<&str, bool> = before.map(|(origin, half)| (origin.as_str(), *half)).collect();
    let half = origins.entry(report.origin.as_str()).or_insert(report.half);
    *half = *half && report.half;
    let wanted =
        case.story.alert.confirm.map_or(case.heard.definitions.rules.table.confirm_origins, |it| it.origins);
    if judgement.by_party.is_some() || strength(origins.values()) + 1e-9 >= f64::from(wanted) {
        judgement.confirms = Some(origins.into_keys().map(str::to_owned).collect());
    }
}

/// How many origins that is, two halves for one.
fn strength<'a>(halves: impl Iterator<Item = &'a bool>) -> f64 {
    halves.map(|half| if *half { 0.5 } else { 1.0 }).sum()
}

/// The party a feed speaks for, where the item is about that party.
pub(super) fn speaks_for(case: &Case<'_>) -> Option<String> {
    let feed = case.heard.feed.filter(|it| it.role == storyline_config::Role::Official)?;
    let named = case.packs();
    let pack = feed.speaks_for.iter().find(|it| named.contains(it))?;
    case.heard.definitions.packs.get(*pack).map(|it| it.name.clone())
}

fn move_phase(case: &Case<'_>, judgement: &mut Judgement) {
    // A second report often says more plainly what the first one brought.
    let follows =
        judgement.relation == Relation::Corroboration && case.heard.definitions.rules.takes(Step::Follow);
    let moves = (judgement.relation == Relation::New || follows) && case.it.how <= How::Weak;
    if !moves || case.heard.item.late {
        return;
    }
    let Some(cue) = case.cue().filter(|it| may_move(case.thread.phase, it)) else { return };
    // Whoever said something else of the same before does not confirm what only this report says.
    let sure = if follows { judgement.report.speaks_for.is_some() } else { judgement.confirms.is_some() };
    let certainty = if sure { Certainty::Confirmed } else { Certainty::Reported };
    judgement.phase = cue.phase;
    judgement.moved = Some((cue.words.clone(), certainty));
}

/// What the report names, and the day itself where a phase begins with it.
fn all_facts(case: &Case<'_>, judgement: &Judgement) -> Vec<Fact> {
    let heard = case.heard;
    let today = today(case);
    let english = heard.lang.as_deref().is_none_or(|it| it == "en");
    let dates: Vec<&Dated> = heard.dates().iter().filter(|it| !is_left(case, it)).collect();
    let mut found =
        facts(heard.definitions, &heard.reading, case.touching, case.it, (&dates, today, english));
    let begins = judgement.moved.is_some()
        && matches!(judgement.phase, Phase::UnderWay | Phase::Concluded | Phase::Cancelled);
    if begins && found.iter().all(|it| it.key != FactKey::Date) {
        let certainty = Certainty::Reported;
        let (key, value) = (FactKey::Date, today.to_string());
        found.push(Fact { key, value, certainty, is_own: true, is_noted: true });
    }
    found
}

pub(super) fn today(case: &Case<'_>) -> Date {
    let tz = case.heard.feed.map_or(TimeZone::UTC, |it| it.tz.clone());
    let published = case.heard.item.published.unwrap_or(case.heard.item.effective);
    tz.to_datetime(published).date()
}
