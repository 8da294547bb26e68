//! Where alerts go.

use std::{path::PathBuf, time::Duration};

use jiff::tz::TimeZone;

use crate::{Address, Digest, Mail, QuietHours, Severity, StorylineId};

/// A place alerts go to.
#[derive(Debug, Clone)]
pub struct Sink {
    /// How it is reached.
    pub kind: SinkKind,
    /// A file that holds its secret; the systemd credential of the sink's name stands in for it.
    ///
    /// It is read anew for every message, and never becomes part of a configuration.
    pub secret_file: Option<PathBuf>,
    /// The storylines it hears of, `*` for all.
    pub storylines: Vec<String>,
    /// What is less important is left out.
    pub min_severity: Severity,
    /// Whether alerts are gathered into one message, and when that goes.
    pub digest: Digest,
    /// When it is left in peace.
    pub quiet_hours: Option<QuietHours>,
    /// Where its times of the day are meant; none: where all alerts are.
    pub time_zone: Option<TimeZone>,
    /// How many messages it takes.
    pub rate: Rate,
    /// How a failed delivery is tried again.
    pub retry: Retry,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl Sink {
    /// Whether it hears of a storyline, however little it matters; none for what belongs to no storyline.
    pub fn hears(&self, of: Option<&StorylineId>) -> bool {
        self.storylines.iter().any(|it| it == "*" || of.is_some_and(|of| of.as_str() == it))
    }
}

/// The kind of a sink with its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkKind {
    /// A POST of JSON, signed as Standard Webhooks say.
    Webhook {
        /// Where it goes.
        url: Address,
    },
    /// A service that has its own idea of a message.
    Service {
        /// Which one.
        service: Service,
        /// Where it goes.
        url: Address,
    },
    /// The program of Apprise; the sink's secret is the file that names its services.
    Apprise {
        /// The program and its first arguments; no shell.
        command: Vec<String>,
    },
    /// A program that gets the alert as JSON on standard input.
    Exec {
        /// The program and its arguments; no shell.
        command: Vec<String>,
    },
    /// Mail; a storyline is one thread.
    Email(Mail),
    /// The notifications of the desktop that the daemon runs under.
    Desktop,
}

/// A service that has its own idea of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// ntfy; the address ends with the topic.
    Ntfy,
    /// An incoming webhook as Slack, Mattermost and Rocket.Chat have them.
    Slack,
    /// The API server of Apprise; the address ends with the key of its configuration.
    Apprise,
}

impl Service {
    /// The service as a configuration writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ntfy => "ntfy",
            Self::Slack => "slack",
            Self::Apprise => "apprise",
        }
    }
}

/// A token bucket: so many messages in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Messages in a period, and at once.
    pub messages: u32,
    /// The period.
    pub per: Duration,
}

/// Exponential back-off between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Pause after the first failure; doubles each time.
    pub first: Duration,
    /// Longest pause.
    pub max: Duration,
    /// Age at which a delivery is given up.
    pub give_up: Duration,
}

impl Default for Rate {
    fn default() -> Self {
        Self { messages: 30, per: Duration::from_hours(1) }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            max: Duration::from_hours(1),
            give_up: Duration::from_hours(3 * 24),
        }
    }
}
