//! `storyline watch` and `storyline log`: what is recorded, as it was and as it comes.

use clap::Args;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Response, body::Incoming};
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded, gone},
    line,
    look::{Look, cleaned, list, number, text},
    moment::{self, Moment},
    out,
    sse::{Heard, Sse},
};

/// Events asked for in one go.
const PAGE: u64 = 1_000;

/// Watch live what changes.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Begin with what came after an event, or a time
    #[arg(long, value_name = "#SEQ", value_parser = moment::argument)]
    since: Option<Moment>,
}

/// Show the events themselves.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Only those after an event, or a time
    #[arg(long, value_name = "#SEQ", value_parser = moment::argument)]
    since: Option<Moment>,
    /// Go on with what comes
    #[arg(long, short)]
    follow: bool,
    /// Only those of one storyline
    #[arg(long, value_name = "ID")]
    storyline: Option<String>,
}

/// Runs `watch`: alerts as their sentence, other changes as a short line.
pub(super) async fn watch(args: &WatchArgs, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let since = args.since.as_ref().map(|it| format!("?since={}", it.parameter())).unwrap_or_default();
    let answer = open(&client, &format!("/v1/events/stream{since}")).await?;
    let show = |event: Value| print(global, event, worth_watching);
    each(answer, show).await
}

/// What only the machinery needs is no change to watch.
fn worth_watching(event: &Value) -> bool {
    !text(event, "kind").starts_with("delivery_")
        && !matches!(
            text(event, "kind"),
            "expectation_set" | "report_noted" | "alert_suppressed" | "alert_gathered"
        )
}

/// Runs `log`: pages up to the last event, then the stream if that is wished.
pub(super) async fn log(args: &LogArgs, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let storyline =
        args.storyline.as_ref().map(|it| format!("&storyline={}", encoded(it))).unwrap_or_default();
    let mut since = args.since.as_ref().map_or_else(|| "0".to_owned(), Moment::parameter);
    loop {
        let page = client.get(&format!("/v1/events?since={since}&limit={PAGE}{storyline}")).await?;
        let events = list(&page, "events");
        events.iter().try_for_each(|it| print(global, it.clone(), |_| true))?;
        let full = events.len() as u64 == PAGE;
        // A page that is not full has everything up to the head, also where others lie between.
        let last = if full { events.last().map_or(0, |it| number(it, "seq")) } else { number(&page, "head") };
        since = last.to_string();
        if !full {
            break;
        }
    }
    if !args.follow {
        return Ok(Exit::Done);
    }
    let answer = open(&client, &format!("/v1/events/stream?since={since}{storyline}")).await?;
    each(answer, |event| print(global, event, |_| true)).await
}

fn print(global: &Global, event: Value, worth: impl Fn(&Value) -> bool) -> Result<(), Failure> {
    if global.json {
        return out::print(&format!("{event}\n"));
    }
    if worth(&event) {
        out::print(&format!("{}\n", line::of_event(&cleaned(event), &Look::here())))?;
    }
    Ok(())
}

/// Opens a stream.
pub(super) async fn open(client: &Client, path: &str) -> Result<Response<Incoming>, Failure> {
    let empty = Full::default().map_err(|never| match never {}).boxed();
    client.send(Method::GET, path, empty).await
}

/// Hands on every event of a stream until it ends, which it does when the daemon stops.
async fn each(
    answer: Response<Incoming>,
    mut take: impl FnMut(Value) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let mut stream = Stream::of(answer);
    while let Some(event) = stream.next().await? {
        take(event)?;
    }
    Err(gone())
}

/// A stream being read, event by event.
pub(super) struct Stream {
    body: Incoming,
    sse: Sse,
    ready: std::collections::VecDeque<Heard>,
}

impl Stream {
    /// Begins to read an answer.
    pub(super) fn of(answer: Response<Incoming>) -> Self {
        Self { body: answer.into_body(), sse: Sse::default(), ready: std::collections::VecDeque::new() }
    }

    /// The next event; none once the daemon stops.
    pub(super) async fn next(&mut self) -> Result<Option<Value>, Failure> {
        loop {
            match self.ready.pop_front() {
                Some(Heard::Event(event)) => return Ok(Some(event)),
                Some(Heard::Problem(problem)) => return Err(Failure::of_problem(500, problem)),
                None => {}
            }
            let Some(frame) = self.body.frame().await else { return Ok(None) };
            let Ok(data) = frame.map_err(|_| gone())?.into_data() else { continue };
            let heard = self.sse.push(&data);
            let foreign = || Failure::new(Exit::BadData, "the stream cannot be understood", "");
            self.ready.extend(heard.ok_or_else(foreign)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn watch_shows_what_changes_and_leaves_the_machinery_out() {
        let check =
            |kind: &str, want: bool| assert_eq!(worth_watching(&json!({"kind": kind})), want, "{kind}");
        check("alert_raised", true);
        check("phase_entered", true);
        check("feed_failed", true);
        check("delivery_attempted", false);
        check("expectation_set", false);
    }
}
