//! Reads a `[sink.…]` table.

use std::time::Duration;

use super::{
    pace::{Pace, pace},
    table::Table,
    tree::Node,
    value::{self, choice, duration},
    way,
};
use crate::{
    Rate, Retry, Severity, Sink,
    finding::{Mentioned, Notes},
};

const SEVERITIES: &[(&str, Severity)] =
    &[("info", Severity::Info), ("notice", Severity::Notice), ("warning", Severity::Warning)];

/// How long one attempt may take unless the sink says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reads one sink; none where it lacks what it cannot do without.
pub(super) fn sink(notes: &mut Notes, mut table: Table<'_>) -> Option<Sink> {
    let secret_file = table.get(notes, "secret_file", value::path);
    let (known, way) = way::way(notes, &mut table);
    let storylines = table.get(notes, "storylines", |notes, node| value::list(notes, node, storyline));
    let min_severity = table.get(notes, "min_severity", choice(SEVERITIES)).unwrap_or_default();
    let Pace { digest, quiet_hours, time_zone } = pace(notes, &mut table);
    let rate = table.get(notes, "rate", rate).unwrap_or_default();
    let retry = table.table(notes, "retry").map(|it| retry(notes, it)).unwrap_or_default();
    let timeout = table.get(notes, "timeout", attempt).unwrap_or(TIMEOUT);
    if known {
        table.finish(notes);
    }
    let storylines = storylines.unwrap_or_else(|| vec!["*".to_owned()]);
    Some(Sink {
        kind: way?,
        secret_file,
        storylines,
        min_severity,
        digest,
        quiet_hours,
        time_zone,
        rate,
        retry,
        timeout,
    })
}

fn storyline(notes: &mut Notes, node: &Node) -> Option<String> {
    let name = value::text(notes, node)?;
    if name != "*" {
        notes.mention(Mentioned::Storyline, &name, &node.at);
    }
    Some(name)
}

/// How long one attempt may take; not nothing.
fn attempt(notes: &mut Notes, node: &Node) -> Option<Duration> {
    let read = duration(notes, node)?;
    if read.is_zero() {
        notes.error(&node.at, "an attempt needs some time");
        return None;
    }
    Some(read)
}

/// A rate such as "30/h".
fn rate(notes: &mut Notes, node: &Node) -> Option<Rate> {
    let written = value::text(notes, node)?;
    let read = written.split_once('/').and_then(|(messages, per)| {
        let messages = messages.trim().parse().ok().filter(|it: &u32| *it > 0)?;
        let per = per.trim();
        let per =
            if per.starts_with(|c: char| c.is_ascii_digit()) { per.to_owned() } else { format!("1{per}") };
        let per = humantime::parse_duration(&per).ok().filter(|it| !it.is_zero())?;
        Some(Rate { messages, per })
    });
    if read.is_none() {
        let help = "say how many in how long, for example \"30/h\" or \"5/10m\"";
        notes.error_help(&node.at, format!("{written:?} is no rate"), help);
    }
    read
}

fn retry(notes: &mut Notes, mut table: Table<'_>) -> Retry {
    let default = Retry::default();
    let read = Retry {
        first: table.get(notes, "first", attempt).unwrap_or(default.first),
        max: table.get(notes, "max", attempt).unwrap_or(default.max),
        give_up: table.get(notes, "give_up", duration).unwrap_or(default.give_up),
    };
    if read.max < read.first
        && let Some(it) = table.entry("max")
    {
        notes.error(&it.node.at, "`max` is shorter than `first`");
    }
    table.finish(notes);
    Retry { max: read.max.max(read.first), ..read }
}
