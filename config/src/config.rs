//! The whole configuration, typed and checked.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use url::Url;

use crate::{Baseline, Feed, FeedId, Pack, Sink, SinkId, Storyline, StorylineId, limit};

/// What storyline watches and how it is run.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The process itself.
    pub daemon: Daemon,
    /// How feeds are visited.
    pub poll: Poll,
    /// What holds for all alerts.
    pub alerts: Alerts,
    /// What the network may be used for.
    pub network: Network,
    /// Where news comes from.
    pub feeds: BTreeMap<FeedId, Feed>,
    /// Actors by pack name: the shipped ones and the configuration's own.
    pub actors: BTreeMap<String, Pack>,
    /// Places by pack name: the shipped ones and the configuration's own.
    pub places: BTreeMap<String, Pack>,
    /// What is followed.
    pub storylines: BTreeMap<StorylineId, Storyline>,
    /// Where alerts go.
    pub sinks: BTreeMap<SinkId, Sink>,
}

impl Config {
    /// The actor or the place a definition names as `@name`.
    pub fn pack(&self, name: &str) -> Option<&Pack> {
        self.actors.get(name).or_else(|| self.places.get(name))
    }
}

/// The `[daemon]` table.
#[derive(Debug, Clone)]
pub struct Daemon {
    /// Where the log lives; none: decided by the environment.
    pub data_dir: Option<PathBuf>,
    /// Where questions are answered; none: decided by the environment.
    pub socket: Option<PathBuf>,
    /// A loopback address for the web page.
    pub web: Option<SocketAddr>,
    /// How long what was read is kept for backtest and explain.
    pub archive: Duration,
    /// Bytes on disk it may take; the oldest goes first.
    pub archive_bytes: u64,
}

impl Default for Daemon {
    fn default() -> Self {
        Self {
            data_dir: None,
            socket: None,
            web: None,
            archive: Duration::from_hours(30 * 24),
            archive_bytes: limit::ARCHIVE_BYTES,
        }
    }
}

/// The `[poll]` table.
#[derive(Debug, Clone)]
pub struct Poll {
    /// Shortest interval between two visits of a feed.
    pub min_interval: Duration,
    /// Longest interval and back-off of our own.
    pub max_interval: Duration,
    /// Requests in flight in all.
    pub concurrency: usize,
    /// Requests in flight to one registrable domain.
    pub per_host: usize,
    /// Least time from start to start of two requests to one registrable domain.
    pub host_gap: Duration,
    /// What a feed's first visit tells.
    pub baseline: Baseline,
}

impl Default for Poll {
    fn default() -> Self {
        Self {
            min_interval: Duration::from_mins(15),
            max_interval: Duration::from_hours(6),
            concurrency: 64,
            per_host: 1,
            host_gap: Duration::from_secs(2),
            baseline: Baseline::Digest,
        }
    }
}

/// The `[alerts]` table.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// When a burst becomes a digest; none: never.
    pub storm: Option<Storm>,
    /// The zone that people are told times in; none: the machine's own.
    pub time_zone: Option<TimeZone>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self { storm: Some(Storm { page: 20, per_10m: 100 }), time_zone: None }
    }
}

/// More alerts than this become one digest per sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// Alerts of one page.
    pub page: u32,
    /// Alerts in ten minutes.
    pub per_10m: u32,
}

/// The `[network]` table.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Addresses that may be reached besides public ones.
    pub allow: Vec<IpNet>,
    /// The only way out, where one is named.
    pub proxy: Option<Url>,
}
