//! Several alerts in one message: when it closes, and what it says.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use storyline_config::{SinkId, StorylineId};
use storyline_store::{AlertId, AlertState, DeliveryDigest, DeliveryId, Gathered, Seq};

use super::{
    Situation, Visits,
    body::{self, ALERTS_NAMED},
    desk::Desk,
    route,
    rule::later,
    sentence::standing,
    severity,
    stage::word as kind_word,
};

/// What a digest that waits for visits waits at the most.
pub const VISITS_WAIT_MAX: Duration = Duration::from_mins(10);
/// A storm is over when nothing was held back for so long.
const STORM_CALM: Duration = Duration::from_secs(15);
/// A storm is told after so long even if it goes on.
const STORM_MAX: Duration = Duration::from_mins(10);
/// Lines of a digest's text.
const LINES_MAX: usize = 40;

/// Every reason to gather, in the order in which digests are closed.
const CAUSES: [DeliveryDigest; 6] = [
    DeliveryDigest::FirstRun,
    DeliveryDigest::Stop,
    DeliveryDigest::Quiet,
    DeliveryDigest::Storm,
    DeliveryDigest::Window,
    DeliveryDigest::Rate,
];

/// A digest, rendered.
pub(super) struct Digest {
    pub(super) storyline: Option<StorylineId>,
    pub(super) body: String,
}

/// Closes every digest whose time has come; gives what the digest of a long stop told of.
pub(super) fn close(desk: &mut Desk<'_>, visits: Visits) -> Vec<AlertId> {
    let mut stopped = Vec::new();
    let Situation { config, state, now, .. } = desk.situation;
    for sink in config.sinks.keys() {
        let mut closed: Vec<DeliveryDigest> = Vec::new();
        for cause in CAUSES {
            if closed.iter().any(|it| it.tells_of(cause)) {
                continue;
            }
            let due = |it: &&Gathered| it.sink == *sink && it.not_before <= now;
            let theirs: Vec<&Gathered> =
                state.gathered.iter().filter(due).filter(|it| it.digest == cause).collect();
            if !is_ready(desk, sink, cause, &theirs, visits) {
                continue;
            }
            closed.push(cause);
            let told: Vec<&Gathered> =
                state.gathered.iter().filter(due).filter(|it| cause.tells_of(it.digest)).collect();
            if cause == DeliveryDigest::Stop {
                stopped.extend(told.iter().map(|it| it.alert));
            }
            let told = latest_of_each(told);
            desk.plan_digest(sink, cause, |situation, id, seq| {
                render(situation, (sink, cause), &told, id, seq)
            });
        }
    }
    stopped
}

fn is_ready(
    desk: &Desk<'_>,
    sink: &SinkId,
    cause: DeliveryDigest,
    told: &[&Gathered],
    visits: Visits,
) -> bool {
    let (Some(first), Some(last)) = (told.first(), told.last()) else { return false };
    let now = desk.situation.now;
    let Some(known) = desk.situation.config.sinks.get(sink) else { return false };
    // Nobody is woken by a digest, unless something in it may wake them.
    let peace = route::peace(&desk.situation, known);
    if peace.is_some_and(|peace| !told.iter().any(|it| peace.lets(severity(it.kind)))) {
        return false;
    }
    match cause {
        DeliveryDigest::FirstRun | DeliveryDigest::Stop => {
            visits != Visits::Underway || later(first.at, VISITS_WAIT_MAX) <= now
        }
        DeliveryDigest::Storm => {
            visits == Visits::Over || later(last.at, STORM_CALM) <= now || later(first.at, STORM_MAX) <= now
        }
        DeliveryDigest::Window | DeliveryDigest::Quiet => true,
        DeliveryDigest::Rate => route::free_at(&desk.situation, &desk.out, sink, known.rate) <= now,
    }
}

/// The last of each alert, in order; if they are too many to be named, every storyline's last goes first.
fn latest_of_each(told: Vec<&Gathered>) -> Vec<&Gathered> {
    let latest: BTreeMap<AlertId, &Gathered> = told.into_iter().map(|it| (it.alert, it)).collect();
    let mut all: Vec<&Gathered> = latest.into_values().collect();
    all.sort_by_key(|it| it.seq);
    if all.len() > ALERTS_NAMED {
        let by_storyline: BTreeMap<_, Seq> = all.iter().map(|it| (it.storyline.as_ref(), it.seq)).collect();
        all.sort_by_key(|it| (by_storyline.get(&it.storyline.as_ref()) != Some(&it.seq), it.seq));
    }
    all
}

fn render(
    situation: &Situation<'_>,
    (sink, cause): (&SinkId, DeliveryDigest),
    told: &[&Gathered],
    id: DeliveryId,
    seq: Seq,
) -> Digest {
    let first = told.first().and_then(|it| it.storyline.as_ref());
    let storyline = first.filter(|first| told.iter().all(|it| it.storyline.as_ref() == Some(first)));
    let unkept = unkept(situation, sink, cause);
    let text = text(situation, (sink, cause), told, unkept);
    let title = |id| situation.state.storylines.get(id).map_or("", |it| it.title.as_str());
    let titled = storyline.map(|id| (id, title(id)));
    let body = body::digest(cause, titled, (told, unkept), situation.now, (id, seq, &text));
    Digest { storyline: storyline.cloned(), body }
}

