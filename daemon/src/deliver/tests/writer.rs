//! A writer in small: takes news of deliveries, and keeps a journal of all that happens in order.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use storyline_config::{Config, Digest, Rate, Retry, Severity, Sink, SinkKind};
use storyline_store::{DeliveryId, DeliveryState, Event, Recorded, State, StorageCode};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::{Clock, Hand},
    deliver::deliver,
    writer::{DeliveryNews, Handle, Message, Refused, StorageTrouble, View},
};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Note {
    Event(Box<Event>),
    Request { head: String, body: String, at: Timestamp },
}

/// What happened, in order, at the writer and at receivers.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    pub(super) clock: Clock,
    notes: Arc<Mutex<Vec<Note>>>,
    count: watch::Sender<usize>,
}

impl Journal {
    /// One in which nothing stands yet.
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, notes: Arc::default(), count: watch::channel(0).0 }
    }

    pub(super) fn note(&self, note: Note) {
        self.notes.lock().unwrap().push(note);
        self.count.send_modify(|it| *it += 1);
    }

    pub(super) fn notes(&self) -> Vec<Note> {
        self.notes.lock().unwrap().clone()
    }

    pub(super) fn requests(&self) -> Vec<(String, String, Timestamp)> {
        let of = |it| match it {
            Note::Request { head, body, at } => Some((head, body, at)),
            Note::Event(_) => None,
        };
        self.notes().into_iter().filter_map(of).collect()
    }

    /// What happened, a line each, without what differs from run to run.
    pub(super) fn lines(&self) -> String {
        let line = |it: Note| match it {
            Note::Request { body, .. } => format!("    request {body}"),
            Note::Event(event) => match *event {
                Event::DeliveryAttempted { attempt, .. } => format!("attempted {attempt}"),
                Event::DeliveryDone { attempt, .. } => format!("done {attempt}"),
                Event::DeliveryFailed { attempt, error, .. } => format!("failed {attempt}: {error}"),
                Event::DeliveryDead { error, .. } => format!("dead: {error}"),
                Event::SinkDisabled { error, .. } => format!("disabled: {error}"),
                other => format!("{other:?}"),
            },
        };
        self.notes().into_iter().map(line).fold(String::new(), |all, it| all + &it + "\n")
    }
}

/// The writer and everything around it.
pub(super) struct Bench {
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) handle: Handle,
    pub(super) cancel: CancellationToken,
    view: watch::Sender<View>,
    planned: u64,
}

impl Bench {
    /// One whose clock runs a thousand times as fast.
    pub(super) fn new() -> Self {
        Self::with(Clock::at_rate(start(), 1000.0))
    }

    /// One whose clock stands until its hand moves.
    pub(super) fn by_hand() -> (Self, Hand) {
        let (clock, hand) = Clock::by_hand(start());
        (Self::with(clock), hand)
    }

    fn with(clock: Clock) -> Self {
        let journal = Journal::new(clock.clone());
        let view = watch::channel(View {
            state: Arc::new(State::default()),
            feeds: Arc::new(BTreeMap::new()),
            config: Arc::new(Config::default()),
            storage: None,
            items: 0,
            matched: 0,
            nearest_misses: Vec::new(),
        });
        let (sender, messages) = mpsc::channel(16);
        let handle = Handle::new(sender, view.1);
        tokio::spawn(write(messages, view.0.clone(), journal.clone()));
        Self { journal, clock, handle, cancel: CancellationToken::new(), view: view.0, planned: 0 }
    }

    pub(super) fn sink(&self, kind: SinkKind, change: impl FnOnce(&mut Sink)) {
        let mut sink = Sink {
            kind,
            secret_file: None,
            storylines: vec!["*".into()],
            min_severity: Severity::Notice,
            digest: Digest::Each,
            quiet_hours: None,
            time_zone: None,
            rate: Rate::default(),
            retry: Retry::default(),
            timeout: Duration::from_secs(20),
        };
        change(&mut sink);
        self.view.send_modify(|it| {
            Arc::make_mut(&mut it.config).sinks.insert("desk".parse().unwrap(), sink);
        });
    }

