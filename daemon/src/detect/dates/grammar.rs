//! Which words make a date expression.
//!
//! [`read`] is asked at every word whether an expression begins there. It
//! takes the longest one it knows, then looks back for the preposition.

use super::{
    meaning::{Expression, Meaning, Part, Which},
    names,
    phrases::{
        ago_before, counted, end_of, nth_weekday, of_month, part, relative, shift, the, unit_first, within,
    },
    word::{Reading, Unit, Word},
};

pub(super) type Found = Option<(Meaning, usize)>;

/// Reads the expression that begins at a word, if one does.
pub(super) fn read(it: &Reading<'_>, at: usize) -> Option<Expression> {
    let (meaning, mut end) = core(it, at)?;
    if matches!(meaning, Meaning::Weekday { .. } | Meaning::Shift(_))
        && it.joined(end - 1)
        && matches!(it.word(end), Word::DayPart | Word::Night)
        && !it.written(end).ends_with('s')
    {
        end += 1;
    }
    // "week-end", "aujourd'hui" are two words to us.
    if matches!(it.gap(end - 1), "-" | "'" | "’") && matches!(it.written(end), "end" | "hui") {
        end += 1;
    }
    Some(Expression { meaning, core: at, first: quoted_from(it, at, meaning), end })
}

/// A preposition belongs to what is quoted, unless a calendar date follows it.
fn quoted_from(it: &Reading<'_>, core: usize, meaning: Meaning) -> usize {
    let Some(before) = core.checked_sub(1).filter(|at| it.joined(*at)) else { return core };
    let taken = match meaning {
        Meaning::Weekday { .. } | Meaning::WeekdayOfWeek { .. } | Meaning::Weekdays(..) => {
            let by = matches!(it.word(before), Word::By | Word::Until) && !it.possessive(core);
            by || matches!(it.word(before), Word::On | Word::This)
        }
        Meaning::Away { .. } => it.word(core) == Word::AgoBefore && it.written(before) == "il",
        Meaning::Weekend(_) => matches!(it.word(before), Word::At | Word::On | Word::By | Word::Until),
        Meaning::Month { .. } => matches!(it.word(before), Word::In | Word::By | Word::Until),
        Meaning::Months { part: Part::End, .. }
        | Meaning::Week { part: Part::End, .. }
        | Meaning::YearEnd => {
            matches!(it.word(before), Word::By | Word::Until | Word::At | Word::Before)
        }
        _ => false,
    };
    if taken { before } else { core }
}

pub(super) fn core(it: &Reading<'_>, at: usize) -> Found {
    match it.word(at) {
        Word::Exact(date) => Some((Meaning::Exact(date), at + 1)),
        Word::Dotted(day, month) => {
            let (year, end) = with_year(it, at + 1);
            Some((Meaning::DayMonth { day, month, year }, end))
        }
        Word::Weekday(day) => weekday(it, at, day),
        Word::WeekdayShort(_) if it.capital(at) => weekday_date(it, at),
        Word::Month(_) | Word::MonthOrName(_) => month(it, at),
        Word::Number(_) => day_first(it, at).or_else(|| counted(it, at)),
        Word::Ordinal(_) => day_first(it, at).or_else(|| of_month(it, at)),
        Word::Count(_) | Word::Few => counted(it, at),
        Word::The => the(it, at),
        Word::Next | Word::Last | Word::This | Word::Coming | Word::Recent => relative(it, at),
        Word::Early | Word::Mid | Word::Late | Word::Loosely => part(it, at),
        Word::End | Word::Start => end_of(it, at),
        Word::In | Word::Within | Word::At => within(it, at),
        Word::Shift(days) => shift(it, at, days),
        Word::Nth(nth) => nth_weekday(it, at, nth).or_else(|| nth_of(it, at, nth)),
        Word::AgoBefore => ago_before(it, at),
        Word::Unit(unit) => unit_first(it, at, unit),
        _ => None,
    }
}

pub(super) fn governed(day: i8, which: Which) -> Meaning {
    Meaning::Weekday { day, which, weeks: 0 }
}

fn weekday(it: &Reading<'_>, at: usize, day: i8) -> Found {
    let habit = at > 0 && it.joined(at - 1) && matches!(it.before(at), Word::Every | Word::Nth(_));
    if habit || names::weekday(it, at) {
        return None;
    }
    if let Some(found) = weekday_span(it, at, day).or_else(|| weekday_date(it, at)) {
        return Some(found);
    }
    if it.joined(at) {
        let next = it.word(at + 1);
        let of = usize::from(next == Word::Of && it.joined(at + 1)) + 1;
        if let (Some(weeks), Word::Unit(Unit::Week)) = (offset(it.word(at + of)), it.word(at + of + 1)) {
            return Some((Meaning::WeekdayOfWeek { day, weeks }, at + of + 2));
        }
        match (next, it.word(at + 2)) {
            (Word::Unit(Unit::Week), _) if it.written(at + 1) == "week" => {
                return Some((Meaning::Weekday { day, which: Which::Governed, weeks: 1 }, at + 2));
            }
            (Word::Next | Word::Coming, then) if it.language.relative_after || !names_more(then) => {
                return Some((governed(day, Which::Next), at + 2));
            }
            (Word::Last | Word::Recent, then) if it.language.relative_after || !names_more(then) => {
                return Some((governed(day, Which::Last), at + 2));
            }
            _ => {}
        }
    }
    Some((governed(day, Which::Governed), at + 1))
}

