//! What an event is about (pure).

use storyline_config::StorylineId;

use crate::Event;

impl Event {
    /// The storyline whose course it tells, if it tells one: what happened in it, not who heard of it.
    pub fn course_of(&self) -> Option<&StorylineId> {
        match self {
            Self::StorylineDefined { storyline, .. }
            | Self::StorylineRetired { storyline }
            | Self::DevelopmentReported { storyline, .. }
            | Self::DevelopmentCorroborated { storyline, .. }
            | Self::DevelopmentConfirmed { storyline, .. }
            | Self::DevelopmentDisputed { storyline, .. }
            | Self::DevelopmentDropped { storyline, .. }
            | Self::ReportNoted { storyline, .. }
            | Self::PhaseEntered { storyline, .. }
            | Self::FactReported { storyline, .. }
            | Self::ExpectationSet { storyline, .. }
            | Self::ExpectationMet { storyline, .. }
            | Self::ExpectationDropped { storyline, .. }
            | Self::ExpectationMissed { storyline, .. }
            | Self::StorylineSurged { storyline, .. }
            | Self::StorylineQuieted { storyline, .. } => Some(storyline),
            _ => None,
        }
    }

    /// The storyline it is about in any way.
    pub fn storyline(&self) -> Option<&StorylineId> {
        match self {
            Self::AlertSnoozed { storyline, .. } => Some(storyline),
            Self::AlertRaised { storyline, .. }
            | Self::AlertSuppressed { storyline, .. }
            | Self::AlertGathered { storyline, .. }
            | Self::AlertHeld { storyline, .. }
            | Self::DeliveryPlanned { storyline, .. } => storyline.as_ref(),
            other => other.course_of(),
        }
    }
}
