//! `storyline check`: a configuration validated.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{Exit, Failure, Global, out};

/// What `check` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The configuration to check instead of the one that is looked up
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(_args: &CheckArgs, global: &Global) -> ExitCode {
    let message = "this build cannot do that yet";
    out::end(global, Err(Failure::new(Exit::TryAgain, message, "")))
}
