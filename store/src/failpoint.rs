//! Named places where a test may end the process, to see what a machine that stops there leaves behind.
//!
//! Only builds with debug assertions have them: `STORYLINE_ABORT_AT=name` ends the process at the first pass
//! of that place, `name:3` at the third. `STORYLINE_FAILPOINTS_TO=path` writes down every place that is passed, so that a
//! test can end the process at each of them. A release build has none of it.

/// Ends the process here if a test asked for it. `name` is `room.step`, unique in the house.
#[cfg(debug_assertions)]
pub fn failpoint(name: &str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    };
    static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    note(name);
    let asked = ASKED.get_or_init(|| {
        let asked = std::env::var("STORYLINE_ABORT_AT").ok()?;
        match asked.split_once(':') {
            Some((place, pass)) => Some((place.to_owned(), pass.parse().ok()?)),
            None => Some((asked, 1)),
        }
    });
    if let Some((place, pass)) = asked
        && place == name
        && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *pass
    {
        std::process::abort();
    }
}

/// Writes down that a place was passed, where a test asked for it.
#[cfg(debug_assertions)]
fn note(name: &str) {
    use std::{fs::OpenOptions, io::Write, path::PathBuf, sync::OnceLock};
    static TO: OnceLock<Option<PathBuf>> = OnceLock::new();
    if let Some(to) = TO.get_or_init(|| std::env::var_os("STORYLINE_FAILPOINTS_TO").map(PathBuf::from))
        && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(to)
    {
        // A place that could not be noted is one the test misses, and says so.
        let _ = writeln!(file, "{name}");
    }
}

/// Nothing, in a build that people run.
#[cfg(not(debug_assertions))]
#[inline]
pub fn failpoint(_name: &str) {}
