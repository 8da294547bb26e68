//! What an event is about.

use storyline_config::StorylineId;
use storyline_store::{AlertId, DeliveryId, DevelopmentId, Event, Evidence, Report};

/// The storyline an event is about, if it is about one.
pub(super) fn storyline(event: &Event) -> Option<&StorylineId> {
    match event {
        Event::StorylineDefined { storyline, .. }
        | Event::StorylineRetired { storyline }
        | Event::DevelopmentReported { storyline, .. }
        | Event::DevelopmentCorroborated { storyline, .. }
        | Event::DevelopmentConfirmed { storyline, .. }
        | Event::DevelopmentDisputed { storyline, .. }
        | Event::DevelopmentDropped { storyline, .. }
        | Event::ReportNoted { storyline, .. }
        | Event::PhaseEntered { storyline, .. }
        | Event::FactReported { storyline, .. }
        | Event::ExpectationSet { storyline, .. }
        | Event::ExpectationMet { storyline, .. }
        | Event::ExpectationDropped { storyline, .. }
        | Event::ExpectationMissed { storyline, .. }
        | Event::StorylineSurged { storyline, .. }
        | Event::StorylineQuieted { storyline, .. }
        | Event::AlertSnoozed { storyline, .. } => Some(storyline),
        Event::AlertRaised { storyline, .. }
        | Event::AlertSuppressed { storyline, .. }
        | Event::AlertGathered { storyline, .. }
        | Event::AlertHeld { storyline, .. }
        | Event::DeliveryPlanned { storyline, .. } => storyline.as_ref(),
        _ => None,
    }
}

/// The development an event is about, if it is about one.
pub(super) fn development(event: &Event) -> Option<DevelopmentId> {
    match event {
        Event::DevelopmentReported { development, .. }
        | Event::DevelopmentCorroborated { development, .. }
        | Event::DevelopmentConfirmed { development, .. }
        | Event::DevelopmentDisputed { development, .. }
        | Event::DevelopmentDropped { development, .. }
        | Event::PhaseEntered { development, .. }
        | Event::FactReported { development, .. }
        | Event::ExpectationSet { development, .. } => Some(*development),
        Event::ExpectationMet { by, .. } | Event::ExpectationDropped { by, .. } => Some(*by),
        Event::ReportNoted { development, .. } | Event::AlertRaised { development, .. } => *development,
        _ => None,
    }
}

/// The alert an event is about, if it is about one.
pub(super) fn alert(event: &Event) -> Option<AlertId> {
    match event {
        Event::AlertRaised { alert, .. }
        | Event::AlertSuppressed { alert, .. }
        | Event::AlertGathered { alert, .. }
        | Event::AlertAcknowledged { alert, .. }
        | Event::AlertHeld { alert, .. } => Some(*alert),
        Event::DeliveryPlanned { alert, .. } => *alert,
        _ => None,
    }
}

/// The delivery an event is about, if it is about one.
pub(super) fn delivery(event: &Event) -> Option<DeliveryId> {
    match event {
        Event::DeliveryPlanned { delivery, .. }
        | Event::DeliveryAttempted { delivery, .. }
        | Event::DeliveryDone { delivery, .. }
        | Event::DeliveryFailed { delivery, .. }
        | Event::DeliveryDead { delivery, .. }
        | Event::DeliveryRequeued { delivery, .. } => Some(*delivery),
        _ => None,
    }
}

/// The report an event cites, with why it was judged so.
pub(super) fn report(event: &Event) -> Option<(&Report, &Evidence)> {
    match event {
        Event::DevelopmentReported { report, evidence, .. }
        | Event::DevelopmentCorroborated { report, evidence, .. }
        | Event::ReportNoted { report, evidence, .. } => Some((report, evidence)),
        _ => None,
    }
}

/// Whether an event changes where a storyline stands, rather than who was told or what is read.
pub(super) fn is_change(event: &Event) -> bool {
    matches!(
        event,
        Event::StorylineDefined { .. }
            | Event::StorylineRetired { .. }
            | Event::DevelopmentReported { .. }
            | Event::DevelopmentConfirmed { .. }
            | Event::DevelopmentDisputed { .. }
            | Event::DevelopmentDropped { .. }
            | Event::PhaseEntered { .. }
            | Event::FactReported { .. }
            | Event::ExpectationSet { .. }
            | Event::ExpectationMet { .. }
            | Event::ExpectationDropped { .. }
            | Event::ExpectationMissed { .. }
            | Event::StorylineSurged { .. }
            | Event::StorylineQuieted { .. }
    )
}
