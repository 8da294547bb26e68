//! The days a text speaks of: "on Friday", "14-16 February", "in two weeks".
//!
//! A grammar over classes of words finds the expressions; the verb that
//! governs one says whether it looks back or ahead; the calendar of the
//! outlet's zone makes a day of it.
//!
//! ```text
//! text -> word (classes) -> grammar (expressions) -> tense (the verb) -> resolve (days)
//! ```
//!
//! # Promises
//!
//! * Pure: the moment of publication and the zone are arguments.
//! * Any text is read to its end without a panic; a day that no calendar has
//!   ("30 February") is no mention.
//! * A vague expression ("in the coming days") is a mention without a value.

mod english;
mod grammar;
mod lexicon;
mod meaning;
mod names;
mod numeric;
mod others;
mod phrases;
mod resolve;
mod tables;
mod tense;
mod verbs;
mod verbs_others;
mod word;

#[cfg(test)]
mod measure;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// A date expression found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The expression as it is written, with "on", "by" or "until" where it is no calendar date.
    pub text: String,
    /// Where it begins, in bytes from the start of the text.
    pub start: usize,
    /// The day or days it means; none where it is vague.
    pub value: Option<DateValue>,
    /// The days that a vague expression leaves open, where it has an end: "later this month".
    pub within: Option<DateValue>,
    /// What the verb that governs it says of the time.
    pub tense: Tense,
    /// Whether it is a limit: "by", "before", "until", "within".
    pub deadline: bool,
    /// Whether it lies ahead of the publication: later days, or days that include this one under a verb to come.
    pub ahead: bool,
}

/// The day or days an expression means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateValue {
    /// One day.
    Day(Date),
    /// From the first to the last day, both among them.
    Range(Date, Date),
}

impl DateValue {
    /// The first day.
    pub fn first(self) -> Date {
        match self {
            Self::Day(day) | Self::Range(day, _) => day,
        }
    }

    /// The last day.
    pub fn last(self) -> Date {
        match self {
            Self::Day(day) | Self::Range(_, day) => day,
        }
    }
}

impl fmt::Display for DateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Range(first, last) => write!(f, "{first}/{last}"),
        }
    }
}

/// What the governing verb says of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// It has been: "met", "were held", "since".
    Past,
    /// It is to be: "will meet", "opens", "due", "until".
    Future,
    /// No verb governs it.
    Unknown,
}

/// Finds the date expressions of a text in the order they are written.
///
/// `lang` is the primary subtag of the text's language where it is known;
/// English, German, French, Russian, Ukrainian and Finnish have a grammar, of
/// other languages only written-out numeric dates are read. Where nothing is
/// said, Cyrillic letters mean Russian and all others English.
pub fn mentions(text: &str, published: Timestamp, tz: &TimeZone, lang: Option<&str>) -> Vec<Mention> {
    let reading = word::Reading::new(text, tables::language(lang, text), numeric::Order::of(tz, lang));
    if !reading.dated() {
        return Vec::new();
    }
    let today = tz.to_datetime(published).date();
    let mut found = Vec::new();
    let mut at = 0;
    while at < reading.len() {
        let Some(expression) = grammar::read(&reading, at) else {
            at += 1;
            continue;
        };
        at = expression.end;
        let tense = tense::governing(&reading, &expression);
        if let Some(mention) = resolve::mention(&reading, &expression, tense, today) {
            found.push(mention);
        }
    }
    found
}

/// Whether an English word in lower case is a form of a verb that stands after who acts.
pub(super) fn is_verb(word: &str) -> bool {
    !matches!(verbs::english(word), None | Some(verbs::Verb::Base | verbs::Verb::To | verbs::Verb::Starting))
}
