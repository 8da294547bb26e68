//! Whether a report explains, recalls or comments, instead of reporting.

use super::{
    reading::{Reading, Word},
    rules::Rules,
    step::Step,
};

/// How much a report reads like background, and by which of its words.
#[derive(Debug, Default)]
pub(super) struct Leaning {
    /// The weights of what was found, from 0.
    pub(super) score: f64,
    /// What was found, as it is written there.
    pub(super) words: Vec<String>,
}

/// How much a report reads like background.
pub(super) fn background(rules: &Rules, reading: &Reading) -> Leaning {
    let mut leaning = Leaning::default();
    if !rules.takes(Step::Background) {
        return leaning;
    }
    let table = &rules.table;
    let label = label(reading);
    if table.labels.iter().any(|it| it.len() == label.len() && it.find(reading, label, 0).is_some()) {
        // What an outlet itself calls so is so.
        leaning.score = table.background_threshold;
        leaning.words.push(format!("\"{}\"", reading.span(0, label.len().saturating_sub(1))));
        return leaning;
    }
    let text = 1..reading.sentences.len().min(3);
    let parts = std::iter::once((0, &table.background)).chain(text.map(|it| (it, &table.background_text)));
    for (number, patterns) in parts {
        let start = reading.sentences.get(number).map_or(0, |it| it.start);
        for (weight, pattern) in patterns {
            if let Some(found) = pattern.find(reading, reading.sentence(number), start) {
                leaning.score += weight;
                leaning.words.push(format!("\"{}\"", reading.span(found.from, found.to)));
            }
        }
    }
    leaning.words.dedup();
    leaning
}

/// The words of a title before its colon or bar; none where it has none.
fn label(reading: &Reading) -> &[Word] {
    let Some(end) = reading.title.find([':', '|']) else { return &[] };
    let title = reading.sentence(0);
    title.get(..title.partition_point(|it| it.at.end <= end)).unwrap_or_default()
}
