//! Measures now and then what the data directory takes on disk.

use std::{path::PathBuf, time::Duration};

use storyline_store::{DiskUse, disk_use};
use tokio::sync::watch;

/// How often it is measured; the disk knows no clock but the wall's.
const EVERY: Duration = Duration::from_secs(5);

/// Where what was measured last can be read.
pub(super) type Measured = watch::Receiver<DiskUse>;

/// Begins to measure; goes on as long as somebody can read it.
pub(super) fn start(data_dir: PathBuf) -> Measured {
    let (sender, measured) = watch::channel(measure(&data_dir));
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = sender.closed() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            let dir = data_dir.clone();
            let Ok(used) = tokio::task::spawn_blocking(move || measure(&dir)).await else { return };
            sender.send_replace(used);
        }
    });
    measured
}

fn measure(data_dir: &std::path::Path) -> DiskUse {
    disk_use(data_dir).unwrap_or_else(|error| {
        tracing::warn!(%error, "what the data directory takes cannot be measured");
        DiskUse::default()
    })
}
