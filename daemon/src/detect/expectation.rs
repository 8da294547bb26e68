//! What is awaited: days to come that a report names, those that are met, those that will not be kept.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use storyline_config::Phase;
use storyline_store::Relation;

use super::{
    case::Case,
    fact::Dated,
    features::half,
    guard::is_only_wished,
    judgement::{Expected, Judgement},
    reading::{Reading, Word},
    standing::today,
    stem::Language,
    thread::Expectation,
};

/// Days from the first to the last of what is expected, at the most: "next month", not "this year".
const EXPECTED_DAYS_MAX: i64 = 31;
/// Content words looked at for what is put off.
const OBJECT_WORDS_MAX: usize = 4;

/// Dates to come are expected; a day whose matter begins is met.
pub(super) fn expect(case: &Case<'_>, judgement: &mut Judgement, now: Timestamp) {
    let begins = judgement.moved.is_some() && matches!(judgement.phase, Phase::UnderWay | Phase::Concluded);
    let ends = judgement.moved.is_some() && matches!(judgement.phase, Phase::Paused | Phase::Cancelled);
    let today = today(case);
    let open = &case.thread.expectations;
    // What may happen on any of several days can be met on the first of them.
    let past = open.iter().filter(|(_, it)| it.from <= today);
    if begins {
        judgement.meets = past.map(|it| *it.0).collect();
    } else if matches!(judgement.relation, Relation::New | Relation::Corroboration) && !ends {
        judgement.meets = past.filter(|it| is_told(case, it)).map(|it| *it.0).collect();
    }
    if ends {
        judgement.drops = open.keys().copied().collect();
    } else if !begins {
        judgement.drops = put_off(case, judgement);
        judgement.meets.retain(|it| !judgement.drops.contains(it));
    }
    if judgement.relation == Relation::New && !case.heard.item.late {
        awaits(case, judgement, now);
    }
}

/// A report that tells of the very day says that something took place on it.
fn is_told(case: &Case<'_>, (date, it): &(&Date, &Expectation)) -> bool {
    let tells = |dated: &Dated| {
        let last = dated.mention.value.map(super::dates::DateValue::last);
        !dated.mention.ahead && last.is_some_and(|last| (it.from..=**date).contains(&last))
    };
    case.heard.dates().iter().any(tells)
}

/// The days to come that a new report names.
fn awaits(case: &Case<'_>, judgement: &mut Judgement, now: Timestamp) {
    let (reading, open) = (&case.heard.reading, &case.thread.expectations);
    for dated in case.heard.dates().iter().filter(|it| !is_left(case, it)) {
        let Dated { mention, sentence, is_title } = dated;
        let value = mention.value.or(mention.within).filter(|_| mention.ahead && *sentence <= 2);
        let Some(value) = value else { continue };
        let (first, date) = (value.first().max(today(case)), value.last());
        let is_day = first == date;
        let is_long = first.saturating_add(EXPECTED_DAYS_MAX.days()) < date;
        // A week or a month says something only in a sentence about the storyline, and where no day is known.
        let is_known = open.contains_key(&date) || !is_day && open.range(first..=date).next().is_some();
        let is_stray = !is_day && !case.it.tells(reading, if *is_title { 0 } else { *sentence });
        if is_long
            || is_known
            || is_stray
            || date <= today(case)
            || judgement.drops.contains(&date)
            || judgement.expects.iter().any(|it| it.date == date)
        {
            continue;
        }
        let Some(due) = overdue(case, date).filter(|it| *it > now) else { continue };
        // A title that says its day says it once, but for two days to be told apart.
        let says = reading.title.to_lowercase().contains(&mention.text.to_lowercase());
        let what = if says && judgement.expects.iter().all(|it| it.what != reading.title) {
            reading.title.clone()
        } else {
            format!("{} ({})", reading.title, mention.text)
        };
        judgement.expects.push(Expected { from: (!is_day).then_some(first), date, due, what });
        if is_day {
            // The day takes the place of the week it was known by.
            let wider = open.iter().filter(|(last, it)| it.from < **last && it.from <= date && date < **last);
            judgement.drops.extend(wider.map(|it| *it.0));
        }
    }
}

/// Whether a date is the one that another takes the place of: "moved from 2 March to 9 March", "put off the trip,
/// planned for Wednesday, to 9 March".
pub(super) fn is_left(case: &Case<'_>, it: &Dated) -> bool {
    let reading = &case.heard.reading;
    let field = if it.is_title { &reading.title } else { &reading.text };
    let before = field.get(..it.mention.start).unwrap_or_default().trim_end();
    let from = before.rsplit(|c: char| !c.is_alphabetic()).next().is_some_and(|it| it == "from");
    let same = |other: &Dated| other.sentence == it.sentence && other.is_title == it.is_title;
    let later = |other: &Dated| same(other) && other.mention.start > it.mention.start;
    let supplanted = |other: &Dated| {
        let ahead = other.mention.value.filter(|_| other.mention.ahead).map(super::dates::DateValue::first);
        other.sentence <= 2 && ahead > it.mention.value.map(super::dates::DateValue::last)
    };
    let dates = || case.heard.dates().iter();
    from && dates().any(later)
        || it.mention.ahead && it.sentence <= 2 && puts_off(case) && dates().any(supplanted)
}

/// Whether the title says that something is put off or called off.
fn puts_off(case: &Case<'_>) -> bool {
    let table = &case.heard.definitions.rules.table;
    let negated = case.heard.reading.sentence(0).iter().any(|it| table.negation.contains(&it.form.plain));
    !negated && case.heard.features().title_concepts & table.puts_off != 0
}

