//! Expressions that count from today: "next Tuesday", "in two weeks", "the end of the month".

use super::{
    grammar::{Found, day_first, day_number, governed, month_at, offset, small, with_year},
    meaning::{Meaning, Part, Which},
    word::{Reading, Unit, Word, lowered},
};

/// "two days ago", "two weeks from now", "a week on Monday", "two days from tomorrow".
pub(super) fn counted(it: &Reading<'_>, at: usize) -> Found {
    let (count, unit, end) = count_of_units(it, at)?;
    let last = end - 1;
    if !it.joined(last) {
        return None;
    }
    let days = match unit {
        Unit::Day => count,
        Unit::Week => 7 * count,
        Unit::Weekend | Unit::Month | Unit::Year => 0,
    };
    match (it.word(end), it.word(end + 1)) {
        (Word::Ago, _) if it.word(at) == Word::Few => Some((Meaning::Vague, end + 1)),
        (Word::Ago, _) => Some((Meaning::Away { count: -count, unit }, end + 1)),
        (Word::Now, _) if it.language.dotted => Some((Meaning::Away { count, unit }, end + 1)),
        (Word::From, Word::Now) => Some((Meaning::Away { count, unit }, end + 2)),
        (Word::From | Word::After | Word::On, Word::Shift(from)) if days > 0 => {
            Some((Meaning::Shift(days + i32::from(from)), end + 2))
        }
        (Word::Before, Word::Shift(from)) if days > 0 => {
            Some((Meaning::Shift(i32::from(from) - days), end + 2))
        }
        (Word::On | Word::From, Word::Weekday(day)) if unit == Unit::Week => {
            Some((Meaning::Weekday { day, which: Which::Governed, weeks: count }, end + 2))
        }
        _ => None,
    }
}

/// "two weeks", "a couple of days", "a few days"; and the word after.
fn count_of_units(it: &Reading<'_>, at: usize) -> Option<(i32, Unit, usize)> {
    let (mut count, mut next) = match it.word(at) {
        Word::Count(count) => (i32::from(count), at + 1),
        Word::Number(number) if number <= 366 => (i32::from(number), at + 1),
        Word::Few => (0, at + 1),
        _ => return None,
    };
    if it.joined(next - 1) && matches!(it.word(next), Word::Count(2)) && it.written(next) == "couple" {
        count = 2;
        next += 1;
    }
    if it.joined(next - 1) && it.word(next) == Word::Few {
        return None;
    }
    if it.word(next) == Word::Of {
        next += 1;
    }
    if it.written(next).starts_with("fortnight") {
        count *= 2;
    }
    match it.word(next) {
        Word::Unit(unit) if unit != Unit::Weekend && it.joined(next - 1) => Some((count, unit, next + 1)),
        _ => None,
    }
}

/// "the 21st", "the end of the month", "the day after tomorrow", "the coming days", "the first Friday of March".
pub(super) fn the(it: &Reading<'_>, at: usize) -> Found {
    if !it.joined(at) {
        return None;
    }
    let next = at + 1;
    match it.word(next) {
        Word::Ordinal(number) => the_day(it, next, small(number)?),
        Word::Unit(Unit::Day) => match (it.word(next + 1), it.word(next + 2)) {
            (Word::After, Word::Shift(1)) => Some((Meaning::Shift(2), next + 3)),
            (Word::Before, Word::Shift(-1)) => Some((Meaning::Shift(-2), next + 3)),
            _ => None,
        },
        Word::Unit(Unit::Weekend) => {
            let on = at > 0
                && it.joined(at - 1)
                && matches!(
                    it.word(at - 1),
                    Word::At | Word::On | Word::By | Word::For | Word::Until | Word::Before
                );
            on.then_some((Meaning::Weekend(Which::Governed), next + 1))
        }
        Word::Coming => relative(it, next),
        Word::End | Word::Start | Word::Mid => end_of(it, next),
        Word::Nth(nth) => nth_weekday(it, next, nth),
        Word::Last => nth_weekday(it, next, 0),
        _ => None,
    }
}

