//! The newest entries of a document that carries more than is wanted.

use jiff::Timestamp;
use storyline_config::limit::ENTRIES_MAX;

use super::draft::DraftEntry;

/// Entries that may be held while a document is still being read.
pub(super) const SLACK: usize = 2 * ENTRIES_MAX;

/// Keeps the newest [`ENTRIES_MAX`] entries in their order, if there are more than `max`.
///
/// An entry without a date counts as new as the one before it; documents begin with the newest.
pub(super) fn keep(entries: &mut Vec<DraftEntry<'_>>, max: usize) {
    if entries.len() <= max {
        return;
    }
    let mut at = Timestamp::MAX;
    let mut order: Vec<(Timestamp, usize)> = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        at = entry.published().unwrap_or(at);
        order.push((at, place));
    }
    // Newest first; of equal ones those that stand first.
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut kept = vec![false; entries.len()];
    for (_, place) in order.iter().take(ENTRIES_MAX) {
        if let Some(it) = kept.get_mut(*place) {
            *it = true;
        }
    }
    let mut kept = kept.into_iter();
    entries.retain(|_| kept.next().unwrap_or(false));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::date;

    #[test]
    fn it_is_the_newest_that_stay_wherever_they_stand() {
        let mut entries: Vec<DraftEntry<'_>> = (0..3_000)
            .map(|day| {
                let mut entry = DraftEntry::default();
                let at = Timestamp::from_second(1_000_000_000 + day * 86_400).unwrap();
                entry.date.offer(0, date::Stated { at, flag: None });
                entry
            })
            .collect();
        keep(&mut entries, SLACK);
        assert_eq!(entries.len(), 3_000);
        keep(&mut entries, ENTRIES_MAX);
        assert_eq!(entries.len(), ENTRIES_MAX);
        assert_eq!(entries[0].published().unwrap().as_second(), 1_000_000_000 + 1_000 * 86_400);
    }

    #[test]
    fn without_dates_the_first_stay() {
        let mut entries: Vec<DraftEntry<'_>> = (0..2_500)
            .map(|n: usize| DraftEntry { categories: vec![n.to_string()], ..DraftEntry::default() })
            .collect();
        keep(&mut entries, ENTRIES_MAX);
        assert_eq!(entries[ENTRIES_MAX - 1].categories, ["1999"]);
    }
}
