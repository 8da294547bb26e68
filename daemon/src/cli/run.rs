//! `storyline run`: the daemon in the foreground.

use std::{
    io::IsTerminal, os::unix::net::UnixListener as StdListener, process::ExitCode, sync::Arc, time::Duration,
};

use clap::Args;
use jiff::tz::TimeZone;
use storyline_config::{Config, Loaded};
use storyline_store::StoreError;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{Exit, Failure, Global, check, look::count, out};
use crate::{
    clock::Clock,
    deliver,
    run::{House, RunError, Setup, data_dir, doors, socket},
    serve::{self, Doors, Listener, Socket, SocketError},
};

/// How often time alone is asked what it brought about.
const TICK: Duration = Duration::from_secs(1);

/// What `run` takes.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Visit every feed once, attempt every due delivery once, and exit
    #[arg(long)]
    pub(crate) once: bool,
}

/// Runs the command.
pub(crate) fn run(args: &RunArgs, global: &Global) -> ExitCode {
    // The environment systemd left is read, and cleared, before any thread exists.
    let inherited = if args.once { None } else { Socket::inherited() };
    begin_log();
    out::end(global, begin(args, global, inherited))
}

fn begin(args: &RunArgs, global: &Global, inherited: Option<StdListener>) -> Result<Exit, Failure> {
    let loaded = global.load().map_err(|it| check::wrong(&it))?;
    check::tell(&loaded.findings);
    let setup = setup(&loaded)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|it| Failure::new(Exit::TryAgain, format!("failed to start: {it}"), ""))?;
    let done = runtime.block_on(async {
        let cancel = CancellationToken::new();
        let house = House::open(setup, cancel.clone()).await?;
        if args.once {
            once(house, global).await
        } else {
            stay(house, global, &loaded, inherited, cancel).await
        }
    });
    // What still reads a document is not waited for: it has nothing to lose.
    runtime.shutdown_background();
    done
}

fn setup(loaded: &Loaded) -> Result<Setup, Failure> {
    let config = Arc::new(loaded.config.clone());
    let homeless =
        || Failure::new(Exit::Disk, "no place is known for the log", "set data_dir in [daemon], or $HOME");
    let data_dir = data_dir(&config.daemon, &|it| std::env::var_os(it)).ok_or_else(homeless)?;
    Ok(Setup { config, data_dir, clock: Clock::wall(), zone: TimeZone::system(), tick: TICK })
}

/// Visits every feed once and says what came of it.
async fn once(house: House, global: &Global) -> Result<Exit, Failure> {
    let polled = house.once().await?;
    out::show(global, serde_json::json!(polled), |_| {
        let visited = count(polled.visited.len() as u64, "feed");
        let held =
            polled.held.iter().map(|it| format!("{} is held until {} ({})\n", it.id, it.until, it.why));
        format!("{visited} visited\n{}", held.collect::<String>())
    })?;
    Ok(Exit::Done)
}

/// Works until a signal says that it is over.
async fn stay(
    house: House,
    global: &Global,
    loaded: &Loaded,
    inherited: Option<StdListener>,
    cancel: CancellationToken,
) -> Result<Exit, Failure> {
    let places = global.clone();
    let doors = doors(&house, Arc::new(move || places.load()), cancel.clone());
    let mut tasks = JoinSet::new();
    let bound = listen(&mut tasks, &doors, (loaded, global), inherited).await?;
    if std::io::stdout().is_terminal() {
        out::print(&greeting(&loaded.config))?;
        let clock = house.clock();
        let reading = deliver::Reading { zone: TimeZone::system(), began: clock.now(), clock };
        let (handle, reader) = (house.handle(), house.reader());
        tasks.spawn(deliver::follow(handle, reader, reading, anstream::stdout(), cancel.clone()));
    }
    tasks.spawn(signals(doors.clone(), cancel.clone()));
    let working = house.go();
    drop(doors);
    notify(&[sd_notify::NotifyState::Ready]);
    let others = async move {
        notify(&[sd_notify::NotifyState::Stopping]);
        while tasks.join_next().await.is_some() {}
        drop(bound);
    };
    working.until_over(others).await?;
    Ok(Exit::Done)
}

