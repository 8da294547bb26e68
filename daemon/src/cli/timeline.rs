//! `storyline timeline`: a storyline's developments, all of them.

use anstyle::Style;
use clap::Args;
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded},
    look::{Look, list, text, words},
    moment::{self, Moment},
    out,
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Show a storyline's developments with origins, phases and facts.
#[derive(Debug, Args)]
pub(crate) struct TimelineArgs {
    /// The storyline
    id: String,
    /// As it stood then
    #[arg(long, value_name = "TIME|#SEQ", value_parser = moment::argument)]
    at: Option<Moment>,
}

/// Runs the command.
pub(super) async fn run(args: &TimelineArgs, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let at = args.at.as_ref().map(|it| format!("?at={}", it.parameter())).unwrap_or_default();
    let answer = client.get(&format!("/v1/storylines/{}/timeline{at}", encoded(&args.id))).await?;
    let look = Look::here();
    out::show(global, answer, |it| render(it, &look))?;
    Ok(Exit::Done)
}

/// Lays out a timeline, oldest first.
fn render(timeline: &Value, look: &Look) -> String {
    let mut lines = format!("{BOLD}{}{BOLD:#} · {}\n", text(timeline, "id"), text(timeline, "title"));
    let developments = list(timeline, "developments");
    if developments.is_empty() {
        lines += "\nnothing has been reported yet\n";
    }
    for it in developments {
        lines += &development(it, look);
    }
    lines
}

fn development(it: &Value, look: &Look) -> String {
    let at = look.time_of(it.get("at").unwrap_or(&Value::Null));
    let origins: Vec<_> = list(it, "origins").iter().filter_map(Value::as_str).collect();
    let mark = match (text(it, "relation"), it.get("dropped").and_then(Value::as_bool)) {
        (_, Some(true)) => "dropped: ",
        ("denial", _) => "denial: ",
        ("correction", _) => "correction: ",
        _ => "",
    };
    let mut lines = format!(
        "\n{at}  {BOLD}{mark}{}{BOLD:#} ({}: {})  {DIM}{}{DIM:#}\n",
        text(it, "headline"),
        text(it, "state"),
        origins.join(", "),
        text(it, "id"),
    );
    for phase in list(it, "phases") {
        let (from, to) = (words(text(phase, "from")), words(text(phase, "to")));
        lines += &format!("    {from} → {to} ({})\n", text(phase, "certainty"));
    }
    for fact in list(it, "facts") {
        lines +=
            &format!("    {}: {} ({})\n", text(fact, "key"), text(fact, "value"), text(fact, "certainty"));
    }
    for report in list(it, "reports").iter().skip(1) {
        let (relation, outlet) = (text(report, "relation"), text(report, "outlet"));
        lines += &format!("    {relation}: {} ({outlet})\n", text(report, "title"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_timeline_tells_each_development_with_what_it_changed() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let timeline = json!({"id": "munich", "title": "The Munich conference", "developments": [
            {"id": "d-1", "headline": "Rubio lands in Munich", "at": "2025-02-14T08:40:00Z", "state": "confirmed",
             "relation": "new", "origins": ["reuters", "dw"], "dropped": false,
             "phases": [{"from": "scheduled", "to": "under_way", "certainty": "reported"}],
             "facts": [{"key": "place", "value": "Munich", "certainty": "reported"}],
             "reports": [{"relation": "new", "title": "Rubio lands in Munich", "outlet": "Reuters"},
                         {"relation": "corroboration", "title": "Rubio arrives", "outlet": "DW"}]},
            {"id": "d-2", "headline": "Moscow denies talks", "at": "2025-02-14T09:00:00Z", "state": "provisional",
             "relation": "denial", "origins": ["tass"], "dropped": false},
        ]});
        let text = render(&timeline, &look) + &render(&json!({"id": "x", "title": "X"}), &look);
        expect![[r#"
            munich · The Munich conference

            08:40  Rubio lands in Munich (confirmed: reuters, dw)  d-1
                scheduled → under way (reported)
                place: Munich (reported)
                corroboration: Rubio arrives (DW)

            09:00  denial: Moscow denies talks (provisional: tass)  d-2
            x · X

            nothing has been reported yet
        "#]]
        .assert_eq(&anstream::adapter::strip_str(&text).to_string());
    }
}
