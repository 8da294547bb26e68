//! Names no pack knows: people, bodies, places and occasions, by their capitals.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    known::Hit,
    lists::{AGENCIES, BODIES, SUFFIXES, has},
    run::{Run, common_words, drop_openers, headline_case, runs_of},
    sentence::Sentence,
};

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameKind {
    Person,
    Body,
    Place,
    Occasion,
}

/// A name with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As it is written, in full.
    pub(super) text: String,
    pub(super) kind: NameKind,
    /// The role the article gives, if any.
    pub(super) role: Option<String>,
    /// Shorter ways it is written, in lower case; `CASE:` for initials.
    pub(super) shorter: BTreeSet<String>,
    /// The sentences it stands in.
    pub(super) sentences: BTreeSet<usize>,
}

/// Finds the names of an article; `hits` are the packs of each sentence, which are left out.
pub(super) fn find(sentences: &[Sentence<'_>], hits: &[Vec<Hit>], lang: Option<&str>) -> Vec<Name> {
    let common = common_words(sentences);
    let mut runs = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        if at > 0 || !headline_case(sentence) {
            let known = hits.get(at).map(Vec::as_slice).unwrap_or_default();
            runs.extend(runs_of(sentence, at, known, &common));
        }
    }
    drop_openers(&mut runs);
    let mut names = merge(&runs);
    also_in_headline(&mut names, sentences);
    if lang == Some("de") {
        // Every noun has a capital: a lone word must come again to be a name.
        names.retain(|it| it.text.contains(' ') || it.sentences.len() > 1);
    }
    // Who reports is nobody it is about.
    names.retain(|it| it.text.chars().count() > 1 && !AGENCIES.contains(&it.text.as_str()));
    names
}

/// Makes names of runs: a surname joins its full name, initials the name they stand behind.
fn merge(runs: &[Run]) -> Vec<Name> {
    let mut full: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        full.entry(&run.lower).or_default().push(run);
    }
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for short in full.keys() {
        let longer = full.iter().filter(|(long, runs)| {
            let many = runs.first().is_some_and(|it| it.words > 1);
            let ends = long.strip_suffix(short).is_some_and(|it| it.ends_with(' '));
            let suffix = long
                .strip_prefix(short)
                .and_then(|it| it.strip_prefix(' '))
                .is_some_and(|it| has(SUFFIXES, it));
            let tail = ends && !has(BODIES, short);
            many && long != &short && (tail || suffix || initials(runs) == **short)
        });
        if let Some((long, _)) = longer.max_by_key(|(_, runs)| runs.len()) {
            owners.insert(short, long);
        }
    }
    let mut names = Vec::new();
    for (lower, own) in &full {
        if owners.get(lower).is_some_and(|owner| !owners.contains_key(owner)) {
            continue;
        }
        let short = owners
            .iter()
            .filter(|(_, owner)| *owner == lower)
            .filter_map(|(short, _)| full.get_key_value(short));
        let all: Vec<&Run> =
            own.iter().copied().chain(short.clone().flat_map(|(_, it)| it.iter().copied())).collect();
        let shorter = short.map(|(it, runs)| {
            if runs.iter().any(|run| run.shouted) {
                format!("CASE:{}", runs[0].text)
            } else {
                (*it).to_owned()
            }
        });
        names.extend(own.first().map(|first| name(first, &all, shorter.collect())));
    }
    names
}

/// "esa" of "European Space Agency".
fn initials(runs: &[&Run]) -> String {
    let text = runs.first().map_or("", |it| it.lower.as_str());
    text.split(' ')
        .filter(|it| !matches!(*it, "of" | "the" | "and" | "&"))
        .filter_map(|it| it.chars().next())
        .collect()
}

fn name(first: &Run, all: &[&Run], shorter: BTreeSet<String>) -> Name {
    let votes = all.iter().fold([0; 4], |mut sum, it| {
        for (sum, vote) in sum.iter_mut().zip(it.votes) {
            *sum += vote;
        }
        sum
    });
    let mut votes = votes;
    // Two or three words that tell nothing else are a person's.
    votes[0] += 2 * u32::from((2..=3).contains(&first.words) && votes[1] < 4);
    let kinds = [NameKind::Person, NameKind::Body, NameKind::Place, NameKind::Occasion];
    let best = kinds.into_iter().zip(votes).rev().max_by_key(|(_, votes)| *votes);
    let kind = match best {
        Some((kind, 1..)) => kind,
        _ => NameKind::Body,
    };
    Name {
        text: first.text.clone(),
        kind,
        role: all.iter().find_map(|it| it.role.clone()).filter(|_| kind == NameKind::Person),
        shorter,
        sentences: all.iter().map(|it| it.sentence).collect(),
    }
}

/// A headline in capitals names again what the text names.
fn also_in_headline(names: &mut [Name], sentences: &[Sentence<'_>]) {
    let Some(title) = sentences.first() else { return };
    let padded =
        format!(" {} ", title.words.iter().map(|it| it.lower.as_str()).collect::<Vec<_>>().join(" "));
    for name in names {
        let spellings = std::iter::once(name.text.to_lowercase())
            .chain(name.shorter.iter().map(|it| it.trim_start_matches("CASE:").to_lowercase()));
        if spellings.into_iter().any(|it| padded.contains(&format!(" {it} "))) {
            name.sentences.insert(0);
        }
    }
}
