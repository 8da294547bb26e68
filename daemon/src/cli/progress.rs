//! How far a long run is: one line on a terminal's standard error, nothing anywhere else.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

/// How often the line is drawn again.
const EVERY: Duration = Duration::from_millis(100);
/// Characters of the bar.
const BAR: usize = 24;
/// A run that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// How far a run is.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    begun: Instant,
    /// When the line was drawn; none where nobody would see it.
    drawn: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// A run over so many items.
    pub(crate) fn over(what: &'static str, total: usize) -> Self {
        let now = Instant::now();
        let drawn = std::io::stderr().is_terminal().then_some(now);
        Self { what, total, done: 0, begun: now, drawn, shown: false }
    }

    /// One item more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        let Some(drawn) = self.drawn else { return };
        let now = Instant::now();
        if now.duration_since(self.begun) < PATIENCE || now.duration_since(drawn) < EVERY {
            return;
        }
        (self.drawn, self.shown) = (Some(now), true);
        draw(&format!("\r\x1b[K{}", line(self.what, self.done, self.total, now.duration_since(self.begun))));
    }

    /// Takes the line away, so that something can be printed, or because the run is over.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            draw("\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn draw(text: &str) {
    let mut out = std::io::stderr().lock();
    // Nobody is left to see it if this fails.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn line(what: &str, done: usize, total: usize, took: Duration) -> String {
    let total = total.max(done).max(1);
    let full = done * BAR / total;
    let left = took.mul_f64((total - done) as f64 / done.max(1) as f64).as_secs();
    format!(
        "{what} [{}{}] {done} of {total} items, {} s left",
        "#".repeat(full),
        "-".repeat(BAR - full),
        left
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_much_is_done_and_how_long_the_rest_takes() {
        let line = line("judging", 250, 1_000, Duration::from_secs(2));
        assert_eq!(line, "judging [######------------------] 250 of 1000 items, 6 s left");
    }

    #[test]
    fn nothing_is_drawn_where_no_terminal_is() {
        let mut it = Progress::over("judging", 3);
        it.drawn = None;
        (0..3).for_each(|_| it.step());
        assert!(!it.shown);
    }
}
