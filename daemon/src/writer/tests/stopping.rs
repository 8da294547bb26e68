//! Stopping anywhere and going on gives what never stopping gives: same state, same memory, same next decision.

use std::fs;

use proptest::prelude::*;
use storyline_store::{Log, snapshot, snapshot::Snapshots};
use tempfile::TempDir;

use super::*;
use crate::writer::recall::{Recalled, keep, recall};

/// What happens to the writer before it is given an item.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// Nothing.
    GoesOn,
    /// It keeps a snapshot.
    Keeps,
    /// It ends, and another takes up from the log.
    Stops,
    /// It thinks the item through, and the disk refuses.
    Stumbles,
    /// Somebody deletes its snapshots.
    Loses,
    /// One bit of its snapshots flips.
    Rots(prop::sample::Index),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::GoesOn),
        3 => Just(Fate::Keeps),
        3 => Just(Fate::Stops),
        2 => Just(Fate::Stumbles),
        1 => Just(Fate::Loses),
        2 => any::<prop::sample::Index>().prop_map(Fate::Rots),
    ]
}

/// An item of one of two feeds: which of a few names, and what it says.
fn said() -> impl Strategy<Value = (bool, u8, String)> {
    let words = prop_oneof![
        Just("Dockers vote to strike over pay"),
        Just("Strike begins in the docks of Aldport"),
        Just("Docks union denies that the strike begins on Friday"),
        Just("Strike ends in the docks after a deal on pay"),
        Just("Fair opens in Aldport"),
        Just("Dockers strike: 12 ships wait off Brinwick, says Reuters"),
    ];
    (any::<bool>(), 0_u8..6, (words, "( [a-z]{3,7}){0,3}").prop_map(|(it, more)| format!("{it}{more}")))
}

/// A writer's thinking over a log on the disk.
struct Kept {
    desk: Desk,
    disk: Log,
    snapshots: Snapshots,
    dir: TempDir,
}

impl Kept {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let mut disk = Log::open(dir.path()).unwrap().log;
        let desk = Desk::baselined();
        disk.commit(&desk.log, &[]).unwrap();
        Self { desk, disk, snapshots: Snapshots::new(dir.path(), 1), dir }
    }

    fn past(&self) -> Past {
        let Recalled { state, memory, .. } = recall(&self.snapshots, &self.disk.reader()).unwrap();
        Past { state, memory, feeds: self.desk.feeds.clone() }
    }

    fn meets(&mut self, fate: Fate, minutes: i64, item: &Item) {
        match fate {
            Fate::GoesOn => {}
            Fate::Keeps => keep(&self.snapshots, &self.desk.core.standing()).unwrap(),
            Fate::Stops => self.desk.core = Core::new(config(STRIKE), TimeZone::UTC, self.past()),
            Fate::Stumbles => {
                self.desk.think(minutes, std::slice::from_ref(item));
                let past = self.past();
                self.desk.core.fall_back(config(STRIKE), past);
            }
            Fate::Loses => snapshot::forget(self.dir.path()).unwrap(),
            Fate::Rots(at) => {
                let Ok(files) = fs::read_dir(self.dir.path().join("snapshots")) else { return };
                let files: Vec<_> = files.map(|it| it.unwrap().path()).collect();
                let path = &files[at.index(files.len())];
                let mut bytes = fs::read(path).unwrap();
                let bit = at.index(bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
                fs::write(path, bytes).unwrap();
            }
        }
    }

    fn takes(&mut self, minutes: i64, item: &Item) -> Vec<Value> {
        let before = self.desk.log.len();
        let mut events = self.desk.visit(minutes, std::slice::from_ref(item));
        self.desk.core.tick(false, at(minutes + 1));
        events.extend(self.desk.take());
        self.disk.commit(&self.desk.log[before..], &[]).unwrap();
        events
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_writer_meets_it_decides_the_same(
        steps in prop::collection::vec((fate(), said(), 1_i64..2_000), 1..14),
    ) {
        let (mut never, mut kept) = (Desk::baselined(), Kept::new());
        let mut minutes = 0;
        for (fate, (feed, key, title), later) in steps {
            minutes += later;
            let it = news(if feed { "wire" } else { "gazette" }, &key.to_string(), &title, minutes);
            let mut want = never.visit(minutes, std::slice::from_ref(&it));
            never.core.tick(false, at(minutes + 1));
            want.extend(never.take());
            kept.meets(fate, minutes, &it);
            prop_assert_eq!(kept.takes(minutes, &it), want);
        }
        prop_assert_eq!(kept.desk.core.state(), never.core.state());
        prop_assert!(kept.desk.core.memory() == never.core.memory(), "it remembers the same");
        let past = kept.past();
        prop_assert_eq!(&past.state, never.core.state());
        prop_assert!(&past.memory == never.core.memory(), "a last stop remembers the same");
    }
}

#[test]
fn the_state_of_any_place_is_the_same_with_snapshots_and_without() {
    let mut kept = Kept::new();
    for n in 0..40_i64 {
        let town = ["Aldport", "Brinwick", "Corhaven"][usize::try_from(n % 3).unwrap()];
        let it = news(
            "wire",
            &n.to_string(),
            &format!("Dockers strike in {town}, day {n} of the walkout"),
            n * 90,
        );
        kept.takes(n * 90, &it);
        if n % 7 == 3 {
            kept.meets(Fate::Keeps, 0, &it);
        }
    }
    let reader = kept.disk.reader();
    let mut state = State::default();
    for recorded in &kept.desk.log {
        state.apply(recorded);
        let mut near = kept.snapshots.state(&reader, recorded.seq).unwrap_or_default();
        assert!(near.seq <= recorded.seq);
        for it in reader.read_after(near.seq, usize::try_from(recorded.seq.0 - near.seq.0).unwrap()).unwrap()
        {
            near.apply(&it);
        }
        let bytes = |it: &State| serde_json::to_vec(it).unwrap();
        assert_eq!(bytes(&near), bytes(&state), "at {}", recorded.seq);
    }
}
