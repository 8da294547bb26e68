//! `storyline run`: the daemon in the foreground.

use std::process::ExitCode;

use clap::Args;

use super::{Exit, Failure, Global, out};

/// What `run` takes.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Visit every feed once, attempt every due delivery once, and exit
    #[arg(long)]
    pub(crate) once: bool,
}

/// Runs the command.
pub(crate) fn run(_args: &RunArgs, global: &Global) -> ExitCode {
    let message = "this build cannot do that yet";
    out::end(global, Err(Failure::new(Exit::TryAgain, message, "")))
}