/// The dates that an item says will not be kept: those it names as put off, or all it can mean.
fn put_off(case: &Case<'_>, judgement: &Judgement) -> Vec<Date> {
    let speaks = matches!(judgement.relation, Relation::New | Relation::Corroboration);
    if !speaks || !puts_off(case) {
        return Vec::new();
    }
    let dates = || case.heard.dates().iter().filter_map(|it| it.mention.value);
    let named = |date: &Date| dates().any(|it| it.last() == *date);
    // "Moved from 2 March to 9 March": of days it names the last one holds.
    let latest = dates().map(super::dates::DateValue::last).max();
    let open = &case.thread.expectations;
    let old: Vec<Date> = open.keys().copied().filter(|it| named(it) && Some(*it) != latest).collect();
    if !old.is_empty() {
        return old;
    }
    let objects = objects(case);
    let meant = |(date, it): &(&Date, &Expectation)| {
        let what = What::of(case, &it.what);
        let is_object = objects.iter().any(|at| case.it.places.contains(at) || what.has(case, *at));
        Some(**date) != latest && is_object && (open.len() == 1 || what.shares(case))
    };
    open.iter().filter(meant).map(|it| *it.0).collect()
}

/// The words by which something is awaited.
struct What {
    stems: BTreeSet<u32>,
    kinds: BTreeSet<u8>,
}

impl What {
    fn of(case: &Case<'_>, what: &str) -> Self {
        let table = &case.heard.definitions.rules.table;
        let reading = Reading::of(what, "", Language::of(case.heard.lang.as_deref()));
        let words = reading.words.iter().filter(|it| !table.is_stopword(it));
        let kinds = (0..reading.words.len()).filter_map(|at| table.concept(&reading, &reading.words, at));
        Self { stems: words.map(|it| half(it.form.stem)).collect(), kinds: kinds.collect() }
    }

    /// Whether a word of the title is among them, or names the same kind of action.
    fn has(&self, case: &Case<'_>, at: usize) -> bool {
        let (table, reading) = (&case.heard.definitions.rules.table, &case.heard.reading);
        let title = reading.sentence(0);
        let stem = title.get(at).is_some_and(|it| self.stems.contains(&half(it.form.stem)));
        stem || table.concept(reading, title, at).is_some_and(|it| self.kinds.contains(&it))
    }

    /// Whether the title has two of them.
    fn shares(&self, case: &Case<'_>) -> bool {
        let head = &case.heard.features().heads[0];
        self.stems.iter().filter(|it| head.contains(it)).count() >= 2
    }
}

/// The words of the title for what is put off: "fair postponed", "postpones fair", "puts off Saudi visit until";
/// no name of a place, "trains to Torvik delayed".
fn objects(case: &Case<'_>) -> Vec<usize> {
    let table = &case.heard.definitions.rules.table;
    let reading = &case.heard.reading;
    let title = reading.sentence(0);
    let says = |from: &Word, at: usize| {
        title.get(at).is_some_and(|it| it.clause == from.clause && !table.is_stopword(it))
    };
    let mut found = Vec::new();
    for (at, word) in title.iter().enumerate() {
        let kind = table.concept(reading, title, at);
        if kind.is_none_or(|it| table.puts_off & (1 << it) == 0) || is_only_wished(table, reading, at) {
            continue;
        }
        // "puts off" is two words.
        let start = at + 1 + usize::from(title.get(at + 1).is_some_and(|it| is_off(reading, it)));
        let object = (start..start + OBJECT_WORDS_MAX).take_while(|it| says(word, *it)).last();
        let subject = || (at.saturating_sub(OBJECT_WORDS_MAX)..at).rev().find(|it| says(word, *it));
        let passive = reading.letters(word).ends_with("ed");
        found.extend(object.or_else(|| subject().filter(|_| passive)));
    }
    found.retain(|at| !is_place(case, *at));
    found
}

fn is_off(reading: &Reading, word: &Word) -> bool {
    matches!(reading.letters(word), "off" | "back" | "forward")
}

/// Whether a word of the title names a place: a pack says so, or what stands before it.
fn is_place(case: &Case<'_>, at: usize) -> bool {
    let definitions = case.heard.definitions;
    let reading = &case.heard.reading;
    let covers = case.touching.hits.iter().filter(|hit| (hit.at..hit.at + hit.len).contains(&at));
    let known = covers.flat_map(|hit| definitions.named(*hit)).any(|it| it.1.is_place);
    let before = at.checked_sub(1).and_then(|it| reading.sentence(0).get(it));
    let preposition = |it: &Word| {
        let from = matches!(reading.letters(it), "from" | "for" | "of" | "via");
        from || definitions.rules.table.place.locative.contains(&it.form.plain)
    };
    known || before.is_some_and(preposition)
}

/// When a day is over in the outlet's zone, and some hours more.
fn overdue(case: &Case<'_>, date: Date) -> Option<Timestamp> {
    let tz = case.heard.feed.map_or(TimeZone::UTC, |it| it.tz.clone());
    let next = date.checked_add(1.day()).ok()?;
    let end = tz.to_timestamp(next.at(0, 0, 0, 0)).ok()?;
    let hours = i64::from(case.heard.definitions.rules.table.habit.overdue_hours);
    end.checked_add(SignedDuration::from_hours(hours)).ok()
}
