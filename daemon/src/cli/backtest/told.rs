//! Decisions and differences, the way people read them (pure).

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::StorylineId;
use storyline_store::Relation;

use super::super::look::{count, plain};
use crate::backtest::{Difference, Line, Moved, Part, Parted, Staged, Told};

/// How often each relation occurred in a storyline, and how many alerts it opened.
pub(super) type Sums = BTreeMap<StorylineId, (usize, BTreeMap<Relation, usize>)>;

/// A decision.
pub(super) fn line(line: &Line) -> String {
    let mark = if line.alert { '!' } else { ' ' };
    let (storyline, relation) = (&line.storyline, word(line.relation));
    let changes =
        std::iter::once(relation).chain(line.changes.iter().copied()).collect::<Vec<_>>().join(" +");
    let text = format!(
        "{mark} {:<20} {storyline:<20} {changes} · {} · {} · {}\n",
        line.id,
        line.phase.words(),
        line.title,
        line.evidence.why
    );
    plain(&text)
}

/// Counts a decision.
pub(super) fn sum(sums: &mut Sums, line: &Line) {
    let (alerts, relations) = sums.entry(line.storyline.clone()).or_default();
    *alerts += usize::from(line.alert);
    *relations.entry(line.relation).or_default() += 1;
}

/// What was decided, in numbers.
pub(super) fn summary(items: usize, sums: &Sums) -> String {
    let mut text = format!("\n{}\n", count(items as u64, "item"));
    for (storyline, (alerts, relations)) in sums {
        let parts = relations.iter().map(|(relation, n)| format!("{n} {}", word(*relation)));
        let alerts = count(*alerts as u64, "alert");
        text += &format!("{storyline:<20} {alerts}; {}\n", parts.collect::<Vec<_>>().join(", "));
    }
    text
}

/// What differs, and then how much.
pub(super) fn difference(against: &str, it: &Difference) -> String {
    let against = match against {
        "recorded" => "what was decided when the items were read".to_owned(),
        file => format!("what {file} decides"),
    };
    let mut text = format!("\ncompared with {against}:\n");
    if it.is_empty() {
        return text + "nothing would differ\n";
    }
    let alerts = &it.alerts;
    text.extend(alerts.gained.iter().map(|it| format!("+ alert      {}\n", told(it))));
    text.extend(alerts.lost.iter().map(|it| format!("- alert      {}\n", told(it))));
    text.extend(alerts.moved.iter().map(moved));
    text.extend(it.stages.iter().map(staged));
    text.extend(it.developments.split.iter().map(|it| parted("split", "falls into", it)));
    text.extend(it.developments.merged.iter().map(|it| parted("merged", "draws together", it)));
    let mine = |all: &[Told], besides: &[Told]| all.iter().filter(|it| !besides.contains(it)).count();
    let (gained, lost) = (mine(&it.reports.gained, &alerts.gained), mine(&it.reports.lost, &alerts.lost));
    text += &format!(
        "\n{} gained, {} lost, {} moved; {} changed; {} split, {} merged; besides {} more would belong, {} no longer\n",
        count(alerts.gained.len() as u64, "alert"),
        alerts.lost.len(),
        alerts.moved.len(),
        count(it.stages.len() as u64, "stage"),
        count(it.developments.split.len() as u64, "development"),
        it.developments.merged.len(),
        count(gained as u64, "report"),
        lost,
    );
    plain(&text)
}

fn told(it: &Told) -> String {
    let kind = match it.relation {
        Relation::New => String::new(),
        other => format!(" ({})", word(other)),
    };
    format!("{} · {} · {}{kind} [{}]", it.storyline, time(it.at), it.title, it.id)
}

fn moved(it: &Moved) -> String {
    let by = match it.seconds {
        0 => "at the same time".to_owned(),
        later if later > 0 => format!("{} later", lasting(later)),
        sooner => format!("{} sooner", lasting(-sooner)),
    };
    format!(
        "~ alert      {} · {} → {} ({by}) · {} [{}] → {} [{}]\n",
        it.to.storyline,
        time(it.from.at),
        time(it.to.at),
        it.from.title,
        it.from.id,
        it.to.title,
        it.to.id
    )
}

fn staged(it: &Staged) -> String {
    let by = |it: &Option<Told>| {
        it.as_ref().map_or_else(|| "not at all".to_owned(), |it| format!("{} [{}]", time(it.at), it.id))
    };
    format!(
        "~ {:<10} {} · {} → {} · {} [{}]\n",
        it.stage,
        it.alert.storyline,
        by(&it.from),
        by(&it.to),
        it.alert.title,
        it.alert.id
    )
}

fn parted(mark: &str, verb: &str, it: &Parted) -> String {
    let part = |it: &Part| format!("\"{}\" ({})", it.headline, count(it.reports.len() as u64, "report"));
    let parts: Vec<String> = it.parts.iter().map(part).collect();
    let (one, storyline) = (part(&it.one), &it.storyline);
    format!("~ {mark:<10} {storyline} · {one} {verb}: {}\n", parts.join(", "))
}

fn time(at: Timestamp) -> String {
    TimeZone::system().to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn lasting(seconds: i64) -> String {
    match seconds {
        0..3_600 => format!("{} min", (seconds + 59) / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::New => "new",
        Relation::Corroboration => "corroboration",
        Relation::Copy => "copy",
        Relation::Update => "update",
        Relation::Background => "background",
        Relation::Denial => "denial",
        Relation::Correction => "correction",
    }
}
