//! How near two reports are: decayed by time, over stems, actions, names, numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    features::{Features, shared},
    rules::{Rules, Step},
    thread::{Known, Thread},
};

/// How words weigh for one item in one storyline.
pub(super) struct Weighing<'a> {
    rules: &'a Rules,
    thread: &'a Thread,
    /// The stems by which the storyline is recognised: every report has them.
    common: BTreeSet<u32>,
    /// How much each kind of action tells.
    kinds: [f64; 64],
    /// Those by which the storyline is recognised, a bit each.
    own_kinds: u64,
    own: Vec<(u32, f32)>,
    norm: f32,
}

/// How much one report is like another, not yet decayed.
pub(super) struct Likeness {
    pub(super) score: f64,
    /// The cosine of their terms.
    pub(super) cosine: f64,
    /// What of the score comes from words other than the storyline's own.
    pub(super) apart: f64,
}

/// The cosine of two reports' terms.
#[derive(Default)]
struct Cosine {
    all: f64,
    /// What of it comes from words other than the storyline's own.
    apart: f64,
    /// The lengths of both, multiplied.
    norms: f32,
}

impl<'a> Weighing<'a> {
    /// Weighs an item's features.
    pub(super) fn of(
        rules: &'a Rules,
        thread: &'a Thread,
        features: &Features,
        common: BTreeSet<u32>,
    ) -> Self {
        let mut it =
            Self { rules, thread, common, kinds: [0.0; 64], own_kinds: 0, own: Vec::new(), norm: 0.0 };
        for (kind, weight) in (0..).zip(&mut it.kinds) {
            *weight = f64::from(thread.rarity_of_kind(kind));
        }
        it.own = features.terms.iter().map(|(stem, count)| (*stem, count * it.weight(*stem))).collect();
        it.norm = it.own.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        it
    }

    /// The same, where the storyline is recognised by some kinds of action, a bit each.
    pub(super) fn doing(mut self, common_kinds: u64) -> Self {
        self.own_kinds = common_kinds;
        let common = self.rules.table.novelty.common;
        let own = (0..64).zip(&mut self.kinds).filter(|(it, _)| common_kinds & (1 << it) != 0);
        own.for_each(|(_, weight)| *weight *= common);
        self
    }

    /// The cosine with another report's terms.
    pub(super) fn cosine(&self, terms: &[(u32, f32)]) -> f64 {
        self.cosines(terms).all
    }

    /// The cosine with another report's terms, and what of it comes from which words.
    fn cosines(&self, terms: &[(u32, f32)]) -> Cosine {
        let mut own = self.own.iter().peekable();
        let (mut dot, mut own_dot, mut norm) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (stem, count) in terms {
            let weight = count * self.weight(*stem);
            norm += weight * weight;
            while own.next_if(|it| it.0 < *stem).is_some() {}
            if let Some((_, mine)) = own.next_if(|it| it.0 == *stem) {
                dot += mine * weight;
                if !self.common.contains(stem) {
                    own_dot += mine * weight;
                }
            }
        }
        if self.norm <= 0.0 || norm <= 0.0 {
            return Cosine::default();
        }
        let norms = self.norm * norm.sqrt();
        Cosine { all: f64::from(dot / norms), apart: f64::from(own_dot / norms), norms }
    }

    /// The whole of a likeness.
    #[cfg(test)]
    pub(super) fn sameness(&self, features: &Features, known: &Known) -> f64 {
        self.likeness(features, known, 0.0).score
    }

    /// How much an item says again what a known report said, where others are named so far.
    pub(super) fn likeness(&self, features: &Features, known: &Known, others: f64) -> Likeness {
        self.likeness_but(0, features, known, others)
    }

    /// How much an item's later content says again what an earlier one said, in other words than the storyline's own:
    /// those are the frame of every content of one article.
    pub(super) fn likeness_to_itself(&self, features: &Features, known: &Known) -> Likeness {
        let it = self.likeness_but(self.own_kinds, features, known, 0.0);
        Likeness { score: it.apart, ..it }
    }

