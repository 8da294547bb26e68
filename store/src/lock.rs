//! One process at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    thread,
    time::Duration,
};

use crate::StoreError;

pub(crate) const FILE: &str = "lock";
/// Both waits together stay under a second: so soon a second daemon has to know.
const TRIES: u32 = 30;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The data directory is ours as long as this lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and leaves our pid in it for others to name.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, StoreError> {
        let path = data_dir.join(FILE);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|source| not_writable(&path, source))?;
        hold(&file)?;
        // Of one width, so that no reader ever finds it half written.
        file.write_all_at(format!("{:10}\n", std::process::id()).as_bytes(), 0)
            .map_err(|source| not_writable(&path, source))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock without changing a byte; none is needed where nobody ever took one.
    pub(crate) fn borrow(data_dir: &Path) -> Result<Option<Self>, StoreError> {
        match File::open(data_dir.join(FILE)) {
            Ok(file) => {
                hold(&file)?;
                Ok(Some(Self { _file: file }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A process that was just started by the last holder may keep the lock until it runs its program: wait a moment.
fn hold(file: &File) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(StoreError::InUse { pid: holder(file) })
}

/// Who holds it: a moment after it was taken the pid may not be written yet.
fn holder(file: &File) -> u32 {
    let read = || {
        let mut bytes = [0; 11];
        file.read_exact_at(&mut bytes, 0).ok()?;
        std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
    };
    for _ in 0..TRIES {
        if let Some(pid) = read() {
            return pid;
        }
        thread::sleep(BETWEEN_TRIES);
    }
    0
}

/// Tells a directory that may not be written from a disk that fails.
pub(crate) fn not_writable(path: &Path, source: io::Error) -> StoreError {
    match source.kind() {
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists
        | ErrorKind::NotFound => StoreError::NotWritable { path: path.to_owned(), source },
        _ => source.into(),
    }
}
