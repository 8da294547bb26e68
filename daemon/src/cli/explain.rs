//! `storyline explain`: why something was, or was not, matched, new, alerted.

use std::collections::BTreeSet;

use anstyle::Style;
use clap::Args;
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded},
    line,
    look::{Look, list, number, text, words},
    out,
};
use crate::detect::plainly;

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

/// Facets' names that are told of one that nothing touched.
const NAMES_MAX: usize = 8;

/// Storylines told in full of which nothing is in the item; more are only named.
const UNTOUCHED_TOLD: usize = 2;

/// Places told of one facet.
const TOUCHES_MAX: usize = 6;

/// Lays out an explanation.
fn render(answer: &Value, look: &Look) -> String {
    let mut lines = String::new();
    let muted = answer.get("muted").and_then(Value::as_bool).unwrap_or_default();
    if let Some(item) = answer.get("item").filter(|it| it.is_object()) {
        let published = look.time_of(item.get("published").unwrap_or(&Value::Null));
        lines += &format!("{BOLD}{}{BOLD:#} ({}, {published})\n", text(item, "title"), text(item, "outlet"));
        for place in [text(item, "link"), text(item, "id")] {
            if !place.is_empty() {
                lines += &format!("{place}\n");
            }
        }
        if muted {
            let outlet = text(item, "outlet");
            lines +=
                &format!("{outlet} is muted: what it says is judged no more; what it was and would be:\n");
        }
    }
    let decisions = list(answer, "decisions");
    let belongs = |it: &&Value| it.get("relevant").and_then(Value::as_bool).unwrap_or_default();
    if !decisions.is_empty() && !decisions.iter().any(|it| belongs(&it)) {
        lines += "\nIt belongs to no storyline, so nobody was told of it.\n";
    }
    let (touched, untouched): (Vec<&Value>, Vec<&Value>) = decisions.iter().partition(|it| !is_untouched(it));
    let few = untouched.len() <= UNTOUCHED_TOLD;
    for decision in touched.iter().chain(untouched.iter().filter(|_| few)) {
        lines += &render_decision(decision, muted);
    }
    if !few {
        let names: Vec<&str> = untouched.iter().map(|it| text(it, "storyline")).collect();
        lines += &format!("\nNothing in it is about {}.\n", names.join(", "));
    }
    if let Some(refused) = decisions.iter().find(|it| !belongs(it)) {
        let version = number(refused, "rule_version");
        lines +=
            &format!("\nWhere it does not belong: as things stand now, by version {version} of the rules.\n");
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

/// Whether nothing of a storyline is in the item, so that its name says enough.
fn is_untouched(decision: &Value) -> bool {
    let relevant = decision.get("relevant").and_then(Value::as_bool).unwrap_or_default();
    let facets = list(decision, "facets");
    let none = facets.iter().all(|it| list(it, "touched").is_empty());
    !relevant && !facets.is_empty() && none && list(decision, "compared").is_empty()
}

fn render_decision(it: &Value, muted: bool) -> String {
    let is = |name: &str| it.get(name).and_then(Value::as_bool).unwrap_or_default();
    let relevant = is("relevant");
    // What the log does not tell of is as things stand now, which may be otherwise than when the item was read.
    let belongs = match (it.get("seq").is_some(), muted) {
        (true, _) => "belongs",
        (false, true) => "would belong if its outlet were not muted",
        (false, false) => "would belong if it were read now",
    };
    let verdict = match (relevant, text(it, "relation")) {
        (false, _) => "does not belong".to_owned(),
        (true, "") => belongs.to_owned(),
        (true, relation) => format!("{belongs}, as {}", words(relation)),
    };
    let storyline = text(it, "storyline");
    let later = if is("revised") { " when it was revised, by what was new in it alone" } else { "" };
    let mut lines = format!("\n{BOLD}{storyline}{BOLD:#}{later}: {verdict}: {}\n", text(it, "why"));
    if let Some(disputes) = disputed(it) {
        lines += &format!("    {disputes}\n");
    }
    let facets = list(it, "facets");
    let untouched = facets.iter().all(|it| list(it, "touched").is_empty());
    let title_words = number(it, "title_words");
    for (place, facet) in facets.iter().enumerate().filter(|_| !untouched) {
        lines += &render_facet(facet, place, text(it, "why").contains("none of"), title_words);
    }
    for compared in list(it, "compared") {
        lines += &format!("    {}\n", render_compared(compared, it));
    }
    match (text(it, "origin"), text(it, "origin_why")) {
        ("", _) => {}
        (origin, "") => lines += &format!("    it comes from {origin}\n"),
        (_, why) => lines += &format!("    it comes from {}\n", from(why)),
    }
    if relevant {
        lines += &format!("    by version {} of the rules\n", number(it, "rule_version"));
    }
    lines
}

/// What a denial denies, or a correction corrects.
fn disputed(it: &Value) -> Option<String> {
    let does = match text(it, "relation") {
        "denial" => "denies",
        "correction" => "corrects",
        _ => return None,
    };
    Some(match it.get("disputes").filter(|it| it.is_object()) {
        Some(disputes) => format!("it {does} {}", named(disputes)),
        None => format!("it {does} nothing that is known here"),
    })
}

/// A development by its headline and its id.
fn named(it: &Value) -> String {
    match (text(it, "headline"), text(it, "development")) {
        ("", "") => "an earlier report".to_owned(),
        ("", id) => id.to_owned(),
        (headline, "") => format!("\"{headline}\""),
        (headline, id) => format!("\"{headline}\" ({id})"),
    }
}

/// What touched a facet; what would have, unless that was `told`.
fn render_facet(facet: &Value, place: usize, told: bool, title_words: u64) -> String {
    let place = facet.get("facet").and_then(Value::as_u64).unwrap_or(place as u64) + 1;
    let touched = touches(list(facet, "touched"), title_words);
    if !touched.is_empty() {
        return format!("    facet {place}: {}\n", touched.join(", "));
    }
    if told {
        return format!("    facet {place}: nothing in it\n");
    }
    let names = list(facet, "names");
    let mut told: Vec<String> = names.iter().filter_map(Value::as_str).take(NAMES_MAX).map(plainly).collect();
    if names.len() > NAMES_MAX {
        told.push(format!("{} more", names.len() - NAMES_MAX));
    }
    let wanted = if told.is_empty() { String::new() } else { format!(" (wanted: {})", told.join(", ")) };
    format!("    facet {place}: missing{wanted}\n")
}

/// A score against its threshold, and what that means for a decision.
fn render_compared(it: &Value, decision: &Value) -> String {
    let score = |name: &str| it.get(name).and_then(Value::as_f64).unwrap_or_default();
    let (score, threshold) = (score("score"), score("threshold"));
    let is = if score >= threshold { "is" } else { "would be" };
    let other = named(it);
    match text(it, "what") {
        "copied" => {
            let half = decision.get("half").and_then(Value::as_bool).unwrap_or_default();
            let half = match (half, score >= threshold) {
                (false, _) => "",
                (true, false) => "; it counts as half an origin",
                (true, true) => ", but it says something else; it counts as half an origin",
            };
            let (share, least) = (score * 100.0, threshold * 100.0);
            format!(
                "it shares {share:.0} % of the shorter one's runs of three words with {other}, where {least:.0} % {is} \
                     enough for a copy{half}"
            )
        }
        "background" => {
            format!("it reads like background by {score:.2}, where {threshold:.2} {is} enough to be it")
        }
        "join" => {
            let but = if score >= threshold { ", but only what belongs to nothing else joins" } else { "" };
            format!(
                "with a facet missing it could only join a known report: the nearest is {other}, alike by {score:.2}, \
                     where {threshold:.2} {is} enough{but}"
            )
        }
        _ => format!(
            "the nearest that is known is {other}, alike by {score:.2}, where {threshold:.2} {is} enough to be the same"
        ),
    }
}

/// Who it comes from, and how that is known, out of "name (why)".
fn from(origin: &str) -> String {
    let Some((name, why)) = origin.strip_suffix(')').and_then(|it| it.rsplit_once(" (")) else {
        return origin.to_owned();
    };
    let why = match why {
        "outlet" => "the outlet itself; it credits nobody",
        "credit" => "its words credit it",
        "byline" => "its byline names it",
        "its own voice" => "the feed is its own voice",
        "the report it copies" => "that is whose report it copies",
        other => other,
    };
    format!("{name}: {why}")
}

/// What touched a facet: one alias for each word, since a pack knows a name in several forms and languages.
fn touches(all: &[Value], title_words: u64) -> Vec<String> {
    let mut words = BTreeSet::new();
    let mut told: Vec<&Value> = Vec::new();
    for it in all {
        let alias = if text(it, "field") == "about" { text(it, "alias") } else { "" };
        if words.insert((text(it, "field"), it.get("at").and_then(Value::as_u64), alias)) {
            told.push(it);
        }
    }
    let more = told.len().saturating_sub(TOUCHES_MAX);
    let mut told: Vec<String> = told.into_iter().take(TOUCHES_MAX).map(|it| touch(it, title_words)).collect();
    if more > 0 {
        told.push(format!("{more} more"));
    }
    told
}

fn touch(it: &Value, title_words: u64) -> String {
    let at = number(it, "at");
    let alias = plainly(text(it, "alias"));
    match text(it, "field") {
        "about" => format!("\"{alias}\", which its feed is about"),
        "url" => format!("\"{alias}\" in its address"),
        "category" => format!("\"{alias}\" in its categories"),
        "text" => format!("\"{alias}\" in the text at word {}", at.saturating_sub(title_words) + 1),
        field => format!("\"{alias}\" in the {field} at word {}", at + 1),
    }
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
                 "facets": [{"facet": 0, "touched": [{"alias": "rubio", "field": "title", "at": 0},
                                                      {"alias": "rubio*", "field": "title", "at": 0},
                                                      {"alias": "munich", "field": "text", "at": 6}]}],
                 "title_words": 4, "half": true, "nearest": {"development": "d-7", "score": 0.251, "threshold": 0.5}, "seq": 3,
                 "compared": [{"what": "copied", "score": 0.3, "threshold": 0.5},
                              {"what": "background", "score": 0.4, "threshold": 0.6},
                              {"what": "sameness", "development": "d-7", "score": 0.251, "threshold": 0.5}],
                 "origin": "dw", "origin_why": "dw (outlet)", "rule_version": 3},
                {"storyline": "saudi-meeting", "relevant": false, "why": "it names \"rubio\", but none of (Saudi Arabia, Riyadh)",
                 "facets": [{"facet": 0, "touched": [{"alias": "rubio", "field": "title", "at": 0}]},
                            {"facet": 3, "touched": [], "names": ["@saudi-arabia", "@riyadh"]}],
                 "compared": [{"what": "join", "development": "d-9", "headline": "Delegations meet", "score": 0.12,
                               "threshold": 0.2}], "nearest": null, "relation": null, "origin": null,
                 "rule_version": 3},
                {"storyline": "munich", "relevant": true, "relation": "denial", "why": "denies: deny", "seq": 5,
                 "facets": [], "revised": true, "rule_version": 3,
                 "disputes": {"development": "d-7", "headline": "Rubio stays away"},
                 "compared": [{"what": "sameness", "development": "d-7", "score": 1.31, "threshold": 0.23}]},
                {"storyline": "vance", "relevant": true, "relation": "new", "why": "nothing known is near enough",
                 "facets": [], "compared": [], "rule_version": 3},
            ],
            "events": [{"seq": 3, "at": "2025-02-14T08:41:00Z", "kind": "development_reported", "storyline": "munich",
                        "relation": "new", "report": {"title": "Rubio lands in Munich", "outlet": "DW"}}],
        });
        expect![[r#"
            Rubio lands in Munich (DW, 08:40)
            https://dw.example/1
            i-1

            munich: belongs, as new: every facet is touched in the title
                facet 1: "rubio" in the title at word 1, "munich" in the text at word 3
                it shares 30 % of the shorter one's runs of three words with an earlier report, where 50 % would be enough for a copy; it counts as half an origin
                it reads like background by 0.40, where 0.60 would be enough to be it
                the nearest that is known is d-7, alike by 0.25, where 0.50 would be enough to be the same
                it comes from dw: the outlet itself; it credits nobody
                by version 3 of the rules

            saudi-meeting: does not belong: it names "rubio", but none of (Saudi Arabia, Riyadh)
                facet 1: "rubio" in the title at word 1
                facet 4: nothing in it
                with a facet missing it could only join a known report: the nearest is "Delegations meet" (d-9), alike by 0.12, where 0.20 would be enough

            munich when it was revised, by what was new in it alone: belongs, as denial: denies: deny
                it denies "Rubio stays away" (d-7)
                the nearest that is known is d-7, alike by 1.31, where 0.23 is enough to be the same
                by version 3 of the rules

            vance: would belong if it were read now, as new: nothing known is near enough
                by version 3 of the rules

            Where it does not belong: as things stand now, by version 3 of the rules.

            WHAT CAME OF IT
            #3 08:41 munich + Rubio lands in Munich (DW)
        "#]]
        .assert_eq(&anstream::adapter::strip_str(&render(&answer, &look)).to_string());
    }
}