    /// What a title says in other words than the storyline's own.
    fn title_apart(&self, features: &Features) -> Vec<u32> {
        features.heads[0].iter().filter(|it| !self.common.contains(it)).copied().collect()
    }

    /// Whether two titles share half of what either says in other words than the storyline's own.
    pub(super) fn titles_agree(&self, features: &Features, known: &Known) -> bool {
        let (mine, other) = (self.title_apart(features), self.title_apart(&known.features));
        2 * shared(&mine, &other) >= mine.len().max(other.len())
    }

    /// Whether the storyline is recognised by a stem.
    pub(super) fn is_own(&self, stem: u32) -> bool {
        self.common.contains(&stem)
    }

    /// Whether a title tells no deed that a known report did not, and shares a word with its title that is not the
    /// storyline's own.
    pub(super) fn titles_tell_one(&self, features: &Features, known: &Known) -> bool {
        features.title_concepts & !known.features.concepts == 0
            && shared(&self.title_apart(features), &self.title_apart(&known.features)) > 0
    }

    /// How far the title of an item names others than the titles of a development's reports, from 0 to 1: those that
    /// no report of it names, and those that the item does not, whichever is the smaller share.
    pub(super) fn others(&self, features: &Features, known: &[&Known]) -> f64 {
        let is_named = |it: &Features, stem: u32| it.terms.binary_search_by_key(&stem, |it| it.0).is_ok();
        let is_told = |stem: u32| known.iter().any(|it| is_named(&it.features, stem));
        let theirs = known.iter().flat_map(|it| &it.features.title_names);
        let from = self.rules.table.novelty.others_from;
        let new = self.share_of(features.title_names.iter(), |it| !is_told(it));
        if new <= from {
            return 0.0;
        }
        let missed = self.share_of(theirs, |it| !is_named(features, it));
        ((new.min(missed) - from) / (1.0 - from).max(f64::EPSILON)).max(0.0)
    }

