//! `storyline check`: a configuration validated.

mod against;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde_json::json;
use storyline_config::{Config, Findings, limit::ITEMS_SAID_MIN};

use super::{Exit, Failure, Global, backtest, out};

/// What `check` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The configuration to check instead of the one that is looked up
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Also say what its definitions find in what was read: aliases that are in more than 5 % of it, and definitions
    /// and facets that are in nothing
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) against: Option<Against>,
}

/// What definitions are tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Against {
    /// Everything that was read and is still kept
    Archive,
}

/// Runs the command.
pub(crate) fn run(args: &CheckArgs, global: &Global) -> ExitCode {
    let loaded = match &args.file {
        Some(file) => Config::load(file),
        None => global.load(),
    };
    let weighed = match (args.against, loaded) {
        (Some(Against::Archive), Ok(loaded)) => weigh(loaded, global).map(Ok),
        (_, loaded) => Ok(loaded),
    };
    out::end(global, weighed.and_then(|it| if global.json { print_json(it) } else { print_words(it) }))
}

/// Adds what the archive says of its definitions.
fn weigh(loaded: storyline_config::Loaded, global: &Global) -> Result<storyline_config::Loaded, Failure> {
    let items = backtest::archived(&backtest::place(&loaded.config, global, "")?, "")?;
    if items.is_empty() {
        return Err(Failure::new(Exit::No, "nothing was read yet", "let the daemon read for a while"));
    }
    if items.len() < ITEMS_SAID_MIN && !global.json {
        let read = super::look::count(items.len() as u64, "item");
        note(&format!(
            "only {read} were read: what they say of the definitions is told from {ITEMS_SAID_MIN} on"
        ));
    }
    Ok(against::weigh(loaded, &items))
}

type Checked = Result<storyline_config::Loaded, Findings>;

fn print_json(loaded: Checked) -> Result<Exit, Failure> {
    let (exit, document) = match loaded {
        Ok(it) => {
            let description = it.config.describe();
            (Exit::Done, json!({"ok": true, "findings": it.findings, "configuration": description}))
        }
        Err(findings) => (Exit::Configuration, json!({"ok": false, "findings": findings})),
    };
    out::print(&format!("{document}\n"))?;
    Ok(exit)
}

fn print_words(loaded: Checked) -> Result<Exit, Failure> {
    match loaded {
        Ok(it) => {
            tell(&it.findings);
            out::print(&it.config.describe().to_string())?;
            Ok(Exit::Done)
        }
        Err(findings) => Err(wrong(&findings)),
    }
}

/// Prints findings that forbid nothing.
pub(super) fn tell(findings: &Findings) {
    if !findings.is_empty() {
        note(&findings.render(std::io::stderr().is_terminal()));
    }
}

fn note(said: &str) {
    // Nobody is left to tell if this fails.
    let _ = writeln!(anstream::stderr(), "{said}");
}

/// A configuration that cannot be used, as the end of a command.
pub(super) fn wrong(findings: &Findings) -> Failure {
    tell(findings);
    let found = super::look::count(findings.iter().count() as u64, "finding");
    Failure::of_findings(format!("the configuration cannot be used: {found}"), "", findings)
}
