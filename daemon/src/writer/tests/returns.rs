//! A long stop that is noticed while the daemon is up.

use storyline_store::{StorageCode, StoreError};

use super::{
    together::{Queue, fails},
    *,
};
use crate::writer::{Message, trouble::trouble};

const HOUR: i64 = 60;

/// Deliveries that the first news brings, `gone` minutes after the writer last did anything, on a disk that has refused
/// since so many minutes before.
fn told(gone: i64, refused: Option<i64>) -> usize {
    let mut queue = Queue::of(Desk::baselined());
    if refused.is_some() {
        fails(&mut queue);
    }
    let (mut writer, _queue, _dir, hand) = queue.writer();
    writer.trouble = refused.map(|since| trouble(&StoreError::Latched { code: StorageCode::Io }, at(-since)));
    let mut take = |message, minutes| {
        hand.set(at(minutes));
        let mut replies = Vec::new();
        writer.take(message, &mut replies);
        writer.settle(replies);
        writer.core.state().deliveries.len()
    };
    let before = take(Message::Tick, gone);
    let votes = news("wire", "a", "Dockers vote to strike over pay", gone);
    let message = Message::Visited(Box::new(visit(gone + 1, &[votes])), tokio::sync::oneshot::channel().0);
    take(message, gone + 1) - before
}

#[test]
fn news_after_a_long_stop_waits_for_the_digest_though_the_daemon_was_up() {
    assert_eq!(told(5 * HOUR, None), 1);
    assert_eq!(told(7 * HOUR, None), 0, "the machine slept");
    assert_eq!(told(1, Some(5 * HOUR)), 1);
    assert_eq!(told(1, Some(7 * HOUR)), 0, "the disk was full");
}
