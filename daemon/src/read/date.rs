//! Dates as feeds write them.
//!
//! The two standards come first, strictly, since nearly every date follows
//! them. What remains is cut into numbers, words and signs, and read as a
//! person would; a date that no calendar has is no date.

use jiff::{Timestamp, civil, tz::TimeZone};
use storyline_store::DateFlag;

use super::{
    date_clock::Clock,
    date_token::{Token, tokens},
    date_word::{month, zone},
};

/// Bytes of a date that is still one.
const DATE_BYTES_MAX: usize = 200;

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    /// The moment it means.
    pub(super) at: Timestamp,
    /// `DateOnly` or `NoZone`, where it says less than a moment.
    pub(super) flag: Option<DateFlag>,
}

/// Reads a date; none where it means no moment.
pub(super) fn parse(text: &str) -> Option<Stated> {
    let text = text.trim();
    if text.is_empty() || text.len() > DATE_BYTES_MAX {
        return None;
    }
    strict(text).map(|at| Stated { at, flag: None }).or_else(|| tolerant(text))
}

/// RFC 3339 and RFC 822, where they name their zone in a way that cannot be mistaken.
fn strict(text: &str) -> Option<Timestamp> {
    if text.as_bytes().get(4) == Some(&b'-') {
        return text.parse().ok();
    }
    let (_, zone) = text.rsplit_once(' ')?;
    let certain = zone == "GMT" || (zone.len() == 5 && zone.starts_with(['+', '-']));
    let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if certain { parser.parse_timestamp(text).ok() } else { None }
}

fn tolerant(text: &str) -> Option<Stated> {
    let named = text.split_whitespace().find(|it| it.contains('/') && it.starts_with(char::is_alphabetic));
    let named = named.and_then(|name| Some((name, TimeZone::get(name).ok()?)));
    let mut tokens = match &named {
        Some((name, _)) => tokens(&text.replace(name, " ")),
        None => tokens(text),
    };
    if let [Token::Number { value, digits: 10 | 13, .. }] = tokens.as_slice() {
        return epoch(*value);
    }
    let zone = take_zone(&mut tokens).or(named.map(|(_, zone)| zone));
    let clock = Clock::take(&mut tokens)?;
    let date = date(&tokens)?;
    let (date, time) = clock.unwrap_or_default().on(date)?;
    let at = zone.as_ref().unwrap_or(&TimeZone::UTC).to_timestamp(date.to_datetime(time)).ok()?;
    let flag = match (clock, zone) {
        (None, _) => Some(DateFlag::DateOnly),
        (Some(_), None) => Some(DateFlag::NoZone),
        (Some(_), Some(_)) => None,
    };
    Some(Stated { at, flag })
}

/// Seconds or milliseconds since 1970.
fn epoch(value: u64) -> Option<Stated> {
    let value = i64::try_from(value).ok()?;
    let at = if value < 100_000_000_000 {
        Timestamp::from_second(value)
    } else {
        Timestamp::from_millisecond(value)
    };
    Some(Stated { at: at.ok()?, flag: None })
}

/// Takes what names the zone out of the tokens.
fn take_zone(tokens: &mut Vec<Token>) -> Option<TimeZone> {
    let colon = tokens.iter().position(|it| *it == Token::Sign(':')).unwrap_or(0);
    let numeric = offset_at(tokens, colon);
    let word = tokens.iter().enumerate().skip(1).find_map(|(at, token)| match token {
        Token::Word(word) => zone(word).map(|minutes| (at, minutes)),
        _ => None,
    });
    if let Some((at, minutes)) = numeric {
        tokens.truncate(at);
        return fixed(minutes);
    }
    if let Some((at, minutes)) = word {
        tokens.remove(at);
        return fixed(minutes);
    }
    None
}

fn fixed(minutes: i32) -> Option<TimeZone> {
    Some(jiff::tz::Offset::from_seconds(minutes * 60).ok()?.to_time_zone())
}

