//! What is compared of a report: stems, actions, names, numbers, word triples.
//!
//! Novelty reads the title and the first two sentences; copies are found over
//! the whole text. Everything follows from title, text and language alone, so
//! memory finds the same again when it reads the log.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{
    count::{Count, amounts, numbers},
    reading::{Reading, Word},
    rules::Table,
};

/// Words that novelty reads.
const LEAD_WORDS_MAX: usize = 80;

/// What is compared of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Features {
    /// Stems with how often they stand there, the title's counted more; by stem.
    pub(super) terms: Vec<(u32, f32)>,
    /// The language they are in.
    pub(super) tongue: u32,
    /// The kinds of action in title and lead, a bit each.
    pub(super) concepts: u64,
    /// Those of the title alone.
    pub(super) title_concepts: u64,
    /// Names: words in capitals that no sentence begins with; in order.
    pub(super) names: Vec<u32>,
    /// Those of the title that are names for sure, in order of value.
    pub(super) title_names: Vec<u32>,
    /// What is counted.
    pub(super) numbers: Vec<Count>,
    /// How much of it stands in the title, and in title and first sentence; it comes first.
    pub(super) numbers_ahead: [usize; 2],
    /// Sums, shares and counts that are not small, however they are written.
    pub(super) amounts: Vec<u32>,
    /// Hashes of word triples, in order of value.
    pub(super) triples: Vec<u32>,
    /// Hash of the title's words, without the outlet's suffix.
    pub(super) title: u64,
    /// How many words that title has.
    pub(super) title_words: usize,
    /// The stems of the title and of the first sentence.
    pub(super) heads: [Vec<u32>; 2],
    /// Hashes of every sentence's words.
    pub(super) sentences: Vec<u64>,
}

impl Features {
    /// Takes them from a reading; `outlet` is cut off the title's end.
    pub(super) fn of(table: &Table, reading: &Reading, outlet: &str) -> Self {
        let mut it = Self { tongue: reading.tongue, ..Self::default() };
        let lead = reading.lead();
        let lead = lead.get(..lead.len().min(LEAD_WORDS_MAX)).unwrap_or(lead);
        for at in 0..lead.len() {
            if let Some(kind) = table.concept(reading, lead, at) {
                it.concepts |= 1 << u64::from(kind);
                if at < reading.title_words {
                    it.title_concepts |= 1 << u64::from(kind);
                }
            }
        }
        let names = names(table, reading, lead);
        it.title_names = title_names(table, reading, lead, &names);
        it.names = names.into_iter().collect();
        (it.numbers, it.numbers_ahead) = numbers(table, reading, lead);
        it.amounts = amounts(table, reading, lead);
        it.terms = terms(table, reading.tongue, lead, &it.amounts);
        let title = without_suffix(reading, outlet);
        it.title_words = title.len();
        it.title = hash_of(title);
        it.triples = triples(reading.words.get(reading.title_words..).unwrap_or_default());
        it.heads = [title, reading.sentence(1)].map(|it| heads(table, reading.tongue, it));
        it.sentences = (0..reading.sentences.len()).map(|at| hash_of(reading.sentence(at))).collect();
        it
    }

    /// Whether title or lead have a stem.
    pub(super) fn says(&self, stem: u32) -> bool {
        self.terms.binary_search_by_key(&stem, |it| it.0).is_ok()
    }

    /// Bytes they take, about.
    pub(super) fn bytes(&self) -> usize {
        self.terms.len() * 8
            + self.names.len() * 8
            + self.title_names.len() * 4
            + (self.numbers.len() + self.amounts.len()) * 16
            + self.triples.len() * 16
            + self.sentences.len() * 8
            + (self.heads[0].len() + self.heads[1].len()) * 4
            + 480
    }
}

/// The lower half of a hash.
#[expect(clippy::cast_possible_truncation, reason = "the half is wanted")]
pub(super) fn half(hash: u64) -> u32 {
    hash as u32
}

pub(super) fn hash_of(words: &[Word]) -> u64 {
    let mut bytes = Vec::with_capacity(words.len() * 8);
    for word in words {
        bytes.extend_from_slice(&word.form.plain.to_le_bytes());
    }
    xxh3_64(&bytes)
}

fn terms(table: &Table, tongue: u32, lead: &[Word], amounts: &[u32]) -> Vec<(u32, f32)> {
    let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
    #[expect(clippy::cast_possible_truncation, reason = "a small weight")]
    let title = table.novelty.title_weight as f32;
    for word in lead.iter().filter(|it| !table.is_stopword(it)) {
        *counts.entry(table.sense(tongue, word)).or_default() += if word.sentence == 0 { title } else { 1.0 };
    }
    for it in amounts {
        *counts.entry(*it).or_default() += title;
    }
    counts.into_iter().map(|(stem, count)| (stem, 1.0 + count.ln().max(0.0))).collect()
}

/// Whether a title writes nearly every word with a capital, so that capitals say nothing there.
fn shouts(table: &Table, title: &[Word]) -> bool {
    let telling = || title.iter().filter(|it| !table.is_stopword(it));
    let (long, capital) = (telling().count(), telling().filter(|it| it.capital).count());
    long > 3 && capital * 5 > long * 4
}

