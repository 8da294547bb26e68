//! Who a report really comes from: a credit, an earlier report, or its outlet's house.

use std::collections::BTreeMap;

use storyline_config::Role;
use storyline_store::Item;

use super::{
    definitions::Context, judge::Heard, pattern::plain, reading::Reading, step::Step, thread::Thread,
};

/// Who a report comes from, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) name: String,
    pub(super) why: String,
}

/// The origin of an item that is no copy.
pub(super) fn origin(heard: &Heard<'_>, thread: &Thread) -> Origin {
    let Heard { definitions, item, feed, .. } = *heard;
    let family = family(feed, item);
    let own = |why: &str| Origin { name: family.clone(), why: why.to_owned() };
    if !definitions.rules.takes(Step::Origin) {
        return Origin { name: item.outlet.clone(), why: "outlet".to_owned() };
    }
    if feed.is_some_and(|it| it.role == Role::Official || it.role == Role::Wire) {
        return own("its own voice");
    }
    let houses = [&definitions.houses, &thread.houses];
    let stated = heard.bylines().iter().find_map(|it| named(houses, it));
    if let Some(name) = stated.filter(|it| *it != family) {
        return Origin { name, why: "byline".to_owned() };
    }
    if let Some(name) = credited(houses, heard).filter(|it| *it != family) {
        return Origin { name, why: "credit".to_owned() };
    }
    own("outlet")
}

/// Who owns the outlet of an item; an outlet nobody knows is its own family.
pub(super) fn family(feed: Option<&Context>, item: &Item) -> String {
    match feed {
        Some(it) if item.outlet == it.outlet || item.outlet.is_empty() => it.family.clone(),
        _ if item.outlet.is_empty() => item.feed.to_string(),
        _ => item.outlet.clone(),
    }
}

/// Agencies and outlets a text may credit, by the first word of their names, the longest first.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Houses(BTreeMap<u64, Vec<(Vec<u64>, String)>>);

impl Houses {
    /// Adds a house under a name.
    pub(super) fn add(&mut self, words: &[u64], house: &str) {
        let Some(first) = words.first() else { return };
        let names = self.0.entry(*first).or_default();
        if names.iter().all(|it| it.0 != words) {
            names.push((words.to_vec(), house.to_owned()));
            names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.1.cmp(&b.1)));
        }
    }

    /// The house whose name begins at the first of some words, with how many words it has.
    fn at(&self, words: &[u64]) -> Option<(usize, &str)> {
        let names = self.0.get(words.first()?)?;
        names
            .iter()
            .find(|(name, _)| words.starts_with(name))
            .map(|(name, house)| (name.len(), house.as_str()))
    }
}

/// The house a text says it has this from; not the outlet itself.
fn credited(houses: [&Houses; 2], heard: &Heard<'_>) -> Option<String> {
    let reading = &heard.reading;
    let (words, own) = heard.spelled();
    (0..words.len()).filter(|at| reading.words.get(*at).is_some_and(|it| it.capital)).find_map(|at| {
        let rest = words.get(at..)?;
        let (len, house) = houses.iter().find_map(|it| it.at(rest))?;
        // `AP`, `SPA`, `PAP` are words too, unless they are written as agencies are.
        let short = len == 1 && house.chars().count() <= 5 && house.chars().all(char::is_uppercase);
        let written = !short || reading.words.get(at)?.capitals;
        (written && rest.get(..len)? != own.as_slice() && is_credit(reading, at, at + len))
            .then(|| house.to_owned())
    })
}

/// The house a byline names.
fn named(houses: [&Houses; 2], words: &[u64]) -> Option<String> {
    (0..words.len())
        .find_map(|at| houses.iter().find_map(|it| it.at(words.get(at..)?)))
        .map(|it| it.1.to_owned())
}

/// Words before a house that credit it.
const CITES: [&str; 12] =
    ["citing", "cites", "by", "via", "from", "to", "source", "quoting", "at", "laut", "selon", "with"];
/// Words after a house that credit it.
const TELLS: [&str; 10] = [
    "reports",
    "reported",
    "said",
    "says",
    "writes",
    "wrote",
    "learned",
    "learnt",
    "understands",
    "berichtet",
];

/// Whether words from `from` to `to` (excluded) credit a house: brackets, a line of credit, or a verb of telling.
fn is_credit(reading: &Reading, from: usize, to: usize) -> bool {
    let Some((first, last)) = reading.words.get(from).zip(reading.words.get(to.wrapping_sub(1))) else {
        return false;
    };
    let field = if from < reading.title_words { &reading.title } else { &reading.text };
    let before = field.get(..first.at.start).unwrap_or_default().trim_end();
    let after =
        field.get(last.at.end..).unwrap_or_default().trim_start_matches(['\'', '’', 's']).trim_start();
    let bracketed = before.ends_with(['(', '[']) && after.starts_with([')', ']', '/']);
    let closing = before.ends_with(['|', '-', '–', '—', '/']) && (after.is_empty() || after == ".");
    let opening = first.sentence == 1 && before.is_empty() && after.starts_with(['-', '–', '—']);
    let said = |at: Option<usize>, list: &[&str]| {
        at.and_then(|it| reading.words.get(it))
            .is_some_and(|it| it.sentence == first.sentence && list.iter().any(|w| plain(w) == it.form.plain))
    };
    let cites = said(from.checked_sub(1), &CITES) && cites_well(reading, from);
    bracketed || closing || opening || cites || said(Some(to), &TELLS)
}

/// `according to X`, `told X`, `more at X`, `citing X`; not `went to X`.
fn cites_well(reading: &Reading, from: usize) -> bool {
    let word =
        |back: usize| from.checked_sub(back).and_then(|it| reading.words.get(it)).map(|it| it.form.plain);
    let is = |back: usize, list: &[&str]| list.iter().any(|it| word(back) == Some(plain(it)));
    match () {
        () if is(1, &["to"]) => is(2, &["according", "told", "spoke", "speaking"]),
        () if is(1, &["at"]) => is(2, &["more", "story", "article"]),
        () if is(1, &["by", "from", "with"]) => is(
            2,
            &[
                "reported",
                "published",
                "story",
                "report",
                "reporting",
                "article",
                "reports",
                "obtained",
                "material",
                "seen",
                "provided",
            ],
        ),
        () => true,
    }
}
