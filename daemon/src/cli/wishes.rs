//! `storyline snooze`, `mute`, `drop`, `poll` and `reload`: wishes, and what came of them.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::{
    Exit, Failure, Global,
    client::Client,
    look::{Look, count, list, number, text, words},
    out,
};

/// Silence a storyline, or one alert, for a while.
#[derive(Debug, Args)]
pub(crate) struct SnoozeArgs {
    /// The storyline; or an alert, by its id or #SEQ
    id: String,
    /// For how long, such as 2h or 1day
    #[arg(value_name = "D", value_parser = humantime::parse_duration)]
    duration: Duration,
}

/// Leave an outlet out.
#[derive(Debug, Args)]
pub(crate) struct MuteArgs {
    /// The outlet, by the name reports show it by
    outlet: String,
    /// Mute it although none of that name was configured or seen
    #[arg(long)]
    anyway: bool,
}

/// Say that a development does not belong.
#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    /// The development, by its id (d-…) as `timeline` shows it
    development: String,
}

/// Visit feeds now, within manners.
#[derive(Debug, Args)]
pub(crate) struct PollArgs {
    /// The feeds; all of them if none is named
    #[arg(value_name = "FEED")]
    feeds: Vec<String>,
}

/// Runs `snooze`.
pub(super) async fn snooze(args: &SnoozeArgs, global: &Global) -> Result<Exit, Failure> {
    let lasting = humantime::format_duration(args.duration).to_string();
    let subject = if is_alert(&args.id) { "alert" } else { "storyline" };
    let wish = json!({ subject: args.id, "for": lasting });
    let answer = Client::find(global).await?.post("/v1/snooze", &wish).await?;
    let look = Look::here();
    out::show(global, answer, |it| {
        let until = look.time_of(it.get("until").unwrap_or(&Value::Null));
        format!("{} is snoozed until {until} (#{})\n", args.id, number(it, "seq"))
    })?;
    Ok(Exit::Done)
}

/// Whether a name is that of an alert: `a-` and 16 hex digits, or the `#place` of an event. A bare number may be a storyline.
fn is_alert(name: &str) -> bool {
    let hex = |it: &str| it.len() == 16 && it.chars().all(|c| c.is_ascii_hexdigit());
    name.strip_prefix("a-").is_some_and(hex)
        || name.starts_with('#') && name.parse::<storyline_store::Seq>().is_ok()
}

/// Runs `mute`.
pub(super) async fn mute(args: &MuteArgs, global: &Global) -> Result<Exit, Failure> {
    let answer = Client::find(global)
        .await?
        .post("/v1/mute", &json!({ "outlet": args.outlet, "anyway": args.anyway }))
        .await?;
    out::show(global, answer, |it| format!("{} is muted (#{})\n", text(it, "outlet"), number(it, "seq")))?;
    Ok(Exit::Done)
}

/// Runs `drop`.
pub(super) async fn drop(args: &DropArgs, global: &Global) -> Result<Exit, Failure> {
    let wish = json!({ "development": args.development });
    let answer = Client::find(global).await?.post("/v1/drop", &wish).await?;
    out::show(global, answer, |it| {
        format!("{} is dropped (#{})\n", text(it, "development"), number(it, "seq"))
    })?;
    Ok(Exit::Done)
}

/// Runs `poll`: 75 if any feed was held, 1 for an unknown one.
pub(super) async fn poll(args: &PollArgs, global: &Global) -> Result<Exit, Failure> {
    let answer = Client::find(global).await?.post("/v1/poll", &json!({ "feeds": args.feeds })).await?;
    let exit = if list(&answer, "held").is_empty() { Exit::Done } else { Exit::TryAgain };
    let look = Look::here();
    out::show(global, answer, |it| render_poll(it, &look))?;
    Ok(exit)
}

fn render_poll(answer: &Value, look: &Look) -> String {
    let mut lines = format!("{} visited\n", count(list(answer, "visited").len() as u64, "feed"));
    for it in list(answer, "held") {
        let until = look.time_of(it.get("until").unwrap_or(&Value::Null));
        lines += &format!("{} is held until {until}: {}\n", text(it, "id"), words(text(it, "why")));
    }
    lines
}

/// Runs `reload`: 78 with the findings where the configuration was refused.
pub(super) async fn reload(global: &Global) -> Result<Exit, Failure> {
    let answer = Client::find(global).await?.post("/v1/reload", &json!({})).await.map_err(with_findings)?;
    out::show(global, answer, |it| {
        let (feeds, storylines) =
            (count(number(it, "feeds"), "feed"), count(number(it, "storylines"), "storyline"));
        let sinks = count(number(it, "sinks"), "sink");
        let findings = list(it, "findings").iter().map(finding).collect::<String>();
        format!("{findings}in force: {feeds}, {storylines}, {sinks} (#{})\n", number(it, "seq"))
    })?;
    Ok(Exit::Done)
}

fn with_findings(mut failure: Failure) -> Failure {
    let findings = failure.problem.as_ref().map(|it| list(it, "findings")).unwrap_or_default();
    for it in findings {
        failure.message += "\n";
        failure.message += finding(it).trim_end();
    }
    failure
}

fn finding(it: &Value) -> String {
    let place = format!("{}:{}:{}", text(it, "file"), number(it, "line"), number(it, "column"));
    let help = match text(it, "help") {
        "" => String::new(),
        help => format!(" ({help})"),
    };
    format!("{place}: {}: {}{help}\n", text(it, "severity"), text(it, "message"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_poll_says_what_is_held_until_when_and_why() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let held = json!({"id": "dw", "until": "2025-02-14T13:00:00Z", "why": "retry_after"});
        let answer = json!({"visited": ["bbc"], "held": [held]});
        expect![[r#"
            1 feed visited
            dw is held until 13:00: retry after
        "#]]
        .assert_eq(&render_poll(&answer, &look));
    }

    #[test]
    fn a_refused_configuration_names_every_finding_with_its_place() {
        let it = json!({"severity": "error", "file": "a.toml", "line": 2, "column": 1, "message": "unknown key `x`",
                        "help": "did you mean `y`?"});
        let problem = json!({"detail": "the configuration was refused", "findings": [it]});
        let failure = with_findings(Failure::of_problem(422, problem));
        expect![[r#"
            the configuration was refused
            a.toml:2:1: error: unknown key `x` (did you mean `y`?)"#]]
        .assert_eq(&failure.to_string());
        assert_eq!(failure.exit, Exit::Configuration);
    }
}
