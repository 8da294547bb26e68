//! Takes up a changed configuration, all of it or nothing.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use storyline_config::Findings;
use storyline_store::Seq;

use super::{doors::Doors, problem::Problem};
use crate::writer::Refused;

/// A configuration that is in force.
#[derive(Debug, Clone, Serialize)]
pub struct Reloaded {
    /// The event that says so.
    pub seq: Seq,
    /// How many feeds it has.
    pub feeds: usize,
    /// How many storylines it follows.
    pub storylines: usize,
    /// How many sinks it tells.
    pub sinks: usize,
    /// What to know about it: warnings only.
    pub findings: Findings,
}

/// Why the old configuration stays in force.
#[derive(Debug, thiserror::Error)]
pub enum NotReloaded {
    /// The new one is wrong.
    #[error("the configuration was refused; the old one stays in force\n{0}")]
    Wrong(Findings),
    /// The writer did not take it up.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Reading it did not come to its end.
    #[error("reading the configuration broke off: {0}")]
    Broke(String),
}

/// Reads the configuration again, puts it in force, and hands it on; also what SIGHUP does.
///
/// # Errors
///
/// [`NotReloaded`]: the old one stays in force.
pub async fn reload(doors: &Doors) -> Result<Reloaded, NotReloaded> {
    let load = Arc::clone(&doors.load);
    let loaded = tokio::task::spawn_blocking(move || load()).await;
    let loaded = loaded.map_err(|it| NotReloaded::Broke(it.to_string()))?.map_err(NotReloaded::Wrong)?;
    let config = Arc::new(loaded.config);
    let seq = doors.handle.configure(Arc::clone(&config)).await?;
    let (feeds, storylines, sinks) = (config.feeds.len(), config.storylines.len(), config.sinks.len());
    (doors.take_up)(config).await;
    Ok(Reloaded { seq, feeds, storylines, sinks, findings: loaded.findings })
}

impl From<NotReloaded> for Problem {
    fn from(error: NotReloaded) -> Self {
        match error {
            NotReloaded::Wrong(findings) => Self::refused_configuration(json!(findings)),
            NotReloaded::Refused(refused) => refused.into(),
            NotReloaded::Broke(why) => Self::broken(why),
        }
    }
}
