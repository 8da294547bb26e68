//! A server on a socket in a temporary folder, over a log and a view made by hand.

mod alerting;
mod asking;
mod following;
mod listing;
mod referring;
mod rough;
mod wishing;

use std::{
    collections::BTreeMap,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::FutureExt;
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::{Value, json};
use storyline_config::{Config, FeedId, StorylineId};
use storyline_store::{DiskUse, FeedRecord, Item, ItemId, Recorded, Seq, State, Verified};
use tempfile::TempDir;
use tokio::{
    net::UnixStream,
    sync::{mpsc, watch},
};
use tokio_util::sync::CancellationToken;

use super::{Doors, Folds, Listener, Past, Shelf, Socket, serve};
use crate::{
    clock::Clock,
    poll::{HeldFeed, NotPolled, Polled},
    writer::{Handle, Ingested, Message, View},
};

/// A log that is a list, and how many of its events were read.
struct Written(watch::Receiver<Vec<Recorded>>, Arc<AtomicUsize>);

impl Past for Written {
    fn read_after(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>, String> {
        let events: Vec<_> =
            self.0.borrow().iter().filter(|it| it.seq > after).take(limit).cloned().collect();
        self.1.fetch_add(events.len(), Ordering::Relaxed);
        Ok(events)
    }

    fn read_course(&self, storyline: &StorylineId, after: Seq, to: Seq) -> Result<Vec<Recorded>, String> {
        let told = |it: &Recorded| it.event.course_of() == Some(storyline) && it.seq > after && it.seq <= to;
        Ok(self.0.borrow().iter().filter(|it| told(it)).cloned().collect())
    }

    fn state_near(&self, _to: Seq) -> Option<State> {
        None
    }

    fn verify(&self) -> Result<Verified, String> {
        Ok(Verified { ok: true, head: Seq(self.0.borrow().len() as u64), damaged: Vec::new() })
    }

    fn export(&self, out: &mut dyn Write) -> Result<(), String> {
        let events = self.0.borrow().clone();
        let mut lines = events.iter().map(|it| format!("{}\n", json!(it)));
        lines.try_for_each(|it| out.write_all(it.as_bytes())).map_err(|error| error.to_string())
    }

    fn backup(&self, _feeds: &BTreeMap<FeedId, FeedRecord>, to: &Path) -> Result<Seq, String> {
        Err(format!("{} holds a log already", to.display()))
    }
}

/// A shelf with one item that belonged to nothing.
struct OneItem;

impl Shelf for OneItem {
    fn item(&self, id: ItemId) -> Option<Item> {
        (id == ItemId(9)).then(vance)
    }

    fn item_at(&self, url: &str) -> Option<Item> {
        (url == "https://dw.example/9").then(vance)
    }
}

fn vance() -> Item {
    serde_json::from_value(json!({
        "id": "i-0000000000000009", "feed": "dw", "outlet": "DW", "link": "https://dw.example/9",
        "title": "Vance flies to Paris", "seen": noon(), "effective": noon(),
    }))
    .unwrap()
}

/// A server with its log, its view, and a writer that says yes.
pub(crate) struct Desk {
    folder: TempDir,
    log: watch::Sender<Vec<Recorded>>,
    pub(crate) view: watch::Sender<View>,
    /// What the writer was told.
    told: Arc<Mutex<Vec<String>>>,
    /// How many events were read from the log.
    read: Arc<AtomicUsize>,
    doors: Arc<Doors>,
    pub(crate) stop: CancellationToken,
    done: tokio::task::JoinHandle<()>,
}

pub(crate) fn noon() -> Timestamp {
    "2025-02-14T12:00:00Z".parse().unwrap()
}

impl Desk {
    pub(crate) async fn with(events: &[Value]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (log, past) = watch::channel(Vec::new());
        let (sender, queue) = mpsc::channel(8);
        let (view, seen) = watch::channel(view());
        let (stop, told, read) = (CancellationToken::new(), Arc::default(), Arc::default());
        let doors =
            Arc::new(doors(Handle::new(sender, seen), Written(past, Arc::clone(&read)), stop.clone()));
        tokio::spawn(say_yes(queue, Arc::clone(&told)));
        let (listener, bound) = Socket::bind(&folder.path().join("s.sock")).await.unwrap().into_parts();
        let answering = Arc::clone(&doors);
        let done = tokio::spawn(async move {
            serve(Listener::Unix(listener), answering).await;
            drop(bound);
        });
        let desk = Self { folder, log, view, told, read, doors, stop, done };
        desk.record(events);
        desk
    }

    /// Answers on the loopback interface too.
    pub(crate) async fn also_on_loopback(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(Listener::Tcp(listener), Arc::clone(&self.doors)));
        address
    }

    /// What the writer was told since this was asked last.
    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().unwrap())
    }

    /// How many events were read since this was asked last.
    pub(crate) fn read(&self) -> usize {
        self.read.swap(0, Ordering::Relaxed)
    }

    /// Adds events to the log, one a minute, and shows the state after them.
    pub(crate) fn record(&self, events: &[Value]) {
        for event in events {
            let seq = self.log.borrow().len() as u64 + 1;
            let at = Timestamp::from_second(1_739_520_000 + 60 * i64::try_from(seq).unwrap()).unwrap();
            let mut whole = json!({"seq": seq, "at": at});
            whole.as_object_mut().unwrap().extend(event.as_object().unwrap().clone());
            let recorded: Recorded = serde_json::from_value(whole).unwrap();
            self.log.send_modify(|it| it.push(recorded.clone()));
            self.view.send_modify(|it| Arc::make_mut(&mut it.state).apply(&recorded));
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("s.sock")
    }

    pub(crate) async fn connect(&self) -> UnixStream {
        UnixStream::connect(self.path()).await.unwrap()
    }

    /// Asks, and gives status and body.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let io = TokioIo::new(self.connect().await);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Asks, and gives the status with the document laid out for people to read.
    pub(crate) async fn get(&self, path: &str) -> String {
        let (status, body) = self.ask("GET", path, "").await;
        match serde_json::from_str::<Value>(&body) {
            Ok(it) => format!("{status} {}\n", serde_json::to_string_pretty(&it).unwrap()),
            Err(_) => format!("{status} {body}"),
        }
    }

    /// Stops the server and waits until it is gone.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.done.await.unwrap();
    }
}

