//! Alerts as lines, for whoever sits before the program.

use std::io::{self, Write};

use storyline_store::{Event, Reader, Recorded, Seq};
use tokio_util::sync::CancellationToken;

use super::words::plain;
use crate::writer::Handle;

/// Events read at a time.
const CHUNK: usize = 500;

/// Prints the sentence of every alert that is raised from now on, in order.
///
/// Ends when it is cancelled, when the writer is gone or when nobody reads any more.
pub async fn follow(handle: Handle, reader: Reader, mut out: impl Write + Send, cancel: CancellationToken) {
    let mut view = handle.watch();
    // The writer ends when nobody is left to speak to it: whoever only listens lets go.
    drop(handle);
    let mut shown = view.borrow_and_update().state.seq;
    loop {
        let open = tokio::select! {
            changed = view.changed() => changed.is_ok(),
            () = cancel.cancelled() => false,
        };
        if catch_up(&reader, &mut shown, &mut out).await.is_err() || !open {
            return;
        }
    }
}

async fn catch_up(reader: &Reader, shown: &mut Seq, out: &mut (impl Write + Send)) -> io::Result<()> {
    loop {
        let (reader, after) = (reader.clone(), *shown);
        let read = tokio::task::spawn_blocking(move || reader.read_after(after, CHUNK));
        let events = match read.await.map_err(io::Error::other)? {
            Ok(events) => events,
            Err(error) => {
                // The writer meets the same trouble and tells of it; the next commit tries again.
                tracing::warn!(%error, "failed to read alerts from the log");
                return Ok(());
            }
        };
        let Some(last) = events.last() else { return Ok(()) };
        *shown = last.seq;
        show(&events, out)?;
    }
}

fn show(events: &[Recorded], out: &mut impl Write) -> io::Result<()> {
    for it in events {
        if let Event::AlertRaised { text, .. } = &it.event {
            writeln!(out, "{}", plain(text))?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use storyline_config::Severity;
    use storyline_store::{AlertId, AlertKind};

    use super::*;

    #[test]
    fn alerts_are_shown_as_their_sentences_and_nothing_else_is() {
        let event =
            |seq, event| Recorded { seq: Seq(seq), at: "2025-02-12T10:40:00Z".parse().unwrap(), event };
        let raised = |alert, text: &str| Event::AlertRaised {
            alert: AlertId(alert),
            kind: AlertKind::New,
            storyline: None,
            development: None,
            changes: Vec::new(),
            headline: String::new(),
            severity: Severity::Notice,
            text: text.to_owned(),
        };
        let events = [
            event(1, raised(9, "munich · new · One")),
            event(2, Event::StorageRestored {}),
            event(3, raised(9, "munich · confirmed · One")),
        ];
        let mut out = Vec::new();
        show(&events, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "munich · new · One\nmunich · confirmed · One\n");
    }
}
