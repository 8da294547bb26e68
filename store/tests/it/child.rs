//! A test that runs itself again as another process.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

/// Says what a child is to do; absent in the test itself.
const WISH: &str = "STORYLINE_TEST_WISH";
/// What a child says of what was acknowledged.
const ACKNOWLEDGED: &str = "acknowledged ";

/// What this process is to do as a child: a word, and where.
pub(crate) fn wish() -> Option<(String, std::path::PathBuf)> {
    let wish = std::env::var(WISH).ok()?;
    let (word, dir) = wish.split_once(' ').unwrap();
    Some((word.to_owned(), dir.into()))
}

/// Tells the parent how far the log is acknowledged.
pub(crate) fn acknowledge(seq: u64) {
    use std::io::Write;
    let mut out = std::io::stdout();
    writeln!(out, "\n{ACKNOWLEDGED}{seq}").unwrap();
    out.flush().unwrap();
}

/// A command that runs this test again with a wish.
pub(crate) fn command(test: &str, word: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WISH, format!("{word} {}", dir.display()))
        .stdin(Stdio::null());
    command
}

/// The last event a child acknowledged.
pub(crate) fn acknowledged(output: &Output) -> u64 {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|it| it.strip_prefix(ACKNOWLEDGED)?.parse().ok()).next_back().unwrap_or(0)
}
