//! How near two reports are: decayed by time, over stems, actions, names, numbers.

use jiff::Timestamp;

use super::{
    features::{Features, bits, both, shared},
    rules::Rules,
    step::Step,
    thread::{Known, Thread},
};

/// How words weigh for one item in one storyline.
pub(super) struct Weighing<'a> {
    rules: &'a Rules,
    thread: &'a Thread,
    /// The stems by which the storyline is recognised: every report has them. In order.
    common: Vec<u32>,
    /// How much each kind of action tells.
    kinds: [f64; 64],
    /// Those by which the storyline is recognised, a bit each.
    own_kinds: u64,
    own: Vec<Term>,
    norm: f32,
}

/// A term of the item.
struct Term {
    stem: u32,
    /// How much the stem tells.
    tells: f32,
    /// The same, as often as it stands there.
    weight: f32,
    is_own: bool,
}

/// How much one report is like another, not yet decayed.
pub(super) struct Likeness {
    pub(super) score: f64,
    /// The cosine of their terms.
    pub(super) cosine: f64,
    /// What of the score comes from words other than the storyline's own.
    pub(super) apart: f64,
}

/// The terms two reports share.
struct Overlap {
    dot: f32,
    /// What of it comes from words other than the storyline's own.
    dot_apart: f32,
    /// The other report's norm, if it had no other terms: it has at least this.
    norm_least: f32,
}

impl<'a> Weighing<'a> {
    /// Weighs an item's features; the stems by which the storyline is recognised are in order.
    pub(super) fn of(rules: &'a Rules, thread: &'a Thread, features: &Features, common: Vec<u32>) -> Self {
        let (kinds, own) = (thread.rarity_of_kinds(), Vec::with_capacity(features.terms.len()));
        let mut it = Self { rules, thread, common, kinds, own_kinds: 0, own, norm: 0.0 };
        for (stem, count) in &features.terms {
            let (stem, tells, is_own) = (*stem, it.weight(*stem), it.is_own(*stem));
            it.own.push(Term { stem, tells, weight: count * tells, is_own });
        }
        it.norm = it.own.iter().map(|it| it.weight * it.weight).sum::<f32>().sqrt();
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
        let shared = self.overlap(terms);
        if shared.dot > 0.0 { self.cosines(&shared, self.norm_of(terms)).0 } else { 0.0 }
    }

    /// What another report's terms share with the item's: both are in the order of stems.
    fn overlap(&self, terms: &[(u32, f32)]) -> Overlap {
        let mut own = self.own.iter().peekable();
        let (mut dot, mut dot_apart, mut norm) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (stem, count) in terms {
            while own.next_if(|it| it.stem < *stem).is_some() {}
            if let Some(mine) = own.next_if(|it| it.stem == *stem) {
                let weight = count * mine.tells;
                norm += weight * weight;
                dot += mine.weight * weight;
                if !mine.is_own {
                    dot_apart += mine.weight * weight;
                }
            }
        }
        Overlap { dot, dot_apart, norm_least: norm.sqrt() }
    }

    /// The norm of another report's terms: dear, as each of them is looked up in what is remembered.
    fn norm_of(&self, terms: &[(u32, f32)]) -> f32 {
        let weights = terms.iter().map(|(stem, count)| count * self.weight(*stem));
        weights.map(|it| it * it).sum::<f32>().sqrt()
    }

    /// The cosine where the other report has some norm, and what of it comes from words other than the storyline's own.
    fn cosines(&self, shared: &Overlap, norm: f32) -> (f64, f64) {
        if self.norm <= 0.0 || norm <= 0.0 {
            return (0.0, 0.0);
        }
        let norms = self.norm * norm;
        (f64::from(shared.dot / norms), f64::from(shared.dot_apart / norms))
    }

    /// The whole of a likeness.
    #[cfg(test)]
    pub(super) fn sameness(&self, features: &Features, known: &Known) -> f64 {
        self.likeness(features, known, |_| true).map_or(0.0, |it| it.score)
    }

    /// How much an item says again what a known report said; none where the most it can be is not `worth` it.
    pub(super) fn likeness(
        &self,
        features: &Features,
        known: &Known,
        worth: impl Fn(&Likeness) -> bool,
    ) -> Option<Likeness> {
        self.likeness_but(0, features, known, worth)
    }

    /// How much an item's later content says again what an earlier one said, in other words than the storyline's own:
    /// those are the frame of every content of one article.
    pub(super) fn likeness_to_itself(&self, features: &Features, known: &Known) -> Option<Likeness> {
        let it = self.likeness_but(self.own_kinds, features, known, |_| true)?;
        Some(Likeness { score: it.apart, ..it })
    }

    /// What a title says in other words than the storyline's own.
    fn title_apart(&self, features: &Features) -> Vec<u32> {
        features.heads[0].iter().filter(|it| !self.is_own(**it)).copied().collect()
    }

