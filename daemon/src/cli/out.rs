//! Prints answers: colours on a terminal only, and a reader that leaves ends us quietly.

use std::{io::Write, process::ExitCode};

use serde_json::Value;

use super::{Exit, Failure, Global};

/// Runs a command that waits for the daemon, and says how it ended.
pub(super) fn ask(global: &Global, command: impl Future<Output = Result<Exit, Failure>>) -> ExitCode {
    end(global, wait(command))
}

/// Waits for something, on this thread.
pub(super) fn wait(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let failed = |error| Failure::new(Exit::TryAgain, format!("failed to start: {error}"), "");
    runtime.map_err(failed)?.block_on(command)
}

/// Tells of a failure where there was one, and gives the exit code.
pub(super) fn end(global: &Global, done: Result<Exit, Failure>) -> ExitCode {
    let failure = match done {
        Ok(exit) => return exit.into(),
        Err(failure) => failure,
    };
    if !failure.message.is_empty() {
        if global.json {
            // Nobody is left to tell if this fails too.
            let _ = print(&format!("{}\n", failure.document()));
        }
        let said = super::look::plain(&failure.to_string());
        let _ = writeln!(anstream::stderr(), "storyline: {said}");
    }
    failure.exit.into()
}

/// Prints a text as it is, and lets it out at once.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Prints bytes that are no text for a terminal.
pub(super) fn raw(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

/// Prints a text of a form of its own: as it is, with `--json` as the one field of a document.
pub(super) fn show_text(global: &Global, name: &str, text: &[u8]) -> Result<(), Failure> {
    if global.json {
        print(&format!("{}\n", serde_json::json!({ name: String::from_utf8_lossy(text) })))
    } else {
        raw(text)
    }
}

/// Prints a document: as it came with `--json`, else the way people read it.
pub(super) fn show(
    global: &Global,
    document: Value,
    people: impl FnOnce(&Value) -> String,
) -> Result<(), Failure> {
    if global.json {
        print(&format!("{document}\n"))
    } else {
        print(&people(&super::look::cleaned(document)))
    }
}
