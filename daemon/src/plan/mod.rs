//! Which changes people are told of, and through which sinks (pure).
//!
//! ```text
//! events of one cause ─stage──▶ what changed ─desk──▶ alert_raised + delivery_planned per sink
//!                                               ├──▶ alert_suppressed, for what is not to be told
//!                                               └──▶ alert_gathered, for what a digest will tell
//! time passes ────────due────▶ digests close, what was held is let out
//! ```
//!
//! # Promises
//!
//! * One item makes at most one alert per storyline, and an alert keeps its name for life.
//! * Nothing old is told on its own: a first run or a long stop makes one digest per sink.
//! * What a window, a rate, quiet hours or a snooze hold back is told later; it is not dropped, and why stands in
//!   the log.
//! * Everything follows from the arguments: the same log gives the same alerts.

mod body;
mod calendar;
mod desk;
mod digest;
mod due;
mod health;
mod peace;
mod reason;
mod route;
mod rule;
mod sentence;
mod stage;
mod story;

#[cfg(test)]
mod tests;

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Baseline, Config, Severity};
use storyline_store::{AlertKind, DeliveryDigest, Event, Recorded, State};

pub use body::test_message;
pub use digest::{VISITS_WAIT_MAX, as_they_stand};
pub use due::due;
pub use health::skew;
pub use peace::Peace;
pub use reason::{unheard, why_held};
pub use story::{Story, Voice};

use self::desk::Desk;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The configuration in force.
    pub config: &'a Config,
    /// Where things stand; every event up to here is applied, and what is planned follows `state.seq` directly.
    pub state: &'a State,
    /// The zone that sentences tell the time in.
    pub zone: &'a TimeZone,
    /// The time.
    pub now: Timestamp,
}

/// How what happened came to be known, which decides whether it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It is news.
    Live,
    /// The first readable visit of a feed brought it.
    FirstRun(Baseline),
    /// It happened while the daemon stood still for long.
    Stop,
    /// It came after newer things of its feed.
    Late,
    /// It was given to fill in the past.
    Backfill,
}

/// Whether the first visits of this run are made, which digests wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visits {
    /// Feeds still wait for their first visit of this run.
    Underway,
    /// Every feed was visited, or tried.
    Settled,
    /// The run ends now: what need not wait for a time of its own is told.
    Over,
}

/// Plans what people are told of the events of one cause: one item, one tick, one wish.
///
/// `page_raised` is how many alerts the page that brought them has raised
/// already. The events are recorded in the order returned, directly after
/// `situation.state.seq`.
pub fn plan(
    situation: &Situation<'_>,
    recorded: &[Recorded],
    occasion: Occasion,
    page_raised: u32,
) -> Vec<Event> {
    let mut desk = Desk::new(situation, page_raised);
    for change in stage::changes(recorded) {
        desk.consider(&change, occasion);
    }
    for stage in stage::of_time(situation, recorded) {
        desk.offer(&stage, occasion);
    }
    for stage in health::of_events(situation, recorded) {
        desk.offer(&stage, Occasion::Live);
    }
    desk.finish()
}

/// How much an alert of a kind matters.
pub fn severity(kind: AlertKind) -> Severity {
    match kind {
        AlertKind::Disputed
        | AlertKind::Phase
        | AlertKind::Overdue
        | AlertKind::Sink
        | AlertKind::Storage => Severity::Warning,
        AlertKind::New | AlertKind::Confirmed | AlertKind::Fact => Severity::Notice,
        AlertKind::Surge | AlertKind::Quiet | AlertKind::Feed => Severity::Info,
    }
}

impl Occasion {
    /// Why it is not told on its own, and the digest that tells of it; none if it is news.
    fn reason(self) -> Option<(&'static str, Option<DeliveryDigest>)> {
        match self {
            Self::Live | Self::FirstRun(Baseline::Alert) => None,
            Self::FirstRun(Baseline::Digest) => Some(("first_run", Some(DeliveryDigest::FirstRun))),
            Self::FirstRun(Baseline::Silent) => Some(("first_run", None)),
            Self::Stop => Some(("stop", Some(DeliveryDigest::Stop))),
            Self::Late => Some(("late", None)),
            Self::Backfill => Some(("backfill", None)),
        }
    }
}
