//! `storyline status`: where things stand, now or then.

use anstyle::{AnsiColor, Style};
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded},
    look::{Look, count, list, number, text, words},
    moment::{self, Moment},
    out,
};

const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default().bold();

/// Show where things stand.
#[derive(Debug, Default, Args)]
pub(crate) struct StatusArgs {
    /// One storyline, with all that is known of it
    id: Option<String>,
    /// As it stood then: a time, an age such as "2 days ago", or an event's place
    #[arg(long, value_name = "TIME|#SEQ", value_parser = moment::argument)]
    at: Option<Moment>,
    /// Also what changed since
    #[arg(long, value_name = "TIME|#SEQ", value_parser = moment::argument)]
    since: Option<Moment>,
}

/// Runs the command.
pub(super) async fn run(args: &StatusArgs, global: &Global) -> Result<Exit, Failure> {
    show(args, global, &Look::here()).await
}

/// Asks, and prints as seen from a time and a place.
pub(super) async fn show(args: &StatusArgs, global: &Global, look: &Look) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    let path = match &args.id {
        Some(id) => format!("/v1/storylines/{}", encoded(id)),
        None => "/v1/status".to_owned(),
    };
    let at = args.at.iter().map(|it| format!("at={}", it.parameter()));
    let since = args.since.iter().map(|it| format!("since={}", it.parameter()));
    let query: Vec<_> = at.chain(since).collect();
    let path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
    let answer = client.get(&path).await?;
    let people = |it: &Value| match args.id {
        Some(_) => render_storyline(it, look),
        None => render_status(it, look),
    };
    out::show(global, answer, people)?;
    Ok(Exit::Done)
}

/// Lays out the status of everything.
fn render_status(status: &Value, look: &Look) -> String {
    let mut lines = String::new();
    if let Some(version) = status.get("version").and_then(Value::as_str) {
        let age = look.age(status.get("started").unwrap_or(&Value::Null));
        lines += &format!("storyline {version} · up {age} · #{}\n", number(status, "seq"));
    } else {
        lines += &format!("as of #{}\n", number(status, "seq"));
    }
    if let Some(trouble) = status.get("storage_error").filter(|it| it.is_object()) {
        lines += &render_trouble(trouble, look);
    }
    if let Some(feeds) = status.get("feeds") {
        lines += &render_feeds(feeds);
    }
    for sink in list(status, "sinks").iter().filter(|it| text(it, "state") != "ok") {
        lines += &render_sink(sink, look);
    }
    let muted: Vec<&str> = list(status, "muted").iter().filter_map(Value::as_str).collect();
    if !muted.is_empty() {
        lines += &format!("muted: {}\n", muted.join(", "));
    }
    if let Some(disk) = status.get("disk") {
        lines += &render_disk(disk);
    }
    lines.push('\n');
    lines + &render_storylines(list(status, "storylines"), look) + &render_changes(status, look)
}

fn render_trouble(trouble: &Value, look: &Look) -> String {
    let since = look.time_of(trouble.get("since").unwrap_or(&Value::Null));
    let (code, detail, hint) = (text(trouble, "code"), text(trouble, "detail"), text(trouble, "hint"));
    format!("{RED}read-only{RED:#} since {since} ({code}): {detail}\n  {hint}\n")
}

fn render_feeds(feeds: &Value) -> String {
    let (total, items) = (count(number(feeds, "total"), "feed"), count(number(feeds, "items"), "item"));
    let failing = match number(feeds, "failing") {
        0 => String::new(),
        some => format!(" ({some} failing)"),
    };
    let nearest = match text(feeds, "nearest_miss") {
        "" => String::new(),
        it => format!("; nearest miss: {it}"),
    };
    let others = list(feeds, "nearest_misses").iter().skip(1).filter_map(Value::as_str);
    let others = others.fold(String::new(), |all, it| all + "  also near: " + it + "\n");
    format!("{total}{failing}, {items}, {} matched{nearest}\n{others}", number(feeds, "matched"))
}

/// A sink that does not take what it is sent.
fn render_sink(sink: &Value, look: &Look) -> String {
    let (id, state, error) = (text(sink, "id"), text(sink, "state"), text(sink, "error"));
    let since = match sink.get("since").filter(|it| it.is_string()) {
        Some(since) => format!(" since {}", look.time_of(since)),
        None => String::new(),
    };
    let waiting = count(number(sink, "pending") + number(sink, "held"), "message");
    let dead = match number(sink, "dead") {
        0 => String::new(),
        some => format!(", {some} dead"),
    };
    format!("sink {id} is {RED}{state}{RED:#}{since}, {waiting} waiting{dead}: {error}\n")
}

