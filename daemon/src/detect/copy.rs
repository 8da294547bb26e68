//! Whether a text is another's: word triples in common, measured in the smaller text.
//!
//! A follow-up repeats paragraphs of background and is news, so title or first
//! sentence must agree too; and a text in which a number changed is no copy.

use std::sync::Arc;

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

/// A text that an item may be taken from, in whatever storyline it is known.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// Whose text it is.
    pub(super) item: ItemId,
    features: Arc<Features>,
    /// The share of word triples.
    share: f64,
    /// Whether it is the whole, not a part.
    is_copy: bool,
}

/// A text of which an item shares so many word triples, where that is enough to be taken from it.
pub(super) fn alike(
    rules: &CopyRules,
    (item, text): (ItemId, &Arc<Features>),
    count: u32,
    features: &Features,
) -> Option<Alike> {
    let share = containment(rules, count as usize, features, text).filter(|it| *it >= rules.reuse)?;
    let is_copy = share >= rules.containment && agrees(rules, features, text) && !contradicts(features, text);
    Some(Alike { item, features: Arc::clone(text), share, is_copy })
}

/// Looks for the report a text is taken from; the earliest of those it shares most with.
pub(super) fn taken(
    rules: &CopyRules,
    thread: &Thread,
    (item, at): (ItemId, Timestamp),
    features: &Features,
    alike: &[Alike],
) -> Option<Taken> {
    let span = i64::try_from(MEMORY_SPAN.as_secs() / 3600).unwrap_or(i64::MAX);
    // Feeds are read at their own times: what was read first may be the copy, and is one text with the other.
    let apart = |it: &Known| at.duration_since(it.effective).abs().as_hours();
    let recent = |it: &Known| apart(it) <= span;
    let other = |it: &Known| it.item != item && recent(it);
    let by_title = thread.titled(features.title).filter_map(|number| Some((number, thread.known(number)?)));
    let headline = by_title
        .filter(|(_, it)| other(it) && features.title_words >= rules.headline_words_min)
        .find(|(_, it)| apart(it) <= i64::from(rules.headline_hours) && allows(features, it, rules))
        .map(|(number, it)| Taken { from: it.item, number, share: 1.0, is_copy: true });
    if headline.is_some() {
        return headline; // No text can be more of a copy.
    }
    let mut best: Option<Taken> = None;
    for (number, known, text) in known_alike(thread, alike) {
        if other(known) && best.is_none_or(|it| (it.is_copy, it.share) < (text.is_copy, text.share)) {
            best = Some(Taken { from: text.item, number, share: text.share, is_copy: text.is_copy });
        }
    }
    best
}

/// The reports of a thread that have one of some texts, the oldest first; the texts are in the order of items.
///
/// The fewer are looked for among the more: many texts may be alike, and a thread may have many reports.
fn known_alike<'a>(thread: &'a Thread, alike: &'a [Alike]) -> Vec<(u32, &'a Known, &'a Alike)> {
    let has = |known: &Known, text: &Alike| Arc::ptr_eq(&known.features, &text.features);
    if thread.len() < alike.len() {
        let text = |known: &Known| {
            let from = alike.partition_point(|it| it.item < known.item);
            let contents = alike.get(from..)?.iter().take_while(|it| it.item == known.item);
            contents.into_iter().find(|it| has(known, it))
        };
        return thread.numbered().filter_map(|(number, it)| Some((number, it, text(it)?))).collect();
    }
    let reports = |text: &'a Alike| {
        let all =
            thread.numbers(text.item).iter().filter_map(move |it| Some((*it, thread.known(*it)?, text)));
        all.filter(move |(_, known, text)| has(known, text))
    };
    let mut found: Vec<(u32, &Known, &Alike)> = alike.iter().flat_map(reports).collect();
    found.sort_unstable_by_key(|it| it.0);
    found
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