/// "the 21st": a day only where nothing follows that it could count.
fn the_day(it: &Reading<'_>, at: usize, day: i8) -> Found {
    if let Some(found) = day_first(it, at) {
        return Some(found);
    }
    if let Some(found) = of_month(it, at) {
        return Some(found);
    }
    let licensed = at >= 2
        && matches!(
            it.word(at - 2),
            Word::On
                | Word::By
                | Word::Until
                | Word::Before
                | Word::For
                | Word::From
                | Word::Since
                | Word::To
        );
    let counts = it.joined(at)
        && !matches!(
            it.word(at + 1),
            Word::In | Word::At | Word::And | Word::To | Word::By | Word::For | Word::After
        )
        && !matches!(it.written(at + 1), "when" | "as" | "but" | "with" | "that" | "amid" | "because" | "if");
    (licensed && !counts).then_some((Meaning::Day(day), at + 1))
}

/// "20th of next month".
pub(super) fn of_month(it: &Reading<'_>, at: usize) -> Found {
    let day = day_number(it.word(at))?;
    if it.word(at + 1) != Word::Of || !it.joined(at) {
        return None;
    }
    let next = if it.word(at + 2) == Word::The { at + 3 } else { at + 2 };
    if it.word(next) == Word::Unit(Unit::Month) {
        return Some((Meaning::DayOfMonth { day, months: 0 }, next + 1));
    }
    let months = offset(it.word(next)).filter(|_| it.word(next + 1) == Word::Unit(Unit::Month))?;
    Some((Meaning::DayOfMonth { day, months }, next + 2))
}

/// "next Tuesday", "last week", "this weekend", "this morning", "last night", "next March".
pub(super) fn relative(it: &Reading<'_>, at: usize) -> Found {
    if !it.joined(at) {
        return None;
    }
    let relative = it.word(at);
    let which = match relative {
        Word::Next => Which::Next,
        Word::Last => Which::Last,
        Word::This => Which::This,
        // "the coming Friday" is the nearest one.
        Word::Coming => Which::Governed,
        Word::Recent => return plural(it, at + 1).then_some((Meaning::Vague, at + 2)),
        _ => return None,
    };
    let next = at + 1;
    match it.word(next) {
        Word::Weekday(day) => Some((governed(day, which), next + 1)),
        Word::Unit(unit) if !plural(it, next) && !it.written(next).starts_with("fortnight") => {
            let found = of_unit(unit, relative, which)?;
            let after = if it.joined(next) && it.word(next + 1) == Word::On { next + 2 } else { next + 1 };
            if let (Meaning::Week { weeks, .. }, Word::Weekday(day)) = (found, it.word(after))
                && it.joined(next)
            {
                return Some((Meaning::WeekdayOfWeek { day, weeks }, after + 1));
            }
            Some((found, next + 1))
        }
        Word::Unit(_) if relative == Word::Coming || it.language.dotted => Some((Meaning::Vague, next + 1)),
        Word::Night if relative == Word::Last => Some((Meaning::Shift(-1), next + 1)),
        Word::DayPart | Word::Night if relative == Word::This => Some((Meaning::Shift(0), next + 1)),
        Word::Month(_) | Word::MonthOrName(_) => {
            let month = month_at(it, next)?;
            let (year, end) = with_year(it, next + 1);
            Some((Meaning::Month { month, which, year, part: Part::Whole }, end))
        }
        Word::Few if relative == Word::Next || relative == Word::Coming => {
            plural(it, next + 1).then_some((Meaning::Vague, next + 2))
        }
        _ => None,
    }
}

fn plural(it: &Reading<'_>, at: usize) -> bool {
    matches!(it.word(at), Word::Unit(_))
        && lowered(it.written(at), |word| it.language.plurals.contains(&word).then_some(())).is_some()
}

fn of_unit(unit: Unit, relative: Word, which: Which) -> Option<Meaning> {
    let step = offset(relative)?;
    Some(match unit {
        Unit::Week => Meaning::Week { weeks: step, part: Part::Whole },
        Unit::Month => Meaning::Months { months: step, part: Part::Whole },
        Unit::Weekend => Meaning::Weekend(if which == Which::Governed { Which::This } else { which }),
        Unit::Day | Unit::Year => return None,
    })
}

