//! `storyline store`: the log's own tools.
//!
//! With a daemon running, `verify`, `export` and `backup` go through it; what
//! would take the log from under it says who it is instead.

mod offline;
mod online;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde_json::Value;
use storyline_store::{Seq, StoreError};

use super::{
    Exit, Failure, Global,
    look::{count, list, number, text},
    out,
};

const NAME_EMPTY: &str = "name an empty directory, or one that is not there yet";

/// The log's own tools.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Check that the log is what was written, without changing a byte
    Verify,
    /// Fold the state from the log again, and print its hash
    Rebuild,
    /// Bring back what can be found of a damaged log; the original is kept aside
    Repair,
    /// Write a data directory with every event up to now
    Backup {
        /// An empty directory, or one that is not there yet
        dir: PathBuf,
    },
    /// Make a backup current; the log there was is kept aside
    Restore {
        /// The backup
        dir: PathBuf,
        /// Only up to an event
        #[arg(long, value_name = "#SEQ")]
        to: Option<Seq>,
    },
    /// Write the log to standard output, a JSON object a line
    Export,
    /// Begin a log with what `export` wrote, from standard input
    Import,
}

/// Runs the command.
pub(super) fn run(args: &StoreArgs, global: &Global) -> ExitCode {
    out::end(global, perform(&args.command, global))
}

fn perform(command: &StoreCommand, global: &Global) -> Result<Exit, Failure> {
    let dir = global.data_dir()?;
    let or_online = |done: Result<Exit, StoreError>| match done {
        Err(StoreError::InUse { .. }) => online::perform(command, global),
        done => done.map_err(|it| failure(&it)),
    };
    match command {
        StoreCommand::Verify => match storyline_store::verify(&dir) {
            Err(StoreError::InUse { .. }) => online::perform(command, global),
            verified => show_verified(global, serde_json::json!(verified.map_err(|it| failure(&it))?)),
        },
        StoreCommand::Export => or_online(offline::export(&dir)),
        StoreCommand::Backup { dir: to } => match offline::backup(&dir, to) {
            Err(StoreError::InUse { .. }) => online::perform(command, global),
            head => {
                show_backup(global, serde_json::json!({ "head": head.map_err(|it| failure(&it))?, "to": to }))
            }
        },
        StoreCommand::Rebuild => offline::rebuild(&dir, global),
        StoreCommand::Repair => offline::repair(&dir, global),
        StoreCommand::Restore { dir: from, to } => offline::restore(from, &dir, *to, global),
        StoreCommand::Import => offline::import(&dir, global),
    }
}

fn show_verified(global: &Global, verified: Value) -> Result<Exit, Failure> {
    let ok = verified.get("ok").and_then(Value::as_bool).unwrap_or_default();
    out::show(global, verified, render_verified)?;
    Ok(if ok { Exit::Done } else { Exit::BadData })
}

fn render_verified(verified: &Value) -> String {
    let damaged = list(verified, "damaged");
    if damaged.is_empty() {
        return format!("the log is whole: {}\n", count(number(verified, "head"), "event"));
    }
    let line = |it: &Value| {
        let lost = match (it.get("from").and_then(Value::as_u64), it.get("to").and_then(Value::as_u64)) {
            (Some(from), Some(to)) => format!(" (#{from} to #{to})"),
            _ => String::new(),
        };
        format!("{}{lost}: {}\n", text(it, "file"), text(it, "what"))
    };
    let lines: String = damaged.iter().map(line).collect();
    format!("the log is damaged; run `storyline store repair`\n{lines}")
}

fn show_backup(global: &Global, done: Value) -> Result<Exit, Failure> {
    out::show(global, done, |it| format!("{} in {}\n", count(number(it, "head"), "event"), text(it, "to")))?;
    Ok(Exit::Done)
}

/// What a trouble of the log means for the caller.
fn failure(error: &StoreError) -> Failure {
    let (exit, hint) = match error {
        StoreError::InUse { .. } => (Exit::TryAgain, "stop that daemon first".to_owned()),
        StoreError::NotEmpty { .. } => (Exit::No, NAME_EMPTY.to_owned()),
        StoreError::NoLog { .. } => {
            (Exit::BadData, "name a directory that `storyline store backup` wrote".to_owned())
        }
        StoreError::BadBackup { .. } => {
            let hint = "restore another, or run `storyline store repair` with it as the data_dir in [daemon]";
            (Exit::BadData, hint.to_owned())
        }
        StoreError::NotReached { head, .. } => (Exit::No, format!("name an event up to {head}")),
        StoreError::Damaged { .. } | StoreError::Corrupt { .. } => {
            (Exit::BadData, "run `storyline store repair`".to_owned())
        }
        StoreError::TooNew { .. } => {
            (Exit::BadData, "use the version that wrote it, or a later one".to_owned())
        }
        StoreError::BadImport { .. } => {
            (Exit::BadData, "give what `storyline store export` wrote".to_owned())
        }
        StoreError::Full(_) => (Exit::Disk, "make room, and run it again".to_owned()),
        StoreError::NotWritable { .. } => (
            Exit::Disk,
            "run it as the user the directory belongs to, on a disk that takes writes".to_owned(),
        ),
        _ => (Exit::Disk, String::new()),
    };
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        message = format!("{message}: {it}");
        cause = it.source();
    }
    Failure::new(exit, message, hint)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_trouble_names_how_it_ends_and_what_to_do() {
        let path = || PathBuf::from("/b");
        let check = |error: StoreError, exit: Exit, hint: &str| {
            let failure = failure(&error);
            assert!(failure.exit == exit && failure.hint.contains(hint), "{failure:?}");
        };
        check(StoreError::InUse { pid: 7 }, Exit::TryAgain, "stop that daemon");
        check(StoreError::NotEmpty { path: path() }, Exit::No, "empty directory");
        check(StoreError::NoLog { path: path() }, Exit::BadData, "store backup");
        check(StoreError::BadBackup { path: path(), detail: "x".to_owned() }, Exit::BadData, "another");
        check(StoreError::NotReached { seq: Seq(9), head: Seq(7) }, Exit::No, "up to #7");
        check(StoreError::Damaged { detail: "x".to_owned(), copy: path() }, Exit::BadData, "store repair");
        check(StoreError::Full(std::io::ErrorKind::StorageFull.into()), Exit::Disk, "make room");
    }

    #[test]
    fn verify_says_what_is_damaged_and_what_is_lost_with_it() {
        let damaged = json!([{"file": "log/db", "from": 3, "to": 5, "what": "a checksum is wrong"},
                             {"file": "HEAD", "from": null, "to": null, "what": "it cannot be read"}]);
        let found = render_verified(&json!({"ok": false, "head": 9, "damaged": damaged}))
            + &render_verified(&json!({"ok": true, "head": 1, "damaged": []}));
        let want = expect![[r#"
            the log is damaged; run `storyline store repair`
            log/db (#3 to #5): a checksum is wrong
            HEAD: it cannot be read
            the log is whole: 1 event
        "#]];
        want.assert_eq(&found);
    }
}
