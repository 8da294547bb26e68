//! What is compared of a report: stems, actions, names, numbers, word triples.
//!
//! Novelty reads the title and the first two sentences; copies are found over
//! the whole text. Everything follows from title, text and language alone, so
//! memory finds the same again when it reads the log.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{
    pattern::number,
    reading::{Reading, Word},
    rules::Table,
};

/// Words that novelty reads.
const LEAD_WORDS_MAX: usize = 80;
/// Words of a clause after a number among which it may say what became of those it counts.
const VICTIMS_AFTER: usize = 4;
/// The same before it, up to another number.
const VICTIMS_BEFORE: usize = 8;
/// Marks hashes of kinds of harm.
const HARM_SEED: u64 = 0xDEAD;

/// What is compared of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Features {
    /// Stems with how often they stand there, the title's counted more; by stem.
    pub(super) terms: Vec<(u32, f32)>,
    /// The kinds of action in title and lead, a bit each.
    pub(super) concepts: u64,
    /// Those of the title alone.
    pub(super) title_concepts: u64,
    /// Names: words in capitals that no sentence begins with.
    pub(super) names: BTreeSet<u32>,
    /// Numbers by what they count.
    pub(super) numbers: Vec<(u32, f64)>,
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
        let mut it = Self::default();
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
        it.names = names(table, reading, lead);
        it.numbers = numbers(table, reading, lead);
        it.amounts = amounts(reading, lead);
        it.terms = terms(table, lead, &it.amounts);
        let title = without_suffix(reading, outlet);
        it.title_words = title.len();
        it.title = hash_of(title);
        it.triples = triples(reading.words.get(reading.title_words..).unwrap_or_default());
        it.heads = [heads(table, title), heads(table, reading.sentence(1))];
        it.sentences = (0..reading.sentences.len()).map(|at| hash_of(reading.sentence(at))).collect();
        it
    }

    /// Bytes they take, about.
    pub(super) fn bytes(&self) -> usize {
        self.terms.len() * 8
            + self.names.len() * 8
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

fn terms(table: &Table, lead: &[Word], amounts: &[u32]) -> Vec<(u32, f32)> {
    let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
    #[expect(clippy::cast_possible_truncation, reason = "a small weight")]
    let title = table.novelty.title_weight as f32;
    for word in lead.iter().filter(|it| !table.is_stopword(it)) {
        *counts.entry(half(word.form.stem)).or_default() += if word.sentence == 0 { title } else { 1.0 };
    }
    for it in amounts {
        *counts.entry(*it).or_default() += title;
    }
    counts.into_iter().map(|(stem, count)| (stem, 1.0 + count.ln().max(0.0))).collect()
}

/// Names are capitals inside a sentence; in a title in title case only those the text shares.
fn names(table: &Table, reading: &Reading, lead: &[Word]) -> BTreeSet<u32> {
    let inside =
        |at: usize, word: &Word| at == 0 || lead.get(at - 1).is_none_or(|it| it.sentence != word.sentence);
    let title = reading.sentence(0);
    let long = title.iter().filter(|it| !table.is_stopword(it)).count();
    let capital = title.iter().filter(|it| it.capital && !table.is_stopword(it)).count();
    let shouts = long > 3 && capital * 5 > long * 4;
    let mut out = BTreeSet::new();
    for (at, word) in lead.iter().enumerate() {
        if !word.capital
            || table.is_stopword(word)
            || inside(at, word) && table.concept(reading, lead, at).is_some()
        {
            continue;
        }
        if word.sentence == 0 && shouts && table.concept(reading, lead, at).is_some() {
            continue;
        }
        out.insert(half(word.form.stem));
    }
    out
}

/// Numbers with the stem of the word they count.
fn numbers(table: &Table, reading: &Reading, lead: &[Word]) -> Vec<(u32, f64)> {
    let mut out = Vec::new();
    for (at, word) in lead.iter().enumerate() {
        let Some(mut value) = number(reading.letters(word)) else { continue };
        // "9.2bn" is "9.2 billion".
        value *= scale(unit(reading.letters(word))).unwrap_or(1.0);
        let same = |it: &&Word| it.sentence == word.sentence;
        let mut after = lead.get(at + 1..).unwrap_or_default().iter().take(5).take_while(same);
        let mut counted = after.next();
        if let Some(scale) = counted.and_then(|it| scale(reading.letters(it))) {
            value *= scale;
            counted = after.next();
        }
        let of = counted.is_some_and(|it| matches!(reading.letters(it), "of" | "out"));
        // "nine of eleven counts" are nine counts.
        let passed = |it: &Word| table.is_stopword(it) || of && number(reading.letters(it)).is_some();
        while counted.is_some_and(passed) {
            counted = after.next();
        }
        let Some(counted) = counted else { continue };
        if number(reading.letters(counted)).is_none() && !is_year(value) {
            out.push((half(counted.form.stem), value));
        }
    }
    out.extend(victims(table, reading, lead));
    out
}

/// How many are dead or hurt, by the kind of harm, in whatever words: "five killed", "kills at least five", "toll rises to 5".
fn victims(table: &Table, reading: &Reading, lead: &[Word]) -> Vec<(u32, f64)> {
    let mut out = Vec::new();
    for (at, word) in lead.iter().enumerate() {
        let Some(value) = number(reading.letters(word)).filter(|it| !is_year(*it)) else { continue };
        let same = |it: &usize| lead.get(*it).is_some_and(|it| it.clause == word.clause);
        let harm = |at: usize| {
            table.concept(reading, lead, at).filter(|it| table.harms & (1 << u64::from(*it)) != 0)
        };
        let after = (at + 1..=at + VICTIMS_AFTER).take_while(same).find_map(harm);
        let counted = |it: &usize| lead.get(*it).is_some_and(|it| number(reading.letters(it)).is_some());
        let before = (at.saturating_sub(VICTIMS_BEFORE)..at).rev().take_while(|it| same(it) && !counted(it));
        let before = || before.into_iter().find_map(harm);
        if let Some(kind) = after.or_else(before) {
            out.push((half(xxh3_64_with_seed(&[kind], HARM_SEED)), value));
        }
    }
    out
}

/// Numbers as amounts: `$9.2 billion` and `9.2bn` are one, and so are `4.5%` and `4.5 per cent`.
fn amounts(reading: &Reading, lead: &[Word]) -> Vec<u32> {
    let mut out = Vec::new();
    for (at, word) in lead.iter().enumerate() {
        let letters = reading.letters(word);
        let Some(value) = number(letters) else { continue };
        let next = lead.get(at + 1).filter(|it| it.sentence == word.sentence);
        let unit = unit(letters);
        let scaled = scale(unit).or_else(|| next.and_then(|it| scale(reading.letters(it))));
        let field = if at < reading.title_words { &reading.title } else { &reading.text };
        let (before, after) = (field.get(..word.at.start), field.get(word.at.end..));
        let is_money = before.is_some_and(|it| it.ends_with(['$', '€', '£', '¥']));
        let next = next.map_or("", |it| reading.letters(it));
        let is_share = after.is_some_and(|it| it.trim_start().starts_with('%'))
            || matches!(next, "percent" | "per" | "pc" | "prozent" | "процент" | "процента" | "процентов");
        let class = match () {
            () if is_share => 0_u64,
            () if scaled.is_some() => 1,
            () if is_money => 2,
            () if value >= 13.0 && !is_year(value) && unit.is_empty() => 3,
            () => continue,
        };
        #[expect(clippy::cast_possible_truncation, reason = "thousandths of an amount in the news")]
        let thousandths = (value * scaled.unwrap_or(1.0) * 1e3).round() as i64;
        out.push(half(xxh3_64_with_seed(&thousandths.to_le_bytes(), class)));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// What is written together with a number: "bn".
fn unit(letters: &str) -> &str {
    letters.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
}

fn is_year(value: f64) -> bool {
    (1900.0..2100.0).contains(&value)
}

fn scale(letters: &str) -> Option<f64> {
    Some(match letters {
        "thousand" | "k" => 1e3,
        "million" | "mln" | "m" | "millions" => 1e6,
        "billion" | "bln" | "bn" => 1e9,
        "trillion" | "trn" => 1e12,
        _ => return None,
    })
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

fn heads(table: &Table, words: &[Word]) -> Vec<u32> {
    let mut out: Vec<u32> =
        words.iter().filter(|it| !table.is_stopword(it)).map(|it| half(it.form.stem)).collect();
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

/// How many values two ascending lists share.
pub(super) fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                count += 1;
                i += 1;
                j += 1;
            }
        }
    }
    count
}
