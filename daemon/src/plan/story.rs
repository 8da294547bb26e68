//! What stands under the sentence: who says so, since when, what was known before, and how to ask.
//!
//! A planned document carries these parts as its `story`, so that every sink lays
//! out the same words in its own way, and as the lines of its `text`.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use storyline_config::{Config, FeedId, Phase};
use storyline_store::{AlertKind, Development, Fact, Seq, StorylineState};

use super::{
    Situation,
    sentence::{backing_of, behind, names, since, voice},
    stage::{Stage, fact_word},
};

/// Voices named under one sentence; the rest is counted.
const VOICES_NAMED: usize = 8;

/// The parts of an alert, for whoever lays it out: in a message, in a mail, on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// The sentence: what it is about, what changed, the headline, who says so, since when, how to ask.
    pub sentence: String,
    /// Who says so, first come first.
    pub said_by: Vec<Voice>,
    /// How many more say so who are not named.
    #[serde(default, skip_serializing_if = "is_none")]
    pub more: usize,
    /// Since when, in the reader's zone, with its day.
    pub since: String,
    /// What was known before, where anything was.
    pub before: Option<String>,
    /// The command that says why.
    pub ask: String,
}

/// Someone who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// The outlet, agency or party.
    pub name: String,
    /// The page that says it.
    pub url: Option<String>,
}