/// A sign after the clock with hours, or hours and minutes: its place, and the minutes east.
fn offset_at(tokens: &[Token], colon: usize) -> Option<(usize, i32)> {
    let compact = colon == 0;
    tokens.iter().enumerate().skip(colon + 2).find_map(|(at, token)| {
        let Token::Sign(sign @ ('+' | '-')) = token else { return None };
        if compact
            && *sign == '-'
            && !tokens[..at]
                .iter()
                .any(|it| matches!(it, Token::Number { digits: 8.., .. } | Token::Sign('T')))
        {
            return None;
        }
        let Some(Token::Number { value, digits, .. }) = tokens.get(at + 1) else { return None };
        let (hours, minutes) = match (digits, tokens.get(at + 2), tokens.get(at + 3)) {
            (1 | 2, Some(Token::Sign(':')), Some(Token::Number { value: minutes, digits: 2, .. })) => {
                (*value, *minutes)
            }
            (1 | 2, ..) => (*value, 0),
            (3 | 4, ..) => (value / 100, value % 100),
            (6, ..) => (value / 10_000, value / 100 % 100),
            _ => return None,
        };
        let total = i32::try_from(hours * 60 + minutes).ok().filter(|it| *it <= 15 * 60 && minutes < 60)?;
        Some((at, if *sign == '-' { -total } else { total }))
    })
}

/// The day that the remaining tokens mean.
fn date(tokens: &[Token]) -> Option<civil::Date> {
    let numbers: Vec<(u64, usize, Option<char>)> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Number { value, digits, before } => Some((*value, *digits, *before)),
            _ => None,
        })
        .collect();
    let month = tokens.iter().rev().find_map(|token| match token {
        Token::Word(word) => month(word),
        _ => None,
    });
    if let Some(month) = month {
        return with_month(month, &numbers);
    }
    match numbers.as_slice() {
        [(value, 14, _), ..] => {
            day(value / 10_000_000_000, value / 100_000_000 % 100, value / 1_000_000 % 100)
        }
        [(value, 8, _), ..] => day(value / 10_000, value / 100 % 100, value % 100),
        [(value, 7, _)] => ordinal(value / 1_000, value % 1_000),
        [(year, 4, _), (nth, 3, _)] => ordinal(*year, *nth),
        [(year, 4, _), (month, ..), (date, ..), ..] => day(*year, *month, *date),
        [(year, 4, _), (month, ..)] => day(*year, *month, 1),
        [(year, 4, _)] => day(*year, 1, 1),
        [(a, ..), (b, ..), (year, 4, sign), ..] => match sign {
            Some('/') if *a <= 12 => day(*year, *a, *b),
            _ if *b > 12 => day(*year, *a, *b),
            _ => day(*year, *b, *a),
        },
        [(a, ..), (b, ..), (c, _, sign), ..] => match sign {
            Some('/') if *a <= 12 => day(century(*c), *a, *b),
            Some('/' | '.') => day(century(*c), *b, *a),
            _ => day(century(*a), *b, *c),
        },
        _ => None,
    }
}

/// A day whose month is written in letters.
fn with_month(month: u64, numbers: &[(u64, usize, Option<char>)]) -> Option<civil::Date> {
    match numbers {
        [(year, 4, _), (date, ..), ..] | [(date, ..), (year, 4, _), ..] => day(*year, month, *date),
        [(date, ..), (year, ..), ..] if *date <= 31 => day(century(*year), month, *date),
        [(year, ..), (date, ..), ..] => day(century(*year), month, *date),
        [(year, 4, _)] => day(*year, month, 1),
        _ => None,
    }
}

fn century(year: u64) -> u64 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}

fn day(year: u64, month: u64, date: u64) -> Option<civil::Date> {
    civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok()
}