/// Whether a relative word belongs to what follows it rather than to the weekday before it.
fn names_more(word: Word) -> bool {
    matches!(word, Word::Weekday(_) | Word::Unit(_) | Word::Month(_) | Word::MonthOrName(_) | Word::Other)
}

/// "Monday to Wednesday", "between Monday and Wednesday", "Monday-Wednesday".
fn weekday_span(it: &Reading<'_>, at: usize, day: i8) -> Found {
    if it.dashed(at) {
        let Word::Weekday(last) = it.word(at + 1) else { return None };
        return Some((Meaning::Weekdays(day, last), at + 2));
    }
    let Word::Weekday(last) = it.word(at + 2) else { return None };
    let between = it.before(at) == Word::Between;
    let tied = match it.word(at + 1) {
        Word::To => it.before(at) != Word::On && !moved(it, at),
        Word::And => between,
        _ => false,
    };
    (tied && it.joined(at) && it.joined(at + 1)).then_some((Meaning::Weekdays(day, last), at + 3))
}

/// "Friday, 14 February", "Friday the 14th": the date counts.
fn weekday_date(it: &Reading<'_>, at: usize) -> Found {
    if !(it.loose(at) || it.gap(at) == "." || it.gap(at) == ".,") {
        return None;
    }
    let next = at + 1;
    match it.word(next) {
        Word::Number(_) | Word::Ordinal(_) | Word::Dotted(..) | Word::MonthOrName(_) | Word::Month(_) => {
            let (meaning, end) = core(it, next)?;
            matches!(meaning, Meaning::DayMonth { .. } | Meaning::Days { .. }).then_some((meaning, end))
        }
        Word::The => match it.word(next + 1) {
            Word::Ordinal(_) => {
                if let Some(found) = day_first(it, next + 1) {
                    return Some(found);
                }
                let Word::Ordinal(number) = it.word(next + 1) else { return None };
                Some((Meaning::Day(small(number)?), next + 2))
            }
            _ => None,
        },
        Word::Exact(date) => Some((Meaning::Exact(date), next + 1)),
        _ => None,
    }
}

/// Weeks or months from this one that a relative word means.
pub(super) fn offset(word: Word) -> Option<i32> {
    match word {
        Word::Next | Word::Coming => Some(1),
        Word::Last | Word::Recent => Some(-1),
        Word::This => Some(0),
        _ => None,
    }
}

pub(super) fn small(number: u16) -> Option<i8> {
    i8::try_from(number).ok().filter(|it| (1..=31).contains(it))
}

pub(super) fn day_number(word: Word) -> Option<i8> {
    match word {
        Word::Number(number) | Word::Ordinal(number) => small(number),
        _ => None,
    }
}

fn year_number(word: Word) -> Option<i16> {
    match word {
        Word::Number(number) if (1000..=2200).contains(&number) => i16::try_from(number).ok(),
        _ => None,
    }
}

/// The month at a place, where the word is written so that it can only be one.
pub(super) fn month_at(it: &Reading<'_>, at: usize) -> Option<i8> {
    match it.word(at) {
        Word::Month(month) => Some(month),
        Word::MonthOrName(month) if it.capital(at) => Some(month),
        _ => None,
    }
}

/// The year after a date, and where the date then ends.
pub(super) fn with_year(it: &Reading<'_>, end: usize) -> (Option<i16>, usize) {
    let tied = end > 0 && (it.loose(end - 1) || it.gap(end - 1) == "." || it.gap(end - 1) == ".,");
    match year_number(it.word(end)) {
        Some(year) if tied => (Some(year), end + 1),
        _ => (None, end),
    }
}

/// "14 February", "14th of February 2025", "14-16 February", "14 February to 2 March".
pub(super) fn day_first(it: &Reading<'_>, at: usize) -> Found {
    let day = day_number(it.word(at))?;
    if let Some((last, to)) = second_day(it, at)
        && let Some((month, end)) = month_after(it, to)
    {
        let (year, end) = with_year(it, end);
        return Some((Meaning::Days { from: (day, month), to: (last, month), year }, end));
    }
    let (month, end) = month_after(it, at)?;
    let tied = it.dashed(end - 1) || it.joined(end - 1) && it.word(end) == Word::To && it.joined(end);
    if tied && !moved(it, at) {
        let to = if it.dashed(end - 1) { end } else { end + 1 };
        if let Some(last) = day_number(it.word(to))
            && let Some((until, end)) = month_after(it, to)
        {
            let (year, end) = with_year(it, end);
            return Some((Meaning::Days { from: (day, month), to: (last, until), year }, end));
        }
    }
    let (year, end) = with_year(it, end);
    Some((Meaning::DayMonth { day, month, year }, end))
}

