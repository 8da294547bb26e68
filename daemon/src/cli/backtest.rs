//! `storyline backtest`: definitions run over the recorded past.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use storyline_config::{Config, StorylineId};
use storyline_store::{Archive, Item, Relation};

use super::{Exit, Failure, Global, check, look::count, out};
use crate::{
    backtest::{Line, backtest, in_order},
    read::ItemLine,
    run::data_dir,
};

/// What `backtest` takes.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// Items to judge instead of the recorded past, one JSON object a line
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) items: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &BacktestArgs, global: &Global) -> ExitCode {
    out::end(global, begin(args, global))
}

fn begin(args: &BacktestArgs, global: &Global) -> Result<Exit, Failure> {
    let config = global.load().map_err(|it| check::wrong(&it))?.config;
    let items = match &args.items {
        Some(file) => read(file)?,
        None => recorded(&config)?,
    };
    let (count, mut sums) = (items.len(), BTreeMap::new());
    for line in backtest(&config, in_order(items).into_iter()) {
        if global.json {
            let text = serde_json::to_string(&line);
            let text = text
                .map_err(|it| Failure::new(Exit::BadData, format!("failed to write a decision: {it}"), ""))?;
            out::print(&format!("{text}\n"))?;
        } else {
            out::print(&told(&line))?;
            sum(&mut sums, &line);
        }
    }
    if !global.json {
        out::print(&summary(count, &sums))?;
    }
    Ok(Exit::Done)
}

/// Reads item lines; all that are wrong are told at once.
fn read(file: &Path) -> Result<Vec<Item>, Failure> {
    let place = file.display();
    let unreadable =
        |it: std::io::Error| Failure::new(Exit::BadData, format!("failed to read {place}: {it}"), "");
    let lines = BufReader::new(File::open(file).map_err(unreadable)?).lines();
    let (mut items, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in lines.enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        match ItemLine::parse(&line) {
            // The item's own clock: it is seen when it is published.
            Ok(it) => items.push(it.item(it.published)),
            Err(error) => wrong.push(format!("{place}:{}: {error}", number + 1)),
        }
    }
    if wrong.is_empty() { Ok(items) } else { Err(Failure::new(Exit::BadData, wrong.join("\n"), "")) }
}

/// What the archive of the configured data directory holds.
fn recorded(config: &Config) -> Result<Vec<Item>, Failure> {
    let unknown =
        || Failure::new(Exit::Disk, "no place is known for the archive", "name the items with --items");
    let dir = data_dir(&config.daemon, &|it| std::env::var_os(it)).ok_or_else(unknown)?;
    Archive::recorded(&dir).map_err(|it| {
        let message = format!("failed to read the archive: {it}");
        Failure::new(Exit::TryAgain, message, "stop the daemon, or name the items with --items")
    })
}

/// A decision for people.
fn told(line: &Line) -> String {
    let mark = if line.alert { '!' } else { ' ' };
    let (storyline, relation) = (&line.storyline, word(line.relation));
    let changes =
        std::iter::once(relation).chain(line.changes.iter().copied()).collect::<Vec<_>>().join(" +");
    format!(
        "{mark} {:<20} {storyline:<20} {changes} · {} · {}\n",
        line.id,
        line.phase.words(),
        line.evidence.why
    )
}

/// How often each relation occurred in a storyline, and how many alerts it opened.
type Sums = BTreeMap<StorylineId, (usize, BTreeMap<Relation, usize>)>;

fn sum(sums: &mut Sums, line: &Line) {
    let (alerts, relations) = sums.entry(line.storyline.clone()).or_default();
    *alerts += usize::from(line.alert);
    *relations.entry(line.relation).or_default() += 1;
}

fn summary(items: usize, sums: &Sums) -> String {
    let mut text = format!("\n{items} items\n");
    for (storyline, (alerts, relations)) in sums {
        let parts = relations.iter().map(|(relation, n)| format!("{n} {}", word(*relation)));
        let alerts = count(*alerts as u64, "alert");
        text += &format!("{storyline:<20} {alerts}; {}\n", parts.collect::<Vec<_>>().join(", "));
    }
    text
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
