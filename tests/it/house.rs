//! What every scenario stands on: a daemon of its own in a folder of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take before a scenario gives up on it; no result depends on it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The top of the house.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Shared data beside the house; none, said loudly, where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = root().parent().unwrap().join("shared").join(path);
    if !path.exists() {
        eprintln!("SKIPPED: {} is absent, nothing was tested", path.display());
        return None;
    }
    Some(path)
}

/// A folder with a configuration, and whatever runs in it.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    daemon: Option<Child>,
}

impl House {
    /// A house whose configuration is `toml` after the tables that place its data and socket.
    pub(crate) fn new(toml: &str) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap(), daemon: None };
        house.configure(toml);
        house
    }

    /// Writes the configuration anew.
    pub(crate) fn configure(&self, toml: &str) {
        let (data, socket) = (self.path("data"), self.path("socket"));
        let head =
            format!("[daemon]\ndata_dir = \"{}\"\nsocket = \"{}\"\n", data.display(), socket.display());
        std::fs::write(self.path("storyline.toml"), head + toml).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with this house's configuration and nothing of the caller's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_storyline"));
        command.arg("--config").arg(self.path("storyline.toml")).args(arguments);
        command.env_clear().env("HOME", self.folder.path()).env("TZ", "UTC").env("NO_COLOR", "1");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and reads what it prints as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {output:?}"))
    }

    /// Starts the daemon and waits until it answers.
    pub(crate) fn start(&mut self) {
        self.launch(None);
        until("the daemon answers", || self.run(&["status"]).status.success());
    }

    /// Starts the daemon, to end itself at a named place, and waits until it answers or has ended.
    pub(crate) fn start_to_abort_at(&mut self, place: &str) {
        self.launch(Some(place));
        until("the daemon answers", || self.has_ended() || self.run(&["status"]).status.success());
    }

    fn launch(&mut self, abort_at: Option<&str>) {
        let log = std::fs::File::options().create(true).append(true).open(self.path("stderr")).unwrap();
        let mut command = self.command(&["run"]);
        command.envs(abort_at.map(|it| ("STORYLINE_ABORT_AT", it)));
        self.daemon = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    /// Whether the daemon has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.daemon.as_mut().is_none_or(|it| it.try_wait().unwrap().is_some())
    }

    /// What the daemon said.
    pub(crate) fn stderr(&self) -> String {
        std::fs::read_to_string(self.path("stderr")).unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    /// Kills the daemon as a power cut of the process would.
    pub(crate) fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    }

    /// Asks the daemon to stop, and answers with its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let mut daemon = self.daemon.take().unwrap();
        let pid = daemon.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut code = None;
        until("the daemon stops", || {
            code = daemon.try_wait().unwrap();
            code.is_some()
        });
        code.unwrap().code()
    }

    /// Every event of the log, from the first.
    pub(crate) fn events(&self) -> Vec<Value> {
        let output = self.run(&["log", "--json"]);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        if thread::panicking() {
            eprintln!("the daemon said:\n{}", self.stderr());
        }
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "gave up waiting: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// One request as a scripted server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What a scripted server answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A server on the loopback interface that answers as it is told and remembers what it was asked.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    closed: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn new(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, closed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, over, answer) = (seen.clone(), closed.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (log, answer) = (log.clone(), answer.clone());
                thread::spawn(move || drop(converse(stream.unwrap(), &log, answer.as_ref())));
            }
        });
        Self { address, seen, closed }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn converse(
    stream: TcpStream,
    log: &Mutex<Vec<Seen>>,
    answer: &dyn Fn(&Seen) -> Answer,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(request) = read_request(&mut reader)? {
        let reply = answer(&request);
        log.lock().unwrap().push(request);
        write!(stream, "HTTP/1.1 {} X\r\ncontent-length: {}\r\n", reply.status, reply.body.len())?;
        for (name, value) in &reply.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        stream.write_all(b"\r\n")?;
        stream.write_all(&reply.body)?;
    }
    Ok(())
}

fn read_request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Seen>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut seen = Seen { path, headers, body: String::new() };
    let length = seen.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    seen.body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(seen))
}

/// An RSS document out of (guid, title, text, RFC 3339 date).
pub(crate) fn rss(items: &[(&str, &str, &str, &str)]) -> String {
    let mut xml = String::from("<rss version=\"2.0\"><channel><title>T</title>");
    for (guid, title, text, date) in items {
        let date: jiff::Timestamp = date.parse().unwrap();
        let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000");
        xml += &format!(
            "<item><guid>{guid}</guid><title>{title}</title><description>{text}</description><pubDate>{date}</pubDate></item>"
        );
    }
    xml + "</channel></rss>"
}