    /// Whether two titles share half of what either says in other words than the storyline's own.
    pub(super) fn titles_agree(&self, features: &Features, known: &Known) -> bool {
        let (mine, other) = (self.title_apart(features), self.title_apart(&known.features));
        2 * shared(&mine, &other) >= mine.len().max(other.len())
    }

    /// Whether a title tells no deed that a known report did not, and shares a word with its title that is not the
    /// storyline's own.
    pub(super) fn titles_tell_one(&self, features: &Features, known: &Known) -> bool {
        features.title_concepts & !known.features.concepts == 0
            && shared(&self.title_apart(features), &self.title_apart(&known.features)) > 0
    }

    /// Whether a title names others than the titles of a development's reports: most of its names stand in no report of
    /// it, and most of theirs not in the item.
    pub(super) fn names_others(&self, features: &Features, known: &[&Known]) -> bool {
        let from = self.rules.table.novelty.others_from;
        let is_told = |stem: u32| known.iter().any(|it| it.features.says(stem));
        let theirs = known.iter().flat_map(|it| &it.features.title_names);
        self.share_of(features.title_names.iter(), |it| !is_told(it)) > from
            && self.share_of(theirs, |it| !features.says(it)) > from
    }

    /// What those of some names that are wanted weigh in all that are not the storyline's own.
    fn share_of<'n>(&self, names: impl Iterator<Item = &'n u32>, wanted: impl Fn(u32) -> bool) -> f64 {
        let (mut all, mut some) = (0.0, 0.0);
        for it in names.filter(|it| !self.is_own(**it)) {
            let weight = f64::from(self.rarity(*it));
            all += weight;
            some += if wanted(*it) { weight } else { 0.0 };
        }
        if all > 0.0 { some / all } else { 0.0 }
    }

    /// A likeness to which some kinds of action do not add; none where the most it can be is not `worth` it.
    ///
    /// The other report's norm is dear, and most reports are too unlike for it to matter: what they share bounds it, and
    /// with it all that follows, which only grows as the norm shrinks.
    fn likeness_but(
        &self,
        left_out: u64,
        features: &Features,
        known: &Known,
        worth: impl Fn(&Likeness) -> bool,
    ) -> Option<Likeness> {
        let rules = &self.rules.table.novelty;
        let other = &known.features;
        let shared = self.overlap(&other.terms);
        let told = self.done(left_out, features, other) + self.counted(features, other);
        let named = self.named(features, other);
        // Reports in two languages share no words, and need not.
        let is_free = shared.dot > shared.dot_apart || features.tongue != other.tongue;
        let with = |norm: f32| {
            let (cosine, words_apart) = self.cosines(&shared, norm);
            let besides = named + told * if is_free { 1.0 } else { self.agreed(cosine) };
            Likeness {
                score: rules.cosine * cosine + besides,
                cosine,
                apart: rules.cosine * words_apart + besides,
            }
        };
        let most = with(shared.norm_least);
        if shared.dot <= 0.0 || !worth(&most) {
            return Some(most).filter(worth);
        }
        Some(with(self.norm_of(&other.terms)))
    }

    /// How far two reports with such a cosine are about the same, so that the same deed or figure is no chance; where
    /// both have words of the storyline's own it is none.
    fn agreed(&self, cosine: f64) -> f64 {
        let rules = &self.rules.table.novelty;
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
        let names = both(&features.names, &other.names).filter(|it| !self.is_own(*it));
        let weight: f32 = names.map(|it| (self.rarity(it) / RARE).min(1.0)).sum();
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
        bits(kinds).filter_map(|it| self.kinds.get(it)).sum()
    }

    /// What is left of a similarity after the time between two reports.
    pub(super) fn fading(&self, a: Timestamp, b: Timestamp) -> f64 {
        if !self.rules.takes(Step::Decay) {
            return 1.0;
        }
        (-hours_between(a, b) / self.rules.table.novelty.hours).exp()
    }

    fn weight(&self, stem: u32) -> f32 {
        let rarity = self.rarity(stem);
        #[expect(clippy::cast_possible_truncation, reason = "a small weight")]
        let common = self.rules.table.novelty.common as f32;
        if self.is_own(stem) { rarity * common } else { rarity }
    }

    /// Whether the storyline is recognised by a stem.
    pub(super) fn is_own(&self, stem: u32) -> bool {
        self.common.binary_search(&stem).is_ok()
    }

    fn rarity(&self, stem: u32) -> f32 {
        self.thread.rarity(stem, self.rules.table.novelty.unread)
    }
}

/// The hours between two times, whichever is first.
pub(super) fn hours_between(a: Timestamp, b: Timestamp) -> f64 {
    a.duration_since(b).abs().as_secs_f64() / 3600.0
}

/// The rarity from which on a word tells all it can.
const RARE: f32 = 2.0;

/// What is shared must tell something by itself: one kind of action that is not the storyline's own.
fn telling(both: f64) -> f64 {
    (both / 1.2).min(1.0)
}
