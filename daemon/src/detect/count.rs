//! What a report counts: how many of what, how many dead or hurt, which sums and shares.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{
    features::half,
    pattern::number,
    reading::{Reading, Word},
    rules::Table,
};

/// Words of a clause after a number among which it may say what became of those it counts.
const VICTIMS_AFTER: usize = 4;
/// The same before it, up to another number.
const VICTIMS_BEFORE: usize = 10;
/// Bytes of a bracket before a number.
const BRACKET_BYTES: usize = 40;
/// Marks hashes of kinds of harm.
const HARM_SEED: u64 = 0xDEAD;

/// What a report counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Count {
    /// The stem of what is counted, or the kind of harm.
    pub(super) what: u32,
    pub(super) value: f64,
    /// Whether those it counts came to harm: their number only grows.
    pub(super) is_harm: bool,
}

/// What is counted, in its order, and how much of it stands in the title, and in title and first sentence.
pub(super) fn numbers(table: &Table, reading: &Reading, lead: &[Word]) -> (Vec<Count>, [usize; 2]) {
    let mut found: Vec<(u16, Count)> = Vec::new();
    for (at, word) in lead.iter().enumerate() {
        let Some(value) = count(table, reading, lead, at) else { continue };
        let things = things(table, reading, lead, at, value);
        let harm = victims(table, reading, lead, at);
        let all = things.into_iter().chain(harm.map(|it| (it, value)));
        let is_harm = harm.is_some();
        found.extend(all.map(|(what, value)| (word.sentence, Count { what, value, is_harm })));
    }
    let until = |sentence: u16| found.iter().take_while(|it| it.0 <= sentence).count();
    let ahead = [until(0), until(1)];
    (found.into_iter().map(|it| it.1).collect(), ahead)
}

/// The number a word names, where it may count something: hours, days, ages and places in a row count nothing.
fn count(table: &Table, reading: &Reading, lead: &[Word], at: usize) -> Option<f64> {
    let letters = reading.letters(lead.get(at)?);
    let value = number(letters)?;
    let unit = unit(letters);
    let is_bare = unit.is_empty() || unit.len() == letters.len() || scale(unit).is_some();
    let is_beside =
        is_of_time(table, lead, at) || is_second(reading, lead, at) || is_aside(reading, lead, at);
    (is_bare && !is_year(value) && !is_beside).then_some(value)
}

/// The stem of the words a number counts, and how many there are.
fn things(table: &Table, reading: &Reading, lead: &[Word], at: usize, value: f64) -> Option<(u32, f64)> {
    let word = lead.get(at)?;
    let same = |it: &&Word| it.sentence == word.sentence;
    let mut after = lead.get(at + 1..).unwrap_or_default().iter().take(5).take_while(same).peekable();
    let scaled = after.next_if(|it| scale(reading.letters(it)).is_some());
    // "9.2bn" is "9.2 billion".
    let scale = scale(unit(reading.letters(word))).or_else(|| scale(reading.letters(scaled?))).unwrap_or(1.0);
    // "nine of eleven counts" are nine counts.
    let of = after.peek().is_some_and(|it| matches!(reading.letters(it), "of" | "out"));
    let passed = |it: &Word| table.is_stopword(it) || of && number(reading.letters(it)).is_some();
    let counted = after.find(|it| !passed(it))?;
    let is_thing = number(reading.letters(counted)).is_none() && !table.is_of_time(counted);
    is_thing.then(|| (half(counted.form.stem), value * scale))
}

/// The kind of harm a number counts, in whatever words: "five killed", "kills at least five", "toll rises to 5".
fn victims(table: &Table, reading: &Reading, lead: &[Word], at: usize) -> Option<u32> {
    let word = lead.get(at)?;
    if lead.get(at + 1).is_some_and(|it| table.measures.contains(&it.form.plain)) {
        return None;
    }
    let same = |it: &usize| lead.get(*it).is_some_and(|it| it.clause == word.clause);
    let harm =
        |at: usize| table.concept(reading, lead, at).filter(|it| table.harms & (1 << u64::from(*it)) != 0);
    let after = (at + 1..=at + VICTIMS_AFTER).take_while(same).find_map(harm);
    let counted = |it: &usize| lead.get(*it).is_some_and(|it| number(reading.letters(it)).is_some());
    let before = (at.saturating_sub(VICTIMS_BEFORE)..at).rev().take_while(|it| same(it) && !counted(it));
    let kind = after.or_else(|| before.into_iter().find_map(harm))?;
    Some(half(xxh3_64_with_seed(&[kind], HARM_SEED)))
}

/// Whether a number is of a clock, a calendar or an age: `May 3`, `3 May`, `9.30 a.m.`, `33-year-old`.
fn is_of_time(table: &Table, lead: &[Word], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| lead.get(it));
    let mut after = lead.get(at + 1..).unwrap_or_default().iter();
    let is_unit = |it: &Word| table.is_of_time(it);
    before.is_some_and(|it| table.is_before_time(it))
        || after
            .next()
            .is_some_and(|it| is_unit(it) || table.is_stopword(it) && after.next().is_some_and(is_unit))
}

