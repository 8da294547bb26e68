//! The leaves that an item touches.
//!
//! Storylines ask for theirs by the thousand, mostly in vain: a few bits answer
//! most of them.

use super::trie::Hit;

/// How many bits there are, in words of 64.
const WORDS: u32 = 64;

/// Some leaves, each once and in order.
#[derive(Debug)]
pub(super) struct Leaves {
    all: Vec<u32>,
    /// A bit for the end of each number.
    bits: [u64; WORDS as usize],
}

impl Default for Leaves {
    fn default() -> Self {
        Self { all: Vec::new(), bits: [0; WORDS as usize] }
    }
}

impl Leaves {
    /// Those of some hits.
    pub(super) fn of<'a>(hits: impl Iterator<Item = &'a Hit>) -> Self {
        let mut it = Self { all: hits.map(|it| it.leaf).collect(), ..Self::default() };
        it.all.sort_unstable();
        it.all.dedup();
        for leaf in &it.all {
            let (word, bit) = place(*leaf);
            it.bits[word] |= bit;
        }
        it
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.all.iter().copied()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether a leaf is one of them.
    pub(super) fn has(&self, leaf: u32) -> bool {
        let (word, bit) = place(leaf);
        self.bits[word] & bit != 0 && self.all.binary_search(&leaf).is_ok()
    }
}

/// The word and the bit in it that stand for a leaf.
fn place(leaf: u32) -> (usize, u64) {
    ((leaf / 64 % WORDS) as usize, 1 << (leaf % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_is_there_if_it_was_hit_and_no_other_with_the_same_bit() {
        let hit = |leaf| Hit { leaf, at: 0, len: 1 };
        let leaves = Leaves::of([hit(9), hit(70), hit(9)].iter());
        assert_eq!(leaves.iter().collect::<Vec<_>>(), [9, 70]);
        assert!(leaves.has(9) && leaves.has(70));
        assert!(!leaves.has(8) && !leaves.has(9 + 64 * WORDS));
    }
}
