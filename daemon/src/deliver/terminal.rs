//! Alerts as lines, for whoever sits before the program.

use std::io::{self, Write};

use storyline_store::{Alert, AlertState, Seq, State};
use tokio_util::sync::CancellationToken;

use crate::writer::Handle;

/// Prints the sentence of each alert once, in order.
#[derive(Debug)]
pub struct Terminal<W> {
    out: W,
    shown: Seq,
}

impl<W: Write> Terminal<W> {
    /// Prints what comes after `shown`.
    pub fn after(shown: Seq, out: W) -> Self {
        Self { out, shown }
    }

    /// Prints what is new in `state`.
    ///
    /// # Errors
    ///
    /// What `out` says; what was not printed is tried again at the next call.
    pub fn show(&mut self, state: &State) -> io::Result<()> {
        let new = |it: &&Alert| it.seq > self.shown && it.state != AlertState::Suppressed;
        let mut alerts: Vec<&Alert> = state.alerts.values().map(AsRef::as_ref).filter(new).collect();
        alerts.sort_by_key(|it| it.seq);
        for it in alerts {
            writeln!(self.out, "{}", it.text)?;
            self.shown = it.seq;
        }
        self.out.flush()
    }
}

/// Prints alerts from now on until it is cancelled, the writer is gone or nobody reads any more.
pub async fn follow(handle: Handle, out: impl Write + Send, cancel: CancellationToken) {
    let mut view = handle.watch();
    let mut terminal = Terminal::after(view.borrow_and_update().state.seq, out);
    loop {
        let open = tokio::select! {
            changed = view.changed() => changed.is_ok(),
            () = cancel.cancelled() => false,
        };
        let state = view.borrow_and_update().state.clone();
        if terminal.show(&state).is_err() || !open {
            return;
        }
    }
}
