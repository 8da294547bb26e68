//! Answers that wait for their commit.

use super::{Answer, Core, Message, Refused};

/// Something to do once a commit is known to be durable, or known to have failed.
pub(super) type Reply = Box<dyn FnOnce(Result<&Core, &Refused>) + Send>;

/// Keeps an answer until it is known whether its commit holds.
pub(super) fn reply<T: Send + 'static>(
    answer: Answer<T>,
    with: impl FnOnce(&Core) -> Result<T, Refused> + Send + 'static,
) -> Reply {
    Box::new(move |outcome| {
        let it = match outcome {
            Ok(core) => with(core),
            Err(refused) => Err(refused.clone()),
        };
        // Whoever asked may be gone; what was recorded stays recorded.
        let _ = answer.send(it);
    })
}

/// Answers a message that cannot be taken.
pub(super) fn refuse(message: Message, refused: &Refused) {
    fn no<T>(answer: Answer<T>, refused: &Refused) {
        let _ = answer.send(Err(refused.clone()));
    }
    match message {
        Message::Visited(_, answer) => no(answer, refused),
        Message::Ingest(_, _, answer) => no(answer, refused),
        Message::Delivery(_, _, answer) | Message::Finish(answer) => no(answer, refused),
        Message::Command(_, answer) | Message::Configure(_, answer) => no(answer, refused),
        Message::Explain(_, answer) => no(answer, refused),
        Message::Tick => {}
    }
}
