//! From threads to definitions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use storyline_config::Pack;

use super::{
    Expected, NewPack, Proposal, ProposedFacet, Quoted,
    action::{self, Action},
    calling::slug,
    name::{Name, NameKind},
    scene::{Scene, Scenes, Who},
    sentence::Sentence,
    thread::{LEAD, Thread},
};
use crate::detect::dates::{Mention, Tense};

/// Storylines proposed at most.
const STORYLINES_MAX: usize = 6;
/// Sentences that name somebody often.
const OFTEN: usize = 3;
/// Who takes part, at most.
const WHO_MAX: usize = 6;

/// Makes definitions of scenes, and remembers which packs they need.
pub(super) struct Proposer<'s> {
    pub(super) scenes: &'s Scenes<'s>,
    pub(super) actors: &'s BTreeMap<String, Pack>,
    pub(super) places: &'s BTreeMap<String, Pack>,
    pub(super) credit: Option<&'s str>,
    pub(super) today: Option<Date>,
    /// The article's language, where it is not English.
    pub(super) abroad: Option<&'s str>,
    pub(super) new_actors: BTreeMap<String, NewPack>,
    pub(super) new_places: BTreeMap<String, NewPack>,
}

impl<'s> Proposer<'s> {
    pub(super) fn new(
        scenes: &'s Scenes<'s>,
        actors: &'s BTreeMap<String, Pack>,
        places: &'s BTreeMap<String, Pack>,
        credit: Option<&'s Quoted>,
        (today, lang): (Option<Date>, Option<&'s str>),
    ) -> Self {
        let credit = credit.map(|it| it.text.as_str());
        Self {
            scenes,
            actors,
            places,
            credit,
            today,
            abroad: lang.filter(|it| *it != "en"),
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
        let expected = self.expected(thread, parent.is_some());
        let weak = weak(thread, &all, &who, &expected);
        // Where no kind is known, or its cues are in another language, those that hold for any kind.
        let known = action.filter(|_| self.abroad.is_none());
        let phases = known.map_or_else(|| action::cues(self.abroad), |it| it.phase.clone());
        let mut any = self.any(thread, action, &who);
        any.retain(|it| !all.iter().any(|facet| facet.aliases.contains(it)));
        Proposal { id, title, parent, seed: self.seed(thread), all, any, phases, expected, weak }
    }

    /// Who takes part, the weightiest first: people and bodies, else countries.
    fn participants(&self, thread: &Thread, occasion: Option<&Name>) -> Vec<Who> {
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences);
        let few = thread.sentences.len() < 4;
        let counts = |who: &Who| self.takes_part(thread, occasion, who);
        let fits = |who: &Who, weight: u32| {
            let occasions = self.scenes.name(who).is_some_and(|it| it.kind == NameKind::Occasion);
            let credited = self.scenes.name(who).is_some_and(|it| Some(it.text.as_str()) == self.credit);
            let part = occasion.is_some_and(|it| {
                self.scenes.name(who).is_some_and(|own| it.text.split(' ').any(|it| it == own.text))
            });
            !occasions
                && !part
                && !credited
                && thread.venue.as_ref() != Some(who)
                && (few || weight > 1)
                && counts(who)
        };
        let chosen = |place: bool| {
            let those = weights.iter().filter(|it| self.scenes.is_place(&it.0) == place && fits(&it.0, it.1));
            those.map(|it| it.0.clone()).take(WHO_MAX).collect::<Vec<_>>()
        };
        let people = chosen(false);
        let titled = self.titled_countries(thread, &people);
        if !titled.is_empty() {
            return titled.into_iter().chain(people).take(WHO_MAX).collect();
        }
        if people.len() > 1 || occasion.is_some() && !people.is_empty() {
            return people;
        }
        let countries = chosen(true);
        people.into_iter().chain(countries).take(WHO_MAX).collect()
    }

    /// Countries the headline and the text name, where it names none of some people, nor does the text twice.
    fn titled_countries(&self, thread: &Thread, people: &[Who]) -> Vec<Who> {
        let Some(title) = self.scenes.each.first().filter(|_| thread.sentences.contains(&0)) else {
            return Vec::new();
        };
        let told = |who: &Who| self.scenes.each.iter().filter(|it| it.who.contains(who)).count();
        if people.iter().any(|it| title.who.contains(it) || told(it) > 1) {
            return Vec::new();
        }
        let again = |it: &&Who| self.scenes.each.iter().skip(1).any(|scene| scene.who.contains(it));
        let own = |it: &&Who| self.scenes.is_place(it) && thread.venue.as_ref() != Some(*it);
        title.who.iter().filter(|it| own(it) && again(it)).cloned().collect()
    }

    /// Whether it is about somebody: whom the headline or what follows it names, or who comes again.
    fn takes_part(&self, thread: &Thread, occasion: Option<&Name>, who: &Who) -> bool {
        let Some(title) = self.scenes.each.first() else { return true };
        if !thread.sentences.contains(&0) || title.who.is_empty() || occasion.is_some() {
            return true;
        }
        let own = self.is_named_in_title();
        if own && self.scenes.is_place(who) {
            // Next to somebody of its own a country is one of many.
            return false;
        }
        let told = self.scenes.each.iter().filter(|it| it.who.contains(who)).count();
        let lead = self.scenes.each.iter().take(LEAD + 1).any(|it| it.who.contains(who));
        let alone = own && thread.kind.and_then(|it| action::all().get(it)).is_some_and(|it| it.alone);
        title.who.contains(who) || if alone { told >= OFTEN } else { told > 1 || lead }
    }

    pub(super) fn scenes_of<'t>(
        &'t self,
        thread: &'t Thread,
    ) -> impl Iterator<Item = (&'t Scene, &'t Sentence<'s>)> {
        thread
            .sentences
            .iter()
            .filter_map(|at| Some((self.scenes.each.get(*at)?, self.scenes.sentences.get(*at)?)))
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

    /// The first sentence that names somebody, quoted.
    pub(super) fn first_sentence(&self, who: &Who, among: &BTreeSet<usize>) -> Option<String> {
        let at = among.iter().find(|at| {
            self.scenes.each.get(**at).is_some_and(|it| it.who.contains(who) || it.venues.contains(who))
        })?;
        self.scenes.sentences.get(*at).map(|it| format!("“{}”", it.text))
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

/// What a person should look at first.
fn weak(thread: &Thread, all: &[ProposedFacet], who: &[Who], expected: &[Expected]) -> Vec<String> {
    let found = [
        (
            who.is_empty() && thread.venue.is_none(),
            "nobody was found that it is about: name a person or a body",
        ),
        (
            thread.kind.is_none(),
            "no known kind of news was recognised: the words of `what` are only those that come again",
        ),
        (all.len() < 2, "one facet alone matches far too much: add another"),
        (thread.sentences.len() == 1, "all of it comes from a single sentence"),
        (expected.is_empty(), "no day ahead was found in it"),
    ];
    found.into_iter().filter(|it| it.0).map(|it| it.1.to_owned()).collect()
}
