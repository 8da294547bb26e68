//! An event as one line for people: alerts as their sentence, everything else short.

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::look::{Look, count, list, number, text, words};
use crate::plan;

const DIM: Style = Style::new().dimmed();
const NOTICE: Style = AnsiColor::Cyan.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// One line: place, time, what happened.
pub(super) fn of_event(event: &Value, look: &Look) -> String {
    let (seq, at) = (number(event, "seq"), look.time_of(event.get("at").unwrap_or(&Value::Null)));
    format!("{DIM}#{seq} {at}{DIM:#} {}", what(event, look))
}

fn what(event: &Value, look: &Look) -> String {
    let kind = text(event, "kind");
    match kind {
        "alert_raised" => return sentence(event),
        "alert_suppressed" => {
            return format!(
                "{} not alerted ({}): {}",
                subject(event),
                words(text(event, "reason")),
                text(event, "headline")
            );
        }
        "alert_gathered" => {
            let (sink, why) = (text(event, "sink"), words(text(event, "digest")));
            return format!("{} gathered for {sink} ({why}): {}", subject(event), text(event, "headline"));
        }
        _ => {}
    }
    if kind.starts_with("delivery_") || kind == "sink_disabled" {
        return delivery(event, kind);
    }
    if event.get("feed").is_some_and(Value::is_string) {
        return feed(event, kind);
    }
    if event.get("storyline").is_some_and(Value::is_string) {
        return format!("{} {}", subject(event), change(event, kind, look));
    }
    daemon(event, kind)
}

/// The sentence people were sent, set off by how much it matters.
fn sentence(event: &Value) -> String {
    let style = match text(event, "severity") {
        "warning" => WARNING,
        "notice" => NOTICE,
        _ => Style::new(),
    };
    let (sentence, ask) = (text(event, "text"), format!("storyline explain #{}", number(event, "seq")));
    if sentence.ends_with(&ask) {
        format!("{style}{sentence}{style:#}")
    } else {
        format!("{style}{sentence} · {ask}{style:#}")
    }
}

fn subject(event: &Value) -> String {
    text(event, "storyline").to_owned()
}

fn report(event: &Value) -> String {
    let report = event.get("report").unwrap_or(&Value::Null);
    format!("{} ({})", text(report, "title"), text(report, "outlet"))
}

fn change(event: &Value, kind: &str, look: &Look) -> String {
    let field = |name: &str| text(event, name);
    let time = |name: &str| look.time_of(event.get(name).unwrap_or(&Value::Null));
    match kind {
        "storyline_defined" => format!("is followed: {}", field("title")),
        "storyline_retired" => "is no longer followed".to_owned(),
        "development_reported" if field("relation") == "new" => format!("+ {}", report(event)),
        "development_reported" => format!("! {}: {}", field("relation"), report(event)),
        "development_corroborated" => format!("= {}", report(event)),
        "report_noted" => format!("  {}: {}", field("relation"), report(event)),
        "development_confirmed" => match field("by_party") {
            "" => format!("confirmed by {}", names(event, "origins")),
            party => format!("confirmed by {party} itself"),
        },
        "development_disputed" => format!("{} is disputed by {}", field("development"), field("by")),
        "development_dropped" => format!("{} was dropped by {}", field("development"), field("by")),
        "phase_entered" => {
            let (from, to) = (words(field("from")), words(field("to")));
            format!("{from} → {to} ({}): \"{}\"", field("certainty"), field("cue"))
        }
        "fact_reported" => format!("{}: {} ({})", field("key"), field("value"), field("certainty")),
        "expectation_set" => format!("expected {}: {}", field("date"), field("what")),
        "expectation_dropped" => format!("what was expected {} will not be", field("date")),
        "expectation_met" => format!("what was expected {} happened", field("date")),
        "expectation_missed" => format!("overdue since {}: {}", field("date"), field("what")),
        "storyline_surged" => {
            format!(
                "{} in 24 h, usually {}",
                count(number(event, "last_24h"), "report"),
                number(event, "usual")
            )
        }
        "storyline_quieted" => "nothing is written any more".to_owned(),
        "alert_snoozed" => format!("is snoozed until {} by {}", time("until"), field("by")),
        other => words(other),
    }
}

fn names(event: &Value, name: &str) -> String {
    let names: Vec<_> = list(event, name).iter().filter_map(Value::as_str).collect();
    names.join(", ")
}

fn delivery(event: &Value, kind: &str) -> String {
    let field = |name: &str| text(event, name);
    let (delivery, attempt) = (field("delivery"), number(event, "attempt"));
    match kind {
        "delivery_planned" => format!("{delivery} to {} is planned", field("sink")),
        "delivery_attempted" => format!("{delivery} is sent, attempt {attempt}"),
        "delivery_done" => format!("{delivery} was taken"),
        "delivery_failed" => format!("{delivery} failed, attempt {attempt}: {}", field("error")),
        "delivery_dead" => format!("{delivery} is dead: {}", field("error")),
        _ => format!("{} is held: {}", field("sink"), field("error")),
    }
}

