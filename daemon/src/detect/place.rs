//! Where something takes place, of all the places a report names.
//!
//! "in Riyadh", "the Paris summit", "GENEVA – Envoys met", "in the capital",
//! "moved from Bergen to Tromsø", "Split will host"; not "an official in Oslo",
//! "a Swede held in Ohio", "Ukraine talks", "convicted in Lyon last year".

use std::collections::BTreeSet;

use super::{
    aside::is_aside,
    dateline::dateline,
    fact::{Names, is_word},
    participant::listed,
    reading::Word,
};

/// Words of an unknown place at the most.
const PLACE_WORDS_MAX: usize = 4;
/// How far before "to" the word for going there may stand: "moved from The Hague to Utrecht".
const TRAVEL_WORDS_MAX: usize = 7;

/// A name that may be a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) at: usize,
    /// The first word after it.
    pub(super) end: usize,
    /// What it is known as; none where only its capitals say that it is a name.
    pub(super) pack: Option<usize>,
    is_country: bool,
}

/// The places where something takes place, each with the word it is named at.
pub(super) fn places(names: &Names<'_>) -> Vec<(usize, String)> {
    let spots = spots(names);
    let mut found: Vec<(usize, String)> = Vec::new();
    for it in &spots {
        if let Some(seat) = seat_of(names, *it) {
            found.push((it.at, seat));
        } else if takes_place(names, *it) && !is_aside(names, *it, &spots) {
            found.push((it.at, name(names, *it)));
            found.extend(listed_with(names, *it, &spots));
        }
    }
    found.extend(dateline(names));
    found.extend(in_the_capital(names));
    without_wholes(names, found)
}

/// A country says nothing more where its seat of government is named.
fn without_wholes(names: &Names<'_>, mut found: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let all = found.clone();
    let packs = || names.all.iter().filter(|it| names.is_country(it.pack));
    let whole = |value: &String| {
        let seats = packs().filter(|it| names.pack(it.pack).is_some_and(|it| it.name == *value));
        let mut seats = seats.filter_map(|it| names.definitions.seat(it.pack));
        seats.any(|seat| all.iter().any(|it| it.1 == seat.name))
    };
    found.retain(|it| !whole(&it.1));
    found
}

/// Known places, and runs of capitals that no pack knows.
fn spots(names: &Names<'_>) -> Vec<Spot> {
    let known = names.all.iter().filter(|it| names.pack(it.pack).is_some_and(|it| it.is_place));
    let mut spots: Vec<Spot> = known
        .map(|it| Spot { at: it.at, end: it.end, pack: Some(it.pack), is_country: names.is_country(it.pack) })
        .collect();
    let mut at = if names.title_shouts { names.reading.title_words } else { 0 };
    while at < names.reading.lead().len() {
        let end = run(names, at);
        let spot = Spot { at, end, pack: None, is_country: false };
        if end > at && is_strange_place(names, spot) {
            spots.push(spot);
        }
        at = end.max(at + 1);
    }
    spots
}

