//! Whether a text is another's: word triples in common, measured in the smaller text.
//!
//! A follow-up repeats paragraphs of background and is news, so title or first
//! sentence must agree too; and a text in which a number changed is no copy.

use jiff::Timestamp;
use storyline_config::limit::MEMORY_SPAN;
use storyline_store::ItemId;

use super::{
    count::Count,
    features::{Features, shared},
    rules_file::CopyRules,
    thread::{Known, Thread},
};

/// What a report takes from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taken {
    pub(super) from: ItemId,
    /// The earlier report's number in its thread.
    pub(super) number: u32,
    /// The share of word triples.
    pub(super) share: f64,
    /// Whether it is the whole, not a part.
    pub(super) is_copy: bool,
}

/// Looks for the report a text is taken from; the earliest of those it shares most with.
pub(super) fn taken(
    rules: &CopyRules,
    thread: &Thread,
    item: ItemId,
    at: Timestamp,
    features: &Features,
) -> Option<Taken> {
    let span = i64::try_from(MEMORY_SPAN.as_secs() / 3600).unwrap_or(i64::MAX);
    let recent = |it: &Known| it.effective <= at && at.duration_since(it.effective).as_hours() <= span;
    let other = |it: &&Known| it.item != item && recent(it);
    let by_title = thread.titled(features.title).filter_map(|number| Some((number, thread.known(number)?)));
    let headline = by_title
        .filter(|(_, it)| other(it) && features.title_words >= rules.headline_words_min)
        .find(|(_, it)| {
            at.duration_since(it.effective).as_hours() <= i64::from(rules.headline_hours)
                && allows(features, it, rules)
        })
        .map(|(number, it)| Taken { from: it.item, number, share: 1.0, is_copy: true });
    let mut best: Option<Taken> = headline;
    for (number, count) in thread.sharing(&features.triples) {
        let Some(known) = thread.known(number) else { continue };
        let Some(share) = containment(rules, count, features, &known.features) else { continue };
        // Most share too little, or less than one that is a copy already.
        let falls_short = share < rules.reuse || best.is_some_and(|it| it.is_copy && it.share >= share);
        if falls_short || !other(&known) {
            continue;
        }
        let agrees = agrees(rules, features, &known.features);
        let is_copy = share >= rules.containment && agrees && !contradicts(features, &known.features);
        if best.is_some_and(|it| (it.is_copy, it.share) >= (is_copy, share)) {
            continue;
        }
        best = Some(Taken { from: known.item, number, share, is_copy });
    }
    best
}

/// Whether two bare headlines that are equal are one report: where both have a text, that decides.
fn allows(features: &Features, known: &Known, rules: &CopyRules) -> bool {
    let bare = |it: &Features| it.sentences.len() <= 1;
    bare(features) || bare(&known.features) || {
        let count = shared(&features.triples, &known.features.triples);
        containment(rules, count, features, &known.features).is_none_or(|share| share >= rules.reuse)
    }
}

/// The share of the smaller text's triples, where it has enough of them.
pub(super) fn containment(rules: &CopyRules, count: usize, a: &Features, b: &Features) -> Option<f64> {
    let least = a.triples.len().min(b.triples.len());
    (least >= rules.triples_min).then(|| count as f64 / least as f64)
}

/// Whether titles or first sentences are about the same.
pub(super) fn agrees(rules: &CopyRules, a: &Features, b: &Features) -> bool {
    let pairs = a.heads.iter().flat_map(|mine| b.heads.iter().map(move |other| (mine, other)));
    pairs.into_iter().any(|(mine, other)| {
        let least = mine.len().min(other.len());
        least >= 3 && shared(mine, other) as f64 >= rules.agreement * least as f64
    })
}

/// Whether two reports count the same thing differently.
pub(super) fn contradicts(a: &Features, b: &Features) -> bool {
    let known = |what: u32| b.numbers.iter().filter(move |it| it.what == what);
    a.numbers.iter().any(|Count { what, value, .. }| {
        known(*what).next().is_some()
            && known(*what).all(|it| (it.value - value).abs() > f64::EPSILON * value.abs().max(1.0))
    })
}
