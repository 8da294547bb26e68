//! Which day an expression means, seen from the day of publication.

use jiff::{Span, civil::Date};

use super::{
    DateValue, Mention, Tense,
    meaning::{Expression, Meaning, Part, Which},
    word::{Reading, Unit, Word},
};

/// Makes a mention of an expression; none where the calendar has no such day.
pub(super) fn mention(
    it: &Reading<'_>,
    expression: &Expression,
    tense: Tense,
    today: Date,
) -> Option<Mention> {
    let value = match expression.meaning {
        Meaning::Vague => None,
        _ if ruled_out(it, expression.end) => None,
        // On a Sunday "this week" is the one that ends or the one that comes.
        Meaning::Week { weeks: 0, part: Part::Whole } if iso(today) == 7 => None,
        _ if is_loose(expression.meaning) => None,
        meaning => Some(value(meaning, tense, today)?),
    };
    // "the third attack in two weeks" counts how long, not when.
    if matches!(expression.meaning, Meaning::Away { count: 1.., .. })
        && it.word(expression.core) == Word::In
        && !it.language.dotted
        && tense == Tense::Past
    {
        return None;
    }
    let start = it.token(expression.first)?.start;
    let end = it.token(expression.end.checked_sub(1)?)?.end;
    let deadline = [expression.core, expression.first]
        .into_iter()
        .any(|at| is_limit(it.word(at)) || at > 0 && it.joined(at - 1) && is_limit(it.word(at - 1)))
        // "caused by Monday's quake" is no limit.
        && !(it.possessive(expression.core) && it.before(expression.core) == Word::By);
    let loose = is_loose(expression.meaning) && !ruled_out(it, expression.end);
    let within = if loose { self::value(expression.meaning, tense, today) } else { None };
    let ahead =
        value.or(within).is_some_and(|it| it.first() > today || it.last() >= today && tense == Tense::Future);
    Some(Mention { text: it.text.get(start..end)?.to_owned(), start, value, within, tense, deadline, ahead })
}

/// "later this month": no day is meant, though it has an end.
fn is_loose(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Week { part: Part::Rest, .. } | Meaning::Months { part: Part::Rest, .. })
}

fn is_limit(word: Word) -> bool {
    matches!(word, Word::By | Word::Until | Word::Before | Word::Within)
}

/// "next week unlikely": the day is named to say that it is not the one.
fn ruled_out(it: &Reading<'_>, end: usize) -> bool {
    it.joined(end - 1)
        && (matches!(it.written(end), "unlikely" | "impossible")
            || it.written(end) == "ruled" && it.written(end + 1) == "out")
}

fn value(meaning: Meaning, tense: Tense, today: Date) -> Option<DateValue> {
    let day = |it: Option<Date>| it.map(DateValue::Day);
    match meaning {
        Meaning::Exact(date) => day(Some(date)),
        Meaning::Shift(days) => day(add_days(today, days)),
        Meaning::Weekday { day: weekday, which, weeks } => {
            day(add_days(self::weekday(weekday, which, tense, today)?, 7 * weeks))
        }
        Meaning::Weekdays(from, to) => weekdays(from, to, tense, today),
        Meaning::WeekdayOfWeek { day: weekday, weeks } => {
            day(add_days(monday(today)?, 7 * weeks + i32::from(weekday) - 1))
        }
        Meaning::DayMonth { day: of, month, year } => day(day_month(of, month, year, tense, today)),
        Meaning::Day(of) => day(day_of_month(of, tense, today)),
        Meaning::DayOfMonth { day: of, months } => {
            let month = add_months(today, months)?;
            day(Date::new(month.year(), month.month(), of).ok())
        }
        Meaning::Days { from, to, year } => days(from, to, year, tense, today),
        Meaning::Month { month, which, year, part } => {
            part_of_month(Date::new(month_year(month, which, year, tense, today)?, month, 1).ok()?, part)
        }
        Meaning::Week { part: Part::Rest, .. } => rest(add_days(monday(today)?, 6)?, today),
        Meaning::Months { part: Part::Rest, .. } => rest(today.last_of_month(), today),
        Meaning::Week { weeks, part } => part_of_week(add_days(monday(today)?, 7 * weeks)?, part),
        Meaning::Months { months, part } => part_of_month(add_months(today, months)?.first_of_month(), part),
        Meaning::YearEnd => day(Some(today.last_of_year())),
        Meaning::Weekend(which) => weekend(which, tense, today),
        Meaning::Away { count, unit } => away(count, unit, today).map(DateValue::Day),
        Meaning::NthOfMonths { nth, day: weekday, months } => {
            day(nth_weekday(add_months(today, months)?, nth, weekday))
        }
        Meaning::NthOfMonth { nth, day: weekday, month, year } => {
            let year = month_year(month, Which::Governed, year, tense, today)?;
            day(nth_weekday(Date::new(year, month, 1).ok()?, nth, weekday))
        }
        Meaning::Vague => None,
    }
}

/// Monday = 1 … Sunday = 7.
fn iso(date: Date) -> i32 {
    i32::from(date.weekday().to_monday_one_offset())
}

fn add_days(date: Date, days: i32) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

fn add_months(date: Date, months: i32) -> Option<Date> {
    date.checked_add(Span::new().try_months(months).ok()?).ok()
}

fn monday(date: Date) -> Option<Date> {
    add_days(date, 1 - iso(date))
}

fn weekday(day: i8, which: Which, tense: Tense, today: Date) -> Option<Date> {
    let ahead = (i32::from(day) - iso(today)).rem_euclid(7);
    let days = match (which, tense) {
        (Which::Next, _) => return add_days(monday(today)?, 6 + i32::from(day)),
        (Which::Last, _) => ahead - 7,
        (Which::Governed | Which::This, Tense::Past) if ahead > 0 => ahead - 7,
        _ => ahead,
    };
    add_days(today, days)
}

