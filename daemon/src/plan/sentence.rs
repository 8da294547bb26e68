//! The sentence people read.
//!
//! `munich · scheduled → under way · Rubio and Vance arrive (confirmed: Reuters, DW) · since 10:40 · storyline explain #812`:
//! what it is about, what changed, the headline, how sure and who says so,
//! since when, and how to ask for more.

use jiff::{SignedDuration, Timestamp};
use storyline_config::{Config, FeedId, StorylineId};
use storyline_store::{Development, DevelopmentState, Seq, StorylineState};

use super::{Situation, stage::Stage};

/// Origins named in one sentence; the rest is counted.
const ORIGINS_NAMED: usize = 5;

/// The sentence for a stage that is recorded as `seq`.
pub(super) fn sentence(stage: &Stage, seq: Seq, situation: &Situation<'_>) -> String {
    let development = behind(stage, situation);
    let backing = match (&stage.backing, development) {
        (Some((state, _)), Some(it)) => backing(*state, &voices(it, situation.config)),
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
    let (since, backing) = (since(latest.at, situation), backing_of(latest, situation.config));
    format!("{id} · {phase} · {}{backing} · since {since}", latest.headline)
}

/// How sure a development is and who stands behind it: ` (confirmed: Reuters, DW)`.
pub(super) fn backing_of(it: &Development, config: &Config) -> String {
    backing(it.state, &voices(it, config))
}

/// Who stands behind a development, as people know them.
fn voices(it: &Development, config: &Config) -> Vec<String> {
    it.origins.iter().map(|origin| voice(it, &origin.name, config)).collect()
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

/// A time of the last 24 hours by the clock alone; an older one says its day too.
pub(super) fn since(at: Timestamp, situation: &Situation<'_>) -> String {
    let local = situation.zone.to_datetime(at);
    let recent = situation.now.duration_since(at).abs() < SignedDuration::from_hours(24);
    let format = if recent { "%H:%M" } else { "%H:%M on %-d %b %Y" };
    local.strftime(format).to_string()
}
