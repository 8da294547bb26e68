//! Reads Server-Sent Events: only what our own stream uses.

use serde_json::Value;

/// Bytes of one event at the most; a stream that sends more is not ours.
const EVENT_BYTES_MAX: usize = 4 << 20;

/// Puts a stream's pieces together into events.
#[derive(Debug, Default)]
pub(super) struct Sse {
    buffer: Vec<u8>,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Heard {
    /// Something was recorded.
    Event(Value),
    /// The daemon could not go on, and says why.
    Problem(Value),
}

impl Sse {
    /// Takes in what arrived; gives the events that are whole, or none if this cannot be our stream.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<Vec<Heard>> {
        self.buffer.extend_from_slice(bytes);
        let mut heard = Vec::new();
        while let Some(end) = self.buffer.windows(2).position(|it| it == b"\n\n") {
            let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
            heard.extend(block_of(&String::from_utf8_lossy(&block)));
        }
        (self.buffer.len() <= EVENT_BYTES_MAX).then_some(heard)
    }
}

/// The event of a block; none for comments.
fn block_of(block: &str) -> Option<Heard> {
    let field = |name: &str| block.lines().find_map(|it| it.strip_prefix(name)).map(str::trim_start);
    let data = serde_json::from_str(field("data:")?).ok()?;
    Some(if field("event:") == Some("problem") { Heard::Problem(data) } else { Heard::Event(data) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_are_put_together_wherever_the_pieces_end() {
        let mut sse = Sse::default();
        assert_eq!(sse.push(b"retry: 1000\n\n: keep-alive\n\nid: 1\nda"), Some(vec![]));
        assert_eq!(sse.push(b"ta: {\"seq\":1}\n"), Some(vec![]));
        let second = sse.push(b"\nid: 2\ndata: {\"seq\":2}\n\nevent: problem\ndata: {}\n\n");
        let event = |seq: u64| Heard::Event(json!({"seq": seq}));
        assert_eq!(second, Some(vec![event(1), event(2), Heard::Problem(json!({}))]));
    }

    #[test]
    fn a_stream_that_is_not_ours_is_given_up() {
        assert_eq!(Sse::default().push(&vec![b'x'; EVENT_BYTES_MAX + 1]), None);
    }
}