fn weekdays(from: i8, to: i8, tense: Tense, today: Date) -> Option<DateValue> {
    let first = weekday(from, Which::Governed, tense, today)?;
    let length = (i32::from(to) - i32::from(from)).rem_euclid(7);
    Some(DateValue::Range(first, add_days(first, length)?))
}

/// How far a day may lie on the wrong side of its verb and still be the nearest one.
const AGAINST_VERB_DAYS: i32 = 60;

/// The day of the year nearest to today, unless the verb forbids it.
fn day_month(day: i8, month: i8, year: Option<i16>, tense: Tense, today: Date) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let distance = |it: &Date| it.since(today).map_or(i32::MAX, |it| it.get_days());
    // Leap days are up to eight years apart.
    (-8..=8)
        .filter_map(|step| Date::new(today.year().checked_add(step)?, month, day).ok())
        .filter(|it| match tense {
            Tense::Past => distance(it) < AGAINST_VERB_DAYS,
            Tense::Future => distance(it) > -AGAINST_VERB_DAYS,
            Tense::Unknown => true,
        })
        .min_by_key(|it| distance(it).abs())
}

fn day_of_month(day: i8, tense: Tense, today: Date) -> Option<Date> {
    let months: &[i32] = if tense == Tense::Past { &[0, -1, -2] } else { &[0, 1, 2] };
    months.iter().find_map(|step| {
        let month = add_months(today.first_of_month(), *step)?;
        let date = Date::new(month.year(), month.month(), day).ok()?;
        let fits = if tense == Tense::Past { date <= today } else { date >= today };
        fits.then_some(date)
    })
}

fn days(from: (i8, i8), to: (i8, i8), year: Option<i16>, tense: Tense, today: Date) -> Option<DateValue> {
    let last = day_month(to.0, to.1, year, tense, today)?;
    let over_new_year = i16::from(from.1 > to.1);
    let first = Date::new(last.year() - over_new_year, from.1, from.0).ok()?;
    (first <= last).then_some(DateValue::Range(first, last))
}

fn month_year(month: i8, which: Which, year: Option<i16>, tense: Tense, today: Date) -> Option<i16> {
    if year.is_some() {
        return year;
    }
    let this = today.year();
    let (now, next, last) = (today.month(), this.checked_add(1)?, this.checked_sub(1)?);
    Some(match (which, tense) {
        (Which::Next, _) => {
            if month > now {
                this
            } else {
                next
            }
        }
        (Which::Last, _) => {
            if month < now {
                this
            } else {
                last
            }
        }
        (Which::This, _) => this,
        (Which::Governed, Tense::Past) => {
            if month <= now {
                this
            } else {
                last
            }
        }
        (Which::Governed, Tense::Future) => {
            if month >= now {
                this
            } else {
                next
            }
        }
        (Which::Governed, Tense::Unknown) => match month - now {
            7.. => last,
            ..=-6 => next,
            _ => this,
        },
    })
}

/// From tomorrow to the last day of a time; none where it ends today.
fn rest(last: Date, today: Date) -> Option<DateValue> {
    let tomorrow = add_days(today, 1)?;
    match tomorrow.cmp(&last) {
        std::cmp::Ordering::Less => Some(DateValue::Range(tomorrow, last)),
        std::cmp::Ordering::Equal => Some(DateValue::Day(last)),
        std::cmp::Ordering::Greater => None,
    }
}

fn part_of_month(first: Date, part: Part) -> Option<DateValue> {
    let day = |it: i8| Date::new(first.year(), first.month(), it).ok();
    let last = first.last_of_month();
    Some(match part {
        Part::Whole | Part::Rest => DateValue::Range(first, last),
        Part::Early => DateValue::Range(first, day(10)?),
        Part::Mid => DateValue::Range(day(11)?, day(20)?),
        Part::Late => DateValue::Range(day(21)?, last),
        Part::End => DateValue::Day(last),
    })
}

fn part_of_week(monday: Date, part: Part) -> Option<DateValue> {
    let (from, to) = match part {
        Part::Whole | Part::Rest => (0, 6),
        Part::Early => (0, 2),
        Part::Mid => (2, 3),
        Part::Late => (3, 6),
        Part::End => return Some(DateValue::Day(add_days(monday, 6)?)),
    };
    Some(DateValue::Range(add_days(monday, from)?, add_days(monday, to)?))
}

fn weekend(which: Which, tense: Tense, today: Date) -> Option<DateValue> {
    let saturday = add_days(monday(today)?, 5)?;
    let now = iso(today) >= 6;
    let weeks = match (which, tense) {
        (Which::Next, _) => 1,
        (Which::Last, _) => -1,
        (Which::Governed, Tense::Past) if !now => -1,
        _ => 0,
    };
    let first = add_days(saturday, 7 * weeks)?;
    Some(DateValue::Range(first, add_days(first, 1)?))
}

fn away(count: i32, unit: Unit, today: Date) -> Option<Date> {
    match unit {
        Unit::Day => add_days(today, count),
        Unit::Week => add_days(today, count.checked_mul(7)?),
        Unit::Month => add_months(today, count),
        Unit::Weekend | Unit::Year => None,
    }
}

fn nth_weekday(month: Date, nth: i8, day: i8) -> Option<Date> {
    let weekday = jiff::civil::Weekday::from_monday_one_offset(day).ok()?;
    month.nth_weekday_of_month(nth, weekday).ok()
}
