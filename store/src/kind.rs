//! The kinds of events by the names they are stored under, and each kind's version.

use serde_json::Value;

use crate::Event;

macro_rules! kinds {
    ($($variant:ident $kind:literal $version:literal,)*) => {
        /// Every kind this version knows, with the version it writes.
        const KINDS: &[(&str, u8)] = &[$(($kind, $version)),*];

        impl Event {
            /// The name of its kind, as `kind` says in JSON.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant { .. } => $kind,)*
                    Self::Unknown(fields) => fields.get("kind").and_then(Value::as_str).unwrap_or_default(),
                }
            }

            /// The version of its kind, as `v` says in JSON.
            pub fn version(&self) -> u8 {
                match self {
                    $(Self::$variant { .. } => $version,)*
                    Self::Unknown(fields) => {
                        fields.get("v").and_then(Value::as_u64).and_then(|it| it.try_into().ok()).unwrap_or(1)
                    }
                }
            }
        }
    };
}

kinds! {
    StorylineDefined "storyline_defined" 1,
    StorylineRetired "storyline_retired" 1,
    DevelopmentReported "development_reported" 1,
    DevelopmentCorroborated "development_corroborated" 1,
    DevelopmentConfirmed "development_confirmed" 1,
    DevelopmentDisputed "development_disputed" 1,
    ReportNoted "report_noted" 1,
    PhaseEntered "phase_entered" 1,
    FactReported "fact_reported" 1,
    ExpectationSet "expectation_set" 1,
    ExpectationMet "expectation_met" 1,
    ExpectationDropped "expectation_dropped" 1,
    ExpectationMissed "expectation_missed" 1,
    StorylineSurged "storyline_surged" 1,
    StorylineQuieted "storyline_quieted" 1,
    FeedBaselined "feed_baselined" 1,
    FeedFailed "feed_failed" 1,
    FeedBlocked "feed_blocked" 1,
    FeedGone "feed_gone" 1,
    FeedSilent "feed_silent" 1,
    FeedSkewed "feed_skewed" 1,
    FeedMoved "feed_moved" 1,
    FeedRecovered "feed_recovered" 1,
    AlertRaised "alert_raised" 1,
    AlertSuppressed "alert_suppressed" 1,
    AlertGathered "alert_gathered" 2,
    AlertAcknowledged "alert_acknowledged" 1,
    AlertSnoozed "alert_snoozed" 1,
    AlertHeld "alert_held" 1,
    DeliveryPlanned "delivery_planned" 2,
    DeliveryAttempted "delivery_attempted" 1,
    DeliveryDone "delivery_done" 1,
    DeliveryFailed "delivery_failed" 1,
    DeliveryDead "delivery_dead" 1,
    DeliveryRequeued "delivery_requeued" 1,
    SinkDisabled "sink_disabled" 1,
    SinkRetired "sink_retired" 1,
    StorageDegraded "storage_degraded" 1,
    StorageRestored "storage_restored" 1,
    RecordLost "record_lost" 1,
    ConfigurationLoaded "configuration_loaded" 1,
    OutletMuted "outlet_muted" 1,
    DevelopmentDropped "development_dropped" 1,
}

/// The version this program writes of a kind; none for a kind it does not know.
pub(crate) fn known(kind: &str) -> Option<u8> {
    KINDS.iter().find(|(it, _)| *it == kind).map(|(_, version)| *version)
}