    pub(super) fn remove_sink(&self) {
        self.view.send_modify(|it| Arc::make_mut(&mut it.config).sinks.clear());
    }

    pub(super) fn plan(&mut self, storyline: &str, body: &str) -> DeliveryId {
        self.planned += 1;
        let delivery = DeliveryId(self.planned);
        let event = Event::DeliveryPlanned {
            delivery,
            sink: "desk".parse().unwrap(),
            alert: None,
            storyline: Some(storyline.parse().unwrap()),
            digest: None,
            body: body.to_owned(),
        };
        record(&self.view, event, self.clock.now());
        delivery
    }

    pub(super) fn read_only(&self, yes: bool) {
        let trouble = StorageTrouble {
            code: StorageCode::Full,
            detail: String::new(),
            hint: String::new(),
            since: self.clock.now(),
        };
        self.view.send_modify(|it| it.storage = yes.then_some(trouble));
    }

    pub(super) fn start(&self) -> tokio::task::JoinHandle<()> {
        let zone = jiff::tz::TimeZone::UTC;
        tokio::spawn(deliver(self.handle.clone(), self.clock.clone(), zone, self.cancel.clone()))
    }

    pub(super) fn state_of(&self, id: DeliveryId) -> DeliveryState {
        self.handle.view().state.deliveries[&id].state
    }

    pub(super) async fn until_state(&self, id: DeliveryId, state: DeliveryState) {
        let mut view = self.handle.watch();
        let is_so = |it: &View| it.state.deliveries.get(&id).is_some_and(|it| it.state == state);
        patient(async { drop(view.wait_for(is_so).await.unwrap()) }).await;
    }

    /// Until what came of the attempt is recorded.
    pub(super) async fn until_settled(&self, id: DeliveryId, attempt: usize) {
        let mut count = self.journal.count.subscribe();
        let of = |it: &Note| match it {
            Note::Event(event) => {
                matches!(**event, Event::DeliveryFailed { delivery, .. } | Event::DeliveryDead { delivery, .. } if delivery == id)
            }
            Note::Request { .. } => false,
        };
        let settled = |_: &usize| self.journal.notes().iter().filter(|it| of(it)).count() >= attempt;
        patient(async { drop(count.wait_for(settled).await.unwrap()) }).await;
    }

    pub(super) async fn until_requests(&self, n: usize) {
        let mut count = self.journal.count.subscribe();
        patient(async { drop(count.wait_for(|_| self.journal.requests().len() >= n).await.unwrap()) }).await;
    }
}

fn start() -> Timestamp {
    "2025-02-12T10:40:00Z".parse().unwrap()
}

/// Only a test that would fail waits for so long.
async fn patient(it: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(1), it).await.expect("it never happened");
}

fn record(view: &watch::Sender<View>, event: Event, at: Timestamp) {
    view.send_modify(|it| {
        let state = Arc::make_mut(&mut it.state);
        let seq = state.seq.next();
        state.apply(&Recorded { seq, at, event });
    });
}

async fn write(mut messages: mpsc::Receiver<Message>, view: watch::Sender<View>, journal: Journal) {
    while let Some(message) = messages.recv().await {
        let Message::Delivery(delivery, news, answer) = message else { continue };
        if view.borrow().storage.is_some() {
            let _ = answer.send(Err(Refused::ReadOnly("full".into())));
            continue;
        }
        let event = match news {
            DeliveryNews::Attempted(attempt) => Event::DeliveryAttempted { delivery, attempt },
            DeliveryNews::Done(attempt) => Event::DeliveryDone { delivery, attempt },
            DeliveryNews::Failed(attempt, error, retry_at) => {
                Event::DeliveryFailed { delivery, attempt, error, retry_at }
            }
            DeliveryNews::Dead(error) => Event::DeliveryDead { delivery, error },
            DeliveryNews::Disabled(error) => Event::SinkDisabled { sink: "desk".parse().unwrap(), error },
        };
        record(&view, event.clone(), journal.clock.now());
        journal.note(Note::Event(Box::new(event)));
        let _ = answer.send(Ok(()));
    }
}
