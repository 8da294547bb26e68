//! How a command ends.

use std::{fmt, io, process::ExitCode};

use serde_json::{Value, json};
use storyline_config::Findings;

/// The exit codes scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was done.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// It was asked wrongly.
    Usage = 2,
    /// What was given cannot be understood.
    BadData = 65,
    /// The daemon is not running.
    NotRunning = 69,
    /// The disk failed.
    Disk = 74,
    /// It may work later.
    TryAgain = 75,
    /// Whoever asks may not.
    NotPermitted = 77,
    /// The configuration is wrong.
    Configuration = 78,
}

impl Exit {
    /// What it is called by people and by programs.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("Done", "done"),
            Self::No => ("No", "no"),
            Self::Usage => ("Asked wrongly", "usage"),
            Self::BadData => ("Bad data", "bad_data"),
            Self::NotRunning => ("Not running", "not_running"),
            Self::Disk => ("Disk failure", "disk"),
            Self::TryAgain => ("Try again", "try_again"),
            Self::NotPermitted => ("Not permitted", "not_permitted"),
            Self::Configuration => ("Bad configuration", "configuration"),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    /// How it ends.
    pub(crate) exit: Exit,
    /// What went wrong; nothing is printed where it is empty.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: String,
    /// The problem document the daemon answered with.
    pub(crate) problem: Option<Value>,
    /// What is wrong where, for a configuration that cannot be used.
    pub(crate) findings: Option<Value>,
}

impl Failure {
    /// A failure with what to do about it.
    pub(crate) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: hint.into(), problem: None, findings: None }
    }

    /// An end that needs no words, such as a reader that has seen enough.
    pub(crate) fn quiet(exit: Exit) -> Self {
        Self::new(exit, "", "")
    }

    /// A configuration that cannot be used, with what is wrong where.
    pub(crate) fn of_findings(message: impl Into<String>, hint: &str, findings: &Findings) -> Self {
        Self { findings: Some(json!(findings)), ..Self::new(Exit::Configuration, message, hint) }
    }

    /// What `--json` prints of it: the daemon's own problem document, else one of the same shape.
    pub(crate) fn document(&self) -> Value {
        if let Some(problem) = &self.problem {
            return problem.clone();
        }
        let (title, code) = self.exit.words();
        let mut document = json!({
            "type": "about:blank", "title": title, "detail": self.message, "code": code, "hint": self.hint,
        });
        if let (Some(findings), Some(fields)) = (&self.findings, document.as_object_mut()) {
            fields.insert("findings".to_owned(), findings.clone());
        }
        document
    }

    /// What a problem document means for the caller.
    pub(crate) fn of_problem(status: u16, problem: Value) -> Self {
        let exit = match status {
            400 | 405 => Exit::Usage,
            401 | 403 => Exit::NotPermitted,
            404 | 409 => Exit::No,
            408 | 429 | 503 => Exit::TryAgain,
            422 => Exit::Configuration,
            500 => Exit::Disk,
            _ => Exit::BadData,
        };
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = match text("detail") {
            it if it.is_empty() => format!("the daemon answered {status}"),
            it => it,
        };
        Self { exit, message, hint: text("hint"), problem: Some(problem), findings: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\n  {}", self.hint)?;
        }
        Ok(())
    }
}

impl From<io::Error> for Failure {
    /// What standard output refused: a reader that left ends us without a word.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::quiet(Exit::Done);
        }
        Self::new(Exit::Disk, format!("failed to write the answer: {error}"), "")
    }
}
