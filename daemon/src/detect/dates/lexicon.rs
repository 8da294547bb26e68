//! A list of words that can be asked.

/// Words in lower case with what each means.
#[derive(Debug)]
pub(super) struct Lexicon<T> {
    /// Sorted by the word.
    words: Vec<(&'static str, T)>,
    /// For each first byte the lengths there are, a bit each: most words of a text are none of ours.
    lengths: Vec<u64>,
}

impl<T: Copy> Lexicon<T> {
    /// Takes groups of words, parted by blanks, with what all of a group mean; the first group wins.
    pub(super) fn new(groups: &[(&'static str, T)]) -> Self {
        let words = groups.iter().flat_map(|(words, means)| words.split_whitespace().map(|it| (it, *means)));
        let mut words: Vec<_> = words.collect();
        words.sort_by_key(|(word, _)| *word);
        words.dedup_by_key(|(word, _)| *word);
        let mut lengths = vec![0; 256];
        for (word, _) in &words {
            if let Some(known) = word.bytes().next().and_then(|first| lengths.get_mut(usize::from(first))) {
                *known |= bit(word);
            }
        }
        Self { words, lengths }
    }

    /// What a word means; the word must be in lower case.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        let known = *self.lengths.get(usize::from(word.bytes().next()?))?;
        if known & bit(word) == 0 {
            return None;
        }
        let at = self.words.binary_search_by(|(known, _)| (*known).cmp(word)).ok()?;
        self.words.get(at).map(|(_, means)| *means)
    }
}

fn bit(word: &str) -> u64 {
    1 << word.len().min(63)
}
