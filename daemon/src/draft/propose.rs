//! From scenes to storylines: which threads there are, and what each needs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use storyline_config::{Pack, Phase};

use super::{
    Expected, NewPack, Proposal, ProposedFacet, Quoted,
    action::{self, Action, stem},
    name::{Name, NameKind},
    scene::{Scene, Scenes, Who},
    topic,
};
use crate::detect::dates::{Mention, Tense};

/// Storylines proposed at most.
const STORYLINES_MAX: usize = 6;
/// Aliases of a facet of actors at most.
const WHO_MAX: usize = 6;
/// Topics in `any` at most.
const TOPICS_MAX: usize = 8;

/// A thread before it is a definition.
struct Thread {
    kind: Option<&'static str>,
    sentences: BTreeSet<usize>,
    venue: Option<Who>,
}

/// Makes definitions of scenes, and remembers which packs they need.
pub(super) struct Proposer<'s> {
    scenes: &'s Scenes<'s>,
    actors: &'s BTreeMap<String, Pack>,
    places: &'s BTreeMap<String, Pack>,
    credit: Option<&'s str>,
    today: Option<Date>,
    new_actors: BTreeMap<String, NewPack>,
    new_places: BTreeMap<String, NewPack>,
}

impl<'s> Proposer<'s> {
    pub(super) fn new(
        scenes: &'s Scenes<'s>,
        actors: &'s BTreeMap<String, Pack>,
        places: &'s BTreeMap<String, Pack>,
        credit: Option<&'s Quoted>,
        today: Option<Date>,
    ) -> Self {
        let credit = credit.map(|it| it.text.as_str());
        Self {
            scenes,
            actors,
            places,
            credit,
            today,
            new_actors: BTreeMap::new(),
            new_places: BTreeMap::new(),
        }
    }

    /// The storylines of the article, the main one first.
    pub(super) fn storylines(&mut self) -> Vec<Proposal> {
        let threads = self.threads();
        let mut out: Vec<Proposal> = Vec::new();
        for thread in threads.iter().take(STORYLINES_MAX) {
            let parent = out.first().map(|it| it.id.clone());
            let mut proposal = self.proposal(thread, parent);
            let same = out
                .iter()
                .filter(|it| it.id == proposal.id || it.id.starts_with(&format!("{}-", proposal.id)))
                .count();
            if same > 0 {
                proposal.id = format!("{}-{}", proposal.id, same + 1);
            }
            out.push(proposal);
        }
        out
    }

    /// The packs the storylines call by name, actors and places.
    pub(super) fn packs(self) -> (Vec<NewPack>, Vec<NewPack>) {
        (self.new_actors.into_values().collect(), self.new_places.into_values().collect())
    }

    /// What the article is mostly about, then what else it announces.
    fn threads(&self) -> Vec<Thread> {
        let all = self.scenes.all();
        let main = self.kind(&all, None);
        let venues = self.venues();
        let own = self.main_venue(&venues, main);
        let mut threads = Vec::new();
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for (venue, sentences) in &venues {
            if own.as_ref() == Some(venue) {
                continue;
            }
            let kind = self.kind(sentences, main);
            if self.stands_alone(sentences, kind, main) {
                taken.extend(sentences);
                threads.push(Thread { kind, sentences: sentences.clone(), venue: Some(venue.clone()) });
            }
        }
        threads.sort_by_key(|it| it.sentences.first().copied());
        for (kind, sentences) in self.others(main, &taken) {
            threads.push(Thread { kind: Some(kind), sentences, venue: None });
        }
        threads.insert(0, Thread { kind: main, sentences: all, venue: own });
        threads
    }

