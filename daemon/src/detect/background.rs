//! Whether a report explains, recalls or comments, instead of reporting.

use super::{
    reading::Reading,
    rules::{Rules, Step},
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
