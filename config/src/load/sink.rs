//! Reads a `[sink.…]` table.

use std::time::Duration;

use url::{Host, Url};

use super::{
    pace::{Pace, pace},
    table::Table,
    tree::Node,
    value::{self, choice, duration},
};
use crate::{
    Rate, Retry, Service, Severity, Sink, SinkKind,
    finding::{Mentioned, Notes},
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Webhook,
    Service(Service),
    Exec,
    Desktop,
    /// One the format knows and this version does not have.
    Later,
}

const KINDS: &[(&str, Kind)] = &[
    ("webhook", Kind::Webhook),
    ("exec", Kind::Exec),
    ("ntfy", Kind::Service(Service::Ntfy)),
    ("slack", Kind::Service(Service::Slack)),
    ("apprise", Kind::Service(Service::Apprise)),
    ("desktop", Kind::Desktop),
    ("email", Kind::Later),
];

const SEVERITIES: &[(&str, Severity)] =
    &[("info", Severity::Info), ("notice", Severity::Notice), ("warning", Severity::Warning)];

/// How long one attempt may take unless the sink says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reads one sink; none where it lacks what it cannot do without.
pub(super) fn sink(notes: &mut Notes, mut table: Table<'_>) -> Option<Sink> {
    let kind = table.need(notes, "kind", choice(KINDS));
    if kind == Some(Kind::Later) {
        refuse(notes, &mut table);
        return None;
    }
    let address = kind.and_then(|it| address(notes, it, &mut table));
    let (storylines, secret_file) = (
        table.get(notes, "storylines", |notes, node| value::list(notes, node, storyline)),
        table.get(notes, "secret_file", value::path),
    );
    let min_severity = table.get(notes, "min_severity", choice(SEVERITIES)).unwrap_or_default();
    let Pace { digest, quiet_hours, time_zone } = pace(notes, &mut table);
    let rate = table.get(notes, "rate", rate).unwrap_or_default();
    let retry = table.table(notes, "retry").map(|it| retry(notes, it)).unwrap_or_default();
    let timeout = table.get(notes, "timeout", attempt).unwrap_or(TIMEOUT);
    if kind.is_some() {
        table.finish(notes);
    }
    let storylines = storylines.unwrap_or_else(|| vec!["*".to_owned()]);
    Some(Sink {
        kind: address?,
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

fn refuse(notes: &mut Notes, table: &mut Table<'_>) {
    if let Some(it) = table.entry("kind") {
        let name = value::text(notes, &it.node).unwrap_or_default();
        let message = format!("this version does not have sinks of kind \"{name}\" yet");
        let help = "use kind = \"webhook\", or kind = \"exec\" with a program that sends it on";
        notes.error_help(&it.node.at, message, help);
    }
}

fn address(notes: &mut Notes, kind: Kind, table: &mut Table<'_>) -> Option<SinkKind> {
    let misplaced: &[&'static str] = match kind {
        Kind::Exec => &["url", "secret_file"],
        Kind::Desktop => &["url", "secret_file", "command"],
        Kind::Webhook | Kind::Service(_) | Kind::Later => &["command"],
    };
    let name = KINDS.iter().find(|(_, it)| *it == kind).map_or("", |(name, _)| name);
    for key in misplaced {
        table.misplaced(notes, key, &format!("its kind is \"{name}\""));
    }
    match kind {
        Kind::Exec => table.need(notes, "command", value::command).map(|command| SinkKind::Exec { command }),
        Kind::Webhook => table.need(notes, "url", webhook).map(|url| SinkKind::Webhook { url }),
        Kind::Service(service) => {
            table.need(notes, "url", webhook).map(|url| SinkKind::Service { service, url })
        }
        Kind::Desktop => Some(SinkKind::Desktop),
        Kind::Later => None,
    }
}

fn webhook(notes: &mut Notes, node: &Node) -> Option<Url> {
    let url = value::url(&["https", "http"])(notes, node)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        let help = "use https://; plain http is for loopback addresses only";
        notes.error_help(&node.at, "alerts would travel readable by everyone", help);
        return None;
    }
    Some(url)
}

/// Whether an address stays on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.to_canonical().is_loopback(),
        Some(Host::Domain(it)) => it == "localhost" || it.ends_with(".localhost"),
        None => false,
    }
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
