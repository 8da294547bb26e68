//! `log.sum`: what a clean stop leaves, to be told from damage at the next start.
//!
//! One line for each file of the database: hash, length, name; the last line
//! is the hash of those before it.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::{durable, failpoint::failpoint};

const FILE: &str = "log.sum";
const CHUNK_BYTES: usize = 1 << 20;

/// Leaves the checksum of a database that was closed.
pub(crate) fn write(data_dir: &Path, log_dir: &Path) -> io::Result<()> {
    let text = text(log_dir)?;
    durable::write(data_dir, FILE, &[text.as_bytes()])
}

/// Whether the database is exactly as a clean stop left it.
pub(crate) fn matches(data_dir: &Path, log_dir: &Path) -> io::Result<bool> {
    match fs::read(data_dir.join(FILE)) {
        Ok(left) => Ok(sealed(&left) && left == text(log_dir)?.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The files that are not as a clean stop left them; none where it left no checksum.
pub(crate) fn differing(data_dir: &Path, log_dir: &Path) -> io::Result<Vec<String>> {
    let left = match fs::read(data_dir.join(FILE)) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    if !sealed(&left) {
        return Ok(vec![FILE.to_owned()]);
    }
    let (left, found) = (String::from_utf8_lossy(&left).into_owned(), text(log_dir)?);
    let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
    let differing: BTreeSet<_> = lines(&left)
        .symmetric_difference(&lines(&found))
        .filter_map(|line| line.split(' ').nth(2).map(|name| format!("log/{name}")))
        .collect();
    Ok(differing.into_iter().collect())
}

/// Whether a clean stop left a checksum, fitting or not.
pub(crate) fn exists(data_dir: &Path) -> bool {
    data_dir.join(FILE).exists()
}

/// Takes the checksum away, durably: from here on the database changes.
pub(crate) fn remove(data_dir: &Path) -> io::Result<()> {
    if exists(data_dir) {
        durable::remove(&data_dir.join(FILE))?;
        durable::sync_dir(data_dir)?;
        failpoint("sum.removed");
    }
    Ok(())
}

fn sealed(left: &[u8]) -> bool {
    let body = left.len().checked_sub(33).and_then(|at| left.split_at_checked(at));
    body.is_some_and(|(body, seal)| seal == format!("{:032x}\n", xxh3_128(body)).as_bytes())
}

fn text(log_dir: &Path) -> io::Result<String> {
    let mut names = Vec::new();
    if log_dir.is_dir() {
        for entry in fs::read_dir(log_dir)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.push(entry.file_name());
            }
        }
    }
    names.sort();
    let mut text = String::new();
    for name in names {
        let (hash, bytes) = hash(&log_dir.join(&name))?;
        writeln!(text, "{hash:032x} {bytes} {}", name.to_string_lossy()).map_err(io::Error::other)?;
    }
    let seal = xxh3_128(text.as_bytes());
    writeln!(text, "{seal:032x}").map_err(io::Error::other)?;
    Ok(text)
}

fn hash(path: &Path) -> io::Result<(u128, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Xxh3::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let read = match file.read(&mut chunk) {
            Ok(0) => return Ok((hasher.digest128(), bytes)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(chunk.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}
