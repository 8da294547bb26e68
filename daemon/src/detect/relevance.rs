//! Which storylines an item belongs to, and what touched them.
//!
//! Every facet must be touched within the title and one sentence. Most items
//! touch nothing; for them this is one walk over their words and no more.

use storyline_store::{FacetTouched, Touch};

use super::{
    definitions::{Definitions, Target, Variant},
    reading::Reading,
    rules::Step,
    trie::Hit,
};

/// That an item belongs to a storyline, and why.
#[derive(Debug, Clone)]
pub(super) struct Belonging {
    /// The storyline, as a place among the definitions' stories.
    pub(super) story: usize,
    pub(super) variant: usize,
    pub(super) how: How,
    /// Whether the title alone touches every facet.
    pub(super) in_title: bool,
    /// The words that touched it, as places in the reading.
    pub(super) places: Vec<usize>,
    pub(super) facets: Vec<FacetTouched>,
}

/// How an item belongs, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    /// Title and one sentence touch every facet.
    Facets,
    /// One facet is only touched by a category, the address, or the feed's subject.
    Weak,
    /// Every facet is touched, but nowhere together.
    Spread,
    /// Some facet is missing; the report it comes near was accepted.
    Joined,
    /// An exclusion forbids it.
    Vetoed,
    /// Some facet is missing.
    Partial,
}

/// One alias that touched a facet, or an exclusion.
#[derive(Debug, Clone, Copy)]
struct Touched {
    /// None: an exclusion.
    facet: Option<usize>,
    alias: u32,
    hit: Hit,
    sentence: usize,
    field: Field,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Text,
    Category,
    Url,
    About,
}

impl Field {
    fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Category => "category",
            Self::Url => "url",
            Self::About => "about",
        }
    }
}

/// What else an item carries that says what it is about.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) categories: Reading,
    pub(super) url: Reading,
    /// Aliases its feed grants.
    pub(super) granted: Vec<u32>,
}

/// Everything an item touches, by storyline; those it belongs to come with [`How`] up to `Spread`.
pub(super) fn touched(
    definitions: &Definitions,
    reading: &Reading,
    lang: Option<&str>,
    surroundings: impl FnOnce() -> Surroundings,
) -> Vec<Belonging> {
    let hits = definitions.find(reading);
    let masks = masks(definitions, &hits, lang);
    if masks.is_empty() {
        return Vec::new();
    }
    let wanting = masks.iter().any(|(variant, mask)| !is_full(&definitions.variants[*variant], *mask));
    let around = if wanting && definitions.rules.takes(Step::WeakEvidence) {
        surroundings()
    } else {
        Surroundings::default()
    };
    let categories = definitions.find(&around.categories);
    let url = definitions.find(&around.url);
    let mut found: Vec<Belonging> = Vec::new();
    for (variant, _) in masks {
        let mut touches = details(definitions, variant, &hits, |hit| {
            let sentence = reading.words.get(hit.at).map_or(0, |it| usize::from(it.sentence));
            (sentence, if hit.at < reading.title_words { Field::Title } else { Field::Text })
        });
        touches.extend(details(definitions, variant, &categories, |_| (0, Field::Category)));
        touches.extend(details(definitions, variant, &url, |_| (0, Field::Url)));
        touches.extend(granted(definitions, variant, &around.granted));
        let it = belonging(definitions, variant, &touches);
        match found.iter_mut().find(|other| other.story == it.story) {
            Some(other) if it.how < other.how => *other = it,
            Some(_) => {}
            None => found.push(it),
        }
    }
    found
}

/// Which facets are touched, a bit each, by variant; variants that are not touched are left out.
fn masks(definitions: &Definitions, hits: &[Hit], lang: Option<&str>) -> Vec<(usize, u32)> {
    if hits.is_empty() {
        return Vec::new();
    }
    let mut masks = vec![0_u32; definitions.variants.len()];
    for target in hits.iter().flat_map(|it| definitions.aliases_of(*it)).flat_map(|(_, alias)| &alias.targets)
    {
        if let Target::Facet { variant, facet } = target
            && let Some(mask) = masks.get_mut(*variant)
        {
            *mask |= 1 << facet;
        }
    }
    let speaks = |it: usize| definitions.variants.get(it).is_some_and(|it| it.speaks(lang));
    masks.into_iter().enumerate().filter(|(variant, mask)| *mask != 0 && speaks(*variant)).collect()
}

fn is_full(variant: &Variant, mask: u32) -> bool {
    mask.count_ones() as usize >= variant.facets
}

