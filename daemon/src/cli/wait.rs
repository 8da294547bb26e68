//! `storyline wait`: blocks until a storyline is in a phase.

use std::time::Duration;

use clap::Args;
use serde_json::Value;
use storyline_config::Phase;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded, gone},
    follow::{Stream, open},
    look::text,
    out,
};

/// Block until a storyline is in a phase.
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// The storyline
    id: String,
    /// The phase to wait for: rumoured, announced, scheduled, under_way, paused, concluded or cancelled
    #[arg(long, value_name = "P", value_parser = phase)]
    phase: Phase,
    /// Give up after so long, such as 2h or 1day
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
}

fn phase(text: &str) -> Result<Phase, String> {
    let word = text.trim().to_lowercase().replace([' ', '-'], "_");
    serde_json::from_value(Value::String(word)).map_err(|_| {
        "expected none, rumoured, announced, scheduled, under_way, paused, concluded or cancelled".to_owned()
    })
}

/// Runs the command: 0 once it is so, 1 if the time ran out first.
pub(super) async fn run(args: &WaitArgs, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let reached = reached(&client, args);
    let Some(limit) = args.timeout else { return show(global, reached.await?) };
    if let Ok(storyline) = tokio::time::timeout(limit, reached).await {
        return show(global, storyline?);
    }
    if global.json {
        let path = format!("/v1/storylines/{}", encoded(&args.id));
        out::show(global, client.get(&path).await?, |_| String::new())?;
    }
    let limit = humantime::format_duration(limit);
    let message = format!("{} is not {} after {limit}", args.id, args.phase.words());
    Err(Failure::new(Exit::No, message, ""))
}

fn show(global: &Global, storyline: Value) -> Result<Exit, Failure> {
    out::show(global, storyline, |it| {
        let phase = super::look::words(text(it, "phase"));
        format!("{} is {phase}\n", text(it, "id"))
    })?;
    Ok(Exit::Done)
}

/// The storyline, once it is in the phase.
async fn reached(client: &Client, args: &WaitArgs) -> Result<Value, Failure> {
    let path = format!("/v1/storylines/{}", encoded(&args.id));
    let id = encoded(&args.id);
    // The stream is opened before the question is asked, so that nothing happens in between unseen.
    let mut stream = Stream::of(open(client, &format!("/v1/events/stream?storyline={id}")).await?);
    loop {
        let storyline = client.get(&path).await?;
        if text(&storyline, "phase") == args.phase.as_str() {
            return Ok(storyline);
        }
        loop {
            let event = stream.next().await?.ok_or_else(gone)?;
            if text(&event, "kind") == "phase_entered" {
                break;
            }
        }
    }
}
