//! Reading the configuration again while everything runs.

use std::{fmt, sync::Arc};

use storyline_config::{Findings, Loaded};
use storyline_store::Seq;

use super::schedules;
use crate::{poll, writer};

/// Reads the configuration from where it was read at the start.
pub type Loader = Arc<dyn Fn() -> Result<Loaded, Findings> + Send + Sync>;

/// Takes up a configuration that was written anew. Clones do the same.
#[derive(Clone)]
pub struct Reload {
    load: Loader,
    writer: writer::Handle,
    poller: poll::Handle,
}

/// Why the old configuration stays in force.
#[derive(Debug, thiserror::Error)]
pub enum NotReloaded {
    /// The new one is wrong.
    #[error("the configuration is wrong; the old one stays in force\n{}", .0.render(false))]
    Wrong(Findings),
    /// It could not be recorded.
    #[error(transparent)]
    Refused(#[from] writer::Refused),
}

impl Reload {
    /// Joins what has to hear of it.
    pub fn new(load: Loader, writer: writer::Handle, poller: poll::Handle) -> Self {
        Self { load, writer, poller }
    }

    /// Reads the configuration and puts it in force from here on; answers with its event and what is to be said of it.
    ///
    /// # Errors
    ///
    /// [`NotReloaded`]: nothing has changed.
    pub async fn reload(&self) -> Result<(Seq, Findings), NotReloaded> {
        let load = self.load.clone();
        let loaded = tokio::task::spawn_blocking(move || load()).await;
        let loaded = loaded.map_err(|_| writer::Refused::Stopping)?.map_err(NotReloaded::Wrong)?;
        let config = Arc::new(loaded.config);
        let seq = self.writer.configure(config.clone()).await?;
        self.poller.reload(config, schedules(&self.writer.view())).await;
        Ok((seq, loaded.findings))
    }
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reload").finish_non_exhaustive()
    }
}
