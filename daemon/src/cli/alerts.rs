//! `storyline alerts`: what people were told, and whether it reached them.

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use storyline_config::Location;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded},
    look::{Look, list, number, text},
    out,
    status::{heading, table},
};
use crate::{clock::Clock, deliver};

/// Show alerts: raised, delivered, failing.
#[derive(Debug, Args)]
pub(crate) struct AlertsArgs {
    #[command(subcommand)]
    command: Option<AlertsCommand>,
    /// How many at the most
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// Those before an event
    #[arg(long, value_name = "#SEQ")]
    before: Option<storyline_store::Seq>,
}

#[derive(Debug, Subcommand)]
enum AlertsCommand {
    /// Acknowledge an alert, or all open alerts of a storyline
    Ack {
        /// The alert, by its id or #SEQ; or a storyline
        id: String,
    },
    /// Send a test message to a sink; needs no daemon
    Test {
        /// The sink
        sink: String,
    },
    /// Send the dead deliveries of an alert, or one of them, again
    Retry {
        /// The alert, by its id or #SEQ; or the delivery
        id: String,
    },
}

/// Runs the command.
pub(super) async fn run(args: &AlertsArgs, global: &Global) -> Result<Exit, Failure> {
    if let Some(AlertsCommand::Test { sink }) = &args.command {
        return test(sink, global).await;
    }
    let client = Client::find(global).await?;
    match &args.command {
        None | Some(AlertsCommand::Test { .. }) => {
            let before = args.before.map(|it| format!("&before={}", it.0)).unwrap_or_default();
            let answer = client.get(&format!("/v1/alerts?limit={}{before}", args.limit)).await?;
            let look = Look::here();
            out::show(global, answer, |it| render(it, &look))?;
        }
        Some(AlertsCommand::Ack { id }) => {
            let answer = client.post(&format!("/v1/alerts/{}/ack", encoded(id)), &json!({})).await?;
            out::show(global, answer, |it| {
                let of = match list(it, "alerts").len() {
                    0 | 1 => String::new(),
                    more => format!(", {more} alerts"),
                };
                format!("{id} is acknowledged{of} (#{})\n", number(it, "seq"))
            })?;
        }
        Some(AlertsCommand::Retry { id }) => {
            let answer = client.post(&format!("/v1/alerts/{}/retry", encoded(id)), &json!({})).await?;
            out::show(global, answer, |it| {
                let deliveries: Vec<_> = list(it, "deliveries").iter().filter_map(Value::as_str).collect();
                format!("sent again: {}\n", deliveries.join(", "))
            })?;
        }
    }
    Ok(Exit::Done)
}

/// Sends a sink a message that says it is a test: 1 if it was not taken.
async fn test(sink: &str, global: &Global) -> Result<Exit, Failure> {
    let config = global.loaded()?.config;
    let by = match global.location() {
        Location::File(path) => path.display().to_string(),
        Location::Builtin => "the starter that comes with the program".to_owned(),
    };
    let unknown = || {
        Failure::new(Exit::No, format!("no sink is called {sink:?} in {by}"), "--config names another one")
    };
    let (id, it) = config.sinks.get_key_value(sink).ok_or_else(unknown)?;
    let zone = config.alerts.time_zone.clone().unwrap_or_else(TimeZone::system);
    let tried = deliver::try_sink(id, it, &config.network, &Clock::wall(), &zone).await;
    let (answer, error) = (tried.as_ref().ok(), tried.as_ref().err());
    let done =
        json!({ "sink": id, "configuration": by, "ok": tried.is_ok(), "answer": answer, "error": error });
    out::show(global, done, |it| match text(it, "error") {
        "" => format!("{sink}, as {by} has it, took the test message: {}\n", text(it, "answer")),
        error => format!("{sink}, as {by} has it, did not take the test message: {error}\n"),
    })?;
    Ok(if tried.is_ok() { Exit::Done } else { Exit::No })
}

/// Lays out alerts, newest first.
fn render(answer: &Value, look: &Look) -> String {
    let alerts = list(answer, "alerts");
    if alerts.is_empty() {
        return "no alert was raised\n".to_owned();
    }
    let mut table = table(look);
    table.set_header(["SEQ", "AT", "STORYLINE", "KIND", "HEADLINE", "DELIVERED", "ID"]);
    for it in alerts {
        let state = match text(it, "state") {
            "open" => String::new(),
            other => format!(" ({other})"),
        };
        table.add_row([
            format!("#{}", number(it, "seq")),
            look.time_of(it.get("at").unwrap_or(&Value::Null)),
            text(it, "storyline").to_owned(),
            text(it, "kind").to_owned(),
            format!("{}{state}", text(it, "headline")),
            delivered(list(it, "deliveries")),
            text(it, "id").to_owned(),
        ]);
    }
    heading(&table)
}

/// How the deliveries of an alert stand, by sink, the last of each.
fn delivered(deliveries: &[Value]) -> String {
    let mut stands = std::collections::BTreeMap::new();
    for it in deliveries {
        let error = match text(it, "last_error") {
            "" => String::new(),
            error => format!(": {error}"),
        };
        stands.insert(text(it, "sink"), format!("{}{error}", text(it, "state")));
    }
    let stands: Vec<_> = stands.into_iter().map(|(sink, state)| format!("{sink} {state}")).collect();
    if stands.is_empty() { "–".to_owned() } else { stands.join(", ") }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn alerts_show_whether_they_reached_each_sink() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 110 };
        let delivery = |sink: &str, state: &str, error: Value| json!({"sink": sink, "state": state, "last_error": error});
        let answer = json!({"alerts": [
            {"id": "a-1", "seq": 9, "at": "2025-02-14T08:09:00Z", "storyline": "munich", "kind": "phase",
             "headline": "Rubio lands in Munich", "state": "open",
             "deliveries": [delivery("desk", "failing", json!("503")), delivery("phone", "done", Value::Null)]},
            {"id": "a-2", "seq": 7, "at": "2025-02-13T08:09:00Z", "storyline": null, "kind": "feed",
             "headline": "bbc fails", "state": "acknowledged", "deliveries": []},
        ]});
        let text = render(&answer, &look) + &render(&json!({"alerts": []}), &look);
        expect![[r#"
            SEQ  AT            STORYLINE  KIND   HEADLINE                  DELIVERED                      ID
            #9   08:09         munich     phase  Rubio lands in Munich     desk failing: 503, phone done  a-1
            #7   13 Feb 08:09             feed   bbc fails (acknowledged)  –                              a-2
            no alert was raised
        "#]]
        .assert_eq(&anstream::adapter::strip_str(&text).to_string());
    }
}
