//! The log, its segments and its snapshot against a list: whatever is done, stopped, killed, damaged or carried elsewhere,
//! the log is that list, and the state is what never stopping would have given.

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use storyline_store::{
    Event, Log, Recorded, Seq, State, backup, export, import, repair, restore, segment,
    snapshot::{self, Snapshots},
};
use tempfile::TempDir;

use crate::sample::{all, copy, folder};

const NOW: Timestamp = Timestamp::constant(1_739_529_600, 0);

/// What is to be there.
#[derive(Debug, Clone, Default)]
struct Model {
    events: Vec<Recorded>,
    /// How far segments were saved.
    saved: usize,
    /// How far a snapshot that can be read was taken.
    snapshot: Option<usize>,
}

#[derive(Debug, Clone)]
enum Step {
    /// Commits events of so many characters.
    Commit(Vec<usize>),
    /// Reads a page after a place, per cent of the way.
    Read {
        after: usize,
        limit: usize,
    },
    Close,
    /// The process ends, and another finds its files.
    Kill,
    Reopen,
    SaveSegment,
    TakeSnapshot,
    DeleteSnapshot,
    DamageSnapshot(usize),
    ExportImport,
    /// Backs up and restores, up to per cent of the way.
    BackupRestore(usize),
    /// The database is gone; segments are left.
    LoseDatabase,
}

/// An event with an effect on the state, or a long one without.
fn event(seq: usize, characters: usize) -> Recorded {
    let storyline = format!("s{}", seq % 3).parse().unwrap();
    let event = match seq % 4 {
        0 => Event::StorylineDefined {
            storyline,
            title: "t".repeat(characters % 300),
            parent: None,
            definition: seq.to_string(),
        },
        1 => Event::StorylineSurged { storyline, last_24h: u32::try_from(characters).unwrap(), usual: 1 },
        2 => Event::OutletMuted { outlet: format!("o{}", characters % 7), by: "ann".to_owned() },
        _ => Event::RecordLost { detail: "x".repeat(characters) },
    };
    let at = Timestamp::from_second(1_739_500_000 + i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq: Seq(seq as u64), at, event }
}

fn fold(mut state: State, events: &[Recorded]) -> State {
    for it in events {
        state.apply(it);
    }
    state
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        prop_oneof![
            6 => prop::collection::vec(0_usize..9_000, 1..7).prop_map(Step::Commit),
            2 => (0_usize..=100, 1_usize..20).prop_map(|(after, limit)| Step::Read { after, limit }),
            1 => Just(Step::Close),
            2 => Just(Step::Kill),
            1 => Just(Step::Reopen),
            2 => Just(Step::SaveSegment),
            2 => Just(Step::TakeSnapshot),
            1 => Just(Step::DeleteSnapshot),
            1 => (0_usize..400).prop_map(Step::DamageSnapshot),
            1 => Just(Step::ExportImport),
            1 => (0_usize..=100).prop_map(Step::BackupRestore),
            1 => Just(Step::LoseDatabase),
        ]
        .boxed()
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        match step {
            Step::Commit(sizes) => {
                for size in sizes {
                    model.events.push(event(model.events.len() + 1, *size));
                }
            }
            Step::SaveSegment => model.saved = model.events.len(),
            Step::TakeSnapshot => model.snapshot = Some(model.events.len()),
            Step::DeleteSnapshot | Step::DamageSnapshot(_) => model.snapshot = None,
            Step::ExportImport => (model.saved, model.snapshot) = (0, None),
            Step::BackupRestore(percent) => {
                let to = model.events.len() * percent / 100;
                model.events.truncate(to);
                (model.saved, model.snapshot) = (0, None);
            }
            // What no segment holds is lost, and keeps its number; what followed from it does too.
            Step::LoseDatabase if model.events.is_empty() => {}
            Step::LoseDatabase => {
                let last = model.saved.checked_sub(1).map_or(NOW, |it| model.events[it].at);
                for it in model.events.iter_mut().skip(model.saved) {
                    it.event = Event::RecordLost { detail: "lost to damage".to_owned() };
                    it.at = last;
                }
                (model.saved, model.snapshot) = (0, None);
            }
            Step::Read { .. } | Step::Close | Step::Kill | Step::Reopen => {}
        }
        model
    }
}

struct Real {
    folder: TempDir,
    dir: PathBuf,
    log: Option<Log>,
    moves: usize,
}

