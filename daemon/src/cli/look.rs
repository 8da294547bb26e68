//! How people see times, states and names.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;
use terminal_size::{Width, terminal_size};

/// Columns where the width of the terminal is not known.
const WIDTH_DEFAULT: u16 = 100;
/// Fewer columns than this make no table.
const WIDTH_MIN: u16 = 40;

/// The eyes an answer is laid out for.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// The time it is read.
    pub(crate) now: Timestamp,
    /// Where it is read.
    pub(crate) zone: TimeZone,
    /// Columns of the terminal.
    pub(crate) width: u16,
}

impl Look {
    /// The person at this terminal, now.
    pub(crate) fn here() -> Self {
        let width = terminal_size().map_or(WIDTH_DEFAULT, |(Width(it), _)| it.max(WIDTH_MIN));
        Self { now: Timestamp::now(), zone: TimeZone::system(), width }
    }

    fn local(&self, time: Timestamp) -> DateTime {
        self.zone.to_datetime(time)
    }

    /// A time as short as it can be told apart: of today, of this year, or with its year.
    pub(crate) fn time(&self, time: Timestamp) -> String {
        let (then, now) = (self.local(time), self.local(self.now));
        if then.date() == now.date() {
            then.strftime("%H:%M").to_string()
        } else if then.year() == now.year() {
            then.strftime("%-d %b %H:%M").to_string()
        } else {
            then.strftime("%-d %b %Y").to_string()
        }
    }

    /// A time of an answer; a dash where it has none.
    pub(crate) fn time_of(&self, value: &Value) -> String {
        let parsed = value.as_str().and_then(|it| it.parse().ok());
        parsed.map_or_else(|| "–".to_owned(), |it| self.time(it))
    }

    /// How long ago a time is, in its largest unit.
    pub(crate) fn age(&self, value: &Value) -> String {
        let Some(time) = value.as_str().and_then(|it| it.parse::<Timestamp>().ok()) else {
            return "–".to_owned();
        };
        let seconds = self.now.duration_since(time).as_secs().max(0);
        match seconds {
            0..60 => format!("{seconds} s"),
            60..3_600 => format!("{} min", seconds / 60),
            3_600..172_800 => format!("{} h", seconds / 3_600),
            _ => format!("{} d", seconds / 86_400),
        }
    }
}

/// A text of an answer; empty where it has none.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number of an answer; 0 where it has none.
pub(crate) fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// A list of an answer; empty where it has none.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A word of the socket as people write it: `under_way` is "under way".
pub(crate) fn words(word: &str) -> String {
    word.replace('_', " ")
}

/// A count with its noun.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// Makes every text of an answer safe for a terminal.
pub(crate) fn cleaned(value: Value) -> Value {
    match value {
        Value::String(it) => Value::String(plain(&it)),
        Value::Array(list) => list.into_iter().map(cleaned).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, it)| (plain(&name), cleaned(it))).collect())
        }
        other => other,
    }
}

/// Writes out what would drive a terminal or turn the direction of a line.
pub(crate) fn plain(text: &str) -> String {
    let harmful = |c: char| (c.is_control() && c != '\n') || is_invisible(c);
    if !text.chars().any(harmful) {
        return text.to_owned();
    }
    text.chars().map(|c| if harmful(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Marks of direction, zero-width characters and line separators.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_as_short_as_it_can_be_told_apart() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone, width: 80 };
        let check = |time: &str, want: &str| assert_eq!(look.time(time.parse().unwrap()), want);
        check("2025-02-14T08:40:00Z", "10:40");
        check("2025-02-13T22:30:00Z", "00:30");
        check("2025-02-13T20:30:00Z", "13 Feb 22:30");
        check("2024-12-31T20:30:00Z", "31 Dec 2024");
    }

    #[test]
    fn no_text_drives_the_terminal() {
        let check = |text: &str, want: &str| assert_eq!(plain(text), want);
        check("Zelenskyy – München", "Zelenskyy – München");
        check("\u{1b}]0;owned\u{7}", "\\u{1b}]0;owned\\u{7}");
        check("a\u{202e}b\u{200b}", "a\\u{202e}b\\u{200b}");
        check("\u{9b}31m", "\\u{9b}31m");
    }
}
