//! What follows from a judgement: confirmation, phase, facts, expectations.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use storyline_config::Phase;
use storyline_store::{Certainty, DevelopmentState, FactKey, Relation};

use super::{
    case::Case,
    fact::{Dated, Fact},
    features::half,
    judgement::Judgement,
    phase::may_move,
    reading::{Reading, Word},
    relevance::How,
    rules::Step,
    stem::Language,
};

/// Days from the first to the last of what is expected by a date, at the most.
const EXPECTED_DAYS_MAX: i64 = 3;

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
    if sure {
        news.iter_mut()
            .filter(|it| it.certainty == Certainty::Reported)
            .for_each(|it| it.certainty = Certainty::Confirmed);
    }
    news.retain(|it| {
        let known = case.thread.facts.get(&(it.key, it.value.clone()));
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
    let known =
        judgement.development.and_then(|it| case.thread.developments.get(&it)).cloned().unwrap_or_default();
    if known.state != DevelopmentState::Provisional {
        return;
    }
    if let Some(party) = judgement.report.speaks_for.clone() {
        judgement.by_party = Some(party);
    }
    let mut after = known;
    let half = after.origins.entry(judgement.report.origin.clone()).or_insert(judgement.report.half);
    *half = *half && judgement.report.half;
    let wanted =
        case.story.alert.confirm.map_or(case.heard.definitions.rules.table.confirm_origins, |it| it.origins);
    if judgement.by_party.is_some() || after.strength() + 1e-9 >= f64::from(wanted) {
        judgement.confirms = Some(after.origins.into_keys().collect());
    }
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
    let Some(cue) = case.cue.as_ref().filter(|it| moves && may_move(case.thread.phase, it)) else { return };
    if case.heard.item.late {
        return;
    }
    let certainty = if judgement.confirms.is_some() { Certainty::Confirmed } else { Certainty::Reported };
    judgement.phase = cue.phase;
    judgement.moved = Some((cue.words.clone(), certainty));
}

/// What the report names, and the day itself where a phase begins with it.
fn all_facts(case: &Case<'_>, judgement: &Judgement) -> Vec<Fact> {
    let heard = case.heard;
    let mut found = heard.facts(case.touching).to_vec();
    let today = today(case);
    let begins = judgement.moved.is_some()
        && matches!(judgement.phase, Phase::UnderWay | Phase::Concluded | Phase::Cancelled);
    if begins && found.iter().all(|it| it.key != FactKey::Date) {
        found.push(Fact { key: FactKey::Date, value: today.to_string(), certainty: Certainty::Reported });
    }
    found
}

fn today(case: &Case<'_>) -> Date {
    let tz = case.heard.feed.map_or(TimeZone::UTC, |it| it.tz.clone());
    let published = case.heard.item.published.unwrap_or(case.heard.item.effective);
    tz.to_datetime(published).date()
}

/// Dates to come are expected; a day whose matter begins is met.
fn expect(case: &Case<'_>, judgement: &mut Judgement, now: Timestamp) {
    let begins = judgement.moved.is_some() && matches!(judgement.phase, Phase::UnderWay | Phase::Concluded);
    let ends = judgement.moved.is_some() && matches!(judgement.phase, Phase::Paused | Phase::Cancelled);
    let today = today(case);
    // A report that tells of the very day says that something took place on it.
    let told = |date: &Date| {
        let tells = |it: &Dated| !it.mention.ahead && it.mention.value.is_some_and(|it| it.last() == *date);
        case.heard.dates().iter().any(tells)
    };
    let past = case.thread.expectations.range(..=today).map(|it| *it.0);
    if begins {
        judgement.meets = past.collect();
    } else if matches!(judgement.relation, Relation::New | Relation::Corroboration) && !ends {
        judgement.meets = past.filter(told).collect();
    }
    if ends {
        judgement.drops = case.thread.expectations.keys().copied().collect();
    } else if !begins {
        judgement.drops = put_off(case, judgement);
        judgement.meets.retain(|it| !judgement.drops.contains(it));
    }
    if judgement.relation != Relation::New || case.heard.item.late {
        return;
    }
    for dated in case.heard.dates().iter().filter(|it| !is_left(case, it)) {
        let Dated { mention, sentence, .. } = dated;
        let Some(value) = mention.value.filter(|_| mention.ahead && *sentence <= 2) else { continue };
        let date = value.last();
        // "Next week" is no date that could be missed.
        let is_vague = value.first().saturating_add(EXPECTED_DAYS_MAX.days()) < date;
        if is_vague
            || date <= today
            || case.thread.expectations.contains_key(&date)
            || judgement.drops.contains(&date)
            || judgement.expects.iter().any(|it| it.0 == date)
        {
            continue;
        }
        let Some(due) = overdue(case, date).filter(|it| *it > now) else { continue };
        judgement.expects.push((date, due, format!("{} ({})", case.heard.reading.title, mention.text)));
    }
}

/// Whether a date is the one that another takes the place of: "moved from 2 March to 9 March".
fn is_left(case: &Case<'_>, it: &Dated) -> bool {
    let reading = &case.heard.reading;
    let field = if it.is_title { &reading.title } else { &reading.text };
    let before = field.get(..it.mention.start).unwrap_or_default().trim_end();
    let from = before.rsplit(|c: char| !c.is_alphabetic()).next().is_some_and(|it| it == "from");
    let later = |other: &Dated| {
        other.sentence == it.sentence
            && other.is_title == it.is_title
            && other.mention.start > it.mention.start
    };
    from && case.heard.dates().iter().any(later)
}

/// The dates that an item says will not be kept: those it names as put off, or all it can mean.
fn put_off(case: &Case<'_>, judgement: &Judgement) -> Vec<Date> {
    let table = &case.heard.definitions.rules.table;
    let features = case.heard.features();
    let reading = &case.heard.reading;
    let negated = reading.sentence(0).iter().any(|it| table.negation.contains(&it.form.plain));
    let speaks = matches!(judgement.relation, Relation::New | Relation::Corroboration);
    if !speaks || negated || features.title_concepts & table.puts_off == 0 {
        return Vec::new();
    }
    let named = |date: &Date| {
        case.heard.dates().iter().any(|it| it.mention.value.is_some_and(|it| it.last() == *date))
    };
    // "Moved from 2 March to 9 March": of days it names the last one holds.
    let latest =
        case.heard.dates().iter().filter_map(|it| it.mention.value).map(super::dates::DateValue::last).max();
    let open: Vec<Date> = case.thread.expectations.keys().copied().collect();
    let old: Vec<Date> = open.iter().copied().filter(|it| named(it) && Some(*it) != latest).collect();
    if !old.is_empty() {
        return old;
    }
    if !is_put_off(case) {
        return Vec::new();
    }
    let about = |date: &Date| {
        let what = case.thread.expectations.get(date).map(|it| it.what.as_str()).unwrap_or_default();
        let words = Reading::of(what, "", Language::of(case.heard.lang.as_deref()));
        let shared = words.words.iter().filter(|it| !table.is_stopword(it));
        shared.filter(|it| features.heads[0].contains(&half(it.form.stem))).count() >= 2
    };
    open.iter().copied().filter(|it| Some(*it) != latest && (open.len() == 1 || about(it))).collect()
}

/// Whether the title says of what the storyline is about that it is put off: "fair postponed", "postpones fair",
/// not "trains already delayed".
fn is_put_off(case: &Case<'_>) -> bool {
    let table = &case.heard.definitions.rules.table;
    let reading = &case.heard.reading;
    let title = reading.sentence(0);
    let tells = |from: &Word, at: usize| {
        title.get(at).filter(|it| it.clause == from.clause && !table.is_stopword(it)).map(|_| at)
    };
    (0..title.len()).any(|at| {
        let kind = table.concept(reading, title, at);
        let Some(word) = title.get(at).filter(|_| kind.is_some_and(|it| table.puts_off & (1 << it) != 0))
        else {
            return false;
        };
        let before = (at.saturating_sub(2)..at).rev().find_map(|it| tells(word, it));
        let mut after = (at + 1..=at + 2).filter_map(|it| tells(word, it)).peekable();
        if reading.letters(word).ends_with("ed") {
            return before.is_some_and(|it| case.it.places.contains(&it));
        }
        after.peek().is_some() && after.all(|it| case.it.places.contains(&it))
    })
}

/// When a day is over in the outlet's zone, and some hours more.
fn overdue(case: &Case<'_>, date: Date) -> Option<Timestamp> {
    let tz = case.heard.feed.map_or(TimeZone::UTC, |it| it.tz.clone());
    let next = date.checked_add(1.day()).ok()?;
    let end = tz.to_timestamp(next.at(0, 0, 0, 0)).ok()?;
    end.checked_add(SignedDuration::from_hours(i64::from(
        case.heard.definitions.rules.table.habit.overdue_hours,
    )))
    .ok()
}
