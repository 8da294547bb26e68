//! Reads when a sink is told: its digest, its quiet hours, its time zone.

use jiff::{civil::Time, tz::TimeZone};

use super::{
    table::{Table, nearest},
    tree::{Node, Value},
    value::{self, choice, duration},
};
use crate::{Digest, QuietHours, Severity, finding::Notes, limit::DIGEST_TIMES_MAX};

/// The words for what is told all the same.
const BREAKS: &[(&str, Option<Severity>)] = &[
    ("info", Some(Severity::Info)),
    ("notice", Some(Severity::Notice)),
    ("warning", Some(Severity::Warning)),
    ("never", None),
];

/// When a sink is told.
pub(super) struct Pace {
    pub(super) digest: Digest,
    pub(super) quiet_hours: Option<QuietHours>,
    pub(super) time_zone: Option<TimeZone>,
}

/// Reads the keys of a sink that say when it is told.
pub(super) fn pace(notes: &mut Notes, table: &mut Table<'_>) -> Pace {
    let digest = table.get(notes, "digest", digest).unwrap_or_default();
    let quiet_hours = table.table(notes, "quiet_hours").and_then(|it| quiet_hours(notes, it));
    let time_zone = table.get(notes, "time_zone", zone);
    if let Some(it) = table.entry("time_zone")
        && quiet_hours.is_none()
        && !matches!(digest, Digest::At(_))
    {
        let help = "it says where `quiet_hours` and the times of `digest` are meant";
        notes.warning(&it.key, "this time zone has no effect", help);
    }
    if let (Digest::At(times), Some(quiet), Some(it)) = (&digest, &quiet_hours, table.entry("digest"))
        && !times.is_empty()
        && times.iter().all(|time| contains(quiet, *time))
    {
        let help = "what is gathered comes when the quiet hours end";
        notes.warning(&it.node.at, "every time of this digest lies in the quiet hours", help);
    }
    Pace { digest, quiet_hours, time_zone }
}

fn contains(quiet: &QuietHours, time: Time) -> bool {
    if quiet.from < quiet.to {
        (quiet.from..quiet.to).contains(&time)
    } else {
        time >= quiet.from || time < quiet.to
    }
}

/// A span, or the times of the day.
fn digest(notes: &mut Notes, node: &Node) -> Option<Digest> {
    let Value::List(written) = &node.value else {
        let span = duration(notes, node)?;
        return Some(if span.is_zero() { Digest::Each } else { Digest::Every(span) });
    };
    let mut times = value::list(notes, node, time)?;
    times.sort();
    times.dedup();
    if written.is_empty() || times.len() > DIGEST_TIMES_MAX {
        let message = format!("a digest has between 1 and {DIGEST_TIMES_MAX} times");
        notes.error_help(&node.at, message, "for example [\"08:00\", \"18:00\"], or a span such as \"15m\"");
        return None;
    }
    Some(Digest::At(times))
}

/// A time of the day such as "08:00".
fn time(notes: &mut Notes, node: &Node) -> Option<Time> {
    let written = value::text(notes, node)?;
    let read = Time::strptime("%H:%M", &written).ok();
    if read.is_none() {
        let help = "write hours and minutes, from \"00:00\" to \"23:59\"";
        notes.error_help(&node.at, format!("{written:?} is no time of the day"), help);
    }
    read
}

fn quiet_hours(notes: &mut Notes, mut table: Table<'_>) -> Option<QuietHours> {
    let from = table.need(notes, "from", time);
    let to = table.need(notes, "to", time);
    let break_through = table.get(notes, "break_through", choice(BREAKS)).unwrap_or(Some(Severity::Warning));
    if let (Some(from), Some(to)) = (from, to)
        && from == to
    {
        notes.error(&table.at, "these quiet hours begin when they end");
    }
    table.finish(notes);
    Some(QuietHours { from: from?, to: to?, break_through })
}

/// A time zone by its name.
pub(super) fn zone(notes: &mut Notes, node: &Node) -> Option<TimeZone> {
    let written = value::text(notes, node)?;
    if let Ok(it) = TimeZone::get(&written) {
        return Some(it);
    }
    let known: Vec<String> = jiff::tz::db().available().map(|it| it.to_string()).collect();
    let help = nearest(&written, known.iter().map(String::as_str)).map_or_else(
        || "use a name such as \"Europe/London\"".to_owned(),
        |it| format!("did you mean {it:?}?"),
    );
    notes.error_help(&node.at, format!("{written:?} is no time zone"), help);
    None
}
