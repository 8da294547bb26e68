//! A server on the loopback that does as it is told and remembers what it was asked; for tests.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

use crate::poll::visit::latin1_text;

/// What a scripted server does with a request.
pub(crate) enum Act {
    /// Sends this, head and body, and closes.
    Send(Vec<u8>),
    /// Sends the head, then the piece again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends the head and then nothing more.
    Stall(Vec<u8>),
}

/// A server on the loopback that does as it is told and remembers what it was asked.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    pub(crate) async fn start(ip: &str, act: impl Fn(&str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let (act, asked) = (Arc::new(act), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (act, asked) = (Arc::clone(&act), Arc::clone(&asked));
                tokio::spawn(async move { answer(stream, &*act, &asked).await });
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// What it was asked, one request a line, as Latin-1.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|it| latin1_text(it)).collect()
    }

    /// The paths it was asked for.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().iter().filter_map(|it| it.split(' ').nth(1).map(str::to_owned)).collect()
    }
}

pub(crate) async fn answer(
    mut stream: TcpStream,
    act: &(dyn Fn(&str) -> Act + Send + Sync),
    asked: &Mutex<Vec<Vec<u8>>>,
) {
    let mut head = Vec::new();
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let path = latin1_text(&head).split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(head);
    // Whoever asked may hang up whenever it likes.
    match act(&path) {
        Act::Send(bytes) => drop(stream.write_all(&bytes).await),
        Act::Endless(head, piece) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(&piece).await.is_ok() {}
        }
        Act::Stall(head) => {
            let _ = stream.write_all(&head).await;
            let _ = stream.read_u8().await;
        }
    }
}

pub(crate) fn send(status: &str, headers: &str, body: &[u8]) -> Act {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
    Act::Send([head.as_bytes(), body].concat())
}

pub(crate) fn to(status: &str, location: &str) -> Act {
    send(status, &format!("location: {location}\r\nset-cookie: a=b\r\n"), b"")
}
