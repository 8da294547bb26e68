//! The command line: asks the daemon, or does what needs none.
//!
//! Every command that asks has the shape of the question: it sends one
//! request, prints what `--json` prints as it came, or lays it out for people
//! by a pure function of the answer, the time and the width.

mod backtest;
mod check;
mod client;
mod demo;
mod draft;
mod exit;
mod global;
mod line;
mod look;
mod moment;
mod out;
mod run;
mod status;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
pub(crate) use exit::{Exit, Failure};
pub(crate) use global::Global;

/// Follows news storylines and tells when they move.
#[derive(Debug, Parser)]
#[command(name = "storyline", version, propagate_version = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon in the foreground
    Run(run::RunArgs),
    /// Show where things stand, now or then
    Status(status::StatusArgs),
    /// Propose storyline definitions from an article
    Draft(draft::DraftArgs),
    /// Run definitions over the recorded past, or over a file of items
    Backtest(backtest::BacktestArgs),
    /// Validate a configuration and print what it means
    Check(check::CheckArgs),
    /// Show everything at once, offline, in a minute
    Demo(demo::DemoArgs),
}

/// Runs the program and says how it ended.
pub fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    let global = &global;
    match command {
        Command::Run(args) => run::run(&args, global),
        Command::Status(args) => out::ask(global, status::run(&args, global)),
        Command::Draft(args) => draft::run(&args, global),
        Command::Backtest(args) => backtest::run(&args, global),
        Command::Check(args) => check::run(&args, global),
        Command::Demo(args) => demo::run(&args, global),
    }
}
