//! When a sink is told: at once, together, or not while people sleep.

use std::{fmt, time::Duration};

use jiff::civil::Time;

use crate::Severity;

/// Whether a sink gets each alert on its own, or several in one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Digest {
    /// Each on its own.
    #[default]
    Each,
    /// One message for everything of so long, from its first alert on.
    Every(Duration),
    /// One message at each of these times of the day, in order.
    At(Vec<Time>),
}

/// The hours in which a sink is left in peace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin.
    pub from: Time,
    /// When they end; the next day, if that is not later than `from`.
    pub to: Time,
    /// What matters so much is told all the same; none: nothing is.
    pub break_through: Option<Severity>,
}

impl Digest {
    /// Whether each alert is a message of its own.
    pub fn is_each(&self) -> bool {
        matches!(self, Self::Each)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Each => f.write_str("each on its own"),
            Self::Every(span) => write!(f, "together every {}", humantime::format_duration(*span)),
            Self::At(times) => {
                let times: Vec<String> = times.iter().map(|it| clock(*it)).collect();
                write!(f, "together at {}", times.join(", "))
            }
        }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quiet from {} to {}", clock(self.from), clock(self.to))?;
        match self.break_through {
            Some(it) => write!(f, ", except from {} on", it.as_str()),
            None => Ok(()),
        }
    }
}

/// A time of the day as people write it.
fn clock(it: Time) -> String {
    it.strftime("%H:%M").to_string()
}