    /// The kind of news most is said of; among equals the preferred one.
    fn kind(&self, among: &BTreeSet<usize>, preferred: Option<&'static str>) -> Option<&'static str> {
        let mut weights: BTreeMap<&'static str, usize> = BTreeMap::new();
        for at in among {
            let (Some(scene), Some(sentence)) = (self.scenes.scenes.get(*at), self.scenes.sentences.get(*at))
            else {
                continue;
            };
            for (kind, words) in &scene.kinds {
                *weights.entry(kind).or_default() += 2 * words.len() * sentence.weight as usize;
            }
        }
        if let Some(weight) = preferred.and_then(|it| weights.get_mut(it)) {
            *weight += 1;
        }
        weights.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0))).map(|it| it.0)
    }

    /// Where something happens, with the sentences that say so.
    fn venues(&self) -> Vec<(Who, BTreeSet<usize>)> {
        let mut venues: BTreeMap<&Who, BTreeSet<usize>> = BTreeMap::new();
        for (at, scene) in self.scenes.scenes.iter().enumerate() {
            for venue in &scene.venues {
                venues.entry(venue).or_default().insert(at);
            }
        }
        let mut venues: Vec<(Who, BTreeSet<usize>)> =
            venues.into_iter().map(|(who, at)| (who.clone(), at)).collect();
        venues.sort_by_key(|it| std::cmp::Reverse(self.weight(&it.1)));
        venues
    }

    fn weight(&self, among: &BTreeSet<usize>) -> u32 {
        among.iter().filter_map(|at| self.scenes.sentences.get(*at)).map(|it| it.weight).sum()
    }

    /// The place of the main thread: the only one, or the one in the headline, or the heaviest of its kind.
    fn main_venue(&self, venues: &[(Who, BTreeSet<usize>)], main: Option<&'static str>) -> Option<Who> {
        let in_title = venues.iter().find(|(_, at)| at.contains(&0));
        let placed = main.and_then(|it| action::all().get(it)).is_some_and(|it| it.placed);
        match venues {
            [] => None,
            [(only, at)] if placed || at.len() > 1 || at.contains(&0) => Some(only.clone()),
            _ => in_title
                .or_else(|| venues.first().filter(|(_, at)| placed && self.kind(at, main) == main))
                .map(|it| it.0.clone()),
        }
    }

    /// Whether something is to happen there that is no part of the main thread.
    fn stands_alone(
        &self,
        among: &BTreeSet<usize>,
        kind: Option<&'static str>,
        main: Option<&'static str>,
    ) -> bool {
        let Some(kind) = kind else { return false };
        let gathering = is_gathering(kind);
        let ahead = among
            .iter()
            .any(|at| self.scenes.scenes.get(*at).is_some_and(|it| it.dates.iter().any(|it| it.ahead)));
        let planned = among.iter().any(|at| {
            self.scenes.sentences.get(*at).is_some_and(|it| {
                it.words.iter().any(|word| {
                    matches!(
                        word.lower.as_str(),
                        "will"
                            | "would"
                            | "could"
                            | "may"
                            | "might"
                            | "expected"
                            | "due"
                            | "planned"
                            | "probably"
                            | "likely"
                            | "scheduled"
                    )
                })
            })
        });
        if Some(kind) == main { gathering && (ahead || planned) } else { ahead || gathering && planned }
    }

    /// Other kinds of news with a day ahead, or with sentences of their own.
    fn others(
        &self,
        main: Option<&'static str>,
        taken: &BTreeSet<usize>,
    ) -> Vec<(&'static str, BTreeSet<usize>)> {
        let mut own: BTreeMap<&'static str, BTreeSet<usize>> = BTreeMap::new();
        for (at, scene) in self.scenes.scenes.iter().enumerate().skip(1) {
            if taken.contains(&at) || main.is_some_and(|it| scene.kinds.contains_key(it)) {
                continue;
            }
            let best = scene.kinds.iter().max_by(|a, b| a.1.len().cmp(&b.1.len()).then_with(|| b.0.cmp(a.0)));
            if let Some((kind, _)) = best {
                own.entry(kind).or_default().insert(at);
            }
        }
        let dated = |at: &usize| {
            self.scenes
                .scenes
                .get(*at)
                .is_some_and(|it| it.dates.iter().any(|it| it.ahead && it.value.is_some()))
        };
        let words = |kind: &str, at: &BTreeSet<usize>| -> usize {
            at.iter().filter_map(|at| self.scenes.scenes.get(*at)?.kinds.get(kind)).map(BTreeSet::len).sum()
        };
        own.into_iter()
            .filter(|(kind, at)| {
                words(kind, at) >= 2 && (at.len() > 1 || at.iter().any(dated) || words(kind, at) > 2)
            })
            .collect()
    }

    fn proposal(&mut self, thread: &Thread, parent: Option<String>) -> Proposal {
        let action = thread.kind.and_then(|it| action::all().get(it));
        let occasion = self.occasion(&thread.sentences);
        let who = self.participants(thread, occasion);
        let title = self.title(thread, action, occasion, &who);
        let id = self.id(thread, occasion, &who);
        let all = match occasion {
            Some(occasion) => self.facets_of_occasion(thread, action, occasion, &who),
            None => self.facets(thread, action, &who, parent.is_some()),
        };
        let mut weak = Vec::new();
        if who.is_empty() && thread.venue.is_none() {
            weak.push("nobody was found that it is about: name a person or a body".to_owned());
        }
        if action.is_none() {
            weak.push(
                "no known kind of news was recognised: the words of `what` are only those that come again"
                    .to_owned(),
            );
        }
        if all.len() < 2 {
            weak.push("one facet alone matches far too much: add another".to_owned());
        }
        if thread.sentences.len() == 1 {
            weak.push("all of it comes from a single sentence".to_owned());
        }
        let expected = self.expected(thread, parent.is_some());
        if expected.is_empty() {
            weak.push("no day ahead was found in it".to_owned());
        }
        let phases = action.map(|it| it.phase.clone()).unwrap_or_default();
        let any = self.any(thread, action, &who);
        Proposal {
            id,
            title,
            parent,
            seed: self.seed(thread),
            all,
            any,
            phases: phases_of(phases),
            expected,
            weak,
        }
    }

    /// Who, what and where; about what, where two parties talk.
    fn facets(
        &mut self,
        thread: &Thread,
        action: Option<&Action>,
        who: &[Who],
        child: bool,
    ) -> Vec<ProposedFacet> {
        // A storm is told by its place, whoever speaks of it.
        let impersonal = action.is_some_and(|it| !it.people) && thread.venue.is_some();
        let mut all = if impersonal { Vec::new() } else { self.who_facets(thread, action, who) };
        all.push(self.what_facet(thread, action));
        if !child && action.is_some_and(|it| it.sides) && all.len() == 2 {
            all.extend(self.about_facet(thread, who));
        }
        let Some(venue) = &thread.venue else { return all };
        let in_title = self.scenes.scenes.first().is_some_and(|it| it.who.contains(venue));
        if !(action.is_some_and(|it| it.placed) || child || in_title) {
            return all;
        }
        let place = self.where_facet(thread, venue, impersonal);
        let gathering = thread.kind.is_some_and(is_gathering);
        match (place, all.first_mut()) {
            // A trial is told by who stands in it or by its place: asking for both would miss most of it.
            (Some(place), Some(first)) if !child && !gathering && first.about == "who" => {
                first.about = "who or where";
                first.aliases.extend(place.aliases);
            }
            (place, _) => all.extend(place),
        }
        all
    }

    /// A named event is told by its name or its place, with a word of its kind or somebody who is there.
    fn facets_of_occasion(
        &mut self,
        thread: &Thread,
        action: Option<&Action>,
        occasion: &Name,
        who: &[Who],
    ) -> Vec<ProposedFacet> {
        let short = occasion.shorter.iter().cloned();
        let names = std::iter::once(occasion.text.to_lowercase()).chain(short);
        let wide = action.is_some_and(|it| !it.people);
        let place = thread.venue.as_ref().and_then(|it| self.where_facet(thread, it, wide));
        let first = occasion.sentences.iter().find(|it| thread.sentences.contains(it));
        let why = first
            .and_then(|at| self.scenes.sentences.get(*at))
            .map(|it| it.text.to_owned())
            .unwrap_or_default();
        let aliases = names.chain(place.into_iter().flat_map(|it| it.aliases)).collect();
        let mut what = self.what_facet(thread, action);
        if !wide {
            what.about = "what or who";
            what.aliases.extend(who.iter().filter_map(|it| self.alias(it)));
        }
        vec![ProposedFacet { about: "which", aliases, why }, what]
    }

    /// The named event, storm or law of some sentences.
    fn occasion(&self, among: &BTreeSet<usize>) -> Option<&'s Name> {
        let named = self.scenes.names.iter().filter(|it| it.kind == NameKind::Occasion);
        let here = |it: &&Name| it.sentences.intersection(among).count();
        // One mention in a long article does not make it the article's subject.
        let enough = |it: &&Name| {
            it.sentences.contains(&0) && among.contains(&0) || here(it) * 4 >= among.len().max(1)
        };
        named.filter(|it| here(it) > 0).filter(enough).max_by_key(here)
    }

    /// Who takes part, the weightiest first: people and bodies, else countries.
    fn participants(&self, thread: &Thread, occasion: Option<&Name>) -> Vec<Who> {
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences);
        let few = thread.sentences.len() < 4;
        let fits = |who: &Who, weight: u32| {
            let occasions = self.scenes.name(who).is_some_and(|it| it.kind == NameKind::Occasion);
            let credited = self.scenes.name(who).is_some_and(|it| Some(it.text.as_str()) == self.credit);
            !occasions && !credited && thread.venue.as_ref() != Some(who) && (few || weight > 1)
        };
        let chosen = |place: bool| {
            let those = weights.iter().filter(|it| self.scenes.is_place(&it.0) == place && fits(&it.0, it.1));
            those.map(|it| it.0.clone()).take(WHO_MAX).collect::<Vec<_>>()
        };
        let people = chosen(false);
        if people.len() > 1 || occasion.is_some() && !people.is_empty() {
            return people;
        }
        let countries = chosen(true);
        people.into_iter().chain(countries).take(WHO_MAX).collect()
    }

    /// One facet of all who take part, or one a side where exactly two stand out.
    fn who_facets(&mut self, thread: &Thread, action: Option<&Action>, who: &[Who]) -> Vec<ProposedFacet> {
        let mut facets = Vec::new();
        let sides = action.is_some_and(|it| it.sides) && self.two_stand_out(thread, who);
        let groups: Vec<&[Who]> =
            if sides { who.iter().take(2).map(std::slice::from_ref).collect() } else { vec![who] };
        for group in groups.into_iter().filter(|it| !it.is_empty()) {
            let aliases = group.iter().filter_map(|it| self.alias(it)).collect();
            let why =
                group.first().and_then(|it| self.first_sentence(it, &thread.sentences)).unwrap_or_default();
            let about = if sides { "a side" } else { "who" };
            facets.push(ProposedFacet { about, aliases, why });
        }
        facets
    }

    fn two_stand_out(&self, thread: &Thread, who: &[Who]) -> bool {
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences);
        let weight = |at: usize| {
            who.get(at).and_then(|who| weights.iter().find(|it| it.0 == *who)).map_or(0, |it| it.1)
        };
        let both = who.get(..2).is_some_and(|two| {
            thread
                .sentences
                .iter()
                .filter_map(|at| self.scenes.scenes.get(*at))
                .any(|it| two.iter().all(|who| it.who.contains(who)))
        });
        both && weight(1) > 1 && weight(2) * 2 <= weight(1)
    }

    /// The words of the kind that the thread uses first, then the usual ones.
    fn what_facet(&self, thread: &Thread, action: Option<&Action>) -> ProposedFacet {
        let Some(action) = action else {
            let words = topic::topics(&self.scenes.sentences, &BTreeSet::new());
            let aliases: Vec<String> = words.into_iter().take(TOPICS_MAX).collect();
            let why = "words that come again in the article".to_owned();
            let aliases = if aliases.is_empty() { self.headline_words() } else { aliases };
            return ProposedFacet { about: "what", aliases, why };
        };
        let said: BTreeSet<String> =
            self.scenes_of(thread).flat_map(|it| it.1.words.iter().map(|it| stem(&it.lower))).collect();
        let stands = |alias: &String| alias.split(' ').all(|it| said.contains(&stem(it)));
        let (here, usual): (Vec<&String>, Vec<&String>) = action.aliases.iter().partition(|it| stands(it));
        let why = format!(
            "the article says {}; the others are usual words for it",
            here.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ")
        );
        // At a conference people meet and talk.
        let gathered = (thread.kind == Some("conference")).then(|| action::all().get("meeting")).flatten();
        let gathered = gathered.into_iter().flat_map(|it| it.aliases.iter());
        let mut aliases: Vec<String> = here.into_iter().chain(usual).chain(gathered).cloned().collect();
        let mut seen = BTreeSet::new();
        aliases.retain(|it| seen.insert(it.clone()));
        ProposedFacet { about: "what", aliases, why }
    }

    /// What two parties talk about: the country the article keeps naming, and what comes again with it.
    fn about_facet(&mut self, thread: &Thread, who: &[Who]) -> Option<ProposedFacet> {
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences);
        let (place, _) =
            weights.iter().find(|it| self.scenes.is_place(&it.0) && !who.contains(&it.0) && it.1 > 4)?;
        let why = self.first_sentence(place, &thread.sentences)?;
        let title: BTreeSet<String> =
            self.scenes.sentences.first()?.words.iter().map(|it| stem(&it.lower)).collect();
        let left_out = known_stems(thread.kind.and_then(|it| action::all().get(it)));
        let topics = topic::topics(&self.scenes.sentences, &left_out)
            .into_iter()
            .filter(|it| title.contains(&stem(it)));
        let aliases = self.alias(place).into_iter().chain(topics.take(2)).collect();
        Some(ProposedFacet { about: "about", aliases, why })
    }

    fn headline_words(&self) -> Vec<String> {
        let words = self.scenes.sentences.first().into_iter().flat_map(|it| &it.words);
        let long: Vec<String> = words
            .filter(|it| it.lower.chars().count() > 4)
            .map(|it| it.lower.clone())
            .take(TOPICS_MAX)
            .collect();
        if long.is_empty() { vec!["news".to_owned()] } else { long }
    }

    fn where_facet(&mut self, thread: &Thread, venue: &Who, wide: bool) -> Option<ProposedFacet> {
        let alias = self.alias(venue)?;
        // What strikes a region is told by any of its places.
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences).into_iter();
        let others =
            weights.filter(|it| wide && it.1 > 1 && self.scenes.is_place(&it.0) && it.0 != *venue).take(3);
        let others: Vec<String> =
            others.collect::<Vec<_>>().iter().filter_map(|it| self.alias(&it.0)).collect();
        let why = self.first_sentence(venue, &self.scenes.all()).unwrap_or_default();
        Some(ProposedFacet { about: "where", aliases: std::iter::once(alias).chain(others).collect(), why })
    }

    fn any(&mut self, thread: &Thread, action: Option<&Action>, who: &[Who]) -> Vec<String> {
        let topics = topic::topics(&self.scenes.sentences, &known_stems(action));
        let others = self.scenes.weights(|it| &it.who, &thread.sentences).into_iter().map(|it| it.0);
        let packs: Vec<String> = others
            .filter(|it| {
                !who.contains(it) && thread.venue.as_ref() != Some(it) && matches!(it, Who::Pack { .. })
            })
            .take(WHO_MAX)
            .filter_map(|it| self.alias(&it))
            .collect();
        packs.into_iter().chain(topics.into_iter().take(TOPICS_MAX)).collect()
    }

    fn scenes_of<'t>(
        &'t self,
        thread: &'t Thread,
    ) -> impl Iterator<Item = (&'t Scene, &'t super::sentence::Sentence<'s>)> {
        thread
            .sentences
            .iter()
            .filter_map(|at| Some((self.scenes.scenes.get(*at)?, self.scenes.sentences.get(*at)?)))
    }

    /// Its clearest sentences: for the main thread the first ones of its kind.
    fn seed(&self, thread: &Thread) -> Vec<String> {
        let kind = thread.kind;
        let of_kind =
            self.scenes_of(thread).filter(|(scene, _)| kind.is_none_or(|it| scene.kinds.contains_key(it)));
        let mut seed: Vec<String> = of_kind.map(|it| it.1.text.to_owned()).take(3).collect();
        if seed.is_empty() {
            seed.extend(self.scenes_of(thread).map(|it| it.1.text.to_owned()).take(2));
        }
        seed
    }

    /// The days ahead of a thread; vague ones where there is no other.
    fn expected(&self, thread: &Thread, child: bool) -> Vec<Expected> {
        let mentions = self
            .scenes_of(thread)
            .flat_map(|(scene, sentence)| scene.dates.iter().map(move |it| (it, sentence)));
        // What is meant for the day of publication itself is over before anybody edits the draft.
        let today = self.today;
        let later = |it: &Mention| it.value.is_none_or(|it| Some(it.last()) != today);
        let ahead = mentions
            .filter(|(it, _)| (it.ahead || it.value.is_none() && it.tense == Tense::Future) && later(it));
        let mut seen = BTreeSet::new();
        let mut out: Vec<Expected> = ahead
            .map(|(it, sentence)| Expected {
                text: it.text.clone(),
                value: it.value.map(|it| it.to_string()),
                deadline: it.deadline,
                sentence: sentence.text.to_owned(),
            })
            .filter(|it| seen.insert((it.value.clone(), child || it.value.is_some() || it.text.is_empty())))
            .collect();
        out.sort_by_key(|it| it.value.is_none());
        out
    }

    fn first_sentence(&self, who: &Who, among: &BTreeSet<usize>) -> Option<String> {
        let at = among.iter().find(|at| {
            self.scenes.scenes.get(**at).is_some_and(|it| it.who.contains(who) || it.venues.contains(who))
        })?;
        self.scenes.sentences.get(*at).map(|it| it.text.to_owned())
    }

    /// How a definition calls it; a name becomes a pack of its own.
    fn alias(&mut self, who: &Who) -> Option<String> {
        let name = match who {
            Who::Pack { pack, .. } => return Some(format!("@{pack}")),
            Who::Name(at) => self.scenes.names.get(*at)?,
        };
        let mut key = slug(&name.text);
        while self.actors.contains_key(&key) || self.places.contains_key(&key) {
            key.push_str("-new");
        }
        let sentence =
            name.sentences.first().and_then(|at| self.scenes.sentences.get(*at)).map(|it| it.text.to_owned());
        let pack = NewPack {
            key: key.clone(),
            name: name.text.clone(),
            role: name.role.clone(),
            aliases: aliases(name),
            sentence: sentence.unwrap_or_default(),
        };
        let packs = if name.kind == NameKind::Place { &mut self.new_places } else { &mut self.new_actors };
        packs.entry(key.clone()).or_insert(pack);
        Some(format!("@{key}"))
    }

    fn display(&self, who: &Who) -> String {
        match who {
            Who::Pack { pack, place } => {
                let packs = if *place { self.places } else { self.actors };
                packs.get(pack).map_or_else(|| pack.clone(), |it| it.name.clone())
            }
            Who::Name(at) => self.scenes.names.get(*at).map(|it| it.text.clone()).unwrap_or_default(),
        }
    }

    fn title(
        &self,
        thread: &Thread,
        action: Option<&Action>,
        occasion: Option<&Name>,
        who: &[Who],
    ) -> String {
        let impersonal =
            action.is_some_and(|it| !it.people) && (thread.venue.is_some() || occasion.is_some());
        let told = if impersonal { &[] } else { who };
        let names: Vec<String> = told.iter().take(2).map(|it| self.display(it)).collect();
        let place =
            thread.venue.as_ref().filter(|_| action.is_some_and(|it| it.placed)).map(|it| self.display(it));
        let begin = match (occasion, action) {
            (Some(occasion), _) => occasion.text.clone(),
            (None, Some(action)) => match &place {
                Some(place) => format!("{} in {place}", action.title),
                None => action.title.clone(),
            },
            (None, None) => {
                return self.scenes.sentences.first().map(|it| it.text.to_owned()).unwrap_or_default();
            }
        };
        if names.is_empty() { begin } else { format!("{begin}: {}", names.join(" and ")) }
    }

    fn id(&self, thread: &Thread, occasion: Option<&Name>, who: &[Who]) -> String {
        let kind = thread.kind.unwrap_or("story");
        let about = match (occasion, &thread.venue, who) {
            (Some(occasion), _, _) => return slug(&occasion.text),
            (None, Some(venue), _)
                if thread.sentences.len() < self.scenes.sentences.len()
                    || thread.kind.and_then(|it| action::all().get(it)).is_some_and(|it| !it.people) =>
            {
                vec![self.display(venue)]
            }
            (None, _, who) => who.iter().take(2).map(|it| self.display(it)).collect(),
        };
        let last = |name: &String| name.rsplit(' ').next().unwrap_or_default().to_owned();
        let short = about.iter().map(|it| if about.len() > 1 { last(it) } else { it.clone() });
        slug(&std::iter::once(kind.to_owned()).chain(short).collect::<Vec<_>>().join(" "))
    }
}

