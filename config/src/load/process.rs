//! The tables about the process itself: `[daemon]`, `[poll]`, `[alerts]`, `[network]`.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::{
    pace,
    table::Table,
    tree::{Node, Value},
    value::{self, choice, duration, whole},
};
use crate::{Alerts, Baseline, Daemon, Network, Poll, Storm, finding::Notes, limit};

/// The words for [`Baseline`].
pub(super) const BASELINES: &[(&str, Baseline)] =
    &[("silent", Baseline::Silent), ("digest", Baseline::Digest), ("alert", Baseline::Alert)];

/// Reads `[daemon]`.
pub(super) fn daemon(notes: &mut Notes, mut table: Table<'_>) -> Daemon {
    let default = Daemon::default();
    let read = Daemon {
        data_dir: table.get(notes, "data_dir", value::path),
        socket: table.get(notes, "socket", value::path),
        web: table.get(notes, "web", loopback),
        archive: table.get(notes, "archive", duration).unwrap_or(default.archive),
        archive_bytes: table.get(notes, "archive_size", archive_size).unwrap_or(default.archive_bytes),
    };
    table.finish(notes);
    read
}

fn archive_size(notes: &mut Notes, node: &Node) -> Option<u64> {
    let read = value::bytes(notes, node)?;
    if read < limit::ARCHIVE_BYTES_MIN {
        notes.error(&node.at, format!("an archive has at least {} MB", limit::ARCHIVE_BYTES_MIN >> 20));
        return None;
    }
    Some(read)
}

fn loopback(notes: &mut Notes, node: &Node) -> Option<SocketAddr> {
    let written = value::text(notes, node)?;
    let help = "for example \"127.0.0.1:7373\"";
    match written.parse::<SocketAddr>() {
        Ok(it) if it.ip().is_loopback() => return Some(it),
        Ok(_) => notes.error_help(&node.at, "the web page is served on a loopback address only", help),
        Err(_) => notes.error_help(&node.at, format!("{written:?} is no address with a port"), help),
    }
    None
}

/// Reads `[poll]`.
pub(super) fn poll(notes: &mut Notes, mut table: Table<'_>) -> Poll {
    let default = Poll::default();
    let least = table.get(notes, "min_interval", interval);
    let most = table.get(notes, "max_interval", interval);
    let concurrency = table.get(notes, "concurrency", whole(1, limit::POLL_CONCURRENCY_MAX));
    let per_host = table.get(notes, "per_host", whole(1, limit::POLL_CONCURRENCY_MAX));
    let read = Poll {
        min_interval: least.unwrap_or(default.min_interval),
        // A configuration that only raises the floor means a cap at least as high.
        max_interval: most.unwrap_or_else(|| default.max_interval.max(least.unwrap_or_default())),
        concurrency: concurrency.map_or(default.concurrency, |it| it as usize),
        per_host: per_host.map_or(default.per_host, |it| it as usize),
        host_gap: table.get(notes, "host_gap", duration).unwrap_or(default.host_gap),
        baseline: table.get(notes, "baseline", choice(BASELINES)).unwrap_or(default.baseline),
    };
    if read.max_interval < read.min_interval
        && let Some(it) = table.entry("max_interval")
    {
        notes.error(&it.node.at, "`max_interval` is shorter than `min_interval`");
    }
    table.finish(notes);
    read
}

/// An interval between visits, not below the shortest there is.
pub(super) fn interval(notes: &mut Notes, node: &Node) -> Option<std::time::Duration> {
    let read = duration(notes, node)?;
    if read < limit::INTERVAL_MIN {
        let least = humantime::format_duration(limit::INTERVAL_MIN);
        notes.error(&node.at, format!("an interval is at least {least}"));
        return None;
    }
    Some(read)
}

/// Reads `[alerts]`.
pub(super) fn alerts(notes: &mut Notes, mut table: Table<'_>) -> Alerts {
    let storm = match table.entry("storm").map(|it| &it.node) {
        None => Alerts::default().storm,
        Some(node) => storm(notes, node),
    };
    let time_zone = table.get(notes, "time_zone", pace::zone);
    table.finish(notes);
    Alerts { storm, time_zone }
}

fn storm(notes: &mut Notes, node: &Node) -> Option<Storm> {
    const HELP: &str = "write { page = 20, per_10m = 100 } or \"off\"";
    match &node.value {
        Value::Text(it) if it == "off" => return None,
        Value::Table(_) => {}
        other => {
            notes.error_help(&node.at, format!("a storm is not {}", other.kind()), HELP);
            return None;
        }
    }
    let default = Storm { page: 20, per_10m: 100 };
    let mut table = Table::open(notes, "`storm`", &node.at, node)?;
    let read = Storm {
        page: table.get(notes, "page", whole(1, u32::MAX)).unwrap_or(default.page),
        per_10m: table.get(notes, "per_10m", whole(1, u32::MAX)).unwrap_or(default.per_10m),
    };
    table.finish(notes);
    Some(read)
}

/// Reads `[network]`.
pub(super) fn network(notes: &mut Notes, mut table: Table<'_>) -> Network {
    let read = Network {
        allow: table
            .get(notes, "allow", |notes, node| value::list(notes, node, addresses))
            .unwrap_or_default(),
        proxy: table.get(notes, "proxy", value::url(&["http", "https", "socks5", "socks5h"])),
    };
    table.finish(notes);
    read
}

fn addresses(notes: &mut Notes, node: &Node) -> Option<IpNet> {
    let written = value::text(notes, node)?;
    let read = written.parse::<IpNet>().ok().or_else(|| written.parse::<IpAddr>().ok().map(IpNet::from));
    if read.is_none() {
        let help = "for example \"127.0.0.1/32\", \"192.168.0.0/16\" or \"::1\"";
        notes.error_help(&node.at, format!("{written:?} is no range of addresses"), help);
    }
    read
}
