//! Why an item belongs to a storyline or does not, for people.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use storyline_config::{Alias, Config, StorylineId};
use storyline_store::{DevelopmentId, Evidence, FacetTouched, Item, Nearest, Relation, Touch};

use super::{
    case::Case,
    definitions::Definitions,
    judge::{Heard, belonging, hear, near_to_join},
    judgement::Judgement,
    memory::Memory,
    relevance::{Belonging, How, belongings},
    rules::shipped,
    touch::Touching,
};

/// Names told of a facet that nothing touched.
const NAMES_TOLD: usize = 8;

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
    pub facets: Vec<FacetExplained>,
    /// The nearest development, where one was compared with.
    pub nearest: Option<Nearest>,
    /// Everything it was compared with, every score against its threshold.
    pub compared: Vec<Compared>,
    /// How it relates to what was known, where it belongs.
    pub relation: Option<Relation>,
    /// What it denies or corrects, where it does.
    pub disputes: Option<Disputed>,
    /// Whether so much of it is taken from elsewhere that it counts as half an origin.
    pub half: bool,
    /// Who it comes from, where it belongs.
    pub origin: Option<String>,
    /// How that is known.
    pub origin_why: Option<String>,
    /// The version of the rules that decide.
    pub rule_version: u32,
    /// Whether facets that are not touched keep it from belonging, and nothing else.
    #[serde(skip)]
    lacks: bool,
}

/// A development that is denied or corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disputed {
    /// The development.
    pub development: DevelopmentId,
}

/// A facet with what touched it, and what would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetExplained {
    /// Its place among the storyline's facets, from 0.
    pub facet: usize,
    /// What touched it; empty where it is missing.
    pub touched: Vec<Touch>,
    /// The aliases that touch it, as the definition writes them.
    pub names: Vec<String>,
}

/// A score, and from where on it decides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// `sameness` with a known development, `copied` words of a known report, `background`: how much it reads like that,
    /// or `join`: nearness to a report for an item that misses a facet.
    pub what: &'static str,
    /// The development that was compared with.
    pub development: Option<DevelopmentId>,
    /// Its headline, as far as it is remembered.
    pub headline: Option<String>,
    /// The score.
    pub score: f64,
    /// From where on it decides.
    pub threshold: f64,
}

/// What every storyline makes of an item, in the order of their names.
pub fn explain(definitions: &Definitions, memory: &Memory, item: &Item, now: Timestamp) -> Vec<Explanation> {
    // All of it is explained, whatever of it was news.
    let item = &Item { revision: false, ..item.clone() };
    let Some(heard) = hear(definitions, memory, item) else { return Vec::new() };
    let touching = heard.touching();
    let belongs = belonging(&heard, &touching);
    let all: Vec<usize> =
        (0..definitions.variants.len()).filter(|it| touching.touches(definitions, *it)).collect();
    let found = belongings(definitions, &heard.reading, &touching, &all);
    let explained = |place: usize| {
        let mine = belongs.iter().find(|it| it.story == place);
        let judged = mine.and_then(|it| Case::of(&heard, it, &touching)).map(|it| it.judge(now));
        match judged {
            Some(judged) => accepted(definitions, memory, mine, judged),
            None => {
                refused(&heard, memory, &touching, &belongs, found.iter().find(|it| it.story == place), place)
            }
        }
    };
    (0..definitions.stories.len()).filter_map(explained).collect()
}

/// What was compared when an item was accepted, as far as its evidence tells.
pub fn compared(evidence: &Evidence) -> Vec<Compared> {
    let sameness = evidence.nearest.iter().map(|it| Compared {
        what: "sameness",
        development: Some(it.development),
        headline: None,
        score: it.score,
        threshold: it.threshold,
    });
    let copied = evidence.copied.iter().map(|share| Compared {
        what: "copied",
        development: None,
        headline: None,
        score: *share,
        threshold: shipped().copy.containment,
    });
    let background = evidence.background.iter().map(|score| Compared {
        what: "background",
        development: None,
        headline: None,
        score: *score,
        threshold: shipped().background_threshold,
    });
    copied.chain(background).chain(sameness).collect()
}

/// The aliases that touch a facet, as its definition writes them.
pub fn names(config: &Config, storyline: &StorylineId, facet: usize) -> Vec<String> {
    let facet = config.storylines.get(storyline).and_then(|it| it.facets.all.get(facet));
    facet.into_iter().flatten().map(ToString::to_string).collect()
}

