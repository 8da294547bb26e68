//! Times of the day in a time zone, right also when its clocks are set (pure).
//!
//! A time that a spring leaves out stands for the moment the clocks are set;
//! one that an autumn has twice counts once, the first time.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use storyline_config::QuietHours;

/// The first of these times of the day after a moment.
pub(super) fn next(times: &[Time], zone: &TimeZone, after: Timestamp) -> Timestamp {
    let days = around(zone, after);
    let all = days.iter().flat_map(|day| times.iter().filter_map(|it| moment(*day, *it, zone)));
    all.filter(|it| *it > after).min().unwrap_or(Timestamp::MAX)
}

/// When the quiet hours began that a moment lies in, and when they end; none where it lies in none.
pub(super) fn quiet_span(
    quiet: &QuietHours,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    let span = |day: &Date| {
        let last = if quiet.from < quiet.to { *day } else { day.tomorrow().ok()? };
        Some((moment(*day, quiet.from, zone)?, moment(last, quiet.to, zone)?))
    };
    let all = around(zone, now);
    all.iter().filter_map(span).find(|(from, to)| (*from..*to).contains(&now))
}

/// The days that may hold a moment's last or next time of the day.
fn around(zone: &TimeZone, at: Timestamp) -> Vec<Date> {
    let today = zone.to_datetime(at).date();
    let first = today.yesterday().unwrap_or(today);
    std::iter::successors(Some(first), |it| it.tomorrow().ok()).take(4).collect()
}

fn moment(day: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    let it = zone.to_ambiguous_timestamp(day.to_datetime(time));
    match it.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => it.earlier().ok(),
        AmbiguousOffset::Gap { .. } => {
            // Read by the clock as it is set to, the time lies just before it is set.
            let before = it.earlier().ok()?;
            let set = zone.following(before).next().map(|it| it.timestamp());
            set.or_else(|| it.later().ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn time(text: &str) -> Time {
        Time::strptime("%H:%M", text).unwrap()
    }

    #[test]
    fn a_time_of_the_day_comes_once_a_day_also_when_clocks_are_set() {
        let check = |name: &str, times: &[&str], after: &str, want: &[&str]| {
            let times: Vec<Time> = times.iter().map(|it| time(it)).collect();
            let mut now = at(after);
            for want in want {
                now = next(&times, &zone(name), now);
                assert_eq!(now, at(want), "{times:?} in {name} after {after}");
            }
        };
        let twice = &["08:00", "18:00"];
        check("UTC", twice, "2025-02-12T10:40:00Z", &["2025-02-12T18:00:00Z", "2025-02-13T08:00:00Z"]);
        check("UTC", &["08:00"], "2025-02-12T08:00:00Z", &["2025-02-13T08:00:00Z"]);
        // Across both changes the clock on the wall says the same.
        let spring = &["2025-03-29T07:00:00Z", "2025-03-30T06:00:00Z", "2025-03-31T06:00:00Z"];
        check("Europe/Berlin", &["08:00"], "2025-03-28T12:00:00Z", spring);
        let autumn = &["2025-10-25T06:00:00Z", "2025-10-26T07:00:00Z", "2025-10-27T07:00:00Z"];
        check("Europe/Berlin", &["08:00"], "2025-10-24T12:00:00Z", autumn);
        // Left out: at the moment the clocks are set.
        let gap = &["2025-03-29T01:30:00Z", "2025-03-30T01:00:00Z", "2025-03-31T00:30:00Z"];
        check("Europe/Berlin", &["02:30"], "2025-03-28T12:00:00Z", gap);
        check("Europe/Berlin", &["02:00"], "2025-03-29T12:00:00Z", &["2025-03-30T01:00:00Z"]);
        // Twice: once.
        let fold = &["2025-10-25T00:30:00Z", "2025-10-26T00:30:00Z", "2025-10-27T01:30:00Z"];
        check("Europe/Berlin", &["02:30"], "2025-10-24T12:00:00Z", fold);
        // Half an hour is set at Lord Howe, and at midnight in Cairo.
        check("Australia/Lord_Howe", &["02:15"], "2025-10-04T10:00:00Z", &["2025-10-04T15:30:00Z"]);
        check("Africa/Cairo", &["00:30"], "2025-04-24T10:00:00Z", &["2025-04-24T22:00:00Z"]);
    }

    #[test]
    fn quiet_hours_end_when_the_clock_on_the_wall_says_so() {
        let check = |from: &str, to: &str, now: &str, want: Option<&str>| {
            let quiet = QuietHours { from: time(from), to: time(to), break_through: None };
            let until = quiet_span(&quiet, &zone("Europe/Berlin"), at(now)).map(|(_, to)| to);
            assert_eq!(until, want.map(at), "{from} to {to} at {now}");
        };
        check("22:00", "07:00", "2025-02-12T20:59:59Z", None);
        check("22:00", "07:00", "2025-02-12T21:00:00Z", Some("2025-02-13T06:00:00Z"));
        check("22:00", "07:00", "2025-02-13T05:59:59Z", Some("2025-02-13T06:00:00Z"));
        check("22:00", "07:00", "2025-02-13T06:00:00Z", None);
        check("12:00", "13:00", "2025-02-12T11:30:00Z", Some("2025-02-12T12:00:00Z"));
        check("00:00", "23:59", "2025-02-12T22:59:30Z", None);
        // The night of the change is an hour shorter, or longer.
        check("22:00", "07:00", "2025-03-29T22:00:00Z", Some("2025-03-30T05:00:00Z"));
        check("22:00", "07:00", "2025-10-25T22:00:00Z", Some("2025-10-26T06:00:00Z"));
        // A beginning or an end that is left out is the moment the clocks are set.
        check("02:30", "07:00", "2025-03-30T00:59:59Z", None);
        check("02:30", "07:00", "2025-03-30T01:00:00Z", Some("2025-03-30T05:00:00Z"));
        check("22:00", "02:30", "2025-03-30T00:30:00Z", Some("2025-03-30T01:00:00Z"));
        check("02:10", "02:50", "2025-03-30T01:00:00Z", None);
        // A doubled hour is quiet once.
        check("02:10", "02:50", "2025-10-26T00:30:00Z", Some("2025-10-26T00:50:00Z"));
        check("02:10", "02:50", "2025-10-26T01:30:00Z", None);
    }
}
