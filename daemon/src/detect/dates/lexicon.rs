//! A list of words that can be asked.

/// Words in lower case with what each means, sorted.
#[derive(Debug)]
pub(super) struct Lexicon<T>(Vec<(&'static str, T)>);

impl<T: Copy> Lexicon<T> {
    /// Takes groups of words, parted by blanks, with what all of a group mean; the first group wins.
    pub(super) fn new(groups: &[(&'static str, T)]) -> Self {
        let words = groups.iter().flat_map(|(words, means)| words.split_whitespace().map(|it| (it, *means)));
        let mut words: Vec<_> = words.collect();
        words.sort_by_key(|(word, _)| *word);
        words.dedup_by_key(|(word, _)| *word);
        Self(words)
    }

    /// What a word means; the word must be in lower case.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        let at = self.0.binary_search_by(|(known, _)| (*known).cmp(word)).ok()?;
        self.0.get(at).map(|(_, means)| *means)
    }
}
