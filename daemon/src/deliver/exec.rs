//! A program that gets the alert as JSON on standard input; exit 0 means that it was delivered.

use std::{
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use storyline_config::SinkId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStderr, Command},
    time::timeout,
};

use super::{retry::Failure, send::Message};

/// What a program sees of our own environment.
const ENVIRONMENT: [&str; 10] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
];
/// The keys of the document that stand in its environment too.
const KEYS: [&str; 7] = ["id", "alert", "kind", "storyline", "severity", "headline", "text"];
/// Bytes of its complaints that are kept, the last ones.
const STDERR_BYTES_MAX: usize = 4 << 10;
/// Characters of an error that are shown.
const ERROR_CHARS_MAX: usize = 200;
/// How long complaints may still come when the program has ended.
const STDERR_AFTER: Duration = Duration::from_millis(200);

/// What a program is run for.
pub(super) struct Job<'a> {
    /// The sink it tells for.
    pub(super) sink: &'a SinkId,
    /// The program and its arguments; no shell.
    pub(super) command: &'a [String],
    /// How long it may take.
    pub(super) limit: Duration,
    /// What it reads on standard input.
    pub(super) input: &'a str,
    /// Whether its last complaint is part of the error; not where it may repeat a secret of ours.
    pub(super) quotes: bool,
}

/// Runs the program of a sink once; when its time is up, it is ended with all it started.
pub(super) async fn run(job: &Job<'_>, message: &Message<'_>) -> Result<String, Failure> {
    let Some((program, arguments)) = job.command.split_first() else {
        return Err(Failure::passing("it has no command"));
    };
    let mut child = prepare(job.sink, program, arguments, message)
        .spawn()
        .map_err(|error| Failure::passing(format!("failed to start {program}: {error}")))?;
    let group = Group::of(&child);
    let work = async {
        let (input, complaints) = (child.stdin.take(), child.stderr.take());
        let write = async {
            if let Some(mut input) = input {
                // A program that does not read is free to: its exit tells.
                let _ = input.write_all(job.input.as_bytes()).await;
            }
        };
        let mut tail = Vec::new();
        let watch = async {
            let (status, ()) = tokio::join!(child.wait(), write);
            status
        };
        let status = last_words(complaints, &mut tail, watch).await;
        (status, tail)
    };
    let Ok((status, tail)) = timeout(job.limit, work).await else {
        drop(group);
        return Err(Failure::passing(format!("not done within {}", humantime::format_duration(job.limit))));
    };
    group.leave();
    judge(status, if job.quotes { &tail } else { &[] })?;
    Ok("exit code 0".to_owned())
}

fn prepare(sink: &SinkId, program: &str, arguments: &[String], message: &Message<'_>) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT.iter().filter_map(|it| Some((*it, std::env::var_os(it)?))))
        .env("STORYLINE_SINK", sink.as_str())
        .env("STORYLINE_ATTEMPT", message.attempt.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let document: serde_json::Value = serde_json::from_str(message.body).unwrap_or_default();
    for key in KEYS {
        if let Some(value) = document.get(key).and_then(serde_json::Value::as_str) {
            let value: String = value.chars().filter(|it| *it == '\n' || !it.is_control()).collect();
            command.env(format!("STORYLINE_{}", key.to_uppercase()), value);
        }
    }
    command
}

/// Waits for the end and gathers complaints meanwhile; someone who holds the pipe open later does not hold us.
async fn last_words(
    complaints: Option<ChildStderr>,
    tail: &mut Vec<u8>,
    end: impl Future<Output = io::Result<ExitStatus>>,
) -> io::Result<ExitStatus> {
    let read = async {
        let Some(mut complaints) = complaints else { return };
        let mut piece = [0; 1024];
        while let Ok(n @ 1..) = complaints.read(&mut piece).await {
            tail.extend(piece.iter().take(n));
            let surplus = tail.len().saturating_sub(STDERR_BYTES_MAX);
            tail.drain(..surplus);
        }
    };
    tokio::pin!(read, end);
    tokio::select! {
        status = &mut end => {
            let _ = timeout(STDERR_AFTER, read).await;
            status
        }
        () = &mut read => end.await,
    }
}

fn judge(status: io::Result<ExitStatus>, tail: &[u8]) -> Result<(), Failure> {
    let status = status.map_err(|error| Failure::passing(format!("failed to wait for its end: {error}")))?;
    if status.success() {
        return Ok(());
    }
    let ended =
        status.code().map_or_else(|| "was ended by a signal".to_owned(), |it| format!("exit code {it}"));
    let said = last_line(tail);
    Err(Failure::passing(if said.is_empty() { ended } else { format!("{ended}: {said}") }))
}

fn last_line(tail: &[u8]) -> String {
    let text = String::from_utf8_lossy(tail);
    let line = text.lines().rev().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default();
    line.chars().filter(|it| !it.is_control()).take(ERROR_CHARS_MAX).collect()
}

/// The program and all it started; ended when it is dropped, unless it was left alone.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|it| i32::try_from(it).ok()).and_then(Pid::from_raw))
    }

    /// It ended by itself; what it left running on purpose goes on.
    fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended this very moment.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
