//! Where the items and the decisions of the past are read from.

use std::{
    fmt,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use storyline_config::{Config, Location, limit::EVENTS_LIMIT_MAX};
use storyline_store::{Archive, Item, Reader, Seq, StoreError};

use super::{BacktestArgs, Exit, Failure, Global, check};
use crate::{backtest::Recordings, read::ItemLine, run::data_dir};

/// What the new decisions are compared with.
pub(super) enum Against {
    /// What was decided when the items were read.
    Recorded,
    /// What another configuration decides.
    Config {
        /// Where it is from.
        name: String,
        /// The configuration.
        config: Box<Config>,
    },
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded => f.write_str("recorded"),
            Self::Config { name, .. } => f.write_str(name),
        }
    }
}

impl Against {
    /// What was asked for; else what was recorded, or for items from a file the configuration in use, unless that is
    /// the one that is tried.
    pub(super) fn of(args: &BacktestArgs, global: &Global) -> Result<Option<Self>, Failure> {
        match (&args.against, &args.items) {
            (Some(it), Some(_)) if it.as_os_str() == "recorded" => Err(Failure::new(
                Exit::Usage,
                "of items from a file nothing was recorded",
                "name a configuration with --against, or leave --items out",
            )),
            (Some(it), None) if it.as_os_str() == "recorded" => Ok(Some(Self::Recorded)),
            (None, None) => Ok(Some(Self::Recorded)),
            (Some(file), _) => Self::load(file).map(Some),
            (None, Some(_)) => match (Global::default().location(), global.location()) {
                (Location::File(used), Location::File(tried)) if used != tried => Self::load(&used).map(Some),
                _ => Ok(None),
            },
        }
    }

    fn load(file: &Path) -> Result<Self, Failure> {
        let config = Config::load(file).map_err(|it| check::wrong(&it))?.config;
        Ok(Self::Config { name: file.display().to_string(), config: Box::new(config) })
    }

    pub(super) fn is_recorded(&self) -> bool {
        matches!(self, Self::Recorded)
    }
}

/// Reads item lines; all that are wrong are told at once.
pub(super) fn read(file: &Path) -> Result<Vec<Item>, Failure> {
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

/// What the archive holds, without what was left out by then, and where `decisions` are wanted what the log tells of
/// it. A log that cannot be read fails the run only where it was `asked` for.
pub(super) fn recorded(
    config: &Config,
    global: &Global,
    asked: bool,
    decisions: bool,
) -> Result<(Vec<Item>, Option<Recordings>), Failure> {
    let dir = place(config, global, INSTEAD)?;
    let mut items = archived(&dir, INSTEAD)?;
    let told = match decided(&dir, &items) {
        Ok(it) => it,
        Err(it) if asked && decisions => {
            return Err(Failure::new(Exit::Disk, format!("failed to read the log: {it}"), ""));
        }
        Err(error) => {
            tracing::warn!(%error, "the log cannot be read; nothing is compared with it");
            return Ok((items, None));
        }
    };
    items.extend(told.earlier.iter().cloned());
    items.retain(|it| told.muted.get(&it.outlet).is_none_or(|since| it.seen < *since));
    Ok((items, decisions.then_some(told)))
}

/// What `backtest` takes instead of the archive.
const INSTEAD: &str = ", or name the items with --items";

/// What the archive in a data directory holds; `instead` is said to do where it cannot be read.
pub(crate) fn archived(dir: &Path, instead: &str) -> Result<Vec<Item>, Failure> {
    Archive::recorded(dir).map_err(|it| {
        let message = format!("failed to read the archive: {it}");
        Failure::new(Exit::TryAgain, message, format!("stop the daemon{instead}"))
    })
}

/// The data directory with something in it: that of the configuration, else that of the one in use; `instead` is said to
/// do where there is none.
pub(crate) fn place(config: &Config, global: &Global, instead: &str) -> Result<PathBuf, Failure> {
    let unknown = || {
        let hint = format!("set `data_dir` in [daemon]{instead}");
        Failure::new(Exit::Disk, "no place is known for the archive", hint)
    };
    let of = |it: &Config| data_dir(&it.daemon, &|it| std::env::var_os(it));
    let own = of(config).ok_or_else(unknown)?;
    let has_any = |it: &PathBuf| it.join("archive").is_dir();
    if has_any(&own) {
        return Ok(own);
    }
    // A draft of a configuration names no place: then the daemon's.
    let used = global.config.as_ref().and_then(|_| Global::default().load().ok());
    used.and_then(|it| of(&it.config)).filter(has_any).ok_or_else(|| {
        let message = format!("nothing was recorded in {}", own.display());
        Failure::new(Exit::No, message, format!("let the daemon read for a while{instead}"))
    })
}

/// What the log tells of the past.
fn decided(dir: &Path, items: &[Item]) -> Result<Recordings, StoreError> {
    let reader = Reader::beside(dir)?;
    let (mut told, mut after) = (Recordings::of(items), Seq::default());
    loop {
        let events = reader.read_after(after, EVENTS_LIMIT_MAX)?;
        let Some(last) = events.last() else { return Ok(told) };
        after = last.seq;
        for it in &events {
            told.observe(it);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_was_recorded_only_what_a_command_takes_is_advised() {
        let nowhere = "[daemon]\ndata_dir = \"/nonexistent\"\n";
        let config = Config::parse("storyline.toml", nowhere).unwrap().config;
        let advised = |instead| {
            place(&config, &Global::default(), instead)
                .unwrap_err()
                .document()
                .to_string()
                .contains("--items")
        };
        assert_eq!((advised(INSTEAD), advised("")), (true, false));
    }
}