fn feed(event: &Value, kind: &str) -> String {
    let (feed, error) = (text(event, "feed"), text(event, "error"));
    match kind {
        "feed_baselined" => {
            format!("{feed} was read for the first time: {}", count(number(event, "items"), "item"))
        }
        "feed_failed" => format!("{feed} fails: {error}"),
        "feed_blocked" => format!("{feed} answers with a challenge: {error}"),
        "feed_gone" => format!("{feed} is gone: {error}"),
        "feed_silent" => format!("{feed} is silent beyond its habit"),
        "feed_skewed" => match event.get("seconds").and_then(Value::as_i64).unwrap_or(0) {
            0 => format!("the clock of {feed} agrees with ours again"),
            seconds => format!("the clock of {feed} is {}", plan::skew(seconds)),
        },
        "feed_moved" => format!("{feed} moved to {}", text(event, "url")),
        "feed_recovered" => format!("{feed} is back"),
        other => format!("{feed} {}", words(other)),
    }
}

fn daemon(event: &Value, kind: &str) -> String {
    let field = |name: &str| text(event, name);
    match kind {
        "configuration_loaded" => {
            let count = |name: &str, noun: &str| count(number(event, name), noun);
            let (feeds, storylines) = (count("feeds", "feed"), count("storylines", "storyline"));
            format!("a configuration is in force: {feeds}, {storylines}, {}", count("sinks", "sink"))
        }
        "storage_degraded" => format!("nothing can be written ({}): {}", field("code"), field("detail")),
        "storage_restored" => "writing goes on".to_owned(),
        "record_lost" => format!("an event was lost: {}", field("detail")),
        "outlet_muted" => format!("{} was muted by {}", field("outlet"), field("by")),
        "alert_acknowledged" => format!("{} was acknowledged by {}", field("alert"), field("by")),
        other => words(other),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_event_reads_as_a_line() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let report = json!({"title": "Rubio lands in Munich", "outlet": "DW"});
        let events = [
            json!({"kind": "development_reported", "storyline": "munich", "relation": "new", "report": report}),
            json!({"kind": "development_reported", "storyline": "munich", "relation": "denial", "report": report}),
            json!({"kind": "development_corroborated", "storyline": "munich", "report": report}),
            json!({"kind": "report_noted", "storyline": "munich", "relation": "copy", "report": report}),
            json!({"kind": "development_confirmed", "storyline": "munich", "origins": ["Reuters", "DW"]}),
            json!({"kind": "phase_entered", "storyline": "munich", "from": "scheduled", "to": "under_way",
                   "certainty": "reported", "cue": "lands in"}),
            json!({"kind": "expectation_missed", "storyline": "munich", "date": "2025-02-14", "what": "on Friday"}),
            json!({"kind": "alert_raised", "storyline": "munich", "severity": "warning",
                   "text": "munich · scheduled → under way · Rubio lands in Munich (confirmed: Reuters, DW) · since 10:40"}),
            json!({"kind": "alert_raised", "severity": "info", "text": "a · b · storyline explain #9"}),
            json!({"kind": "alert_suppressed", "storyline": "munich", "reason": "first_run", "headline": "Old news"}),
            json!({"kind": "alert_gathered", "storyline": "munich", "sink": "desk", "digest": "first_run", "headline": "Old news"}),
            json!({"kind": "delivery_failed", "delivery": "m-1", "attempt": 2, "error": "503"}),
            json!({"kind": "feed_failed", "feed": "bbc", "error": "500 Internal Server Error"}),
            json!({"kind": "configuration_loaded", "feeds": 1, "storylines": 7, "sinks": 0}),
            json!({"kind": "something_later"}),
        ];
        let numbered = events.into_iter().enumerate().map(|(n, mut it)| {
            it["seq"] = json!(n + 1);
            it["at"] = json!("2025-02-14T10:40:00Z");
            of_event(&it, &look)
        });
        let lines: Vec<_> = numbered.collect();
        let want: Expect = expect![[r##"
            #1 10:40 munich + Rubio lands in Munich (DW)
            #2 10:40 munich ! denial: Rubio lands in Munich (DW)
            #3 10:40 munich = Rubio lands in Munich (DW)
            #4 10:40 munich   copy: Rubio lands in Munich (DW)
            #5 10:40 munich confirmed by Reuters, DW
            #6 10:40 munich scheduled → under way (reported): "lands in"
            #7 10:40 munich overdue since 2025-02-14: on Friday
            #8 10:40 munich · scheduled → under way · Rubio lands in Munich (confirmed: Reuters, DW) · since 10:40 · storyline explain #8
            #9 10:40 a · b · storyline explain #9
            #10 10:40 munich not alerted (first run): Old news
            #11 10:40 munich gathered for desk (first run): Old news
            #12 10:40 m-1 failed, attempt 2: 503
            #13 10:40 bbc fails: 500 Internal Server Error
            #14 10:40 a configuration is in force: 1 feed, 7 storylines, 0 sinks
            #15 10:40 something later"##]];
        want.assert_eq(&anstream::adapter::strip_str(&lines.join("\n")).to_string());
    }
}
