//! `storyline demo`: everything at once, offline.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};

use super::{
    Exit, Failure, Global,
    client::Client,
    look::Look,
    out,
    status::{self, StatusArgs},
};
use crate::demo::{self, DemoError};

/// What `demo` takes.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {}

const FIRST: &str = "\
A fortnight of February 2025 in 40 seconds: invented outlets report what happened, on feeds served from this
very program, and storyline polls, judges, records and alerts as it would any other day.
Each line below is an alert: what moved, what it says, who stands behind it, since when, how to ask why.
";

const LAST: &str = "
Where to go next:
  storyline draft ARTICLE      propose storylines from an article you have at hand
  storyline check              what the built-in starter watches: seven storylines, live feeds
  storyline run                watch it; then, elsewhere: storyline status, storyline watch
";

/// Runs the command.
pub(crate) fn run(_args: &DemoArgs, global: &Global) -> ExitCode {
    out::end(global, begin(global))
}

fn begin(global: &Global) -> Result<Exit, Failure> {
    let failed = |it: std::io::Error| Failure::new(Exit::Disk, format!("failed to begin the demo: {it}"), "");
    let folder = tempfile::Builder::new().prefix("storyline-demo-").tempdir().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    if global.json {
        let played = runtime.block_on(demo::play(folder.path(), std::io::sink, end_as_json));
        runtime.shutdown_background();
        played?;
        return Ok(Exit::Done);
    }
    out::print(FIRST)?;
    let played = runtime.block_on(demo::play(folder.path(), anstream::stdout, end));
    runtime.shutdown_background();
    played?;
    out::print(LAST)?;
    Ok(Exit::Done)
}

/// Prints one document at the end: where things stand, and every alert.
async fn end_as_json(socket: PathBuf, _now: Timestamp) {
    let global = Global { socket: Some(socket), ..Global::default() };
    let asked = async {
        let client = Client::find(&global).await?;
        let (status, alerts) = (client.get("/v1/status").await?, client.get("/v1/alerts?limit=1000").await?);
        out::print(&format!("{}\n", serde_json::json!({ "status": status, "alerts": alerts["alerts"] })))
    };
    if let Err(error) = asked.await {
        let _ = out::print(&format!("{}\n", error.document()));
    }
}

/// Asks the demo's own socket where things stand, as anyone would.
async fn end(socket: PathBuf, now: Timestamp) {
    let global = Global { socket: Some(socket), ..Global::default() };
    // A reader that has left needs neither the status nor a word about it.
    let _ = out::print("\nWhere things stand at the end (storyline status):\n");
    let look = Look { now, zone: TimeZone::UTC, ..Look::here() };
    if let Err(error) = status::show(&StatusArgs::default(), &global, &look).await {
        let _ = out::print(&format!("{error}\n"));
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Run(it) => it.into(),
            DemoError::Socket(it) => it.into(),
            DemoError::Io(it) => it.into(),
            DemoError::Script(_) => Self::new(Exit::BadData, error.to_string(), ""),
        }
    }
}
