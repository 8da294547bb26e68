//! A stream of reports, drawn together into events in one pass.

use std::collections::BTreeSet;

use jiff::Timestamp;
use storyline_store::{Relation, Report};

use super::{
    super::{lately::Read, rules::Rules, similarity::Weighing, thread::Thread},
    data::{Row, bcubed, lines, text},
    pairs::{features, report},
};

pub(super) fn figures() -> Vec<Row> {
    let Some(rows) = lines("third-party/ecbplus-topics-01-23.jsonl.gz") else { return Vec::new() };
    let reports: Vec<Report> =
        (0..).zip(&rows).map(|(at, it)| report(at, text(it, "title"), text(it, "body"), "en")).collect();
    let gold: Vec<&str> = rows.iter().map(|it| text(it, "event")).collect();
    let figure = |events: Vec<usize>| bcubed(&gold.iter().copied().zip(events).collect::<Vec<_>>());
    let best = |figures: Vec<(f64, f64)>| figures.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let nearest = nearest(&reports);
    let all =
        best((4..40).map(|it| f64::from(it) * 0.05).map(|it| (it, figure(joined(&nearest, it)))).collect());
    let words =
        best((7..12).map(|it| f64::from(it) * 0.02).map(|it| (it, figure(centred(&reports, it)))).collect());
    vec![
        Row::new(
            "events of topics 1–23, one pass, BCubed F1",
            words.1,
            format!("by words, to the centre of an event, at {:.2}", words.0),
            0.86,
        ),
        Row::new(
            "the same by all that is compared, to the nearest report",
            all.1,
            format!("at {:.2}; no time passes between them", all.0),
            0.0,
        ),
    ]
}

type Terms = std::collections::BTreeMap<u32, f64>;

/// Draws each report to the event whose centre its words are nearest to.
fn centred(reports: &[Report], threshold: f64) -> Vec<usize> {
    let (mut thread, mut centres, mut events) = (Thread::default(), Vec::<Terms>::new(), Vec::new());
    for it in reports {
        thread.report(Timestamp::UNIX_EPOCH, (it, &Read::of(it)), None, Relation::New, false);
        let terms = features(it).terms;
        let own: Terms =
            terms.iter().map(|(stem, count)| (*stem, f64::from(count * thread.rarity(*stem)))).collect();
        let own = unit(own);
        let near = centres.iter().enumerate().map(|(at, it)| (at, dot(&own, it) / dot(it, it).sqrt()));
        let near = near.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|it| it.1 >= threshold);
        let event = near.map_or_else(
            || {
                centres.push(Terms::new());
                centres.len() - 1
            },
            |it| it.0,
        );
        for (stem, weight) in &own {
            *centres[event].entry(*stem).or_default() += weight;
        }
        events.push(event);
    }
    events
}

fn dot(a: &Terms, b: &Terms) -> f64 {
    a.iter().filter_map(|(stem, weight)| Some(weight * b.get(stem)?)).sum()
}

fn unit(terms: Terms) -> Terms {
    let norm = dot(&terms, &terms).sqrt();
    terms.into_iter().map(|(stem, weight)| (stem, weight / norm)).collect()
}

/// For each report the earlier one it comes nearest to, and how near.
fn nearest(reports: &[Report]) -> Vec<Option<(usize, f64)>> {
    let rules = Rules::default();
    let mut thread = Thread::default();
    let mut found = Vec::new();
    for it in reports {
        let features = features(it);
        let weighing = Weighing::of(&rules, &thread, &features, BTreeSet::new());
        let newest = (0..found.len()).rev().zip(thread.newest());
        let near = newest.map(|(number, known)| (number, weighing.sameness(&features, known)));
        let near = near.max_by(|a, b| a.1.total_cmp(&b.1));
        found.push(near);
        thread.report(Timestamp::UNIX_EPOCH, (it, &Read::of(it)), None, Relation::New, false);
    }
    found
}

fn joined(nearest: &[Option<(usize, f64)>], threshold: f64) -> Vec<usize> {
    let mut events: Vec<usize> = Vec::new();
    for (own, near) in nearest.iter().enumerate() {
        let known = near.filter(|it| it.1 >= threshold).and_then(|it| events.get(it.0).copied());
        events.push(known.unwrap_or(own));
    }
    events
}
