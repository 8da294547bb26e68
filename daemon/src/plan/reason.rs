//! Why people did not get an alert, in words: what the log says of it, and what no sink asked for.

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{AlertRule, Config, SinkId};
use storyline_store::{Alert, AlertId, DeliveryDigest, Development, Event, State};

use super::{digest::why, rule, severity};

/// Why an event means that somebody was not told at once; none for an event that means nothing of the kind.
///
/// Times are told in `zone`.
pub fn why_held(event: &Event, zone: &TimeZone) -> Option<String> {
    match event {
        Event::AlertSuppressed { reason, detail, .. } => {
            let known = suppressed(reason);
            Some(if detail.is_empty() { known.to_owned() } else { format!("{known}: {detail}") })
        }
        Event::AlertGathered { sink, digest, not_before, .. } => {
            let (why, at) = (why(*digest), moment(*not_before, zone));
            Some(match digest {
                DeliveryDigest::FirstRun | DeliveryDigest::Stop | DeliveryDigest::Storm => {
                    format!("{sink} hears of it in one digest with all the others ({why})")
                }
                _ => format!("{sink} hears of it in a digest, not before {at} ({why})"),
            })
        }
        Event::SinkDisabled { sink, error } => Some(format!("{sink} wants nothing until a reload: {error}")),
        Event::SinkRetired { sink } => Some(format!("{sink} is no longer configured")),
        Event::DeliveryDead { error, .. } => Some(format!("it was given up: {error}")),
        _ => None,
    }
}

/// The sinks that never were to hear of an alert, each with why.
pub fn unheard(config: &Config, alert: &Alert) -> Vec<(SinkId, String)> {
    let why = |(id, sink): (&SinkId, &storyline_config::Sink)| {
        if severity(alert.kind) < sink.min_severity {
            let (least, is) = (sink.min_severity.as_str(), severity(alert.kind).as_str());
            Some((id.clone(), format!("it hears from {least} on, and this is {is}")))
        } else if !sink.hears(alert.storyline.as_ref()) {
            Some((id.clone(), format!("it hears of {} only", sink.storylines.join(", "))))
        } else {
            None
        }
    };
    config.sinks.iter().filter_map(why).collect()
}

/// What a development waits for under a rule.
pub(super) fn waits_for(
    rule: &AlertRule,
    state: &State,
    it: &Development,
    (zone, now): (&TimeZone, Timestamp),
) -> String {
    let origins = rule::origins(it);
    let count = if origins == 1 { "1 origin".to_owned() } else { format!("{origins} origins") };
    if origins < rule.min_origins {
        return format!("{count} of the {} it takes", rule.min_origins);
    }
    let Some(confirm) = rule.confirm else { return String::new() };
    let since = state.waiting.get(&AlertId::of_development(it.id)).copied().unwrap_or(now);
    let until = moment(rule::later(since, confirm.within), zone);
    format!("{count} of {}; told at {until} all the same", confirm.origins)
}

fn suppressed(reason: &str) -> &str {
    match reason {
        "first_run" => "it was there at the first visit of its feed",
        "stop" => "it happened while the daemon stood still",
        "late" => "it came after newer things of its feed",
        "backfill" => "it was given to fill in the past",
        "storm" => "very many came at once",
        "snooze" => "its alerts are snoozed",
        "below_rule" => "its storyline's rule holds it",
        "not_on" => "its storyline alerts on no such change",
        "network" => "nothing can be reached, and that is told of all feeds at once",
        "dropped" => "it was dropped as not belonging",
        other => other,
    }
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M on %-d %b %Y").to_string()
}
