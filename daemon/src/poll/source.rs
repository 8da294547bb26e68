//! Feeds that no server sends: a command's output, a file.

use std::{io, path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use storyline_config::{Source, limit::BODY_BYTES_MAX};
use storyline_store::FeedTrouble;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
};

use super::{Failure, fetch::uncredited};

/// As much of a command's complaint as is looked at.
const COMPLAINT_BYTES_MAX: u64 = 4 << 10;

/// What a source is called where an address is expected; without credentials.
pub fn address(source: &Source) -> String {
    match source {
        Source::Feed(url) | Source::Sitemap(url) => uncredited(url).to_string(),
        Source::Exec { command, .. } => format!("exec:{}", command.first().map_or("", String::as_str)),
        Source::File(path) => format!("file://{}", path.display()),
    }
}

/// Reads a file that holds a feed.
///
/// # Errors
///
/// [`Failure`] says why it cannot be read.
pub async fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: io::Error| {
        failure(FeedTrouble::Network, format!("the file {} cannot be read: {error}", path.display()))
    };
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    if !file.metadata().await.map_err(unreadable)?.is_file() {
        return Err(failure(FeedTrouble::Refused, format!("{} is no file", path.display())));
    }
    bounded(file, BODY_BYTES_MAX).await.map_err(unreadable)?.ok_or_else(too_large)
}

/// Runs a command, without a shell, and takes what it prints. It and all it started end with this future.
///
/// # Errors
///
/// [`Failure`] says why there is no output: not started, too long, too much, or an exit status that is no success.
pub async fn exec(command: &[String], timeout: Duration) -> Result<Vec<u8>, Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(failure(FeedTrouble::Refused, "no command is named".to_owned()));
    };
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = started.map_err(|error| {
        failure(FeedTrouble::Network, format!("the command {program} cannot be started: {error}"))
    })?;
    let mut group = Group(child.id());
    let output = tokio::time::timeout(timeout, output(program, &mut child)).await.unwrap_or_else(|_| {
        let error = format!("the command {program} did not end within {} s", timeout.as_secs_f32());
        Err(failure(FeedTrouble::Network, error))
    });
    if output.is_ok() {
        // It has ended and was waited for: its number may already be someone else's.
        group.0 = None;
    }
    output
}

async fn output(program: &str, child: &mut Child) -> Result<Vec<u8>, Failure> {
    let broke =
        |error: io::Error| failure(FeedTrouble::Network, format!("the command {program} broke off: {error}"));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let printed = async {
        match stdout {
            Some(it) => bounded(it, BODY_BYTES_MAX).await,
            None => Ok(Some(Vec::new())),
        }
    };
    let complaint = async {
        let mut text = Vec::new();
        let Some(mut stderr) = stderr else { return text };
        // What it says besides is for people only; a torn line is fine.
        let _ = (&mut stderr).take(COMPLAINT_BYTES_MAX).read_to_end(&mut text).await;
        // The rest is read too, or a command that complains a lot would wait for ever.
        let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        text
    };
    let both =
        async { tokio::join!(async { printed.await.map_err(broke)?.ok_or_else(too_large) }, complaint) };
    let (printed, complaint) = both.await;
    let printed = printed?;
    let status = child.wait().await.map_err(broke)?;
    if status.success() {
        return Ok(printed);
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let line: String = complaint
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|it| !it.is_control())
        .take(200)
        .collect();
    let said = if line.is_empty() { String::new() } else { format!(": {line}") };
    Err(failure(FeedTrouble::Status, format!("the command {program} ended with {status}{said}")))
}

/// Reads to the end; none where there is more than `limit`.
async fn bounded(from: impl AsyncRead + Unpin, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(limit as u64 + 1).read_to_end(&mut bytes).await?;
    Ok(Some(bytes).filter(|it| it.len() <= limit))
}

/// A running command with all it started; ends with this value.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let pid = self.0.and_then(|it| i32::try_from(it).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may just have ended by itself.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

fn too_large() -> Failure {
    failure(FeedTrouble::TooLarge, format!("the document is larger than {BODY_BYTES_MAX} bytes"))
}

pub(super) fn failure(trouble: FeedTrouble, error: String) -> Failure {
    Failure { trouble, error, status: None, blocked: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(script: &str, timeout: Duration) -> Result<Vec<u8>, Failure> {
        exec(&["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()], timeout).await
    }

    async fn check(script: &str, expected: Result<&str, &str>) {
        let found = run(script, Duration::from_secs(20)).await;
        match (&found, expected) {
            (Ok(bytes), Ok(text)) => assert_eq!(bytes, text.as_bytes()),
            (Err(it), Err(text)) => assert!(it.error.contains(text), "{}", it.error),
            _ => panic!("{script}: {found:?}"),
        }
    }

    #[tokio::test]
    async fn a_command_prints_a_feed_or_says_why_not() {
        check("printf '<rss/>'", Ok("<rss/>")).await;
        check("echo no luck >&2; exit 3", Err("exit status: 3: no luck")).await;
        check("head -c 20000000 /dev/zero", Err("larger than 16777216 bytes")).await;
        check("head -c 300000 /dev/zero >&2; printf ok", Ok("ok")).await;
        let none = exec(&["/no/such/program".to_owned()], Duration::from_secs(1)).await;
        assert!(none.is_err_and(|it| it.error.starts_with("the command /no/such/program cannot be started")));
    }

    #[tokio::test]
    async fn arguments_are_never_a_shells() {
        let command = ["printf", "%s", "$(id); `id` | cat"].map(str::to_owned);
        assert_eq!(exec(&command, Duration::from_secs(20)).await, Ok(b"$(id); `id` | cat".to_vec()));
    }

    #[tokio::test]
    async fn what_takes_too_long_ends_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > {}; wait", pid.display());
        let found = run(&script, Duration::from_millis(500)).await;
        assert!(found.is_err_and(|it| it.error.contains("did not end within 0.5 s")));
        let text = std::fs::read_to_string(&pid).unwrap_or_default();
        let Some(sleeper) = text.trim().parse().ok().and_then(Pid::from_raw) else { return };
        // Killed, it is gone, or a zombie until its parent looks.
        for _ in 0..200 {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", sleeper.as_raw_nonzero()));
            if stat.is_err() || stat.is_ok_and(|it| it.contains(") Z ")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the grandchild still runs");
    }

    #[tokio::test]
    async fn a_file_is_read_and_a_folder_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feed.xml");
        std::fs::write(&path, "<rss/>").unwrap();
        assert_eq!(file(&path).await, Ok(b"<rss/>".to_vec()));
        assert!(file(folder.path()).await.is_err_and(|it| it.error.ends_with("is no file")));
        assert!(file(&folder.path().join("none")).await.is_err_and(|it| it.error.contains("cannot be read")));
    }
}
