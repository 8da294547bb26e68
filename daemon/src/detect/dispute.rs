//! Denials and corrections: reports that say of others that they are not so.

use super::{
    reading::Reading,
    rules::{Rules, Step},
};

/// What a report says of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dispute {
    /// It is not so; the words that say it.
    Denial(String),
    /// A denial is not so; the words that say it.
    Insistence(String),
    /// It was told wrongly; the words that say it.
    Correction(String),
    /// A figure was told wrongly; the words that say it.
    Revision(String),
}

/// Looks for a denial or a correction in the title, then in the lead.
pub(super) fn dispute(rules: &Rules, reading: &Reading) -> Option<Dispute> {
    if !rules.takes(Step::Dispute) {
        return None;
    }
    let table = &rules.table;
    for number in 0..reading.sentences.len() {
        let words = reading.sentence(number);
        // The head of a sentence is where a paper marks its own mistake.
        let head = words.get(..words.len().min(4)).unwrap_or(words);
        let marked =
            |phrase: &&super::pattern::Pattern| phrase.find(reading, head, 0).is_some_and(|it| it.from == 0);
        if let Some(it) = table.correct.iter().find(marked) {
            return Some(Dispute::Correction(it.written.clone()));
        }
    }
    let in_title = |all: &[super::pattern::Pattern]| {
        let found = all.iter().find(|it| it.find(reading, reading.sentence(0), 0).is_some());
        found.map(|it| it.written.clone())
    };
    if let Some(words) = in_title(&table.revise) {
        return Some(Dispute::Revision(words));
    }
    if let Some(words) = in_title(&table.insist) {
        return Some(Dispute::Insistence(words));
    }
    let title = table.deny.iter().find(|it| it.find(reading, reading.sentence(0), 0).is_some());
    let negated = reading.sentence(0).iter().any(|it| table.negation.contains(&it.form.plain));
    let lead = || {
        table.deny.iter().find(|it| {
            negated
                && !it.written.starts_with("contradict")
                && it.find(reading, reading.sentence(1), 0).is_some()
        })
    };
    title.or_else(lead).map(|it| Dispute::Denial(it.written.clone()))
}
