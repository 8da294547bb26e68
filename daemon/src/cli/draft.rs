//! `storyline draft`: storyline definitions proposed from an article.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{Exit, Failure, Global, out};

/// What `draft` takes.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// The article, as text; - for standard input
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: PathBuf,
}

/// Runs the command.
pub(crate) fn run(_args: &DraftArgs, global: &Global) -> ExitCode {
    let message = "this build cannot do that yet";
    out::end(global, Err(Failure::new(Exit::TryAgain, message, "")))
}