/// Alerts that were gathered and are not kept any more, only counted.
fn unkept(situation: &Situation<'_>, sink: &SinkId, cause: DeliveryDigest) -> usize {
    let known = situation.state.sinks.get(sink).into_iter().flat_map(|it| &it.gathered_more);
    let unkept: u64 = known.filter(|(gathered, _)| cause.tells_of(**gathered)).map(|(_, n)| n).sum();
    usize::try_from(unkept).unwrap_or(usize::MAX)
}

fn text(
    situation: &Situation<'_>,
    (sink, cause): (&SinkId, DeliveryDigest),
    told: &[&Gathered],
    unkept: usize,
) -> String {
    let (storylines, lines) = match cause {
        // What is old is told as it stands now, storyline by storyline.
        DeliveryDigest::FirstRun | DeliveryDigest::Stop => (true, standings(situation, sink, told)),
        DeliveryDigest::Window | DeliveryDigest::Rate | DeliveryDigest::Storm | DeliveryDigest::Quiet => {
            (false, headlines(situation, told))
        }
    };
    let count = if storylines { lines.len() } else { told.len().saturating_add(unkept) };
    lay_out(count, storylines, cause, lines)
}

fn lay_out(count: usize, storylines: bool, cause: DeliveryDigest, lines: Vec<String>) -> String {
    let noun = match (storylines, count) {
        (true, 1) => "storyline",
        (true, _) => "storylines",
        (false, 1) => "alert",
        (false, _) => "alerts",
    };
    let more = count.saturating_sub(lines.len().min(LINES_MAX));
    let first = format!("{count} {noun} · {}", why(cause));
    let last = (more > 0).then(|| format!("and {more} more"));
    let all = std::iter::once(first).chain(lines.into_iter().take(LINES_MAX)).chain(last);
    all.collect::<Vec<_>>().join("\n")
}

/// Every storyline a sink hears of as it stands: first those that are told of, then those of which there is nothing new.
fn standings(situation: &Situation<'_>, sink: &SinkId, told: &[&Gathered]) -> Vec<String> {
    let new: BTreeSet<&StorylineId> = told.iter().filter_map(|it| it.storyline.as_ref()).collect();
    let hears = |id: &StorylineId| situation.config.sinks.get(sink).is_some_and(|it| it.hears(Some(id)));
    standing_of(situation, hears, &new)
}

fn standing_of(
    situation: &Situation<'_>,
    hears: impl Fn(&StorylineId) -> bool,
    new: &BTreeSet<&StorylineId>,
) -> Vec<String> {
    let followed = situation.state.storylines.iter().filter(|(id, it)| !it.retired && hears(id));
    let mut all: Vec<_> = followed.collect();
    all.sort_by_key(|(id, _)| !new.contains(id));
    all.into_iter().map(|(id, it)| standing(id, it, situation)).collect()
}

/// Every storyline as it stands after first visits or a long stop, for whoever sits before the program; those in `new` come first.
pub fn as_they_stand(
    situation: &Situation<'_>,
    cause: DeliveryDigest,
    new: &BTreeSet<&StorylineId>,
) -> String {
    let lines = standing_of(situation, |_| true, new);
    lay_out(lines.len(), true, cause, lines)
}

fn headlines(situation: &Situation<'_>, told: &[&Gathered]) -> Vec<String> {
    let line = |it: &&Gathered| {
        let known = situation.state.alerts.get(&it.alert);
        let seen = known.is_some_and(|it| it.state == AlertState::Acknowledged);
        // The sentence of the stage that was gathered says more than its headline, where it still stands.
        let text = match known.filter(|known| known.kind == it.kind && known.headline == it.headline) {
            Some(known) => known.text.clone(),
            None => match &it.storyline {
                Some(storyline) => format!("{storyline} · {} · {}", kind_word(it.kind), it.headline),
                None => format!("{} · {}", kind_word(it.kind), it.headline),
            },
        };
        if seen { format!("{text} · seen") } else { text }
    };
    told.iter().map(line).collect()
}

pub(super) fn why(cause: DeliveryDigest) -> &'static str {
    match cause {
        DeliveryDigest::FirstRun => "as they stand at the first visit",
        DeliveryDigest::Stop => "as they stand after a long stop",
        DeliveryDigest::Window => "gathered",
        DeliveryDigest::Rate => "gathered, since more came than this sink takes one by one",
        DeliveryDigest::Storm => "gathered, since very many came at once",
        DeliveryDigest::Quiet => "gathered in the quiet hours",
    }
}

/// A reason as the log and the socket write it.
pub(super) fn word(cause: DeliveryDigest) -> &'static str {
    match cause {
        DeliveryDigest::FirstRun => "first_run",
        DeliveryDigest::Stop => "stop",
        DeliveryDigest::Window => "window",
        DeliveryDigest::Rate => "rate",
        DeliveryDigest::Storm => "storm",
        DeliveryDigest::Quiet => "quiet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_that_can_only_be_counted_are_counted() {
        let lines = vec!["one".to_owned(), "two".to_owned()];
        let text = lay_out(5, false, DeliveryDigest::Window, lines);
        assert_eq!(text, "5 alerts · gathered\none\ntwo\nand 3 more");
    }
}
