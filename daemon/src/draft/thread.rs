//! Which threads an article has: what it is mostly about, then what else it announces.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    action,
    name::{Name, NameKind},
    propose::Proposer,
    scene::Who,
};

/// The last sentence of a report's lead.
pub(super) const LEAD: usize = 2;

/// A thread before it is a definition.
pub(super) struct Thread {
    /// What kind of news it is.
    pub(super) kind: Option<&'static str>,
    /// The sentences that tell of it.
    pub(super) sentences: BTreeSet<usize>,
    /// Where it happens.
    pub(super) venue: Option<Who>,
}

impl<'s> Proposer<'s> {
    /// What the article is mostly about, then what else it announces.
    pub(super) fn threads(&self) -> Vec<Thread> {
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
    pub(super) fn kind(
        &self,
        among: &BTreeSet<usize>,
        preferred: Option<&'static str>,
    ) -> Option<&'static str> {
        let mut weights: BTreeMap<&'static str, usize> = BTreeMap::new();
        for at in among {
            let (Some(scene), Some(sentence)) = (self.scenes.each.get(*at), self.scenes.sentences.get(*at))
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
        // What a headline says first is what happened; what follows is why, or with what.
        let rank = |(kind, weight): &(&'static str, usize)| {
            (*weight, std::cmp::Reverse((self.first_in(among, kind), *kind)))
        };
        weights.into_iter().max_by_key(rank).map(|it| it.0)
    }

    /// At which word the headline, where it is among some sentences, begins to tell of a kind.
    fn first_in(&self, among: &BTreeSet<usize>, kind: &str) -> usize {
        let title = among.first().filter(|at| **at == 0);
        let place = title.and_then(|at| {
            let told = self.scenes.each.get(*at)?.kinds.get(kind)?;
            let begins = |stem: &str| told.iter().any(|it| it.split(' ').next() == Some(stem));
            let words = &self.scenes.sentences.get(*at)?.words;
            words.iter().position(|it| begins(&action::stem(&it.lower)))
        });
        place.unwrap_or(usize::MAX)
    }

    /// Where something happens, with the sentences that say so.
    pub(super) fn venues(&self) -> Vec<(Who, BTreeSet<usize>)> {
        let mut venues: BTreeMap<&Who, BTreeSet<usize>> = BTreeMap::new();
        for (at, scene) in self.scenes.each.iter().enumerate() {
            for venue in &scene.venues {
                venues.entry(venue).or_default().insert(at);
            }
        }
        let mut venues: Vec<(Who, BTreeSet<usize>)> =
            venues.into_iter().map(|(who, at)| (who.clone(), at)).collect();
        venues.sort_by_key(|it| std::cmp::Reverse(self.weight(&it.1)));
        venues
    }

    pub(super) fn weight(&self, among: &BTreeSet<usize>) -> u32 {
        among.iter().filter_map(|at| self.scenes.sentences.get(*at)).map(|it| it.weight).sum()
    }

    /// The place of the main thread: the only one, or the one in the headline, or the heaviest of its kind.
    pub(super) fn main_venue(
        &self,
        venues: &[(Who, BTreeSet<usize>)],
        main: Option<&'static str>,
    ) -> Option<Who> {
        let in_title = venues.iter().find(|(_, at)| at.contains(&0));
        let placed = main.and_then(|it| action::all().get(it)).is_some_and(|it| it.placed);
        match venues {
            [] => None,
            // Where something was, or is to be, comes late in a report of what happens elsewhere.
            [(only, at)] if placed && at.first() <= Some(&LEAD) || at.len() > 1 || at.contains(&0) => {
                Some(only.clone())
            }
            _ => in_title
                .or_else(|| venues.first().filter(|(_, at)| placed && self.kind(at, main) == main))
                .map(|it| it.0.clone()),
        }
    }

    /// Whether something is to happen there that is no part of the main thread.
    pub(super) fn stands_alone(
        &self,
        among: &BTreeSet<usize>,
        kind: Option<&'static str>,
        main: Option<&'static str>,
    ) -> bool {
        let Some(kind) = kind else { return false };
        let gathering = is_gathering(kind);
        let ahead = among
            .iter()
            .any(|at| self.scenes.each.get(*at).is_some_and(|it| it.dates.iter().any(|it| it.ahead)));
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
    pub(super) fn others(
        &self,
        main: Option<&'static str>,
        taken: &BTreeSet<usize>,
    ) -> Vec<(&'static str, BTreeSet<usize>)> {
        let mut own: BTreeMap<&'static str, BTreeSet<usize>> = BTreeMap::new();
        for (at, scene) in self.scenes.each.iter().enumerate().skip(1) {
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
                .each
                .get(*at)
                .is_some_and(|it| it.dates.iter().any(|it| it.ahead && it.value.is_some()))
        };
        let words = |kind: &str, at: &BTreeSet<usize>| -> usize {
            at.iter().filter_map(|at| self.scenes.each.get(*at)?.kinds.get(kind)).map(BTreeSet::len).sum()
        };
        own.into_iter()
            .filter(|(kind, at)| {
                words(kind, at) >= 2 && (at.len() > 1 || at.iter().any(dated) || words(kind, at) > 2)
            })
            .collect()
    }

    /// The named event, storm or law of some sentences.
    pub(super) fn occasion(&self, among: &BTreeSet<usize>) -> Option<&'s Name> {
        let named = self.scenes.names.iter().filter(|it| it.kind == NameKind::Occasion);
        let here = |it: &&Name| it.sentences.intersection(among).count();
        // One mention in a long article does not make it the article's subject.
        let enough = |it: &&Name| {
            it.sentences.contains(&0) && among.contains(&0) || here(it) * 4 >= among.len().max(1)
        };
        named.filter(|it| here(it) > 0).filter(enough).max_by_key(here)
    }
}

/// Whether people come together for it.
pub(super) fn is_gathering(kind: &str) -> bool {
    matches!(kind, "meeting" | "conference" | "talks")
}
