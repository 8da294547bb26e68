//! The events, a page at a time and as they come.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Desk, morning};

async fn seqs(desk: &Desk, path: &str) -> (String, Value) {
    let answer: Value = serde_json::from_str(&desk.ask("GET", path, "").await.1).unwrap();
    let seqs: Vec<_> = answer["events"].as_array().unwrap().iter().map(|it| it["seq"].to_string()).collect();
    (seqs.join(" "), answer["head"].clone())
}

#[tokio::test]
async fn events_come_in_order_after_a_place() {
    let desk = Desk::with(&morning()).await;
    let check = async |path: &str, want: &str| {
        assert_eq!(seqs(&desk, path).await, (want.to_owned(), json!(12)), "{path}");
    };
    check("/v1/events", "1 2 3 4 5 6 7 8 9 10 11 12").await;
    check("/v1/events?since=9", "10 11 12").await;
    check("/v1/events?since=%239&limit=2", "10 11").await;
    check("/v1/events?since=12", "").await;
    check("/v1/events?since=99", "").await;
    check("/v1/events?limit=0", "").await;
    check("/v1/events?storyline=saudi-meeting", "2").await;
    check("/v1/events?storyline=munich&limit=3", "1 3 4").await;
    check("/v1/events?since=2025-02-14T08:10:30Z", "11 12").await;
    let (_, page) = desk.ask("GET", "/v1/events?since=6&limit=1", "").await;
    let fact = r#"{"seq":7,"at":"2025-02-14T08:07:00Z","kind":"fact_reported","v":1,"storyline":"munich","development":"d-0000000000000001","key":"place","value":"Munich","certainty":"reported"}"#;
    assert_eq!(page, format!(r#"{{"events":[{fact}],"head":12}}"#));
    assert_eq!(desk.ask("GET", "/v1/events?since=x", "").await.0, 400);
    assert_eq!(desk.ask("GET", "/v1/events?storyline=No+Such", "").await.0, 400);
}

/// Someone who follows the log over a bare connection.
struct Fan {
    stream: tokio::net::UnixStream,
    heard: String,
}

impl Fan {
    async fn of(desk: &Desk, path: &str, header: &str) -> Self {
        let mut stream = desk.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{header}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut fan = Self { stream, heard: String::new() };
        fan.until("retry: ").await;
        fan
    }

    /// Listens until a text is heard, or the stream ends.
    async fn until(&mut self, text: &str) -> bool {
        while !self.heard.contains(text) {
            let mut bytes = [0; 4096];
            match self.stream.read(&mut bytes).await.unwrap() {
                0 => return false,
                read => self.heard += &String::from_utf8_lossy(&bytes[..read]),
            }
        }
        true
    }

    fn ids(&self) -> Vec<u64> {
        self.heard.lines().filter_map(|it| it.strip_prefix("id: ")).map(|it| it.parse().unwrap()).collect()
    }
}

#[tokio::test]
async fn a_stream_brings_what_was_and_what_comes() {
    let desk = Desk::with(&morning()).await;
    let mut fan = Fan::of(&desk, "/v1/events/stream?since=10", "").await;
    assert!(fan.until("id: 12").await);
    desk.record(&morning()[..1]);
    assert!(fan.until("id: 13").await);
    assert_eq!(fan.ids(), [11, 12, 13]);
}

#[tokio::test]
async fn a_stream_resumes_after_the_last_event_a_client_had() {
    let desk = Desk::with(&morning()).await;
    let mut fan = Fan::of(&desk, "/v1/events/stream?since=2", "last-event-id: 11\r\n").await;
    assert!(fan.until("id: 12").await);
    assert_eq!(fan.ids(), [12]);
}

#[tokio::test]
async fn a_stream_without_a_place_begins_with_what_comes_next() {
    let desk = Desk::with(&morning()).await;
    let mut fan = Fan::of(&desk, "/v1/events/stream", "").await;
    desk.record(&morning()[..2]);
    assert!(fan.until("id: 14").await);
    assert_eq!(fan.ids(), [13, 14]);
}

#[tokio::test]
async fn a_stream_of_one_storyline_leaves_the_others_out() {
    let desk = Desk::with(&morning()).await;
    let mut fan = Fan::of(&desk, "/v1/events/stream?since=0&storyline=saudi-meeting", "").await;
    desk.record(&morning()[..2]);
    assert!(fan.until("id: 14").await);
    assert_eq!(fan.ids(), [2, 14]);
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_up_nobody() {
    let desk = Desk::with(&morning()).await;
    let _idle = Fan::of(&desk, "/v1/events/stream?since=0", "").await;
    for _ in 0..500 {
        desk.record(&morning());
    }
    let mut fan = Fan::of(&desk, "/v1/events/stream?since=5990", "").await;
    assert!(fan.until("id: 6012").await);
    assert_eq!(desk.ask("GET", "/v1/status", "").await.0, 200);
}

#[tokio::test]
async fn streams_end_when_the_daemon_stops() {
    let desk = Desk::with(&morning()).await;
    let mut fan = Fan::of(&desk, "/v1/events/stream", "").await;
    desk.stop().await;
    assert!(!fan.until("never").await);
}
