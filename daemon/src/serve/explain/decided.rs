//! Decisions as the log keeps them, in the shape of the contract.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use storyline_config::Config;
use storyline_store::{Event, Evidence, ItemId, Recorded, Relation, Report};

use super::super::subject;
use crate::detect::{self, FacetExplained};

/// What was decided about an item, in the order of the log.
pub(super) fn of(config: &Config, item: ItemId, events: &[Recorded]) -> Vec<Value> {
    let mut told = BTreeSet::new();
    let mut decided: Vec<Value> = events.iter().filter_map(|it| decision(config, item, it)).collect();
    for it in &mut decided {
        // What is decided once more is a later content.
        it["revised"] = json!(!told.insert(it["storyline"].to_string()));
    }
    decided
}

fn decision(config: &Config, item: ItemId, recorded: &Recorded) -> Option<Value> {
    let (report, evidence) = subject::report(&recorded.event)?;
    if report.item != item {
        return None;
    }
    let relation = match &recorded.event {
        Event::DevelopmentReported { relation, .. } | Event::ReportNoted { relation, .. } => *relation,
        _ => Relation::Corroboration,
    };
    Some(shape(config, recorded, report, evidence, relation))
}

fn shape(
    config: &Config,
    recorded: &Recorded,
    report: &Report,
    evidence: &Evidence,
    relation: Relation,
) -> Value {
    // The names are those of the definition in force; where it has changed since, they say what would count now.
    let names = |facet| recorded.event.storyline().map(|it| detect::names(config, it, facet));
    let facets = evidence.facets.iter().map(|it| FacetExplained {
        facet: it.facet,
        touched: it.touched.clone(),
        names: names(it.facet).unwrap_or_default(),
    });
    let disputes = match &recorded.event {
        Event::DevelopmentReported { disputes, .. } => *disputes,
        _ => None,
    };
    let mut compared = detect::compared(evidence);
    // A copy belongs to the development of what it is copied from.
    for it in compared.iter_mut().filter(|it| it.what == "copied" && relation == Relation::Copy) {
        it.development = subject::development(&recorded.event);
    }
    json!({
        "storyline": recorded.event.storyline(),
        "relevant": true,
        "why": evidence.why,
        "facets": facets.collect::<Vec<_>>(),
        "nearest": evidence.nearest,
        "compared": compared,
        "relation": relation,
        "disputes": disputes.map(|it| json!({ "development": it })),
        "half": report.half,
        "title_words": detect::title_words(&report.title, report.lang.as_deref()),
        "origin": report.origin,
        "origin_why": evidence.origin,
        "rule_version": evidence.rules,
        "seq": recorded.seq,
        "development": subject::development(&recorded.event),
        "copied": evidence.copied,
        "dates": evidence.dates,
    })
}
