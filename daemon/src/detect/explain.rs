//! Why an item belongs to a storyline or does not, for people.

use jiff::Timestamp;
use serde::Serialize;
use storyline_config::StorylineId;
use storyline_store::{FacetTouched, Item, Nearest, Relation};

use super::{
    case::Case,
    definitions::Definitions,
    judge::{belonging, hear},
    memory::Memory,
    relevance::{Belonging, How, belongings},
};

/// Why an item belongs to one storyline, or does not.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The storyline.
    pub storyline: StorylineId,
    /// Whether the item belongs to it.
    pub relevant: bool,
    /// What decided, in words.
    pub why: String,
    /// Every facet with what touched it; nothing where it is missing.
    pub facets: Vec<FacetTouched>,
    /// The nearest development, where one was compared with.
    pub nearest: Option<Nearest>,
    /// How it relates to what was known, where it belongs.
    pub relation: Option<Relation>,
    /// Who it comes from, where it belongs.
    pub origin: Option<String>,
    /// The version of the rules that decide.
    pub rule_version: u32,
}

/// What every storyline makes of an item, in the order of their names.
pub fn explain(definitions: &Definitions, memory: &Memory, item: &Item, now: Timestamp) -> Vec<Explanation> {
    // All of it is explained, whatever of it was news.
    let item = &Item { revision: false, ..item.clone() };
    let Some(heard) = hear(definitions, memory, item) else { return Vec::new() };
    let touching = heard.touching();
    let belongs = belonging(&heard, memory, &touching);
    let all: Vec<usize> =
        (0..definitions.variants.len()).filter(|it| touching.touches(definitions, *it)).collect();
    let found = belongings(definitions, &heard.reading, &touching, &all);
    let explained = |(place, story): (usize, &super::definitions::Story)| {
        let mine = belongs.iter().find(|it| it.story == place);
        let judged = mine.and_then(|it| Case::of(&heard, memory, it, &touching)).map(|it| it.judge(now));
        let touched = mine.or_else(|| found.iter().find(|it| it.story == place));
        let missed = || missing(touched, mine.is_none());
        Explanation {
            storyline: story.id.clone(),
            relevant: judged.is_some(),
            why: judged.as_ref().map_or_else(missed, |it| it.evidence.why.clone()),
            facets: touched.map_or_else(|| nothing(definitions, place), |it| it.facets.clone()),
            nearest: judged.as_ref().and_then(|it| it.evidence.nearest.clone()),
            relation: judged.as_ref().map(|it| it.relation),
            origin: judged.map(|it| it.evidence.origin),
            rule_version: definitions.rules.table.version,
        }
    };
    definitions.stories.iter().enumerate().map(explained).collect()
}

fn nothing(definitions: &Definitions, story: usize) -> Vec<FacetTouched> {
    let variants = definitions.stories.get(story).map_or(0..0, |it| it.variants.clone());
    let first = definitions.variants.get(variants.start).filter(|_| !variants.is_empty());
    let facets = first.map_or(0, |it| usize::from(it.facets));
    (0..facets).map(|facet| FacetTouched { facet, touched: Vec::new() }).collect()
}

/// What keeps an item from a storyline.
fn missing(touched: Option<&Belonging>, apart: bool) -> String {
    let Some(it) = touched else { return "no facet is touched".to_owned() };
    match it.how {
        How::Vetoed => "an exclusion of the storyline forbids it".to_owned(),
        How::Facets | How::Weak | How::Spread if apart => {
            "its facets are touched, but a storyline beside it has the item".to_owned()
        }
        How::Facets | How::Weak | How::Spread | How::Joined | How::Partial => {
            let missing: Vec<String> = it
                .facets
                .iter()
                .filter(|it| it.touched.is_empty())
                .map(|it| (it.facet + 1).to_string())
                .collect();
            match missing.as_slice() {
                [] => "its facets are touched too far from each other".to_owned(),
                [one] => format!("facet {one} is missing"),
                many => format!("facets {} are missing", many.join(", ")),
            }
        }
    }
}
