//! A scripted fortnight, played through the real program.
//!
//! A feed server on the loopback interface plays the script; the poller, the
//! detector, the log, the socket and the alerts are the ones that `run` uses.
//! Nothing but the clock, the addresses and the script knows that it is a demo.

mod script;
mod server;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use script::{Outlet, Script};
use storyline_config::{Baseline, Config, Feed, FeedId, Network, Poll, Source};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    clock::{Clock, between},
    deliver,
    run::{House, RunError, Setup, doors},
    serve::{self, Listener, Socket, SocketError},
};

/// How long the fortnight takes.
const SHOWN_IN: Duration = Duration::from_secs(40);
/// How often a feed is asked, by the clock of the script.
const INTERVAL: Duration = Duration::from_mins(30);
/// How often time alone is asked what it brought about, by the same clock.
const TICK: Duration = Duration::from_mins(30);

/// Why there is nothing to be seen.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The rooms could not be put together.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The socket could not be opened.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The feed server could not be opened, or the terminal does not take what is told.
    #[error("failed to play the demo")]
    Io(#[from] std::io::Error),
    /// The script that came with the program is broken.
    #[error("the script cannot be read: {0}")]
    Script(String),
}

/// Plays the fortnight in `folder`, telling it on `out` as it happens; `last` is called at the end with the time it then
/// is, while the socket at the path it gets still answers.
///
/// # Errors
///
/// [`DemoError`] says what cannot be had.
pub async fn play<W, F>(
    folder: &Path,
    out: fn() -> W,
    last: impl FnOnce(PathBuf, Timestamp) -> F,
) -> Result<(), DemoError>
where
    W: Write + Send + 'static,
    F: Future<Output = ()>,
{
    let script = Arc::new(Script::shipped().map_err(|it| DemoError::Script(it.to_string()))?);
    let span = between(script.start, script.end);
    let clock = Clock::at_rate(script.start, span.as_secs_f64() / SHOWN_IN.as_secs_f64());
    let cancel = CancellationToken::new();
    let address = server::serve(script.clone(), clock.clone(), cancel.clone()).await?;
    let config = Arc::new(config(&script, &format!("http://{address}/"))?);
    let setup = Setup {
        config,
        data_dir: folder.join("data"),
        clock: clock.clone(),
        zone: TimeZone::UTC,
        tick: TICK,
    };
    let house = House::open(setup, cancel.clone()).await?;

    let path = folder.join("socket");
    let (listener, bound) = Socket::bind(&path).await?.into_parts();
    let doors = doors(&house, Arc::new(|| Ok(Config::builtin())), cancel.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(serve::serve(Listener::Unix(listener), doors));
    let reading = deliver::Reading { clock: clock.clone(), zone: TimeZone::UTC, began: script.start };
    tasks.spawn(deliver::follow(house.handle(), house.reader(), reading, out(), cancel.clone()));
    let stop = cancel.clone();
    let days = async move {
        let told = tell_days(&script, &clock, out()).await;
        if told.is_ok() {
            last(path, clock.now()).await;
        }
        // A reader that has left ends the demo too.
        stop.cancel();
        told
    };
    let others = async move {
        while tasks.join_next().await.is_some() {}
        drop(bound);
    };
    let (told, worked) = tokio::join!(days, house.go().until_over(others));
    worked?;
    Ok(told?)
}

/// Names each day as it begins, until the script is over.
async fn tell_days(script: &Script, clock: &Clock, mut out: impl Write) -> std::io::Result<()> {
    let mut day = date(script.start);
    while let Some(begins) = midnight(day).filter(|it| *it < script.end) {
        clock.sleep_until(begins.max(script.start)).await;
        writeln!(out, "\n{}", day.strftime("%A, %-d %B %Y"))?;
        out.flush()?;
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    clock.sleep_until(script.end).await;
    Ok(())
}

fn date(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

fn midnight(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// The starter's storylines, with the script's outlets for feeds.
fn config(script: &Script, base: &str) -> Result<Config, DemoError> {
    let feeds = script.outlet.iter().map(|(id, it)| {
        let broken = |what: String| DemoError::Script(format!("outlet {id}: {what}"));
        let name: FeedId = id.parse().map_err(|it: storyline_config::IdError| broken(it.to_string()))?;
        let url = Url::parse(&format!("{base}{id}")).map_err(|it| broken(it.to_string()))?;
        let tz = TimeZone::get(&it.tz).map_err(|it| broken(it.to_string()))?;
        Ok((name, feed(it, url, tz)))
    });
    let allow = "127.0.0.1/32".parse().map_err(|_| DemoError::Script("loopback".to_owned()))?;
    Ok(Config {
        feeds: feeds.collect::<Result<BTreeMap<_, _>, DemoError>>()?,
        poll: Poll { min_interval: INTERVAL, per_host: 8, host_gap: Duration::ZERO, ..Poll::default() },
        network: Network { allow: vec![allow], proxy: None },
        ..Config::builtin().config
    })
}

fn feed(outlet: &Outlet, url: Url, tz: TimeZone) -> Feed {
    Feed {
        source: Source::Feed(url),
        outlet: outlet.name.clone(),
        family: outlet.family.clone(),
        role: outlet.role,
        speaks_for: outlet.speaks_for.clone(),
        about: Vec::new(),
        lang: Some("en".to_owned()),
        tz,
        interval: Some(INTERVAL),
        baseline: Baseline::Digest,
        tags: Vec::new(),
        headers: BTreeMap::new(),
        secret_file: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_watches_what_the_starter_watches() {
        let script = Script::shipped().unwrap();
        let config = config(&script, "http://127.0.0.1:1/").unwrap();
        assert_eq!(config.feeds.len(), script.outlet.len());
        assert_eq!(config.storylines.len(), Config::builtin().config.storylines.len());
        let known = |it: &String| config.actors.contains_key(it) || config.places.contains_key(it);
        let spoken_for = config.feeds.values().flat_map(|it| &it.speaks_for);
        assert!(spoken_for.clone().count() > 0 && spoken_for.clone().all(known), "packs there are");
    }
}
