//! Runs of capitals: where a name may stand, and what stands around it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    known::Hit,
    lists::{BODIES, CALENDAR, FIRMS, GROUNDS, OCCASIONS, OPENERS, PEOPLES, PLAIN, ROLES, SUFFIXES, has},
    scene::dateline,
    sentence::{Sentence, Word},
};

/// One run of capitals.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) lower: String,
    pub(super) words: usize,
    pub(super) role: Option<String>,
    pub(super) sentence: usize,
    pub(super) votes: [u32; 4],
    pub(super) shouted: bool,
    /// Whether it begins its sentence.
    pub(super) opens: bool,
    /// Whether "'s", or "and" with another name, follows.
    pub(super) owns: bool,
}

/// Takes back capitals that only begin a sentence: a lone word must be a name elsewhere too, and
/// a longer run loses a first word that it does without elsewhere.
pub(super) fn drop_openers(runs: &mut Vec<Run>) {
    let inside: BTreeSet<String> = runs
        .iter()
        .filter(|it| !it.opens)
        .flat_map(|it| [it.lower.clone()].into_iter().chain(it.lower.split(' ').map(str::to_owned)))
        .collect();
    let whole: BTreeSet<String> = runs.iter().map(|it| it.lower.clone()).collect();
    let longer: BTreeSet<String> =
        runs.iter().filter(|it| it.words > 1).flat_map(|it| it.lower.split(' ').map(str::to_owned)).collect();
    let mut lone: BTreeMap<String, u32> = BTreeMap::new();
    for run in runs.iter().filter(|it| it.opens && it.words == 1) {
        *lone.entry(run.lower.clone()).or_default() += 1;
    }
    for run in runs.iter_mut().filter(|it| it.opens && it.words > 1) {
        let Some((first, rest)) = run.lower.split_once(' ') else { continue };
        let elsewhere = inside.contains(rest) || whole.contains(rest);
        if rest.contains(' ') && (elsewhere || run.words == 3 && first.ends_with('s') && is_person(rest)) {
            let cut = run.text.find(' ').map_or(0, |it| it + 1);
            run.text = run.text.get(cut..).unwrap_or_default().to_owned();
            run.lower = rest.to_owned();
            run.words -= 1;
        }
    }
    runs.retain(|it| {
        let noun = ["s", "tion", "ment", "ness", "ity"].iter().any(|end| it.lower.ends_with(end));
        let often = lone.get(&it.lower).is_some_and(|count| *count > 1) && !noun;
        !it.opens
            || it.words > 1
            || it.shouted
            || it.owns
            || it.text.chars().skip(1).any(char::is_uppercase)
            || (often || inside.contains(&it.lower) || longer.contains(&it.lower)) && !has(BODIES, &it.lower)
    });
}

/// Whether nothing in a name says that it is no person's: "Scientists Jane Doe" is one after a noun.
fn is_person(lower: &str) -> bool {
    !lower.split(' ').any(|it| has(BODIES, it) || has(SUFFIXES, it) || has(OCCASIONS, it) || has(GROUNDS, it))
}

/// Words the article also writes small.
pub(super) fn common_words(sentences: &[Sentence<'_>]) -> BTreeSet<String> {
    let words = sentences.iter().flat_map(|it| &it.words);
    words.filter(|it| !it.capital()).map(|it| it.lower.clone()).collect()
}

/// Whether a headline writes most words with a capital.
pub(super) fn headline_case(sentence: &Sentence<'_>) -> bool {
    let long: Vec<&Word<'_>> = sentence.words.iter().filter(|it| it.lower.chars().count() > 3).collect();
    long.len() > 2 && long.iter().filter(|it| it.capital()).count() * 10 > long.len() * 7
}

/// Whether a word begins its sentence, a quotation, or what follows a dateline.
fn opens(sentence: &Sentence<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| sentence.words.get(it));
    let (Some(before), Some(word)) = (before, sentence.words.get(at)) else { return true };
    let gap = sentence.text.get(before.end..word.start).unwrap_or_default();
    gap.contains(['—', '–', ':', '“', '"']) || gap.contains(" - ") || gap.contains(".-")
}

