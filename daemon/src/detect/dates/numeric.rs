//! Words that begin with a digit: "2025-03-01", "14.2.2025", "21st", "15".

use jiff::{civil::Date, tz::TimeZone};

use super::word::Word;

/// Which of two small numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// 3/4/2025 is the third of April.
    DayFirst,
    /// 3/4/2025 is the fourth of March.
    MonthFirst,
}

impl Order {
    /// Americans write the month first; the outlet's zone tells who is one.
    pub(super) fn of(tz: &TimeZone, lang: Option<&str>) -> Self {
        let american = tz.iana_name().is_some_and(|it| it.starts_with("America/") || it.starts_with("US/"));
        if american && lang.is_none_or(|it| it.starts_with("en")) { Self::MonthFirst } else { Self::DayFirst }
    }
}

/// Reads the word at the start of `text`, which begins with an ASCII digit, and says how many bytes it has.
pub(super) fn read(text: &str, order: Order, dotted: bool) -> (Word, usize) {
    let length = |fits: fn(u8) -> bool| text.bytes().take_while(|it| fits(*it)).count();
    let whole = length(|it| it.is_ascii_digit() || matches!(it, b'.' | b'/' | b'-'));
    let stripped = text[..whole].trim_end_matches(['.', '/', '-']);
    let tail = text[stripped.len()..].chars().next();
    if !tail.is_some_and(char::is_alphanumeric)
        && let Some(date) = exact(stripped, order)
    {
        return (Word::Exact(date), stripped.len());
    }
    if dotted && let Some((day, month, length)) = day_month(text) {
        return (Word::Dotted(day, month), length);
    }
    let digits = length(|it| it.is_ascii_digit());
    let after = text.as_bytes().get(digits).copied().unwrap_or(b' ');
    let then = text.as_bytes().get(digits + 1).copied().unwrap_or(b' ');
    if matches!(after, b',' | b'.' | b':' | b'/') && then.is_ascii_digit() {
        // 10,000 and 3.5 and 10:30: a quantity or a time, with all that belongs to it.
        return (Word::Other, length(|it| it.is_ascii_digit() || matches!(it, b',' | b'.' | b':' | b'/')));
    }
    let letters =
        text[digits..].chars().take_while(|it| it.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
    if letters > 0 {
        let number = number(&text[..digits]).filter(|it| (1..=31).contains(it));
        let ordinal =
            matches!(&text[digits..digits + letters], "st" | "nd" | "rd" | "th" | "er" | "го" | "е");
        return (number.filter(|_| ordinal).map_or(Word::Other, Word::Ordinal), digits + letters);
    }
    if after == b'%' || after == b'-' && then.is_ascii_alphabetic() && !then.is_ascii_uppercase() {
        // 12-year-old
        return (Word::Other, digits);
    }
    (number(&text[..digits]).map_or(Word::Other, Word::Number), digits)
}

/// "14.2." with the point that tells it from a fraction.
fn day_month(text: &str) -> Option<(i8, i8, usize)> {
    let (day, rest) = text.split_once('.')?;
    let (month, rest) = rest.split_once('.')?;
    if day.len() > 2 || month.len() > 2 || rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let length = day.len() + month.len() + 2;
    let (day, month) = (day.parse::<i8>().ok()?, month.parse::<i8>().ok()?);
    ((1..=31).contains(&day) && (1..=12).contains(&month)).then_some((day, month, length))
}

fn number(digits: &str) -> Option<u16> {
    if digits.len() > 4 { None } else { digits.parse().ok() }
}

/// Three numbers between marks of one kind are a date where one of them is a year.
fn exact(text: &str, order: Order) -> Option<Date> {
    let mark = text.chars().find(|it| !it.is_ascii_digit())?;
    let mut parts = text.split(mark);
    let written = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() || written.iter().any(|it| it.is_empty() || it.len() > 4) {
        return None;
    }
    let [front, middle, back] = written.map(|it| it.parse::<i16>().unwrap_or(0));
    let [front_digits, middle_digits, back_digits] = written.map(str::len);
    if front_digits == 4 {
        return date(front, middle, back);
    }
    // 1.2.25 and 1-2-25 are version numbers and scores more often than dates.
    let year = match (back_digits, mark) {
        (4, _) => back,
        (2, '/') if back < 70 => 2000 + back,
        (2, '/') => 1900 + back,
        _ => return None,
    };
    if front_digits > 2 || middle_digits > 2 {
        return None;
    }
    let month_first = middle > 12 || (front <= 12 && order == Order::MonthFirst && mark != '.');
    if month_first { date(year, front, middle) } else { date(year, middle, front) }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1800..=2200).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
