//! The command line: asks the daemon, or does what needs none.
//!
//! Every command that asks has the shape of the question: it sends one
//! request, prints what `--json` prints as it came, or lays it out for people
//! by a pure function of the answer, the time and the width.

mod alerts;
mod backtest;
mod check;
mod client;
mod demo;
mod draft;
mod exit;
mod explain;
mod feeds;
mod follow;
mod global;
mod ingest;
mod line;
mod look;
mod moment;
mod out;
mod progress;
mod run;
mod shell;
mod sse;
mod status;
mod store;
mod timeline;
mod wait;
mod wishes;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
pub(crate) use exit::{Exit, Failure};
pub(crate) use global::Global;

/// Follows news storylines and tells when they move.
#[derive(Debug, Parser)]
#[command(name = "storyline", version, propagate_version = true)]
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
    /// Show a storyline's developments with origins, phases and facts
    Timeline(timeline::TimelineArgs),
    /// Watch live what changes, as it changes
    Watch(follow::WatchArgs),
    /// Show the events themselves
    Log(follow::LogArgs),
    /// Explain why something was, or was not, matched, new, alerted
    Explain(explain::ExplainArgs),
    /// Block until a storyline is in a phase
    Wait(wait::WaitArgs),
    /// Show alerts: raised, delivered, failing; acknowledge them, send dead ones again
    Alerts(alerts::AlertsArgs),
    /// Silence a storyline for a while
    Snooze(wishes::SnoozeArgs),
    /// Leave an outlet out
    Mute(wishes::MuteArgs),
    /// Say that a development does not belong
    Drop(wishes::DropArgs),
    /// Show how the feeds do; try one, find those of a site, import and export them
    Feeds(feeds::FeedsArgs),
    /// Visit feeds now, within manners
    Poll(wishes::PollArgs),
    /// Read the configuration again
    Reload,
    /// Give items to the running daemon, a JSON object a line on standard input
    Ingest(ingest::IngestArgs),
    /// Propose storyline definitions from an article
    Draft(draft::DraftArgs),
    /// Run definitions over the recorded past, or over a file of items
    Backtest(backtest::BacktestArgs),
    /// Validate a configuration and print what it means
    Check(check::CheckArgs),
    /// The log's own tools: verify, rebuild, repair, back up, restore, export, import
    Store(store::StoreArgs),
    /// Show everything at once, offline, in a minute
    Demo(demo::DemoArgs),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page
    Man(shell::ManArgs),
}

/// Runs the program and says how it ended.
pub fn main() -> ExitCode {
    let Cli { global, command } = match Cli::try_parse() {
        Ok(it) => it,
        Err(error) => return misunderstood(&error),
    };
    let it = &global;
    match command {
        Command::Run(args) => run::run(&args, it),
        Command::Status(args) => out::ask(it, status::run(&args, it)),
        Command::Timeline(args) => out::ask(it, timeline::run(&args, it)),
        Command::Watch(args) => out::ask(it, follow::watch(&args, it)),
        Command::Log(args) => out::ask(it, follow::log(&args, it)),
        Command::Explain(args) => out::ask(it, explain::run(&args, it)),
        Command::Wait(args) => out::ask(it, wait::run(&args, it)),
        Command::Alerts(args) => out::ask(it, alerts::run(&args, it)),
        Command::Snooze(args) => out::ask(it, wishes::snooze(&args, it)),
        Command::Mute(args) => out::ask(it, wishes::mute(&args, it)),
        Command::Drop(args) => out::ask(it, wishes::drop(&args, it)),
        Command::Feeds(args) => out::ask(it, feeds::run(&args, it)),
        Command::Poll(args) => out::ask(it, wishes::poll(&args, it)),
        Command::Reload => out::ask(it, wishes::reload(it)),
        Command::Ingest(args) => out::ask(it, ingest::run(&args, it)),
        Command::Draft(args) => draft::run(&args, it),
        Command::Backtest(args) => backtest::run(&args, it),
        Command::Check(args) => check::run(&args, it),
        Command::Store(args) => store::run(&args, it),
        Command::Demo(args) => demo::run(&args, it),
        Command::Completions(args) => out::end(it, shell::completions(&args, it)),
        Command::Man(args) => out::end(it, shell::man(&args, it)),
    }
}

/// Tells what was asked wrongly, and for a program so that it can read it; what was only asked about the program
/// itself is answered.
fn misunderstood(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|it| it == "--json") {
        let said = error.to_string();
        let detail = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let failure = Failure::new(Exit::Usage, detail, "storyline --help says how to ask");
        // Nobody is left to tell if this fails.
        let _ = out::print(&format!("{}\n", failure.document()));
    }
    let _ = error.print();
    if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() }
}