/// Where a run of unknown names that begins at a word ends: "Port Alder", "Aix-en-Provence", "Santa Cruz de Mar".
fn run(names: &Names<'_>, at: usize) -> usize {
    let mut end = at;
    while end < at + PLACE_WORDS_MAX {
        let hyphen = end > at && names.gap(end - 1) == "-";
        let particle =
            end > at && is_word(names.word(end), &["de", "da", "do", "del", "la", "am", "al", "el"]);
        let goes_on = particle && names.tied(end) && names.is_strange(end + 1);
        let first = end == at && names.is_strange(at);
        let next = end > at && names.tied(end - 1) && (names.is_strange(end) || goes_on);
        if !(first || next || hyphen) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether a run of unknown names can be a place: no body, no month, nobody's, and not what the storyline is about.
fn is_strange_place(names: &Names<'_>, spot: Spot) -> bool {
    let Spot { at, end, .. } = spot;
    let table = &names.definitions.rules.table;
    let words = || (at..end).filter_map(|it| names.word(it));
    let barred = words().any(|it| {
        table.place.unplaced.contains(&it.form.plain)
            || table.who.bodies.contains(&it.form.plain)
            || table.who.titles.contains(&it.form.plain)
    });
    // "Chelsea Jordan" is nowhere, "Port Sudan" is.
    let borne = names.borne.iter().any(|it| it.at < end && at < it.end) && !is_shaped(names, spot);
    let side = words().all(|it| table.place.sides.contains(&it.form.plain));
    let owned = names.gap(end - 1).starts_with(['\'', '’']);
    let subject = (at..end).all(|it| names.own.contains(&it));
    !barred && !owned && !subject && !borne && !side
}

fn name(names: &Names<'_>, it: Spot) -> String {
    let pack = it.pack.and_then(|it| names.pack(it));
    pack.map_or_else(|| names.reading.span(it.at, it.end - 1).to_owned(), |it| it.name.clone())
}

pub(super) fn is(word: Option<&Word>, set: &BTreeSet<u64>) -> bool {
    word.is_some_and(|it| set.contains(&it.form.plain))
}

/// How many words stand between a preposition and a name: an article, "eastern", "downtown".
pub(super) fn lead_in(names: &Names<'_>, it: Spot) -> usize {
    let words = &names.definitions.rules.table.place;
    let side = usize::from(is(names.before(it.at, 1), &words.sides));
    // What no pack knows and has an article is seldom a place.
    side + usize::from(it.pack.is_some() && is_word(names.before(it.at, 1 + side), &["the"]))
}

fn takes_place(names: &Names<'_>, it: Spot) -> bool {
    let words = &names.definitions.rules.table.place;
    let skip = lead_in(names, it);
    let before = |back: usize| names.before(it.at, back + skip);
    let next = names.after(it.at, it.end).filter(|_| names.tied(it.end - 1));
    // "in Castin shares": a name before a thing is no place.
    let located = located(names, it) && (it.pack.is_some() || !is(next, &words.things));
    let reached = is(before(1), &words.reach);
    if located || reached || hosts(names, it) || settled(names, it) {
        return true;
    }
    let houses = is(next, &words.venues);
    if is_shaped(names, it) {
        // "the Lake Orrin regatta", "over Port Alder": such a name is no person's or company's.
        // "over Lake Orrin remark": what is about a name need not be there.
        let matter = next.is_some_and(|it| !it.capital && !names.definitions.rules.table.is_stopword(it));
        let about = is_word(names.before(it.at, 1), &["over", "across"]) && !matter;
        let around = about || is_word(names.before(it.at, 1), &["at", "off", "along"]);
        let event = is(next, &words.occasions) || next.is_some() && names.own.contains(&it.end);
        return around || event || houses;
    }
    if it.pack.is_none() {
        let the = is_word(names.before(it.at, 1), &["the"]) && is_locative(names, names.before(it.at, 2));
        return houses && (is_word(names.before(it.at, 1), &["a", "an"]) || the);
    }
    let housed = is(next, if it.is_country { &words.visits } else { &words.occasions });
    let of_it = is_word(before(1), &["of", "de", "von", "di"])
        && (is(before(2), &words.occasions) || is(before(2), &words.parts));
    let stated = is_word(before(1), &["from"]) && is(before(2), &words.statements);
    housed && names.tied(it.end - 1) || houses && !it.is_country || of_it || stated
}

/// Whether an unknown name has the shape of a place's: "Lake Orrin", "Skarne Bay".
fn is_shaped(names: &Names<'_>, it: Spot) -> bool {
    let words = &names.definitions.rules.table.place;
    let last = names.word(it.end - 1).filter(|_| it.end > it.at + 1);
    it.pack.is_none() && last.is_some() && (is(names.word(it.at), &words.heads) || is(last, &words.tails))
}

/// "Split will host", of an unknown place only where it is named again; not "Minister to host".
fn hosts(names: &Names<'_>, it: Spot) -> bool {
    let host = |at: usize| is_word(names.after(it.at, at), &["host", "hosts", "hosting", "hosted"]);
    let plans = is_word(names.after(it.at, it.end), &["will", "to", "would"]);
    if it.pack.is_some() {
        return host(it.end) || host(it.end + 1);
    }
    // Any noun has a capital where it begins a sentence; and a surname stands after other names.
    let own = names.word(it.at).map(|it| it.form.plain);
    let same = (1..names.reading.lead().len())
        .filter(|at| *at != it.at && names.word(*at).map(|it| it.form.plain) == own);
    let named = |at: &usize| names.word(*at).is_some_and(|it| it.capital) && names.before(*at, 1).is_some();
    let person = |at: &usize| names.tied(at - 1) && names.is_strange(at - 1);
    let mut same = same.filter(named).peekable();
    plans && host(it.end + 1) && it.end == it.at + 1 && same.peek().is_some() && !same.any(|at| person(&at))
}

/// "in the northern city of Tromsø".
fn settled(names: &Names<'_>, it: Spot) -> bool {
    let words = &names.definitions.rules.table.place;
    is_word(names.before(it.at, 1), &["of"])
        && is(names.before(it.at, 2), &words.settlements)
        && (3..=6).any(|back| is(names.before(it.at, back), &words.locative))
}

/// Whether a preposition says that something is there, or goes there.
fn located(names: &Names<'_>, it: Spot) -> bool {
    let words = &names.definitions.rules.table.place;
    let skip = lead_in(names, it);
    let before = |back: usize| names.before(it.at, back + skip);
    let clause = names.word(it.at).map(|it| it.clause);
    let within = |set: &BTreeSet<u64>, reach: usize| {
        (2..=reach).any(|back| {
            before(back).is_some_and(|it| Some(it.clause) == clause && set.contains(&it.form.plain))
        })
    };
    if is_word(before(1), &["for"]) {
        return !it.is_country && is(before(2), &words.departure);
    }
    let at_unknown = it.pack.is_none() && is_word(before(1), &["at"]);
    if !is_locative(names, before(1)) || at_unknown || is(before(2), &words.matters) {
        return false;
    }
    if it.is_country && names.english && is_said_of(names, it) {
        return false;
    }
    if is_word(before(1), &["to", "into"]) {
        let meets = || {
            let same = names.reading.words.iter().filter(|it| Some(it.clause) == clause);
            same.into_iter().any(|it| words.occasions.contains(&it.form.plain))
        };
        let invited = (2..=4).any(|back| {
            is_word(before(back), &["invited", "invites", "invite", "invitation", "trip", "visit", "called"])
        });
        let goes = |set| within(set, TRAVEL_WORDS_MAX);
        return goes(&words.journeys) || goes(&words.travel) && (!it.is_country || invited || meets());
    }
    !is(before(2), &words.speech) && !is_kept(names, &before)
}

/// Whether a word is a preposition of place; "a", which French writes with an accent, is none.
fn is_locative(names: &Names<'_>, word: Option<&Word>) -> bool {
    let written = |it: &Word| names.reading.letters(it) == "a";
    is(word, &names.definitions.rules.table.place.locative) && !word.is_some_and(written)
}

/// Whether a country only says whose or of what kind something is: "in German custody", "at Ukraine talks".
fn is_said_of(names: &Names<'_>, it: Spot) -> bool {
    let words = &names.definitions.rules.table.place;
    let next = names.after(it.at, it.end).filter(|_| names.tied(it.end - 1));
    let written = names.reading.span(it.at, it.end - 1);
    let own = it.pack.and_then(|it| names.pack(it)).is_some_and(|it| it.name.eq_ignore_ascii_case(written));
    let adjective = |ending: &&str| written.ends_with(*ending);
    let is_kind = !own && ["an", "ese", "ish", "ch", "i", "ek", "ss", "ine"].iter().any(adjective);
    is_kind || is(next, &words.occasions) && !is(next, &words.visits)
}

/// Whether it is somebody who is held there: "three men held in Mali", not "talks held", "will be held".
fn is_kept<'a>(names: &Names<'a>, before: &dyn Fn(usize) -> Option<&'a Word>) -> bool {
    let words = &names.definitions.rules.table.place;
    let takes_place = is(before(3), &words.occasions)
        || is_word(
            before(3),
            &["be", "been", "being", "was", "were", "is", "are", "and", "votes", "vote", "elections"],
        );
    is_word(before(2), &["held"]) && !takes_place || is(before(2), &words.restraint)
}

/// "in Lyon and Paris": the second, too.
fn listed_with(names: &Names<'_>, it: Spot, spots: &[Spot]) -> Option<(usize, String)> {
    let next = listed(names, it.end).filter(|_| located(names, it))?;
    let other = spots.iter().find(|other| other.at == next && other.is_country == it.is_country)?;
    // "in Lyon, Paris said": who begins a clause of their own acts.
    (!names.acts(names.after(other.at, other.end))).then(|| (other.at, name(names, *other)))
}

/// "the Saudi capital".
fn seat_of(names: &Names<'_>, it: Spot) -> Option<String> {
    let capital = is_word(names.after(it.at, it.end), &["capital"]) && names.tied(it.end - 1);
    let seat = names.definitions.seat(it.pack.filter(|_| capital)?)?;
    located(names, Spot { is_country: false, ..it }).then(|| seat.name.clone())
}

/// "in the capital": of the country that was named last.
fn in_the_capital(names: &Names<'_>) -> Option<(usize, String)> {
    let words = &names.definitions.rules.table.place;
    let lead = names.reading.lead();
    let at = (0..lead.len()).find(|at| {
        is_word(lead.get(*at), &["capital"])
            && is_word(names.before(*at, 1), &["the"])
            && is(names.before(*at, 2), &words.locative)
            && !is(names.before(*at, 3), &words.matters)
            && !is_word(names.after(*at, at + 1), &["of", "city", "markets", "investment"])
    })?;
    let own = names.sentence(at);
    let country = || names.all.iter().filter(|it| it.at < at && names.is_country(it.pack));
    let last = country().find(|it| names.sentence(it.at) == own).or_else(|| country().next_back())?;
    Some((at, names.definitions.seat(last.pack)?.name.clone()))
}
