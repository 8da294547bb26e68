//! Puts the rooms together, and takes them apart again downstream.
//!
//! ```text
//! poller ─▶ writer ─▶ sinks, socket      stop: poller, socket, sinks, then the writer drains and closes the log
//! ```
//!
//! A stage ends because its input ended: the writer stops when the last
//! [`Handle`](writer::Handle) to it is gone.

mod doors;
mod keeper;
mod meter;
mod places;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub use doors::doors;
use jiff::tz::TimeZone;
use keeper::Keeper;
pub use places::{data_dir, socket};
use storyline_config::{Config, FeedId};
use storyline_store::{Archive, DiskUse, Log, Opened, Reader, Schedule, StoreError, segment};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    deliver,
    poll::{self, Live, Polled, Poller, fetch::FetchError},
    serve::Written,
    writer,
};

/// How often closed stretches of the log are exported.
const EXPORT_EVERY: Duration = Duration::from_hours(24);

/// What a run is made from.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What is watched.
    pub config: Arc<Config>,
    /// Where the log lives.
    pub data_dir: PathBuf,
    /// The clock everything goes by.
    pub clock: Clock,
    /// The zone sentences tell the time in.
    pub zone: TimeZone,
    /// How often time alone is asked what it brought about, by that clock.
    pub tick: Duration,
}

