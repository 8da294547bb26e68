//! Beginnings of words with what they mean, found by their first three letters.

use std::{collections::HashMap, hash::BuildHasherDefault};

use super::stem::Identity;

/// Letters a beginning has at least; what is shorter means nothing.
const LETTERS_MIN: usize = 3;
/// Letters it has at most.
const LETTERS_MAX: usize = 14;

/// Beginnings by their first letters, the longest first.
#[derive(Debug, Default)]
pub(super) struct Beginnings(HashMap<u64, Vec<(String, u8)>, BuildHasherDefault<Identity>>);

impl Beginnings {
    /// Adds a beginning; one that is known already means this from now on.
    pub(super) fn insert(&mut self, beginning: &str, meaning: u8) {
        let (Some(head), LETTERS_MIN..=LETTERS_MAX) = (head(beginning), beginning.chars().count()) else {
            return;
        };
        let all = self.0.entry(head).or_default();
        all.retain(|it| it.0 != beginning);
        all.push((beginning.to_owned(), meaning));
        all.sort_by_key(|it| std::cmp::Reverse(it.0.len()));
    }

    /// What the longest beginning of a word means.
    pub(super) fn of(&self, letters: &str) -> Option<u8> {
        let all = self.0.get(&head(letters)?)?;
        all.iter().find(|it| letters.starts_with(it.0.as_str())).map(|it| it.1)
    }
}

/// The first three letters as one number, its bits spread.
fn head(letters: &str) -> Option<u64> {
    let mut chars = letters.chars();
    let mut next = || chars.next().map(u64::from);
    let (first, second, third) = (next()?, next()?, next()?);
    Some((first << 42 | second << 21 | third).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_counts() {
        let mut all = Beginnings::default();
        for (beginning, meaning) in [("cap", 1), ("capitul", 2), ("ça", 3), ("сдат", 4)] {
            all.insert(beginning, meaning);
        }
        for (word, meaning) in
            [("capital", Some(1)), ("capitulates", Some(2)), ("ca", None), ("ça", None), ("сдаться", Some(4))]
        {
            assert_eq!(all.of(word), meaning, "{word}");
        }
    }
}