fn details(
    definitions: &Definitions,
    variant: usize,
    hits: &[Hit],
    place: impl Fn(&Hit) -> (usize, Field),
) -> Vec<Touched> {
    let mut out = Vec::new();
    for hit in hits {
        let (sentence, field) = place(hit);
        for (alias, compiled) in definitions.aliases_of(*hit) {
            for facet in compiled.targets.iter().filter_map(|it| facet_of(*it, variant)) {
                out.push(Touched { facet, alias, hit: *hit, sentence, field });
            }
        }
    }
    out
}

fn granted(definitions: &Definitions, variant: usize, aliases: &[u32]) -> Vec<Touched> {
    let hit = Hit { leaf: 0, at: 0, len: 0 };
    let each = aliases.iter().filter_map(|it| Some((*it, definitions.alias(*it)?)));
    let facets = each.flat_map(|(alias, it)| {
        it.targets.iter().filter_map(move |it| Some((alias, facet_of(*it, variant)??)))
    });
    facets
        .map(|(alias, facet)| Touched { facet: Some(facet), alias, hit, sentence: 0, field: Field::About })
        .collect()
}

/// The facet of a variant that a target means, none within for an exclusion.
fn facet_of(target: Target, wanted: usize) -> Option<Option<usize>> {
    match target {
        Target::Facet { variant, facet } if variant == wanted => Some(Some(facet)),
        Target::None { variant } if variant == wanted => Some(None),
        Target::Facet { .. } | Target::None { .. } | Target::Pack(_) => None,
    }
}

fn belonging(definitions: &Definitions, variant: usize, touches: &[Touched]) -> Belonging {
    let compiled = &definitions.variants[variant];
    let mask = |wanted: &dyn Fn(&Touched) -> bool| -> u32 {
        touches
            .iter()
            .filter(|it| wanted(it))
            .filter_map(|it| it.facet)
            .fold(0, |mask, facet| mask | 1 << facet)
    };
    let title = mask(&|it| it.field == Field::Title);
    let inside = |it: &Touched| matches!(it.field, Field::Title | Field::Text);
    let all = mask(&inside);
    let last = touches.iter().map(|it| it.sentence).max().unwrap_or_default();
    let sentence = |at: usize| mask(&|it| it.field == Field::Text && it.sentence == at);
    let weak = mask(&|it| !inside(it));
    let full = |mask: u32| is_full(compiled, mask);
    let together = full(title) || (1..=last).any(|at| full(title | sentence(at)) && (title != 0 || at == 1));
    let nearly =
        |mask: u32| mask != 0 && full(mask | weak) && mask.count_ones() as usize + 1 >= compiled.facets;
    let how = if definitions.rules.takes(Step::Veto) && is_vetoed(definitions, touches) {
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
    let places =
        touches.iter().filter(|it| inside(it)).flat_map(|it| it.hit.at..it.hit.at + it.hit.len).collect();
    Belonging {
        story: compiled.story,
        variant,
        how,
        in_title: full(title),
        places,
        facets: evidence(definitions, compiled, touches),
    }
}

fn is_vetoed(definitions: &Definitions, touches: &[Touched]) -> bool {
    let mut none = touches.iter().filter(|it| it.facet.is_none());
    none.clone().any(|it| it.field == Field::Title)
        || none.by_ref().count() >= definitions.rules.table.relevance.veto_hits
}

/// Touches kept of one facet as evidence.
const TOUCHES_MAX: usize = 3;

fn evidence(definitions: &Definitions, variant: &Variant, touches: &[Touched]) -> Vec<FacetTouched> {
    let of = |facet: usize| {
        let mine = touches.iter().filter(|it| it.facet == Some(facet)).take(TOUCHES_MAX);
        let touched = mine.filter_map(|it| {
            let alias = definitions.alias(it.alias)?.written.clone();
            Some(Touch { alias, field: it.field.as_str().to_owned(), at: it.hit.at })
        });
        FacetTouched { facet, touched: touched.collect() }
    };
    (0..variant.facets).map(of).collect()
}

/// An umbrella yields to a child that has the item, and a storyline to another that the title names
/// where no word of the title is its own; neither where the title alone touches all its facets.
pub(super) fn yield_to_others(definitions: &Definitions, reading: &Reading, found: &mut Vec<Belonging>) {
    let all = found.clone();
    found.retain(|it| {
        let children = definitions.stories.get(it.story).map_or(&[][..], |story| &story.children);
        let yields_to = |other: &Belonging| {
            let of_other = |place: &&usize| other.places.contains(place);
            let in_title = |place: &&usize| **place < reading.title_words;
            let has_none = || it.places.iter().filter(in_title).all(|place| of_other(&place));
            let shares = || it.places.iter().any(|place| of_other(&place));
            children.contains(&other.story) && other.how <= How::Weak
                || other.in_title && other.how == How::Facets && shares() && has_none()
        };
        it.in_title || !all.iter().any(|other| other.story != it.story && yields_to(other))
    });
}