impl Explanation {
    /// Names the facets by their definition, and says so what is missing.
    pub fn name_facets(&mut self, config: &Config) {
        for it in &mut self.facets {
            it.names = names(config, &self.storyline, it.facet);
        }
        let missing: Vec<String> = self
            .facets
            .iter()
            .filter(|it| it.touched.is_empty())
            .filter_map(|it| told(config, &self.storyline, it.facet))
            .collect();
        if !self.lacks || missing.is_empty() {
            return;
        }
        let mut touched: Vec<String> = Vec::new();
        for it in self.facets.iter().filter_map(|it| it.touched.first()) {
            // One word may touch several facets.
            let named = format!("\"{}\"", plainly(&it.alias));
            if !touched.contains(&named) {
                touched.push(named);
            }
        }
        self.why = match touched.as_slice() {
            [] => format!("it names none of {}", missing.join(", and none of ")),
            some => {
                format!("it names {}, but none of {}", some.join(" and "), missing.join(", and none of "))
            }
        };
    }
}

/// An alias as people write it, without what says how it is compared.
pub fn plainly(alias: &str) -> String {
    let alias = alias.trim_start_matches(['=', '@']);
    let alias = alias.strip_prefix("CASE:").unwrap_or(alias);
    alias.strip_suffix('*').map_or_else(|| alias.to_owned(), |it| format!("{it}…"))
}

/// The first names of a facet, for people: what a pack stands for instead of its own name.
fn told(config: &Config, storyline: &StorylineId, facet: usize) -> Option<String> {
    let aliases = config.storylines.get(storyline)?.facets.all.get(facet)?;
    let name = |it: &Alias| match it {
        Alias::Pack(key) => config.pack(key).map_or_else(|| it.to_string(), |it| it.name.clone()),
        Alias::Stem(it) | Alias::Exact(it) | Alias::Case(it) => it.clone(),
        Alias::Prefix(it) => format!("{it}…"),
    };
    let mut names: Vec<String> = aliases.iter().take(NAMES_TOLD).map(name).collect();
    if aliases.len() > NAMES_TOLD {
        names.push(format!("{} more", aliases.len() - NAMES_TOLD));
    }
    Some(format!("({})", names.join(", ")))
}

fn accepted(
    definitions: &Definitions,
    memory: &Memory,
    mine: Option<&Belonging>,
    judged: Judgement,
) -> Option<Explanation> {
    let mut compared = compared(&judged.evidence);
    let thread = memory.thread(&judged.storyline);
    for it in &mut compared {
        if it.what == "copied" && judged.relation == Relation::Copy {
            it.development = judged.development;
        }
        let known = it.development.and_then(|it| thread?.developments.get(&it));
        it.headline = known.map(|it| it.headline.clone());
    }
    let origin = judged.evidence.origin.clone();
    Some(Explanation {
        relevant: true,
        why: judged.evidence.why.clone(),
        facets: facets(mine?.facets(definitions)),
        nearest: judged.evidence.nearest.clone(),
        compared,
        relation: Some(judged.relation),
        disputes: judged.disputes.map(|development| Disputed { development }),
        half: judged.report.half,
        origin: Some(judged.report.origin),
        origin_why: Some(origin),
        rule_version: definitions.rules.table.version,
        storyline: judged.storyline,
        lacks: false,
    })
}

fn refused(
    heard: &Heard<'_>,
    memory: &Memory,
    touching: &Touching,
    belongs: &[Belonging],
    touched: Option<&Belonging>,
    place: usize,
) -> Option<Explanation> {
    let definitions = heard.definitions;
    let story = definitions.stories.get(place)?;
    let (why, lacks) = match touched {
        None => ("no facet is touched".to_owned(), true),
        Some(it) => missing(heard, touching, belongs, it),
    };
    let join = touched.filter(|_| lacks).and_then(|it| join(heard, memory, it));
    Some(Explanation {
        storyline: story.id.clone(),
        relevant: false,
        why,
        facets: facets(touched.map_or_else(|| nothing(definitions, place), |it| it.facets(definitions))),
        nearest: None,
        compared: join.into_iter().collect(),
        relation: None,
        disputes: None,
        half: false,
        origin: None,
        origin_why: None,
        rule_version: definitions.rules.table.version,
        lacks,
    })
}

fn facets(touched: Vec<FacetTouched>) -> Vec<FacetExplained> {
    let explained =
        |it: FacetTouched| FacetExplained { facet: it.facet, touched: it.touched, names: Vec::new() };
    touched.into_iter().map(explained).collect()
}

fn nothing(definitions: &Definitions, story: usize) -> Vec<FacetTouched> {
    let variants = definitions.stories.get(story).map_or(0..0, |it| it.variants.clone());
    let first = definitions.variants.get(variants.start).filter(|_| !variants.is_empty());
    let facets = first.map_or(0, |it| usize::from(it.facets));
    (0..facets).map(|facet| FacetTouched { facet, touched: Vec::new() }).collect()
}

/// The report an item that misses a facet comes nearest to, of those it could be joined to.
fn join(heard: &Heard<'_>, memory: &Memory, it: &Belonging) -> Option<Compared> {
    let thread = memory.thread(&heard.definitions.stories.get(it.story)?.id)?;
    let (score, known) = near_to_join(heard, thread, |it| it.item != heard.item.id)?;
    let headline = known.development.and_then(|it| thread.developments.get(&it));
    Some(Compared {
        what: "join",
        development: known.development,
        headline: headline.map(|it| it.headline.clone()),
        score: (score * 1000.0).round() / 1000.0,
        threshold: heard.definitions.rules.table.relevance.join_cosine,
    })
}