fn ordinal(year: u64, nth: u64) -> Option<civil::Date> {
    let nth = i16::try_from(nth).ok()?;
    day(year, 1, 1)?.with().day_of_year(nth).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let read = parse(text).map_or("none".to_owned(), |it| match it.flag {
            Some(flag) => format!("{} {flag:?}", it.at),
            None => it.at.to_string(),
        });
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn the_standards() {
        check("2025-02-12T07:00:00+01:00", "2025-02-12T06:00:00Z");
        check("2025-02-12T07:00:00.5Z", "2025-02-12T07:00:00.5Z");
        check("Wed, 12 Feb 2025 07:00:00 GMT", "2025-02-12T07:00:00Z");
        check("Wed, 12 Feb 2025 07:00:00 -0330", "2025-02-12T10:30:00Z");
        // The weekday is wrong, as it often is.
        check("Fri, 12 Feb 2025 07:00:00 +0000", "2025-02-12T07:00:00Z");
    }

    #[test]
    fn zones_in_words_and_numbers() {
        check("Wed, 12 Feb 2025 07:00:00 EST", "2025-02-12T12:00:00Z");
        check("12 Feb 2025 07:00 CEST", "2025-02-12T05:00:00Z");
        check("Wed, 12 Feb 2025 21:00:10+5:30", "2025-02-12T15:30:10Z");
        check("Feb 12 2025 07:00:00 GMT+02:00", "2025-02-12T05:00:00Z");
        check("2025-02-12 07:00 America/New_York", "2025-02-12T12:00:00Z");
        check("20250212T070000-0500", "2025-02-12T12:00:00Z");
    }

    #[test]
    fn less_than_a_moment_is_said_to_be_less() {
        check("2025-02-12", "2025-02-12T00:00:00Z DateOnly");
        check("Feb 11, 2025", "2025-02-11T00:00:00Z DateOnly");
        check("2025-02", "2025-02-01T00:00:00Z DateOnly");
        check("2025-02-12 07:30", "2025-02-12T07:30:00Z NoZone");
        check("2025-02-12T07:30:00", "2025-02-12T07:30:00Z NoZone");
    }

    #[test]
    fn orders_of_day_and_month() {
        check("02/12/2025", "2025-02-12T00:00:00Z DateOnly");
        check("13/02/2025", "2025-02-13T00:00:00Z DateOnly");
        check("12.02.2025 07:00", "2025-02-12T07:00:00Z NoZone");
        check("2025/02/12", "2025-02-12T00:00:00Z DateOnly");
        check("2025-043", "2025-02-12T00:00:00Z DateOnly");
        check("25-02-12", "2025-02-12T00:00:00Z DateOnly");
    }

    #[test]
    fn many_languages() {
        check("12 février 2025 07:00", "2025-02-12T07:00:00Z NoZone");
        check("Mi, 12 März 2025 07:00:00 MEZ", "2025-03-12T06:00:00Z");
        check("Ср, 12 фев 2025 07:00:00 +0300", "2025-02-12T04:00:00Z");
        check("2025년 2월 12일 오후 1:05", "2025-02-12T13:05:00Z NoZone");
        check("2025年2月12日 13时05分", "2025-02-12T13:05:00Z NoZone");
        check("mar, 11 feb 2025 10:00:00 +0100", "2025-02-11T09:00:00Z");
    }

    #[test]
    fn halves_of_the_day_and_seconds_since_1970() {
        check("2/12/2025 12:30 AM", "2025-02-12T00:30:00Z NoZone");
        check("Feb 12, 2025 1:30:00 p.m. PST", "2025-02-12T21:30:00Z");
        check("1739340000", "2025-02-12T06:00:00Z");
        check("1739340000123", "2025-02-12T06:00:00.123Z");
        check("2025-02-12T24:00:00Z", "2025-02-13T00:00:00Z");
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for text in [
            "",
            "soon",
            "July 32, 2025",
            "2025-13-01",
            "2025-02-12T25:00:00Z",
            "12:30",
            "99999999999999999999",
            "2 days ago",
        ] {
            check(text, "none");
        }
        check(&"1".repeat(DATE_BYTES_MAX + 1), "none");
    }
}
