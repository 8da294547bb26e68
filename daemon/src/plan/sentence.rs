//! The sentence people read.
//!
//! `munich · scheduled → under way · Rubio and Vance arrive (confirmed: Reuters, DW) · since 10:40 · storyline explain #812`:
//! what it is about, what changed, the headline, how sure and who says so,
//! since when, and how to ask for more.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use storyline_config::StorylineId;
use storyline_store::{Development, DevelopmentState, Seq, StorylineState};

use super::stage::Stage;

/// Origins named in one sentence; the rest is counted.
const ORIGINS_NAMED: usize = 5;

/// The sentence for a stage that is recorded as `seq`.
pub(super) fn sentence(stage: &Stage, seq: Seq, now: Timestamp, zone: &TimeZone) -> String {
    let backing = stage.backing.as_ref().map(|(state, origins)| backing(*state, origins)).unwrap_or_default();
    let since = since(stage.since, now, zone);
    format!(
        "{} · {} · {}{backing} · since {since} · storyline explain {seq}",
        stage.subject, stage.what, stage.headline
    )
}

/// A storyline as it stands, for a digest: `munich · scheduled · Rubio to meet … (provisional: Reuters) · since 10:40`.
pub(super) fn standing(
    id: &StorylineId,
    storyline: &StorylineState,
    now: Timestamp,
    zone: &TimeZone,
) -> String {
    let phase = storyline.phase.words();
    let Some(latest) = storyline.latest() else {
        return format!("{id} · {phase} · nothing is reported yet");
    };
    let since = since(latest.at, now, zone);
    format!("{id} · {phase} · {}{} · since {since}", latest.headline, backing_of(latest))
}

fn backing_of(it: &Development) -> String {
    let origins: Vec<String> = it.origins.iter().map(|it| it.name.clone()).collect();
    backing(it.state, &origins)
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
fn since(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let recent = now.duration_since(at).abs() < SignedDuration::from_hours(24);
    let format = if recent { "%H:%M" } else { "%H:%M on %-d %b %Y" };
    local.strftime(format).to_string()
}
