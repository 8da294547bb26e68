//! `storyline backtest`: definitions run over the recorded past.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{Exit, Failure, Global, out};

/// What `backtest` takes.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// Items to judge instead of the recorded past, one JSON object a line
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) items: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(_args: &BacktestArgs, global: &Global) -> ExitCode {
    let message = "this build cannot do that yet";
    out::end(global, Err(Failure::new(Exit::TryAgain, message, "")))
}