/// What keeps an item from a storyline it touches, and whether that is a facet alone.
fn missing(heard: &Heard<'_>, touching: &Touching, belongs: &[Belonging], it: &Belonging) -> (String, bool) {
    let facets = it.facets(heard.definitions).into_iter();
    let missing: Vec<String> =
        facets.filter(|it| it.touched.is_empty()).map(|it| (it.facet + 1).to_string()).collect();
    match (it.how, missing.as_slice()) {
        (How::Vetoed, _) => (format!("an exclusion forbids it: {}", excluded(heard, touching, it)), false),
        (How::Facets | How::Weak | How::Passing | How::Spread, _) => {
            let stories = belongs.iter().filter_map(|it| heard.definitions.stories.get(it.story));
            let beside: Vec<&str> = stories.map(|it| it.id.as_str()).collect();
            let beside = match beside.as_slice() {
                [] => "a storyline beside it has the item".to_owned(),
                [one] => format!("{one} has the item"),
                [first @ .., last] => format!("{} and {last} have the item", first.join(", ")),
            };
            (format!("its facets are touched, but {beside}"), false)
        }
        (How::Joined | How::Partial, []) => (
            "its facets are touched too far from each other: not within the title and one sentence"
                .to_owned(),
            false,
        ),
        (How::Joined | How::Partial, [one]) => (format!("facet {one} is missing"), true),
        (How::Joined | How::Partial, many) => (format!("facets {} are missing", many.join(", ")), true),
    }
}

/// The exclusions that were touched, and where.
fn excluded(heard: &Heard<'_>, touching: &Touching, it: &Belonging) -> String {
    let definitions = heard.definitions;
    let variants: Vec<usize> =
        definitions.stories.get(it.story).map_or_else(Vec::new, |it| it.variants.clone().collect());
    let details = touching.details(definitions, &heard.reading, &variants);
    let (mut told, mut places): (Vec<String>, BTreeSet<(&str, usize)>) = Default::default();
    for touch in details.iter().flatten().filter(|it| it.facet.is_none()) {
        let Some(alias) = definitions.alias(touch.alias) else { continue };
        // A pack knows one word in several forms and languages.
        if !places.insert((touch.field.as_str(), touch.at)) {
            continue;
        }
        let said = format!("\"{}\" in the {}", plainly(&alias.written), touch.field.as_str());
        if !told.contains(&said) && told.len() < NAMES_TOLD {
            told.push(said);
        }
    }
    told.join(", ")
}

#[cfg(test)]
impl Explanation {
    /// An explanation of an item that does not belong, of three facets of which `touched` were touched.
    pub(crate) fn lacking(storyline: &str, why: &str, touched: usize) -> Self {
        let touch = || vec![Touch { alias: "a".to_owned(), field: "title".to_owned(), at: 0 }];
        let facet = |facet| FacetExplained {
            facet,
            touched: if facet < touched { touch() } else { Vec::new() },
            names: Vec::new(),
        };
        Self {
            storyline: storyline.parse().unwrap(),
            relevant: false,
            why: why.to_owned(),
            facets: (0..3).map(facet).collect(),
            nearest: None,
            compared: Vec::new(),
            relation: None,
            disputes: None,
            half: false,
            origin: None,
            origin_why: None,
            rule_version: 1,
            lacks: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            judge,
            tests::{HARBOUR, items},
        },
        *,
    };

    #[test]
    fn what_reads_like_background_is_told_with_its_score_and_the_words_it_has_it_from() {
        let config = Config::parse("storyline.toml", HARBOUR).unwrap().config;
        let (definitions, memory) = (Definitions::compile(&config), Memory::default());
        let check = |text: &str, why: &str, want: Option<(f64, f64)>| {
            let item = items(text).remove(0);
            let told = explain(&definitions, &memory, &item, item.effective).remove(0);
            let scores = |it: &[Compared]| {
                it.iter().find(|it| it.what == "background").map(|it| (it.score, it.threshold))
            };
            assert_eq!((told.why.as_str(), scores(&told.compared)), (why, want), "{text}");
            // The log keeps the same with the decision.
            let judged = judge(&definitions, &memory, &item, item.effective).remove(0);
            assert_eq!(scores(&compared(&judged.evidence)), want, "{text}");
        };
        check(
            "0 Ledger | Analysis: the Vessen dockers and their strike | Nothing moves.",
            "reads as background: \"Analysis\"",
            Some((1.0, 0.6)),
        );
        check("0 Ledger | Vessen dockers call a strike | From Monday.", "nothing known is near enough", None);
    }
}
