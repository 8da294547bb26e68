//! Which storylines an item belongs to, and what touched them.
//!
//! Every facet must be touched within the title and one sentence. Most items
//! touch nothing; for them this is one walk over their words and no more.

use std::collections::BTreeMap;

use storyline_store::{FacetTouched, Touch};

use super::{
    definitions::{Definitions, Variant},
    reading::Reading,
    step::Step,
    touch::{Field, Touched, Touching},
};

/// Bytes of touches kept as evidence, so that all of it stays within
/// [`EVIDENCE_BYTES_MAX`](storyline_config::limit::EVIDENCE_BYTES_MAX); every facet keeps one.
const TOUCHES_BYTES_MAX: usize = 1 << 10;
/// Characters kept of an alias.
const ALIAS_CHARS_MAX: usize = 24;
/// Bytes a touch takes besides its alias.
const TOUCH_BYTES: usize = 40;

/// That an item belongs to a storyline, and why.
#[derive(Debug, Clone)]
pub(super) struct Belonging {
    /// The storyline, as a place among the definitions' stories.
    pub(super) story: usize,
    pub(super) how: How,
    /// Whether the title alone touches every facet.
    pub(super) in_title: bool,
    /// Whether the item belongs to other storylines besides.
    pub(super) shared: bool,
    /// Whether some facet only says when something else takes place.
    pub(super) passing: bool,
    /// The words that touched it, as places in the reading.
    pub(super) places: Vec<usize>,
    /// How many facets it has.
    pub(super) facets: u8,
    /// What touched them, in the order of words.
    pub(super) touches: Vec<Touched>,
}

impl Belonging {
    /// Whether what a word names is the storyline's own: what stands in a sentence that tells of it, and where an item
    /// tells of several storylines, in a clause that names this one.
    pub(super) fn owns(&self, reading: &Reading, at: usize) -> bool {
        let Some(word) = reading.words.get(at) else { return false };
        let mut own = self.places.iter().filter_map(|it| reading.words.get(*it));
        if self.shared {
            return own.any(|it| it.clause == word.clause);
        }
        self.tells(reading, usize::from(word.sentence))
    }

    /// Its facets with what touched them, as evidence.
    pub(super) fn facets(&self, definitions: &Definitions) -> Vec<FacetTouched> {
        let mut bytes = 0;
        let mut of = |facet: u8| {
            let mut touched = Vec::new();
            for it in self.touches.iter().filter(|it| it.facet == Some(facet)) {
                let Some(alias) = definitions.alias(it.alias) else { continue };
                let alias = beginning(&alias.written, ALIAS_CHARS_MAX);
                if !touched.is_empty() && bytes + alias.len() + TOUCH_BYTES > TOUCHES_BYTES_MAX {
                    break;
                }
                bytes += alias.len() + TOUCH_BYTES;
                touched.push(Touch {
                    alias: alias.to_owned(),
                    field: it.field.as_str().to_owned(),
                    at: it.at,
                });
            }
            FacetTouched { facet: usize::from(facet), touched }
        };
        (0..self.facets).map(&mut of).collect()
    }

    /// Whether the storyline is recognised by a word, in a facet other than the masked ones: who or what is named there
    /// is of it from the start.
    pub(super) fn is_known_by(&self, at: usize, but: u32) -> bool {
        let masked = |it: &Touched| it.facet.is_some_and(|it| but & 1 << it != 0);
        let names = |it: &Touched| it.at == at && it.field.is_inside();
        self.places.contains(&at) && !self.touches.iter().any(|it| masked(it) && names(it))
    }

    /// Whether a sentence tells of the storyline: the title does, one that touches it, and the first where the title
    /// touches all of it.
    pub(super) fn tells(&self, reading: &Reading, sentence: usize) -> bool {
        let touched =
            |at: &usize| reading.words.get(*at).is_some_and(|it| usize::from(it.sentence) == sentence);
        sentence == 0 || sentence == 1 && self.in_title || self.places.iter().any(touched)
    }
}