/// "second of August".
fn nth_of(it: &Reading<'_>, at: usize, nth: u8) -> Found {
    let day = i8::try_from(nth).ok()?;
    let (month, end) = month_after(it, at).filter(|_| it.word(at + 1) == Word::Of)?;
    let (year, end) = with_year(it, end);
    Some((Meaning::DayMonth { day, month, year }, end))
}

/// Whether what follows says that something was moved "from Monday to Wednesday": two days, no span.
pub(super) fn moved(it: &Reading<'_>, at: usize) -> bool {
    it.before(at) == Word::From
        && (at.saturating_sub(6)..at).any(|place| {
            matches!(
                it.written(place),
                "moved"
                    | "postponed"
                    | "delayed"
                    | "rescheduled"
                    | "pushed"
                    | "shifted"
                    | "changed"
                    | "brought"
                    | "put"
                    | "move"
                    | "moves"
                    | "slipped"
            )
        })
}

/// The last day of "14-16", "14 to 16", "between 14 and 16", "15 and 16".
fn second_day(it: &Reading<'_>, at: usize) -> Option<(i8, usize)> {
    let first = day_number(it.word(at))?;
    if it.dashed(at) {
        return day_number(it.word(at + 1)).filter(|last| *last > first).map(|last| (last, at + 1));
    }
    let last = day_number(it.word(at + 2)).filter(|last| *last > first)?;
    let tied = match it.word(at + 1) {
        Word::To => true,
        Word::And => it.before(at) == Word::Between || last == first + 1,
        _ => false,
    };
    (tied && it.loose(at) && it.joined(at + 1)).then_some((last, at + 2))
}

/// The month that follows a day, with "of" or a point between.
fn month_after(it: &Reading<'_>, at: usize) -> Option<(i8, usize)> {
    if it.joined(at) || it.language.dotted && it.gap(at) == "." {
        if let Some(month) = month_at(it, at + 1) {
            return Some((month, at + 2));
        }
        if it.word(at + 1) == Word::Of && it.joined(at + 1) {
            return month_at(it, at + 2).map(|month| (month, at + 3));
        }
    }
    None
}

/// "March 10", "February 14-16", "February 2022", "in March".
fn month(it: &Reading<'_>, at: usize) -> Found {
    let month = month_at(it, at)?;
    let short = it.written(at).len() <= 4;
    if it.joined(at) || short && it.gap(at) == "." {
        let mut next = at + 1;
        if it.word(next) == Word::The && matches!(it.word(next + 1), Word::Ordinal(_)) {
            next += 1;
        }
        if let Some(day) = day_number(it.word(next)) {
            return Some(month_day(it, next, day, month));
        }
    }
    if let (Some(year), end) = with_year(it, at + 1) {
        return Some((
            Meaning::Month { month, which: Which::Governed, year: Some(year), part: Part::Whole },
            end,
        ));
    }
    let licensed = at > 0
        && it.joined(at - 1)
        && matches!(
            it.word(at - 1),
            Word::In | Word::By | Word::Until | Word::Since | Word::Of | Word::From | Word::At | Word::Before
        );
    (licensed && !followed_by_name(it, at))
        .then_some((Meaning::Month { month, which: Which::Governed, year: None, part: Part::Whole }, at + 1))
}

/// Whether a capital follows at once: "by June Carter", "of August Wilson".
fn followed_by_name(it: &Reading<'_>, at: usize) -> bool {
    it.joined(at) && it.capital(at + 1) && !it.language.dotted
}

fn month_day(it: &Reading<'_>, at: usize, day: i8, month: i8) -> (Meaning, usize) {
    if let Some((last, to)) = second_day(it, at)
        && month_at(it, to + 1).is_none_or(|_| !it.joined(to))
    {
        let (year, end) = with_year(it, to + 1);
        return (Meaning::Days { from: (day, month), to: (last, month), year }, end);
    }
    let to = if it.dashed(at) { at + 1 } else { at + 2 };
    let tied = it.dashed(at) || it.joined(at) && matches!(it.word(at + 1), Word::To) && it.joined(at + 1);
    if tied
        && !moved(it, at - 1)
        && let Some(until) = month_at(it, to)
        && let Some(last) = day_number(it.word(to + 1))
        && (it.joined(to) || it.gap(to) == ".")
    {
        let (year, end) = with_year(it, to + 2);
        return (Meaning::Days { from: (day, month), to: (last, until), year }, end);
    }
    let (year, end) = with_year(it, at + 1);
    (Meaning::DayMonth { day, month, year }, end)
}
