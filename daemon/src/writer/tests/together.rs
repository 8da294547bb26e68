//! What waits in the queue is committed together: whom the answers reach, and when.

use storyline_store::{Log, snapshot::Snapshots};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};

use super::*;
use crate::{
    clock::{Clock, Hand},
    writer::{
        Answer, Message, Occasion, Part, Refused,
        run::{Keep, Writer, look},
        snapshotting::Snapshotting,
        trouble::Pause,
    },
};

/// A writer over a log on the disk, with what is to come in its queue.
pub(super) struct Queue {
    desk: Desk,
    dir: TempDir,
    log: Log,
    clock: Clock,
    hand: Hand,
    keep: Keep,
    messages: Vec<Message>,
}

impl Queue {
    fn new() -> Self {
        let core = Core::new(config(STRIKE), TimeZone::UTC, Past::default());
        Self::of(Desk { core, log: Vec::new(), feeds: BTreeMap::new() })
    }

    /// One that takes up what a desk committed.
    pub(super) fn of(desk: Desk) -> Self {
        let dir = TempDir::new().unwrap();
        let mut log = Log::open(dir.path()).unwrap().log;
        let feeds: Vec<_> = desk.feeds.iter().map(|(id, it)| (id.clone(), it.as_ref())).collect();
        log.commit(&desk.log, &feeds).unwrap();
        let (clock, hand) = Clock::by_hand(at(0));
        Self { desk, dir, log, clock, hand, keep: Box::new(drop), messages: Vec::new() }
    }

    fn says<T>(
        &mut self,
        message: impl FnOnce(Answer<T>) -> Message,
    ) -> oneshot::Receiver<Result<T, Refused>> {
        let (answer, reply) = oneshot::channel();
        self.messages.push(message(answer));
        reply
    }

    pub(super) fn writer(self) -> (Writer, mpsc::Receiver<Message>, TempDir, Hand) {
        let (sender, queue) = mpsc::channel(self.messages.len().max(1));
        for it in self.messages {
            sender.try_send(it).unwrap();
        }
        let core = self.desk.core;
        let writer = Writer {
            snapshotting: Snapshotting::new(Snapshots::new(self.dir.path(), 1)),
            keep: self.keep,
            clock: self.clock,
            log: self.log,
            view: watch::channel(look(&core, None)).0,
            core,
            recorded: self.desk.feeds,
            trouble: None,
            pause: Pause::default(),
            snapshot_at: storyline_store::Seq(0),
            noted: Vec::new(),
            last: at(0),
        };
        (writer, queue, self.dir, self.hand)
    }

    /// Takes all that waits, and ends.
    fn runs(self) -> TempDir {
        let (writer, queue, dir, _hand) = self.writer();
        writer.run(queue).unwrap();
        dir
    }
}

/// Makes the log take nothing more until it is reopened, which will succeed.
pub(super) fn fails(queue: &mut Queue) {
    let (here, away) = (queue.dir.path().to_owned(), queue.dir.path().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    assert!(queue.log.reopen().is_err());
    std::fs::remove_dir_all(&here).ok();
    std::fs::rename(&away, &here).unwrap();
}

#[test]
fn what_a_tick_threw_away_is_refused_though_the_next_tick_mends_the_log() {
    let mut queue = Queue::new();
    fails(&mut queue);
    let votes = news("given", "a", "Dockers vote to strike over pay", 0);
    let lost = queue.says(|it| Message::Ingest(vec![votes], Occasion::Live, it));
    queue.messages.extend([Message::Tick, Message::Tick]);
    let kept = queue.says(|it| Message::Command(Command::Mute("wire".to_owned(), "me".to_owned()), it));
    let dir = queue.runs();

    let told = lost.blocking_recv().unwrap();
    assert!(matches!(told, Err(Refused::ReadOnly(_))), "{told:?}");
    assert!(kept.blocking_recv().unwrap().is_ok(), "the log can be written again");
    let log = Log::open(dir.path()).unwrap().log;
    let events = log.reader().read_after(storyline_store::Seq(0), 100).unwrap();
    let events: Vec<Value> = events.iter().map(|it| serde_json::to_value(it).unwrap()).collect();
    assert_eq!(count(&events, "development_reported"), 0);
    assert_eq!(count(&events, "outlet_muted"), 1, "{events:#?}");
}

#[test]
fn an_answer_does_not_wait_for_all_that_is_asked_meanwhile() {
    let mut queue = Queue::new();
    let votes = news("given", "a", "Dockers vote to strike over pay", 0);
    let answered = queue.says(|it| Message::Ingest(vec![votes.clone()], Occasion::Live, it));
    let mut last = None;
    for _ in 0..100 {
        last = Some(queue.says(|it| Message::Explain(Box::new(votes.clone()), it)));
    }
    let (last, (sender, early)) = (last.unwrap(), std::sync::mpsc::channel());
    let last = std::sync::Mutex::new(last);
    queue.keep = Box::new(move |_| sender.send(last.lock().unwrap().try_recv().is_err()).unwrap());
    queue.runs();
    assert!(answered.blocking_recv().unwrap().is_ok());
    assert!(early.recv().unwrap(), "it is committed while some still wait");
}

#[test]
fn what_a_part_judged_is_kept_though_the_next_is_refused() {
    let mut queue = Queue::new();
    let (sender, kept) = std::sync::mpsc::channel();
    queue.keep = Box::new(move |items| sender.send(items).unwrap());
    let part = |key: &str, seq: u64| {
        let by = "me".to_owned();
        let event = storyline_store::Event::OutletMuted { outlet: key.to_owned(), by };
        let events = vec![Recorded { seq: storyline_store::Seq(seq), at: at(0), event }];
        Part { events, feeds: Vec::new(), items: vec![news("wire", key, "Fair opens", 0)] }
    };
    let (mut writer, _queue, _dir, _hand) = queue.writer();
    assert!(writer.commit(vec![part("a", 1), part("b", 9)], true).is_err(), "one is missing between them");
    let keys: Vec<_> = kept.try_iter().flatten().map(|it| it.key.unwrap()).collect();
    assert_eq!(keys, ["a"]);
}

#[test]
fn nobody_waits_for_a_snapshot_that_is_being_written() {
    let mut queue = Queue::new();
    let votes = news("given", "a", "Dockers vote to strike over pay", 0);
    let given = queue.says(|it| Message::Ingest(vec![votes], Occasion::Live, it));
    let dir = queue.dir.path().join("snapshots");
    std::fs::create_dir(&dir).unwrap();
    // Whoever opens it to write waits until somebody reads.
    let slow = dir.join("memory.new");
    assert!(std::process::Command::new("mkfifo").arg(&slow).status().unwrap().success());
    let (mut writer, messages, data_dir, _hand) = queue.writer();
    writer.snapshotting.begin(writer.core.standing());
    writer.snapshot_at = storyline_store::Seq(u64::MAX);
    let thread = std::thread::spawn(move || writer.run(messages));

    // Only a writer that waits, and so never answers, comes to the end of this.
    let (answered, answer) = std::sync::mpsc::channel();
    std::thread::spawn(move || answered.send(given.blocking_recv()));
    let answer = answer.recv_timeout(std::time::Duration::from_mins(1));
    let finished = thread.is_finished();
    drop(std::fs::read(&slow).unwrap());
    assert!(matches!(answer, Ok(Ok(Ok(_)))), "it is answered while the snapshot waits");
    assert!(!finished, "the end waits for it");
    thread.join().unwrap().unwrap();
    assert!(!Log::open(data_dir.path()).unwrap().unclean);
}