fn render_disk(disk: &Value) -> String {
    let rooms = ["log", "segments", "archive", "snapshot", "aside"];
    let taken = rooms.into_iter().filter(|it| number(disk, it) > 0);
    let taken: Vec<_> = taken.map(|it| format!("{it} {}", bytes(number(disk, it)))).collect();
    format!("{} on disk: {}\n", bytes(number(disk, "total")), taken.join(", "))
}

/// Bytes as people read them.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

fn render_storylines(storylines: &[Value], look: &Look) -> String {
    if storylines.is_empty() {
        return "no storyline is followed\n".to_owned();
    }
    let mut table = table(look);
    table.set_header(["STORYLINE", "PHASE", "SINCE", "24 H", "ORIGINS", "LATEST"]);
    for it in storylines {
        let heat = it.get("heat").unwrap_or(&Value::Null);
        let latest = it.get("latest").unwrap_or(&Value::Null);
        table.add_row([
            text(it, "id").to_owned(),
            phase(it),
            look.time_of(it.get("since").unwrap_or(&Value::Null)),
            format!("{} {}", number(heat, "last_24h"), arrow(text(heat, "trend"))),
            number(it, "origins").to_string(),
            headline(latest),
        ]);
    }
    heading(&table)
}

/// A table without lines, wrapped to the terminal.
pub(super) fn table(look: &Look) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    table
}

/// The table's text, from the left edge on.
pub(super) fn laid_out(table: &Table) -> String {
    let lines = table.trim_fmt();
    let flush: Vec<_> = lines.lines().map(|it| it.strip_prefix(' ').unwrap_or(it)).collect();
    flush.join("\n")
}

/// The table's text with its first line set off.
pub(super) fn heading(table: &Table) -> String {
    let mut lines = laid_out(table);
    if let Some(end) = lines.find('\n') {
        lines.insert_str(end, &format!("{BOLD:#}"));
        lines.insert_str(0, &format!("{BOLD}"));
    }
    lines.push('\n');
    lines
}

fn phase(storyline: &Value) -> String {
    let phase = words(text(storyline, "phase"));
    match text(storyline, "certainty") {
        "" | "reported" => phase,
        certainty => format!("{phase} ({certainty})"),
    }
}

fn arrow(trend: &str) -> &'static str {
    match trend {
        "rising" => "↑",
        "falling" => "↓",
        "steady" => "→",
        _ => "",
    }
}

fn headline(latest: &Value) -> String {
    match text(latest, "headline") {
        "" => "–".to_owned(),
        it => format!("{it} ({})", text(latest, "state")),
    }
}

/// Lays out one storyline.
fn render_storyline(it: &Value, look: &Look) -> String {
    let heat = it.get("heat").unwrap_or(&Value::Null);
    let since = match it.get("since") {
        None | Some(Value::Null) => String::new(),
        Some(since) => format!(" since {}", look.time_of(since)),
    };
    let mut lines = format!("{BOLD}{}{BOLD:#} · {}\n", text(it, "id"), text(it, "title"));
    lines += &format!(
        "{}{since} · {} in 24 h, {} · {}, {}, {}\n",
        phase(it),
        count(number(heat, "last_24h"), "report"),
        text(heat, "trend"),
        count(number(it, "developments"), "development"),
        count(number(it, "reports"), "report"),
        count(number(it, "origins"), "origin"),
    );
    if let Some(until) = it.get("snoozed_until").filter(|it| !it.is_null()) {
        lines += &format!("snoozed until {}\n", look.time_of(until));
    }
    let mut rows: Vec<[String; 2]> = Vec::new();
    if let Some(latest) = it.get("latest").filter(|it| !it.is_null()) {
        let (state, origins) = (text(latest, "state"), count(number(latest, "origins"), "origin"));
        let at = look.time_of(latest.get("at").unwrap_or(&Value::Null));
        rows.push(["latest".to_owned(), format!("{} ({state}, {origins}) {at}", text(latest, "headline"))]);
    }
    for fact in list(it, "facts") {
        rows.push([
            text(fact, "key").to_owned(),
            format!("{} ({})", text(fact, "value"), text(fact, "certainty")),
        ]);
    }
    for it in list(it, "expectations") {
        let (what, state) = (text(it, "what"), text(it, "state"));
        rows.push(["expected".to_owned(), format!("{}: {what} ({state})", text(it, "date"))]);
    }
    if !rows.is_empty() {
        let mut table = table(look);
        table.add_rows(rows);
        lines += &format!("\n{}\n", laid_out(&table));
    }
    lines + &render_changes(it, look)
}