/// How an item belongs, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    /// Title and one sentence touch every facet.
    Facets,
    /// One facet is only touched by a category, the address, or the feed's subject.
    Weak,
    /// Some facet only says when something else takes place, which another storyline has: "on the eve of talks".
    Passing,
    /// Every facet is touched, but nowhere together.
    Spread,
    /// Some facet is missing; the report it comes near was accepted.
    Joined,
    /// An exclusion forbids it.
    Vetoed,
    /// Some facet is missing.
    Partial,
}

/// How an item stands to some variants; of those of one storyline the surest counts.
pub(super) fn belongings(
    definitions: &Definitions,
    reading: &Reading,
    touching: &Touching,
    variants: &[usize],
) -> Vec<Belonging> {
    let (mut found, mut places): (Vec<Belonging>, BTreeMap<usize, usize>) = Default::default();
    for (variant, touches) in variants.iter().zip(touching.details(definitions, reading, variants)) {
        let Some(variant) = definitions.variants.get(*variant) else { continue };
        let it = belonging(definitions, reading, variant, touches);
        match places.get(&it.story).and_then(|place| found.get_mut(*place)) {
            Some(other) if it.how < other.how => *other = it,
            Some(_) => {}
            None => {
                places.insert(it.story, found.len());
                found.push(it);
            }
        }
    }
    found
}

fn belonging(
    definitions: &Definitions,
    reading: &Reading,
    variant: &Variant,
    touches: Vec<Touched>,
) -> Belonging {
    let mask = |wanted: &dyn Fn(&Touched) -> bool| -> u32 {
        touches
            .iter()
            .filter(|it| wanted(it))
            .filter_map(|it| it.facet)
            .fold(0, |mask, facet| mask | 1 << facet)
    };
    let title = mask(&|it| it.field == Field::Title);
    let all = mask(&|it| it.field.is_inside());
    let weak = mask(&|it| !it.field.is_inside());
    let last = touches.iter().map(|it| it.sentence).max().unwrap_or_default();
    let sentence = |at: usize| mask(&|it| it.field == Field::Text && it.sentence == at);
    let full = |mask: u32| variant.wanting(mask) == 0;
    let together = full(title) || (1..=last).any(|at| full(title | sentence(at)) && (title != 0 || at == 1));
    let nearly = |mask: u32| mask != 0 && full(mask | weak) && variant.wanting(mask) <= 1;
    let how = if definitions.rules.takes(Step::Veto) && is_vetoed(definitions, &touches) {
        How::Vetoed
    } else if together || (full(all) && !definitions.rules.takes(Step::Window)) {
        How::Facets
    } else if nearly(title) || (1..=last).any(|at| title != 0 && nearly(title | sentence(at))) {
        How::Weak
    } else if full(all) {
        How::Spread
    } else {
        How::Partial
    };
    let mut places: Vec<usize> =
        touches.iter().filter(|it| it.field.is_inside()).flat_map(|it| it.at..it.at + it.len).collect();
    places.sort_unstable();
    places.dedup();
    Belonging {
        story: variant.story,
        how,
        in_title: full(title),
        shared: false,
        passing: is_passing(definitions, reading, &touches, variant.facets),
        places,
        facets: variant.facets,
        touches,
    }
}

/// Whether all that touches some facet stands behind a word that says before what something else takes place.
fn is_passing(definitions: &Definitions, reading: &Reading, touches: &[Touched], facets: u8) -> bool {
    let table = &definitions.rules.table;
    let is_ahead = |it: &Touched| {
        let Some(word) = reading.words.get(it.at) else { return false };
        let before =
            reading.words.get(it.at.saturating_sub(table.relevance.ahead_words)..it.at).unwrap_or_default();
        let mut own = before.iter().filter(|other| other.clause == word.clause);
        own.any(|it| table.ahead.contains(&it.form.plain))
    };
    (0..facets).any(|facet| {
        let mut own = touches.iter().filter(|it| it.facet == Some(facet) && it.field.is_inside()).peekable();
        own.peek().is_some() && own.all(is_ahead)
    })
}