/// Whether a number stands by itself between commas or in a bracket: `the captain, 61, said`, `Marsh (14-2, 9 knockouts)`.
fn is_aside(reading: &Reading, lead: &[Word], at: usize) -> bool {
    let Some(word) = lead.get(at) else { return false };
    let (before, after) = around(reading, at, word);
    let opened = before.rfind('(').filter(|it| {
        !before.get(*it..).is_some_and(|it| it.contains(')')) && before.len() - it <= BRACKET_BYTES
    });
    if opened.is_some() && after.contains(')') {
        return true;
    }
    before.trim_end().ends_with(',') && after.starts_with(',')
}

/// What is written before and after a word of the lead in its field.
fn around<'a>(reading: &'a Reading, at: usize, word: &Word) -> (&'a str, &'a str) {
    let field = if at < reading.title_words { &reading.title } else { &reading.text };
    (field.get(..word.at.start).unwrap_or_default(), field.get(word.at.end..).unwrap_or_default())
}

/// Whether a number is the second of a score, a range, a day or an hour: `9-14`, `11: 30`.
fn is_second(reading: &Reading, lead: &[Word], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|it| lead.get(it)) else { return false };
    let Some(word) = lead.get(at).filter(|it| it.sentence == before.sentence) else { return false };
    let field = if at < reading.title_words { &reading.title } else { &reading.text };
    let between = field.get(before.at.end..word.at.start).unwrap_or_default().trim();
    number(reading.letters(before)).is_some() && matches!(between, "-" | "–" | ":" | "/")
}

/// Numbers as amounts: `$9.2 billion` and `9.2bn` are one, and so are `4.5%` and `4.5 per cent`.
pub(super) fn amounts(table: &Table, reading: &Reading, lead: &[Word]) -> Vec<u32> {
    let mut out = Vec::new();
    for (at, word) in lead.iter().enumerate() {
        let letters = reading.letters(word);
        let Some(value) = number(letters) else { continue };
        let next = lead.get(at + 1).filter(|it| it.sentence == word.sentence);
        let unit = unit(letters);
        let scaled = scale(unit).or_else(|| next.and_then(|it| scale(reading.letters(it))));
        let (before, after) = around(reading, at, word);
        let is_money = before.ends_with(['$', '€', '£', '¥']);
        let next = next.map_or("", |it| reading.letters(it));
        let is_share = after.trim_start().starts_with('%')
            || matches!(next, "percent" | "per" | "pc" | "prozent" | "процент" | "процента" | "процентов");
        let class = match () {
            () if is_share => 0_u64,
            () if scaled.is_some() => 1,
            () if is_money => 2,
            () if value >= 13.0 && unit.is_empty() && !is_year(value) && !is_of_time(table, lead, at) => 3,
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

#[cfg(test)]
mod tests {
    use super::{super::rules::shipped, super::stem::Language, *};

    /// What a title and text count, as `number word`, and how many of them stand ahead.
    #[track_caller]
    fn check(title: &str, text: &str, expected: &[(&str, f64)], ahead: usize) {
        let reading = Reading::of(title, text, Language::of(None));
        let (found, [_, found_ahead]) = numbers(shipped(), &reading, reading.lead());
        let stem = |it: &str| half(Language::of(None).form(it).stem);
        let expected: Vec<(u32, f64)> = expected.iter().map(|it| (stem(it.0), it.1)).collect();
        let found: Vec<(u32, f64)> = found.iter().map(|it| (it.what, it.value)).collect();
        assert_eq!(found, expected, "{title}");
        assert_eq!(found_ahead, ahead, "{title}");
    }

    #[test]
    fn only_things_are_counted() {
        check("Ferry with 40 passengers runs aground", "", &[("passengers", 40.0)], 1);
        check("Bids of 3 million crowns", "", &[("crowns", 3e6)], 1);
        check("A 61-year-old captain questioned", "", &[], 0);
        check("The captain, 61, questioned", "", &[], 0);
        check("Captain, aged 61, questioned at 9.30 a.m.", "", &[], 0);
        check("Ferry aground", "It sailed on May 3 at 11:40 pm. Tugs came 3 June.", &[], 0);
        check("Ferry aground for 6 hours", "It was her 28th trip after 4 days ashore.", &[], 0);
        check("Harbour club wins 3-2 games", "", &[], 0);
        check("Rower Marsh (9 titles, 14-2) wins regatta", "", &[], 0);
    }

    #[test]
    fn lengths_and_weights_are_no_victims() {
        check("Climber dies after fall of 150 metres", "", &[("metres", 150.0)], 1);
    }

    #[test]
    fn what_title_and_first_sentence_count_comes_first() {
        let text = "Divers found 4 crates. They opened 9 boxes.";
        check("Wreck had 2 masts", text, &[("masts", 2.0), ("crates", 4.0), ("boxes", 9.0)], 2);
    }
}