/// "early next month", "late in March", "mid-March", "later this week".
pub(super) fn part(it: &Reading<'_>, at: usize) -> Found {
    if !(it.joined(at) || it.dashed(at)) {
        return None;
    }
    let part = match it.word(at) {
        Word::Early => Part::Early,
        Word::Mid => Part::Mid,
        Word::Late => Part::Late,
        Word::Loosely if it.written(at) == "later" => Part::Rest,
        _ => Part::Whole,
    };
    let loosely = it.word(at) == Word::Loosely;
    let next = if matches!(it.word(at + 1), Word::In) { at + 2 } else { at + 1 };
    let (meaning, end) = match it.word(next) {
        Word::The if matches!(it.word(next + 1), Word::Unit(Unit::Week | Unit::Month)) => {
            (unit_of(it.word(next + 1), 0, part)?, next + 2)
        }
        Word::Next | Word::Last | Word::This => {
            let (meaning, end) = relative(it, next)?;
            (with_part(meaning, part)?, end)
        }
        Word::Month(_) | Word::MonthOrName(_) if !loosely => {
            let month = month_at(it, next)?;
            if day_number(it.word(next + 1)).is_some() && it.joined(next) {
                return None;
            }
            let (year, end) = with_year(it, next + 1);
            (Meaning::Month { month, which: Which::Governed, year, part }, end)
        }
        _ => return None,
    };
    if loosely {
        return match meaning {
            Meaning::Week { weeks: 0, .. } | Meaning::Months { months: 0, .. } if part == Part::Rest => {
                Some((meaning, end))
            }
            Meaning::Vague | Meaning::Week { .. } | Meaning::Months { .. } => Some((Meaning::Vague, end)),
            _ => None,
        };
    }
    Some((meaning, end))
}

fn unit_of(word: Word, step: i32, part: Part) -> Option<Meaning> {
    match word {
        Word::Unit(Unit::Week) => Some(Meaning::Week { weeks: step, part }),
        Word::Unit(Unit::Month) => Some(Meaning::Months { months: step, part }),
        Word::Unit(Unit::Year) if step == 0 && part == Part::End => Some(Meaning::YearEnd),
        _ => None,
    }
}

fn with_part(meaning: Meaning, part: Part) -> Option<Meaning> {
    match meaning {
        Meaning::Week { weeks, .. } => Some(Meaning::Week { weeks, part }),
        Meaning::Months { months, .. } => Some(Meaning::Months { months, part }),
        Meaning::Month { month, which, year, .. } => Some(Meaning::Month { month, which, year, part }),
        _ => None,
    }
}

/// "end of the month", "start of next week", "middle of March".
pub(super) fn end_of(it: &Reading<'_>, at: usize) -> Found {
    let part = match it.word(at) {
        Word::End => Part::End,
        Word::Start => Part::Early,
        Word::Mid => Part::Mid,
        _ => return None,
    };
    // German and Russian have no "of" here.
    let of = it.word(at + 1) == Word::Of;
    if !it.joined(at) || !of && !it.language.dotted {
        return None;
    }
    let mut next = if of { at + 2 } else { at + 1 };
    if it.word(next) == Word::The {
        next += 1;
    }
    if let Some(month) = month_at(it, next) {
        let (year, end) = with_year(it, next + 1);
        return Some((Meaning::Month { month, which: Which::Governed, year, part }, end));
    }
    if let Some(step) = offset(it.word(next)) {
        return unit_of(it.word(next + 1), step, part).map(|meaning| (meaning, next + 2));
    }
    unit_of(it.word(next), 0, part).map(|meaning| (meaning, next + 1))
}