/// Names are written with a capital wherever they stand; a sentence may begin with one, unless it is what is done.
fn names(table: &Table, reading: &Reading, lead: &[Word]) -> BTreeSet<u32> {
    let begins =
        |at: usize, word: &Word| at == 0 || lead.get(at - 1).is_none_or(|it| it.sentence != word.sentence);
    let shouts = shouts(table, reading.sentence(0));
    let small: BTreeSet<u64> = lead.iter().filter(|it| !it.capital).map(|it| it.form.stem).collect();
    let mut out = BTreeSet::new();
    for (at, word) in lead.iter().enumerate().filter(|it| it.1.capital && !table.is_stopword(it.1)) {
        let proves_nothing = begins(at, word) || word.sentence == 0 && shouts;
        if small.contains(&word.form.stem) || proves_nothing && table.concept(reading, lead, at).is_some() {
            continue;
        }
        out.insert(table.sense(reading.tongue, word));
    }
    out
}

/// The names of a title that are names for sure: a title in capitals proves nothing, nor does its first word, unless the
/// text writes it with a capital within a sentence.
fn title_names(table: &Table, reading: &Reading, lead: &[Word], names: &BTreeSet<u32>) -> Vec<u32> {
    let title = reading.sentence(0);
    let shouts = shouts(table, title);
    let within = |stem: u64| {
        lead.windows(2).any(|it| {
            matches!(it, [before, word] if word.sentence > 0
                && before.sentence == word.sentence
                && word.capital
                && word.form.stem == stem)
        })
    };
    let is_sure = |(at, it): (usize, &Word)| {
        names.contains(&table.sense(reading.tongue, it)) && (at > 0 && !shouts || within(it.form.stem))
    };
    let sure = title.iter().enumerate().filter(|it| is_sure(*it));
    let mut out: Vec<u32> = sure.map(|(_, it)| table.sense(reading.tongue, it)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The title without what names its outlet: ` - Outlet`, ` | Outlet`.
pub(super) fn without_suffix<'a>(reading: &'a Reading, outlet: &str) -> &'a [Word] {
    let title = reading.sentence(0);
    let Some(cut) = reading
        .title
        .rfind(" | ")
        .or_else(|| reading.title.rfind(" - "))
        .or_else(|| reading.title.rfind(" — "))
    else {
        return title;
    };
    let kept = title.iter().take_while(|it| it.at.end <= cut).count();
    let rest = title.len() - kept;
    let named = reading.title.get(cut..).unwrap_or_default();
    let is_name =
        named.chars().filter(|c| c.is_alphanumeric()).eq(outlet.chars().filter(|c| c.is_alphanumeric()));
    let looks = rest <= 4
        && kept >= 4
        && title.iter().skip(kept).all(|it| it.capital || it.form.plain == super::pattern::plain("of"));
    if kept > 0 && (is_name || looks) { title.get(..kept).unwrap_or(title) } else { title }
}

fn heads(table: &Table, tongue: u32, words: &[Word]) -> Vec<u32> {
    let mut out: Vec<u32> =
        words.iter().filter(|it| !table.is_stopword(it)).map(|it| table.sense(tongue, it)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Word triples of the text. The title has none: outlets that tell one thing share words there.
fn triples(text: &[Word]) -> Vec<u32> {
    let mut out: Vec<u32> = text.windows(3).map(triple).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn triple(words: &[Word]) -> u32 {
    let mut bytes = [0; 24];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.form.plain.to_le_bytes());
    }
    half(xxh3_64_with_seed(&bytes, 3))
}

/// The places of the bits that are set, in order.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}

/// The values two ascending lists share.
pub(super) fn both<'a>(a: &'a [u32], b: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let mut rest = b.iter().peekable();
    a.iter().copied().filter(move |it| {
        while rest.next_if(|other| *other < it).is_some() {}
        rest.next_if(|other| *other == it).is_some()
    })
}

/// How many values two ascending lists share.
pub(super) fn shared(a: &[u32], b: &[u32]) -> usize {
    both(a, b).count()
}

#[cfg(test)]
mod tests {
    use super::{super::rules::shipped, super::stem::Language, *};

    #[track_caller]
    fn check(title: &str, text: &str, expected: &[&str]) {
        let reading = Reading::of(title, text, Language::of(None));
        let found = Features::of(shipped(), &reading, "").names;
        let mut stems: Vec<u32> = expected.iter().map(|it| half(Language::of(None).form(it).stem)).collect();
        stems.sort_unstable();
        assert_eq!(found, stems, "{title}");
    }

    #[test]
    fn a_name_is_never_written_small() {
        check(
            "Wardens of Lumley lake find pike",
            "They had not expected it, Ada Fenn said.",
            &["wardens", "lumley", "ada", "fenn"],
        );
        check("Wardens find pike", "The wardens of Lumley were surprised.", &["lumley"]);
        check(
            "Lumley Wardens Find Golden Pike in Lake",
            "A pike of great size swam in the lake, wardens say.",
            &["lumley", "golden"],
        );
    }
}
