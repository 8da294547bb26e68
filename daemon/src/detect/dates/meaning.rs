//! What a date expression says, before the calendar is asked.

use jiff::civil::Date;

use super::word::Unit;

/// What an expression says, before the calendar is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Exact(Date),
    /// Days from today.
    Shift(i32),
    /// A weekday, so many weeks after the one meant.
    Weekday {
        day: i8,
        which: Which,
        weeks: i32,
    },
    /// From one weekday to another.
    Weekdays(i8, i8),
    /// A weekday in the week so many weeks from this one.
    WeekdayOfWeek {
        day: i8,
        weeks: i32,
    },
    DayMonth {
        day: i8,
        month: i8,
        year: Option<i16>,
    },
    /// The so-manyth, of this month or the nearest.
    Day(i8),
    /// The so-manyth of the month so many months from this one.
    DayOfMonth {
        day: i8,
        months: i32,
    },
    /// Days of one or two months.
    Days {
        from: (i8, i8),
        to: (i8, i8),
        year: Option<i16>,
    },
    Month {
        month: i8,
        which: Which,
        year: Option<i16>,
        part: Part,
    },
    /// The week or month so many from this one.
    Week {
        weeks: i32,
        part: Part,
    },
    Months {
        months: i32,
        part: Part,
    },
    YearEnd,
    Weekend(Which),
    /// So many units ahead, or back where negative.
    Away {
        count: i32,
        unit: Unit,
    },
    /// The nth weekday of the month so many months from this one.
    NthOfMonths {
        nth: i8,
        day: i8,
        months: i32,
    },
    /// The nth weekday of a named month.
    NthOfMonth {
        nth: i8,
        day: i8,
        month: i8,
        year: Option<i16>,
    },
    Vague,
}

/// Which one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The verb decides.
    Governed,
    This,
    Next,
    Last,
}

/// Which part of a longer time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Early,
    Mid,
    Late,
    End,
    /// What is left of it after today.
    Rest,
}

/// An expression with the words it is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expression {
    pub(super) meaning: Meaning,
    /// Its first word, the preposition not counted.
    pub(super) core: usize,
    /// Its first word as it is quoted.
    pub(super) first: usize,
    /// The word after its last.
    pub(super) end: usize,
}
