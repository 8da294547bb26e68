//! `storyline ingest`: gives items to the running daemon, and prints each answer as it comes.

use std::{
    io::{self, BufRead},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use clap::{Args, ValueEnum};
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::{
    Method,
    body::{Bytes, Frame, Incoming},
};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    Exit, Failure, Global,
    client::{Body, Client, encoded, gone},
    look::text,
    out,
};

/// Lines read ahead of the daemon.
const AHEAD_MAX: usize = 64;

/// Give items to the running daemon, a JSON object a line on standard input.
#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// The feed of lines that name none
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// Whether they are news
    #[arg(long, value_enum, default_value_t = Origin::Live)]
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Origin {
    /// Their alerts go out
    Live,
    /// They fill in the past, and nobody is alerted
    Backfill,
}

/// Runs the command: 0 if every line was answered durable, 65 if lines were bad, 75 while read-only.
pub(super) async fn run(args: &IngestArgs, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let origin = if args.origin == Origin::Backfill { "backfill" } else { "live" };
    let feed = args.feed.as_ref().map(|it| format!("&feed={}", encoded(it))).unwrap_or_default();
    let path = format!("/v1/items?origin={origin}{feed}");
    let given = Arc::new(Given::default());
    let answer = client.send(Method::POST, &path, standard_input(Arc::clone(&given))).await?;
    let (mut tally, mut body) = (Tally::default(), answer.into_body());
    while let Some(line) = next_line(&mut body, &mut tally).await? {
        out::print(&line)?;
    }
    // A daemon that stops ends its answer in good order, whatever it was still to be given.
    if !given.ended.load(Ordering::Acquire) || tally.answered < given.lines.load(Ordering::Acquire) {
        return Err(gone());
    }
    tally.exit()
}

/// What was read from standard input.
#[derive(Debug, Default)]
struct Given {
    lines: AtomicU64,
    ended: AtomicBool,
}

/// Counts lines that say something, wherever the pieces end.
#[derive(Debug, Default)]
struct LineCount {
    said: bool,
}

impl LineCount {
    /// How many lines a piece ends.
    fn push(&mut self, bytes: &[u8]) -> u64 {
        let mut ended = 0;
        for byte in bytes {
            match byte {
                b'\n' => ended += u64::from(std::mem::take(&mut self.said)),
                other => self.said |= !other.is_ascii_whitespace(),
            }
        }
        ended
    }
}

/// Standard input as a body, line by line, read on a thread of its own so that waiting for it holds up no answer.
fn standard_input(given: Arc<Given>) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(AHEAD_MAX);
    // The thread may wait for input for ever; it ends with the process.
    std::thread::spawn(move || {
        let (mut input, mut count) = (io::stdin().lock(), LineCount::default());
        loop {
            let read = match input.fill_buf() {
                Ok([]) => {
                    given.lines.fetch_add(count.push(b"\n"), Ordering::Release);
                    given.ended.store(true, Ordering::Release);
                    break;
                }
                Ok(bytes) => Ok(Bytes::copy_from_slice(bytes)),
                Err(error) => Err(error),
            };
            if let Ok(bytes) = &read {
                given.lines.fetch_add(count.push(bytes), Ordering::Release);
            }
            let (length, failed) = (read.as_ref().map_or(0, Bytes::len), read.is_err());
            if sender.blocking_send(read).is_err() || failed {
                break;
            }
            input.consume(length);
        }
    });
    let frames = stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece.map(Frame::data), receiver))
    });
    StreamBody::new(frames).boxed()
}

/// The whole lines of the next piece of an answer; none at its end.
async fn next_line(body: &mut Incoming, tally: &mut Tally) -> Result<Option<String>, Failure> {
    loop {
        let Some(frame) = body.frame().await else {
            return if tally.part.is_empty() { Ok(None) } else { Err(gone()) };
        };
        let Ok(data) = frame.map_err(|_| gone())?.into_data() else { continue };
        let lines = tally.take(&data);
        if !lines.is_empty() {
            return Ok(Some(lines));
        }
    }
}

/// What the answers come to.
#[derive(Debug, Default)]
struct Tally {
    part: Vec<u8>,
    answered: u64,
    bad: u64,
    read_only: u64,
    stopped: u64,
}

impl Tally {
    /// Takes in a piece; gives the lines that are whole.
    fn take(&mut self, data: &[u8]) -> String {
        self.part.extend_from_slice(data);
        let Some(end) = self.part.iter().rposition(|it| *it == b'\n') else { return String::new() };
        let whole: Vec<u8> = self.part.drain(..=end).collect();
        let whole = String::from_utf8_lossy(&whole).into_owned();
        whole.lines().for_each(|it| self.count(it));
        whole
    }

    fn count(&mut self, line: &str) {
        self.answered += 1;
        let answer: Value = serde_json::from_str(line).unwrap_or_default();
        match text(&answer, "code") {
            "" => {}
            "read_only" => self.read_only += 1,
            "stopping" => self.stopped += 1,
            _ => self.bad += 1,
        }
    }

    fn exit(&self) -> Result<Exit, Failure> {
        let failure = |exit: Exit, message: &str, hint: &str| Err(Failure::new(exit, message, hint));
        match self {
            it if it.read_only > 0 => {
                failure(Exit::TryAgain, "the log cannot be written", "`storyline status` says why")
            }
            it if it.stopped > 0 => {
                failure(Exit::NotRunning, "the daemon is stopping", "give the rest again")
            }
            it if it.bad > 0 => {
                let lines = super::look::count(it.bad, "line");
                failure(Exit::BadData, &format!("refused: {lines}"), "the answers say why")
            }
            _ => Ok(Exit::Done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_say_something_are_counted_wherever_the_pieces_end() {
        let check = |pieces: &[&str], want: u64| {
            let mut count = LineCount::default();
            let whole: u64 = pieces.iter().map(|it| count.push(it.as_bytes())).sum();
            assert_eq!(whole + count.push(b"\n"), want, "{pieces:?}");
        };
        check(&[], 0);
        check(&["a\n", "b"], 2);
        check(&["a", "b\n\n \r\n"], 1);
    }

    #[test]
    fn the_exit_code_follows_from_the_answers() {
        let check = |answers: &str, want: Exit| {
            let mut tally = Tally::default();
            answers.as_bytes().chunks(7).for_each(|it| drop(tally.take(it)));
            assert_eq!(tally.exit().unwrap_or_else(|it| it.exit), want, "{answers}");
        };
        let done = "{\"id\":\"1\",\"seq\":1,\"events\":1,\"durable\":true}\n";
        let refused = |code: &str| format!("{{\"id\":\"1\",\"error\":\"x\",\"code\":\"{code}\"}}\n");
        check("", Exit::Done);
        check(done, Exit::Done);
        check(&(done.to_owned() + &refused("bad_line")), Exit::BadData);
        check(&(refused("bad_line") + &refused("read_only")), Exit::TryAgain);
        check(&refused("stopping"), Exit::NotRunning);
    }
}
