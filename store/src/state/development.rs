//! What happened in a storyline, who stands behind it, and the reports that say so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storyline_config::{FeedId, limit::DEVELOPMENT_ORIGINS_KEPT};

use crate::{DevelopmentId, DevelopmentState, ItemId, Relation, Report, Seq};

/// One new thing in a storyline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Development {
    /// Its name.
    pub id: DevelopmentId,
    /// The event that reported it.
    pub seq: Seq,
    /// The headline that first said so.
    pub headline: String,
    /// The time it counts from.
    pub at: Timestamp,
    /// How sure it is.
    pub state: DevelopmentState,
    /// Whether it is news of its own, or denies or corrects.
    pub relation: Relation,
    /// The development it denies or corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputes: Option<DevelopmentId>,
    /// The development that denies or corrects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed_by: Option<DevelopmentId>,
    /// Everyone who stands behind it, first come first, as many as are kept.
    pub origins: Vec<DevelopmentOrigin>,
    /// Its reports, first come first, as many as are kept.
    pub reports: Vec<ReportRef>,
    /// How many reports it ever had.
    pub reports_ever: u64,
    /// Whether a person said that it does not belong.
    #[serde(default)]
    pub dropped: bool,
}

/// Someone who stands behind a development.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevelopmentOrigin {
    /// The owner family, agency or party.
    pub name: String,
    /// Whether its text is so much another's that it counts as half.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub half: bool,
}

/// What a further report of a development said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The development.
    pub development: DevelopmentId,
    /// The report.
    pub report: ReportRef,
}

/// A report as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRef {
    /// The item.
    pub item: ItemId,
    /// The event that cited it.
    pub seq: Seq,
    /// The feed that carried it.
    pub feed: FeedId,
    /// Where it was published.
    pub outlet: String,
    /// Who it comes from.
    pub origin: String,
    /// Its page.
    pub url: Option<String>,
    /// Its headline.
    pub title: String,
    /// The date it states.
    pub published: Option<Timestamp>,
    /// What it adds.
    pub relation: Relation,
    /// The time it counts from.
    #[serde(default)]
    pub at: Timestamp,
}

impl Development {
    /// What an item was the first to report; the report itself is still to be [cited](Self::cite).
    pub fn of(
        id: DevelopmentId,
        relation: Relation,
        disputes: Option<DevelopmentId>,
        report: &Report,
        seq: Seq,
    ) -> Self {
        Self {
            id,
            seq,
            headline: report.title.clone(),
            at: report.effective,
            state: DevelopmentState::Provisional,
            relation,
            disputes,
            disputed_by: None,
            origins: Vec::new(),
            reports: Vec::new(),
            reports_ever: 0,
            dropped: false,
        }
    }

    /// Adds a report, and whoever stands behind it.
    pub fn cite(&mut self, relation: Relation, report: &Report, seq: Seq) {
        self.reports_ever += 1;
        self.reports.push(ReportRef::of(relation, report, seq));
        // A copy or an edit adds no origin: whoever wrote the text is counted already.
        if matches!(relation, Relation::Copy | Relation::Update | Relation::Background) {
            return;
        }
        let has_room = self.origins.len() < DEVELOPMENT_ORIGINS_KEPT;
        match self.origins.iter_mut().find(|known| known.name == report.origin) {
            Some(known) => known.half &= report.half,
            None if has_room => {
                self.origins.push(DevelopmentOrigin { name: report.origin.clone(), half: report.half });
            }
            None => {}
        }
    }
}

impl ReportRef {
    /// A report as the event `seq` cites it.
    pub fn of(relation: Relation, report: &Report, seq: Seq) -> Self {
        Self {
            item: report.item,
            seq,
            feed: report.feed.clone(),
            outlet: report.outlet.clone(),
            origin: report.origin.clone(),
            url: report.url.clone(),
            title: report.title.clone(),
            published: report.published,
            relation,
            at: report.effective,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_development_keeps_a_limited_number_of_origins() {
        let report = |origin: usize, half: bool| -> Report {
            serde_json::from_value(serde_json::json!({
                "item": ItemId(1), "feed": "a", "outlet": "A", "origin": origin.to_string(), "title": "T",
                "effective": Timestamp::UNIX_EPOCH, "half": half,
            }))
            .unwrap()
        };
        let mut it = Development::of(DevelopmentId(1), Relation::New, None, &report(0, true), Seq(1));
        for origin in 0..DEVELOPMENT_ORIGINS_KEPT + 5 {
            it.cite(Relation::New, &report(origin, true), Seq(1));
        }
        it.cite(Relation::New, &report(0, false), Seq(2));
        assert_eq!(it.origins.len(), DEVELOPMENT_ORIGINS_KEPT);
        let first = it.origins.first().unwrap();
        assert!(first.name == "0" && !first.half, "what is kept still learns: {first:?}");
    }
}
