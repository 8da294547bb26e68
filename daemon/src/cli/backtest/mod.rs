//! `storyline backtest`: definitions run over the recorded past, and what they would make otherwise.

mod past;
mod told;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Args;
use past::Against;
pub(super) use past::{archived, place};
use serde::Serialize;
use serde_json::json;
use storyline_config::Config;
use storyline_store::Item;

use super::{Exit, Failure, Global, check, out, progress::Progress};
use crate::backtest::{Decision, Difference, Line, backtest, in_order};

/// What `backtest` takes.
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// Items to judge instead of the recorded past, one JSON object a line
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) items: Option<PathBuf>,
    /// What to tell the difference to: another configuration, or `recorded` for what was decided when the items were
    /// read (default: recorded; with --items the configuration in use). With --json there is none unless this is given; it
    /// is the last line then
    #[arg(long, value_name = "CONFIG|recorded")]
    pub(crate) against: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &BacktestArgs, global: &Global) -> ExitCode {
    out::end(global, begin(args, global))
}

fn begin(args: &BacktestArgs, global: &Global) -> Result<Exit, Failure> {
    let config = global.load().map_err(|it| check::wrong(&it))?.config;
    // A script that wants decisions alone gets them alone; of the log it pays for what was muted and edited.
    let asked = args.against.is_some();
    let against = if global.json && !asked { None } else { Against::of(args, global)? };
    let (items, recordings) = match &args.items {
        Some(file) => (past::read(file)?, None),
        None => past::recorded(&config, global, asked, against.as_ref().is_some_and(Against::is_recorded))?,
    };
    let items = in_order(items);
    let (decisions, sums) = judge(&config, &items, global)?;
    if !global.json {
        out::print(&told::summary(items.len(), &sums))?;
    }
    let Some(against) = against else { return Ok(Exit::Done) };
    let old = match (&against, recordings) {
        (Against::Recorded, Some(it)) => it.decisions,
        (Against::Recorded, None) => return Ok(Exit::Done),
        (Against::Config { config, .. }, _) => quietly(config, &items),
    };
    let difference = Difference::between(&old, &decisions);
    if global.json {
        print_json(&json!({ "against": against.to_string(), "difference": difference }))?;
    } else {
        out::print(&told::difference(&against.to_string(), &difference))?;
    }
    Ok(Exit::Done)
}

/// Judges items and prints every decision.
fn judge(config: &Config, items: &[Item], global: &Global) -> Result<(Vec<Decision>, told::Sums), Failure> {
    let (mut decisions, mut sums) = (Vec::new(), BTreeMap::new());
    let progress = std::cell::RefCell::new(Progress::over("judging", items.len()));
    let items = items.iter().cloned().inspect(|_| progress.borrow_mut().step());
    for line in backtest(config, items) {
        progress.borrow_mut().clear();
        if global.json {
            print_json(&line)?;
        } else {
            out::print(&told::line(&line))?;
            told::sum(&mut sums, &line);
        }
        decisions.push((&line).into());
    }
    Ok((decisions, sums))
}

/// What a configuration decides of items.
fn quietly(config: &Config, items: &[Item]) -> Vec<Decision> {
    let mut progress = Progress::over("judging as before", items.len());
    let items = items.iter().cloned().inspect(|_| progress.step());
    backtest(config, items).map(|it: Line| (&it).into()).collect()
}

fn print_json(document: &impl Serialize) -> Result<(), Failure> {
    let failed =
        |it: serde_json::Error| Failure::new(Exit::BadData, format!("failed to write a decision: {it}"), "");
    out::print(&format!("{}\n", serde_json::to_string(document).map_err(failed)?))
}