/// Why a run cannot begin, or ended before its time.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The log cannot be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No request can be sent at all.
    #[error("failed to set the network up")]
    Network(#[from] FetchError),
    /// A part of the program died; what it had acknowledged is safe.
    #[error("the {0} ended before its time")]
    Died(&'static str),
}

/// The rooms, put together. Poller, sinks and time begin with [`go`](Self::go).
pub struct House {
    setup: Setup,
    handle: writer::Handle,
    writer: JoinHandle<Result<(), StoreError>>,
    poller: Poller<Live>,
    reader: Reader,
    archive: Option<Archive>,
    cancel: CancellationToken,
}

/// The rooms at work.
pub struct Working {
    tasks: JoinSet<&'static str>,
    writer: JoinHandle<Result<(), StoreError>>,
    cancel: CancellationToken,
}

impl House {
    /// Opens the log and puts the rooms around it.
    ///
    /// # Errors
    ///
    /// [`RunError`] says what cannot be had.
    pub async fn open(setup: Setup, cancel: CancellationToken) -> Result<Self, RunError> {
        let dir = setup.data_dir.clone();
        let (log, archive) = blocking(move || open(&dir)).await?;
        let reader = log.0.log.reader();
        let (config, clock, zone) = (setup.config.clone(), setup.clock.clone(), setup.zone.clone());
        let dir = setup.data_dir.clone();
        let keep = Keeper::start(archive.clone(), setup.clock.clone(), &setup.config.daemon)?;
        let (handle, thread) = blocking(move || writer::start(&dir, log, config, clock, zone, keep)).await?;
        let writer = tokio::task::spawn_blocking(move || thread.join().unwrap_or(Err(StoreError::Closed)));
        let live = Live::new(&setup.config.network, handle.clone())?;
        let schedules = schedules(&handle.view());
        let poller = Poller::new(live, setup.clock.clone(), setup.config.clone(), schedules);
        Ok(Self { setup, handle, writer, poller, reader, archive, cancel })
    }

    /// The way to the writer.
    pub fn handle(&self) -> writer::Handle {
        self.handle.clone()
    }

    /// The way to the poller.
    pub fn poller(&self) -> poll::Handle {
        self.poller.handle()
    }

    /// The clock everything goes by.
    pub fn clock(&self) -> Clock {
        self.setup.clock.clone()
    }

    /// The log, as far as it is durable.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The log and what is kept with it, as the socket asks for them.
    pub fn past(&self) -> Written {
        Written { snapshots: writer::snapshots(&self.setup.data_dir), reader: self.reader.clone() }
    }

    /// What the data directory takes on disk, measured now and then.
    pub fn disk(&self) -> watch::Receiver<DiskUse> {
        meter::start(self.setup.data_dir.clone())
    }

    /// What was read; none where it cannot be kept.
    pub fn archive(&self) -> Option<Archive> {
        self.archive.clone()
    }

    /// Visits every feed once, attempts every due delivery once, and closes the log.
    ///
    /// # Errors
    ///
    /// [`RunError`] where the log cannot be closed, or refused to take what was read.
    pub async fn once(self) -> Result<Polled, RunError> {
        let Self { setup, handle, writer, poller, cancel, .. } = self;
        let polled = poller.once(cancel).await;
        handle.finish().await.map_err(|_| RunError::Died("writer"))?;
        deliver::deliver_once(&handle, &setup.clock, &setup.zone).await;
        drop(handle);
        ended(writer).await?;
        Ok(polled)
    }

    /// Sets poller, sinks and time to work.
    pub fn go(self) -> Working {
        let Self { setup, handle, writer, poller, reader, cancel, .. } = self;
        let mut tasks = JoinSet::new();
        let (clock, stop) = (setup.clock.clone(), cancel.clone());
        tasks.spawn(async move {
            let _ = stop.run_until_cancelled(export(reader, setup.data_dir, clock)).await;
            "log's exporter"
        });
        let stop = cancel.clone();
        tasks.spawn(async move {
            poller.run(stop).await;
            "poller"
        });
        let (sinks, stop) = (handle.clone(), cancel.clone());
        let (clock, zone) = (setup.clock.clone(), setup.zone.clone());
        tasks.spawn(async move {
            deliver::deliver(sinks, clock, zone, stop).await;
            "sinks' worker"
        });
        let stop = cancel.clone();
        tasks.spawn(async move {
            let ticking = tick(&handle, &setup.clock, setup.tick);
            let _ = stop.run_until_cancelled(ticking).await;
            "clock"
        });
        Working { tasks, writer, cancel }
    }
}

impl Working {
    /// Works until it is cancelled or a part dies, then takes everything apart downstream and closes the log.
    ///
    /// `others` ends whoever else holds a [`Handle`](writer::Handle): the writer stops when the last one is gone.
    ///
    /// # Errors
    ///
    /// [`RunError`] where a part died before its time, or the log could not be closed.
    pub async fn until_over(mut self, others: impl Future<Output = ()>) -> Result<(), RunError> {
        let died = tokio::select! {
            // A part that ended because it was cancelled has not died.
            biased;
            () = self.cancel.cancelled() => None,
            Some(ended) = self.tasks.join_next() => Some(ended.unwrap_or("worker")),
            ended = &mut self.writer => {
                self.cancel.cancel();
                ended.map_err(|_| RunError::Died("writer"))??;
                return Err(RunError::Died("writer"));
            }
        };
        self.cancel.cancel();
        others.await;
        while self.tasks.join_next().await.is_some() {}
        ended(self.writer).await?;
        died.map_or(Ok(()), |it| Err(RunError::Died(it)))
    }
}

/// A log that was opened somehow, why it takes no events if it does not, and the archive, if it can be had.
type Opening = ((Opened, Option<StoreError>), Option<Archive>);

fn open(dir: &Path) -> Result<Opening, StoreError> {
    let opened = Log::open_somehow(dir)?;
    let archive = Archive::open(dir).inspect_err(|error| {
        tracing::warn!(%error, "there is no archive: what is read cannot be explained or tried again later");
    });
    Ok((opened, archive.ok()))
}

/// Exports closed stretches of the log once a day: with them a damaged log can be repaired.
async fn export(reader: Reader, dir: PathBuf, clock: Clock) {
    loop {
        let (source, to) = (reader.clone(), dir.clone());
        match tokio::task::spawn_blocking(move || segment::save(&source, &to)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the log was not exported to its segments"),
            Err(error) => tracing::error!(%error, "exporting the log broke off"),
        }
        clock.sleep(EXPORT_EVERY).await;
    }
}

async fn tick(handle: &writer::Handle, clock: &Clock, every: Duration) {
    loop {
        clock.sleep(every).await;
        handle.tick().await;
    }
}

fn schedules(view: &writer::View) -> BTreeMap<FeedId, Schedule> {
    view.feeds.iter().map(|(id, it)| (id.clone(), it.schedule.clone())).collect()
}

async fn ended(writer: JoinHandle<Result<(), StoreError>>) -> Result<(), RunError> {
    Ok(writer.await.map_err(|_| RunError::Died("writer"))??)
}

/// Runs what waits on the disk off the threads that wait on the network.
async fn blocking<T: Send + 'static, E>(
    it: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, RunError>
where
    E: Into<RunError> + Send + 'static,
{
    match tokio::task::spawn_blocking(it).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(RunError::Died("opening of the log")),
    }
}
