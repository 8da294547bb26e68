//! What follows from events, against models that are simpler.

mod outbox;
