//! Cuts what arrives into lines, each within a limit.

use std::collections::VecDeque;

use storyline_config::limit::REQUEST_BYTES_MAX;

/// Lines handed on in one go.
const BATCH_MAX: usize = 256;

/// A line, or that it was too long to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Its bytes, without the end.
    Whole(Vec<u8>),
    /// It was longer than a request may be, and was left out.
    TooLong,
}

/// Cuts what arrives into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    ready: VecDeque<Line>,
    part: Vec<u8>,
    skipping: bool,
}

impl Lines {
    /// Takes in what arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut pieces = bytes.split(|it| *it == b'\n');
        if let Some(first) = pieces.next() {
            self.grow(first);
        }
        for piece in pieces {
            self.end();
            self.grow(piece);
        }
    }

    fn grow(&mut self, piece: &[u8]) {
        if self.skipping || self.part.len() + piece.len() > REQUEST_BYTES_MAX {
            self.skipping = true;
            self.part = Vec::new();
        } else {
            self.part.extend_from_slice(piece);
        }
    }

    /// Ends the line that has begun, if it says anything.
    pub(super) fn end(&mut self) {
        let part = std::mem::take(&mut self.part);
        if std::mem::take(&mut self.skipping) {
            self.ready.push_back(Line::TooLong);
        } else if !part.trim_ascii().is_empty() {
            self.ready.push_back(Line::Whole(part));
        }
    }

    /// The next complete lines, at most one batch.
    pub(super) fn take(&mut self) -> Vec<Line> {
        let count = self.ready.len().min(BATCH_MAX);
        self.ready.drain(..count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_pieces_end() {
        let check = |pieces: &[&str], want: &[&str]| {
            let mut lines = Lines::default();
            for it in pieces {
                lines.push(it.as_bytes());
            }
            let want: Vec<_> = want.iter().map(|it| Line::Whole(it.as_bytes().to_vec())).collect();
            assert_eq!(lines.take(), want, "{pieces:?}");
        };
        check(&["a\nb\n"], &["a", "b"]);
        check(&["a", "b\nc", "\n"], &["ab", "c"]);
        check(&["\n\r\n \na\r\n"], &["a\r"]);
        check(&["a"], &[]);
    }

    #[test]
    fn a_last_line_needs_no_end() {
        let mut lines = Lines::default();
        lines.push(b"a");
        lines.end();
        assert_eq!(lines.take(), [Line::Whole(b"a".to_vec())]);
    }

    #[test]
    fn a_line_too_long_is_left_out_and_the_next_one_kept() {
        let mut lines = Lines::default();
        let long = vec![b'x'; REQUEST_BYTES_MAX / 2 + 1];
        lines.push(&long);
        lines.push(&long);
        assert!(lines.part.is_empty());
        lines.push(b"x\nb\n");
        assert_eq!(lines.take(), [Line::TooLong, Line::Whole(b"b".to_vec())]);
    }
}
