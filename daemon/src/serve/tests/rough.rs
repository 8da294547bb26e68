//! What clients may do to us.

use storyline_config::limit::REQUEST_BYTES_MAX;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Desk, morning};

/// Sends bytes, and gives the first line of what comes back; empty if the connection was closed.
async fn send(desk: &Desk, bytes: &[u8]) -> String {
    let mut stream = desk.connect().await;
    // The other side may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard).await;
    String::from_utf8_lossy(&heard).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn rubbish_is_answered_or_closed_and_the_next_one_is_served() {
    let desk = Desk::with(&morning()).await;
    let check = async |bytes: &[u8], want: &str| {
        assert_eq!(send(&desk, bytes).await, want, "{:.60}", String::from_utf8_lossy(bytes));
        assert_eq!(desk.ask("GET", "/healthz", "").await.0, 200);
    };
    check(b"", "").await;
    check(b"GET", "").await;
    check(b"\x00\xff\xfe rubbish\r\n\r\n", "HTTP/1.1 400 Bad Request").await;
    check(b"GET /v1/status HTTP/9.9\r\n\r\n", "HTTP/1.1 400 Bad Request").await;
    check(b"GET /v1/status?at=%00%ff HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 400 Bad Request").await;
    check(b"GET /v1/storylines/%ff%00 HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 400 Bad Request").await;
    check(b"GET /v1/storylines/..%2f..%2fetc HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 404 Not Found").await;
    check(
        b"POST /v1/snooze HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{\"a\": [[[",
        "HTTP/1.1 400 Bad Request",
    )
    .await;
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(500));
    check(many.as_bytes(), "HTTP/1.1 431 Request Header Fields Too Large").await;
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(200_000));
    check(long.as_bytes(), "HTTP/1.1 431 Request Header Fields Too Large").await;
}

#[tokio::test]
async fn the_loopback_address_only_reads_and_only_for_itself() {
    let desk = Desk::with(&morning()).await;
    let address = desk.also_on_loopback().await;
    let check = async |request: &str, want: &str| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard.lines().next().unwrap_or_default(), want, "{request}");
    };
    let end = "connection: close\r\n\r\n";
    check(&format!("GET /v1/status HTTP/1.1\r\nhost: localhost:7373\r\n{end}"), "HTTP/1.1 200 OK").await;
    check(&format!("GET /v1/status HTTP/1.1\r\nhost: [::1]:7373\r\n{end}"), "HTTP/1.1 200 OK").await;
    let elsewhere = format!("GET /v1/status HTTP/1.1\r\nhost: evil.example\r\n{end}");
    check(&elsewhere, "HTTP/1.1 421 Misdirected Request").await;
    check(&format!("GET /v1/status HTTP/1.0\r\n{end}"), "HTTP/1.0 421 Misdirected Request").await;
    let wish = format!(
        "POST /v1/mute HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 15\r\n{end}{{\"outlet\":\"DW\"}}"
    );
    check(&wish, "HTTP/1.1 403 Forbidden").await;
}

#[tokio::test]
async fn a_body_is_bounded_whether_it_says_its_length_or_not() {
    let desk = Desk::with(&morning()).await;
    let body = " ".repeat(REQUEST_BYTES_MAX + 1);
    assert_eq!(desk.ask("POST", "/v1/mute", &body).await.0, 413);
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let request = format!("POST /v1/mute HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{chunk}");
    assert_eq!(send(&desk, request.as_bytes()).await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test(start_paused = true)]
async fn neither_half_a_request_nor_the_next_one_is_waited_for_longer_than_ten_seconds() {
    let desk = Desk::with(&[]).await;
    let whole = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    for sent in [&b""[..], b"GET /v1/sta", whole] {
        let began = tokio::time::Instant::now();
        let mut stream = desk.connect().await;
        stream.write_all(sent).await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 10, "{}", String::from_utf8_lossy(sent));
    }
    assert_eq!(desk.ask("GET", "/healthz", "").await.0, 200);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_whoever_does_not_listen() {
    let desk = Desk::with(&morning()).await;
    let mut idle = desk.connect().await;
    idle.write_all(b"GET /v1/events/stream?since=0 HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let path = desk.path();
    desk.stop().await;
    assert!(!path.exists());
}
