//! The report that was read last.
//!
//! A report that several storylines cite is recorded for one after the other;
//! it is read once. Nothing depends on whether it was.

use std::sync::Arc;

use storyline_store::Report;

use super::{definitions::name_words, features::Features, reading::Reading, rules::shipped, stem::Language};

/// A report, read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    title: String,
    text: String,
    lang: Option<String>,
    outlet: String,
    pub(super) features: Arc<Features>,
    /// The words of its outlet's name.
    pub(super) house: Vec<u64>,
}

impl Read {
    /// Reads a report.
    pub(super) fn of(report: &Report) -> Self {
        let reading = Reading::of(&report.title, &report.text, Language::of(report.lang.as_deref()));
        Self {
            title: report.title.clone(),
            text: report.text.clone(),
            lang: report.lang.clone(),
            outlet: report.outlet.clone(),
            features: Arc::new(Features::of(shipped(), &reading, &report.outlet)),
            house: name_words(&report.outlet),
        }
    }

    /// Whether reading a report would come to the same.
    fn is_of(&self, report: &Report) -> bool {
        (&self.title, &self.text, &self.lang, &self.outlet)
            == (&report.title, &report.text, &report.lang, &report.outlet)
    }
}

/// The report that was read last, if one was.
#[derive(Debug, Clone, Default)]
pub(super) struct Lately(Option<Read>);

impl Lately {
    /// A report as it is read; only where it is not the last one this is work.
    pub(super) fn read(&mut self, report: &Report) -> &Read {
        let known = self.0.take().filter(|it| it.is_of(report));
        self.0.insert(known.unwrap_or_else(|| Read::of(report)))
    }
}
