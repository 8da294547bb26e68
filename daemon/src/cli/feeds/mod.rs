//! `storyline feeds`: how they do, and trying, finding, moving them.

mod append;
mod discover;
mod find;
mod opml;
mod transfer;
mod try_one;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::Client,
    look::{Look, list, number, text},
    out,
    status::{heading, table},
};
use crate::plan;

/// Show how the feeds do.
#[derive(Debug, Args)]
pub(crate) struct FeedsArgs {
    #[command(subcommand)]
    command: Option<FeedsCommand>,
}

#[derive(Debug, Subcommand)]
enum FeedsCommand {
    /// Show what is understood of one source; needs no daemon
    Test(try_one::TestArgs),
    /// Find the feeds of a site; needs no daemon
    Find {
        /// The site's page, or a feed
        url: url::Url,
    },
    /// Add the feeds of an OPML file to the configuration; needs no daemon
    Import {
        /// The OPML file
        file: PathBuf,
    },
    /// Write the configured feeds as OPML; needs no daemon
    Export {
        /// The file to write; standard output if none is named
        file: Option<PathBuf>,
    },
}

/// Runs the command.
pub(super) async fn run(args: &FeedsArgs, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        None => show(global).await,
        Some(FeedsCommand::Test(args)) => try_one::run(args, global).await,
        Some(FeedsCommand::Find { url }) => find::run(url, global).await,
        Some(FeedsCommand::Import { file }) => transfer::import(file, global),
        Some(FeedsCommand::Export { file }) => transfer::export(file.as_deref(), global),
    }
}

async fn show(global: &Global) -> Result<Exit, Failure> {
    let answer = Client::find(global).await?.get("/v1/feeds").await?;
    let look = Look::here();
    out::show(global, answer, |it| render(it, &look))?;
    Ok(Exit::Done)
}

/// Lays out the feeds.
fn render(answer: &Value, look: &Look) -> String {
    let feeds = list(answer, "feeds");
    if feeds.is_empty() {
        return "no feed is configured\n".to_owned();
    }
    let mut table = table(look);
    table.set_header(["FEED", "STATE", "ITEMS", "VISITED", "NEXT", "URL"]);
    for it in feeds {
        let time = |name: &str| look.time_of(it.get(name).unwrap_or(&Value::Null));
        let mut state = match text(it, "error") {
            "" => text(it, "state").to_owned(),
            error => format!("{}: {error}", text(it, "state")),
        };
        if let Some(seconds) = it.get("clock_skew_seconds").and_then(Value::as_i64) {
            state += &format!("; its clock is {}", plan::skew(seconds));
        }
        table.add_row([
            text(it, "id").to_owned(),
            state,
            number(it, "items").to_string(),
            time("last_visit"),
            time("next_visit"),
            text(it, "url").to_owned(),
        ]);
    }
    heading(&table)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn feeds_show_what_is_wrong_and_when_they_are_visited_next() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 110 };
        let answer = json!({"feeds": [
            {"id": "bbc", "url": "https://bbc.example/rss", "state": "ok", "last_visit": "2025-02-14T11:45:00Z",
             "next_visit": "2025-02-14T12:15:00Z", "items": 32, "error": null},
            {"id": "dw", "url": "https://dw.example/rss", "state": "failing", "last_visit": "2025-02-14T11:50:00Z",
             "next_visit": "2025-02-14T12:20:00Z", "items": 0, "error": "503 Service Unavailable"},
            {"id": "fast", "url": "https://fast.example/rss", "state": "ok", "last_visit": "2025-02-14T11:50:00Z",
             "next_visit": "2025-02-14T12:20:00Z", "items": 9, "error": null, "clock_skew_seconds": 7260},
            {"id": "file", "url": "file:///srv/x.xml", "state": "new", "last_visit": null, "next_visit": null, "items": 0},
        ]});
        expect![[r#"
            FEED  STATE                               ITEMS  VISITED  NEXT   URL
            bbc   ok                                  32     11:45    12:15  https://bbc.example/rss
            dw    failing: 503 Service Unavailable    0      11:50    12:20  https://dw.example/rss
            fast  ok; its clock is 2 h ahead of ours  9      11:50    12:20  https://fast.example/rss
            file  new                                 0      –        –      file:///srv/x.xml
        "#]]
        .assert_eq(&anstream::adapter::strip_str(&render(&answer, &look)).to_string());
    }
}
