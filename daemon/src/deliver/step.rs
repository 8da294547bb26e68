//! The steps between a cause and the record that it was told, each a place where a test may end the process.

use storyline_store::{Event, Recorded, failpoint};

/// Every step, in order. `outbox.plan` is thought and not committed, `outbox.planned` is committed, and so on.
pub const STEPS: [&str; 10] = [
    "outbox.plan",
    "outbox.planned",
    "outbox.pick",
    "outbox.attempt",
    "outbox.attempted",
    "outbox.send",
    "outbox.answered",
    "outbox.result",
    "outbox.recorded",
    "outbox.settled",
];

/// Passes the steps that a commit of these events is, before it or after it.
pub fn pass(events: &[Recorded], committed: bool) {
    let has = |is: fn(&Event) -> bool| events.iter().any(|it| is(&it.event));
    if has(|it| matches!(it, Event::DeliveryPlanned { .. })) {
        failpoint(if committed { "outbox.planned" } else { "outbox.plan" });
    }
    if has(|it| matches!(it, Event::DeliveryAttempted { .. })) {
        failpoint(if committed { "outbox.attempted" } else { "outbox.attempt" });
    }
    let result = |it: &Event| {
        matches!(it, Event::DeliveryDone { .. } | Event::DeliveryFailed { .. } | Event::DeliveryDead { .. })
    };
    if has(result) {
        failpoint(if committed { "outbox.recorded" } else { "outbox.result" });
    }
}
