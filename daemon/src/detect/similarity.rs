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
        self.cosines(terms).0
    }

    /// The cosine with another report's terms, and what of it comes from words other than the storyline's own.
    fn cosines(&self, terms: &[(u32, f32)]) -> (f64, f64) {
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
            return (0.0, 0.0);
        }
        let norms = self.norm * norm.sqrt();
        (f64::from(dot / norms), f64::from(own_dot / norms))
    }

    /// The whole of a likeness.
    #[cfg(test)]
    pub(super) fn sameness(&self, features: &Features, known: &Known) -> f64 {
        self.likeness(features, known).score
    }

    /// How much an item says again what a known report said.
    pub(super) fn likeness(&self, features: &Features, known: &Known) -> Likeness {
        self.likeness_but(0, features, known)
    }

    /// How much an item's later content says again what an earlier one said, in other words than the storyline's own:
    /// those are the frame of every content of one article.
    pub(super) fn likeness_to_itself(&self, features: &Features, known: &Known) -> Likeness {
        let it = self.likeness_but(self.own_kinds, features, known);
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

    /// A likeness to which some kinds of action do not add.
    fn likeness_but(&self, left_out: u64, features: &Features, known: &Known) -> Likeness {
        let rules = &self.rules.table.novelty;
        let other = &known.features;
        let (cosine, words_apart) = self.cosines(&other.terms);
        let told = self.done(left_out, features, other) + self.counted(features, other);
        let besides =
            self.named(features, other) + told * self.agreed(cosine, cosine - words_apart, features, other);
        Likeness {
            score: rules.cosine * cosine + besides,
            cosine,
            apart: rules.cosine * words_apart + besides,
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

    /// What the same names say.
    fn named(&self, features: &Features, other: &Features) -> f64 {
        if !self.rules.takes(Step::Entities) {
            return 0.0;
        }
        let rules = &self.rules.table.novelty;
        let names = features.names.intersection(&other.names).filter(|it| !self.common.contains(it));
        let weight: f32 = names.map(|it| (self.rarity(*it) / RARE).min(1.0)).sum();
        rules.entities * (f64::from(weight) / rules.entities_full).min(1.0)
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

/// The rarity from which on a word tells all it can.
const RARE: f32 = 2.0;

/// What is shared must tell something by itself: one kind of action that is not the storyline's own.
fn telling(both: f64) -> f64 {
    (both / 1.2).min(1.0)
}
