//! A few bits for the words of a sentence, which tell what surely does not stand there.

use super::reading::Word;

/// Bits set for some hashes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks([u64; 4]);

impl Marks {
    /// The marks of some words: of their stems, and of how they are written.
    pub(super) fn of(words: &[Word]) -> Self {
        let mut marks = Self::default();
        words.iter().flat_map(|it| [it.form.stem, it.form.plain]).for_each(|it| marks.set(it));
        marks
    }

    fn set(&mut self, hash: u64) {
        let (place, bit) = Self::place(hash);
        self.0[place] |= bit;
    }

    /// Whether a hash may be one of those; if not, it is surely none.
    pub(super) fn may_have(self, hash: u64) -> bool {
        let (place, bit) = Self::place(hash);
        self.0[place] & bit != 0
    }

    fn place(hash: u64) -> (usize, u64) {
        (usize::from(hash & 1 == 1) + 2 * usize::from(hash & 2 == 2), 1 << (hash >> 2 & 63))
    }
}