fn doors(handle: Handle, past: Written, stop: CancellationToken) -> Doors {
    Doors {
        handle,
        past: Arc::new(past),
        shelf: Arc::new(OneItem),
        disk: watch::channel(disk()).1,
        poll: Arc::new(|feeds| {
            let until = noon();
            let held = vec![HeldFeed { id: "slow".parse().unwrap(), until, why: "retry_after".to_owned() }];
            Box::pin(async move { told(feeds, held) })
        }),
        load: Arc::new(|| Config::parse("storyline.toml", "[poll]\nmin_intervall = \"1m\"\n")),
        take_up: Arc::new(|_| Box::pin(async {})),
        clock: Clock::by_hand(noon()).0,
        started: noon(),
        stop,
        folds: Folds::default(),
    }
}

#[tokio::test]
async fn what_goes_on_when_its_client_hangs_up_still_counts_among_the_few() {
    let desk = Desk::with(&[]).await;
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let few = &desk.doors.folds.0;
    let free = few.available_permits();
    let asked = Box::pin(desk.doors.toil(move |_| ended.recv()));
    assert!(asked.now_or_never().is_none(), "it hangs up before there is an answer");
    assert_eq!(few.available_permits(), free - 1);
    end.send(()).unwrap();
    drop(few.acquire_many(u32::try_from(free).unwrap()).await.unwrap());
    desk.stop().await;
}

fn disk() -> DiskUse {
    DiskUse { log: 4_096, segments: 2_048, archive: 1_024, snapshot: 512, aside: 0, total: 8_192 }
}

/// A poller that knows every feed but one.
fn told(feeds: Vec<FeedId>, held: Vec<HeldFeed>) -> Result<Polled, NotPolled> {
    match feeds.iter().find(|it| it.as_str() == "nothing") {
        Some(it) => Err(NotPolled::Unknown(vec![it.to_string()])),
        None => Ok(Polled { visited: feeds, held }),
    }
}

