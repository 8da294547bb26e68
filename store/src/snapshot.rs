//! What follows from the log, kept so that nobody need read all of it: where things stood at several places, and what
//! was remembered at the last of them.
//!
//! It is only a cache: checksummed files, each put in place whole. Whatever is doubtful about one, it counts as absent,
//! and more of the log is read instead. Deleting them changes nothing. A note, `misses` so far, is put in place whole but has
//! no checksum: whoever keeps it sees whether it can be read.
//!
//! ```text
//! snapshots/state-00000000000000005000   where things stood after event 5,000; as many as fit the limits
//! snapshots/memory                       what was remembered at the last of these places
//! snapshots/misses                       a note of the daemon's: what came near and belonged to nothing
//!
//! "SLSN" · format 4 · maker 8 · seq 8 · its time 16 · bytes · hash of all before 16
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use storyline_config::limit::{SNAPSHOTS_BYTES_MAX, SNAPSHOTS_KEPT};
use xxhash_rust::xxh3::Xxh3;

use crate::{Reader, Seq, State, StoreError, durable, failpoint::failpoint};

const DIR: &str = "snapshots";
const MEMORY: &str = "memory";
const STATE: &str = "state-";
/// The one file earlier versions kept.
const EARLIER: &str = "snapshot";
const MAGIC: [u8; 4] = *b"SLSN";
const FORMAT: u32 = 2;
const SEQ_AT: usize = 4 + 4 + 8;
const HEAD_BYTES: usize = SEQ_AT + 8 + 16;

/// The snapshots of a data directory, as one maker understands them.
#[derive(Debug, Clone)]
pub struct Snapshots {
    dir: PathBuf,
    maker: u64,
}

impl Snapshots {
    /// Those in a data directory. What one version of the program made of the log another may see otherwise: `maker`
    /// names the version, and what others made counts as absent.
    pub fn new(data_dir: &Path, maker: u64) -> Self {
        Self { dir: data_dir.join(DIR), maker }
    }

    /// Keeps where things stand, and what is remembered; of earlier places as many as fit the limits.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] and [`StoreError::Io`]; what was kept before is still there then.
    pub fn save(&self, state: &State, memory: &[u8]) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(state).map_err(io::Error::other)?;
        durable::create_dir(&self.dir)?;
        failpoint("snapshot.begun");
        let head = self.head(state.seq, state.at.unwrap_or_default());
        self.write(MEMORY, &head, memory)?;
        failpoint("snapshot.memory");
        self.write(&format!("{STATE}{:020}", state.seq.0), &head, &bytes)?;
        failpoint("snapshot.state");
        self.thin()?;
        Ok(durable::remove(&self.dir.with_file_name(EARLIER))?)
    }

    /// The last state kept of a place or of one before it.
    pub fn state(&self, reader: &Reader, to: Seq) -> Option<State> {
        let places = self.places().ok()?;
        places.range(..=to).rev().find_map(|(seq, place)| {
            let (_, bytes) = self.read(&place.path, reader, *seq)?;
            serde_json::from_slice(&bytes).ok().filter(|it: &State| it.seq == *seq)
        })
    }

    /// What was remembered at a place or one before it, and at which.
    pub fn memory(&self, reader: &Reader, to: Seq) -> Option<(Seq, Vec<u8>)> {
        self.read(&self.dir.join(MEMORY), reader, to)
    }

    /// Keeps a note beside them that may be lost with the power, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] and [`StoreError::Io`]; what was kept before is still there then.
    pub fn keep_note(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        durable::create_dir(&self.dir)?;
        Ok(durable::place(&self.dir, name, bytes)?)
    }

    /// The note that was kept under a name, if it can be read.
    pub fn note(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.dir.join(name)).ok()
    }

    /// Bytes all of them take.
    pub fn bytes(&self) -> u64 {
        let files = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        files.filter_map(|it| it.metadata().ok()).map(|it| it.len()).sum()
    }

    fn write(&self, name: &str, head: &[u8], bytes: &[u8]) -> io::Result<()> {
        durable::write(&self.dir, name, &[head, bytes, &hash(head, bytes).to_le_bytes()])
    }

    /// What is kept of a place up to `to`, where it is whole, of this maker, and of this log.
    fn read(&self, path: &Path, reader: &Reader, to: Seq) -> Option<(Seq, Vec<u8>)> {
        let mut file = fs::read(path).ok()?;
        let seq = Seq(u64::from_le_bytes(*file.get(SEQ_AT..)?.first_chunk()?));
        if seq > to {
            return None;
        }
        let recorded = reader.get(seq).ok().flatten()?;
        let head = self.head(seq, recorded.at);
        let (bytes, left) = file.strip_prefix(&head[..])?.split_last_chunk()?;
        if u128::from_le_bytes(*left) != hash(&head, bytes) {
            return None;
        }
        let end = HEAD_BYTES + bytes.len();
        file.truncate(end);
        file.drain(..HEAD_BYTES);
        Some((seq, file))
    }

    fn head(&self, seq: Seq, at: Timestamp) -> [u8; HEAD_BYTES] {
        let mut head = [0; HEAD_BYTES];
        let fields = MAGIC.into_iter().chain(FORMAT.to_le_bytes()).chain(self.maker.to_le_bytes());
        let fields = fields.chain(seq.0.to_le_bytes()).chain(at.as_nanosecond().to_le_bytes());
        head.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        head
    }

    fn places(&self) -> io::Result<BTreeMap<Seq, Place>> {
        let mut places = BTreeMap::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let seq = name.to_str().and_then(|it| it.strip_prefix(STATE)?.parse().ok());
            if let Some(seq) = seq {
                places.insert(Seq(seq), Place { path: entry.path(), bytes: entry.metadata()?.len() });
            }
        }
        Ok(places)
    }

    /// Removes what is too many or too much, and what an interrupted writing left: no other writes here at a time, and notes are
    /// written under another name.
    fn thin(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(".new") {
                durable::remove(&entry.path())?;
            }
        }
        let mut places = self.places()?;
        while let Some(seq) = surplus(&places) {
            if let Some(place) = places.remove(&seq) {
                durable::remove(&place.path)?;
            }
        }
        Ok(())
    }
}

