//! What must be touched for an item to belong to a thread.

use std::collections::BTreeSet;

use super::{
    ProposedFacet,
    action::{self, Action, stem},
    lists::{OCCASIONS, has},
    name::{Name, NameKind},
    propose::Proposer,
    scene::Who,
    sentence::Word,
    thread::{LEAD, Thread, is_gathering},
    topic,
};

/// Topics in a facet or in `any` at most.
const TOPICS_MAX: usize = 8;
/// Who may come together, at most.
const CAST_MAX: usize = 12;
/// Packs in `any` at most.
const PACKS_MAX: usize = 6;

impl Proposer<'_> {
    /// Who, what and where; about what, where two parties talk.
    pub(super) fn facets(
        &mut self,
        thread: &Thread,
        action: Option<&Action>,
        who: &[Who],
        child: bool,
    ) -> Vec<ProposedFacet> {
        // A storm is told by its place, whoever speaks of it.
        let impersonal = action.is_some_and(|it| !it.people) && thread.venue.is_some();
        let gathering = thread.kind.is_some_and(is_gathering);
        let mut all = if impersonal {
            Vec::new()
        } else if gathering && (child || !self.two_stand_out(thread, who)) {
            vec![self.cast_facet(thread, who, child)]
        } else {
            self.who_facets(thread, action, who)
        };
        all.retain(|it| !it.aliases.is_empty());
        all.push(self.what_facet(thread, action));
        all.extend(self.matter_facet(thread, action));
        let Some(venue) = &thread.venue else { return all };
        let in_title = self.scenes.each.first().is_some_and(|it| it.who.contains(venue));
        if !(action.is_some_and(|it| it.placed) || child || in_title) {
            return all;
        }
        let place = self.where_facet(thread, venue, impersonal);
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

    /// Everybody who may come together: at a place of its own the whole article's cast, else all but
    /// the best known, who is in too much other news to tell this apart.
    fn cast_facet(&mut self, thread: &Thread, who: &[Who], child: bool) -> ProposedFacet {
        let weights = self.scenes.weights(|it| &it.who, &self.scenes.all());
        let others = weights.iter().filter(|it| it.1 > 1 && !who.contains(&it.0)).map(|it| it.0.clone());
        let others = others.filter(|it| {
            let credited = self.scenes.name(it).is_some_and(|it| Some(it.text.as_str()) == self.credit);
            let occasion = credited || self.scenes.name(it).is_some_and(|it| it.kind == NameKind::Occasion);
            thread.venue.as_ref() != Some(it) && !occasion && !self.is_elsewhere(it)
        });
        let mut cast: Vec<Who> = who.iter().cloned().chain(others).take(CAST_MAX).collect();
        if !child && cast.len() > 3 {
            cast.remove(0);
        }
        let why = who.first().and_then(|it| self.first_sentence(it, &thread.sentences)).unwrap_or_default();
        let aliases = cast.iter().filter_map(|it| self.alias(it)).collect();
        ProposedFacet { about: "who", aliases, why }
    }

    /// Whether it is only ever a scene: "in Munich", "in Brussels".
    fn is_elsewhere(&self, who: &Who) -> bool {
        let mut told = self.scenes.each.iter().filter(|it| it.who.contains(who));
        told.all(|it| it.venues.contains(who))
    }

    /// A named event is told by its name or its place, with a word of its kind or somebody who is there.
    pub(super) fn facets_of_occasion(
        &mut self,
        thread: &Thread,
        action: Option<&Action>,
        occasion: &Name,
        who: &[Who],
    ) -> Vec<ProposedFacet> {
        // "forum" alone could be any.
        let short = occasion.shorter.iter().filter(|it| !has(OCCASIONS, it)).map(|it| as_written(it));
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

    /// One facet of all who take part, or one a side where exactly two stand out.
    pub(super) fn who_facets(
        &mut self,
        thread: &Thread,
        action: Option<&Action>,
        who: &[Who],
    ) -> Vec<ProposedFacet> {
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

    pub(super) fn two_stand_out(&self, thread: &Thread, who: &[Who]) -> bool {
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences);
        let weight = |at: usize| {
            who.get(at).and_then(|who| weights.iter().find(|it| it.0 == *who)).map_or(0, |it| it.1)
        };
        let both = who.get(..2).is_some_and(|two| {
            thread
                .sentences
                .iter()
                .filter_map(|at| self.scenes.each.get(*at))
                .any(|it| two.iter().all(|who| it.who.contains(who)))
        });
        both && weight(1) > 1 && weight(2) * 2 <= weight(1)
    }

    /// The words of the kind that the thread uses first, then the usual ones.
    pub(super) fn what_facet(&self, thread: &Thread, action: Option<&Action>) -> ProposedFacet {
        let abroad = self.abroad.zip(thread.kind).map(|(lang, kind)| action::beginnings(kind, lang));
        if let Some(words) = abroad.filter(|it| !it.is_empty()) {
            return self.what_abroad(thread, &words);
        }
        let Some(action) = action.filter(|_| self.abroad.is_none()) else {
            let words = topic::topics(&self.scenes.sentences, &BTreeSet::new(), self.abroad);
            let long = words.into_iter().filter(|it| it.chars().count() > 4);
            let aliases: Vec<String> = long.take(TOPICS_MAX).collect();
            let why = "words that come again in the article".to_owned();
            let aliases = if aliases.is_empty() { self.headline_words() } else { aliases };
            return ProposedFacet { about: "what", aliases, why };
        };
        let said: BTreeSet<String> =
            self.scenes_of(thread).flat_map(|it| it.1.words.iter().map(|it| stem(&it.lower))).collect();
        let stands = |alias: &String| alias.split(' ').all(|it| said.contains(&stem(it)));
        let (here, usual): (Vec<&String>, Vec<&String>) = action.aliases.iter().partition(|it| stands(it));
        let why = said_so(&here.iter().map(|it| it.as_str()).collect::<Vec<_>>());
        // Where people come together they meet and talk, whatever it is called.
        let gathered = ["meeting", "talks"].into_iter().filter(|_| thread.kind.is_some_and(is_gathering));
        let gathered = gathered.filter_map(|it| action::all().get(it)).flat_map(|it| it.aliases.iter());
        let mut aliases: Vec<String> = here.into_iter().chain(usual).chain(gathered).cloned().collect();
        aliases.extend(self.own_words(thread));
        let mut seen = BTreeSet::new();
        aliases.retain(|it| seen.insert(it.clone()));
        ProposedFacet { about: "what", aliases, why }
    }

    /// What the article keeps speaking of: a name that is in no other news stands next to it, whatever happens next.
    fn own_words(&self, thread: &Thread) -> Vec<String> {
        let mut own: Vec<String> = self.phrase().into_iter().collect();
        if thread.sentences.contains(&0) && self.is_named_in_title() {
            let topics = topic::topics(&self.scenes.sentences, &BTreeSet::new(), self.abroad);
            own.extend(topics.into_iter().filter(|it| it.chars().count() > 3).take(TOPICS_MAX));
        }
        own
    }

    /// Whether somebody stands in the headline whom no pack knows.
    pub(super) fn is_named_in_title(&self) -> bool {
        let who = self.scenes.each.first().into_iter().flat_map(|it| &it.who);
        who.filter_map(|it| self.scenes.name(it))
            .any(|it| matches!(it.kind, NameKind::Person | NameKind::Body))
    }

    /// Two small words of the headline that come again side by side: "chemical weapons".
    fn phrase(&self) -> Option<String> {
        let (title, text) = self.scenes.sentences.split_first()?;
        let small = |words: &[Word<'_>]| {
            words.iter().all(|it| !it.capital() && topic::tells(&it.lower)) && words[0].joined
        };
        let again = |pair: &&[Word<'_>]| {
            let stems = |words: &[Word<'_>]| words.iter().map(|it| stem(&it.lower)).collect::<Vec<_>>();
            let own = stems(pair);
            text.iter().any(|it| it.words.windows(2).any(|other| stems(other) == own))
        };
        let found = title.words.windows(2).filter(|it| small(it)).find(again)?;
        Some(found.iter().map(|it| it.lower.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// What is talked about, where the headline says so and the text comes back to it: "wage talks".
    fn matter_facet(&self, thread: &Thread, action: Option<&Action>) -> Option<ProposedFacet> {
        let agreed = |it| is_gathering(it) || it == "deal";
        let gathers = |_: &&Action| thread.kind.is_some_and(agreed) && thread.sentences.contains(&0);
        let action = action.filter(gathers).filter(|_| self.abroad.is_none())?;
        let (title, text) = self.scenes.sentences.split_first()?;
        let is_kind = |it: &Word<'_>| action.aliases.iter().any(|alias| stem(alias) == stem(&it.lower));
        let comes_again = |it: &Word<'_>| {
            let own = stem(&it.lower);
            text.iter().any(|it| it.words.iter().any(|word| stem(&word.lower) == own))
        };
        let told = |it: &Word<'_>| !it.capital() && it.joined && topic::tells(&it.lower) && !is_kind(it);
        let pair =
            title.words.windows(2).find(|it| told(&it[0]) && is_kind(&it[1]) && comes_again(&it[0]))?;
        let why = format!("the headline says “{} {}”", pair[0].text, pair[1].text);
        Some(ProposedFacet { about: "about", aliases: vec![pair[0].lower.clone()], why })
    }

    /// The beginnings of words that tell of a kind in another language, those of the article first.
    fn what_abroad(&self, thread: &Thread, words: &[&'static str]) -> ProposedFacet {
        let stands = |beginning: &&&str| {
            self.scenes_of(thread).any(|it| it.1.words.iter().any(|word| word.lower.starts_with(**beginning)))
        };
        let (here, usual): (Vec<&&str>, Vec<&&str>) = words.iter().partition(stands);
        let why = said_so(&here.iter().map(|it| **it).collect::<Vec<_>>());
        let aliases = here.into_iter().chain(usual).map(|it| format!("{it}*")).collect();
        ProposedFacet { about: "what", aliases, why }
    }

    pub(super) fn headline_words(&self) -> Vec<String> {
        let words = self.scenes.sentences.first().into_iter().flat_map(|it| &it.words);
        let long: Vec<String> = words
            .filter(|it| it.lower.chars().count() > 4)
            .map(|it| it.lower.clone())
            .take(TOPICS_MAX)
            .collect();
        if long.is_empty() { vec!["news".to_owned()] } else { long }
    }

    pub(super) fn where_facet(&mut self, thread: &Thread, venue: &Who, wide: bool) -> Option<ProposedFacet> {
        let alias = self.alias(venue)?;
        // What strikes a region is told by any of its places.
        let weights = self.scenes.weights(|it| &it.who, &thread.sentences).into_iter();
        let others = weights.filter(|it| wide && it.1 > 1 && self.scenes.is_place(&it.0) && it.0 != *venue);
        let others = others.filter(|it| self.scenes.name(&it.0).is_some()).take(3);
        let others: Vec<String> =
            others.collect::<Vec<_>>().iter().filter_map(|it| self.alias(&it.0)).collect();
        let within: Vec<Who> = if wide { self.houses(thread) } else { Vec::new() };
        let within: Vec<String> = within.iter().filter_map(|it| self.alias(it)).collect();
        let why = self.first_sentence(venue, &self.scenes.all()).unwrap_or_default();
        let aliases = std::iter::once(alias).chain(others).chain(within).collect();
        Some(ProposedFacet { about: "where", aliases, why })
    }

    /// Bodies something happens in, as the lead tells: "broke into the Harbour Museum".
    fn houses(&self, thread: &Thread) -> Vec<Who> {
        let names = self.scenes.names.iter().enumerate().filter(|(_, it)| it.kind == NameKind::Body);
        let is_house = |name: &Name| {
            let lead = name.sentences.iter().filter(|at| **at <= LEAD && thread.sentences.contains(at));
            lead.filter_map(|at| self.scenes.sentences.get(*at)).any(|sentence| {
                let before = sentence.text.split_once(&name.text).map_or("", |it| it.0).trim_end();
                let before = before.strip_suffix(" the").unwrap_or(before);
                before.ends_with(" into") || before.ends_with(" inside")
            })
        };
        names.filter(|(_, it)| is_house(it)).map(|(at, _)| Who::Name(at)).collect()
    }

    pub(super) fn any(&mut self, thread: &Thread, action: Option<&Action>, who: &[Who]) -> Vec<String> {
        let topics = topic::topics(&self.scenes.sentences, &known_stems(action), self.abroad);
        let others = self.scenes.weights(|it| &it.who, &thread.sentences).into_iter().map(|it| it.0);
        let packs: Vec<String> = others
            .filter(|it| {
                !who.contains(it) && thread.venue.as_ref() != Some(it) && matches!(it, Who::Pack { .. })
            })
            .take(PACKS_MAX)
            .filter_map(|it| self.alias(&it))
            .collect();
        packs.into_iter().chain(topics.into_iter().take(TOPICS_MAX)).collect()
    }
}

/// A short name as it is written: "sandy" may be said of a beach.
fn as_written(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if !name.contains([' ', ':']) => {
            format!("CASE:{}{}", first.to_uppercase(), letters.as_str())
        }
        _ => name.to_owned(),
    }
}

/// Which words of a kind the article itself uses.
fn said_so(here: &[&str]) -> String {
    match here {
        [] => "usual words for it; the article uses others".to_owned(),
        some => format!("the article says {}; the others are usual words for it", some.join(", ")),
    }
}

/// The stems a kind of news already looks for.
fn known_stems(action: Option<&Action>) -> BTreeSet<String> {
    let known = action.into_iter().flat_map(|it| it.aliases.iter().chain(&it.triggers));
    known.flat_map(|it| it.split(' ').map(stem)).collect()
}
