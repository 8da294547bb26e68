//! The file of rules as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use storyline_config::Phase;

use super::rules_facts::{ParticipantFile, PlaceFile};

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) version: u32,
    pub(super) relevance: RelevanceRules,
    pub(super) copy: CopyRules,
    pub(super) novelty: NoveltyRules,
    pub(super) confirm: ConfirmFile,
    pub(super) surge: HabitRules,
    pub(super) stopwords: BTreeMap<String, String>,
    pub(super) numbers: NumbersFile,
    pub(super) synonyms: BTreeMap<String, String>,
    pub(super) concepts: BTreeMap<String, String>,
    pub(super) pointer: PointerFile,
    pub(super) background: BackgroundFile,
    pub(super) dispute: DisputeFile,
    pub(super) origin: OriginFile,
    pub(super) phase: PhaseFile,
    pub(super) certainty: CertaintyFile,
    pub(super) place: PlaceFile,
    pub(super) participant: ParticipantFile,
}

/// When an item belongs.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RelevanceRules {
    pub(super) join_hours: u32,
    pub(super) join_cosine: f64,
    pub(super) join_words: usize,
    pub(super) veto_hits: usize,
    pub(super) ahead: String,
    pub(super) ahead_words: usize,
}

/// When a text is another's.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CopyRules {
    pub(super) containment: f64,
    pub(super) reuse: f64,
    pub(super) triples_min: usize,
    pub(super) headline_words_min: usize,
    pub(super) headline_hours: u32,
    pub(super) agreement: f64,
}

/// When a report is news.
#[derive(Debug, Default, Deserialize)]
pub(super) struct NoveltyRules {
    pub(super) threshold: f64,
    pub(super) denied: f64,
    pub(super) denied_near: f64,
    pub(super) disputed: f64,
    pub(super) hours: f64,
    pub(super) dated: f64,
    pub(super) span_hours: f64,
    pub(super) concepts: f64,
    pub(super) title_concepts: f64,
    pub(super) agreed_from: f64,
    pub(super) agreed_full: f64,
    pub(super) entities: f64,
    pub(super) entities_full: f64,
    pub(super) others_from: f64,
    pub(super) amounts: f64,
    pub(super) burst: f64,
    pub(super) burst_alike: f64,
    pub(super) burst_hours: f64,
    pub(super) stage: f64,
    pub(super) stage_hours: f64,
    pub(super) day: f64,
    pub(super) cosine: f64,
    pub(super) common: f64,
    pub(super) title_weight: f64,
    pub(super) turn_hours: f64,
    pub(super) untold_hours: f64,
    pub(super) untold_score: f64,
    pub(super) untold: f64,
    pub(super) turns: String,
    pub(super) kin: String,
    pub(super) ordinals: String,
    pub(super) ranks: String,
    pub(super) unread: f32,
}

/// What is usual, and what is overdue.
#[derive(Debug, Default, Deserialize)]
pub(super) struct HabitRules {
    pub(super) reports_min: u32,
    pub(super) times: u32,
    pub(super) quiet_usual: u32,
    pub(super) quiet_hours: u32,
    pub(super) overdue_hours: u32,
}

#[derive(Deserialize)]
pub(super) struct ConfirmFile {
    pub(super) origins: u32,
}

/// Words by which a number counts nothing.
#[derive(Deserialize)]
pub(super) struct NumbersFile {
    pub(super) months: String,
    pub(super) time: String,
    pub(super) age: String,
    pub(super) measure: String,
}

#[derive(Deserialize)]
pub(super) struct PointerFile {
    pub(super) beginnings: String,
}

#[derive(Deserialize)]
pub(super) struct BackgroundFile {
    pub(super) threshold: f64,
    pub(super) label: String,
    pub(super) group: Vec<WeightedFile>,
    pub(super) text: WeightedFile,
}

#[derive(Deserialize)]
pub(super) struct WeightedFile {
    pub(super) weight: f64,
    pub(super) patterns: String,
}

#[derive(Deserialize)]
pub(super) struct DisputeFile {
    pub(super) deny: String,
    pub(super) ignore: String,
    pub(super) withdraw: String,
    pub(super) insist: String,
    pub(super) revise: String,
    pub(super) correct: String,
}

#[derive(Deserialize)]
pub(super) struct OriginFile {
    pub(super) agencies: Vec<String>,
    pub(super) same: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct PhaseFile {
    pub(super) negation: String,
    pub(super) modal: String,
    pub(super) future: String,
    pub(super) reversal: String,
    pub(super) wished: String,
    pub(super) aims: String,
    pub(super) forced: String,
    pub(super) asides: String,
    pub(super) joints: String,
    pub(super) parts: String,
    pub(super) doings: String,
    pub(super) accords: String,
    pub(super) articles: String,
    pub(super) adverbs: String,
    #[serde(flatten)]
    pub(super) cues: BTreeMap<Phase, String>,
}

#[derive(Deserialize)]
pub(super) struct CertaintyFile {
    pub(super) proposed: String,
    pub(super) probable: String,
    pub(super) claimed: String,
}