fn is_vetoed(definitions: &Definitions, touches: &[Touched]) -> bool {
    let none = || touches.iter().filter(|it| it.facet.is_none());
    none().any(|it| it.field == Field::Title) || none().count() >= definitions.rules.table.relevance.veto_hits
}

/// An umbrella yields to a child that has the item, and a storyline to another that the title names
/// with some of the same words, or instead of it, or that has all of its words and more; none where
/// the title alone touches all its facets. Only what is a digest is listed under several.
pub(super) fn yield_to_others(definitions: &Definitions, title_words: usize, found: &mut Vec<Belonging>) {
    // What many storylines are touched by is asked once: who is touched alike yields to others, not to each other.
    let mut sorts: Vec<&Belonging> = found.iter().collect();
    sorts.sort_by_key(|it| (&it.places, it.in_title, it.how));
    sorts.dedup_by_key(|it| (&it.places, it.in_title, it.how));
    let yields = |it: &Belonging| {
        let children = definitions.stories.get(it.story).map_or(&[][..], |story| &story.children);
        let is_child = |other: &Belonging| children.contains(&other.story) && other.how <= How::Weak;
        let yields_to_child = || !children.is_empty() && found.iter().any(is_child);
        // A child is what its umbrella is about.
        let is_above = |other: &Belonging| is_above(definitions, other.story, it.story);
        !it.in_title
            && (sorts.iter().any(|other| !is_above(other) && yields_to(it, other, title_words))
                || yields_to_child())
    };
    let mut yielding = found.iter().map(yields).collect::<Vec<bool>>().into_iter();
    found.retain(|_| !yielding.next().unwrap_or_default());
}

/// Whether a storyline is the umbrella of another, or of its umbrella.
fn is_above(definitions: &Definitions, above: usize, story: usize) -> bool {
    let children = definitions.stories.get(above).map_or(&[][..], |it| &it.children);
    children.contains(&story) || children.iter().any(|it| is_above(definitions, *it, story))
}

/// Whether a storyline yields to another for the words that touch both.
fn yields_to(it: &Belonging, other: &Belonging, title_words: usize) -> bool {
    let shares = || it.places.iter().any(|place| other.places.contains(place));
    let named = || it.places.iter().any(|place| *place < title_words);
    let within =
        || other.places.len() > it.places.len() && it.places.iter().all(|place| other.places.contains(place));
    other.how == How::Facets && (other.in_title && (!named() || shares()) || within())
}

/// A text that goes from one storyline to the next, and whose title names none, is a digest.
pub(super) fn spread_digests(reading: &Reading, found: &mut [Belonging]) {
    let in_text = |it: &Belonging| it.places.iter().all(|place| *place >= reading.title_words);
    if found.len() < 2 || !found.iter().all(in_text) {
        return;
    }
    let mut places: Vec<&Vec<usize>> = found.iter().map(|it| &it.places).collect();
    places.sort_unstable();
    places.dedup();
    // What no word touches is apart from everything.
    let apart = |a: &[usize], b: &[usize]| a.iter().all(|place| !b.contains(place));
    if places.iter().any(|a| places.iter().any(|b| apart(a, b))) {
        for it in found {
            it.how = How::Spread;
        }
    }
}

/// What only says when something takes place that another storyline has, is told by the way.
pub(super) fn pass_by(found: &mut [Belonging]) {
    let own = |it: &Belonging| it.how <= How::Weak && !it.passing;
    if found.iter().any(own) {
        found.iter_mut().filter(|it| it.how <= How::Weak && it.passing).for_each(|it| it.how = How::Passing);
    }
}

/// The first characters of a text.
pub(super) fn beginning(text: &str, chars: usize) -> &str {
    let end = text.char_indices().nth(chars).map_or(text.len(), |it| it.0);
    text.get(..end).unwrap_or_default()
}