/// A writer that notes what it is told, and does as if it were done.
async fn say_yes(mut queue: mpsc::Receiver<Message>, told: Arc<Mutex<Vec<String>>>) {
    while let Some(message) = queue.recv().await {
        let note = |it: String| told.lock().unwrap().push(it);
        match message {
            Message::Ingest(items, occasion, answer) => {
                note(format!(
                    "{occasion:?}: {:?}",
                    items.iter().map(|it| it.title.as_str()).collect::<Vec<_>>()
                ));
                let done = items.iter().map(|_| Ingested { seq: Some(Seq(7)), events: 1 });
                answer.send(Ok(done.collect())).unwrap();
            }
            Message::Command(command, answer) => {
                note(format!("{command:?}"));
                answer.send(Ok(Seq(99))).unwrap();
            }
            Message::Explain(item, answer) => {
                note(format!("why {:?}", item.title));
                let why = json!([{"storyline": "munich", "relevant": false, "why": "no place is named"},
                                 {"storyline": "saudi-meeting", "relevant": false, "why": "no place is named"}]);
                answer.send(Ok(why)).unwrap();
            }
            other => panic!("not expected: {other:?}"),
        }
    }
}

fn view() -> View {
    View {
        state: Arc::new(State::default()),
        feeds: Arc::new(BTreeMap::new()),
        config: Arc::default(),
        storage: None,
        items: 612,
        matched: 3,
        nearest_misses: vec!["\"Vance flies to Paris\": munich lacks its place".to_owned()],
    }
}

/// A report of an outlet.
pub(crate) fn report(item: u64, outlet: &str, title: &str) -> Value {
    json!({
        "item": format!("i-{item:016x}"), "feed": outlet.to_lowercase(), "outlet": outlet,
        "origin": outlet.to_lowercase(), "url": format!("https://{}.example/{item}", outlet.to_lowercase()),
        "title": title, "published": "2025-02-14T08:00:00Z", "effective": "2025-02-14T08:00:00Z",
    })
}

/// A morning of one storyline: reported, corroborated, confirmed, under way; a second one apart.
pub(crate) fn morning() -> Vec<Value> {
    let evidence = json!({
        "rules": 1, "why": "every facet is touched in the title",
        "facets": [{"facet": 0, "touched": [{"alias": "rubio", "field": "title", "at": 0}]}],
        "nearest": {"development": "d-00000000000000aa", "score": 0.25, "threshold": 0.5},
    });
    let first = report(1, "Reuters", "Rubio lands in Munich");
    let second = report(2, "DW", "Rubio arrives in Munich");
    let (storyline, development) = ("munich", "d-0000000000000001");
    vec![
        json!({"kind": "storyline_defined", "storyline": "munich", "title": "The Munich conference", "definition": "x"}),
        json!({"kind": "storyline_defined", "storyline": "saudi-meeting", "title": "A meeting", "definition": "y"}),
        json!({"kind": "development_reported", "storyline": storyline, "development": development,
               "relation": "new", "report": first, "evidence": evidence}),
        json!({"kind": "development_corroborated", "storyline": storyline, "development": development,
               "report": second, "evidence": evidence}),
        json!({"kind": "development_confirmed", "storyline": storyline, "development": development,
               "origins": ["reuters", "dw"]}),
        json!({"kind": "phase_entered", "storyline": storyline, "development": development,
               "from": "scheduled", "to": "under_way", "certainty": "reported", "cue": "lands in"}),
        json!({"kind": "fact_reported", "storyline": storyline, "development": development,
               "key": "place", "value": "Munich", "certainty": "reported"}),
        json!({"kind": "expectation_set", "storyline": storyline, "development": development,
               "date": "2025-02-14", "due": "2025-02-15T00:00:00Z", "what": "on Friday"}),
        json!({"kind": "alert_raised", "alert": "a-0000000000000001", "alert_kind": "phase", "storyline": storyline,
               "development": development, "changes": ["phase", "new"], "headline": "Rubio lands in Munich",
               "severity": "warning",
               "text": "munich · scheduled → under way · Rubio lands in Munich (confirmed: Reuters, DW)"}),
        json!({"kind": "delivery_planned", "delivery": "m-0000000000000001", "sink": "desk",
               "alert": "a-0000000000000001", "storyline": storyline, "body": "{}"}),
        json!({"kind": "delivery_attempted", "delivery": "m-0000000000000001", "attempt": 1}),
        json!({"kind": "delivery_failed", "delivery": "m-0000000000000001", "attempt": 1,
               "error": "503 Service Unavailable", "retry_at": "2025-02-14T08:12:00Z"}),
    ]
}