/// What changed, where that was asked.
fn render_changes(answer: &Value, look: &Look) -> String {
    let Some(changes) = answer.get("changes").and_then(Value::as_array) else { return String::new() };
    if changes.is_empty() {
        return "\nnothing changed since\n".to_owned();
    }
    let mut lines = format!("\n{BOLD}SINCE THEN{BOLD:#}\n");
    for it in changes {
        lines += &super::line::of_event(it, look);
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    fn look() -> Look {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone, width: 90 }
    }

    fn check(found: &str, want: &Expect) {
        want.assert_eq(&anstream::adapter::strip_str(found).to_string());
    }

    fn munich() -> Value {
        json!({
            "id": "munich", "title": "The Munich conference", "phase": "under_way", "certainty": "confirmed",
            "since": "2025-02-14T08:40:00Z", "heat": {"last_24h": 12, "trend": "rising"}, "reports": 31,
            "origins": 9, "developments": 4, "snoozed_until": null,
            "latest": {"id": "d-1", "headline": "Rubio and Vance arrive", "at": "2025-02-14T09:00:00Z",
                       "state": "confirmed", "origins": 2},
            "facts": [{"key": "place", "value": "Munich", "certainty": "confirmed"}],
            "expectations": [{"date": "2025-02-16", "what": "the conference ends", "state": "open"}],
        })
    }

    #[test]
    fn status_says_what_was_read_and_where_each_storyline_stands() {
        let quiet =
            json!({"id": "minerals-deal", "phase": "none", "heat": {"last_24h": 0, "trend": "quiet"}});
        let status = json!({
            "version": "0.1.0", "seq": 812, "started": "2025-02-14T08:00:00Z", "storage": "ok", "storage_error": null,
            "feeds": {"total": 25, "failing": 1, "items": 612, "matched": 0, "nearest_miss": "\"X\": munich lacks its place"},
            "storylines": [munich(), quiet],
        });
        check(
            &render_status(&status, &look()),
            &expect![[r#"
                storyline 0.1.0 · up 4 h · #812
                25 feeds (1 failing), 612 items, 0 matched; nearest miss: "X": munich lacks its place

                STORYLINE      PHASE                  SINCE  24 H  ORIGINS  LATEST
                munich         under way (confirmed)  10:40  12 ↑  9        Rubio and Vance arrive
                                                                            (confirmed)
                minerals-deal  none                   –      0     0        –
            "#]],
        );
    }

    #[test]
    fn status_says_which_sinks_do_not_take_what_they_are_sent() {
        let sink = |id: &str, state: &str, error: serde_json::Value| json!({"id": id, "state": state, "since": "2025-02-14T11:00:00Z", "error": error, "pending": 2, "held": 1, "dead": 1});
        let sinks = [sink("desk", "failing", json!("answered 503")), sink("phone", "ok", json!(null))];
        let status = json!({"seq": 3, "sinks": sinks, "muted": ["Bay Times", "DW"], "storylines": []});
        check(
            &render_status(&status, &look()),
            &expect![[r#"
            as of #3
            sink desk is failing since 13:00, 3 messages waiting, 1 dead: answered 503
            muted: Bay Times, DW

            no storyline is followed
        "#]],
        );
    }

    #[test]
    fn status_of_a_moment_says_which() {
        check(
            &render_status(&json!({"seq": 3, "storylines": []}), &look()),
            &expect![[r#"
            as of #3

            no storyline is followed
        "#]],
        );
    }

    #[test]
    fn status_says_why_nothing_can_be_written() {
        let trouble = json!({"code": "full", "detail": "no room is left", "hint": "free some space",
                             "since": "2025-02-14T11:00:00Z"});
        let status = json!({"version": "0.1.0", "seq": 3, "started": "2025-02-14T11:59:30Z", "storage_error": trouble,
                            "feeds": {"total": 1, "items": 1, "matched": 1}, "storylines": []});
        check(
            &render_status(&status, &look()),
            &expect![[r#"
            storyline 0.1.0 · up 30 s · #3
            read-only since 13:00 (full): no room is left
              free some space
            1 feed, 1 item, 1 matched

            no storyline is followed
        "#]],
        );
    }

    #[test]
    fn a_storyline_shows_what_is_known_and_expected() {
        check(
            &render_storyline(&munich(), &look()),
            &expect![[r#"
                munich · The Munich conference
                under way (confirmed) since 10:40 · 12 reports in 24 h, rising · 4 developments, 31 reports, 9 origins

                latest    Rubio and Vance arrive (confirmed, 2 origins) 11:00
                place     Munich (confirmed)
                expected  2025-02-16: the conference ends (open)
            "#]],
        );
    }
}
