//! A snapshot of what follows from the log, so that a start need not read it all.
//!
//! It is only a cache: one checksummed file, put in place whole. Whatever is
//! doubtful about it, it counts as absent, and the log is read instead.
//!
//! ```text
//! "SLSN" · format 4 · seq 8 · length of the version 1 · version · bytes · hash of all before 16
//! ```

use std::{fs, io, path::Path};

use xxhash_rust::xxh3::Xxh3;

use crate::{Seq, StoreError, codec::Fields, durable, failpoint::failpoint};

pub(crate) const FILE: &str = "snapshot";
const MAGIC: [u8; 4] = *b"SLSN";
const FORMAT: u32 = 1;
/// What one version made of the log another may see otherwise.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Keeps what follows from the log up to and with `seq`; it takes the place of what was kept before.
///
/// # Errors
///
/// [`StoreError::Full`] and [`StoreError::Io`]; what was kept before is still there then.
pub fn save(data_dir: &Path, seq: Seq, bytes: &[u8]) -> Result<(), StoreError> {
    let head = head(seq);
    let hash = hash(&head, bytes).to_le_bytes();
    Ok(durable::write(data_dir, FILE, &[&head, bytes, &hash])?)
}

/// What was kept last, and up to which event; none where there is any doubt.
///
/// The caller still has to see that the log reaches as far.
pub fn load(data_dir: &Path) -> Option<(Seq, Vec<u8>)> {
    let mut file = fs::read(data_dir.join(FILE)).ok()?;
    let mut fields = Fields(file.strip_prefix(&MAGIC)?);
    let _format: [u8; 4] = fields.take().ok()?;
    let seq = Seq(u64::from_le_bytes(fields.take().ok()?));
    let head = head(seq);
    let rest = file.strip_prefix(&head[..])?;
    let (bytes, left) = rest.split_last_chunk()?;
    if u128::from_le_bytes(*left) != hash(&head, bytes) {
        return None;
    }
    let end = head.len() + bytes.len();
    file.truncate(end);
    file.drain(..head.len());
    failpoint("snapshot.read");
    Some((seq, file))
}

/// Forgets what was kept: the log it followed from is another one now.
///
/// # Errors
///
/// [`StoreError::Io`] where the file is there and cannot be removed.
pub fn forget(data_dir: &Path) -> Result<(), StoreError> {
    let path = data_dir.join(FILE);
    durable::remove(&path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(())
}

fn head(seq: Seq) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&FORMAT.to_le_bytes());
    head.extend_from_slice(&seq.0.to_le_bytes());
    head.push(u8::try_from(VERSION.len()).unwrap_or(u8::MAX));
    head.extend_from_slice(VERSION.as_bytes());
    head
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

    #[test]
    fn a_snapshot_reads_back() {
        let dir = TempDir::new().unwrap();
        assert_eq!(load(dir.path()), None);
        for bytes in [&b"one"[..], b"", &vec![7; 100_000]] {
            save(dir.path(), Seq(7), bytes).unwrap();
            assert_eq!(load(dir.path()), Some((Seq(7), bytes.to_vec())));
        }
        forget(dir.path()).unwrap();
        assert_eq!(load(dir.path()), None);
        forget(dir.path()).unwrap();
    }

    #[test]
    fn a_damaged_snapshot_is_ignored() {
        let dir = TempDir::new().unwrap();
        save(dir.path(), Seq(7), b"what follows").unwrap();
        let path = dir.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, flipped).unwrap();
            assert_eq!(load(dir.path()), None, "bit {bit}");
        }
        for end in 0..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            assert_eq!(load(dir.path()), None, "cut at {end}");
        }
    }
}
