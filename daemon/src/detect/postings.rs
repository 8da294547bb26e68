//! Which reports have a word triple.
//!
//! Most triples stand in one report only: a number in a table. Only what is
//! repeated has a list.

use std::{collections::HashMap, hash::BuildHasherDefault};

use super::stem::Identity;

/// Word triples with the numbers of the reports that have them.
#[derive(Debug, Default, Clone)]
pub(super) struct Postings {
    table: HashMap<u32, Place, BuildHasherDefault<Identity>>,
    /// Lists of reports, in the order they came; one that is empty is free.
    lists: Vec<Vec<u32>>,
    free: Vec<u32>,
}

/// Where the reports of a triple stand.
#[derive(Debug, Clone)]
enum Place {
    /// It is one.
    One(u32),
    /// In a list.
    List(u32),
}

impl Postings {
    /// Adds the triples of a report, each of which it names once; its number is above those of all others.
    pub(super) fn add(&mut self, triples: &[u32], number: u32) {
        for triple in triples {
            let Some(place) = self.table.get_mut(triple) else {
                self.table.insert(*triple, Place::One(number));
                continue;
            };
            match place {
                Place::One(other) => {
                    let both = vec![*other, number];
                    let list = self.free.pop().unwrap_or_else(|| {
                        self.lists.push(Vec::new());
                        super::definitions::number(self.lists.len() - 1)
                    });
                    if let Some(it) = self.lists.get_mut(list as usize) {
                        *it = both;
                    }
                    *place = Place::List(list);
                }
                Place::List(list) => {
                    if let Some(it) = self.lists.get_mut(*list as usize) {
                        it.push(number);
                    }
                }
            }
        }
    }

    /// The reports that have a triple, in the order they came.
    pub(super) fn of(&self, triple: u32) -> &[u32] {
        match self.table.get(&triple) {
            Some(Place::One(number)) => std::slice::from_ref(number),
            Some(Place::List(list)) => self.lists.get(*list as usize).map_or(&[], Vec::as_slice),
            None => &[],
        }
    }

    /// Forgets the triples of a report.
    pub(super) fn remove(&mut self, triples: &[u32], number: u32) {
        for triple in triples {
            let Some(place) = self.table.get_mut(triple) else { continue };
            let Place::List(list) = *place else {
                self.table.remove(triple);
                continue;
            };
            let Some(all) = self.lists.get_mut(list as usize) else { continue };
            all.retain(|it| *it != number);
            if let [last] = all.as_slice() {
                *place = Place::One(*last);
                *all = Vec::new();
                self.free.push(list);
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
        assert!((0..5).all(|it| all.of(it).is_empty()));
        assert!(all.table.is_empty() && all.free.len() == all.lists.len());
    }
}
