//! A mail server on this machine: answers as it is told, and notes what it gets.

use std::collections::VecDeque;

use storyline_config::{Mail, MailTls, Mailbox};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::writer::{Journal, Note};

/// What it answers instead of yes, by the beginning of what is said; `""` is the connection, `"."` the message.
pub(super) type Script = &'static [(&'static str, &'static str)];

/// Closes the connection in place of an answer.
pub(super) const HANGS_UP: &str = "hangs up";
/// Says nothing.
pub(super) const SILENT: &str = "silent";

/// Listens; each connection follows the next script, and then all is well.
pub(super) async fn post(journal: Journal, scripts: Vec<Script>) -> Mail {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut scripts: VecDeque<Script> = scripts.into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let script = scripts.pop_front().unwrap_or_default();
            tokio::spawn(serve(stream, script, journal.clone()));
        }
    });
    let to = ["desk@example.org", "night@example.org"].iter().map(|it| Mailbox::parse(it).unwrap());
    Mail {
        host: "127.0.0.1".into(),
        port,
        tls: MailTls::None,
        from: Mailbox::parse("storyline <storyline@example.org>").unwrap(),
        to: to.collect(),
    }
}

async fn serve(stream: TcpStream, script: Script, journal: Journal) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut said, mut message) = (String::new(), None::<String>);
    let mut heard = String::new();
    loop {
        let answer = match script.iter().find(|(begins, _)| is(&heard, begins)) {
            Some((_, SILENT)) => std::future::pending().await,
            Some((_, HANGS_UP)) => break,
            Some((_, it)) => (*it).to_owned(),
            None => yes(&heard),
        };
        let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
        if answer.starts_with("354") {
            let mut text = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line == "." {
                    break;
                }
                text += &format!("{}\n", line.strip_prefix('.').unwrap_or(&line));
            }
            message = Some(text);
            heard = ".".to_owned();
            continue;
        }
        let Ok(Some(line)) = lines.next_line().await else { break };
        if !line.starts_with("EHLO") {
            said += &format!("{line}\n");
        }
        heard = line;
    }
    journal.note(Note::Request { head: said, body: message.unwrap_or_default(), at: journal.clock.now() });
}

fn is(heard: &str, begins: &str) -> bool {
    if begins.is_empty() { heard.is_empty() } else { heard.starts_with(begins) }
}

fn yes(heard: &str) -> String {
    match heard.split(' ').next().unwrap_or_default() {
        "" => "220 post.example ESMTP secret page",
        "EHLO" => "250-post.example\r\n250 AUTH PLAIN LOGIN",
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 yes",
    }
    .to_owned()
}
