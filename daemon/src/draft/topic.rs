//! What an article keeps speaking of: nouns that come again.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    action::stem,
    lists::{CALENDAR, PLAIN, ROLES, has},
    sentence::Sentence,
};
use crate::detect::tongue;

/// Frequent words of reports that tell nothing of their subject.
const EMPTY: &str = "\
    added ago agreed announced asked based became been began begin begins being call called calls came carry cent caused countries country \
    day days does doing dollar dollars done down end ended euro euros expected fails finish first found giant gave given got going group held help \
    him hold hours known leading least led left likely made make making man men met million minutes month \
    months must named need number old own opened people per put part place plan planned plans report reported \
    reporters reports said same say sends set saying says second seen service should since start spoke spokesman \
    spokeswoman started statement stop stops take taken taking talk tell think third time times told took use used \
    wanted wants warned week weeks way went work world year years";

/// Characters of a word that tells something, in a language whose small words are not all known.
const ABROAD_CHARS_MIN: usize = 5;

/// Whether a word tells something of a subject, as far as lists know.
pub(super) fn tells(lower: &str) -> bool {
    let letters = lower.chars().count() > 2 && lower.chars().all(|it| it.is_alphabetic() || it == '-');
    letters && !(has(PLAIN, lower) || has(CALENDAR, lower) || has(EMPTY, lower) || has(ROLES, lower))
}

/// Words that come in several sentences, the most frequent first, as they are written.
///
/// In another language than English, short words and those that only join others are left out instead.
pub(super) fn topics(
    sentences: &[Sentence<'_>],
    left_out: &BTreeSet<String>,
    abroad: Option<&str>,
) -> Vec<String> {
    let mut seen: BTreeMap<String, (u32, BTreeMap<&str, u32>)> = BTreeMap::new();
    for sentence in sentences {
        let mut here = BTreeSet::new();
        for word in &sentence.words {
            let lower = word.lower.as_str();
            let small = abroad.is_some_and(|lang| {
                lower.chars().count() < ABROAD_CHARS_MIN || tongue::is_small(lang, lower)
            });
            if !tells(lower) || small || word.capital() || lower.ends_with("ly") || lower.ends_with("ing") {
                continue;
            }
            let (count, forms) = seen.entry(stem(lower)).or_default();
            *forms.entry(lower).or_default() += 1;
            if here.insert(stem(lower)) {
                *count += if sentence.weight > 2 { 2 } else { 1 };
            }
        }
    }
    let mut topics: Vec<(u32, String)> = seen
        .into_iter()
        .filter(|(stem, (count, _))| *count > 1 && !left_out.contains(stem))
        .filter_map(|(_, (count, forms))| {
            let form =
                forms.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.len().cmp(&a.0.len())))?;
            Some((count, form.0.to_owned()))
        })
        .collect();
    topics.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    topics.into_iter().map(|it| it.1).collect()
}
