//! sled, held so that it keeps what it acknowledges.
//!
//! * `flush` alone is not durable: [`sync`](Database::sync) is an `fdatasync` of our own on its file.
//! * Batches on separate trees tear: what is to be there together is one transaction over all of them.
//! * A transaction costs a write more than its content does. What needs none is put value after value: of what was not
//!   synced a crash leaves the first few, in the order they were put, as long as that fits a segment.
//! * It panics on damage: every call is guarded, and a panic is an error.

use std::{
    any::Any,
    cell::Cell,
    fs::{self, File},
    io,
    panic::{self, AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Once,
    thread,
    time::Duration,
};

use sled::{Batch, Db, Transactional, Tree, transaction::TransactionError};
use storyline_config::limit::LOG_CACHE_BYTES;

use crate::{StoreError, durable, error::ENGINE_LOCKED, failpoint::failpoint};

/// The file in its directory that sled keeps everything in.
pub(crate) const FILE: &str = "db";

/// An open database with its three trees.
#[derive(Debug)]
pub(crate) struct Database {
    /// First seq to packed events.
    pub(crate) events: Tree,
    /// Feed records in parts.
    pub(crate) feeds: Tree,
    /// How far the log reaches.
    pub(crate) meta: Tree,
    db: Db,
    file: File,
}

/// What one transaction changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) events: Batch,
    pub(crate) feeds: Batch,
    pub(crate) meta: Batch,
}

impl Database {
    /// Opens or creates the database in a directory, and makes its creation durable.
    ///
    /// sled rewrites what it takes for a torn tail: never give it the only copy of a file that was not left clean.
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        durable::create_dir(dir)?;
        remove_stray(dir)?;
        let config = sled::Config::new().path(dir).cache_capacity(LOG_CACHE_BYTES).flush_every_ms(None);
        let (db, events, feeds, meta) = guarded(|| {
            let db = open_when_free(&config)?;
            failpoint("engine.started");
            let (events, feeds, meta) =
                (db.open_tree("events")?, db.open_tree("feeds")?, db.open_tree("meta")?);
            db.flush()?;
            Ok((db, events, feeds, meta))
        })?;
        failpoint("engine.opened");
        let file = File::options().read(true).write(true).open(dir.join(FILE))?;
        file.sync_all()?;
        File::open(dir.join("conf"))?.sync_all()?;
        durable::sync_dir(dir)?;
        Ok(Self { events, feeds, meta, db, file })
    }

    /// Applies changes to all trees, whole or not at all. They are not durable yet.
    pub(crate) fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        guarded(|| {
            (&self.events, &self.feeds, &self.meta)
                .transaction(|(events, feeds, meta)| {
                    events.apply_batch(&changes.events)?;
                    feeds.apply_batch(&changes.feeds)?;
                    meta.apply_batch(&changes.meta)?;
                    Ok(())
                })
                .map_err(|error: TransactionError<sled::Error>| match error {
                    TransactionError::Abort(error) | TransactionError::Storage(error) => error,
                })
        })
    }

    /// Puts one value of a commit after those before it. It is not durable yet.
    pub(crate) fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        guarded(|| self.events.insert(key, value).map(drop))
    }

    /// Says how far the log reaches, after all that was put.
    pub(crate) fn tell(&self, key: &[u8], head: &[u8]) -> Result<(), StoreError> {
        guarded(|| self.meta.insert(key, head).map(drop))
    }

    /// Removes every value from a key on, the last one first: what is left meanwhile has no gap.
    pub(crate) fn cut(&self, from: &[u8]) -> Result<usize, StoreError> {
        let mut cut = 0;
        while let Some((key, _)) = guarded(|| self.events.range(from..).next_back().transpose())? {
            guarded(|| self.events.remove(&key).map(drop))?;
            failpoint("remains.cut");
            cut += 1;
        }
        Ok(cut)
    }

    /// Hands everything to the operating system: it survives the process, not yet a power cut.
    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        guarded(|| self.db.flush().map(drop))
    }

    /// Brings what was flushed to stable storage.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        Ok(self.file.sync_data()?)
    }

    /// Bytes of its file.
    pub(crate) fn bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |it| it.len())
    }

    /// Closes it; what went wrong before is known already, so a failing close says nothing new.
    pub(crate) fn shut(self) {
        if let Err(panic) = caught(move || drop(self)) {
            tracing::warn!(panic, "the database failed while it was closed");
        }
    }
}

/// Runs something of sled's; a panic is an error.
pub(crate) fn guarded<T>(run: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match caught(run) {
        Ok(result) => Ok(result?),
        Err(panic) => Err(io::Error::other(format!("the engine gave up: {panic}")).into()),
    }
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs something; a panic becomes its message, and is not printed.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let engine = thread::current().name().is_some_and(|it| it.starts_with("sled"));
            if engine || GUARDED.get() {
                tracing::debug!(%info, "the engine panicked");
            } else {
                print(info);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(before);
    result.map_err(|panic| message(panic.as_ref()).to_owned())
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref().copied())
        .unwrap_or("?")
}

/// The threads of a database just closed may hold its file for a moment.
pub(crate) fn open_when_free(config: &sled::Config) -> sled::Result<Db> {
    for _ in 0..200 {
        match config.open() {
            Err(sled::Error::Io(error)) if error.to_string().contains(ENGINE_LOCKED) => {
                thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
    config.open()
}

/// sled refuses to open beside a snapshot it did not finish.
pub(crate) fn remove_stray(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
