//! `HEAD`: how far the log reaches, kept beside it.
//!
//! A database cut short looks like one that was never longer. `HEAD` tells
//! them apart: it names the last event and its CRC, and is written after that
//! event is on stable storage. Two slots are written in turn, so that a torn
//! write leaves the one before.
//!
//! ```text
//! slot (at 0 and 4096)   "SLHD" · format 4 · seq 8 · crc 4 · zeros · crc of the slot 4   = 64 bytes
//! ```

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    time::Instant,
};

use storyline_config::limit::{HEAD_COMMITS_MAX, HEAD_LAG_MAX};

use crate::{Seq, StoreError, codec::Fields, durable, failpoint::failpoint};

/// The data directory's format this version writes, and the newest it reads. To be raised with the first release that
/// writes what the one before cannot read, a newer version of a kind among it: that one refuses the log then before it
/// touches a byte.
///
/// 1: 0.1.0. 2: newer versions of `alert_gathered` and `delivery_planned`; values that say that more of their commit follow.
pub(crate) const FORMAT: u32 = 2;

const FILE: &str = "HEAD";
const MAGIC: [u8; 4] = *b"SLHD";
const SLOT_BYTES: usize = 64;
const SLOTS_AT: [u64; 2] = [0, 4096];

/// How far a log reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reach {
    /// The last event; 0 for none.
    pub(crate) seq: Seq,
    /// Its CRC.
    pub(crate) crc: u32,
}

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is no such file.
    Missing,
    /// No slot can be read.
    Unreadable,
    /// The log reaches at least so far.
    Reach(Reach),
}

/// Reads the file, changing nothing.
pub(crate) fn read(data_dir: &Path) -> Result<Found, StoreError> {
    let file = match File::open(data_dir.join(FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Missing),
        Err(error) => return Err(error.into()),
    };
    let mut best: Option<Reach> = None;
    for at in SLOTS_AT {
        let mut slot = [0; SLOT_BYTES];
        match file.read_exact_at(&mut slot, at) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => continue,
            Err(error) => return Err(error.into()),
        }
        let Some((format, reach)) = decode(&slot) else { continue };
        if format > FORMAT {
            let what = data_dir.display().to_string();
            return Err(StoreError::TooNew { what, found: format, known: FORMAT });
        }
        best = best.filter(|it| it.seq >= reach.seq).or(Some(reach));
    }
    Ok(best.map_or(Found::Unreadable, Found::Reach))
}

fn encode(reach: Reach) -> [u8; SLOT_BYTES] {
    let mut bytes = Vec::with_capacity(SLOT_BYTES);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&reach.seq.0.to_le_bytes());
    bytes.extend_from_slice(&reach.crc.to_le_bytes());
    bytes.resize(SLOT_BYTES - 4, 0);
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    let mut slot = [0; SLOT_BYTES];
    slot.copy_from_slice(&bytes);
    slot
}

/// The format comes first and the checksum last in every version to come, so that a newer one is told from damage.
fn decode(slot: &[u8; SLOT_BYTES]) -> Option<(u32, Reach)> {
    let (body, crc) = slot.split_last_chunk()?;
    if crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
        return None;
    }
    let mut fields = Fields(body.strip_prefix(&MAGIC)?);
    let format = u32::from_le_bytes(fields.take().ok()?);
    let seq = Seq(u64::from_le_bytes(fields.take().ok()?));
    let crc = u32::from_le_bytes(fields.take().ok()?);
    Some((format, Reach { seq, crc }))
}

/// The file, open for writing.
#[derive(Debug)]
pub(crate) struct Head {
    file: File,
    slot: usize,
    behind: u32,
    synced: Instant,
}

impl Head {
    /// Makes the file anew, saying this, and durable.
    pub(crate) fn create(data_dir: &Path, reach: Reach) -> io::Result<Self> {
        let path = data_dir.join(FILE);
        let temporary = data_dir.join("HEAD.new");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        for at in SLOTS_AT {
            file.write_all_at(&encode(reach), at)?;
        }
        file.sync_all()?;
        failpoint("head.begun");
        std::fs::rename(&temporary, &path)?;
        durable::sync_dir(data_dir)?;
        Ok(Self { file, slot: 0, behind: 0, synced: Instant::now() })
    }

    /// Says how far the log reaches now. It survives the process at once, and a power cut within the named lag.
    pub(crate) fn write(&mut self, reach: Reach) -> io::Result<()> {
        self.slot = 1 - self.slot;
        let at = SLOTS_AT.get(self.slot).copied().unwrap_or_default();
        self.file.write_all_at(&encode(reach), at)?;
        self.behind += 1;
        if self.behind >= HEAD_COMMITS_MAX || self.synced.elapsed() >= HEAD_LAG_MAX {
            self.sync()?;
        }
        Ok(())
    }

    /// Makes what was said last durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if self.behind > 0 {
            self.file.sync_data()?;
            failpoint("head.synced");
        }
        self.behind = 0;
        self.synced = Instant::now();
        Ok(())
    }
}
