//! Whether a report explains, recalls or comments, instead of reporting.

use super::{
    reading::{Reading, Word},
    rules::{Rules, Step},
};

/// The words by which a report is background, if it is.
pub(super) fn background(rules: &Rules, reading: &Reading) -> Option<String> {
    if !rules.takes(Step::Background) {
        return None;
    }
    let table = &rules.table;
    let label = label(reading);
    if let Some(it) =
        table.labels.iter().find(|it| it.len() == label.len() && it.find(reading, label, 0).is_some())
    {
        return Some(it.written.clone());
    }
    let mut sum = 0.0;
    let mut words: Vec<&str> = Vec::new();
    for (weight, pattern) in &table.background {
        if pattern.find(reading, reading.sentence(0), 0).is_some() {
            sum += weight;
            words.push(&pattern.written);
        }
    }
    for number in 1..reading.sentences.len().min(3) {
        for (weight, pattern) in &table.background_text {
            if pattern.find(reading, reading.sentence(number), 0).is_some() {
                sum += weight;
                words.push(&pattern.written);
            }
        }
    }
    (sum >= table.background_threshold).then(|| words.join(", "))
}

/// The words of a title before its colon or bar; none where it has none.
fn label(reading: &Reading) -> &[Word] {
    let Some(end) = reading.title.find([':', '|']) else { return &[] };
    let title = reading.sentence(0);
    title.get(..title.partition_point(|it| it.at.end <= end)).unwrap_or_default()
}
