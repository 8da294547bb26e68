//! The sentence people read.
//!
//! `munich · scheduled → under way · Rubio and Vance arrive (confirmed: Reuters, DW) · since 10:40 · storyline explain #812`:
//! what it is about, what changed, the headline, how sure and who says so,
//! since when, and how to ask for more.

use jiff::Timestamp;
use storyline_config::{Config, FeedId, StorylineId};
use storyline_store::{Development, DevelopmentState, Said, Seq, StorylineState};

use super::{
    Situation,
    stage::{Stage, state_of_phase},
};

/// Origins named in one sentence; the rest is counted.
const ORIGINS_NAMED: usize = 5;

/// The sentence for a stage that is recorded as `seq`.
pub(super) fn sentence(stage: &Stage, seq: Seq, situation: &Situation<'_>) -> String {
    let development = behind(stage, situation);
    let backing = match (&stage.backing, development) {
        (Some((state, _)), Some(it)) => {
            backing(*state, &distinct(names(stage, it).map(|name| voice(it, name, situation.config))))
        }
        (Some((state, origins)), None) => backing(*state, origins),
        (None, _) => String::new(),
    };
    let since = since(stage.since, situation);
    format!(
        "{} · {} · {}{backing} · since {since} · storyline explain {seq}",
        stage.subject, stage.what, stage.headline
    )
}

/// The development that a stage is about, or that set what it says is overdue.
pub(super) fn behind<'a>(stage: &Stage, situation: &Situation<'a>) -> Option<&'a Development> {
    let storyline = situation.state.storylines.get(stage.storyline.as_ref()?)?;
    let expected = || storyline.expectations.iter().rev().find(|it| it.what == stage.headline);
    storyline.development(stage.development.or_else(|| Some(expected()?.development))?)
}

/// A storyline as it stands, for a digest: `munich · scheduled · Rubio to meet … (provisional: Reuters) · since 10:40`.
pub(super) fn standing(id: &StorylineId, storyline: &StorylineState, situation: &Situation<'_>) -> String {
    let phase = storyline.phase.words();
    let Some(latest) = storyline.latest() else {
        return format!("{id} · {phase} · nothing is reported yet");
    };
    // What moved the phase last is told, where it is a later report of what is older.
    let said = storyline.phase_said.as_ref().filter(|it| it.report.at >= latest.at);
    if let Some((Said { report, .. }, by)) =
        said.and_then(|it| Some((it, storyline.development(it.development)?)))
    {
        let backing = backing(state_of_phase(storyline), &[voice(by, &report.origin, situation.config)]);
        return format!("{id} · {phase} · {}{backing} · since {}", report.title, since(report.at, situation));
    }
    let (since, backing) = (since(latest.at, situation), backing_of(latest, situation.config));
    format!("{id} · {phase} · {}{backing} · since {since}", latest.headline)
}

/// How sure a development is and who stands behind it: ` (confirmed: Reuters, DW)`.
pub(super) fn backing_of(it: &Development, config: &Config) -> String {
    backing(it.state, &voices(it, config))
}

/// Who stands behind a development, as people know them.
fn voices(it: &Development, config: &Config) -> Vec<String> {
    distinct(it.origins.iter().map(|origin| voice(it, &origin.name, config)))
}

/// The origins that stand behind a stage of a development: all of it, or the one that said this.
pub(super) fn names<'a>(stage: &'a Stage, it: &'a Development) -> impl Iterator<Item = &'a str> {
    let all = it.origins.iter().filter(|_| stage.said.is_none()).map(|it| it.name.as_str());
    stage.said.iter().map(|it| it.origin.as_str()).chain(all)
}

/// Each name once, in its first place: a house may stand behind the same news as itself and by its family.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for it in names {
        if !all.contains(&it) {
            all.push(it);
        }
    }
    all
}

/// An origin as people know it: of an owner family, the outlet that said so first.
pub(super) fn voice(it: &Development, origin: &str, config: &Config) -> String {
    let own = |feed: &FeedId| config.feeds.get(feed).is_some_and(|it| it.family == origin);
    let report = it.reports.iter().find(|it| it.origin == origin && own(&it.feed));
    let house = || config.feeds.values().find(|it| it.family == origin).map(|it| it.outlet.as_str());
    report.map(|it| it.outlet.as_str()).or_else(house).unwrap_or(origin).to_owned()
}

fn backing(state: DevelopmentState, origins: &[String]) -> String {
    let state = state_word(state);
    let named = origins.iter().take(ORIGINS_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match origins.len().saturating_sub(ORIGINS_NAMED) {
        0 if named.is_empty() => format!(" ({state})"),
        0 => format!(" ({state}: {named})"),
        more => format!(" ({state}: {named} and {more} more)"),
    }
}

/// How sure a development is, as people read it.
pub(super) fn state_word(state: DevelopmentState) -> &'static str {
    match state {
        DevelopmentState::Provisional => "provisional",
        DevelopmentState::Confirmed => "confirmed",
        DevelopmentState::Disputed => "disputed",
    }
}

/// A time of today by the clock alone; any other says its day too.
pub(super) fn since(at: Timestamp, situation: &Situation<'_>) -> String {
    let [local, now] = [at, situation.now].map(|it| situation.zone.to_datetime(it));
    let format = if local.date() == now.date() { "%H:%M" } else { "%H:%M on %-d %b %Y" };
    local.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_that_stands_behind_it_twice_is_named_once() {
        let names = ["Post", "Wire", "Post"].map(str::to_owned);
        assert_eq!(distinct(names.into_iter()), ["Post", "Wire"]);
    }
}
