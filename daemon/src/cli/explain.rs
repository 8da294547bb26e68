//! `storyline explain`: why something was, or was not, matched, new, alerted.

use anstyle::Style;
use clap::Args;
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded},
    line,
    look::{Look, list, text, words},
    out,
};

const BOLD: Style = Style::new().bold();

/// Explain why something was, or was not, matched, new, alerted.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// An event (#42), an item, development or alert by its id, or an address
    #[arg(value_name = "REF")]
    reference: String,
}

/// Runs the command: 0 if the item is known, 1 if not.
pub(super) async fn run(args: &ExplainArgs, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let answer = client.get(&format!("/v1/explain?ref={}", encoded(&args.reference))).await?;
    let look = Look::here();
    out::show(global, answer, |it| render(it, &look))?;
    Ok(Exit::Done)
}

/// Lays out an explanation.
fn render(answer: &Value, look: &Look) -> String {
    let mut lines = String::new();
    if let Some(item) = answer.get("item").filter(|it| it.is_object()) {
        let published = look.time_of(item.get("published").unwrap_or(&Value::Null));
        lines += &format!("{BOLD}{}{BOLD:#} ({}, {published})\n", text(item, "title"), text(item, "outlet"));
        for place in [text(item, "link"), text(item, "id")] {
            if !place.is_empty() {
                lines += &format!("{place}\n");
            }
        }
    }
    for decision in list(answer, "decisions") {
        lines += &render_decision(decision);
    }
    let events = list(answer, "events");
    if !events.is_empty() {
        lines += &format!("\n{BOLD}WHAT CAME OF IT{BOLD:#}\n");
    }
    for event in events {
        lines += &format!("{}\n", line::of_event(event, look));
        let seq = event.get("seq");
        for it in list(answer, "held").iter().filter(|it| it.get("seq") == seq) {
            lines += &format!("    {}\n", text(it, "why"));
        }
    }
    for it in list(answer, "unheard") {
        lines += &format!("{} was never to hear of it: {}\n", text(it, "sink"), text(it, "why"));
    }
    lines
}

fn render_decision(it: &Value) -> String {
    let relevant = it.get("relevant").and_then(Value::as_bool).unwrap_or_default();
    let verdict = match (relevant, text(it, "relation")) {
        (false, _) => "does not belong".to_owned(),
        (true, "") => "belongs".to_owned(),
        (true, relation) => format!("belongs, as {}", words(relation)),
    };
    let mut lines = format!("\n{BOLD}{}{BOLD:#}: {verdict}: {}\n", text(it, "storyline"), text(it, "why"));
    for (place, facet) in list(it, "facets").iter().enumerate() {
        let number = facet.get("facet").and_then(Value::as_u64).unwrap_or(place as u64) + 1;
        let touched: Vec<_> = list(facet, "touched").iter().map(touch).collect();
        let touched = if touched.is_empty() { "missing".to_owned() } else { touched.join(", ") };
        lines += &format!("    facet {number}: {touched}\n");
    }
    if let Some(nearest) = it.get("nearest").filter(|it| it.is_object()) {
        let score = |name: &str| nearest.get(name).and_then(Value::as_f64).unwrap_or_default();
        let (score, threshold) = (score("score"), score("threshold"));
        let verb = if score >= threshold { "the same from" } else { "new below" };
        lines +=
            &format!("    nearest: {}, {score:.2}; {verb} {threshold:.2}\n", text(nearest, "development"));
    }
    match (text(it, "origin"), text(it, "origin_why")) {
        ("", _) => {}
        (origin, "") => lines += &format!("    origin: {origin}\n"),
        (_, why) => lines += &format!("    origin: {why}\n"),
    }
    lines
}

fn touch(it: &Value) -> String {
    let at = it.get("at").and_then(Value::as_u64).unwrap_or_default() + 1;
    format!("\"{}\" in the {} at word {at}", text(it, "alias"), text(it, "field"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_explanation_names_what_touched_what_is_missing_and_what_came_near() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let answer = json!({
            "ref": "#3",
            "item": {"id": "i-1", "title": "Rubio lands in Munich", "outlet": "DW", "link": "https://dw.example/1",
                     "published": "2025-02-14T08:40:00Z"},
            "decisions": [
                {"storyline": "munich", "relevant": true, "relation": "new", "why": "every facet is touched in the title",
                 "facets": [{"facet": 0, "touched": [{"alias": "rubio", "field": "title", "at": 0}]}],
                 "nearest": {"development": "d-7", "score": 0.251, "threshold": 0.5}, "origin": "dw",
                 "origin_why": "its own family"},
                {"storyline": "saudi-meeting", "relevant": false, "why": "facet 4 is missing",
                 "facets": [{"facet": 3, "touched": []}], "nearest": null, "relation": null, "origin": null},
            ],
            "events": [{"seq": 3, "at": "2025-02-14T08:41:00Z", "kind": "development_reported", "storyline": "munich",
                        "relation": "new", "report": {"title": "Rubio lands in Munich", "outlet": "DW"}}],
        });
        expect![[r#"
            Rubio lands in Munich (DW, 08:40)
            https://dw.example/1
            i-1

            munich: belongs, as new: every facet is touched in the title
                facet 1: "rubio" in the title at word 1
                nearest: d-7, 0.25; new below 0.50
                origin: its own family

            saudi-meeting: does not belong: facet 4 is missing
                facet 4: missing

            WHAT CAME OF IT
            #3 08:41 munich + Rubio lands in Munich (DW)
        "#]]
        .assert_eq(&anstream::adapter::strip_str(&render(&answer, &look)).to_string());
    }
}
