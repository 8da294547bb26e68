//! Decisions as the log keeps them, in the shape of the contract.

use serde_json::{Value, json};
use storyline_store::{Event, Evidence, ItemId, Recorded, Relation, Report};

use super::super::subject;

/// What was decided about an item, in the order of the log.
pub(super) fn of(item: ItemId, events: &[Recorded]) -> Vec<Value> {
    events.iter().filter_map(|it| decision(item, it)).collect()
}

fn decision(item: ItemId, recorded: &Recorded) -> Option<Value> {
    let (report, evidence) = subject::report(&recorded.event)?;
    if report.item != item {
        return None;
    }
    let relation = match &recorded.event {
        Event::DevelopmentReported { relation, .. } | Event::ReportNoted { relation, .. } => *relation,
        _ => Relation::Corroboration,
    };
    Some(shape(recorded, report, evidence, relation))
}

fn shape(recorded: &Recorded, report: &Report, evidence: &Evidence, relation: Relation) -> Value {
    json!({
        "storyline": recorded.event.storyline(),
        "relevant": true,
        "why": evidence.why,
        "facets": evidence.facets,
        "nearest": evidence.nearest,
        "relation": relation,
        "origin": report.origin,
        "origin_why": evidence.origin,
        "rule_version": evidence.rules,
        "seq": recorded.seq,
        "development": subject::development(&recorded.event),
        "copied": evidence.copied,
        "dates": evidence.dates,
    })
}