fn is_plain(word: &Word<'_>, first: bool, common: &BTreeSet<String>) -> bool {
    has(CALENDAR, &word.lower)
        || word.lower.chars().all(|it| it.is_ascii_digit())
        || !word.shouted()
            && (has(PLAIN, &word.lower)
                || first && (has(OPENERS, &word.lower) || common.contains(&word.lower)))
}

/// Small words that may stand inside a name.
fn binds(words: &[Word<'_>], at: usize, before: &Word<'_>) -> bool {
    let Some(word) = words.get(at) else { return false };
    let next = words.get(at + 1).is_some_and(Word::capital);
    let of = word.lower == "of"
        && (has(BODIES, &before.lower) || has(GROUNDS, &before.lower) || has(OCCASIONS, &before.lower));
    let particle = matches!(
        word.lower.as_str(),
        "de" | "del" | "van" | "von" | "der" | "den" | "bin" | "al" | "la" | "le" | "du" | "da" | "dos"
    );
    word.joined && next && (of || particle || word.text == "&")
}

pub(super) fn runs_of(
    sentence: &Sentence<'_>,
    index: usize,
    hits: &[Hit],
    common: &BTreeSet<String>,
) -> Vec<Run> {
    let words = &sentence.words;
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if !word.capital() || is_plain(word, opens(sentence, at), common) {
            at += 1;
            continue;
        }
        let from = at;
        let mut to = at + 1;
        while let (Some(last), Some(next)) = (words.get(to - 1), words.get(to)) {
            if !last.joined {
                break;
            }
            if next.capital() && !is_plain(next, false, &BTreeSet::new()) {
                to += 1;
            } else if binds(words, to, last) {
                to += 2;
            } else {
                break;
            }
        }
        at = to;
        runs.extend(run(sentence, index, from, to, hits));
    }
    runs
}

/// A run without the roles before it; none where a pack knows it or it is an adjective.
fn run(sentence: &Sentence<'_>, index: usize, from: usize, to: usize, hits: &[Hit]) -> Option<Run> {
    let start = from + roles_before(sentence.words.get(from..to)?)?;
    let name = sentence.words.get(start..to)?;
    let (first, last) = (name.first()?, name.last()?);
    let many = name.len() > 1;
    let more = many && name.iter().any(|it| has(OCCASIONS, &it.lower) || has(BODIES, &it.lower));
    // "Munich Security Conference" is more than the Munich a pack knows.
    let known = |hit: &Hit| hit.from < to && hit.to > start && (hit.from <= start && hit.to >= to || !more);
    // "AUSTIN, Texas, 3 May (Agency) -": where it was written.
    let shouted =
        sentence.words.first().is_some_and(Word::shouted) && (from > 0 || name.iter().all(Word::shouted));
    let shouted_place = shouted && dateline(sentence, to);
    // "UN Security Council": a longer name for what a pack knows, said with another it knows.
    let within = |at: usize| hits.iter().any(|it| it.from <= at && at < it.to);
    let covered = (start..to).all(within)
        && hits.iter().any(|it| it.to > it.from + 1 && it.from >= start && it.to <= to);
    let adjective = !many && (is_people(&first.lower) || first.lower.chars().count() < 2);
    if hits.iter().any(known) || covered || shouted_place || adjective {
        return None;
    }
    let text = sentence.text.get(first.start..last.end)?.to_owned();
    let titles = sentence.words.get(from..start)?;
    let role = match titles {
        [] => role_before(sentence, from),
        titles => Some(titles.iter().map(|it| it.text).collect::<Vec<_>>().join(" ")),
    };
    let then = sentence.text.get(last.end..).unwrap_or_default();
    let and = sentence.words.get(to).is_some_and(|it| it.text == "and");
    let with = and && sentence.words.get(to + 1).is_some_and(Word::capital);
    Some(Run {
        lower: text.to_lowercase(),
        text,
        words: name.len(),
        votes: votes(sentence, start, to, role.is_some()),
        role,
        sentence: index,
        shouted: !many && first.shouted(),
        opens: from == start && opens(sentence, from),
        owns: then.starts_with("'s") || then.starts_with("’s") || with,
    })
}