    /// What those of some names that are wanted weigh in all that are not the storyline's own.
    fn share_of<'n>(&self, names: impl Iterator<Item = &'n u32>, wanted: impl Fn(u32) -> bool) -> f64 {
        let (mut all, mut some) = (0.0, 0.0);
        for it in names.filter(|it| !self.common.contains(it)) {
            let weight = f64::from(self.rarity(*it));
            all += weight;
            some += if wanted(*it) { weight } else { 0.0 };
        }
        if all > 0.0 { some / all } else { 0.0 }
    }

    /// A likeness to which some kinds of action do not add; `others` is how far others are named.
    fn likeness_but(&self, left_out: u64, features: &Features, known: &Known, others: f64) -> Likeness {
        let rules = &self.rules.table.novelty;
        let other = &known.features;
        let cosine = self.cosines(&other.terms);
        // The same said and done of others is another event.
        let of_them = 1.0 - rules.others * others;
        let told = self.done(left_out, features, other) * of_them + self.counted(features, other);
        let besides = self.named(features, other, &cosine)
            + told * self.agreed(cosine.all * of_them, cosine.all - cosine.apart, features, other);
        Likeness {
            score: rules.cosine * cosine.all * of_them + besides,
            cosine: cosine.all,
            apart: rules.cosine * cosine.apart * of_them + besides,
        }
    }

    /// How far two reports are about the same, so that the same deed or figure is no chance; `own` is what of the cosine
    /// comes from the storyline's own words.
    ///
    /// Reports in two languages share no words, and need not.
    fn agreed(&self, cosine: f64, own: f64, features: &Features, other: &Features) -> f64 {
        let rules = &self.rules.table.novelty;
        if own > 0.0 || features.tongue != other.tongue {
            return 1.0;
        }
        let span = (rules.agreed_full - rules.agreed_from).max(f64::EPSILON);
        ((cosine - rules.agreed_from) / span).clamp(0.0, 1.0)
    }

    /// What the same deeds say; some kinds may be left out.
    fn done(&self, left_out: u64, features: &Features, other: &Features) -> f64 {
        if !self.rules.takes(Step::Concepts) {
            return 0.0;
        }
        let rules = &self.rules.table.novelty;
        let kept = |kinds: u64| kinds & !left_out;
        rules.concepts * self.done_alike(kept(features.concepts), kept(other.concepts))
            + rules.title_concepts * self.done_in(kept(features.title_concepts), kept(other.title_concepts))
    }

    /// What the same names say, where other words agree too: the same people do many things.
    fn named(&self, features: &Features, other: &Features, cosine: &Cosine) -> f64 {
        if !self.rules.takes(Step::Entities) {
            return 0.0;
        }
        let rules = &self.rules.table.novelty;
        let (mut weight, mut dot) = (0.0_f32, 0.0_f32);
        for it in features.names.intersection(&other.names) {
            dot += count_of(&self.own, *it) * count_of(&other.terms, *it) * self.weight(*it);
            if !self.common.contains(it) {
                weight += (self.rarity(*it) / RARE).min(1.0);
            }
        }
        let said = rules.entities * (f64::from(weight) / rules.entities_full).min(1.0);
        if said <= 0.0 || features.tongue != other.tongue {
            return said;
        }
        let by_others = cosine.all - f64::from(dot / cosine.norms.max(f32::EPSILON));
        said * (by_others / rules.entities_besides).clamp(0.0, 1.0)
    }

    /// What the same amounts say.
    fn counted(&self, features: &Features, other: &Features) -> f64 {
        if !self.rules.takes(Step::Numbers) {
            return 0.0;
        }
        let amounts = features.amounts.iter().filter(|it| other.amounts.contains(it));
        let weight: f32 = amounts.map(|it| (self.rarity(*it) / RARE).min(1.0)).sum();
        self.rules.table.novelty.amounts * f64::from(weight).min(1.0)
    }

    /// The share of what both do in all they do, and how telling that is.
    fn done_alike(&self, a: u64, b: u64) -> f64 {
        let (both, all) = (self.told_by(a & b), self.told_by(a | b));
        if all <= 0.0 { 0.0 } else { both / all * telling(both) }
    }

    /// The share of what both do in what the one that does less does.
    fn done_in(&self, a: u64, b: u64) -> f64 {
        let (both, least) = (self.told_by(a & b), self.told_by(a).min(self.told_by(b)));
        if least <= 0.0 { 0.0 } else { both / least * telling(both) }
    }

    /// How much kinds of action tell: little where every report has them, or the storyline is recognised by them.
    fn told_by(&self, kinds: u64) -> f64 {
        (0..64).zip(&self.kinds).filter(|(it, _)| kinds & (1 << it) != 0).map(|(_, weight)| weight).sum()
    }

    /// What is left of a similarity after the time between two reports.
    pub(super) fn fading(&self, a: Timestamp, b: Timestamp) -> f64 {
        if !self.rules.takes(Step::Decay) {
            return 1.0;
        }
        let hours = a.duration_since(b).abs().as_secs_f64() / 3600.0;
        (-hours / self.rules.table.novelty.hours).exp()
    }

    fn weight(&self, stem: u32) -> f32 {
        let rarity = self.rarity(stem);
        #[expect(clippy::cast_possible_truncation, reason = "a small weight")]
        let common = self.rules.table.novelty.common as f32;
        if self.common.contains(&stem) { rarity * common } else { rarity }
    }

    fn rarity(&self, stem: u32) -> f32 {
        self.thread.rarity(stem, self.rules.table.novelty.unread)
    }
}

/// What a stem counts in a list by stem.
fn count_of(terms: &[(u32, f32)], stem: u32) -> f32 {
    let place = terms.binary_search_by_key(&stem, |it| it.0).ok();
    place.and_then(|it| terms.get(it)).map_or(0.0, |it| it.1)
}

/// The rarity from which on a word tells all it can.
const RARE: f32 = 2.0;

/// What is shared must tell something by itself: one kind of action that is not the storyline's own.
fn telling(both: f64) -> f64 {
    (both / 1.2).min(1.0)
}
