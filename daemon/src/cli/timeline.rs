//! `storyline timeline`: a storyline's developments, all of them.

use anstyle::Style;
use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    Exit, Failure, Global,
    client::{Client, encoded},
    look::{Look, list, number, text, words},
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
    let mut blocks: Vec<(Timestamp, u64, String)> = Vec::new();
    let mut apart = apart(developments);
    for it in developments {
        blocks.push((time(it), number(it, "seq"), development(it, &apart, look)));
    }
    blocks.extend(apart.drain(..).map(|it| (it.place, number(it.phase, "seq"), it.shown(look))));
    blocks.sort_by_key(|it| (it.0, it.1));
    lines.extend(blocks.into_iter().map(|it| it.2));
    lines + &background(list(timeline, "background"), look)
}

/// A change of phase that is shown apart from its development, since it came later.
struct Apart<'a> {
    development: &'a str,
    phase: &'a Value,
    /// Where it stands among the developments.
    place: Timestamp,
}

impl Apart<'_> {
    fn shown(&self, look: &Look) -> String {
        let at = look.time_of(self.phase.get("at").unwrap_or(&Value::Null));
        let (headline, outlet) = (text(self.phase, "headline"), text(self.phase, "outlet"));
        let dev = self.development;
        format!("\n{at}  {BOLD}{}{BOLD:#}: {headline} ({outlet})  {DIM}{dev}{DIM:#}\n", entered(self.phase))
    }
}

/// The changes of phase a later report made, or one that was read after a later change: each stands where the phases, read
/// down, follow one another.
fn apart(developments: &[Value]) -> Vec<Apart<'_>> {
    let mut all: Vec<_> =
        developments.iter().flat_map(|it| list(it, "phases").iter().map(move |phase| (it, phase))).collect();
    all.sort_by_key(|(_, phase)| number(phase, "seq"));
    let mut place = Timestamp::MIN;
    let mut apart = Vec::new();
    for (it, phase) in all {
        let at = if phase.get("at").is_some() { time(phase) } else { time(it) };
        place = place.max(at);
        if place != time(it) {
            apart.push(Apart { development: text(it, "id"), phase, place });
        }
    }
    apart
}

/// When something counts from; the beginning of time where that is not said.
fn time(it: &Value) -> Timestamp {
    text(it, "at").parse().unwrap_or(Timestamp::MIN)
}

fn entered(phase: &Value) -> String {
    let (from, to) = (words(text(phase, "from")), words(text(phase, "to")));
    format!("{from} → {to} ({})", text(phase, "certainty"))
}

/// What belongs to the storyline and is no news of it.
fn background(reports: &[Value], look: &Look) -> String {
    let mut lines = String::new();
    for it in reports {
        let at = look.time_of(it.get("at").unwrap_or(&Value::Null));
        lines += &format!("    {at}  {} ({})\n", text(it, "title"), text(it, "outlet"));
    }
    if lines.is_empty() { lines } else { format!("\nbackground:\n{lines}") }
}

fn development(it: &Value, apart: &[Apart<'_>], look: &Look) -> String {
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
    let is_apart = |phase: &Value| apart.iter().any(|it| it.phase == phase);
    for phase in list(it, "phases").iter().filter(|it| !is_apart(it)) {
        lines += &format!("    {}\n", entered(phase));
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

    #[test]
    fn read_down_a_timeline_ends_in_the_phase_the_storyline_is_in() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let at = |hour: u8| format!("2025-02-14T{hour:02}:00:00Z");
        let phase = |seq: u64, hour: u8, from: &str, to: &str, headline: &str| {
            json!({"seq": seq, "at": at(hour), "from": from, "to": to, "certainty": "reported", "headline": headline,
                   "outlet": "Daily"})
        };
        let development = |seq: u64, hour: u8, headline: &str, phases: &[Value]| {
            json!({"id": format!("d-{seq}"), "seq": seq, "at": at(hour), "headline": headline, "state": "provisional",
                   "origins": ["wire"], "phases": phases})
        };
        let merge = [
            phase(2, 1, "none", "rumoured", "In talks"),
            phase(12, 9, "cancelled", "announced", "They agree to merge"),
        ];
        // It was read when the merger was announced again, and had been written before.
        let halted = [phase(22, 8, "announced", "paused", "A judge halts it")];
        let timeline = json!({"id": "ferries", "title": "The merger", "developments": [
            development(1, 1, "In talks", &merge),
            development(5, 6, "Talks are off", &[phase(6, 6, "rumoured", "cancelled", "Talks are off")]),
            development(21, 8, "A judge halts it", &halted),
        ], "background": [{"at": at(7), "title": "How ferries began", "outlet": "Herald"}]});
        expect![[r#"
            ferries · The merger

            01:00  In talks (provisional: wire)  d-1
                none → rumoured (reported)

            06:00  Talks are off (provisional: wire)  d-5
                rumoured → cancelled (reported)

            08:00  A judge halts it (provisional: wire)  d-21

            09:00  cancelled → announced (reported): They agree to merge (Daily)  d-1

            08:00  announced → paused (reported): A judge halts it (Daily)  d-21

            background:
                07:00  How ferries began (Herald)
        "#]]
        .assert_eq(&anstream::adapter::strip_str(&render(&timeline, &look)).to_string());
    }
}