/// How many words of a run are roles; none where all are.
fn roles_before(words: &[Word<'_>]) -> Option<usize> {
    let roles = words.iter().take_while(|it| has(ROLES, &it.lower)).count();
    // "Union Pacific" is no person; a role is stripped only from what may be one.
    let person = !words.iter().any(|it| has(BODIES, &it.lower) || has(OCCASIONS, &it.lower));
    (roles < words.len()).then_some(if person { roles } else { 0 })
}

fn is_people(lower: &str) -> bool {
    has(PEOPLES, lower)
        || lower.chars().count() > 5
            && ["ian", "ish", "ese", "eans", "ians"].iter().any(|it| lower.ends_with(it))
}

/// "chief executive Jane Doe": the role in small letters right before a name.
fn role_before(sentence: &Sentence<'_>, from: usize) -> Option<String> {
    let mut start = from;
    while let Some(word) = start.checked_sub(1).and_then(|it| sentence.words.get(it)) {
        if !word.joined || word.capital() || !has(ROLES, &word.lower) || from - start >= 3 {
            break;
        }
        start -= 1;
    }
    let role: Vec<&str> = sentence.words.get(start..from)?.iter().map(|it| it.text).collect();
    (!role.is_empty()).then(|| role.join(" "))
}

const SPEECH: &str = "\
    said says told added warned announced will has is was wants agreed called denied";

/// Whether a name before "and" stands behind "in" or "near".
fn listed_place(sentence: &Sentence<'_>, from: usize) -> bool {
    let before = sentence.words.get(..from.saturating_sub(1)).unwrap_or_default();
    let name = before.iter().rev().take_while(|it| it.capital() && it.joined).count();
    let preposition = before.len().checked_sub(name + 1).and_then(|it| before.get(it));
    name > 0
        && preposition.is_some_and(|it| matches!(it.lower.as_str(), "in" | "near" | "between" | "across"))
}

/// "the mayor of", "parts of": a place follows.
const PLACED: &str = "airport bay capital city coast district governor gulf island lake mayor north outskirts part parts people port \
    province region residents river south east state town village west";

/// What stands around a name says what it is of: person, body, place, occasion.
fn votes(sentence: &Sentence<'_>, from: usize, to: usize, role: bool) -> [u32; 4] {
    let words = sentence.words.get(from..to).unwrap_or_default();
    let listed = |list: &str| u32::from(words.iter().any(|it| has(list, &it.lower)));
    let before = from.checked_sub(1).and_then(|it| sentence.words.get(it)).filter(|it| it.joined);
    let before = before.map_or("", |it| it.lower.as_str());
    let last_joined = words.last().is_some_and(|it| it.joined);
    let after = sentence.words.get(to).filter(|_| last_joined).map_or("", |it| it.lower.as_str());
    let single = u32::from(words.len() == 1);
    // "Castle Valley Bank" is a bank.
    let ends = u32::from(words.len() > 1 && words.last().is_some_and(|it| has(BODIES, &it.lower)));
    let mut votes = [0, 4 * listed(BODIES) + 2 * ends, 4 * listed(GROUNDS), 0];
    if words.len() > 1 || listed(GROUNDS) + listed(BODIES) == 0 {
        votes[3] = 6 * listed(OCCASIONS) * u32::from(words.len() > 1);
    }
    votes[0] += 4 * u32::from(role);
    votes[1] +=
        u32::from(words.len() == 1 && words.iter().any(Word::shouted)) * 3 + u32::from(before == "the") * 2;
    match before {
        "in" | "near" | "outside" | "across" => votes[2] += 3 + single,
        "off" | "around" | "over" | "nears" => votes[2] += 1 + single,
        "from" | "to" => votes[2] += single,
        "at" => {
            votes[1] += single;
            votes[2] += 1;
        }
        "of" if from
            .checked_sub(2)
            .and_then(|it| sentence.words.get(it))
            .is_some_and(|it| has(PLACED, &it.lower)) =>
        {
            votes[2] += 3;
        }
        "capital" => votes[2] += 3,
        "and" if listed_place(sentence, from) => votes[2] += 3,
        before if has(FIRMS, before) => votes[1] += 4,
        _ => {}
    }
    if has(SPEECH, after) {
        votes[0] += 1;
        votes[1] += 1 + single;
    }
    votes
}
