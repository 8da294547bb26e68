//! Moments as people write them: `#42`, `2025-02-14T10:00:00Z`, `2025-02-14 10:00`, `2 days ago`.

use jiff::{
    Timestamp, ZonedDateTime,
    civil::{Date, DateTime},
    fmt::friendly::SpanParser,
    tz::TimeZone,
};

/// A moment: a place in the log, or a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moment {
    /// `#42`.
    Place(u64),
    /// A time.
    Time(Timestamp),
}

impl Moment {
    /// As a request says it.
    pub(super) fn parameter(&self) -> String {
        match self {
            Self::Place(seq) => format!("%23{seq}"),
            Self::Time(time) => time.to_string().replace('+', "%2B"),
        }
    }
}

/// Reads a moment for the command line.
pub(super) fn argument(text: &str) -> Result<Moment, String> {
    parse(text, &ZonedDateTime::now())
}

/// Reads a moment as someone means it who writes at `now`.
fn parse(text: &str, now: &ZonedDateTime) -> Result<Moment, String> {
    let text = text.trim();
    if let Ok(seq) = text.strip_prefix('#').unwrap_or(text).parse() {
        return Ok(Moment::Place(seq));
    }
    time(text, now).map(Moment::Time).ok_or_else(|| {
        "expected #42, a time such as 2025-02-14T10:00:00Z, or an age such as \"2 days ago\"".to_owned()
    })
}

fn time(text: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let zone: &TimeZone = now.time_zone();
    let day = now.date();
    let midnight = match text {
        "now" => return Some(now.timestamp()),
        "today" => Some(day),
        "yesterday" => day.yesterday().ok(),
        _ => text.parse::<Date>().ok().filter(|_| !text.contains(':')),
    };
    if let Some(day) = midnight {
        return day.to_zoned_datetime(zone.clone()).ok().map(|it| it.timestamp());
    }
    if let Ok(it) = text.parse::<DateTime>() {
        return it.to_zoned_datetime(zone.clone()).ok().map(|it| it.timestamp());
    }
    let ago = SpanParser::new().parse_span(text).ok()?;
    // "2h" and "2 days ago" both look back.
    let ago = if ago.is_negative() { ago } else { ago.negate() };
    now.checked_add(ago).ok().map(|it| it.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_place_a_time_or_an_age() {
        let now: ZonedDateTime = "2025-02-14T12:00:00+02:00[Europe/Helsinki]".parse().unwrap();
        let check = |text: &str, want: &str| {
            let found = parse(text, &now).map_or_else(|_| "none".to_owned(), |it| it.parameter());
            assert_eq!(found, want, "{text}");
        };
        check("#42", "%2342");
        check("42", "%2342");
        check("2025-02-14T10:00:00Z", "2025-02-14T10:00:00Z");
        check("2025-02-14T10:00:00+01:00", "2025-02-14T09:00:00Z");
        check("2025-02-14", "2025-02-13T22:00:00Z");
        check("2025-02-14 10:30", "2025-02-14T08:30:00Z");
        check("2 days ago", "2025-02-12T10:00:00Z");
        check("2h", "2025-02-14T08:00:00Z");
        check("yesterday", "2025-02-12T22:00:00Z");
        check("soon", "none");
        check("", "none");
    }
}