/// "in two weeks", "within two weeks", "in the coming days", "over the next few months".
pub(super) fn within(it: &Reading<'_>, at: usize) -> Found {
    if !it.joined(at) {
        return None;
    }
    let preposition = it.word(at);
    if preposition != Word::At
        && let Some((count, unit, end)) = count_of_units(it, at + 1)
    {
        let vague = preposition == Word::Within || count == 0;
        return match unit {
            Unit::Year | Unit::Weekend => None,
            _ if vague => Some((Meaning::Vague, end)),
            _ => Some((Meaning::Away { count, unit }, end)),
        };
    }
    let mut next = at + 1;
    if let (Word::Unit(unit), Word::In) = (it.word(next), preposition)
        && it.language.bare_unit
        && !plural(it, next)
    {
        return Some((Meaning::Away { count: 1, unit }, next + 1));
    }
    if it.word(next) == Word::The {
        next += 1;
    }
    if !matches!(it.word(next), Word::Coming | Word::Recent | Word::Next | Word::Last) {
        return plural(it, next).then_some((Meaning::Vague, next + 1)).filter(|_| next == at + 1);
    }
    next += 1;
    if matches!(it.word(next), Word::Few | Word::Count(_) | Word::Number(_)) {
        next += 1;
    }
    plural(it, next).then_some((Meaning::Vague, next + 1))
}

/// "today", "tomorrow"; "two days from tomorrow" begins elsewhere.
pub(super) fn shift(it: &Reading<'_>, at: usize, days: i8) -> Found {
    // "USA Today" and "Russia Today" are outlets.
    if it.written(at) == "Today" && at > 0 && it.joined(at - 1) && it.capital(at - 1) {
        return None;
    }
    // "heute Morgen" and "am Morgen" are a time of day; "morgen" is tomorrow.
    if it.language.dotted && it.written(at) == "Morgen" && at > 0 {
        return None;
    }
    Some((Meaning::Shift(i32::from(days)), at + 1))
}

/// "first Friday of next month", "last Sunday of March"; `nth` 0 is the last.
pub(super) fn nth_weekday(it: &Reading<'_>, at: usize, nth: u8) -> Found {
    let nth = if nth == 0 { -1 } else { i8::try_from(nth).ok()? };
    let Word::Weekday(day) = it.word(at + 1) else { return None };
    if !it.joined(at) || !matches!(it.word(at + 2), Word::Of | Word::In) {
        return None;
    }
    let next = if it.word(at + 3) == Word::The { at + 4 } else { at + 3 };
    if let Some(month) = month_at(it, next) {
        let (year, end) = with_year(it, next + 1);
        return Some((Meaning::NthOfMonth { nth, day, month, year }, end));
    }
    match (offset(it.word(next)), it.word(next), it.word(next + 1)) {
        (Some(months), _, Word::Unit(Unit::Month)) => {
            Some((Meaning::NthOfMonths { nth, day, months }, next + 2))
        }
        (None, Word::Unit(Unit::Month), _) => Some((Meaning::NthOfMonths { nth, day, months: 0 }, next + 1)),
        _ => None,
    }
}

/// "vor zwei Tagen", "il y a deux jours".
pub(super) fn ago_before(it: &Reading<'_>, at: usize) -> Found {
    let from = if it.written(at) == "y" { at + 2 } else { at + 1 };
    let (count, unit, end) = count_of_units(it, from)?;
    let vague = count == 0;
    Some((if vague { Meaning::Vague } else { Meaning::Away { count: -count, unit } }, end))
}

/// "semaine prochaine", "неделю назад", "am Wochenende".
pub(super) fn unit_first(it: &Reading<'_>, at: usize, unit: Unit) -> Found {
    if it.language.dotted && unit == Unit::Weekend {
        return Some((Meaning::Weekend(Which::Governed), at + 1));
    }
    if it.language.bare_unit && it.joined(at) && it.word(at + 1) == Word::Ago {
        return Some((Meaning::Away { count: -1, unit }, at + 2));
    }
    if !it.language.relative_after || !it.joined(at) {
        return None;
    }
    let relative = it.word(at + 1);
    let which = match relative {
        Word::Next | Word::Coming => Which::Next,
        Word::Last => Which::Last,
        _ => return None,
    };
    of_unit(unit, relative, which).map(|meaning| (meaning, at + 2))
}
