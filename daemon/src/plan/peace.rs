//! Which messages wait for the end of a sink's quiet hours (pure).

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use storyline_config::{Config, Severity, Sink};
use storyline_store::{AlertKind, Delivery};

use super::{calendar, severity};

/// A sink's quiet hours that last now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peace {
    from: Timestamp,
    /// When they end.
    pub until: Timestamp,
    break_through: Option<Severity>,
}

impl Peace {
    /// The quiet hours of a sink that `now` lies in; times of the day are meant in `zone` where nothing else is configured.
    pub fn of(config: &Config, sink: &Sink, zone: &TimeZone, now: Timestamp) -> Option<Self> {
        let quiet = sink.quiet_hours.as_ref()?;
        let zone = sink.time_zone.as_ref().or(config.alerts.time_zone.as_ref()).unwrap_or(zone);
        let (from, until) = calendar::quiet_span(quiet, zone, now)?;
        Some(Self { from, until, break_through: quiet.break_through })
    }

    /// Whether a message must wait for their end.
    ///
    /// What was planned while they last, or what a person asked for then, was meant for them.
    pub fn holds(&self, it: &Delivery) -> bool {
        it.since() < self.from && !weight(&it.body).is_some_and(|it| self.lets(it))
    }

    /// Whether what is that severe is told all the same.
    pub(super) fn lets(&self, severity: Severity) -> bool {
        self.break_through.is_some_and(|least| severity >= least)
    }
}

/// How much a planned document matters: as much as the weightiest alert it names.
fn weight(body: &str) -> Option<Severity> {
    #[derive(Deserialize)]
    struct Document {
        severity: Option<Severity>,
        #[serde(default)]
        alerts: Vec<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        kind: AlertKind,
    }
    let document: Document = serde_json::from_str(body).ok()?;
    document.severity.or_else(|| document.alerts.iter().map(|it| severity(it.kind)).max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_weighs_as_much_as_the_weightiest_alert_it_names() {
        let check = |body: &str, want| assert_eq!(weight(body), want, "{body}");
        check(r#"{"kind":"new","severity":"notice"}"#, Some(Severity::Notice));
        check(r#"{"kind":"digest","alerts":[{"kind":"new"},{"kind":"phase"}]}"#, Some(Severity::Warning));
        check(r#"{"kind":"digest","alerts":[{"kind":"quiet"}]}"#, Some(Severity::Info));
        check("", None);
    }
}