impl Real {
    fn log(&mut self) -> &mut Log {
        self.log.get_or_insert_with(|| Log::open(&self.dir).unwrap().log)
    }

    /// Another place for the log.
    fn elsewhere(&mut self) -> PathBuf {
        self.moves += 1;
        self.folder.path().join(self.moves.to_string())
    }

    fn close(&mut self) {
        if let Some(log) = self.log.take() {
            log.close().unwrap();
        }
    }

    fn kill(&mut self) {
        let to = self.elsewhere();
        copy(&self.dir, &to);
        self.log = None;
        self.dir = to;
    }

    fn lose_database(&mut self, expected: usize) {
        self.close();
        drop(Log::open(&self.dir).unwrap());
        fs::remove_dir_all(self.dir.join("log")).unwrap();
        repair(&self.dir, NOW).unwrap();
        assert_eq!(self.log().head(), Seq(expected as u64));
    }

    fn carry(&mut self) {
        let to = self.elsewhere();
        let mut lines = Vec::new();
        export(&self.log().reader(), &mut lines).unwrap();
        import(&to, &mut lines.as_slice()).unwrap();
        (self.log, self.dir) = (None, to);
    }

    fn restore(&mut self, to: usize) {
        let place = self.elsewhere();
        self.close();
        let opened = Log::open(&self.dir).unwrap();
        backup(&opened.log.reader(), &opened.feeds, &place).unwrap();
        drop(opened);
        restore(&place, &self.dir, Some(Seq(to as u64)), NOW).unwrap();
    }
}

impl StateMachineTest for Real {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let folder = folder();
        let dir = folder.path().join("0");
        Self { folder, dir, log: None, moves: 0 }
    }

    fn apply(mut real: Self, model: &Model, step: Step) -> Self {
        match step {
            Step::Commit(sizes) => {
                let new = &model.events[model.events.len() - sizes.len()..];
                real.log().commit(new, &[]).unwrap();
            }
            Step::Read { after, limit } => {
                let after = model.events.len() * after / 100;
                let read = real.log().reader().read_after(Seq(after as u64), limit).unwrap();
                let expected: Vec<_> = model.events.iter().skip(after).take(limit).cloned().collect();
                assert!(read == expected);
            }
            Step::Close => real.close(),
            Step::Kill => {
                real.log();
                real.kill();
            }
            Step::Reopen => drop(real.log().reopen().unwrap()),
            Step::SaveSegment => {
                let reader = real.log().reader();
                assert_eq!(segment::save(&reader, &real.dir).unwrap(), Seq(model.saved as u64));
            }
            Step::TakeSnapshot => {
                let state = fold(State::default(), &all(real.log()));
                Snapshots::new(&real.dir, 1).save(&state, b"remembered").unwrap();
            }
            Step::DeleteSnapshot => snapshot::forget(&real.dir).unwrap(),
            Step::DamageSnapshot(at) => {
                let path = real.dir.join("snapshots/memory");
                if let Ok(mut bytes) = fs::read(&path) {
                    let at = at % bytes.len();
                    bytes[at] ^= 1;
                    fs::write(path, bytes).unwrap();
                }
            }
            Step::ExportImport => real.carry(),
            Step::BackupRestore(_) => real.restore(model.events.len()),
            Step::LoseDatabase => real.lose_database(model.events.len()),
        }
        real
    }

    fn check_invariants(real: &Self, model: &Model) {
        let Some(log) = &real.log else { return };
        assert!(all(log) == model.events);
        assert_eq!(log.head(), Seq(model.events.len() as u64));
        let (snapshots, reader) = (Snapshots::new(&real.dir, 1), log.reader());
        let remembered = snapshots.memory(&reader, log.head());
        // Of nothing there is nothing to keep.
        assert_eq!(remembered.map(|it| it.0.0), model.snapshot.filter(|it| *it > 0).map(|it| it as u64));
        let kept = snapshots.state(&reader, log.head()).unwrap_or_default();
        let after = usize::try_from(kept.seq.0).unwrap();
        let state = fold(kept, &model.events[after..]);
        let whole = fold(State::default(), &model.events);
        assert_eq!(serde_json::to_vec(&state).unwrap(), serde_json::to_vec(&whole).unwrap());
    }

    fn teardown(mut real: Self, model: Model) {
        assert!(all(real.log()) == model.events);
        assert!(real.log().reader().verify().unwrap().ok);
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_log_is_the_list_whatever_is_done(sequential 1..24 => Real);
}