impl Story {
    /// Reads the parts out of a planned document; none where it is a digest, or of an earlier version.
    pub fn of(body: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            story: Option<Story>,
        }
        serde_json::from_str::<Document>(body).ok()?.story
    }

    /// The sentence, and each part under it on a line of its own.
    pub fn text(&self) -> String {
        let voice = |it: &Voice| match &it.url {
            Some(url) => format!("{}: {url}", it.name),
            None => it.name.clone(),
        };
        let mut lines = vec![self.sentence.clone()];
        lines.extend(self.under(str::to_owned, voice));
        lines.join("\n")
    }

    /// The parts under the sentence, a line each; `voice` lays out who says so, and `text` everything else.
    pub fn under(&self, text: impl Fn(&str) -> String, voice: impl Fn(&Voice) -> String) -> Vec<String> {
        let mut lines: Vec<String> = self.said_by.iter().map(voice).collect();
        lines.extend(self.more_say_so().map(|it| text(&it)));
        lines.push(text(&format!("since {}", self.since)));
        lines.extend(self.before.iter().map(|it| text(&format!("before: {it}"))));
        lines.push(text(&format!("why: {}", self.ask)));
        lines
    }

    /// The line that counts those who are not named, where there are any.
    pub fn more_say_so(&self) -> Option<String> {
        (self.more > 0).then(|| format!("and {} more", self.more))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(more: &usize) -> bool {
    *more == 0
}

/// The parts of a stage whose sentence is recorded as `seq`.
pub(super) fn story(stage: &Stage, sentence: &str, seq: Seq, situation: &Situation<'_>) -> Story {
    let development = behind(stage, situation);
    let mut said_by = development.map(|it| said_by(stage, it, situation.config)).unwrap_or_default();
    let more = said_by.len().saturating_sub(VOICES_NAMED);
    said_by.truncate(VOICES_NAMED);
    Story {
        sentence: sentence.to_owned(),
        said_by,
        more,
        since: day_and_time(stage.since, situation.zone),
        before: before(stage, development, situation),
        ask: format!("storyline explain {seq}"),
    }
}

/// A time with its day, as people read it.
pub(super) fn day_and_time(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M on %a %-d %b %Y").to_string()
}

/// Those behind a stage of a development, each once, with the first page of each.
fn said_by(stage: &Stage, it: &Development, config: &Config) -> Vec<Voice> {
    let own = |feed: &FeedId, origin: &str| config.feeds.get(feed).is_some_and(|it| it.family == origin);
    let voice = |origin: &str| {
        // The house's own page comes before that of whoever carried its words.
        let mut theirs: Vec<_> =
            stage.reports(Some(it)).filter(|it| it.origin == origin && it.url.is_some()).collect();
        theirs.sort_by_key(|it| !own(&it.feed, origin));
        Voice { name: voice(it, origin, config), url: theirs.first().and_then(|it| it.url.clone()) }
    };
    let mut all: Vec<Voice> = Vec::new();
    for it in names(stage, it).map(voice) {
        if !all.iter().any(|known| known.name == it.name) {
            all.push(it);
        }
    }
    all
}

/// What was known before this stage: the stage told earlier, what is denied, the value or the phase before, or the last news.
fn before(stage: &Stage, of: Option<&Development>, situation: &Situation<'_>) -> Option<String> {
    if let Some(told) = situation.state.alerts.get(&stage.alert) {
        return Some(format!("{} · told at {}", core(&told.text), since(told.at, situation)));
    }
    let storyline = situation.state.storylines.get(stage.storyline.as_ref()?)?;
    match stage.kind {
        AlertKind::Disputed => {
            let denied = of.and_then(|it| it.disputes).and_then(|id| storyline.development(id));
            denied.map(|it| standing(None, it, situation)).or_else(|| last(stage, storyline, of, situation))
        }
        AlertKind::Fact => value(storyline, of).or_else(|| last(stage, storyline, of, situation)),
        AlertKind::Overdue => {
            let expected = storyline.expectations.iter().rev().find(|it| it.what == stage.headline)?;
            let last = expected.date.strftime("%a %-d %b %Y");
            let day = match expected.from {
                Some(first) => format!("{} to {last}", first.strftime("%a %-d %b")),
                None => last.to_string(),
            };
            Some(match of {
                Some(it) => format!("expected for {day} · {}", standing(None, it, situation)),
                None => format!("expected for {day}"),
            })
        }
        _ => last(stage, storyline, of, situation),
    }
}

/// A sentence without what it is about, since when and how to ask.
fn core(sentence: &str) -> &str {
    let after = sentence.split_once(" · ").map_or(sentence, |(_, rest)| rest);
    after.rsplit_once(" · since ").map_or(after, |(core, _)| core)
}

/// The last other value that was known of the same things.
fn value(storyline: &StorylineState, of: Option<&Development>) -> Option<String> {
    let of = of?;
    let new: Vec<&Fact> = storyline.facts.iter().filter(|it| it.development == of.id).collect();
    let earlier =
        |fact: &&Fact| storyline.facts.iter().rev().find(|it| it.key == fact.key && it.development != of.id);
    let mut known: Vec<String> = Vec::new();
    for it in new.iter().filter_map(earlier) {
        let fact = format!("{} {}", fact_word(it.key), it.value);
        if !known.contains(&fact) {
            known.push(fact);
        }
    }
    (!known.is_empty()).then(|| known.join(", "))
}

/// The news before a development, and the phase that was left.
fn last(
    stage: &Stage,
    storyline: &StorylineState,
    of: Option<&Development>,
    situation: &Situation<'_>,
) -> Option<String> {
    let earlier = storyline
        .developments
        .iter()
        .rev()
        .map(AsRef::as_ref)
        .find(|it| !it.dropped && of.is_none_or(|of| it.id != of.id && it.at <= of.at));
    match (earlier, stage.left) {
        (Some(it), phase) => Some(standing(phase, it, situation)),
        (None, Some(Phase::None) | None) if of.is_some() => Some("nothing was reported".to_owned()),
        (None, phase) => phase.map(|it| it.words().to_owned()),
    }
}

fn standing(phase: Option<Phase>, it: &Development, situation: &Situation<'_>) -> String {
    let phase = phase.map(|it| format!("{} · ", it.words())).unwrap_or_default();
    let backing = backing_of(it, situation.config);
    format!("{phase}{}{backing} · since {}", it.headline, since(it.at, situation))
}
