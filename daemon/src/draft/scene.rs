//! What each sentence speaks of: who, where, when and what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use storyline_config::Pack;

use super::{
    Article, action,
    known::{Hit, Known},
    name::{self, Name, NameKind},
    sentence::{Sentence, cut},
};
use crate::detect::dates::{self, Mention};

/// Who or where: a pack, or a name the article brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// A pack by its name.
    Pack { pack: String, place: bool },
    /// A name by its place in [`Scenes::names`].
    Name(usize),
}

/// One sentence with what it speaks of.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) who: BTreeSet<Who>,
    /// Places where something is said to happen: "in Munich".
    pub(super) venues: BTreeSet<Who>,
    pub(super) kinds: BTreeMap<&'static str, BTreeSet<String>>,
    pub(super) dates: Vec<Mention>,
}

/// An article taken apart.
pub(super) struct Scenes<'a> {
    pub(super) sentences: Vec<Sentence<'a>>,
    pub(super) each: Vec<Scene>,
    pub(super) names: Vec<Name>,
}

impl<'a> Scenes<'a> {
    pub(super) fn of(
        article: &'a Article,
        actors: &BTreeMap<String, Pack>,
        places: &BTreeMap<String, Pack>,
    ) -> Self {
        let sentences = cut(article);
        let known = Known::new(actors, places, article.lang.as_deref());
        let hits: Vec<Vec<Hit>> = sentences.iter().map(|it| known.find(it)).collect();
        let names = name::find(&sentences, &hits, article.lang.as_deref());
        let scenes = sentences.iter().zip(&hits).enumerate();
        let scenes =
            scenes.map(|(at, (sentence, hits))| scene(article, sentence, at, hits, &names)).collect();
        Self { sentences, each: scenes, names }
    }

    /// How much is said of each, and in how many sentences.
    pub(super) fn weights(
        &self,
        of: impl Fn(&Scene) -> &BTreeSet<Who>,
        among: &BTreeSet<usize>,
    ) -> Vec<(Who, u32)> {
        let mut weights: BTreeMap<&Who, u32> = BTreeMap::new();
        for (scene, sentence) in
            among.iter().filter_map(|at| Some((self.each.get(*at)?, self.sentences.get(*at)?)))
        {
            for who in of(scene) {
                *weights.entry(who).or_default() += sentence.weight;
            }
        }
        let mut weights: Vec<(Who, u32)> =
            weights.into_iter().map(|(who, weight)| (who.clone(), weight)).collect();
        weights.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        weights
    }

    pub(super) fn all(&self) -> BTreeSet<usize> {
        (0..self.each.len()).collect()
    }

    pub(super) fn name(&self, who: &Who) -> Option<&Name> {
        match who {
            Who::Name(at) => self.names.get(*at),
            Who::Pack { .. } => None,
        }
    }

    /// Whether it is somewhere rather than somebody.
    pub(super) fn is_place(&self, who: &Who) -> bool {
        match who {
            Who::Pack { place, .. } => *place,
            Who::Name(_) => self.name(who).is_some_and(|it| it.kind == NameKind::Place),
        }
    }
}

fn scene(article: &Article, sentence: &Sentence<'_>, at: usize, hits: &[Hit], names: &[Name]) -> Scene {
    let mut who = BTreeSet::new();
    let mut venues = BTreeSet::new();
    for hit in hits {
        let it = Who::Pack { pack: hit.pack.clone(), place: hit.place };
        if hit.place && is_venue(sentence, hit.from) {
            venues.insert(it.clone());
        }
        // A dateline says where a report was written.
        if !(hit.place && dateline(sentence, hit.to)) {
            who.insert(it);
        }
    }
    for (index, name) in names.iter().enumerate().filter(|(_, it)| it.sentences.contains(&at)) {
        let found = sentence
            .text
            .find(&name.text)
            .and_then(|it| sentence.words.iter().position(|word| word.start == it));
        if name.kind == NameKind::Place && found.is_some_and(|it| is_venue(sentence, it)) {
            venues.insert(Who::Name(index));
        }
        let end = found.map(|it| it + name.text.split_whitespace().count());
        if !(name.kind == NameKind::Place && end.is_some_and(|it| dateline(sentence, it))) {
            who.insert(Who::Name(index));
        }
    }
    let dates = article.published.map_or_else(Vec::new, |published| {
        dates::mentions(sentence.text, published, &zone(article), article.lang.as_deref())
    });
    Scene { who, venues, kinds: action::told(sentence, article.lang.as_deref()), dates }
}

fn zone(article: &Article) -> TimeZone {
    article.tz.clone()
}

/// Characters of a dateline after its place.
const DATELINE_CHARS: usize = 40;

/// "RIYADH (Agency) - Officials …", "Lisbon, 3 May — …": the place a report was written at.
pub(super) fn dateline(sentence: &Sentence<'_>, to: usize) -> bool {
    let last = to.checked_sub(1).filter(|_| to <= 3).and_then(|it| sentence.words.get(it));
    let after = last.and_then(|it| sentence.text.get(it.end..)).unwrap_or_default();
    let after: String = after.chars().take(DATELINE_CHARS).collect();
    let dash = [" — ", " – ", " - "].iter().filter_map(|it| after.find(it)).min();
    let before = dash.and_then(|it| after.get(..it)).map(str::trim);
    // Nothing, an agency, or a date stands between the place and the dash.
    before.is_some_and(|it| it.is_empty() || it.starts_with(['(', ',']) && !it.contains('.'))
}

/// What a place is the subject of rather than the scene.
const SUBJECTS: &[&str] = &[
    "war",
    "conflict",
    "fighting",
    "crisis",
    "invasion",
    "situation",
    "peace",
    "interests",
    "troops",
    "aid",
    "violence",
    "bloodshed",
];

/// Whether something is said to happen there: "in Munich", but not "the war in Ukraine".
fn is_venue(sentence: &Sentence<'_>, from: usize) -> bool {
    let word = |back: usize| {
        from.checked_sub(back).and_then(|it| sentence.words.get(it)).map_or("", |it| it.lower.as_str())
    };
    let (near, before) = if word(1) == "the" { (word(2), word(3)) } else { (word(1), word(2)) };
    matches!(near, "in" | "at" | "near" | "outside" | "off" | "to" | "for" | "towards" | "across")
        && !SUBJECTS.contains(&before)
        && !(near == "to" && matches!(before, "support" | "aid" | "according" | "arms"))
}
