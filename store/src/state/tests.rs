//! What follows from events, against models that are simpler.

mod gathered;
mod outbox;
mod told;
