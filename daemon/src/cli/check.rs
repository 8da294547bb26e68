//! `storyline check`: a configuration validated.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;
use storyline_config::{Config, Findings};

use super::{Exit, Failure, Global, out};

/// What `check` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The configuration to check instead of the one that is looked up
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &CheckArgs, global: &Global) -> ExitCode {
    let loaded = match &args.file {
        Some(file) => Config::load(file),
        None => global.load(),
    };
    out::end(global, if global.json { print_json(loaded) } else { print_words(loaded) })
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
        use std::io::Write;
        // Nobody is left to tell if this fails.
        let _ = writeln!(anstream::stderr(), "{}", findings.render(std::io::stderr().is_terminal()));
    }
}

/// A configuration that cannot be used, as the end of a command.
pub(super) fn wrong(findings: &Findings) -> Failure {
    tell(findings);
    let found = super::look::count(findings.iter().count() as u64, "finding");
    Failure::new(Exit::Configuration, format!("the configuration cannot be used: {found}"), "")
}
