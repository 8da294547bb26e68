//! A receiver on this machine: answers as it is told, and notes what it gets.

use std::{collections::VecDeque, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

use super::writer::{Journal, Note};

/// What it does with a request.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// Answers with a status line and headers.
    Says(String),
    /// Answers with a document.
    Tells(String),
    /// Answers after so long.
    SaysAfter(Duration, String),
    /// Never answers.
    Hangs,
    /// Closes the connection.
    HangsUp,
}

pub(super) fn says(status: &str) -> Reply {
    Reply::Says(status.to_owned())
}

/// Listens; answers with each reply once, and then that all is well.
pub(super) async fn receiver(journal: Journal, replies: Vec<Reply>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut replies: VecDeque<Reply> = replies.into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let reply = replies.pop_front().unwrap_or_else(|| says("204 No Content"));
            tokio::spawn(serve(stream, reply, journal.clone()));
        }
    });
    format!("http://{address}/hook").parse().unwrap()
}

async fn serve(mut stream: TcpStream, reply: Reply, journal: Journal) {
    let Some((head, body)) = request(&mut stream).await else { return };
    journal.note(Note::Request { head, body, at: journal.clock.now() });
    match reply {
        Reply::Says(status) => answer(&mut stream, &status).await,
        Reply::Tells(document) => {
            let length = document.len();
            let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{document}");
            stream.write_all(text.as_bytes()).await.unwrap();
        }
        Reply::SaysAfter(span, status) => {
            tokio::time::sleep(span).await;
            answer(&mut stream, &status).await;
        }
        Reply::Hangs => std::future::pending().await,
        Reply::HangsUp => {}
    }
}

async fn answer(stream: &mut TcpStream, status: &str) {
    let page = "<h1>secret page</h1>";
    let length = if status.starts_with("204") {
        String::new()
    } else {
        format!("\r\nContent-Length: {}\r\n\r\n{page}", page.len())
    };
    let text = if length.is_empty() {
        format!("HTTP/1.1 {status}\r\n\r\n")
    } else {
        format!("HTTP/1.1 {status}{length}")
    };
    stream.write_all(text.as_bytes()).await.unwrap();
}

async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|it| it.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length?.parse().unwrap() {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend(&piece[..n]),
        }
    }
}