/// What a person at a terminal reads first, for the first alert may be hours away.
fn greeting(config: &Config) -> String {
    let storylines = count(config.storylines.len() as u64, "storyline");
    let feeds = count(config.feeds.len() as u64, "feed");
    format!(
        "watching {storylines} in {feeds}; alerts are told here as they come, Ctrl-C ends it\n\
         elsewhere: `storyline status` for where things stand, `storyline watch` for every event\n"
    )
}

/// Opens the socket, and the loopback address where one is configured.
async fn listen(
    tasks: &mut JoinSet<()>,
    doors: &Arc<Doors>,
    (loaded, global): (&Loaded, &Global),
    inherited: Option<StdListener>,
) -> Result<Option<serve::Bound>, Failure> {
    let daemon = &loaded.config.daemon;
    let named = || global.socket.clone().unwrap_or_else(|| socket(daemon, &|it| std::env::var_os(it)));
    let opened = match inherited {
        Some(listener) => Socket::adopt(listener)?,
        None => Socket::bind(&named()).await?,
    };
    let (listener, bound) = opened.into_parts();
    tasks.spawn(serve::serve(Listener::Unix(listener), doors.clone()));
    if let Some(address) = daemon.web {
        let listener = TcpListener::bind(address).await;
        let listener = listener
            .map_err(|it| Failure::new(Exit::TryAgain, format!("failed to listen on {address}: {it}"), ""))?;
        tasks.spawn(serve::serve(Listener::Tcp(listener), doors.clone()));
    }
    Ok(bound)
}

/// Waits for signals: TERM and INT end the run, HUP reads the configuration again.
async fn signals(doors: Arc<Doors>, cancel: CancellationToken) {
    let (Ok(mut term), Ok(mut int), Ok(mut hup)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()))
    else {
        tracing::error!("signals cannot be waited for; only kill -9 ends this process");
        return cancel.cancelled().await;
    };
    loop {
        tokio::select! {
            _ = term.recv() => break,
            _ = int.recv() => break,
            _ = hup.recv() => reload(&doors).await,
            () = cancel.cancelled() => break,
        }
    }
    cancel.cancel();
}

/// Reads the configuration again; a wrong one is told of and changes nothing.
async fn reload(doors: &Doors) {
    match serve::reload(doors).await {
        Ok(it) => tracing::info!(seq = %it.seq, "the configuration was read again"),
        Err(error) => tracing::error!("{error}"),
    }
}

/// Tells systemd, where it listens.
fn notify(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd could not be told");
    }
}

/// Log lines go to standard error; under systemd that is the journal, which knows the time.
fn begin_log() {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false);
    let log = log.with_ansi(std::io::stderr().is_terminal()).with_max_level(log_level());
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        log.without_time().init();
    } else {
        log.init();
    }
}

/// `$STORYLINE_LOG` (error, warn, info, debug or trace), else what an operator wants to know.
fn log_level() -> tracing::Level {
    let asked = std::env::var("STORYLINE_LOG").ok().and_then(|it| it.trim().parse().ok());
    asked.unwrap_or(tracing::Level::INFO)
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let (exit, hint) = match &error {
            RunError::Store(StoreError::InUse { .. }) => {
                (Exit::TryAgain, "stop it first, or give this one another data_dir")
            }
            RunError::Store(StoreError::Damaged { .. } | StoreError::Corrupt { .. }) => (Exit::BadData, ""),
            RunError::Store(StoreError::TooNew { .. }) => (Exit::BadData, "run the newer version"),
            RunError::Store(_) => (Exit::Disk, ""),
            RunError::Network(_) => (Exit::Configuration, "check [network] in the configuration"),
            RunError::Died(_) => (Exit::Disk, "what was acknowledged is safe; start it again"),
        };
        Self::new(exit, causes(&error), hint)
    }
}

impl From<SocketError> for Failure {
    fn from(error: SocketError) -> Self {
        Self::new(Exit::TryAgain, causes(&error), "")
    }
}

/// An error with everything that caused it, outermost first.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        let more = it.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = it.source();
    }
    said
}