/// Where a state is kept.
struct Place {
    path: PathBuf,
    bytes: u64,
}

/// The place whose loss leaves the smallest gap, where there are too many or they take too much; never the last.
fn surplus(places: &BTreeMap<Seq, Place>) -> Option<Seq> {
    let bytes: u64 = places.values().map(|it| it.bytes).sum();
    if places.len() <= SNAPSHOTS_KEPT && bytes <= SNAPSHOTS_BYTES_MAX {
        return None;
    }
    let seqs: Vec<u64> = std::iter::once(0).chain(places.keys().map(|it| it.0)).collect();
    let gaps = seqs.windows(3).filter_map(|it| match it {
        [before, seq, after] => Some((after - before, Seq(*seq))),
        _ => None,
    });
    gaps.min().map(|it| it.1)
}

/// Forgets everything that was kept: the log it followed from is another one now.
///
/// # Errors
///
/// [`StoreError::Io`] where something is there and cannot be removed.
pub fn forget(data_dir: &Path) -> Result<(), StoreError> {
    for name in [DIR, EARLIER] {
        let path = data_dir.join(name);
        durable::remove(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

fn hash(head: &[u8], bytes: &[u8]) -> u128 {
    let mut hasher = Xxh3::new();
    hasher.update(head);
    hasher.update(bytes);
    hasher.digest128()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{Event, Log, Recorded};

    /// A log of so many events, and the state after each.
    fn log(dir: &Path, events: u64) -> (Log, Vec<State>) {
        let mut log = Log::open(dir).unwrap().log;
        let mut states = vec![State::default()];
        let mut recorded = Vec::new();
        for n in 1..=events {
            let at = Timestamp::from_second(1_739_318_400 + i64::try_from(n).unwrap()).unwrap();
            let event = Event::OutletMuted { outlet: n.to_string(), by: "reader".to_owned() };
            recorded.push(Recorded { seq: Seq(n), at, event });
            let mut state = states.last().unwrap().clone();
            state.apply(recorded.last().unwrap());
            states.push(state);
        }
        log.commit(&recorded, &[]).unwrap();
        (log, states)
    }

    #[test]
    fn the_last_state_at_a_place_or_before_it_is_given() {
        let dir = TempDir::new().unwrap();
        let (log, states) = log(dir.path(), 30);
        let (snapshots, reader) = (Snapshots::new(dir.path(), 7), log.reader());
        let at = |to: u64| snapshots.state(&reader, Seq(to));
        assert_eq!((at(30), snapshots.memory(&reader, Seq(30))), (None, None));
        for seq in [10, 20] {
            snapshots.save(&states[seq], b"remembered").unwrap();
        }
        assert_eq!(at(9), None);
        assert_eq!((at(10), at(19)), (Some(states[10].clone()), Some(states[10].clone())));
        assert_eq!(at(30), Some(states[20].clone()));
        assert_eq!(snapshots.memory(&reader, Seq(30)), Some((Seq(20), b"remembered".to_vec())));
        assert_eq!(snapshots.memory(&reader, Seq(19)), None, "it is ahead");
        assert_eq!(Snapshots::new(dir.path(), 8).state(&reader, Seq(30)), None, "another made it");
        assert_eq!(Snapshots::new(dir.path(), 8).memory(&reader, Seq(30)), None);
        assert!(snapshots.bytes() > 100);
        forget(dir.path()).unwrap();
        assert_eq!((at(30), snapshots.memory(&reader, Seq(30))), (None, None));
        forget(dir.path()).unwrap();
    }

    #[test]
    fn a_damaged_one_is_passed_over() {
        let dir = TempDir::new().unwrap();
        let (log, states) = log(dir.path(), 4);
        let (snapshots, reader) = (Snapshots::new(dir.path(), 7), log.reader());
        snapshots.save(&states[2], b"earlier").unwrap();
        snapshots.save(&states[4], b"remembered").unwrap();
        let (state, memory) =
            (dir.path().join("snapshots/state-00000000000000000004"), snapshots.dir.join(MEMORY));
        let without = |path: &Path| {
            if path == memory {
                snapshots.memory(&reader, Seq(4)).is_none()
            } else {
                snapshots.state(&reader, Seq(4)) == Some(states[2].clone())
            }
        };
        for path in [state, memory.clone()] {
            let whole = fs::read(&path).unwrap();
            for bit in 0..whole.len() * 8 {
                let mut flipped = whole.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                fs::write(&path, flipped).unwrap();
                assert!(without(&path), "bit {bit} of {}", path.display());
            }
            for end in 0..whole.len() {
                fs::write(&path, &whole[..end]).unwrap();
                assert!(without(&path), "{} cut at {end}", path.display());
            }
        }
    }

    #[test]
    fn another_log_bears_none_of_them_out() {
        let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (_log, states) = log(one.path(), 4);
        let snapshots = Snapshots::new(two.path(), 7);
        snapshots.save(&states[4], b"").unwrap();
        let mut other = Log::open(two.path()).unwrap().log;
        let reader = other.reader();
        assert_eq!(snapshots.state(&reader, Seq(4)), None, "it does not reach as far");
        let muted = |n| Recorded {
            seq: Seq(n),
            at: Timestamp::UNIX_EPOCH,
            event: Event::OutletMuted { outlet: n.to_string(), by: "reader".to_owned() },
        };
        other.commit(&[muted(1), muted(2), muted(3), muted(4)], &[]).unwrap();
        assert_eq!(snapshots.state(&reader, Seq(4)), None, "that event is another");
        assert_eq!(snapshots.memory(&reader, Seq(4)), None);
    }

    #[test]
    fn what_an_interrupted_writing_left_goes_with_the_next() {
        let dir = TempDir::new().unwrap();
        let (_log, states) = log(dir.path(), 4);
        let snapshots = Snapshots::new(dir.path(), 7);
        snapshots.save(&states[2], b"remembered").unwrap();
        fs::write(snapshots.dir.join("state-00000000000000000003.new"), b"half of it").unwrap();
        snapshots.save(&states[4], b"remembered").unwrap();
        let names = fs::read_dir(&snapshots.dir).unwrap().map(|it| it.unwrap().file_name());
        let mut names: Vec<_> = names.map(|it| it.into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["memory", "state-00000000000000000002", "state-00000000000000000004"]);
    }

    #[test]
    fn they_are_few_and_as_far_apart_as_can_be() {
        let place = |bytes| Place { path: PathBuf::new(), bytes };
        let mut places = BTreeMap::new();
        let mut widest = 0;
        for n in 1..=1_000_u64 {
            places.insert(Seq(n * 10), place(1));
            while let Some(seq) = surplus(&places) {
                places.remove(&seq);
            }
            assert!(places.len() <= SNAPSHOTS_KEPT && places.contains_key(&Seq(n * 10)));
            let seqs: Vec<u64> = std::iter::once(0).chain(places.keys().map(|it| it.0)).collect();
            widest = seqs.windows(2).map(|it| it[1] - it[0]).max().unwrap();
        }
        assert!(widest <= 10_000 * 3 / SNAPSHOTS_KEPT as u64, "{widest}");
        let large = SNAPSHOTS_BYTES_MAX / 2;
        let mut places =
            BTreeMap::from([(Seq(1), place(large)), (Seq(2), place(large)), (Seq(9), place(large))]);
        let gone = surplus(&places).unwrap();
        assert_eq!(gone, Seq(1));
        places.remove(&gone);
        assert_eq!(surplus(&places), None);
    }
}
