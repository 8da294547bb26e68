//! How near two reports are: decayed by time, over stems, actions, names, numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    features::Features,
    rules::{Rules, Step},
    thread::{Known, Thread},
};

/// How words weigh for one item in one storyline.
pub(super) struct Weighing<'a> {
    rules: &'a Rules,
    thread: &'a Thread,
    /// The stems by which the storyline is recognised: every report has them.
    common: BTreeSet<u32>,
    own: Vec<(u32, f32)>,
    norm: f32,
}

impl<'a> Weighing<'a> {
    /// Weighs an item's features.
    pub(super) fn of(
        rules: &'a Rules,
        thread: &'a Thread,
        features: &Features,
        common: BTreeSet<u32>,
    ) -> Self {
        let mut it = Self { rules, thread, common, own: Vec::new(), norm: 0.0 };
        it.own = features.terms.iter().map(|(stem, count)| (*stem, count * it.weight(*stem))).collect();
        it.norm = it.own.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        it
    }

    /// The cosine with another report's terms.
    pub(super) fn cosine(&self, terms: &[(u32, f32)]) -> f64 {
        let mut own = self.own.iter().peekable();
        let (mut dot, mut norm) = (0.0_f32, 0.0_f32);
        for (stem, count) in terms {
            let weight = count * self.weight(*stem);
            norm += weight * weight;
            while own.next_if(|it| it.0 < *stem).is_some() {}
            if let Some((_, mine)) = own.next_if(|it| it.0 == *stem) {
                dot += mine * weight;
            }
        }
        if self.norm <= 0.0 || norm <= 0.0 { 0.0 } else { f64::from(dot / (self.norm * norm.sqrt())) }
    }

    /// How much an item says again what a known report said, not yet decayed.
    pub(super) fn sameness(&self, features: &Features, known: &Known) -> f64 {
        let rules = &self.rules.table.novelty;
        let other = &known.features;
        let mut sum = rules.cosine * self.cosine(&other.terms);
        if self.rules.takes(Step::Concepts) {
            sum += rules.concepts * jaccard(features.concepts, other.concepts);
            sum += rules.title_concepts * overlap(features.title_concepts, other.title_concepts);
        }
        if self.rules.takes(Step::Entities) {
            let names =
                features.names.intersection(&other.names).filter(|it| !self.common.contains(it)).count();
            sum += rules.entities * (names as f64 / 3.0).min(1.0);
        }
        sum
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
        let rarity = self.thread.rarity(stem);
        #[expect(clippy::cast_possible_truncation, reason = "a small weight")]
        let common = self.rules.table.novelty.common as f32;
        if self.common.contains(&stem) { rarity * common } else { rarity }
    }
}

fn jaccard(a: u64, b: u64) -> f64 {
    let all = (a | b).count_ones();
    if all == 0 { 0.0 } else { f64::from((a & b).count_ones()) / f64::from(all) }
}

fn overlap(a: u64, b: u64) -> f64 {
    let least = a.count_ones().min(b.count_ones());
    if least == 0 { 0.0 } else { f64::from((a & b).count_ones()) / f64::from(least) }
}