/// Whether people come together for it.
fn is_gathering(kind: &str) -> bool {
    matches!(kind, "meeting" | "conference" | "talks")
}

/// The stems a kind of news already looks for.
fn known_stems(action: Option<&Action>) -> BTreeSet<String> {
    let known = action.into_iter().flat_map(|it| it.aliases.iter().chain(&it.triggers));
    known.flat_map(|it| it.split(' ').map(stem)).collect()
}

fn phases_of(phases: BTreeMap<Phase, Vec<String>>) -> BTreeMap<Phase, Vec<String>> {
    phases.into_iter().filter(|(_, cues)| !cues.is_empty()).collect()
}

/// The ways a name is written, as a pack lists them.
fn aliases(name: &Name) -> Vec<String> {
    let mut aliases = vec![name.text.to_lowercase()];
    let one_word = !name.text.contains(' ');
    if one_word && name.text.chars().all(|it| it.is_uppercase() || !it.is_alphabetic()) {
        aliases = vec![format!("CASE:{}", name.text)];
    }
    aliases.extend(name.shorter.iter().cloned());
    if name.kind == NameKind::Person
        && name.shorter.is_empty()
        && let Some((_, last)) = name.text.rsplit_once(' ')
    {
        // A surname may be a common word, so it is looked for as it is written.
        aliases.push(format!("CASE:{last}"));
    }
    aliases
}

/// A name for a table: a-z, 0-9 and dashes.
fn slug(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::new();
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() && !('\u{300}'..='\u{36f}').contains(&c) {
            slug.push('-');
        }
        if slug.len() >= 48 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "story".to_owned() } else { slug.to_owned() }
}
