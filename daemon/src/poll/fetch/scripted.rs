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
    /// Sends the head, then a byte every 50 ms.
    Drip(Vec<u8>),
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

/// A SOCKS 5 proxy that reaches everyone by answering itself, and remembers whom it was to reach.
pub(crate) async fn socks(
    act: impl Fn(&str) -> Act + Send + Sync + 'static,
) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let hosts: Arc<Mutex<Vec<String>>> = Arc::default();
    let (act, named) = (Arc::new(act), Arc::clone(&hosts));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (act, named) = (Arc::clone(&act), Arc::clone(&named));
            tokio::spawn(async move {
                if let Ok(host) = greet(&mut stream).await {
                    named.lock().unwrap().push(host);
                    answer(stream, &*act, &Mutex::default()).await;
                }
            });
        }
    });
    (address, hosts)
}

/// Speaks SOCKS 5 as far as to learn who is wanted.
async fn greet(stream: &mut TcpStream) -> std::io::Result<String> {
    let (_, methods) = (stream.read_u8().await?, stream.read_u8().await?);
    stream.read_exact(&mut vec![0; methods.into()]).await?;
    stream.write_all(&[5, 0]).await?;
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => std::net::Ipv4Addr::from_bits(stream.read_u32().await?).to_string(),
        3 => {
            let mut name = vec![0; stream.read_u8().await?.into()];
            stream.read_exact(&mut name).await?;
            latin1_text(&name)
        }
        _ => std::net::Ipv6Addr::from_bits(stream.read_u128().await?).to_string(),
    };
    let port = stream.read_u16().await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(format!("{host}:{port}"))
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
        Act::Drip(head) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
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
