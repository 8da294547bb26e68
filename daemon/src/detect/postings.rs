//! Which reports have a word triple.
//!
//! Most triples stand in one report only; those are a number in a table, and
//! only what is repeated has a list.

use std::{collections::HashMap, hash::BuildHasherDefault};

use serde::{Deserialize, Serialize};

use super::stem::Identity;

type Table<V> = HashMap<u32, V, BuildHasherDefault<Identity>>;

/// Word triples with the numbers of the reports that have them.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Postings {
    /// Triples of one report.
    once: Table<u32>,
    /// Triples of several, in the order they came.
    often: Table<Vec<u32>>,
}

impl Postings {
    /// Adds the triples of a report, each of which it names once; its number is above those of all others.
    pub(super) fn add(&mut self, triples: &[u32], number: u32) {
        for triple in triples {
            if let Some(all) = self.often.get_mut(triple) {
                all.push(number);
            } else if let Some(other) = self.once.remove(triple) {
                self.often.insert(*triple, vec![other, number]);
            } else {
                self.once.insert(*triple, number);
            }
        }
    }

    /// The reports that have a triple, in the order they came.
    pub(super) fn of(&self, triple: u32) -> &[u32] {
        match self.once.get(&triple) {
            Some(number) => std::slice::from_ref(number),
            None => self.often.get(&triple).map_or(&[], Vec::as_slice),
        }
    }

    /// Forgets the triples of a report.
    pub(super) fn remove(&mut self, triples: &[u32], number: u32) {
        for triple in triples {
            let Some(all) = self.often.get_mut(triple) else {
                self.once.remove(triple);
                continue;
            };
            all.retain(|it| *it != number);
            if let [last] = all.as_slice() {
                self.once.insert(*triple, *last);
                self.often.remove(triple);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triple_is_known_of_every_report_that_has_it_until_each_is_forgotten() {
        let mut all = Postings::default();
        all.add(&[1, 2], 7);
        all.add(&[2, 3], 8);
        all.add(&[2], 9);
        assert_eq!([all.of(1), all.of(2), all.of(3), all.of(4)], [&[7][..], &[7, 8, 9], &[8], &[]]);
        all.remove(&[1, 2], 7);
        assert_eq!([all.of(1), all.of(2)], [&[][..], &[8, 9]]);
        all.remove(&[2, 3], 8);
        all.remove(&[2], 9);
        assert_eq!(all, Postings::default());
    }
}
