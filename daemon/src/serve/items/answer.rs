//! Answers lines in order: each with what it became, or why it was refused.

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::{Value, json};
use storyline_config::FeedId;
use storyline_store::{Item, failpoint};

use super::{super::doors::Doors, lines::Line};
use crate::{
    read::{ItemLine, LineError},
    writer::{Ingested, Occasion, Refused},
};

/// What is to be said to one line.
enum Outcome {
    /// It is an item, the next of those given to the writer.
    Given(Value),
    /// It was refused before that.
    Refused(Value),
}

/// Gives the items of some lines to the writer, and answers every line.
pub(super) async fn all(
    doors: &Doors,
    lines: Vec<Line>,
    feed: Option<&FeedId>,
    occasion: Occasion,
) -> String {
    let now = doors.clock.now();
    let (mut outcomes, mut items) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in &lines {
        match read(line, feed, now) {
            Ok((id, item)) => {
                outcomes.push(Outcome::Given(id));
                items.push(item);
            }
            Err(refusal) => outcomes.push(Outcome::Refused(refusal)),
        }
    }
    let done = if items.is_empty() { Ok(Vec::new()) } else { doors.handle.ingest(items, occasion).await };
    failpoint("ingest.answer");
    written(outcomes, done)
}

fn written(outcomes: Vec<Outcome>, done: Result<Vec<Ingested>, Refused>) -> String {
    let (done, refused) = match done {
        Ok(done) => (done, None),
        Err(refused) => (Vec::new(), Some(refused)),
    };
    let (mut done, mut text) = (done.into_iter(), String::new());
    for outcome in outcomes {
        let answer = match (outcome, &refused) {
            (Outcome::Refused(refusal), _) => refusal,
            (Outcome::Given(id), Some(refused)) => refusal(&id, &refused.to_string(), code(refused)),
            (Outcome::Given(id), None) => match done.next() {
                Some(it) => json!({ "id": id, "seq": it.seq, "events": it.events, "durable": true }),
                None => refusal(&id, "the writer did not answer for it", "internal"),
            },
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{answer}");
    }
    text
}

fn refusal(id: &Value, error: &str, code: &str) -> Value {
    json!({ "id": id, "error": error, "code": code })
}

fn code(refused: &Refused) -> &'static str {
    match refused {
        Refused::ReadOnly(_) => "read_only",
        Refused::Unknown(_) => "unknown",
        Refused::Stopping => "stopping",
    }
}

/// Reads a line as an item, with the id its answer carries.
fn read(line: &Line, feed: Option<&FeedId>, now: Timestamp) -> Result<(Value, Item), Value> {
    let Line::Whole(bytes) = line else {
        let error = LineError::TooLong;
        return Err(refusal(&Value::Null, &error.to_string(), error.code()));
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(refusal(&Value::Null, "the line is not UTF-8", "json"));
    };
    match ItemLine::parse(text) {
        Ok(mut line) => {
            line.feed = line.feed.or_else(|| feed.map(ToString::to_string));
            Ok((json!(line.id), line.item(now)))
        }
        Err(error) => Err(refusal(&named(text), &error.to_string(), error.code())),
    }
}

/// The id of a line that is no item, if it has one.
fn named(text: &str) -> Value {
    let line: Value = serde_json::from_str(text).unwrap_or_default();
    line.get("id").filter(|it| it.is_string()).cloned().unwrap_or_default()
}
