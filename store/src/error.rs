//! What can go wrong with the log, as decisions the caller can take.

use std::{io, path::PathBuf};

use crate::{Seq, StorageCode};

/// What the engine says of a file that another process has open.
pub(crate) const ENGINE_LOCKED: &str = "could not acquire lock";

/// The variants are the decisions a caller can take: stop the other daemon,
/// pick another directory, free some space and reopen, repair, or upgrade.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the log open.
    #[error("the log is in use by the process with pid {pid}")]
    InUse {
        /// The process; 0 where it could not be told.
        pid: u32,
    },
    /// The data directory cannot be written at all.
    #[error("failed to write in {}", path.display())]
    NotWritable {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No room is left. Nothing more is written until [`Log::reopen`](crate::Log::reopen) succeeds.
    #[error("no room is left for the log")]
    Full(#[source] io::Error),
    /// The disk failed. Nothing more is written until [`Log::reopen`](crate::Log::reopen) succeeds.
    #[error("the disk under the log failed")]
    Io(#[source] io::Error),
    /// An earlier write failed, and the log was not reopened since.
    #[error("the log takes no more events since a write failed; reopen it first")]
    Latched {
        /// What the write failed for.
        code: StorageCode,
    },
    /// The log has lost something that was acknowledged; run `storyline store repair`.
    #[error("the log is damaged: {detail}; run: storyline store repair")]
    Damaged {
        /// What is wrong.
        detail: String,
        /// The database as it was found, untouched by the attempt to open it.
        copy: PathBuf,
    },
    /// A newer version of the program wrote this; nothing was changed.
    #[error("{what} was written in format {found}; this version reads up to {known}")]
    TooNew {
        /// The file, or the event.
        what: String,
        /// Its format.
        found: u32,
        /// The newest format this version knows.
        known: u32,
    },
    /// An event cannot be read.
    #[error("event {seq} cannot be read: {detail}")]
    Corrupt {
        /// The event.
        seq: Seq,
        /// What is wrong.
        detail: String,
    },
    /// What is to be recorded does not follow the last event.
    #[error("the next event is {expected}, not {found}")]
    OutOfOrder {
        /// The place after the last event.
        expected: Seq,
        /// What came instead.
        found: Seq,
    },
    /// One event is larger than a commit may be.
    #[error("event {seq} takes {bytes} bytes; a commit takes fewer")]
    TooLarge {
        /// The event.
        seq: Seq,
        /// Its size.
        bytes: usize,
    },
    /// A log was to be begun where there is something already.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// There is no log where one was to be read; nothing was changed.
    #[error("{} holds no log", path.display())]
    NoLog {
        /// The directory.
        path: PathBuf,
    },
    /// A backup is not what was written; nothing was changed.
    #[error("the backup in {} is damaged: {detail}", path.display())]
    BadBackup {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// An event was named that the log does not reach.
    #[error("it ends at {head}, before {seq}")]
    NotReached {
        /// The event that was named.
        seq: Seq,
        /// The last event there is.
        head: Seq,
    },
    /// What was to be imported cannot be understood; nothing was changed.
    #[error("line {line} cannot be imported: {detail}")]
    BadImport {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        detail: String,
    },
    /// The log was closed, or is being opened again.
    #[error("the log is closed")]
    Closed,
}

impl StoreError {
    /// How people are told of it while the daemon stays up.
    pub fn code(&self) -> StorageCode {
        match self {
            Self::Full(_) => StorageCode::Full,
            Self::Latched { code } => *code,
            Self::Damaged { .. } | Self::Corrupt { .. } | Self::TooNew { .. } => StorageCode::Damaged,
            Self::InUse { .. }
            | Self::NotWritable { .. }
            | Self::Io(_)
            | Self::OutOfOrder { .. }
            | Self::TooLarge { .. }
            | Self::NotEmpty { .. }
            | Self::NoLog { .. }
            | Self::BadBackup { .. }
            | Self::NotReached { .. }
            | Self::BadImport { .. }
            | Self::Closed => StorageCode::Io,
        }
    }
}

impl StoreError {
    /// Whether there is no room.
    pub(crate) fn is_full(error: &io::Error) -> bool {
        matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    /// Whether the file system takes no writes at all.
    pub(crate) fn is_read_only(&self) -> bool {
        let (Self::NotWritable { source, .. } | Self::Io(source)) = self else { return false };
        source.kind() == io::ErrorKind::ReadOnlyFilesystem
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if Self::is_full(&error) { Self::Full(error) } else { Self::Io(error) }
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            // Somebody holds the file without our lock: an archive has none of ours.
            sled::Error::Io(error) if error.to_string().contains(ENGINE_LOCKED) => Self::InUse { pid: 0 },
            sled::Error::Io(error) => error.into(),
            other => Self::Io(io::Error::other(other)),
        }
    }
}
