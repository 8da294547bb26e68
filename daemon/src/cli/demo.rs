//! `storyline demo`: everything at once, offline.

use std::process::ExitCode;

use clap::Args;

use super::{Exit, Failure, Global, out};

/// What `demo` takes.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {}

/// Runs the command.
pub(crate) fn run(_args: &DemoArgs, global: &Global) -> ExitCode {
    let message = "this build cannot do that yet";
    out::end(global, Err(Failure::new(Exit::TryAgain, message, "")))
}
